/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the indexes. The expected bytes were put together by hand from index.h: 9506000134352 is
 * 0x08A549C2E0D0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/registry/index.h"
#include "tests/registry/support.h"

static const char gtin[] = "09506000134352";

static void
everything(struct unit *out)
{
    test_unit(out, gtin, "7K3M");
    out->state = UNIT_RETURNED;
    out->conditions = CONDITION_LOST | CONDITION_COPY_SUSPECTED;
    memcpy(out->location, "Berlin 1", 8);
    memcpy(out->purchase_order, "PO-1", 4);
    memcpy(out->sales_order, "SO-2", 4);
}

#define UNIT_BYTES                                                                                 \
    "\0\x08\xA5\x49\xC2\xE0\xD0"                                                                   \
    "7K3M"

static const struct {
    const char *label;
    enum table table;
    size_t value_len;
    const char *key;
} rows[] = {
    {"lot", TABLE_BY_LOT, 8, "L24A0917" UNIT_BYTES},
    {"location", TABLE_BY_LOCATION, 8, "Berlin 1" UNIT_BYTES},
    {"purchase order", TABLE_BY_PURCHASE, 4, "PO-1" UNIT_BYTES},
    {"sales order", TABLE_BY_SALE, 4, "SO-2" UNIT_BYTES},
    {"state", TABLE_BY_STATE, 1, "\5" UNIT_BYTES},
    {"lost", TABLE_BY_CONDITION, 1, "\2" UNIT_BYTES},
    {"copy suspected", TABLE_BY_CONDITION, 1, "\x08" UNIT_BYTES},
};

enum { ROWS = sizeof rows / sizeof rows[0], UNIT_LEN = 11 };

static void
rows_of_a_unit(void **state)
{
    struct unit unit;
    struct index_row out[INDEX_ROWS_MAX];
    (void)state;
    everything(&unit);
    assert_int_equal(index_rows(&unit, out), ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        const struct span key = {(const uint8_t *)rows[i].key, rows[i].value_len + UNIT_LEN};
        struct unit_key found;
        print_message("  %s\n", rows[i].label);
        assert_true(index_has(out, ROWS, rows[i].table, key));
        assert_false(index_has(out, ROWS, TABLE_UNITS, key));
        assert_true(index_read(key, &found));
        assert_string_equal(found.gtin, gtin);
        assert_string_equal(found.serial, "7K3M");
    }
    test_unit(&unit, gtin, "A");
    assert_int_equal(index_rows(&unit, out), 1);
    assert_int_equal(out[0].table, TABLE_BY_LOT);
    memset(unit.id.lot, 0, sizeof unit.id.lot);
    assert_int_equal(index_rows(&unit, out), 0);
}

/* The longest texts there can be, in characters of two bytes where these are allowed. */
static void
longest_rows(void **state)
{
    struct unit unit;
    struct index_row out[INDEX_ROWS_MAX];
    (void)state;
    everything(&unit);
    unit.conditions = CONDITION_ALL;
    memset(unit.id.lot, 'x', GS1_VALUE_MAX);
    memset(unit.id.serial, 'z', GS1_VALUE_MAX);
    memset(unit.location, 0xC3, LOCATION_MAX);
    memset(unit.purchase_order, 'x', ORDER_MAX);
    memset(unit.sales_order, 'x', ORDER_MAX);
    assert_int_equal(index_rows(&unit, out), INDEX_ROWS_MAX);
    for (size_t i = 0; i < INDEX_ROWS_MAX; i++) {
        struct unit_key found;
        assert_true(index_read(key_span(&out[i].key), &found));
        assert_string_equal(found.serial, unit.id.serial);
    }
}

