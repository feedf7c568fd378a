/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/inventory/inventory.h"
#include "tests/registry/support.h"

#define G "09506000134352"
#define NOW INT64_C(1795348800) /* 2026-11-22T12:00:00Z */

struct world {
    struct test_place place;
    struct registry *registry;
    struct registry_session *session;
    struct config config;
    struct inventory_options options;
    struct inventory_summary summary;
    struct fault fault;
    struct text said;                  /* "LINE applied EVENT;", "LINE already;", "LINE CODE;" */
    char reason[INVENTORY_REASON_MAX]; /* of the last refusal */
};

static void
take(const struct inventory_row *row, void *context)
{
    struct world *w = context;
    text_printf(&w->said, "%d ", (int)row->line);
    if (row->outcome == INVENTORY_APPLIED)
        text_printf(&w->said, "%s;", event_type_name(row->event));
    if (row->outcome == INVENTORY_ALREADY)
        text_put(&w->said, "already;");
    if (row->outcome != INVENTORY_REFUSED)
        return;
    text_printf(&w->said, "%s;", row->code);
    (void)snprintf(w->reason, sizeof w->reason, "%s", row->reason);
}

static int
set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct product product;
    struct operation operation;
    if (w == NULL || sodium_init() < 0)
        return -1;
    test_place_make(&w->place);
    w->registry = test_open(w->place.url);
    w->session = test_session(w->registry);
    config_defaults(&w->config);
    strcpy(w->config.document_hosts, "erp.example.com");
    text_init(&w->said, 100000);
    test_product(&product, G);
    test_operation(&operation, 1);
    assert_int_equal(registry_put_product(w->session, &product, &operation, NULL), ERR_OK);
    for (unsigned i = 0; i < 5; i++) {
        char serial[4] = {'A', (char)('1' + i), '\0'};
        struct unit unit;
        test_unit(&unit, G, serial);
        test_commission(w->session, &unit, 10 + i);
    }
    w->options = (struct inventory_options){
        .now = NOW, .actor = "Warehouse", .config = &w->config, .row = take, .context = w};
    *state = w;
    return 0;
}

static int
tear_down(void **state)
{
    struct world *w = *state;
    test_undamaged(w->session);
    registry_session_close(w->session);
    registry_close(w->registry);
    test_place_remove(&w->place);
    text_free(&w->said);
    free(w);
    return 0;
}

static const char *const maps[] = {
    [INVENTORY_RECEIPTS] = "gtin=gtin,serial=serial,location=location,po=po,document=document",
    [INVENTORY_SHIPMENTS] = "gtin=gtin,serial=serial,location=location,so=so,on=on",
    [INVENTORY_SALES] = "gtin=gtin,serial=serial,so=so,document=document,on=on",
};
static const char *const headers[] = {
    [INVENTORY_RECEIPTS] = "gtin,serial,location,po,document\n",
    [INVENTORY_SHIPMENTS] = "gtin,serial,location,so,on\n",
    [INVENTORY_SALES] = "gtin,serial,so,document,on\n",
};

static enum err
import_file(struct world *w, FILE *file, enum inventory_kind kind)
{
    w->options.map.kind = kind;
    assert_int_equal(inventory_map_parse(&w->options.map, slice_of(maps[kind]), NULL), ERR_OK);
    text_reset(&w->said);
    text_put(&w->said, "");
    return inventory_import(file, "x.csv", w->registry, &w->options, &w->summary, &w->fault);
}

/* Imports these rows and compares what was said of each. */
static void
expect(struct world *w, enum inventory_kind kind, const char *rows, const char *said)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_true(fputs(headers[kind], file) >= 0 && fputs(rows, file) >= 0);
    if (import_file(w, file, kind) != ERR_OK)
        fail_msg("%s", w->fault.text);
    (void)fclose(file);
    if (strcmp(w->said.data, said) != 0)
        fail_msg("%s instead of %s: %s", w->said.data, said, w->reason);
}

static struct unit
unit_of(struct world *w, const char *serial)
{
    struct unit unit;
    struct unit_key key = {.gtin = G};
    assert_true(slice_copy(key.serial, sizeof key.serial, slice_of(serial)));
    assert_int_equal(registry_get(w->session, &key, &unit), ERR_OK);
    return unit;
}

