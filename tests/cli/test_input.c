/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "gateway/cli/cli.h"

enum { LINE_BYTES = 10 };

/* Each line between brackets, with its number. */
static enum err
collect(struct slice line, uint64_t number, void *context, struct fault *fault)
{
    struct text *out = context;
    text_printf(out, "%d[", (int)number);
    text_slice_put(out, line);
    text_put(out, "]");
    if (slice_equal(line, "stop"))
        return fault_set(fault, ERR_INVALID, "stopped");
    return ERR_OK;
}

static void
test_lines(void **state)
{
    static const struct row {
        const char *label, *input;
        size_t len;
        const char *lines;
        size_t lines_len;
    } rows[] = {
        {"nothing", "", 0, "", 0},
        {"one with its end", "abc\n", 4, "1[abc]", 6},
        {"one without", "abc", 3, "1[abc]", 6},
        {"an empty one counts", "a\n\nb\n", 5, "1[a]2[]3[b]", 11},
        {"CRLF", "a\r\nb\r\n", 6, "1[a]2[b]", 8},
        {"CR inside stays", "a\rb\n", 4, "1[a\rb]", 6},
        {"NUL is kept", "a\0b\n", 4, "1[a\0b]", 6},
        {"as long as allowed", "0123456789\n", 11, "1[0123456789]", 13},
        {"as long as allowed, CRLF", "0123456789\r\nx\n", 14, "1[0123456789]2[x]", 17},
        {"one byte too long, given as one too many", "0123456789a\nx\n", 14, "1[0123456789a]2[x]",
         18},
        {"far too long, and the rest of it is skipped", "0123456789abcdefgh\nx\n", 21,
         "1[0123456789a]2[x]", 18},
        {"an error ends it", "a\nstop\nb\n", 9, "1[a]2[stop]", 11},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out;
        struct fault fault = {.err = ERR_OK};
        char input[32];
        text_init(&out, 1000);
        text_put(&out, "");
        memcpy(input, rows[i].input, rows[i].len);
        FILE *file = rows[i].len == 0 ? fopen("/dev/null", "r") : fmemopen(input, rows[i].len, "r");
        assert_non_null(file);
        bool stops = strstr(rows[i].label, "error") != NULL;
        enum err err = cli_each_line(file, LINE_BYTES, collect, &out, &fault);
        assert_int_equal(err, stops ? ERR_INVALID : ERR_OK);
        if (out.len != rows[i].lines_len ||
            (out.len > 0 && memcmp(out.data, rows[i].lines, out.len) != 0))
            fail_msg("%s: %.*s", rows[i].label, (int)out.len, out.data);
        (void)fclose(file);
        text_free(&out);
    }
}

static void
test_unreadable(void **state)
{
    struct text out;
    struct fault fault = {.err = ERR_OK};
    FILE *file = fopen("/", "r");
    (void)state;
    assert_non_null(file);
    text_init(&out, 1000);
    assert_int_equal(cli_each_line(file, LINE_BYTES, collect, &out, &fault), ERR_UNAVAILABLE);
    assert_int_equal(out.len, 0);
    (void)fclose(file);
    text_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
