/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/identify/labels.h"

static const struct {
    const char *label;
    const char *gtin;
    bool valid;
} gtins[] = {
    {"GS1's example", "09506000134352", true},
    {"GS1's example of the Digital Link standard", "09520123456788", true},
    {"GS1's example of the syntax engine", "12312312312333", true},
    {"a case with the check digit of indicator 0", "19506000134352", false},
    {"a case, indicator 1", "19506000134359", true},
    {"zero", "00000000000000", true},
    {"wrong check digit, one less", "09506000134351", false},
    {"wrong check digit, one more", "09506000134353", false},
    {"two neighbours swapped", "09506000134532", false},
    {"as a GTIN-13", "9506000134352", false},
    {"fifteen digits", "009506000134352", false},
    {"empty", "", false},
    {"a letter", "0950600013435A", false},
    {"a space in front", " 9506000134352", false},
    {"a sign in front", "+9506000134352", false},
    {"':' follows '9'", "0950600013435:", false},
    {"'/' precedes '0'", "/9506000134352", false},
    {"full-width digits", "\xEF\xBC\x90\xEF\xBC\x90\xEF\xBC\x90\xEF\xBC\x90 0", false},
};

static void
gtins_have_14_digits_and_their_check_digit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof gtins / sizeof gtins[0]; i++)
        if (gtin_valid(slice_of(gtins[i].gtin)) != gtins[i].valid)
            fail_msg("%s: %s", gtins[i].label, gtins[i].gtin);
}

/* The check digit finds each single wrong digit (General Specifications §7.9). */
static void
each_single_wrong_digit_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < GTIN_DIGITS; i++) {
        for (int digit = 0; digit <= 9; digit++) {
            char gtin[] = GTIN;
            bool same = gtin[i] == '0' + digit;
            gtin[i] = (char)('0' + digit);
            assert_int_equal(gtin_valid(slice_of(gtin)), same);
        }
    }
}

static const struct {
    const char *label;
    const char *value;
    size_t len;
    bool valid;
} values[] = {
    {"one character", "0", 1, true},
    {"twenty", "ABCDEFGHIJKLMNOPQRST", 20, true},
    {"twenty-one", "ABCDEFGHIJKLMNOPQRSTU", 21, false},
    {"empty", "", 0, false},
    {"leading zeros", "00001", 5, true},
    {"small letters", "abc", 3, true},
    {"a slash", "A/B", 3, true},
    {"a percent sign", "%41", 3, true},
    {"one dot", ".", 1, false},
    {"two dots", "..", 2, false},
    {"three dots", "...", 3, true},
    {"a dot within", "1.5", 3, true},
    {"a dot at the end", "A.", 2, true},
    {"a space", "A B", 3, false},
    {"a NUL", "A\0B", 3, false},
    {"a NUL at the end", "A\0", 2, false},
    {"a group separator", "A\x1D.", 3, false},
    {"a line feed", "A\n", 2, false},
    {"DEL", "A\x7F", 2, false},
    {"UTF-8", "\xC3\xA9", 2, false},
    {"a byte over 127", "\xFF", 1, false},
    {"a hash", "A#", 2, false},
    {"a backslash", "A\\B", 3, false},
};

static void
values_have_1_to_20_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (gs1_value_valid(slice_make(values[i].value, values[i].len)) != values[i].valid)
            fail_msg("%s", values[i].label);
}

/* General Specifications §7.11, table of the 82 characters, written out. */
static void
exactly_82_characters_are_allowed(void **state)
{
    static const char set[] = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                              "abcdefghijklmnopqrstuvwxyz";
    (void)state;
    assert_int_equal(sizeof set - 1, 82);
    for (int byte = 0; byte < 256; byte++) {
        char value[2] = {'A', (char)byte};
        bool in_set = memchr(set, byte, sizeof set - 1) != NULL;
        if (gs1_value_valid(slice_make(value, 2)) != in_set)
            fail_msg("byte 0x%02x", (unsigned)byte);
    }
}

#define ALL_ESCAPED "%22%22%22%22%22%22%22%22%22%22%22%22%22%22%22%22%22%22%22%22"
#define ALL_QUOTES "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""

static const struct {
    const char *label;
    const char *variant, *lot, *serial;
    const char *link;
} links[] = {
    {"serial only", "", "", "7K3M9Q2XBT4H", "https://id.gs1.org/01/" GTIN "/21/7K3M9Q2XBT4H"},
    {"lot", "", "L24A0917", "7K3M", "https://id.gs1.org/01/" GTIN "/10/L24A0917/21/7K3M"},
    {"variant", "2A", "", "7K3M", "https://id.gs1.org/01/" GTIN "/22/2A/21/7K3M"},
    {"all", "2A", "L1", "1", "https://id.gs1.org/01/" GTIN "/22/2A/10/L1/21/1"},
    {"zeros and case are kept", "", "", "00aA", "https://id.gs1.org/01/" GTIN "/21/00aA"},
    {"unreserved characters stay", "", "", "A-b.C_1", "https://id.gs1.org/01/" GTIN "/21/A-b.C_1"},
    {"all others are escaped", "!\"%&'()*+,", "/:;<=>?", "a/b",
     "https://id.gs1.org/01/" GTIN "/22/%21%22%25%26%27%28%29%2A%2B%2C"
     "/10/%2F%3A%3B%3C%3D%3E%3F/21/a%2Fb"},
    {"the longest", ALL_QUOTES, ALL_QUOTES, ALL_QUOTES,
     "https://id.gs1.org/01/" GTIN "/22/" ALL_ESCAPED "/10/" ALL_ESCAPED "/21/" ALL_ESCAPED},
    {"an escape is escaped again", "", "", "%2F", "https://id.gs1.org/01/" GTIN "/21/%252F"},
};

static void
canonical_links_are_what_is_signed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        struct identity id = identity_of(GTIN, links[i].variant, links[i].lot, links[i].serial);
        char out[CANONICAL_MAX + 1];
        size_t len = canonical_link(out, &id);
        if (strcmp(out, links[i].link) != 0 || len != strlen(links[i].link))
            fail_msg("%s: %s", links[i].label, out);
    }
    assert_int_equal(strlen(links[7].link), CANONICAL_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gtins_have_14_digits_and_their_check_digit),
        cmocka_unit_test(each_single_wrong_digit_is_found),
        cmocka_unit_test(values_have_1_to_20_characters),
        cmocka_unit_test(exactly_82_characters_are_allowed),
        cmocka_unit_test(canonical_links_are_what_is_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
