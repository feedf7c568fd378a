/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/rules/fold.h"

static const struct {
    const char *label, *text, *folded;
} rows[] = {
    {"nothing", "", ""},
    {"digits stay", "0123456789", "0123456789"},
    {"letters that nothing looks like", "ACDEFGHJKMNPQRTUVWXY", "ACDEFGHJKMNPQRTUVWXY"},
    {"letters that look like digits", "OILSZB", "011528"},
    {"small letters", "oilszb", "011528"},
    {"the other small letters", "acdefghjkmnpqrtuvwxy", "ACDEFGHJKMNPQRTUVWXY"},
    {"an upright stroke", "A|B", "A18"},
    {"blanks and hyphens between groups", " 7K3M-9Q2X BT4H ", "7K3M9Q2X8T4H"},
    {"punctuation of the GS1 character set", "!\"%&'()*+,-./:;<=>?_", ""},
    {"a dash and a space that phones make",
     "7K\xE2\x80\x93"
     "3M\xC2\xA0"
     "9Q",
     "7K3M9Q"},
    {"letters with accents are dropped", "f\xC3\xBCr", "FR"},
    {"another script is dropped", "\xE5\xB7\xA5\xE5\x85\xB7", ""},
};

static void
look_alikes_become_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[64];
        memset(out, 'x', sizeof out);
        size_t len = fold(out, sizeof out, slice_of(rows[i].text));
        if (strcmp(out, rows[i].folded) != 0 || len != strlen(rows[i].folded))
            fail_msg("%s: %s", rows[i].label, out);
    }
}

static void
what_does_not_fit_is_left_out(void **state)
{
    char out[5];
    (void)state;
    memset(out, 'x', sizeof out);
    assert_int_equal(fold(out, 4, slice_of("ab-cde")), 3);
    assert_memory_equal(out, "A8C\0x", 5);
    assert_int_equal(fold(out, 1, slice_of("ab")), 0);
    assert_memory_equal(out, "\0", 1);
    assert_int_equal(fold(out, 0, slice_of("ab")), 0);
    assert_int_equal(fold(out, sizeof out, slice_make("A\0C", 3)), 2);
    assert_string_equal(out, "AC");
}

static void
is_found_inside(void **state)
{
    static const struct {
        const char *label, *text, *folded;
        bool found;
    } cases[] = {
        {"nothing is in everything", "ABC", "", true},
        {"nothing is in nothing", "", "", true},
        {"something is not in nothing", "", "A", false},
        {"the whole", "7K3M", "7K3M", true},
        {"the beginning", "7K3M9", "7K", true},
        {"the middle", "7K3M9", "3M", true},
        {"the end", "7K3M9", "M9", true},
        {"one more than there is", "7K3M", "7K3MA", false},
        {"in another order", "7K3M", "K7", false},
        {"with look-alikes", "SOLO", "5010", true},
        {"over what is dropped", "7K-3M", "K3", true},
        {"behind a false start", "AAAB", "AA8", true},
        {"behind a false start with a hyphen in it", "A-A-A-B", "AA8", true},
        {"only what is dropped", "---", "1", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (fold_contains(slice_of(cases[i].text), cases[i].folded) != cases[i].found)
            fail_msg("%s", cases[i].label);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(look_alikes_become_one),
        cmocka_unit_test(what_does_not_fit_is_left_out),
        cmocka_unit_test(is_found_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
