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
    {"lost", {.conditions = CONDITION_LOST}, "5"},
    {"condition that nothing has", {.conditions = CONDITION_COPY_SUSPECTED}, ""},
    {"issued", {.state = UNIT_ISSUED}, "0"},
    {"in transit", {.state = UNIT_IN_TRANSIT}, "4"},
    {"state that nothing has", {.state = UNIT_RETIRED}, ""},
    {"issued, in a lot", {.lot = "L24A0917", .state = UNIT_ISSUED}, "0"},
    {"issued, at a location", {.location = "Berlin 1", .state = UNIT_ISSUED}, ""},
    {"purchase order", {.purchase_order = "PO Berlin 1"}, "126"},
    {"beginning of an order", {.purchase_order = "PO Berlin"}, ""},
    {"sales order", {.sales_order = "SO Berlin 1"}, "6"},
    {"both orders", {.purchase_order = "PO Berlin 1", .sales_order = "SO Berlin 1"}, "6"},
    {"orders of different units",
     {.purchase_order = "PO Paris 2", .sales_order = "SO Berlin 1"},
     ""},
    {"order and state", {.purchase_order = "PO Berlin 1", .state = UNIT_IN_STOCK}, "12"},
    {"everything that one unit has",
     {.lot = "L24A0917",
      .location = "Paris 2",
      .purchase_order = "PO Paris 2",
      .state = UNIT_IN_STOCK,
      .conditions = CONDITION_HELD | CONDITION_STOLEN,
      .item = "AC-100",
      .query = "aa"},
     "3"},
    {"order that nothing has", {.purchase_order = "PO-1"}, ""},
    {"sales order that nothing has", {.sales_order = "SO-1"}, ""},
    {"item", {.item = "AC-100"}, "0123456"},
    {"beginning of an item", {.item = "AC-10"}, ""},
    {"item and state", {.item = "AC-100", .state = UNIT_SOLD}, "56"},
    {"other item and state", {.item = "AC-101", .state = UNIT_SOLD}, ""},
    {"query: serial", {.query = "AA"}, "3"},
    {"query: serial, small letters", {.query = "aa"}, "3"},
    {"query: serial with look-alikes", {.query = "aOo"}, "2"},
    {"query: serial with a hyphen", {.query = "A-00"}, "2"},
    {"query: lot with look-alikes", {.query = "124a 09I7"}, "0123456"},
    {"query: item number", {.query = "ac 100"}, "0123456"},
    {"query: name", {.query = "gr1nder"}, "0123456"},
    {"query: over two words of the name", {.query = "LEGR"}, "0123456"},
    {"query: model, which is not looked at", {.query = "AG18"}, ""},
    {"query: serials that begin so come first", {.query = "A"}, "0123546"},
    {"query: the same in a lot", {.query = "A", .lot = "L24A0917"}, "0123546"},
    {"query: the same at a location", {.query = "A", .location = "Berlin 1"}, "126"},
    {"query: look-alikes that begin so", {.query = "8"}, "4601235"},
    {"query: longer than any serial", {.query = "A00000000000000000000000"}, ""},
    {"query that nothing has", {.query = "QQQ"}, ""},
    {"query and state", {.query = "grinder", .state = UNIT_SOLD}, "56"},
    {"query of which folding leaves nothing", {.query = ","}, "0123456"},
    {"and that nothing has", {.query = ";"}, ""},
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
put_product(struct contract *contract, const char *gtin, const char *item)
{
    struct product product;
    struct operation operation;
    test_product(&product, gtin);
    memset(product.item, 0, sizeof product.item);
    assert_true(slice_copy(product.item, sizeof product.item, slice_of(item)));
    contract_operation(contract, &operation);
    contract_expect("product", registry_put_product(contract->session, &product, &operation, NULL),
                    ERR_OK);
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

enum { PRODUCTS = 5, THEIRS = 2 * PRODUCTS };

/* Two units of each product, all in one place. */
static void
make_products(struct contract *contract, char gtins[static PRODUCTS][GTIN_DIGITS + 1])
{
    static const char *const items[PRODUCTS] = {"X-1", "X-2", "X-1", "", "X-1"};
    for (size_t i = 0; i < THEIRS; i++) {
        struct unit unit;
        struct change change;
        struct operation operation;
        char *gtin = gtins[i / 2];
        if (i % 2 == 0)
            contract_gtin(contract, gtin);
        if (i % 2 == 0 && items[i / 2][0] != '\0')
            put_product(contract, gtin, items[i / 2]);
        contract_unit(contract, gtin, i % 2 == 0 ? "U1" : "U2Q", &unit);
        contract_operation(contract, &operation);
        test_change(&change, &unit, EVENT_RECEIVE, &operation, "Depot 9");
        contract_expect("receive",
                        registry_apply(contract->session, &change, 1, &operation, NULL, NULL),
                        ERR_OK);
    }
}

/* Items and indexes across products, one of which has no record. */
static void
several_products(struct contract *contract)
{
    static const struct {
        const char *label;
        struct unit_filter filter;
        const char *expected; /* products, one digit a unit */
    } cases[] = {
        {"item of three products", {.item = "X-1"}, "002244"},
        {"item of one", {.item = "X-2"}, "11"},
        {"item of none", {.item = "X-3"}, ""},
        {"location anywhere", {.location = "Depot 9"}, "0011223344"},
        {"location and item", {.location = "Depot 9", .item = "X-1"}, "002244"},
        {"item and query", {.item = "X-1", .query = "U2"}, "024"},
        {"location and query", {.location = "Depot 9", .query = "u2"}, "01234"},
        {"in the product, then in the lot", {.location = "Depot 9", .query = "2"}, "1100223344"},
        {"inside the serial", {.location = "Depot 9", .query = "Q"}, "01234"},
        {"inside the serial, of one item", {.item = "X-2", .query = "Q"}, "1"},
        {"serials begin so", {.location = "Depot 9", .query = "U"}, "0011223344"},
    };
    char gtins[PRODUCTS][GTIN_DIGITS + 1];
    struct unit out[THEIRS];
    make_products(contract, gtins);
    for (size_t i = 0; i < PAGE * sizeof cases / sizeof cases[0]; i++) {
        const char *expected = cases[i / PAGE].expected;
        size_t count = read_all(contract, &cases[i / PAGE].filter, 1 + i % PAGE, out, THEIRS);
        if (count != strlen(expected))
            fail_msg("%s: %zu units", cases[i / PAGE].label, count);
        for (size_t at = 0; at < count; at++)
            if (strcmp(out[at].id.gtin, gtins[expected[at] - '0']) != 0)
                fail_msg("%s: row %zu is of %s", cases[i / PAGE].label, at, out[at].id.gtin);
    }
}

static void
move(struct contract *contract, struct unit *unit, enum event_type type, const char *to)
{
    struct change change;
    struct operation operation;
    contract_operation(contract, &operation);
    test_change(&change, unit, type, &operation, to);
    contract_expect(to, registry_apply(contract->session, &change, 1, &operation, NULL, NULL),
                    ERR_OK);
    *unit = change.unit;
    unit->version++;
}

static void
expect_pair(struct contract *contract, struct cursor *cursor, const char *serials)
{
    const struct unit_filter filter = {.location = "Depot 4"};
    struct unit page[2];
    size_t count = 0;
    contract_expect(serials, registry_list(contract->session, &filter, cursor, page, 2, &count),
                    ERR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(page[0].id.serial[0], serials[0]);
    assert_int_equal(page[1].id.serial[0], serials[1]);
}

/* While a list by location is read, units leave it and come to it: those that stay are neither
 * skipped nor repeated. */
static void
index_while_writing(struct contract *contract)
{
    struct unit units[8];
    struct cursor cursor = {""};
    char gtin[GTIN_DIGITS + 1];
    contract_gtin(contract, gtin);
    for (size_t i = 0; i < 8; i++) {
        const char serial[2] = {(char)('A' + i), '\0'};
        contract_unit(contract, gtin, serial, &units[i]);
        move(contract, &units[i], EVENT_RECEIVE, "Depot 4");
    }
    expect_pair(contract, &cursor, "AB");
    move(contract, &units[0], EVENT_MOVE, "Oslo 3"); /* was listed */
    move(contract, &units[2], EVENT_MOVE, "Oslo 3"); /* would be next */
    move(contract, &units[4], EVENT_MOVE, "Oslo 3"); /* is further on */
    expect_pair(contract, &cursor, "DF");
    move(contract, &units[2], EVENT_MOVE, "Depot 4"); /* lies behind us */
    expect_pair(contract, &cursor, "GH");
    assert_string_equal(cursor.text, "");
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
    struct credential credential;
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
    memcpy(other.gtin, gtin, sizeof other.gtin);
    other.query[0] = 'A';
    contract_expect("another query",
                    registry_list(contract->session, &other, &cursor, page, 1, &count),
                    ERR_INVALID);
    memset(other.query, 0, sizeof other.query);
    other.item[0] = 'A';
    contract_expect("another item",
                    registry_list(contract->session, &other, &cursor, page, 1, &count),
                    ERR_INVALID);
    contract_expect("list of credentials",
                    registry_list_credentials(contract->session, &cursor, &credential, 1, &count),
                    ERR_INVALID);
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
    put_product(contract, gtin, "AC-100");
    make_units(contract, gtin, units);
    expect_filtered(contract, gtin, units);
    several_products(contract);
    whole_list(contract);
    list_while_writing(contract);
    index_while_writing(contract);
    foreign_cursors(contract, gtin);
}
