/* SPDX-License-Identifier: Apache-2.0 */
/* Registering units. They are put in the order of their keys: LMDB fills a page with sorted records
 * and leaves half of it empty with others. */
#include <stdlib.h>
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

struct load {
    const struct commission_call *call;
    const struct unit **sorted; /* into call->units, by (gtin, serial) */
    const struct unit **by_lot; /* the same, by (lot, gtin, serial): the order of their rows */
};

static int
by_key(const void *a, const void *b)
{
    const struct identity *left = &(*(const struct unit *const *)a)->id;
    const struct identity *right = &(*(const struct unit *const *)b)->id;
    int gtin = strcmp(left->gtin, right->gtin);
    return gtin != 0 ? gtin : strcmp(left->serial, right->serial);
}

static int
by_row(const void *a, const void *b)
{
    const struct identity *left = &(*(const struct unit *const *)a)->id;
    const struct identity *right = &(*(const struct unit *const *)b)->id;
    int lot = strcmp(left->lot, right->lot);
    return lot != 0 ? lot : by_key(a, b);
}

static size_t
index_of(const struct load *load, const struct unit *unit)
{
    return (size_t)(unit - load->call->units);
}

/* Every key of the call lies behind every key of the table: nothing can be there already, and pages
 * can be filled to the brim. */
static enum err
lies_behind(struct view *view, const struct load *load, bool *behind)
{
    MDB_val last = {0, NULL};
    MDB_val value = {0, NULL};
    MDB_cursor *cursor = NULL;
    struct record_key first;
    key_pair(&first, load->sorted[0]->id.gtin, load->sorted[0]->id.serial);
    int rc = mdb_cursor_open(view->txn, view->tables[TABLE_UNITS], &cursor);
    if (rc == 0)
        rc = mdb_cursor_get(cursor, &last, &value, MDB_LAST);
    size_t common = last.mv_size < first.len ? last.mv_size : first.len;
    int order = rc == 0 ? memcmp(first.bytes, last.mv_data, common) : 0;
    *behind =
        rc == MDB_NOTFOUND || order > 0 || (rc == 0 && order == 0 && first.len > last.mv_size);
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    if (rc == 0 || rc == MDB_NOTFOUND)
        return ERR_OK;
    view->failure = rc;
    return lmdb_err(rc);
}

static bool
same_label(const struct unit *a, const struct unit *b)
{
    return seal_equal(a->seal, b->seal) && strcmp(a->id.variant, b->id.variant) == 0 &&
           strcmp(a->id.lot, b->id.lot) == 0;
}

