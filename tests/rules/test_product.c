/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/rules/product.h"

/* Design section 5; the numbers are stored in product records. */
static void
start_names(void **state)
{
    static const char *const names[] = {"none", "sale", "activation", "shipment", "manufacture"};
    (void)state;
    for (unsigned i = 1; i < sizeof names / sizeof names[0]; i++) {
        enum entitlement_start start = (enum entitlement_start)0;
        assert_string_equal(entitlement_start_name((enum entitlement_start)i), names[i]);
        assert_true(entitlement_start_parse(&start, slice_of(names[i])));
        assert_int_equal(start, i);
    }
    assert_string_equal(entitlement_start_name((enum entitlement_start)0), "none");
    assert_string_equal(entitlement_start_name((enum entitlement_start)5), "none");
}

static void
other_words_are_refused(void **state)
{
    static const char *const words[] = {"", "none", "Sale", "sales", "sal", "sale ", "purchase"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        enum entitlement_start start = START_SALE;
        assert_false(entitlement_start_parse(&start, slice_of(words[i])));
        assert_int_equal(start, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_names),
        cmocka_unit_test(other_words_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
