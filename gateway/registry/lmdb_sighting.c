/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at a unit: one record a unit, many sightings a transaction. */
#include <stdlib.h>
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

enum { RUNS_MAX = 8 }; /* processes whose last batch is known; the oldest is forgotten first */

enum err
view_scans(struct view *view, const struct unit_key *key, struct scans *out)
{
    struct record_key k;
    struct span value;
    struct unit_key same;
    key_pair(&k, key->gtin, key->serial);
    enum err err = view_find(view, TABLE_SCANS, &k, &value);
    return err == ERR_OK ? scans_decode(view->codec, key_span(&k), value, &same, out) : err;
}

enum err
lmdb_get_scans(struct registry_session *session, const struct unit_key *key, struct scans *out)
{
    AUTO_VIEW view;
    enum err err = view_begin(&view, session_of(session));
    return err == ERR_OK ? view_scans(&view, key, out) : err;
}

static enum err
put_scans(struct view *view, const struct unit_key *key, const struct scans *scans)
{
    struct record record;
    bool encoded = scans_encode(view->codec, key, scans, &record);
    return view_put(view, TABLE_SCANS, encoded, &record, 0);
}

enum err
forget_evidence(struct view *view, const struct unit_key *key, int64_t now)
{
    struct scans scans;
    enum err err = view_scans(view, key, &scans);
    if (err != ERR_OK)
        return view->failure == 0 ? ERR_OK : err;
    scan_clear(&scans, now);
    return put_scans(view, key, &scans);
}

/* ---- which batches were written ---- */