/* Until they are put, units that are not there are ERR_NOT_FOUND. */
static enum err
look_for(struct view *view, const struct load *load, size_t at)
{
    struct unit stored;
    uint8_t origin[OPERATION_ID_BYTES];
    size_t i = index_of(load, load->sorted[at]);
    struct unit_key key = key_of(load->sorted[at]);
    enum err err = view_unit(view, &key, &stored, origin);
    load->call->results[i] = err == ERR_OK ? ERR_EXISTS : err;
    load->call->same[i] = err == ERR_OK && same_label(&stored, load->sorted[at]);
    if (err == ERR_OK)
        return load->call->same[i] ? ERR_OK : ERR_EXISTS;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* The worst of what was found: damage, or a unit that is there and differs. */
static enum err
look_for_all(struct view *view, const struct load *load)
{
    const struct commission_call *call = load->call;
    enum err worst = ERR_OK;
    for (size_t at = 0; at < call->count; at++) {
        enum err err = look_for(view, load, at);
        if (view->failure != 0)
            return err;
        if (err == ERR_CORRUPT || worst == ERR_OK)
            worst = err;
    }
    return worst;
}

static enum err
put_units(struct view *view, const struct load *load, bool behind, size_t *put)
{
    const struct commission_call *call = load->call;
    struct record record;
    for (size_t at = 0; at < call->count; at++) {
        size_t i = index_of(load, load->sorted[at]);
        if (call->results[i] != ERR_NOT_FOUND)
            continue;
        struct unit unit = *load->sorted[at];
        unit.version = 1;
        unit.registered_at = call->operation->at;
        bool encoded = unit_encode(view->codec, &unit, call->operation->id, &record);
        enum err err =
            view_put(view, TABLE_UNITS, encoded, &record, behind ? MDB_APPEND : MDB_NOOVERWRITE);
        if (err != ERR_OK)
            return err;
        call->results[i] = ERR_OK;
        (*put)++;
    }
    return ERR_OK;
}

/* A unit that nothing happened to has a row by its lot and no other. In their order, too, rows fill
 * their pages. */
static enum err
put_rows(struct view *view, const struct load *load)
{
    struct index_row rows[INDEX_ROWS_MAX];
    enum err err = ERR_OK;
    for (size_t at = 0; at < load->call->count && err == ERR_OK; at++) {
        const struct unit *unit = load->by_lot[at];
        bool registered = load->call->results[index_of(load, unit)] == ERR_OK;
        if (registered && index_rows(unit, rows) > 0)
            err = view_put_row(view, &rows[0]);
    }
    return err;
}

/* In the order of the call, so that the first unit of a new lot gives it its dates. */
static enum err
put_lots(struct view *view, const struct commission_call *call)
{
    struct record record;
    const struct identity *previous = NULL;
    for (size_t i = 0; i < call->count; i++) {
        const struct unit *unit = &call->units[i];
        bool again = previous != NULL && strcmp(previous->lot, unit->id.lot) == 0 &&
                     strcmp(previous->gtin, unit->id.gtin) == 0;
        if (call->results[i] != ERR_OK || unit->id.lot[0] == '\0' || again)
            continue;
        struct lot lot = {.version = 1, .made_on = unit->made_on, .expires_on = unit->expires_on};
        memcpy(lot.gtin, unit->id.gtin, sizeof lot.gtin);
        memcpy(lot.lot, unit->id.lot, sizeof lot.lot);
        bool encoded = lot_encode(view->codec, &lot, &record);
        enum err err = view_put_new(view, TABLE_LOTS, encoded, &record);
        if (err != ERR_OK)
            return err;
        previous = &unit->id;
    }
    return ERR_OK;
}

static void
none_found(const struct commission_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        call->results[i] = ERR_NOT_FOUND;
        call->same[i] = false;
    }
}

/* A repeat finds every unit there as it registered it: else the id was given to something else. */
static enum err
answer_repeat(const struct commission_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        if (!call->same[i])
            return ERR_EXISTS;
    return ERR_OK;
}

static enum err
run_commission(struct view *view, struct lmdb_request *request)
{
    const struct load *load = request->call;
    bool behind = false;
    bool repeat = false;
    size_t put = 0;
    none_found(load->call);
    enum err err = lies_behind(view, load, &behind);
    if (err == ERR_OK && !behind)
        err = look_for_all(view, load);
    if (err == ERR_OK)
        err = find_repeat(view, request, &repeat);
    if (err != ERR_OK)
        return err;
    if (repeat)
        return answer_repeat(load->call);
    err = put_units(view, load, behind, &put);
    if (err == ERR_OK)
        err = put_rows(view, load);
    if (err == ERR_OK)
        err = put_lots(view, load->call);
    return err == ERR_OK ? put_operation(view, request, put) : err;
}

/* They mostly come in order. */
static void
sort_by(const struct unit **units, size_t count, int (*compare)(const void *, const void *))
{
    for (size_t at = 1; at < count; at++)
        if (compare(&units[at - 1], &units[at]) > 0) {
            qsort(units, count, sizeof(const struct unit *), compare);
            return;
        }
}

/* False when one is there twice. */
static bool
sort(const struct load *load)
{
    size_t count = load->call->count;
    for (size_t i = 0; i < count; i++)
        load->sorted[i] = &load->call->units[i];
    sort_by(load->sorted, count, by_key);
    for (size_t at = 1; at < count; at++)
        if (by_key(&load->sorted[at - 1], &load->sorted[at]) == 0)
            return false;
    memcpy(load->by_lot, load->sorted, count * sizeof(const struct unit *));
    sort_by(load->by_lot, count, by_row);
    return true;
}

enum err
lmdb_commission(struct registry_session *session, const struct commission_call *call)
{
    const struct unit **sorted = malloc(2 * call->count * sizeof(const struct unit *));
    if (sorted == NULL)
        return ERR_MEMORY;
    const struct load load = {call, sorted, sorted + call->count};
    struct lmdb_request request = {
        .run = run_commission, .call = &load, .operation = call->operation, .weight = call->count};
    enum err err = sort(&load) ? lmdb_submit(session_of(session), &request) : ERR_INVALID;
    free(sorted);
    return err;
}
