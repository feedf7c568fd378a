/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/identify/labels.h"

#define GS "\x1D"
#define RS "\x1E"
#define A20 "ABCDEFGHIJKLMNOPQRST"

static const struct {
    const char *label;
    const char *text;
    const char *variant, *lot, *serial;
} accepted[] = {
    {"brackets", "(01)" GTIN "(21)7K3M", "", "", "7K3M"},
    {"brackets, lot", "(01)" GTIN "(10)L1(21)7K3M", "", "L1", "7K3M"},
    {"brackets, all parts", "(01)" GTIN "(22)2A(10)L1(21)7K3M", "2A", "L1", "7K3M"},
    {"brackets, another order", "(21)7K3M(10)L1(01)" GTIN, "", "L1", "7K3M"},
    {"brackets, dates", "(01)" GTIN "(11)260101(17)291231(21)7K3M", "", "", "7K3M"},
    {"brackets, closing bracket in a value", "(01)" GTIN "(21)A)B", "", "", "A)B"},
    {"brackets, values that look like AIs", "(01)" GTIN "(10)2110(21)10", "", "2110", "10"},
    {"bare", "01" GTIN "217K3M", "", "", "7K3M"},
    {"bare, lot", "01" GTIN "10L1" GS "217K3M", "", "L1", "7K3M"},
    {"bare, variant and lot", "01" GTIN "222A" GS "10L1" GS "217K3M", "2A", "L1", "7K3M"},
    {"bare, serial first", "01" GTIN "217K3M" GS "10L1", "", "L1", "7K3M"},
    {"bare, a serial runs to the end", "01" GTIN "217K3M10L1", "", "", "7K3M10L1"},
    {"bare, expiry", "01" GTIN "17291231217K3M", "", "", "7K3M"},
    {"bare, all dates", "01" GTIN "1126010113260102152601031626010417260105217K3M", "", "", "7K3M"},
    {"day 00 is the whole month", "01" GTIN "17291200217K3M", "", "", "7K3M"},
    {"separator behind a fixed length", "01" GTIN GS "217K3M", "", "", "7K3M"},
    {"separator behind a date", "01" GTIN "17291231" GS "217K3M", "", "", "7K3M"},
    {"separator at the end", "01" GTIN "217K3M" GS, "", "", "7K3M"},
    {"GS1 QR Code", "]Q301" GTIN "217K3M", "", "", "7K3M"},
    {"GS1 DataMatrix", "]d201" GTIN "217K3M", "", "", "7K3M"},
    {"GS1-128", "]C101" GTIN "217K3M", "", "", "7K3M"},
    {"GS1 DataBar", "]e001" GTIN "217K3M", "", "", "7K3M"},
    {"leading FNC1", GS "01" GTIN "217K3M", "", "", "7K3M"},
    {"prefix, serial first", "]Q3217K3M" GS "01" GTIN, "", "", "7K3M"},
    {"serial of 20", "01" GTIN "21" A20, "", "", A20},
    {"all values of 20", "01" GTIN "22" A20 GS "10" A20 GS "21" A20, A20, A20, A20},
    {"punctuation", "01" GTIN "21!\"%&'()*+,-./:;<=>?", "", "", "!\"%&'()*+,-./:;<=>?"},
    {"percent is not an escape", "01" GTIN "21A%42", "", "", "A%42"},
    {"leading zeros", "(01)" GTIN "(21)00001", "", "", "00001"},
};

static void
element_strings_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        struct identity expected =
            identity_of(GTIN, accepted[i].variant, accepted[i].lot, accepted[i].serial);
        char canonical[CANONICAL_MAX + 1];
        struct reading reading;
        if (element_string_read(&reading, slice_of(accepted[i].text)) != READ_OK)
            fail_msg("%s: %s at %zu", accepted[i].label, reading_error_info(reading.error)->code,
                     reading.error_at);
        assert_identity(accepted[i].label, &reading.id, &expected);
        assert_int_equal(reading.kind, READING_ELEMENT_STRING);
        assert_int_equal(reading.canonical_len, canonical_link(canonical, &expected));
        assert_string_equal(reading.canonical, canonical);
        assert_false(reading.has_token);
    }
}