/* 0 when none of this run was. */
static enum err
last_batch(struct view *view, int64_t run, uint64_t *batch)
{
    struct record_key key;
    struct span value;
    *batch = 0;
    key_run(&key, run);
    enum err err = view_find(view, TABLE_SCAN_RUNS, &key, &value);
    if (err == ERR_OK)
        err = scan_run_decode(view->codec, key_span(&key), value, batch);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Makes room for one more. */
static enum err
sweep_runs(struct view *view)
{
    const struct record_key beginning = {.len = 0};
    uint64_t count = 0;
    enum err err = view_count(view, TABLE_SCAN_RUNS, &count);
    for (; err == ERR_OK && count >= RUNS_MAX; count--) {
        struct record_key oldest = {.len = 0};
        AUTO_SCAN scan;
        err = scan_begin(&scan, view, TABLE_SCAN_RUNS, (struct span){NULL, 0}, &beginning);
        if (err == ERR_OK)
            err = scan_next(&scan);
        if (err == ERR_OK)
            key_bytes(&oldest, scan.key.data, scan.key.len);
        if (err == ERR_OK)
            err = view_delete(view, TABLE_SCAN_RUNS, &oldest);
    }
    return err;
}

static enum err
put_run(struct view *view, const struct scan_flush *flush, bool is_new)
{
    struct record record;
    enum err err = is_new ? sweep_runs(view) : ERR_OK;
    bool encoded = scan_run_encode(view->codec, flush->run, flush->batch, &record);
    return err == ERR_OK ? view_put(view, TABLE_SCAN_RUNS, encoded, &record, 0) : err;
}

/* ---- a batch ---- */

static int
compare(const struct unit_key *a, const struct unit_key *b)
{
    int gtin = strcmp(a->gtin, b->gtin);
    return gtin != 0 ? gtin : strcmp(a->serial, b->serial);
}

struct sorted {
    const struct scan_seen *seen;
};

/* Those of one unit in the order they came. */
static int
by_unit(const void *a, const void *b)
{
    const struct sorted *left = a;
    const struct sorted *right = b;
    int order = compare(&left->seen->key, &right->seen->key);
    if (order != 0)
        return order;
    return left->seen < right->seen ? -1 : left->seen > right->seen;
}

/* Everything that is needed to add to a unit's scans and to judge them. */
struct looked_at {
    struct unit unit;
    struct scans scans;
};

/* ERR_NOT_FOUND: it is left out, for there is no such unit, or a record is damaged. */
static enum err
read_unit(struct view *view, const struct unit_key *key, struct looked_at *out)
{
    uint8_t operation[OPERATION_ID_BYTES];
    memset(out, 0, sizeof *out);
    enum err err = view_unit(view, key, &out->unit, operation);
    enum err scans = err == ERR_OK ? view_scans(view, key, &out->scans) : err;
    if (scans == ERR_OK || (err == ERR_OK && scans == ERR_NOT_FOUND))
        err = ERR_OK;
    else
        err = ERR_NOT_FOUND;
    return view->failure == 0 ? err : lmdb_err(view->failure);
}

struct batch {
    const struct scan_call *call;
    bool repeat; /* it is written already: only judged */
    struct sorted order[SCAN_FLUSH_MAX];
    char gtin[GTIN_DIGITS + 1]; /* of the limits, which many units in a row share; "" none */
    struct copy_limits limits;
};

/* A product that cannot be read has the defaults. */
static const struct copy_limits *
limits_of(struct view *view, struct batch *batch, const char *gtin)
{
    struct product product;
    if (strcmp(batch->gtin, gtin) == 0)
        return &batch->limits;
    enum err err = view_product(view, gtin, &product);
    memcpy(batch->gtin, gtin, sizeof batch->gtin);
    batch->limits = (struct copy_limits){{0}};
    if (err == ERR_OK)
        batch->limits = product.copy_limits;
    return &batch->limits;
}

/* Adds the sightings from `first` up to `end` of the order, which are of one unit. */
static enum err
add_unit(struct view *view, struct batch *batch, size_t first, size_t end)
{
    const struct unit_key *key = &batch->order[first].seen->key;
    size_t last = (size_t)(batch->order[end - 1].seen - batch->call->flush->seen);
    struct looked_at at;
    bool changed = false;
    enum err err = read_unit(view, key, &at);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    for (size_t i = first; i < end && !batch->repeat; i++)
        changed |= scan_add(&at.scans, &batch->order[i].seen->sighting, &at.unit);
    if ((at.unit.conditions & CONDITION_COPY_SUSPECTED) == 0)
        batch->call->suspected[last] = scan_judge(&at.scans, limits_of(view, batch, key->gtin));
    if (view->failure != 0)
        return lmdb_err(view->failure);
    return changed ? put_scans(view, key, &at.scans) : ERR_OK;
}

static enum err
add_all(struct view *view, struct batch *batch)
{
    size_t count = batch->call->flush->count;
    enum err err = ERR_OK;
    for (size_t first = 0, end = 0; first < count && err == ERR_OK; first = end) {
        const struct unit_key *key = &batch->order[first].seen->key;
        for (end = first; end < count; end++)
            if (compare(&batch->order[end].seen->key, key) != 0)
                break;
        err = add_unit(view, batch, first, end);
    }
    return err;
}

static enum err
run_flush(struct view *view, struct lmdb_request *request)
{
    const struct scan_call *call = request->call;
    const struct scan_flush *flush = call->flush;
    struct batch batch = {.call = call};
    uint64_t last = 0;
    enum err err = last_batch(view, flush->run, &last);
    if (err != ERR_OK)
        return err;
    batch.repeat = flush->batch <= last;
    for (size_t i = 0; i < flush->count; i++) {
        batch.order[i].seen = &flush->seen[i];
        call->suspected[i] = COPY_NONE;
    }
    qsort(batch.order, flush->count, sizeof batch.order[0], by_unit);
    err = add_all(view, &batch);
    if (err == ERR_OK && !batch.repeat)
        err = put_run(view, flush, last == 0);
    request->wrote = err == ERR_OK && !batch.repeat;
    return err;
}

enum err
lmdb_scan_flush(struct registry_session *session, const struct scan_call *call)
{
    struct lmdb_request request = {.run = run_flush, .call = call, .weight = call->flush->count};
    return lmdb_submit(session_of(session), &request);
}
