/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>

#include "gateway/base/ascii.h"

/* Every byte, by the ranges of ASCII. */
static void
every_byte(void **state)
{
    (void)state;
    unsigned count = 0;
    for (int c = CHAR_MIN; c <= CHAR_MAX; c++) {
        bool expected =
            (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5A) || (c >= 0x61 && c <= 0x7A);
        if (ascii_alphanumeric((char)c) != expected)
            fail_msg("byte %d", c);
        count += expected;
    }
    assert_int_equal(count, 62);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_byte)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
