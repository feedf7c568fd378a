/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/identify/labels.h"

#define GS "\x1D"
#define UNIT "https://ID.EXAMPLE.COM/01/" GTIN "/21/7K3M"

static const struct {
    const char *label;
    const char *text;
    enum reading_kind kind;
    const char *gtin, *lot, *serial;
} accepted[] = {
    {"link", UNIT "?S=" TOKEN, READING_DIGITAL_LINK, GTIN, "", "7K3M"},
    {"link without a signature", UNIT, READING_DIGITAL_LINK, GTIN, "", "7K3M"},
    {"link with blanks around", " \t" UNIT "\r\n", READING_DIGITAL_LINK, GTIN, "", "7K3M"},
    {"link with the prefix of plain QR", "]Q1" UNIT, READING_DIGITAL_LINK, GTIN, "", "7K3M"},
    {"link with the prefix of plain DataMatrix", "]d1" UNIT, READING_DIGITAL_LINK, GTIN, "",
     "7K3M"},
    {"brackets", "(01)" GTIN "(21)7K3M", READING_ELEMENT_STRING, GTIN, "", "7K3M"},
    {"brackets, another order", "(21)7K3M(01)" GTIN, READING_ELEMENT_STRING, GTIN, "", "7K3M"},
    {"prefix", "]Q301" GTIN "217K3M\n", READING_ELEMENT_STRING, GTIN, "", "7K3M"},
    {"prefix, serial first", "]d2217K3M" GS "01" GTIN, READING_ELEMENT_STRING, GTIN, "", "7K3M"},
    {"leading FNC1", GS "01" GTIN "217K3M", READING_ELEMENT_STRING, GTIN, "", "7K3M"},
    {"bare", "01" GTIN "217K3M", READING_ELEMENT_STRING, GTIN, "", "7K3M"},
    {"bare, short enough for a serial", "01" GTIN "21A", READING_ELEMENT_STRING, GTIN, "", "A"},
    {"bare, lot and serial", "01" GTIN "10L1" GS "21A", READING_ELEMENT_STRING, GTIN, "L1", "A"},
    {"serial", "7K3M9Q2XBT4H", READING_SERIAL, "", "", "7K3M9Q2XBT4H"},
    {"serial with blanks around", "\n 7K3M \t", READING_SERIAL, "", "", "7K3M"},
    {"serial of one character", "7", READING_SERIAL, "", "", "7"},
    {"serial of 20 digits", "00000000000000000001", READING_SERIAL, "", "", "00000000000000000001"},
    {"serial, small letters", "abc", READING_SERIAL, "", "", "abc"},
    {"serial of 14 digits, no check digit", "09506000134353", READING_SERIAL, "", "",
     "09506000134353"},
    {"serial of 13 digits that could be a GTIN-13", "9506000134352", READING_SERIAL, "", "",
     "9506000134352"},
    {"serial of 16 digits, no check digit", "0109506000134353", READING_SERIAL, "", "",
     "0109506000134353"},
    {"serial that starts like a GTIN, no AI follows", "01" GTIN "99A", READING_SERIAL, "", "",
     "01" GTIN "99A"},
    {"serial that starts like a GTIN, no check digit", "010950600013435321A", READING_SERIAL, "",
     "", "010950600013435321A"},
    {"serial with a bracket", "(A)7", READING_SERIAL, "", "", "(A)7"},
    {"serial with one digit in brackets", "(1)7", READING_SERIAL, "", "", "(1)7"},
    {"serial with a colon", "A:B/C", READING_SERIAL, "", "", "A:B/C"},
    {"serial like a scheme", "https", READING_SERIAL, "", "", "https"},
    {"serial with a percent sign", "%41", READING_SERIAL, "", "", "%41"},
};