static void
rows_become_events(void **state)
{
    struct world *w = *state;
    expect(w, INVENTORY_RECEIPTS,
           G ",A1,Shelf 3,PO-1,https://erp.example.com/gr/1\n" G ",A2,Shelf 4,,\n",
           "2 receive;3 receive;");
    struct unit unit = unit_of(w, "A1");
    assert_int_equal(unit.state, UNIT_IN_STOCK);
    assert_string_equal(unit.location, "Shelf 3");
    assert_string_equal(unit.purchase_order, "PO-1");
    assert_string_equal(unit.document, "https://erp.example.com/gr/1");
    expect(w, INVENTORY_SHIPMENTS, G ",A1,Vienna,SO-9,2026-11-20\n", "2 ship;");
    unit = unit_of(w, "A1");
    assert_int_equal(unit.state, UNIT_IN_TRANSIT);
    assert_int_equal(unit.shipped_on, 20777);
    expect(w, INVENTORY_SALES, G ",A1,SO-9,https://erp.example.com/so/9,2026-11-22\n", "2 sell;");
    unit = unit_of(w, "A1");
    assert_int_equal(unit.state, UNIT_SOLD);
    assert_int_equal(unit.sold_on, 20779);
    assert_string_equal(unit.seller, "Warehouse");
    assert_int_equal(unit.version, 4);
}

static void
what_is_so_already_is_left_alone(void **state)
{
    struct world *w = *state;
    expect(w, INVENTORY_RECEIPTS, G ",A1,Shelf 3,PO-1,\n", "2 receive;");
    expect(w, INVENTORY_RECEIPTS, "\n" G ",A1,Shelf 3,PO-1,\n", "3 already;");
    expect(w, INVENTORY_RECEIPTS, "\n\n" G ",A1,Shelf 3,,\n", "4 already;");
    assert_int_equal(unit_of(w, "A1").version, 2);
    expect(w, INVENTORY_RECEIPTS, "\n" G ",A1,Shelf 4,PO-1,\n", "3 move;");
    assert_string_equal(unit_of(w, "A1").location, "Shelf 4");
    expect(w, INVENTORY_RECEIPTS, G ",A1,Shelf 5,PO-2,\n", "2 differs;");
    assert_non_null(
        strstr(w->reason, "already in_stock, with location Shelf 4; the file has Shelf 5"));
    expect(w, INVENTORY_SALES, G ",A1,SO-1,,2026-11-22\n" G ",A1,SO-1,,\n" G ",A1,SO-2,,\n",
           "2 sell;3 already;4 differs;");
    assert_non_null(strstr(w->reason, "with sales_order SO-1; the file has SO-2"));
    assert_int_equal(unit_of(w, "A1").version, 4);
    assert_int_equal(w->summary.rows, 3);
    assert_int_equal(w->summary.applied, 1);
    assert_int_equal(w->summary.already, 1);
    assert_int_equal(w->summary.refused, 1);
}

/* A receipt that is long past must not be received again when its file is run once more. */
static void
a_file_is_never_applied_twice(void **state)
{
    struct world *w = *state;
    const char *rows = G ",A1,Shelf 3,,\n" G ",A2,Shelf 3,,\n";
    expect(w, INVENTORY_RECEIPTS, rows, "2 receive;3 receive;");
    expect(w, INVENTORY_SHIPMENTS, G ",A1,Vienna,,\n", "2 ship;");
    expect(w, INVENTORY_RECEIPTS, rows, "2 already;3 already;");
    assert_int_equal(unit_of(w, "A1").state, UNIT_IN_TRANSIT);
    w->options.now += 86400;
    strcpy(w->options.actor, "Somebody else");
    expect(w, INVENTORY_RECEIPTS, rows, "2 already;3 already;");
    assert_int_equal(unit_of(w, "A1").version, 3);
}

static void
an_interrupted_file_goes_on(void **state)
{
    struct world *w = *state;
    const char *rows = G ",A1,S,,\n" G ",A2,S,,\n" G ",A9,S,,\n" G ",A3,S,,\n";
    struct unit unit;
    expect(w, INVENTORY_RECEIPTS, rows, "2 receive;3 receive;4 unit_unknown;5 receive;");
    test_unit(&unit, G, "A9");
    test_commission(w->session, &unit, 50);
    expect(w, INVENTORY_RECEIPTS, rows, "2 already;3 already;4 receive;5 already;");
}

static void
a_dry_run_writes_nothing(void **state)
{
    struct world *w = *state;
    w->options.dry_run = true;
    expect(w, INVENTORY_RECEIPTS, G ",A1,Shelf 3,,\n" G ",A9,Shelf 3,,\n",
           "2 receive;3 unit_unknown;");
    assert_int_equal(unit_of(w, "A1").version, 1);
    w->options.dry_run = false;
    expect(w, INVENTORY_RECEIPTS, G ",A1,Shelf 3,,\n", "2 receive;");
}

