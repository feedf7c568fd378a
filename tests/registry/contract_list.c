/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/registry/contract.h"

enum { UNITS = 7, PAGE = 3 };

/* Serials in their order, and what happens to each. */
static const struct {
    const char *serial;
    enum event_type events[3];
    const char *text; /* location, or reason */
} made[UNITS] = {
    {"A", {EVENT_NONE}, ""},
    {"A0", {EVENT_RECEIVE}, "Berlin 1"},
    {"A00", {EVENT_RECEIVE, EVENT_HOLD}, "Berlin 1"},
    {"AA", {EVENT_RECEIVE, EVENT_REPORT_STOLEN, EVENT_HOLD}, "Paris 2"},
    {"B", {EVENT_SHIP}, "Paris 2"},
    {"a", {EVENT_SELL, EVENT_REPORT_LOST}, ""},
    {"b", {EVENT_SHIP, EVENT_RECEIVE, EVENT_SELL}, "Berlin 1"},
};

static const struct {
    const char *label;
    struct unit_filter filter; /* the GTIN is filled in */
    const char *expected;      /* one digit a unit */
} rows[] = {
    {"everything", {.gtin = ""}, "0123456"},
    {"lot", {.lot = "L24A0917"}, "0123456"},
    {"lot that is not there", {.lot = "L24A09170"}, ""},
    {"location", {.location = "Berlin 1"}, "126"},
    {"beginning of a location", {.location = "Berlin"}, ""},
    {"state", {.state = UNIT_IN_STOCK}, "123"},
    {"another state", {.state = UNIT_SOLD}, "56"},
    {"condition", {.conditions = CONDITION_HELD}, "23"},
    {"two conditions", {.conditions = CONDITION_HELD | CONDITION_STOLEN}, "3"},
    {"location and state", {.location = "Berlin 1", .state = UNIT_IN_STOCK}, "12"},
    {"location, state and condition",
     {.location = "Berlin 1", .state = UNIT_IN_STOCK, .conditions = CONDITION_HELD},
     "2"},
    {"order that nothing has", {.purchase_order = "PO-1"}, ""},
    {"sales order that nothing has", {.sales_order = "SO-1"}, ""},
};

static void
make_units(struct contract *contract, const char *gtin, struct unit units[static UNITS])
{
    for (size_t i = 0; i < UNITS; i++) {
        contract_unit(contract, gtin, made[i].serial, &units[i]);
        for (size_t j = 0; j < 3 && made[i].events[j] != EVENT_NONE; j++) {
            struct change change;
            struct operation operation;
            contract_operation(contract, &operation);
            test_change(&change, &units[i], made[i].events[j], &operation, made[i].text);
            contract_expect(made[i].serial,
                            registry_apply(contract->session, &change, 1, &operation, NULL, NULL),
                            ERR_OK);
            units[i] = change.unit;
            units[i].version++;
        }
    }
}

/* All pages of a list of `max` rows each; returns how many rows there were. */
static size_t
read_all(struct contract *contract, const struct unit_filter *filter, size_t max, struct unit *out,
         size_t out_max)
{
    struct cursor cursor = {""};
    struct unit page[PAGE];
    size_t total = 0;
    do {
        size_t count = 99;
        assert_int_equal(registry_list(contract->session, filter, &cursor, page, max, &count),
                         ERR_OK);
        assert_true(count <= max && total + count <= out_max);
        memcpy(out + total, page, count * sizeof page[0]);
        total += count;
    } while (cursor.text[0] != '\0');
    return total;
}

static void
expect_filtered(struct contract *contract, const char *gtin, const struct unit units[static UNITS])
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct unit_filter filter = rows[i].filter;
        struct unit out[UNITS];
        memcpy(filter.gtin, gtin, sizeof filter.gtin);
        for (size_t max = 1; max <= PAGE; max++) {
            size_t count = read_all(contract, &filter, max, out, UNITS);
            if (count != strlen(rows[i].expected))
                fail_msg("%s: %zu units", rows[i].label, count);
            for (size_t at = 0; at < count; at++) {
                size_t which = (size_t)(rows[i].expected[at] - '0');
                if (!test_same_unit(&out[at], &units[which]))
                    fail_msg("%s: row %zu is %s", rows[i].label, at, out[at].id.serial);
            }
        }
    }
}