static void
codes_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        struct identity expected =
            identity_of(accepted[i].gtin, "", accepted[i].lot, accepted[i].serial);
        struct reading reading;
        if (reading_identify(&reading, slice_of(accepted[i].text), NULL, NULL) != READ_OK)
            fail_msg("%s: %s at %zu", accepted[i].label, reading_error_info(reading.error)->code,
                     reading.error_at);
        if (reading.kind != accepted[i].kind)
            fail_msg("%s: %s", accepted[i].label, reading_kind_name(reading.kind));
        assert_identity(accepted[i].label, &reading.id, &expected);
        assert_int_equal(reading.canonical_len == 0, reading.kind == READING_SERIAL);
        assert_int_equal(reading.repair, REPAIR_NONE);
    }
}

static const struct {
    const char *label;
    const char *text;
    enum reading_error error;
    size_t at;
} refused[] = {
    {"empty", "", READ_EMPTY, 0},
    {"blanks", " \t\r\n", READ_EMPTY, 4},
    {"a GTIN-14", GTIN, READ_NO_SERIAL, 14},
    {"a GTIN-14 with its AI", "01" GTIN, READ_NO_SERIAL, 16},
    {"a GTIN-14 with its AI, brackets", "(01)" GTIN, READ_NO_SERIAL, 18},
    {"an AI without a value", "01" GTIN "21", READ_BAD_VALUE, 18},
    {"two serials", "7K3M 7K3N", READ_BAD_CHARACTER, 4},
    {"two links", UNIT " " UNIT, READ_BAD_CHARACTER, 48},
    {"two lines", "  7K3M\n7K3N", READ_BAD_CHARACTER, 6},
    {"serial of 21", "ABCDEFGHIJKLMNOPQRSTU", READ_NOT_A_CODE, 0},
    {"a sentence", "Please-call-the-service-center", READ_NOT_A_CODE, 0},
    {"a link without its scheme", "ID.EXAMPLE.COM/01/" GTIN "/21/7K3M", READ_NOT_A_CODE, 0},
    {"not of the 82 characters", "A#B", READ_BAD_VALUE, 0},
    {"one dot", ".", READ_BAD_VALUE, 0},
    {"two dots", "..", READ_BAD_VALUE, 0},
    {"UTF-8", "7K3\xC3\x84", READ_BAD_CHARACTER, 3},
    {"a byte that is not UTF-8", "\xFF", READ_BAD_CHARACTER, 0},
    {"DEL", "7K3M\x7F", READ_BAD_CHARACTER, 4},
    {"a group separator at the end of a serial", "7K3M" GS, READ_NOT_A_CODE, 0},
    {"another prefix", "]E09506000134352", READ_NOT_A_CODE, 0},
    {"a bracket of a prefix", "]", READ_NOT_A_CODE, 0},
    {"plain prefix, element string", "]Q101" GTIN "21A", READ_BAD_SCHEME, 3},
    {"GS1 prefix, link", "]Q3" UNIT, READ_BAD_AI, 3},
    {"plain prefix, error behind it", " ]Q1" UNIT "/", READ_BAD_PATH, 52},
    {"another scheme", "ftp://h/01/" GTIN "/21/1", READ_BAD_SCHEME, 0},
    {"a short link", "http://a/b", READ_BAD_PATH, 9},
    {"http and a colon", "http:7K3M", READ_BAD_SCHEME, 0},
    {"small e-mail scheme", "mailto://x", READ_BAD_SCHEME, 0},
    {"AI in brackets, no such", "(99)A", READ_BAD_AI, 0},
    {"AI in brackets, four digits", "(8006)1", READ_BAD_AI, 0},
    {"serial in brackets", "(21)7K3M", READ_NO_GTIN, 8},
    {"element string, wrong check digit, too long for a serial", "0109506000134353217K3M",
     READ_BAD_CHECK_DIGIT, 2},
    {"element string, unknown AI, too long for a serial", "01" GTIN "99ABCDEF", READ_BAD_AI, 16},
    {"element string, serial first", "217K3M" GS "01" GTIN, READ_NOT_A_CODE, 0},
    {"link error behind blanks", "  https://h/01/" GTIN "/21/..", READ_BAD_VALUE, 33},
};

