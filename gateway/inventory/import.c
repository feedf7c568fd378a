/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/inventory/row.h"

enum { RACES_MAX = 5 };

struct import {
    struct registry_session *session;
    const struct inventory_options *options;
    const char *path;
    struct table *table;
    struct inventory_summary *summary;
    struct product product; /* of the rows before */
    struct unit_key key;    /* of the row: */
    struct event event;
    struct operation operation;
};

/* ---- the operation of a row ---- */

static void
add(crypto_generichash_state *state, const void *bytes, size_t len)
{
    uint8_t length[8];
    for (size_t i = 0; i < sizeof length; i++)
        length[i] = (uint8_t)((uint64_t)len >> (56 - 8 * i));
    (void)crypto_generichash_update(state, length, sizeof length);
    if (len > 0)
        (void)crypto_generichash_update(state, bytes, len);
}

/* The same row of the same file, read in the same way, has the same name. */
static void
name_operation(struct import *import, uint64_t line)
{
    static const char context[] = "assay/inventory/v1";
    const struct inventory_map *map = &import->options->map;
    const struct inventory_rule *rule = inventory_rule(map->kind);
    struct operation *operation = &import->operation;
    uint8_t hash[OPERATION_ID_BYTES + SEAL_BYTES];
    char number[24];
    crypto_generichash_state state;
    int digits = snprintf(number, sizeof number, "%" PRIu64, line);
    memset(operation, 0, sizeof *operation);
    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash);
    add(&state, context, sizeof context);
    add(&state, table_digest(import->table), TABLE_DIGEST_BYTES);
    add(&state, rule->name, strlen(rule->name));
    for (unsigned v = 0; v < INVENTORY_VALUES; v++)
        add(&state, map->columns[v], strlen(map->columns[v]));
    add(&state, number, (size_t)digits);
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(operation->id, hash, OPERATION_ID_BYTES);
    memcpy(operation->digest, hash + OPERATION_ID_BYTES, SEAL_BYTES);
    operation->at = import->options->now;
    operation->role = ROLE_OPERATOR;
    memcpy(operation->actor, import->options->actor, sizeof operation->actor);
    (void)snprintf(operation->note, sizeof operation->note, "inventory %s", rule->name);
    memcpy(import->event.operation, operation->id, OPERATION_ID_BYTES);
}

/* ---- one row ---- */

static enum err
refuse(struct inventory_row *row, const char *code)
{
    row->outcome = INVENTORY_REFUSED;
    row->code = code;
    return ERR_OK;
}

