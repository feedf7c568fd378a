/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "crypto/claim.h"

static const struct {
    const char *label;
    const char *typed;
    const char *expected; /* NULL: refused */
} rows[] = {
    {"as printed", "7K3M9Q2XBT", "7K3M9Q2XBT"},
    {"lower case", "7k3m9q2xbt", "7K3M9Q2XBT"},
    {"in groups", "7K3M9-Q2XBT", "7K3M9Q2XBT"},
    {"spaces around", "  7K3M9 Q2XBT ", "7K3M9Q2XBT"},
    {"letter O for zero", "O123456789", "0123456789"},
    {"letter o for zero", "o123456789", "0123456789"},
    {"letter I for one", "0I23456789", "0123456789"},
    {"letter i for one", "0i23456789", "0123456789"},
    {"letter L for one", "0L23456789", "0123456789"},
    {"letter l for one", "0l23456789", "0123456789"},
    {"letters of the second half", "ABCDEFGHJK", "ABCDEFGHJK"},
    {"letters of the last part", "MNPQRSTVWX", "MNPQRSTVWX"},
    {"Y and Z", "YZYZYZYZYZ", "YZYZYZYZYZ"},
    {"letter U is not used", "U123456789", NULL},
    {"letter u is not used", "u123456789", NULL},
    {"nine characters", "123456789", NULL},
    {"eleven characters", "01234567890", NULL},
    {"hyphens only", "----------", NULL},
    {"empty", "", NULL},
    {"underscore", "7K3M9_Q2XBT", NULL},
    {"tab", "7K3M9\tQ2XBT", NULL},
    {"newline", "7K3M9Q2XBT\n", NULL},
    {"S is not 5 here, but a character short", "S12345678", NULL},
    {"not ASCII", "7K3M9Q2XB\xC3\x9F", NULL},
};

static void
reads_what_people_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char code[CLAIM_CHARS + 1] = "";
        bool read = claim_parse(code, rows[i].typed, strlen(rows[i].typed));
        if (read != (rows[i].expected != NULL))
            fail_msg("%s: %s", rows[i].label, read ? "accepted" : "refused");
        if (read && rows[i].expected != NULL && strcmp(code, rows[i].expected) != 0)
            fail_msg("%s: read as %s", rows[i].label, code);
    }
}

static void
refuses_a_nul_inside(void **state)
{
    (void)state;
    char code[CLAIM_CHARS + 1];
    assert_false(claim_parse(code, "7K3M9Q2XB\0", 10));
    assert_false(claim_parse(code, "7K3M9\0Q2XBT", 11));
}

static void
takes_five_bits_a_byte(void **state)
{
    (void)state;
    uint8_t bytes[256];
    char text[sizeof bytes + 1];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    crockford_format(text, sizeof bytes, bytes);
    assert_int_equal(strlen(text), sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i += 32)
        assert_memory_equal(text + i, "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 32);
    crockford_format(text, 0, bytes);
    assert_string_equal(text, "");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_people_type),
        cmocka_unit_test(refuses_a_nul_inside),
        cmocka_unit_test(takes_five_bits_a_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