static void
what_is_no_code_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct identity nothing = {.gtin = ""};
        struct reading reading;
        enum reading_error error =
            reading_identify(&reading, slice_of(refused[i].text), NULL, NULL);
        if (error != refused[i].error || reading.error_at != refused[i].at)
            fail_msg("%s: %s at %zu", refused[i].label, reading_error_info(error)->code,
                     reading.error_at);
        assert_int_equal(reading.kind, READING_NONE);
        assert_identity(refused[i].label, &reading.id, &nothing);
    }
}

static void
a_nul_is_refused_wherever_it_stands(void **state)
{
    static const char *const texts[] = {UNIT, "(01)" GTIN "(21)7K3M", "01" GTIN "217K3M", "7K3M"};
    (void)state;
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        size_t len = strlen(texts[t]);
        for (size_t at = 0; at <= len; at++) {
            char text[128];
            struct reading reading;
            memcpy(text, texts[t], at);
            text[at] = '\0';
            memcpy(text + at + 1, texts[t] + at, len - at);
            if (reading_identify(&reading, slice_make(text, len + 1), NULL, NULL) == READ_OK)
                fail_msg("%s with a NUL at %zu", texts[t], at);
        }
    }
}

static void
a_code_has_at_most_1024_bytes(void **state)
{
    char text[SCAN_TEXT_MAX + 1];
    struct reading reading;
    (void)state;
    memset(text, 'A', sizeof text);
    assert_int_equal(reading_identify(&reading, slice_make(text, SCAN_TEXT_MAX), NULL, NULL),
                     READ_NOT_A_CODE);
    assert_int_equal(reading_identify(&reading, slice_make(text, SCAN_TEXT_MAX + 1), NULL, NULL),
                     READ_TOO_LONG);
    assert_int_equal(reading.error_at, SCAN_TEXT_MAX);
}

static void
assert_stable_code(const char *code)
{
    assert_non_null(code);
    assert_in_range(strlen(code), 2, 24);
    assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz_"), strlen(code));
}

static void
each_error_has_its_own_code_and_a_sentence(void **state)
{
    (void)state;
    for (unsigned e = 0; e < READ_ERROR_COUNT; e++) {
        const struct reading_error_info *info = reading_error_info((enum reading_error)e);
        assert_stable_code(info->code);
        assert_in_range(strlen(info->sentence), 10, 160);
        assert_int_not_equal(info->sentence[strlen(info->sentence) - 1], '.');
        for (unsigned other = 0; other < e; other++)
            assert_string_not_equal(info->code,
                                    reading_error_info((enum reading_error)other)->code);
    }
    assert_string_equal(reading_error_info((enum reading_error)READ_ERROR_COUNT)->code,
                        "not_a_code");
    assert_string_equal(reading_error_info((enum reading_error) - 1)->code, "not_a_code");
}

static void
kinds_and_repairs_have_names(void **state)
{
    (void)state;
    assert_string_equal(reading_kind_name(READING_NONE), "none");
    assert_string_equal(reading_kind_name(READING_DIGITAL_LINK), "digital_link");
    assert_string_equal(reading_kind_name(READING_ELEMENT_STRING), "element_string");
    assert_string_equal(reading_kind_name(READING_SERIAL), "serial");
    assert_string_equal(reading_kind_name(READING_KIND_COUNT), "none");
    assert_string_equal(repair_name(REPAIR_NONE), "none");
    assert_string_equal(repair_name(REPAIR_COUNT), "none");
    for (unsigned r = 0; r < REPAIR_COUNT; r++)
        assert_stable_code(repair_name((enum repair)r));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_told_apart),
        cmocka_unit_test(what_is_no_code_is_refused),
        cmocka_unit_test(a_nul_is_refused_wherever_it_stands),
        cmocka_unit_test(a_code_has_at_most_1024_bytes),
        cmocka_unit_test(each_error_has_its_own_code_and_a_sentence),
        cmocka_unit_test(kinds_and_repairs_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
