/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/rules/role.h"

static const struct {
    const char *name;
    int bit; /* stored in credentials */
    bool staff;
} rows[] = {
    {"public", 1, false}, {"owner", 2, false},    {"service", 4, true},  {"retailer", 8, true},
    {"issuer", 16, true}, {"operator", 32, true}, {"auditor", 64, true}, {"admin", 128, true},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static void
names_and_staff(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        enum role role = (enum role)0;
        assert_string_equal(role_name((enum role)rows[i].bit), rows[i].name);
        assert_int_equal(role_is_staff((enum role)rows[i].bit), rows[i].staff);
        assert_true(role_parse(&role, slice_of(rows[i].name)));
        assert_int_equal(role, rows[i].bit);
    }
}

/* No role, several roles and bits that mean nothing: a stranger, never staff. */
static void
anything_else_is_no_role(void **state)
{
    (void)state;
    for (int bits = 0; bits < 1024; bits++) {
        bool one = bits != 0 && (bits & (bits - 1)) == 0 && bits <= 128;
        if (one)
            continue;
        assert_string_equal(role_name((enum role)bits), "none");
        assert_false(role_is_staff((enum role)bits));
    }
}

static void
other_words_are_refused(void **state)
{
    static const char *const words[] = {"",      "none",      "Operator", "operators",
                                        "opera", "operator ", " owner",   "public,owner"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        enum role role = ROLE_OPERATOR;
        assert_false(role_parse(&role, slice_of(words[i])));
        assert_int_equal(role, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_staff),
        cmocka_unit_test(anything_else_is_no_role),
        cmocka_unit_test(other_words_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
