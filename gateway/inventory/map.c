/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/inventory/map.h"

#include <string.h>

#define TAKES(value) (1U << INVENTORY_##value)

enum { IDENTITY = TAKES(GTIN) | TAKES(SERIAL) };

static const struct inventory_rule rules[INVENTORY_KINDS] = {
    [INVENTORY_RECEIPTS] = {"receipts", EVENT_RECEIVE, UNIT_IN_STOCK,
                            IDENTITY | TAKES(LOCATION) | TAKES(PO) | TAKES(DOCUMENT),
                            IDENTITY | TAKES(LOCATION)},
    [INVENTORY_SHIPMENTS] = {"shipments", EVENT_SHIP, UNIT_IN_TRANSIT,
                             IDENTITY | TAKES(LOCATION) | TAKES(SO) | TAKES(DOCUMENT) | TAKES(ON),
                             IDENTITY | TAKES(LOCATION)},
    [INVENTORY_SALES] = {"sales", EVENT_SELL, UNIT_SOLD,
                         IDENTITY | TAKES(SO) | TAKES(DOCUMENT) | TAKES(ON), IDENTITY},
};

const char *const inventory_values[INVENTORY_VALUES] = {
    [INVENTORY_GTIN] = "gtin", [INVENTORY_SERIAL] = "serial", [INVENTORY_LOCATION] = "location",
    [INVENTORY_PO] = "po",     [INVENTORY_SO] = "so",         [INVENTORY_DOCUMENT] = "document",
    [INVENTORY_ON] = "on",
};

const struct inventory_rule *
inventory_rule(enum inventory_kind kind)
{
    return &rules[kind];
}

bool
inventory_kind_parse(enum inventory_kind *out, struct slice s)
{
    for (unsigned kind = 0; kind < INVENTORY_KINDS; kind++)
        if (slice_equal(s, rules[kind].name)) {
            *out = (enum inventory_kind)kind;
            return true;
        }
    return false;
}

static unsigned
value_of(struct slice name)
{
    unsigned value = 0;
    while (value < INVENTORY_VALUES && !slice_equal(name, inventory_values[value]))
        value++;
    return value;
}

/* "gtin=Article EAN" */
static enum err
take_pair(struct inventory_map *map, struct slice pair, struct fault *fault)
{
    const struct inventory_rule *rule = &rules[map->kind];
    struct slice name = slice_trim(slice_take_until(&pair, '='));
    struct slice column = slice_trim(pair);
    unsigned value = value_of(name);
    if (value == INVENTORY_VALUES)
        return fault_set(fault, ERR_INVALID,
                         "%.*s: not one of gtin, serial, location, po, so, document, on",
                         name.len > 40 ? 40 : (int)name.len, name.len > 0 ? name.data : "");
    if ((rule->takes & 1U << value) == 0)
        return fault_set(fault, ERR_INVALID, "%s: %s do not have it", inventory_values[value],
                         rule->name);
    if (map->columns[value][0] != '\0')
        return fault_set(fault, ERR_INVALID, "%s: given twice", inventory_values[value]);
    if (column.len == 0)
        return fault_set(fault, ERR_INVALID, "%s: which column? %s=COLUMN", inventory_values[value],
                         inventory_values[value]);
    if (!slice_copy(map->columns[value], sizeof map->columns[value], column))
        return fault_set(fault, ERR_INVALID, "%s: a column's name of more than %d bytes",
                         inventory_values[value], INVENTORY_COLUMN_MAX);
    return ERR_OK;
}

enum err
inventory_map_parse(struct inventory_map *out, struct slice text, struct fault *fault)
{
    const struct inventory_rule *rule = &rules[out->kind];
    memset(out->columns, 0, sizeof out->columns);
    while (text.len > 0) {
        enum err err = take_pair(out, slice_take_until(&text, ','), fault);
        if (err != ERR_OK)
            return err;
    }
    for (unsigned value = 0; value < INVENTORY_VALUES; value++)
        if ((rule->needs & 1U << value) != 0 && out->columns[value][0] == '\0')
            return fault_set(fault, ERR_INVALID, "%s need a column for %s: %s=COLUMN", rule->name,
                             inventory_values[value], inventory_values[value]);
    return ERR_OK;
}
