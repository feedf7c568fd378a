/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of units, and products, lots and recalls: what the writer thread runs. */
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
 * is what makes a label genuine. A claim code may only die. */
static bool
keeps_origin(const struct unit *stored, const struct unit *wanted)
{
    bool label = strcmp(stored->id.variant, wanted->id.variant) == 0 &&
                 strcmp(stored->id.lot, wanted->id.lot) == 0 &&
                 memcmp(stored->kid, wanted->kid, KID_BYTES) == 0 &&
                 memcmp(stored->seal, wanted->seal, SEAL_BYTES) == 0;
    bool dates = stored->registered_at == wanted->registered_at &&
                 stored->made_on == wanted->made_on && stored->expires_on == wanted->expires_on;
    bool claim = memcmp(stored->claim, wanted->claim, SEAL_BYTES) == 0 ||
                 sodium_is_zero(wanted->claim, SEAL_BYTES);
    return label && dates && claim;
}

/* `current` becomes the record as it is. */
static enum err
check_change(struct view *view, const struct unit *wanted, struct unit *current,
             uint8_t origin[static OPERATION_ID_BYTES])
{
    struct unit_key key = key_of(wanted);
    enum err err = view_unit(view, &key, current, origin);
    if (err != ERR_OK)
        return err;
    if (current->version != wanted->version)
        return ERR_CONFLICT;
    if (!keeps_origin(current, wanted))
        return ERR_INVALID;
    struct record_key event;
    struct span there;
    key_event(&event, &key, wanted->version + 1);
    err = view_find(view, TABLE_EVENTS, &event, &there);
    /* An event of a version that the unit has not reached. */
    if (err == ERR_OK)
        return ERR_CORRUPT;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
put_change(struct view *view, const struct change *change,
           const uint8_t origin[static OPERATION_ID_BYTES])
{
    struct record record;
    struct unit unit = change->unit;
    struct unit_key key = key_of(&unit);
    unit.version++;
    bool encoded = unit_encode(view->codec, &unit, origin, &record);
    enum err err = view_put(view, TABLE_UNITS, encoded, &record, 0);
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
    struct unit current;
    bool repeat = false;
    enum err err = find_repeat(view, request, &repeat);
    if (err != ERR_OK || repeat)
        return err;
    for (size_t i = 0; i < call->count; i++) {
        err = check_change(view, &call->changes[i].unit, &current, origins[i]);
        *call->failed = i;
        if (err == ERR_CONFLICT && call->current != NULL)
            *call->current = current;
        if (err != ERR_OK)
            return err;
    }
    for (size_t i = 0; i < call->count && err == ERR_OK; i++)
        err = put_change(view, &call->changes[i], origins[i]);
    return err == ERR_OK ? put_operation(view, request, call->count) : err;
}

enum err
lmdb_apply(struct registry_session *session, const struct apply_call *call)
{
    struct lmdb_request request = {
        .run = run_apply, .call = call, .operation = call->operation, .weight = call->count};
    return lmdb_submit(session_of(session), &request);
}

/* ---- products, lots, recalls ---- */

/* Compare-and-set: 0 creates. */
static enum err
compare(enum err found, uint64_t stored, uint64_t seen)
{
    if (found == ERR_NOT_FOUND)
        return seen == 0 ? ERR_OK : ERR_NOT_FOUND;
    if (found == ERR_OK && stored != seen)
        return ERR_CONFLICT;
    return found;
}

static enum err
tell_current(const struct lmdb_request *request, enum err err, const void *stored, size_t size)
{
    if (err == ERR_CONFLICT && request->current != NULL)
        memcpy(request->current, stored, size);
    return err;
}

static enum err
run_put_product(struct view *view, struct lmdb_request *request)
{
    struct product product = {.version = 0};
    struct record record;
    const struct product *wanted = request->call;
    bool repeat = false;
    enum err err = find_repeat(view, request, &repeat);
    if (err != ERR_OK || repeat)
        return err;
    err = view_product(view, wanted->gtin, &product);
    err = compare(err, product.version, wanted->version);
    if (err != ERR_OK)
        return tell_current(request, err, &product, sizeof product);
    product = *wanted;
    product.version++;
    bool encoded = product_encode(view->codec, &product, &record);
    err = view_put(view, TABLE_PRODUCTS, encoded, &record, 0);
    return err == ERR_OK ? put_operation(view, request, 1) : err;
}

static enum err
run_put_lot(struct view *view, struct lmdb_request *request)
{
    struct lot lot = {.version = 0};
    struct record record;
    const struct lot *wanted = request->call;
    bool repeat = false;
    enum err err = find_repeat(view, request, &repeat);
    if (err != ERR_OK || repeat)
        return err;
    err = view_lot(view, wanted->gtin, wanted->lot, &lot);
    err = compare(err, lot.version, wanted->version);
    if (err != ERR_OK)
        return tell_current(request, err, &lot, sizeof lot);
    lot = *wanted;
    lot.version++;
    bool encoded = lot_encode(view->codec, &lot, &record);
    err = view_put(view, TABLE_LOTS, encoded, &record, 0);
    return err == ERR_OK ? put_operation(view, request, 1) : err;
}

/* The id leads to the product, the product to its recalls. */
static enum err
put_recall(struct view *view, const struct recall *recall)
{
    struct record record;
    bool encoded = recall_encode(view->codec, recall, &record);
    enum err err = view_put(view, TABLE_RECALLS, encoded, &record, 0);
    if (err != ERR_OK)
        return err;
    encoded = recall_id_encode(view->codec, recall, &record);
    return view_put(view, TABLE_RECALL_IDS, encoded, &record, 0);
}

static enum err
run_put_recall(struct view *view, struct lmdb_request *request)
{
    struct recall recall = {.version = 0};
    const struct recall *wanted = request->call;
    bool repeat = false;
    enum err err = find_repeat(view, request, &repeat);
    if (err != ERR_OK || repeat)
        return err;
    err = view_recall(view, wanted->id, &recall);
    bool other_product = err == ERR_OK && strcmp(recall.gtin, wanted->gtin) != 0;
    err = compare(err, recall.version, wanted->version);
    if (err != ERR_OK)
        return tell_current(request, err, &recall, sizeof recall);
    if (other_product)
        return ERR_INVALID;
    recall = *wanted;
    recall.version++;
    err = put_recall(view, &recall);
    return err == ERR_OK ? put_operation(view, request, 1) : err;
}

enum err
lmdb_put_product(struct registry_session *session, const struct product *product,
                 const struct operation *operation, struct product *current)
{
    struct lmdb_request request = {.run = run_put_product,
                                   .call = product,
                                   .operation = operation,
                                   .current = current,
                                   .weight = 1};
    return lmdb_submit(session_of(session), &request);
}

enum err
lmdb_put_lot(struct registry_session *session, const struct lot *lot,
             const struct operation *operation, struct lot *current)
{
    struct lmdb_request request = {
        .run = run_put_lot, .call = lot, .operation = operation, .current = current, .weight = 1};
    return lmdb_submit(session_of(session), &request);
}

enum err
lmdb_put_recall(struct registry_session *session, const struct recall *recall,
                const struct operation *operation, struct recall *current)
{
    struct lmdb_request request = {.run = run_put_recall,
                                   .call = recall,
                                   .operation = operation,
                                   .current = current,
                                   .weight = 1};
    return lmdb_submit(session_of(session), &request);
}
