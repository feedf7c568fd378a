/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/forgeries.h"

#define NOON INT64_C(1795348800)

static struct keyset keyset; /* too large for a stack */
static struct reading reading;

static struct forgeries *
open_forgeries(void)
{
    struct forgeries *forgeries = NULL;
    assert_true(sodium_init() >= 0);
    memset(&keyset, 0, sizeof keyset);
    memset(&reading, 0, sizeof reading);
    keyset.version = 7;
    memset(reading.token.signature, 0x55, sizeof reading.token.signature);
    reading.canonical_len = (size_t)snprintf(reading.canonical, sizeof reading.canonical,
                                             "https://id.gs1.org/01/09506000134352/21/A");
    assert_int_equal(forgeries_open(&forgeries, NULL), ERR_OK);
    return forgeries;
}

static void
test_remembers(void **state)
{
    struct forgeries *forgeries = open_forgeries();
    uint64_t mark = forgeries_mark(forgeries, &keyset, &reading);
    (void)state;
    assert_false(forgeries_has(forgeries, mark));
    assert_false(forgeries_any(forgeries, NOON));
    forgeries_put(forgeries, mark, NOON);
    assert_true(forgeries_has(forgeries, mark));
    assert_true(forgeries_fresh(forgeries, mark, NOON));
    assert_true(forgeries_fresh(forgeries, mark, NOON + FORGERIES_FRESH - 1));
    assert_false(forgeries_fresh(forgeries, mark, NOON + FORGERIES_FRESH));
    assert_false(forgeries_fresh(forgeries, mark, NOON - 1)); /* the clock was set back */
    assert_true(forgeries_any(forgeries, NOON + FORGERIES_FRESH - 1));
    assert_false(forgeries_any(forgeries, NOON + FORGERIES_FRESH));
    assert_true(forgeries_has(forgeries, mark));
    forgeries_close(forgeries);
}

/* Each of these makes it another label, or a label that has to be judged anew. */
static void
test_marks(void **state)
{
    struct forgeries *forgeries = open_forgeries();
    uint64_t mark = forgeries_mark(forgeries, &keyset, &reading);
    (void)state;
    assert_true(mark == forgeries_mark(forgeries, &keyset, &reading));
    keyset.version++;
    assert_true(mark != forgeries_mark(forgeries, &keyset, &reading));
    keyset.version--;
    for (size_t i = 0; i < sizeof reading.token.signature; i++) {
        reading.token.signature[i] ^= 1;
        assert_true(mark != forgeries_mark(forgeries, &keyset, &reading));
        reading.token.signature[i] ^= 1;
    }
    for (size_t i = 0; i < sizeof reading.token.kid; i++) {
        reading.token.kid[i] ^= 1;
        assert_true(mark != forgeries_mark(forgeries, &keyset, &reading));
        reading.token.kid[i] ^= 1;
    }
    for (size_t i = 0; i < reading.canonical_len; i++) {
        reading.canonical[i] ^= 1;
        assert_true(mark != forgeries_mark(forgeries, &keyset, &reading));
        reading.canonical[i] ^= 1;
    }
    reading.canonical_len--;
    assert_true(mark != forgeries_mark(forgeries, &keyset, &reading));
    reading.canonical_len++;
    assert_true(mark == forgeries_mark(forgeries, &keyset, &reading));
    forgeries_close(forgeries);
}

/* Of more than fit the latest are there; none that was not put in ever is. */
static void
test_flood(void **state)
{
    struct forgeries *forgeries = open_forgeries();
    uint64_t last = 0;
    (void)state;
    for (uint32_t i = 0; i < 10 * FORGERIES_MAX; i++) {
        memcpy(reading.token.signature, &i, sizeof i);
        last = forgeries_mark(forgeries, &keyset, &reading);
        assert_false(forgeries_has(forgeries, last));
        forgeries_put(forgeries, last, NOON);
        assert_true(forgeries_has(forgeries, last));
    }
    forgeries_close(forgeries);
}

static void
test_none(void **state)
{
    (void)state;
    uint64_t mark = forgeries_mark(NULL, &keyset, &reading);
    forgeries_put(NULL, mark, NOON);
    assert_false(forgeries_has(NULL, mark));
    assert_false(forgeries_fresh(NULL, mark, NOON));
    assert_false(forgeries_any(NULL, NOON));
    forgeries_close(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remembers),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
