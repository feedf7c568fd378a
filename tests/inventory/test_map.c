/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/inventory/inventory.h"

#define EIGHTY "12345678901234567890123456789012345678901234567890123456789012345678901234567890"

/* `says` NULL: read. */
static const struct {
    const char *label;
    enum inventory_kind kind;
    const char *map, *says;
} rows[] = {
    {"receipts", INVENTORY_RECEIPTS, "gtin=EAN,serial=SN,location=Bin", NULL},
    {"all of receipts", INVENTORY_RECEIPTS, "gtin=a,serial=b,location=c,po=d,document=e", NULL},
    {"all of shipments", INVENTORY_SHIPMENTS, "gtin=a,serial=b,location=c,so=d,document=e,on=f",
     NULL},
    {"all of sales", INVENTORY_SALES, "gtin=a,serial=b,so=d,document=e,on=f", NULL},
    {"one column for two values", INVENTORY_SALES, "gtin=a,serial=b,so=b", NULL},
    {"blanks around", INVENTORY_SALES, " gtin = a , serial = b ", NULL},
    {"longest name", INVENTORY_SALES, "gtin=a,serial=" EIGHTY, NULL},
    {"nothing", INVENTORY_SALES, "", "sales need a column for gtin: gtin=COLUMN"},
    {"no serial", INVENTORY_SALES, "gtin=a", "sales need a column for serial"},
    {"receipts without a location", INVENTORY_RECEIPTS, "gtin=a,serial=b",
     "receipts need a column for location"},
    {"shipments without a location", INVENTORY_SHIPMENTS, "gtin=a,serial=b", "location"},
    {"sales with a location", INVENTORY_SALES, "gtin=a,serial=b,location=c",
     "location: sales do not have it"},
    {"receipts with a day", INVENTORY_RECEIPTS, "gtin=a,serial=b,location=c,on=d",
     "on: receipts do not have it"},
    {"receipts with a sales order", INVENTORY_RECEIPTS, "gtin=a,serial=b,location=c,so=d", "so:"},
    {"shipments with a purchase order", INVENTORY_SHIPMENTS, "gtin=a,serial=b,location=c,po=d",
     "po:"},
    {"unknown value", INVENTORY_SALES, "gtin=a,serial=b,colour=c", "colour: not one of gtin"},
    {"capital", INVENTORY_SALES, "GTIN=a,serial=b", "GTIN: not one of"},
    {"twice", INVENTORY_SALES, "gtin=a,serial=b,gtin=c", "gtin: given twice"},
    {"no column", INVENTORY_SALES, "gtin=,serial=b", "gtin: which column?"},
    {"no equals sign", INVENTORY_SALES, "gtin,serial=b", "gtin: which column?"},
    {"an empty pair", INVENTORY_SALES, "gtin=a,,serial=b", "not one of"},
    {"a name of 81", INVENTORY_SALES, "gtin=a,serial=" EIGHTY "1", "serial: a column's name"},
};

static void
maps_say_what_is_missing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct inventory_map map = {.kind = rows[i].kind};
        struct fault fault = {ERR_OK, ""};
        enum err err = inventory_map_parse(&map, slice_of(rows[i].map), &fault);
        bool good = rows[i].says == NULL
                        ? err == ERR_OK && map.columns[INVENTORY_GTIN][0] != '\0'
                        : err == ERR_INVALID && strstr(fault.text, rows[i].says) != NULL;
        if (!good)
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
    }
}

static void
columns_keep_blanks_and_equals_signs(void **state)
{
    (void)state;
    struct inventory_map map = {.kind = INVENTORY_SALES};
    assert_int_equal(
        inventory_map_parse(&map, slice_of("gtin=Article EAN,serial=S/N = number"), NULL), ERR_OK);
    assert_string_equal(map.columns[INVENTORY_GTIN], "Article EAN");
    assert_string_equal(map.columns[INVENTORY_SERIAL], "S/N = number");
    assert_string_equal(map.columns[INVENTORY_SO], "");
}

static void
kinds_have_names(void **state)
{
    (void)state;
    enum inventory_kind kind = INVENTORY_SALES;
    assert_true(inventory_kind_parse(&kind, slice_of("receipts")));
    assert_int_equal(kind, INVENTORY_RECEIPTS);
    assert_true(inventory_kind_parse(&kind, slice_of("shipments")));
    assert_int_equal(kind, INVENTORY_SHIPMENTS);
    assert_true(inventory_kind_parse(&kind, slice_of("sales")));
    assert_int_equal(kind, INVENTORY_SALES);
    assert_false(inventory_kind_parse(&kind, slice_of("sale")));
    assert_false(inventory_kind_parse(&kind, slice_of("Sales")));
    assert_false(inventory_kind_parse(&kind, slice_of("")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_say_what_is_missing),
        cmocka_unit_test(columns_keep_blanks_and_equals_signs),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
