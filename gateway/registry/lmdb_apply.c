/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of units: what the writer thread runs. */
#include <sodium.h>
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

enum err
find_repeat(struct view *view, const struct lmdb_request *request, bool *repeat)
{
    struct operation before;
    *repeat = false;
    enum err err = view_operation(view, request->operation->id, &before);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    *repeat = memcmp(before.digest, request->operation->digest, SEAL_BYTES) == 0;
    return *repeat ? ERR_OK : ERR_EXISTS;
}

enum err
put_operation(struct view *view, struct lmdb_request *request, size_t count)
{
    struct record record;
    struct operation operation = *request->operation;
    operation.count = (uint32_t)count;
    bool encoded = operation_encode(view->codec, &operation, &record);
    enum err err = view_put(view, TABLE_OPERATIONS, encoded, &record, MDB_NOOVERWRITE);
    request->wrote = err == ERR_OK;
    return err;
}

/* ---- units ---- */

/* What the commission carried stays, because the commission is rebuilt from the record and the seal
 * is what makes a label genuine. */
static bool
keeps_origin(const struct unit *stored, const struct unit *wanted)
{
    bool label = strcmp(stored->id.variant, wanted->id.variant) == 0 &&
                 strcmp(stored->id.lot, wanted->id.lot) == 0 &&
                 memcmp(stored->kid, wanted->kid, KID_BYTES) == 0 &&
                 memcmp(stored->seal, wanted->seal, SEAL_BYTES) == 0;
    return label && stored->registered_at == wanted->registered_at &&
           stored->made_on == wanted->made_on && stored->expires_on == wanted->expires_on;
}

/* A claim code may die, and live again when the event that killed it is undone: that one carries
 * it. */
static enum err
check_claim(struct view *view, const struct unit *stored, const struct change *change)
{
    struct event last;
    const uint8_t *claim = change->unit.claim;
    if (memcmp(stored->claim, claim, SEAL_BYTES) == 0 || sodium_is_zero(claim, SEAL_BYTES))
        return ERR_OK;
    if (change->event.type != EVENT_UNDO || !sodium_is_zero(stored->claim, SEAL_BYTES) ||
        stored->version < 2)
        return ERR_INVALID;
    struct unit_key key = key_of(stored);
    enum err err = view_event(view, &key, stored->version, &last);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    bool killed = last.type == EVENT_RESTOCK || last.type == EVENT_END_OWNERSHIP;
    return killed && memcmp(last.seal, claim, SEAL_BYTES) == 0 ? ERR_OK : ERR_INVALID;
}

/* `current` becomes the record as it is. */
static enum err
check_change(struct view *view, const struct change *change, struct unit *current,
             uint8_t origin[static OPERATION_ID_BYTES])
{
    const struct unit *wanted = &change->unit;
    struct unit_key key = key_of(wanted);
    enum err err = view_unit(view, &key, current, origin);
    if (err != ERR_OK)
        return err;
    if (current->version != wanted->version)
        return ERR_CONFLICT;
    if (!keeps_origin(current, wanted))
        return ERR_INVALID;
    err = check_claim(view, current, change);
    if (err != ERR_OK)
        return err;
    struct record_key event;
    struct span there;
    key_event(&event, &key, wanted->version + 1);
    err = view_find(view, TABLE_EVENTS, &event, &there);
    /* An event of a version that the unit has not reached. */
    if (err == ERR_OK)
        return ERR_CORRUPT;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Rows that the unit has no longer go, those that are new come. One that is not there to go is
 * left to the check: it must not keep a theft from being reported. */
static enum err
put_rows(struct view *view, const struct unit *before, const struct unit *after)
{
    struct index_row old[INDEX_ROWS_MAX];
    struct index_row new[INDEX_ROWS_MAX];
    size_t old_count = index_rows(before, old);
    size_t new_count = index_rows(after, new);
    enum err err = ERR_OK;
    for (size_t i = 0; i < old_count && err == ERR_OK; i++)
        if (!index_has(new, new_count, old[i].table, key_span(&old[i].key)))
            err = view_delete(view, old[i].table, &old[i].key);
    for (size_t i = 0; i < new_count && err == ERR_OK; i++)
        if (!index_has(old, old_count, new[i].table, key_span(&new[i].key)))
            err = view_put_row(view, &new[i]);
    return err;
}

static enum err
put_change(struct view *view, const struct change *change, const struct unit *before,
           const uint8_t origin[static OPERATION_ID_BYTES])
{
    struct record record;
    struct unit unit = change->unit;
    struct unit_key key = key_of(&unit);
    unit.version++;
    bool encoded = unit_encode(view->codec, &unit, origin, &record);
    enum err err = view_put(view, TABLE_UNITS, encoded, &record, 0);
    if (err == ERR_OK)
        err = put_rows(view, before, &unit);
    if (err != ERR_OK)
        return err;
    bool cleared = (before->conditions & ~unit.conditions & CONDITION_COPY_SUSPECTED) != 0;
    if (cleared)
        err = forget_evidence(view, &key, change->event.at);
    if (err != ERR_OK)
        return err;
    encoded = event_encode(view->codec, &key, unit.version, &change->event, &record);
    return view_put(view, TABLE_EVENTS, encoded, &record, MDB_NOOVERWRITE);
}

static enum err
run_apply(struct view *view, struct lmdb_request *request)
{
    const struct apply_call *call = request->call;
    uint8_t origins[APPLY_MAX][OPERATION_ID_BYTES];
    struct unit before[APPLY_MAX];
    bool repeat = false;
    enum err err = find_repeat(view, request, &repeat);
    if (err != ERR_OK || repeat)
        return err;
    for (size_t i = 0; i < call->count; i++) {
        err = check_change(view, &call->changes[i], &before[i], origins[i]);
        *call->failed = i;
        if (err == ERR_CONFLICT && call->current != NULL)
            *call->current = before[i];
        if (err != ERR_OK)
            return err;
    }
    for (size_t i = 0; i < call->count && err == ERR_OK; i++)
        err = put_change(view, &call->changes[i], &before[i], origins[i]);
    return err == ERR_OK ? put_operation(view, request, call->count) : err;
}

enum err
lmdb_apply(struct registry_session *session, const struct apply_call *call)
{
    struct lmdb_request request = {
        .run = run_apply, .call = call, .operation = call->operation, .weight = call->count};
    return lmdb_submit(session_of(session), &request);
}
