/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/inventory/row.h"

#include <stdio.h>
#include <string.h>

#include "gateway/identify/cell.h"

static const enum event_field_id fields[INVENTORY_VALUES] = {
    [INVENTORY_LOCATION] = FIELD_LOCATION,
    [INVENTORY_PO] = FIELD_PURCHASE_ORDER,
    [INVENTORY_SO] = FIELD_SALES_ORDER,
    [INVENTORY_DOCUMENT] = FIELD_DOCUMENT,
    [INVENTORY_ON] = FIELD_ON,
};

static bool
is_iso_day(struct slice cell)
{
    civil_day day = CIVIL_NONE;
    return date_parse(&day, cell);
}

static const char *
read_cell(struct event_field *out, unsigned value, struct slice cell,
          const struct inventory_options *options, struct fault *fault)
{
    enum err err = ERR_OK;
    out->id = fields[value];
    if (!slice_copy(out->value, sizeof out->value, cell))
        err = fault_set(fault, ERR_INVALID, "%s: longer than %d bytes", inventory_values[value],
                        EVENT_VALUE_MAX);
    if (err == ERR_OK && value == INVENTORY_ON && !is_iso_day(cell))
        err = fault_set(fault, ERR_INVALID,
                        "on: \"%.30s\" is not of the form 2026-11-22; format the column as text or "
                        "as YYYY-MM-DD and export again",
                        out->value);
    if (err != ERR_OK)
        return "value_invalid";
    if (value == INVENTORY_DOCUMENT &&
        config_check_document(options->config, out->value, fault) != ERR_OK)
        return "document_refused";
    return NULL;
}

const char *
inventory_read(const struct table_row *row, const struct inventory_options *options,
               struct unit_key *key, struct event *event, struct fault *fault)
{
    memset(key, 0, sizeof *key);
    memset(event, 0, sizeof *event);
    if (row->problem != NULL) {
        (void)fault_set(fault, ERR_INVALID, "%s", row->problem);
        return "row_invalid";
    }
    if (cell_gtin(key->gtin, row->cells[INVENTORY_GTIN], fault) != ERR_OK)
        return "gtin_invalid";
    if (cell_value(key->serial, "serial", row->cells[INVENTORY_SERIAL], fault) != ERR_OK)
        return "value_invalid";
    event->type = inventory_rule(options->map.kind)->event;
    event->at = options->now;
    event->role = ROLE_OPERATOR;
    memcpy(event->actor, options->actor, sizeof event->actor);
    for (unsigned value = INVENTORY_LOCATION; value < INVENTORY_VALUES; value++) {
        if (row->cells[value].len == 0)
            continue;
        const char *code = read_cell(&event->fields[event->field_count++], value, row->cells[value],
                                     options, fault);
        if (code != NULL)
            return code;
    }
    return NULL;
}

static void
value_now(char out[static DOCUMENT_MAX + 1], const struct unit *unit, const struct event *event,
          enum event_field_id field)
{
    char day[DATE_TEXT_MAX];
    date_format(day, event->type == EVENT_SHIP ? unit->shipped_on : unit->sold_on);
    const struct {
        enum event_field_id field;
        const char *value;
    } values[] = {
        {FIELD_LOCATION, unit->location},
        {FIELD_PURCHASE_ORDER, unit->purchase_order},
        {FIELD_SALES_ORDER, unit->sales_order},
        {FIELD_DOCUMENT, unit->document},
        {FIELD_ON, day},
    };
    out[0] = '\0';
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (values[i].field == field)
            (void)snprintf(out, DOCUMENT_MAX + 1, "%s", values[i].value);
}

bool
inventory_differs(const struct event *event, const struct unit *unit,
                  struct inventory_difference *out)
{
    for (size_t i = 0; i < event->field_count; i++) {
        out->field = event->fields[i].id;
        out->name = event_field_name(out->field);
        value_now(out->is, unit, event, out->field);
        if (strcmp(out->is, event->fields[i].value) != 0)
            return true;
    }
    return false;
}