static const struct {
    const char *label;
    enum inventory_kind kind;
    const char *row, *code, *says;
} refused[] = {
    {"scientific gtin", INVENTORY_RECEIPTS, "9.50600E+12,A1,S,,", "gtin_invalid",
     "export again from the source"},
    {"gtin without its zero", INVENTORY_RECEIPTS, "9506000134352,A1,S,,", "gtin_invalid",
     "leading zeros"},
    {"gtin with decimals", INVENTORY_RECEIPTS, "9506000134352.0,A1,S,,", "gtin_invalid",
     "decimals"},
    {"wrong check digit", INVENTORY_RECEIPTS, "09506000134353,A1,S,,", "gtin_invalid",
     "check digit"},
    {"scientific serial", INVENTORY_RECEIPTS, G ",7.1E+10,S,,", "value_invalid", "serial:"},
    {"no serial", INVENTORY_RECEIPTS, G ",,S,,", "value_invalid", "serial: empty"},
    {"no location", INVENTORY_RECEIPTS, G ",A1,,PO-1,", "value_invalid", "location is missing"},
    {"location of 41", INVENTORY_RECEIPTS, G ",A1,12345678901234567890123456789012345678901,,",
     "value_invalid", "40 bytes"},
    {"another serial", INVENTORY_RECEIPTS, G ",a1,S,,", "unit_unknown", "import its manifest"},
    {"another product", INVENTORY_RECEIPTS, "09506000134369,A1,S,,", "unit_unknown",
     "not registered"},
    {"document elsewhere", INVENTORY_RECEIPTS, G ",A1,S,,https://evil.example.org/1",
     "document_refused", "erp.example.com"},
    {"document without TLS", INVENTORY_RECEIPTS, G ",A1,S,,http://erp.example.com/1",
     "document_refused", "https"},
    {"document with a blank", INVENTORY_RECEIPTS, G ",A1,S,,https://erp.example.com/a b",
     "value_invalid", "document has to be"},
    {"day first", INVENTORY_SALES, G ",A1,,,22.11.2026", "value_invalid", "2026-11-22"},
    {"day of a spreadsheet", INVENTORY_SALES, G ",A1,,,46348", "value_invalid", "YYYY-MM-DD"},
    {"tomorrow's tomorrow", INVENTORY_SALES, G ",A1,,,2026-11-24", "value_invalid", "future"},
    {"too few fields", INVENTORY_SALES, G ",A1,SO-1", "row_invalid", "3 fields"},
    {"shipped without a place", INVENTORY_SHIPMENTS, G ",A1,,SO-1,", "value_invalid",
     "location is missing"},
    {"received after it was sold", INVENTORY_RECEIPTS, G ",A5,S,,", "not_now",
     "not while the unit is sold"},
    {"shipped after it was sold", INVENTORY_SHIPMENTS, G ",A5,S,,", "not_now", "sold"},
    {"sold while it is held", INVENTORY_SALES, G ",A4,,,", "not_now", "held"},
};

static void
a_refused_row_says_why_and_changes_nothing(void **state)
{
    struct world *w = *state;
    struct change change;
    struct operation operation;
    struct unit held = unit_of(w, "A4");
    expect(w, INVENTORY_SALES, G ",A5,SO-1,,\n", "2 sell;");
    test_operation(&operation, 60);
    test_change(&change, &held, EVENT_HOLD, &operation, "a reason");
    assert_int_equal(registry_apply(w->session, &change, 1, &operation, NULL, NULL), ERR_OK);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char said[60];
        (void)snprintf(said, sizeof said, "2 %s;", refused[i].code);
        w->reason[0] = '\0';
        expect(w, refused[i].kind, refused[i].row, said);
        if (strstr(w->reason, refused[i].says) == NULL)
            fail_msg("%s: %s", refused[i].label, w->reason);
    }
    assert_int_equal(unit_of(w, "A1").version, 1);
    assert_int_equal(unit_of(w, "A4").version, 2);
    assert_int_equal(unit_of(w, "A5").version, 2);
}

static void
a_file_that_is_no_table_stops(void **state)
{
    struct world *w = *state;
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_true(fputs("EAN,serial\n", file) >= 0);
    assert_int_equal(import_file(w, file, INVENTORY_SALES), ERR_INVALID);
    assert_non_null(strstr(w->fault.text, "x.csv:1: no column is called gtin"));
    (void)fclose(file);
}

