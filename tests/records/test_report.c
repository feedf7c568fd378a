/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/records/report.h"

#define G "09506000134352"
#define NOW INT64_C(1795348800) /* 2026-11-22T12:00:00Z */

static const struct {
    const char *label, *value, *cell;
} cells[] = {
    {"nothing", "", ""},
    {"a word", "Lager", "Lager"},
    {"a made-up serial", "7K3M9Q2XBT4H", "7K3M9Q2XBT4H"},
    {"a comma", "A,B", "\"A,B\""},
    {"a quote", "A\"B", "\"A\"\"B\""},
    {"beyond ASCII", "K\xC3\xB6ln", "K\xC3\xB6ln"},
    {"a link", "https://erp.example.com/1", "https://erp.example.com/1"},
    {"a day stays a day", "2026-11-22", "2026-11-22"},
    {"a GTIN would lose its zero", G, "\"=\"\"" G "\"\"\""},
    {"a serial of zeros", "00001", "\"=\"\"00001\"\"\""},
    {"twenty digits would lose five", "12345678901234567890", "\"=\"\"12345678901234567890\"\"\""},
    {"one digit", "1", "\"=\"\"1\"\"\""},
    {"a hundred thousand", "1E5", "\"=\"\"1E5\"\"\""},
    {"the same in small letters", "1e5", "\"=\"\"1e5\"\"\""},
    {"a day in January", "1-2", "\"=\"\"1-2\"\"\""},
    {"a time", "12:30", "\"=\"\"12:30\"\"\""},
    {"a day that is none", "2026-02-30", "\"=\"\"2026-02-30\"\"\""},
    {"the first of March", "MAR24", "\"=\"\"MAR24\"\"\""},
    {"the same after a day", "1-Sep", "\"=\"\"1-Sep\"\"\""},
    {"a number with a comma", "1,5", "\"=\"\"1,5\"\"\""},
    {"a negative number", "-1", "\"=\"\"-1\"\"\""},
    {"a sum is text as well", "-1+1", "\"=\"\"-1+1\"\"\""},
    {"a number with a plus", "+49 30 123", "\"=\"\"+49 30 123\"\"\""},
    {"three letters that are no month", "ABC24", "ABC24"},
    {"a month without a number", "MAR", "MAR"},
    {"an order", "PO-4711", "PO-4711"},
    {"a formula", "=1+1", "'=1+1"},
    {"a plus", "+A1", "'+A1"},
    {"a hyphen", "-A1", "'-A1"},
    {"an at sign", "@SUM(A1)", "'@SUM(A1)"},
    {"a tab", "\tA", "'\tA"},
    {"a carriage return", "\rA", "\"'\rA\""},
    {"a call", "=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
    {"a command", "=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"},
    {"a formula further back", "A=1", "A=1"},
    {"a formula that says it is text", "=\"1\"", "\"'=\"\"1\"\"\""},
    {"a quote among digits", "1\"2", "\"1\"\"2\""},
    {"five letters E", "1EEEEE", "1EEEEE"},
};

static void
cells_survive_a_spreadsheet(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        struct text out;
        text_init(&out, 1000);
        text_put(&out, "");
        report_csv_cell(&out, cells[i].value);
        assert_true(text_ok(&out));
        if (strcmp(out.data, cells[i].cell) != 0)
            fail_msg("%s: %s", cells[i].label, out.data);
        text_free(&out);
    }
}

static struct unit
unit_of(const char *serial)
{
    struct unit unit = {.id = {.gtin = G},
                        .state = UNIT_ISSUED,
                        .made_on = CIVIL_NONE,
                        .expires_on = CIVIL_NONE,
                        .shipped_on = CIVIL_NONE,
                        .sold_on = CIVIL_NONE,
                        .activated_on = CIVIL_NONE};
    assert_true(slice_copy(unit.id.serial, sizeof unit.id.serial, slice_of(serial)));
    return unit;
}

static void
assert_row(const struct unit *unit, const struct product *product, const char *csv,
           const char *json)
{
    struct report_row row;
    struct text out;
    text_init(&out, 5000);
    report_row_make(&row, unit, product, NOW);
    report_csv(&out, &row);
    assert_string_equal(out.data, csv);
    text_reset(&out);
    report_json(&out, &row);
    assert_string_equal(out.data, json);
    assert_true(text_ok(&out));
    text_free(&out);
}

static void
a_row_has_what_an_inventory_system_has(void **state)
{
    (void)state;
    struct unit unit = unit_of("7K");
    const struct product product = {
        .gtin = G,
        .item = "D-18",
        .name = "Cordless drill, 18 V",
        .entitlement_count = 2,
        .entitlements = {{.id = "a", .starts = {START_SALE}, .months = 1},
                         {.id = "b", .starts = {START_SALE}, .months = 24}}};
    strcpy(unit.id.lot, "L1");
    strcpy(unit.location, "Shelf 3");
    strcpy(unit.purchase_order, "PO-1");
    strcpy(unit.sales_order, "SO-1");
    strcpy(unit.document, "https://erp.example.com/so/1");
    unit.state = UNIT_SOLD;
    unit.conditions = CONDITION_STOLEN | CONDITION_HELD;
    unit.sold_on = 20768; /* 2026-11-11 */
    assert_row(&unit, &product,
               "D-18,\"Cordless drill, 18 V\",\"=\"\"" G "\"\"\",7K,L1,Shelf 3,PO-1,SO-1,sold,"
               "stolen held,https://erp.example.com/so/1,2028-11-11\n",
               "{\"item\":\"D-18\",\"name\":\"Cordless drill, 18 V\",\"gtin\":\"" G
               "\",\"serial\":\"7K\",\"lot\":\"L1\",\"location\":\"Shelf 3\","
               "\"purchase_order\":\"PO-1\",\"sales_order\":\"SO-1\",\"state\":\"sold\","
               "\"conditions\":[\"stolen\",\"held\"],"
               "\"document\":\"https://erp.example.com/so/1\",\"warranty_end\":\"2028-11-11\"}");
}

