/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/cli/cli.h"

static void
test_clean(void **state)
{
    static const struct row {
        const char *label, *dirty, *clean;
    } rows[] = {
        {"plain text stays", "Example Brand 1", "Example Brand 1"},
        {"nothing", "", ""},
        {"letters of other languages stay", "Bräu \xe2\x82\xac", "Bräu \xe2\x82\xac"},
        {"an escape sequence", "\x1b[31mred", "?[31mred"},
        {"a newline and a tab", "a\nb\tc", "a?b?c"},
        {"delete", "a\x7f", "a?"},
        {"a control of the second row, as UTF-8",
         "a\xc2\x9b"
         "31m",
         "a?31m"},
        {"the last of them", "\xc2\x9f", "?"},
        {"the first that is none: a no-break space", "\xc2\xa0", "\xc2\xa0"},
        {"Latin-1 is no UTF-8", "Br\xe4u", "Br?u"},
        {"cut in the middle of a letter", "a\xe2\x82", "a??"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out;
        text_init(&out, 100);
        cli_clean(&out, slice_of(rows[i].dirty));
        if (!slice_equal(text_slice(&out), rows[i].clean))
            fail_msg("%s: %s", rows[i].label, out.data);
        text_free(&out);
    }
}

static void
expect_content(const char *path, const char *content)
{
    char buffer[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t got = fread(buffer, 1, sizeof buffer - 1, file);
    (void)fclose(file);
    assert_int_equal(got, strlen(content));
    assert_string_equal(buffer, content);
}

static void
test_write_file(void **state)
{
    char directory[] = "/tmp/assay-test-XXXXXX";
    char path[64];
    bool there = true;
    struct stat st;
    struct fault fault = {.err = ERR_OK};
    (void)state;
    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/file", directory);
    assert_int_equal(cli_write_file(path, slice_of("one"), 0600, &there, &fault), ERR_OK);
    assert_false(there);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(cli_write_file(path, slice_of("one"), 0600, &there, &fault), ERR_OK);
    assert_true(there);
    static const char *const others[] = {"two", "on", "one more"};
    for (size_t i = 0; i < 3; i++) {
        enum err err = cli_write_file(path, slice_of(others[i]), 0600, &there, &fault);
        assert_int_equal(err, ERR_EXISTS);
        assert_false(there);
        assert_non_null(strstr(fault.text, path));
        expect_content(path, "one");
    }
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0);
    assert_int_equal(cli_write_file(path, slice_of("one"), 0600, &there, &fault), ERR_NOT_FOUND);
}

static void
test_data_path(void **state)
{
    char path[20];
    struct fault fault = {.err = ERR_OK};
    const struct invocation in = {.data = "/var/lib/x"};
    (void)state;
    assert_int_equal(cli_data_path(path, sizeof path, &in, "12345678", &fault), ERR_OK);
    assert_string_equal(path, "/var/lib/x/12345678");
    assert_int_equal(cli_data_path(path, sizeof path, &in, "123456789", &fault), ERR_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_write_file),
        cmocka_unit_test(test_data_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
