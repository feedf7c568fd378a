/* SPDX-License-Identifier: Apache-2.0 */
/* The calls that read one thing. Each is one read transaction. */
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

enum { RECALLS_MAX = sizeof((struct unit_view *)0)->recalls / sizeof(struct recall) };

enum err
lmdb_get(struct registry_session *session, const struct unit_key *key, struct unit *out)
{
    AUTO_VIEW view;
    uint8_t operation[OPERATION_ID_BYTES];
    enum err err = view_begin(&view, session_of(session));
    return err == ERR_OK ? view_unit(&view, key, out, operation) : err;
}

enum err
lmdb_get_many(struct registry_session *session, const struct unit_key *keys, size_t count,
              struct unit *out, enum err *results)
{
    AUTO_VIEW view;
    uint8_t operation[OPERATION_ID_BYTES];
    enum err err = view_begin(&view, session_of(session));
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        results[i] = view_unit(&view, &keys[i], &out[i], operation);
        if (results[i] != ERR_NOT_FOUND && results[i] != ERR_CORRUPT)
            err = results[i];
    }
    return err;
}

/* Stop-use first; when there are more than fit, others make room for those. */
static void
add_recall(struct unit_view *out, const struct recall *recall)
{
    size_t at = out->recall_count;
    while (recall->stop_use && at > 0 && !out->recalls[at - 1].stop_use)
        at--;
    if (at == RECALLS_MAX)
        return;
    size_t behind = out->recall_count - at;
    if (out->recall_count == RECALLS_MAX)
        behind--;
    else
        out->recall_count++;
    memmove(&out->recalls[at + 1], &out->recalls[at], behind * sizeof *recall);
    out->recalls[at] = *recall;
}