static const struct {
    const char *label;
    const char *text;
    enum reading_error error;
    size_t at;
} refused[] = {
    {"empty", "", READ_EMPTY, 0},
    {"prefix alone", "]Q3", READ_NO_GTIN, 3},
    {"FNC1 alone", GS, READ_NO_GTIN, 1},
    {"no prefix and no 01", "217K3M" GS "01" GTIN, READ_NOT_A_CODE, 0},
    {"a plain QR Code", "]Q101" GTIN "217K3M", READ_NOT_A_CODE, 0},
    {"another symbology", "]A001" GTIN "217K3M", READ_NOT_A_CODE, 0},
    {"small prefix", "]q301" GTIN "217K3M", READ_NOT_A_CODE, 0},
    {"two prefixes", "]Q3" GS "01" GTIN "217K3M", READ_BAD_AI, 3},
    {"prefix and brackets", "]Q3(01)" GTIN "(21)7K3M", READ_BAD_AI, 3},
    {"a space", "(01) " GTIN "(21)7K3M", READ_BAD_CHARACTER, 4},
    {"a line feed", "01" GTIN "217K3M\n", READ_BAD_CHARACTER, 22},
    {"UTF-8", "01" GTIN "21\xC3\x84", READ_BAD_CHARACTER, 18},
    {"another control character", "01" GTIN "10L1" RS "217K3M", READ_BAD_CHARACTER, 20},
    {"separator in brackets", "(01)" GTIN "(10)L1" GS "(21)7K3M", READ_BAD_CHARACTER, 24},
    {"not of the 82 characters", "01" GTIN "21A#B", READ_BAD_VALUE, 18},
    {"product only", "01" GTIN, READ_NO_SERIAL, 16},
    {"product only, brackets", "(01)" GTIN, READ_NO_SERIAL, 18},
    {"lot only", "(01)" GTIN "(10)L1", READ_NO_SERIAL, 24},
    {"serial only", "(21)7K3M", READ_NO_GTIN, 8},
    {"serial only, prefix", "]d2217K3M", READ_NO_GTIN, 9},
    {"check digit", "(01)09506000134353(21)7K3M", READ_BAD_CHECK_DIGIT, 4},
    {"check digit, bare", "0109506000134353217K3M", READ_BAD_CHECK_DIGIT, 2},
    {"GTIN-13 in brackets", "(01)9506000134352(21)7K3M", READ_BAD_GTIN_LENGTH, 4},
    {"GTIN-13 bare", "019506000134352217K3M", READ_BAD_CHECK_DIGIT, 2},
    {"a letter in the GTIN", "010950600013435A217K3M", READ_BAD_GTIN_LENGTH, 2},
    {"cut off in the GTIN", "010950600013435", READ_BAD_GTIN_LENGTH, 2},
    {"separator in the GTIN", "0109506" GS "00013435217K3M", READ_BAD_GTIN_LENGTH, 2},
    {"cut off in an AI", "01" GTIN "2", READ_BAD_AI, 16},
    {"AI without a value", "01" GTIN "21", READ_BAD_VALUE, 18},
    {"AI without a value, brackets", "(01)" GTIN "(21)", READ_BAD_VALUE, 22},
    {"AI without a value, then a separator", "01" GTIN "10" GS "217K3M", READ_BAD_VALUE, 18},
    {"two separators", "01" GTIN "10L1" GS GS "217K3M", READ_BAD_AI, 21},
    {"two separators behind a fixed length", "01" GTIN GS GS "217K3M", READ_BAD_AI, 17},
    {"two separators at the end", "01" GTIN "217K3M" GS GS, READ_BAD_AI, 23},
    {"serial of 21", "01" GTIN "21" A20 "U", READ_BAD_VALUE, 18},
    {"lost separator, too long", "01" GTIN "10" A20 "21" A20, READ_BAD_VALUE, 18},
    {"lost separator", "01" GTIN "10L1217K3M", READ_NO_SERIAL, 26},
    {"two serials", "(01)" GTIN "(21)A(21)B", READ_BAD_AI, 23},
    {"the same serial twice", "(01)" GTIN "(21)A(21)A", READ_BAD_AI, 23},
    {"two GTINs", "01" GTIN "01" GTIN "217K3M", READ_BAD_AI, 16},
    {"two lots", "01" GTIN "10A" GS "10B" GS "217K3M", READ_BAD_AI, 20},
    {"two expiry dates", "01" GTIN "1729123117291231217K3M", READ_BAD_AI, 24},
    {"an AI that is not read", "(01)" GTIN "(240)X(21)7K3M", READ_BAD_AI, 18},
    {"content", "(02)" GTIN "(21)7K3M", READ_BAD_AI, 0},
    {"a due date", "(01)" GTIN "(12)261122(21)7K3M", READ_BAD_AI, 18},
    {"month 13", "01" GTIN "17261300217K3M", READ_BAD_VALUE, 18},
    {"month 00", "01" GTIN "17260001217K3M", READ_BAD_VALUE, 18},
    {"day 32", "01" GTIN "17261232217K3M", READ_BAD_VALUE, 18},
    {"a letter in a date", "01" GTIN "1726123A217K3M", READ_BAD_VALUE, 18},
    {"a date of five digits", "(01)" GTIN "(17)26123(21)7K3M", READ_BAD_VALUE, 22},
    {"cut off in a date", "01" GTIN "21A" GS "1726", READ_BAD_VALUE, 22},
    {"serial '..'", "(01)" GTIN "(21)..", READ_BAD_VALUE, 22},
    {"bracket not closed", "(01)" GTIN "(21", READ_BAD_AI, 18},
    {"bracket only", "(", READ_BAD_AI, 0},
    {"empty brackets", "()" GTIN, READ_BAD_AI, 0},
    {"opening bracket in a value", "(01)" GTIN "(21)A(B", READ_BAD_AI, 23},
    {"an AI in the middle of a value", "(01)" GTIN "(21)A(17)B", READ_BAD_VALUE, 27},
    {"letters as an AI", "(01)" GTIN "(SN)7K3M", READ_BAD_AI, 18},
    {"brackets around the GTIN only", "(01)" GTIN "217K3M", READ_BAD_GTIN_LENGTH, 4},
};

static void
others_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct identity nothing = {.gtin = ""};
        struct reading reading;
        enum reading_error error = element_string_read(&reading, slice_of(refused[i].text));
        if (error != refused[i].error || reading.error_at != refused[i].at)
            fail_msg("%s: %s at %zu", refused[i].label, reading_error_info(error)->code,
                     reading.error_at);
        assert_int_equal(reading.kind, READING_NONE);
        assert_identity(refused[i].label, &reading.id, &nothing);
        assert_string_equal(reading.canonical, "");
    }
}

static void
an_element_string_has_at_most_1024_bytes(void **state)
{
    char text[SCAN_TEXT_MAX + 1];
    struct reading reading;
    (void)state;
    memset(text, '0', sizeof text);
    text[1] = '1';
    assert_int_equal(element_string_read(&reading, slice_make(text, sizeof text)), READ_TOO_LONG);
    assert_int_equal(element_string_read(&reading, slice_make(text, SCAN_TEXT_MAX)), READ_BAD_AI);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(element_strings_are_read),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(an_element_string_has_at_most_1024_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
