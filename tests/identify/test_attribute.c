/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "gateway/identify/attribute.h"

#define A70 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define A20 "AAAAAAAAAAAAAAAAAAAA"

/* From the GS1 Syntax Dictionary. */
static const struct {
    const char *label;
    const char *ai, *value;
    bool valid;
} rows[] = {
    {"production date", "11", "261122", true},
    {"best before", "15", "261100", true},
    {"expiry", "17", "261122", true},
    {"expiry, five digits", "17", "26112", false},
    {"expiry, seven digits", "17", "2611222", false},
    {"expiry, a letter", "17", "26112A", false},
    {"expiry, empty", "17", "", false},
    {"variant number", "20", "01", true},
    {"additional id, 30", "240", "ABCDEFGHIJABCDEFGHIJABCDEFGHIJ", true},
    {"additional id, 31", "240", "ABCDEFGHIJABCDEFGHIJABCDEFGHIJK", false},
    {"made-to-order variant", "242", "123456", true},
    {"made-to-order variant, 7", "242", "1234567", false},
    {"document, digits only", "253", "9506000134352", true},
    {"document, with a serial", "253", "9506000134352A", true},
    {"document, letter too early", "253", "950600013435AA", false},
    {"net weight, no decimals", "3100", "000195", true},
    {"net weight, five decimals", "3105", "000195", true},
    {"net weight, six decimals", "3106", "000195", false},
    {"no such measure", "3170", "000195", false},
    {"log length", "3311", "000195", true},
    {"no such log measure", "3380", "000195", false},
    {"log volume", "3699", "000195", false},
    {"log volume, five decimals", "3695", "000195", true},
    {"price", "3922", "0299", true},
    {"price with currency", "3932", "9780299", true},
    {"price with currency only", "3932", "978", false},
    {"percentage, three decimals", "3943", "0010", true},
    {"percentage, four decimals", "3944", "0010", false},
    {"origin", "422", "276", true},
    {"countries", "423", "276250", true},
    {"country names are not digits", "423", "DEU", false},
    {"delivery address", "4302", A70, true},
    {"delivery address, 71", "4302", A70 "A", false},
    {"temperature", "4330", "000500-", true},
    {"processor", "7035", "276ABC", true},
    {"processor, no name", "7035", "276", false},
    {"national number", "717", "012345678", true},
    {"no such national number", "718", "012345678", false},
    {"component id, capitals", "8010", "9506000#A-/", true},
    {"component id, small letters", "8010", "9506000a", false},
    {"signature, base64url", "8030", "aZ09-_=", true},
    {"signature, plus", "8030", "aZ+9", false},
    {"internal", "99", A70 A20, true},
    {"internal, 91", "99", A70 A20 "A", false},
    {"internal, a space", "99", "A B", false},
    {"identity: GTIN", "01", "09506000134352", false},
    {"identity: lot", "10", "L1", false},
    {"identity: serial", "21", "1", false},
    {"identity: variant", "22", "1", false},
    {"identity: third-party serial", "235", "1", false},
    {"excluded by 01: content", "02", "09506000134352", false},
    {"excluded by 01: count", "37", "1", false},
    {"excluded by 01: coupon", "255", "9506000134352", false},
    {"excluded by 01: trade item piece", "8006", "095060001343520102", false},
    {"not a link attribute: made-to-order GTIN", "03", "09506000134352", false},
    {"not a link attribute: product URL", "8200", "A", false},
    {"unknown, two digits", "18", "1", false},
    {"unknown, three digits", "999", "1", false},
    {"unknown, four digits", "9999", "1", false},
    {"with a zero in front", "017", "261122", false},
    {"cut off", "310", "000195", false},
    {"one digit", "1", "1", false},
    {"five digits", "31000", "000195", false},
    {"empty", "", "1", false},
    {"not digits", "1A", "1", false},
};

static void
attributes_follow_the_syntax_dictionary(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct attribute *attribute = attribute_find(slice_of(rows[i].ai));
        bool valid = attribute != NULL && attribute_value_valid(attribute, slice_of(rows[i].value));
        if (valid != rows[i].valid)
            fail_msg("%s: (%s)%s", rows[i].label, rows[i].ai, rows[i].value);
    }
}

/* Lines of the dictionary flagged "?", a range of n AIs counted n times, less 01 and 10, which make
 * the identity, and less those that exclude 01 or need what it excludes: 02 37 255 8006 8026. */
static void
as_many_are_known_as_the_dictionary_flags(void **state)
{
    static const unsigned numbers[] = {0, 0, 100, 1000, 10000};
    size_t known[5] = {0};
    (void)state;
    for (int digits = 2; digits <= 4; digits++) {
        for (unsigned n = 0; n < numbers[digits]; n++) {
            char ai[16];
            (void)snprintf(ai, sizeof ai, "%0*u", digits, n);
            known[digits] += attribute_find(slice_of(ai)) != NULL ? 1 : 0;
        }
    }
    assert_int_equal(known[2], 19);
    assert_int_equal(known[3], 35);
    assert_int_equal(known[4], 464);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_follow_the_syntax_dictionary),
        cmocka_unit_test(as_many_are_known_as_the_dictionary_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