static enum err
find_recalls(struct view *view, struct unit_view *out)
{
    AUTO_SCAN scan;
    struct recall recall;
    const struct record_key beginning = {.len = 0};
    struct span prefix = {(const uint8_t *)out->unit.id.gtin, GTIN_DIGITS};
    enum err err = scan_begin(&scan, view, TABLE_RECALLS, prefix, &beginning);
    while (err == ERR_OK && (err = scan_next(&scan)) == ERR_OK) {
        err = recall_decode(view->codec, scan.key, scan.value, &recall);
        if (err == ERR_OK && recall_covers(&recall, &out->unit))
            add_recall(out, &recall);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Absent is an answer here: zeroed, and told by `*has`. */
static enum err
optional(enum err found, bool *has, void *out, size_t size)
{
    *has = found == ERR_OK;
    if (found == ERR_NOT_FOUND)
        memset(out, 0, size);
    return found == ERR_NOT_FOUND ? ERR_OK : found;
}

static enum err
find_unit(struct view *view, const struct unit_key *key, struct unit_view *out)
{
    uint8_t operation[OPERATION_ID_BYTES];
    enum err err = view_unit(view, key, &out->unit, operation);
    return optional(err, &out->has_unit, &out->unit, sizeof out->unit);
}

/* Are there recalls of this product, lifted or not? */
static enum err
find_recalled(struct view *view, const char *gtin, bool *recalled)
{
    AUTO_SCAN scan;
    const struct record_key beginning = {.len = 0};
    struct span prefix = {(const uint8_t *)gtin, GTIN_DIGITS};
    enum err err = scan_begin(&scan, view, TABLE_RECALLS, prefix, &beginning);
    if (err == ERR_OK)
        err = scan_next(&scan);
    *recalled = err == ERR_OK;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
find_product(struct view *view, struct lmdb_registry *registry, const char *gtin,
             struct unit_view *out, bool *recalled)
{
    size_t snapshot = mdb_txn_id(view->txn);
    if (lmdb_kin_find(registry, snapshot, gtin, out, recalled))
        return ERR_OK;
    enum err err = view_product(view, gtin, &out->product);
    err = optional(err, &out->has_product, &out->product, sizeof out->product);
    if (err == ERR_OK)
        err = find_recalled(view, gtin, recalled);
    if (err == ERR_OK)
        lmdb_kin_keep(registry, snapshot, gtin, out, *recalled);
    return err;
}

static enum err
find_lot(struct view *view, struct lmdb_registry *registry, struct unit_view *out)
{
    const struct identity *id = &out->unit.id;
    size_t snapshot = mdb_txn_id(view->txn);
    bool in_lot = out->has_unit && id->lot[0] != '\0';
    out->has_lot = in_lot && lmdb_kin_find_lot(registry, snapshot, id->gtin, id->lot, &out->lot);
    if (out->has_lot)
        return ERR_OK;
    enum err err = in_lot ? view_lot(view, id->gtin, id->lot, &out->lot) : ERR_NOT_FOUND;
    err = optional(err, &out->has_lot, &out->lot, sizeof out->lot);
    if (out->has_lot)
        lmdb_kin_keep_lot(registry, snapshot, &out->lot);
    return err;
}

enum err
lmdb_view(struct registry_session *session, const struct unit_key *key, struct unit_view *out)
{
    AUTO_VIEW view;
    struct lmdb_registry *registry = session_of(session)->registry;
    bool recalled = false;
    out->recall_count = 0;
    enum err err = view_begin(&view, session_of(session));
    if (err == ERR_OK)
        err = find_unit(&view, key, out);
    if (err == ERR_OK)
        err = find_product(&view, registry, key->gtin, out, &recalled);
    if (err == ERR_OK)
        err = find_lot(&view, registry, out);
    if (err == ERR_OK && out->has_unit && recalled)
        err = find_recalls(&view, out);
    return err;
}

enum err
lmdb_get_product(struct registry_session *session, const char *gtin, struct product *out)
{
    AUTO_VIEW view;
    enum err err = view_begin(&view, session_of(session));
    return err == ERR_OK ? view_product(&view, gtin, out) : err;
}

enum err
lmdb_get_lot(struct registry_session *session, const char *gtin, const char *lot, struct lot *out)
{
    AUTO_VIEW view;
    enum err err = view_begin(&view, session_of(session));
    return err == ERR_OK ? view_lot(&view, gtin, lot, out) : err;
}

enum err
lmdb_get_recall(struct registry_session *session, const char *id, struct recall *out)
{
    AUTO_VIEW view;
    enum err err = view_begin(&view, session_of(session));
    return err == ERR_OK ? view_recall(&view, id, out) : err;
}

enum err
lmdb_get_credential(struct registry_session *session, const char *id, struct credential *out)
{
    AUTO_VIEW view;
    enum err err = view_begin(&view, session_of(session));
    return err == ERR_OK ? view_credential(&view, id, out) : err;
}

enum err
lmdb_find_operation(struct registry_session *session, const uint8_t id[static OPERATION_ID_BYTES],
                    struct operation *out)
{
    AUTO_VIEW view;
    enum err err = view_begin(&view, session_of(session));
    return err == ERR_OK ? view_operation(&view, id, out) : err;
}

enum err
lmdb_events(struct registry_session *session, const struct unit_key *key, uint64_t after,
            struct event *out, const struct page *page)
{
    AUTO_VIEW view;
    struct unit unit;
    uint8_t operation[OPERATION_ID_BYTES];
    enum err err = view_begin(&view, session_of(session));
    if (err == ERR_OK)
        err = view_unit(&view, key, &unit, operation);
    if (err != ERR_OK)
        return err;
    if (after >= unit.version)
        return ERR_OK;
    if (after == 0)
        err = view_first_event(&view, &unit, operation, &out[(*page->count)++]);
    /* Event n made version n: one that is missing is damage, not the end. */
    uint64_t number = after == 0 ? 2 : after + 1;
    while (err == ERR_OK && number <= unit.version && *page->count < page->max) {
        err = view_event(&view, key, number, &out[(*page->count)++]);
        number++;
    }
    return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

enum err
lmdb_health(struct registry_session *session, struct registry_health *out)
{
    AUTO_VIEW view;
    struct lmdb_registry *registry = session_of(session)->registry;
    uint64_t entries[TABLE_COUNT] = {0};
    enum err err = view_begin(&view, session_of(session));
    for (size_t table = 0; table < TABLE_COUNT && err == ERR_OK; table++)
        err = view_count(&view, (enum table)table, &entries[table]);
    MDB_envinfo info;
    MDB_stat pages;
    if (err == ERR_OK)
        err = lmdb_err(mdb_env_info(registry->env, &info));
    if (err == ERR_OK)
        err = lmdb_err(mdb_env_stat(registry->env, &pages));
    if (err != ERR_OK)
        return err;
    *out = (struct registry_health){
        .units = entries[TABLE_UNITS],
        .products = entries[TABLE_PRODUCTS],
        .lots = entries[TABLE_LOTS],
        .recalls = entries[TABLE_RECALLS],
        .events = entries[TABLE_EVENTS] + entries[TABLE_UNITS],
        .operations = entries[TABLE_OPERATIONS],
        .notices = entries[TABLE_NOTICES],
        .sessions = entries[TABLE_SESSIONS],
        .scans = entries[TABLE_SCANS],
        .bytes_used = (info.me_last_pgno + 1) * pages.ms_psize,
        .bytes_max = info.me_mapsize,
    };
    (void)pthread_mutex_lock(&registry->writer.queue.lock);
    out->commits = registry->writer.commits;
    out->commit_calls = registry->writer.commit_calls;
    (void)pthread_mutex_unlock(&registry->writer.queue.lock);
    return ERR_OK;
}
