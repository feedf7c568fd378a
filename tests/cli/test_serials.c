/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/serials.h"
#include "tests/base/scratch.h"

enum { MANY = 200000 };

static int
by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* 200,000 are sorted: no neighbours are equal, and each character is one of Crockford's. */
static void
made_up_serials_differ(void **state)
{
    (void)state;
    struct serials *serials = NULL;
    char(*made)[GS1_VALUE_MAX + 1] = calloc(MANY, sizeof *made);
    assert_non_null(made);
    assert_int_equal(serials_made_up(&serials, NULL), ERR_OK);
    for (size_t i = 0; i < MANY; i++) {
        serial_at(serials, i, made[i]);
        assert_int_equal(strlen(made[i]), MADE_UP_CHARS);
        assert_int_equal(strspn(made[i], "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), MADE_UP_CHARS);
    }
    qsort(made, MANY, sizeof *made, by_text);
    for (size_t i = 1; i < MANY; i++)
        assert_string_not_equal(made[i - 1], made[i]);
    serials_close(serials);
    free(made);
}

/* Every character takes every value at every place, about equally often: 6,250 times of 200,000,
 * and a deviation of 6 sigma (467) happens once in 10^9. */
static void
made_up_serials_use_all_of_their_room(void **state)
{
    (void)state;
    static unsigned counts[MADE_UP_CHARS][128];
    struct serials *serials = NULL;
    char made[GS1_VALUE_MAX + 1];
    assert_int_equal(serials_made_up(&serials, NULL), ERR_OK);
    for (size_t i = 0; i < MANY; i++) {
        serial_at(serials, i, made);
        for (size_t at = 0; at < MADE_UP_CHARS; at++)
            counts[at][made[at] & 0x7F]++;
    }
    for (size_t at = 0; at < MADE_UP_CHARS; at++)
        for (const char *c = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; *c != '\0'; c++)
            assert_in_range(counts[at][*c & 0x7F], 6250 - 467, 6250 + 467);
    serials_close(serials);
}

static void
two_runs_have_nothing_in_common(void **state)
{
    (void)state;
    struct serials *first = NULL;
    struct serials *second = NULL;
    char a[GS1_VALUE_MAX + 1];
    char b[GS1_VALUE_MAX + 1];
    assert_int_equal(serials_made_up(&first, NULL), ERR_OK);
    assert_int_equal(serials_made_up(&second, NULL), ERR_OK);
    for (uint64_t i = 0; i < 100; i++) {
        serial_at(first, i, a);
        serial_at(second, i, b);
        assert_string_not_equal(a, b);
    }
    serials_close(first);
    serials_close(second);
}

static const struct {
    const char *label, *text;
    uint64_t count;    /* 0: refused */
    const char *other; /* the last serial, or what the fault says */
} files[] = {
    {"one", "00001", 1, "00001"},
    {"one with a line end", "00001\n", 1, "00001"},
    {"CR LF", "1\r\n2\r\n", 2, "2"},
    {"leading zeros tell apart", "1\n01\n001\n", 3, "001"},
    {"case tells apart", "a\nA\n", 2, "A"},
    {"E and + without a point", "7E+3\n", 1, "7E+3"},
    {"empty", "", 0, "empty"},
    {"a line end", "\n", 0, ":1: empty line"},
    {"blank line last", "1\n\n", 0, ":2: empty line"},
    {"blank before", " 1\n", 0, ":1: not 1 to 20"},
    {"tab after", "1\t\n", 0, ":1: not 1 to 20"},
    {"21 characters", "123456789012345678901\n", 0, ":1: not 1 to 20"},
    {"two dots", "..\n", 0, ":1: not 1 to 20"},
    {"a lone CR", "1\r2\n", 0, ":1: not 1 to 20"},
    {"spreadsheet", "1\n2.5E+11\n", 0, ":2: a spreadsheet"},
    {"twice", "1\n2\n3\n2\n", 0, ":4: serial 2 is on line 2"},
    {"twice, CR LF and not", "1\r\n1\n", 0, ":2: serial 1 is on line 1"},
};

static void
files_are_read_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct scratch s;
        struct serials *serials = NULL;
        struct fault fault = {ERR_OK, ""};
        uint64_t count = 0;
        char last[GS1_VALUE_MAX + 1] = "";
        scratch_make(&s);
        scratch_write(&s, "serials", files[i].text, strlen(files[i].text), 0600);
        enum err err = serials_from_file(scratch_path(&s, "serials"), &serials, &count, &fault);
        if (err == ERR_OK)
            serial_at(serials, count - 1, last);
        if (count != files[i].count || (count > 0 && strcmp(last, files[i].other) != 0) ||
            (count == 0 && (err != ERR_INVALID || strstr(fault.text, files[i].other) == NULL)))
            fail_msg("%s: %d, %u serials, last %s: %s", files[i].label, err, (unsigned)count, last,
                     fault.text);
        serials_close(serials);
        scratch_remove(&s);
    }
}

static int
start(void **state)
{
    (void)state;
    return sodium_init() < 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_up_serials_differ),
        cmocka_unit_test(made_up_serials_use_all_of_their_room),
        cmocka_unit_test(two_runs_have_nothing_in_common),
        cmocka_unit_test(files_are_read_strictly),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