enum { CROWD_UNITS = 40, CROWD_ROWS = 10000 };

/* More rows than are under way at once. Row i is for unit i % 40 and says which round it is, so
 * that only the order of the file makes each row after the first one a move. */
static FILE *
write_crowd(struct world *w, struct text *expected)
{
    FILE *file = tmpfile();
    struct unit unit;
    assert_non_null(file);
    for (unsigned u = 0; u < CROWD_UNITS; u++) {
        char serial[8];
        (void)snprintf(serial, sizeof serial, "C%u", u);
        test_unit(&unit, G, serial);
        test_commission(w->session, &unit, 100 + u);
    }
    assert_true(fputs(headers[INVENTORY_RECEIPTS], file) >= 0);
    for (unsigned i = 0; i < CROWD_ROWS; i++) {
        bool bad = i % 101 == 100;
        assert_true(fprintf(file, "%s,C%u,Shelf %u,,\n", bad ? "9.5E+12" : G, i % CROWD_UNITS,
                            i / CROWD_UNITS) > 0);
        text_printf(expected, "%u %s;", i + 2,
                    bad ? "gtin_invalid" : (i < CROWD_UNITS ? "receive" : "move"));
    }
    return file;
}

static void
rows_of_one_unit_stay_in_order(void **state)
{
    struct world *w = *state;
    struct text expected;
    text_init(&expected, 1000000);
    w->said.max = 1000000;
    FILE *file = write_crowd(w, &expected);
    assert_int_equal(import_file(w, file, INVENTORY_RECEIPTS), ERR_OK);
    assert_string_equal(w->said.data, expected.data);
    assert_int_equal(w->summary.lines, CROWD_ROWS);
    assert_int_equal(w->summary.rows, CROWD_ROWS);
    assert_int_equal(w->summary.refused, CROWD_ROWS / 101);
    assert_string_equal(unit_of(w, "C7").location, "Shelf 249");
    uint64_t version = unit_of(w, "C7").version;
    assert_int_equal(import_file(w, file, INVENTORY_RECEIPTS), ERR_OK);
    assert_int_equal(w->summary.already, CROWD_ROWS - CROWD_ROWS / 101);
    assert_int_equal(unit_of(w, "C7").version, version);
    text_free(&expected);
    (void)fclose(file);
}

/* One session is left: slower, and the same. */
static void
few_sessions_are_enough(void **state)
{
    struct world *w = *state;
    struct registry_session *taken[63];
    for (size_t i = 0; i < 62; i++)
        taken[i] = test_session(w->registry);
    expect(w, INVENTORY_RECEIPTS, G ",A1,S,,\n" G ",A2,S,,\n" G ",A1,T,,\n",
           "2 receive;3 receive;4 move;");
    taken[62] = test_session(w->registry);
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_true(fputs(headers[INVENTORY_SALES], file) >= 0);
    assert_int_equal(import_file(w, file, INVENTORY_SALES), ERR_BUSY);
    (void)fclose(file);
    for (size_t i = 0; i < 63; i++)
        registry_session_close(taken[i]);
}

static void
what_stands_before_a_fault_is_done(void **state)
{
    struct world *w = *state;
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_true(fputs(headers[INVENTORY_SALES], file) >= 0);
    assert_true(fputs(G ",A1,SO-1,,\n" G ",A2,SO-1,,\n" G ",A3,\"", file) >= 0);
    for (unsigned i = 0; i < 70000; i++)
        assert_true(fputc('x', file) == 'x');
    assert_int_equal(import_file(w, file, INVENTORY_SALES), ERR_INVALID);
    assert_non_null(strstr(w->fault.text, "x.csv:4: a row of more than"));
    assert_string_equal(w->said.data, "2 sell;3 sell;");
    assert_int_equal(unit_of(w, "A2").state, UNIT_SOLD);
    (void)fclose(file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_become_events),
        TEST(what_is_so_already_is_left_alone),
        TEST(a_file_is_never_applied_twice),
        TEST(an_interrupted_file_goes_on),
        TEST(a_dry_run_writes_nothing),
        TEST(a_refused_row_says_why_and_changes_nothing),
        TEST(a_file_that_is_no_table_stops),
        TEST(rows_of_one_unit_stay_in_order),
        TEST(few_sessions_are_enough),
        TEST(what_stands_before_a_fault_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
