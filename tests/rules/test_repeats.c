/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/rules/repeats.h"

#define GTIN "09506000134352"
#define OTHER "04006381333931"

static const uint8_t key[REPEATS_KEY_BYTES] = {7};

static struct identity
identity(const char *gtin, const char *lot, const char *serial)
{
    struct identity id;
    memset(&id, 0, sizeof id);
    strcpy(id.gtin, gtin);
    strcpy(id.lot, lot);
    strcpy(id.serial, serial);
    return id;
}

static void
the_first_row_of_each_unit(void **state)
{
    static const struct {
        const char *gtin, *lot, *serial;
        size_t first;
    } rows[] = {
        {GTIN, "", "A", 0},
        {GTIN, "", "a", 1},
        {GTIN, "L1", "A", 0},
        {OTHER, "", "A", 3},
        {GTIN, "", "0A", 4},
        {GTIN, "", "a", 1},
        {"", "", "A", 6},
        {"", "", "A", 7},
        {OTHER, "L2", "A", 3},
        {GTIN, "L1", "AA", 9},
        {GTIN, "L2", "A", 0},
        {GTIN, "", "12345678901234567890", 11},
        {GTIN, "", "1234567890123456789", 12},
        {GTIN, "", "12345678901234567890", 11},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct repeats *repeats = NULL;
    (void)state;
    assert_int_equal(repeats_open(&repeats, ROWS, key), ERR_OK);
    for (size_t i = 0; i < ROWS; i++) {
        struct identity id = identity(rows[i].gtin, rows[i].lot, rows[i].serial);
        assert_int_equal(repeats_first(repeats, &id, i), rows[i].first);
    }
    repeats_close(repeats);
}

/* 10,000 units, each twice in another order, fill it to the last place. */
static void
as_many_as_there_is_room_for(void **state)
{
    const size_t units = 10000;
    struct repeats *repeats = NULL;
    char serial[GS1_VALUE_MAX + 1];
    (void)state;
    assert_int_equal(repeats_open(&repeats, units, key), ERR_OK);
    for (size_t i = 0; i < 2 * units; i++) {
        size_t unit = i < units ? i : 2 * units - 1 - i;
        (void)snprintf(serial, sizeof serial, "%zu", unit);
        struct identity id = identity(GTIN, "", serial);
        assert_int_equal(repeats_first(repeats, &id, i), unit);
    }
    struct identity more = identity(OTHER, "", "1");
    assert_int_equal(repeats_first(repeats, &more, 20000), 20000);
    assert_int_equal(repeats_first(repeats, &more, 20001), 20001);
    repeats_close(repeats);
    repeats_close(NULL);
}

static void
one_row(void **state)
{
    struct repeats *repeats = NULL;
    struct identity id = identity(GTIN, "", "A");
    (void)state;
    assert_int_equal(repeats_open(&repeats, 1, key), ERR_OK);
    assert_int_equal(repeats_first(repeats, &id, 0), 0);
    assert_int_equal(repeats_first(repeats, &id, 1), 0);
    repeats_close(repeats);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_row_of_each_unit),
        cmocka_unit_test(as_many_as_there_is_room_for),
        cmocka_unit_test(one_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