/* Every product's units, in the order of (gtin, serial). */
static void
whole_list(struct contract *contract)
{
    const struct unit_filter any = {.gtin = ""};
    struct registry_health health;
    struct unit *out = test_calloc(1000, sizeof *out);
    contract_expect("health", registry_health(contract->session, &health), ERR_OK);
    size_t count = read_all(contract, &any, PAGE, out, 1000);
    assert_int_equal(count, health.units);
    for (size_t i = 1; i < count; i++) {
        int gtin = strcmp(out[i - 1].id.gtin, out[i].id.gtin);
        assert_true(gtin < 0 || (gtin == 0 && strcmp(out[i - 1].id.serial, out[i].id.serial) < 0));
    }
    test_free(out);
}

/* While a list is read, units before and behind the place are changed and added: the others are
 * neither skipped nor repeated. */
static void
list_while_writing(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    struct unit units[UNITS];
    struct unit page[2];
    struct unit added;
    struct unit_filter filter = {.gtin = ""};
    struct cursor cursor = {""};
    size_t count = 0;
    contract_gtin(contract, gtin);
    make_units(contract, gtin, units);
    memcpy(filter.gtin, gtin, sizeof filter.gtin);
    assert_int_equal(registry_list(contract->session, &filter, &cursor, page, 2, &count), ERR_OK);
    assert_int_equal(count, 2);
    contract_unit(contract, gtin, "9", &added);   /* before */
    contract_unit(contract, gtin, "A01", &added); /* behind the next */
    assert_int_equal(registry_list(contract->session, &filter, &cursor, page, 2, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(page[0].id.serial, "A00");
    assert_string_equal(page[1].id.serial, "A01");
    contract_unit(contract, gtin, "A000", &added); /* before */
    struct change change;
    struct operation operation;
    contract_operation(contract, &operation);
    test_change(&change, &units[4], EVENT_RECEIVE, &operation, "Oslo 3");
    contract_expect("change behind",
                    registry_apply(contract->session, &change, 1, &operation, NULL, NULL), ERR_OK);
    assert_int_equal(registry_list(contract->session, &filter, &cursor, page, 2, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_memory_equal(&page[0], &units[3], sizeof page[0]);
    assert_string_equal(page[1].location, "Oslo 3");
}

/* Cursors of another list, another filter, another page, or nobody. */
static void
foreign_cursors(struct contract *contract, const char *gtin)
{
    struct unit_filter filter = {.gtin = ""};
    struct unit_filter other = {.gtin = ""};
    struct unit page[PAGE];
    struct product product;
    struct recall recall;
    struct cursor cursor = {""};
    size_t count = 99;
    memcpy(filter.gtin, gtin, sizeof filter.gtin);
    assert_int_equal(registry_list(contract->session, &filter, &cursor, page, 1, &count), ERR_OK);
    assert_true(cursor.text[0] != '\0');
    struct cursor mine = cursor;
    contract_expect("another filter",
                    registry_list(contract->session, &other, &cursor, page, 1, &count),
                    ERR_INVALID);
    assert_int_equal(count, 0);
    assert_memory_equal(&cursor, &mine, sizeof mine);
    contract_expect("list of products",
                    registry_list_products(contract->session, &cursor, &product, 1, &count),
                    ERR_INVALID);
    contract_expect("list of recalls",
                    registry_list_recalls(contract->session, &cursor, &recall, 1, &count),
                    ERR_INVALID);
    for (size_t i = 0; i < strlen(mine.text); i++) {
        cursor = mine;
        cursor.text[i] = cursor.text[i] == 'A' ? 'B' : 'A';
        contract_expect("a changed character",
                        registry_list(contract->session, &filter, &cursor, page, 1, &count),
                        ERR_INVALID);
        cursor = mine;
        memset(cursor.text + i, 0, sizeof cursor.text - i);
        contract_expect("a shorter text",
                        registry_list(contract->session, &filter, &cursor, page, 1, &count),
                        i == 0 ? ERR_OK : ERR_INVALID);
    }
    memset(cursor.text, 'A', sizeof cursor.text);
    contract_expect("no end", registry_list(contract->session, &filter, &cursor, page, 1, &count),
                    ERR_INVALID);
    contract_expect("the right one",
                    registry_list(contract->session, &filter, &mine, page, 1, &count), ERR_OK);
}

void
contract_list(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    struct unit units[UNITS];
    contract_gtin(contract, gtin);
    make_units(contract, gtin, units);
    expect_filtered(contract, gtin, units);
    whole_list(contract);
    list_while_writing(contract);
    foreign_cursors(contract, gtin);
}
