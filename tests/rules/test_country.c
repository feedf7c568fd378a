/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/rules/country.h"

/* Great circles between the middles, less the extents, from a map; 15 % either way. */
static void
far_apart(void **state)
{
    static const struct {
        const char *a, *b;
        int km;
    } rows[] = {
        {"DE", "JP", 6950},  {"DE", "US", 4550}, {"GB", "AU", 12400}, {"FR", "BR", 5400},
        {"NZ", "ES", 17300}, {"FJ", "WS", 650},  {"IS", "PT", 1300},  {"ZA", "NL", 8000},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int gap = country_gap(rows[i].a, rows[i].b);
        if (gap < rows[i].km * 85 / 100 || gap > rows[i].km * 115 / 100)
            fail_msg("%s-%s: %d", rows[i].a, rows[i].b, gap);
        assert_int_equal(gap, country_gap(rows[i].b, rows[i].a));
    }
}

/* Land borders and short ferries, the long and the unlikely ones, too. */
static void
neighbours_touch(void **state)
{
    static const char *const rows[][2] = {
        {"DE", "FR"}, {"DE", "PL"}, {"DE", "DK"}, {"CH", "IT"}, {"ES", "PT"}, {"ES", "MA"},
        {"ES", "GI"}, {"FR", "MC"}, {"IT", "VA"}, {"GB", "IE"}, {"GB", "FR"}, {"NO", "RU"},
        {"FI", "RU"}, {"SE", "FI"}, {"PL", "RU"}, {"RU", "KP"}, {"RU", "CN"}, {"RU", "JP"},
        {"CN", "IN"}, {"CN", "HK"}, {"CN", "AF"}, {"CN", "VN"}, {"KZ", "CN"}, {"IN", "BD"},
        {"IN", "LK"}, {"MY", "SG"}, {"MY", "ID"}, {"ID", "TL"}, {"ID", "PG"}, {"AU", "PG"},
        {"US", "CA"}, {"US", "MX"}, {"US", "CU"}, {"US", "BS"}, {"MX", "GT"}, {"BR", "GF"},
        {"BR", "PE"}, {"AR", "CL"}, {"CL", "PE"}, {"CO", "PA"}, {"VE", "TT"}, {"EG", "SD"},
        {"EG", "IL"}, {"TR", "GR"}, {"TR", "SY"}, {"CY", "LB"}, {"SA", "YE"}, {"SA", "EG"},
        {"DZ", "NE"}, {"ZA", "LS"}, {"ZA", "NA"}, {"CD", "AO"}, {"CD", "ZM"}, {"TD", "LY"},
        {"GL", "CA"}, {"XK", "AL"}, {"DO", "HT"}, {"KR", "JP"}, {"FJ", "TV"}, {"RS", "XK"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (country_gap(rows[i][0], rows[i][1]) > 500)
            fail_msg("%s-%s: %d", rows[i][0], rows[i][1], country_gap(rows[i][0], rows[i][1]));
}

static void
codes_that_are_none(void **state)
{
    static const char *const rows[] = {"",   "D",  "de", "ZZ", "EU", "UK", "A1",
                                       "  ", "AA", "AP", "XX", "T1", "XZ", "DEU"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(country_gap("DE", rows[i]), -1);
        assert_int_equal(country_gap(rows[i], "DE"), -1);
        assert_int_equal(country_gap(rows[i], rows[i]), -1);
        assert_false(country_known(rows[i]));
    }
    assert_int_equal(country_gap("DE", "DE"), 0);
}

/* ISO 3166-1 has 249 codes; XK is the 250th that addresses are given. */
static void
every_code_is_there(void **state)
{
    unsigned count = 0;
    (void)state;
    for (char a = 'A'; a <= 'Z'; a++)
        for (char b = 'A'; b <= 'Z'; b++)
            count += country_gap((char[3]){a, b, '\0'}, "DE") >= 0;
    assert_int_equal(count, 250);
    assert_true(country_known("DE") && country_known("AD") && country_known("ZW") &&
                country_known("XK"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(far_apart),
        cmocka_unit_test(neighbours_touch),
        cmocka_unit_test(codes_that_are_none),
        cmocka_unit_test(every_code_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