static void
what_is_no_row_is_refused(void **state)
{
    static const struct {
        const char *label, *key;
        size_t len;
        bool sound;
    } cases[] = {
        {"as it should be", "L" UNIT_BYTES, 12, true},
        {"greatest GTIN there can be",
         "L\0\x5A\xF3\x10\x7A\x3F\xFF"
         "A",
         9, true},
        {"GTIN of 15 digits",
         "L\0\x5A\xF3\x10\x7A\x40\x00"
         "A",
         9, false},
        {"empty", "", 0, false},
        {"no value", UNIT_BYTES, 11, false},
        {"no NUL", "L24A0917", 8, false},
        {"nothing behind the NUL", "L\0", 2, false},
        {"half a GTIN", "L\0\x08\xA5\x49", 5, false},
        {"no serial", "L\0\x08\xA5\x49\xC2\xE0\xD0", 8, false},
        {"serial with a NUL",
         "L\0\x08\xA5\x49\xC2\xE0\xD0"
         "A\0B",
         11, false},
        {"serial of 21",
         "L\0\x08\xA5\x49\xC2\xE0\xD0"
         "AAAAAAAAAAAAAAAAAAAAA",
         29, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct unit_key found;
        const struct span key = {(const uint8_t *)cases[i].key, cases[i].len};
        if (index_read(key, &found) != cases[i].sound)
            fail_msg("%s", cases[i].label);
    }
}

/* Rows with one value lie as their units do, and away from those with a longer value. */
static void
rows_lie_in_the_order_of_units(void **state)
{
    static const struct {
        const char *value, *gtin, *serial;
    } in_order[] = {
        {"L1", "00000000000000", ""},   {"L1", "00000000000017", "z"},
        {"L1", "09506000134352", "A"},  {"L1", "09506000134352", "A0"},
        {"L1", "09506000134352", "AA"}, {"L1", "09506000134352", "a"},
        {"L1", "09506000134369", "A"},  {"L1", "99999999999997", "A"},
        {"L1!", "00000000000017", "A"}, {"L10", "00000000000017", "A"},
    };
    struct record_key keys[sizeof in_order / sizeof in_order[0]];
    (void)state;
    for (size_t i = 0; i < sizeof in_order / sizeof in_order[0]; i++) {
        const struct span prefix = {(const uint8_t *)in_order[i].value,
                                    strlen(in_order[i].value) + 1};
        index_key(&keys[i], prefix, in_order[i].gtin, in_order[i].serial);
        assert_true(keys[i].len > 0);
        if (i == 0)
            continue;
        size_t common = keys[i - 1].len < keys[i].len ? keys[i - 1].len : keys[i].len;
        int order = memcmp(keys[i - 1].bytes, keys[i].bytes, common);
        if (order > 0 || (order == 0 && keys[i - 1].len >= keys[i].len))
            fail_msg("row %zu", i);
    }
}

static void
what_a_filter_asks_for(void **state)
{
    struct unit_filter filter = {.gtin = "09506000134352", .item = "X", .query = "y"};
    struct unit unit;
    struct index_row wanted[INDEX_ROWS_MAX];
    (void)state;
    assert_int_equal(index_of_filter(&filter, wanted), 0);
    filter.state = UNIT_ISSUED;
    assert_int_equal(index_of_filter(&filter, wanted), 0);
    everything(&unit);
    memcpy(filter.lot, unit.id.lot, sizeof filter.lot);
    memcpy(filter.location, unit.location, sizeof filter.location);
    memcpy(filter.purchase_order, unit.purchase_order, sizeof filter.purchase_order);
    memcpy(filter.sales_order, unit.sales_order, sizeof filter.sales_order);
    filter.state = unit.state;
    filter.conditions = unit.conditions;
    assert_int_equal(index_of_filter(&filter, wanted), ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(wanted[i].table, rows[i].table);
        assert_int_equal(wanted[i].key.len, rows[i].value_len + 1);
        assert_memory_equal(wanted[i].key.bytes, rows[i].key, wanted[i].key.len);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_a_unit),
        cmocka_unit_test(longest_rows),
        cmocka_unit_test(what_is_no_row_is_refused),
        cmocka_unit_test(rows_lie_in_the_order_of_units),
        cmocka_unit_test(what_a_filter_asks_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