/* Products come and go with the rows; most files have long runs of one. */
static enum err
know_offset(struct import *import)
{
    enum err err = ERR_OK;
    if (strcmp(import->product.gtin, import->key.gtin) != 0)
        err = registry_get_product(import->session, import->key.gtin, &import->product);
    if (err == ERR_NOT_FOUND)
        memset(&import->product, 0, sizeof import->product);
    import->event.offset_minutes = import->product.offset_minutes;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* A receipt elsewhere is a move; nothing else of it may change. */
static bool
becomes_move(struct event *event, const struct unit *unit)
{
    struct event rest = *event;
    struct inventory_difference difference;
    if (event->type != EVENT_RECEIVE)
        return false;
    for (size_t i = 0; i < rest.field_count; i++)
        if (rest.fields[i].id == FIELD_LOCATION) {
            event->fields[0] = rest.fields[i];
            rest.fields[i] = rest.fields[--rest.field_count];
            break;
        }
    if (inventory_differs(&rest, unit, &difference))
        return false;
    event->type = EVENT_MOVE;
    event->field_count = 1;
    return true;
}

static enum err
write_change(struct import *import, struct change *change, struct inventory_row *row)
{
    change->event = import->event;
    enum err err = registry_apply(import->session, change, 1, &import->operation, NULL, NULL);
    struct operation found;
    if (err == ERR_UNKNOWN &&
        registry_find_operation(import->session, import->operation.id, &found) == ERR_OK)
        err = ERR_OK;
    if (err == ERR_OK)
        row->event = import->event.type;
    return err;
}

/* The unit has been through such an event: is it as the row wants it? True: `row` is settled. */
static bool
settle_done(struct import *import, const struct unit *unit, struct inventory_row *row,
            struct fault *fault)
{
    struct inventory_difference difference;
    if (!inventory_differs(&import->event, unit, &difference)) {
        row->outcome = INVENTORY_ALREADY;
        return true;
    }
    if (becomes_move(&import->event, unit))
        return false;
    (void)fault_set(fault, ERR_CONFLICT, "already %s, with %s %s; the file has %.60s",
                    unit_state_name(unit->state), difference.name,
                    difference.is[0] == '\0' ? "not stated" : difference.is,
                    event_value(&import->event, difference.field));
    (void)refuse(row, "differs");
    return true;
}

static enum err
apply_row(struct import *import, struct inventory_row *row, struct fault *fault)
{
    struct change change;
    struct unit unit;
    memset(&change, 0, sizeof change);
    enum err err = registry_get(import->session, &import->key, &unit);
    if (err == ERR_NOT_FOUND) {
        (void)fault_set(fault, err, "not registered; import its manifest first");
        return refuse(row, "unit_unknown");
    }
    if (err == ERR_OK)
        err = know_offset(import);
    if (err != ERR_OK)
        return err;
    if (unit.state == inventory_rule(import->options->map.kind)->state &&
        settle_done(import, &unit, row, fault))
        return ERR_OK;
    err = event_apply(&change.unit, &unit, &import->event, fault);
    if (err != ERR_OK)
        return refuse(row, err == ERR_INVALID ? "value_invalid" : "not_now");
    row->event = import->event.type;
    return import->options->dry_run ? ERR_OK : write_change(import, &change, row);
}

/* Somebody else may change the unit between reading and writing it: then it is read again. */
static enum err
settle_row(struct import *import, struct inventory_row *row, struct fault *fault)
{
    struct operation found;
    const struct event asked = import->event;
    enum err err = registry_find_operation(import->session, import->operation.id, &found);
    if (err == ERR_OK) {
        row->outcome = INVENTORY_ALREADY;
        return ERR_OK;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    err = ERR_CONFLICT;
    for (unsigned tries = 0; err == ERR_CONFLICT && tries < RACES_MAX; tries++) {
        import->event = asked;
        row->event = EVENT_NONE;
        err = apply_row(import, row, fault);
    }
    return err;
}

static void
count(struct inventory_summary *summary, enum inventory_outcome outcome)
{
    summary->rows++;
    summary->applied += outcome == INVENTORY_APPLIED;
    summary->already += outcome == INVENTORY_ALREADY;
    summary->refused += outcome == INVENTORY_REFUSED;
}

static enum err
take_row(struct import *import, const struct table_row *cells, struct fault *fault)
{
    struct fault why = {ERR_OK, ""};
    struct inventory_row row = {.line = cells->line, .outcome = INVENTORY_APPLIED};
    enum err err = ERR_OK;
    const char *code = inventory_read(cells, import->options, &import->key, &import->event, &why);
    name_operation(import, cells->line);
    if (code != NULL)
        (void)refuse(&row, code);
    else
        err = settle_row(import, &row, &why);
    if (err != ERR_OK)
        return fault_set(fault, err, "%s:%" PRIu64 ": %s; what was reported before is written",
                         import->path, cells->line, err_info(err)->title);
    row.key = import->key;
    row.reason = why.text;
    count(import->summary, row.outcome);
    import->options->row(&row, import->options->context);
    return ERR_OK;
}

enum err
inventory_import(FILE *file, const char *path, struct registry_session *session,
                 const struct inventory_options *options, struct inventory_summary *summary,
                 struct fault *fault)
{
    struct table_row cells;
    struct import *import = calloc(1, sizeof *import);
    memset(summary, 0, sizeof *summary);
    if (import == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    import->session = session;
    import->options = options;
    import->path = path;
    import->summary = summary;
    enum err err = table_open(file, path, &options->map, &import->table, fault);
    while (err == ERR_OK) {
        err = table_next(import->table, &cells, fault);
        if (err != ERR_OK || cells.end)
            break;
        err = take_row(import, &cells, fault);
    }
    table_close(import->table);
    free(import);
    return err;
}
