/* SPDX-License-Identifier: Apache-2.0 */
/* The list of an inventory system, which anybody may have written, and its rows as events. */
#include <stdio.h>
#include <string.h>

#include "gateway/inventory/row.h"
#include "tests/fuzz/fuzz.h"

static void
check_row(const struct table_row *row, const struct inventory_options *options)
{
    struct unit_key key;
    struct event event = {0};
    struct fault fault = {0};
    for (size_t i = 0; i < INVENTORY_VALUES; i++)
        REQUIRE(row->cells[i].len <= TABLE_CELL_MAX);
    if (inventory_read(row, options, &key, &event, &fault) != NULL) {
        REQUIRE(fault.text[0] != '\0');
        return;
    }
    REQUIRE(gtin_valid(slice_of(key.gtin)) && gs1_value_valid(slice_of(key.serial)));
    REQUIRE(event.type == inventory_rule(options->map.kind)->event);
}

static void
read_rows(struct table *table, const struct inventory_options *options)
{
    struct table_row row = {.end = false};
    struct fault fault = {0};
    uint64_t last = 1;
    while (table_next(table, &row, &fault) == ERR_OK && !row.end) {
        REQUIRE(row.line > last || last == 1);
        last = row.line;
        if (row.problem == NULL)
            check_row(&row, options);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const maps[INVENTORY_KINDS] = {
        "gtin=gtin,serial=serial,location=where,po=order,document=link",
        "gtin=gtin,serial=serial,location=where,so=order,document=link,on=on",
        "gtin=gtin,serial=serial,so=order,document=link,on=on",
    };
    struct slice input = fuzz_slice(data, len);
    struct inventory_options options = {.now = 1764000000, .actor = "Example Brand"};
    struct config config;
    struct fault fault = {0};
    struct table *table = NULL;
    uint8_t kind = fuzz_choice(&input) % INVENTORY_KINDS;
    config_defaults(&config);
    options.config = &config;
    options.map.kind = (enum inventory_kind)kind;
    REQUIRE(inventory_map_parse(&options.map, slice_of(maps[kind]), &fault) == ERR_OK);
    FILE *file = tmpfile();
    REQUIRE(file != NULL && fwrite(input.data, 1, input.len, file) == input.len);
    rewind(file);
    if (table_open(file, "list.csv", &options.map, &table, &fault) == ERR_OK)
        read_rows(table, &options);
    else
        REQUIRE(fault.text[0] != '\0');
    table_close(table);
    (void)fclose(file);
    return 0;
}