static void
what_is_not_known_is_empty(void **state)
{
    (void)state;
    struct unit unit = unit_of("A");
    assert_row(&unit, NULL, ",,\"=\"\"" G "\"\"\",A,,,,,issued,,,\n",
               "{\"gtin\":\"" G "\",\"serial\":\"A\",\"state\":\"issued\"}");
}

static void
the_header_names_the_columns(void **state)
{
    (void)state;
    struct text out;
    text_init(&out, 1000);
    report_csv_header(&out);
    assert_string_equal(out.data, "item,name,gtin,serial,lot,location,purchase_order,sales_order,"
                                  "state,conditions,document,warranty_end\n");
    text_free(&out);
}

#define FORTY "1234567890123456789012345678901234567890"

/* `says` is the query that the filter leads to, or what the fault holds. */
static const struct {
    const char *label, *name, *value;
    enum err err;
    const char *says;
} filters[] = {
    {"gtin", "gtin", G, ERR_OK, "gtin=" G},
    {"lot", "lot", "L/1", ERR_OK, "lot=L%2F1"},
    {"item", "item", "D 18", ERR_OK, "item=D%2018"},
    {"location", "location", "K\xC3\xB6ln", ERR_OK, "location=K%C3%B6ln"},
    {"purchase order", "po", "PO&1", ERR_OK, "po=PO%261"},
    {"sales order", "so", FORTY, ERR_OK, "so=" FORTY},
    {"state", "state", "in_stock", ERR_OK, "state=in_stock"},
    {"one condition", "condition", "stolen", ERR_OK, "condition=stolen"},
    {"two conditions", "condition", "held,lost", ERR_OK, "condition=lost,held"},
    {"free text", "q", "7k3m", ERR_OK, "q=7k3m"},
    {"empty text is any", "q", "", ERR_OK, ""},
    {"empty gtin is any", "gtin", "", ERR_OK, ""},
    {"empty state is any", "state", "", ERR_OK, ""},
    {"empty condition is any", "condition", "", ERR_OK, ""},
    {"gtin of 13 digits", "gtin", "9506000134352", ERR_INVALID, "gtin has to be 14 digits"},
    {"wrong check digit", "gtin", "09506000134353", ERR_INVALID, "check digit"},
    {"lot of 21", "lot", "123456789012345678901", ERR_INVALID, "lot has to be 1 to 20"},
    {"lot with a blank", "lot", "L 1", ERR_INVALID, "lot has to be"},
    {"order of 41", "so", FORTY "1", ERR_INVALID, "so has to be at most 40 bytes"},
    {"free text of 41", "q", FORTY "1", ERR_INVALID, "q has to be at most 40 bytes"},
    {"control character", "location", "A\nB", ERR_INVALID, "without control characters"},
    {"not UTF-8", "item", "\xFF", ERR_INVALID, "UTF-8"},
    {"no such state", "state", "broken", ERR_INVALID, "state has to be issued"},
    {"state none", "state", "none", ERR_INVALID, "state has to be issued"},
    {"state in capitals", "state", "SOLD", ERR_INVALID, "state has to be issued"},
    {"derived condition", "condition", "recalled", ERR_INVALID, "condition has to be"},
    {"comma at the end", "condition", "held,", ERR_INVALID, "condition has to be"},
    {"comma alone", "condition", ",", ERR_INVALID, "condition has to be"},
    {"blank after the comma", "condition", "held, lost", ERR_INVALID, "condition has to be"},
    {"no such filter", "colour", "red", ERR_NOT_FOUND, "colour"},
    {"name of the column", "purchase_order", "PO-1", ERR_NOT_FOUND, "purchase_order"},
};

static void
filters_say_what_they_take(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct unit_filter filter;
        struct fault fault = {ERR_OK, ""};
        struct text out;
        memset(&filter, 0, sizeof filter);
        text_init(&out, 1000);
        text_put(&out, "");
        enum err err = report_filter_set(&filter, filters[i].name, filters[i].value, &fault);
        report_filter_query(&out, &filter);
        if (err != filters[i].err)
            fail_msg("%s: %d %s", filters[i].label, err, fault.text);
        if (err != ERR_OK && strstr(fault.text, filters[i].says) == NULL)
            fail_msg("%s: %s", filters[i].label, fault.text);
        if (err == ERR_OK && strcmp(out.data, filters[i].says) != 0)
            fail_msg("%s: %s", filters[i].label, out.data);
        text_free(&out);
    }
}

static void
several_filters_go_together(void **state)
{
    (void)state;
    struct unit_filter filter;
    struct text out;
    memset(&filter, 0, sizeof filter);
    text_init(&out, 1000);
    assert_int_equal(report_filter_set(&filter, "condition", "held", NULL), ERR_OK);
    assert_int_equal(report_filter_set(&filter, "state", "sold", NULL), ERR_OK);
    assert_int_equal(report_filter_set(&filter, "gtin", G, NULL), ERR_OK);
    report_filter_query(&out, &filter);
    assert_string_equal(out.data, "gtin=" G "&state=sold&condition=held");
    text_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_survive_a_spreadsheet),
        cmocka_unit_test(a_row_has_what_an_inventory_system_has),
        cmocka_unit_test(what_is_not_known_is_empty),
        cmocka_unit_test(the_header_names_the_columns),
        cmocka_unit_test(filters_say_what_they_take),
        cmocka_unit_test(several_filters_go_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
