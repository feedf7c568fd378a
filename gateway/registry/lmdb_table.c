/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

/* LMDB takes keys and values through a pointer that is not const, and only reads them. */
static MDB_val
val_of(struct span span)
{
    MDB_val val = {span.len, NULL};
    memcpy(&val.mv_data, &span.data, sizeof val.mv_data);
    return val;
}

/* An error inside a write transaction spoils it, also an error of reading. */
static enum err
failed(struct view *view, int rc)
{
    if (view->failure == 0)
        view->failure = rc;
    return lmdb_err(rc);
}

enum err
view_count(struct view *view, enum table table, uint64_t *count)
{
    MDB_stat stat = {0};
    bool absent = view->tables[table] == TABLE_ABSENT;
    int rc = absent ? 0 : mdb_stat(view->txn, view->tables[table], &stat);
    *count = rc == 0 ? stat.ms_entries : 0;
    return lmdb_err(rc);
}

enum err
view_find(struct view *view, enum table table, const struct record_key *key, struct span *out)
{
    MDB_val k = val_of(key_span(key));
    MDB_val v = {0, NULL};
    bool absent = view->tables[table] == TABLE_ABSENT;
    int rc = absent ? MDB_NOTFOUND : mdb_get(view->txn, view->tables[table], &k, &v);
    *out = (struct span){v.mv_data, v.mv_size};
    if (rc != MDB_NOTFOUND)
        return rc == 0 ? ERR_OK : failed(view, rc);
    bool there = false;
    enum err err = view_beside(view, table, key_span(key), &there);
    /* Found by the order, and not by the search: a wrong page on the way. */
    if (err == ERR_OK)
        err = there ? ERR_CORRUPT : ERR_NOT_FOUND;
    return err;
}

static int
put(struct view *view, enum table table, const struct record *record, unsigned flags)
{
    MDB_val k = val_of(key_span(&record->key));
    MDB_val v = val_of(record->value);
    return mdb_put(view->txn, view->tables[table], &k, &v, flags);
}

enum err
view_put(struct view *view, enum table table, bool encoded, const struct record *record,
         unsigned flags)
{
    int rc = encoded ? put(view, table, record, flags) : MDB_BAD_VALSIZE;
    /* There already, or out of order, though it was looked for: a damaged page. */
    if (rc == MDB_KEYEXIST)
        rc = MDB_CORRUPTED;
    return rc == 0 ? ERR_OK : failed(view, rc);
}

enum err
view_put_new(struct view *view, enum table table, bool encoded, const struct record *record)
{
    int rc = encoded ? put(view, table, record, MDB_NOOVERWRITE) : MDB_BAD_VALSIZE;
    return rc == 0 || rc == MDB_KEYEXIST ? ERR_OK : failed(view, rc);
}

enum err
view_put_row(struct view *view, const struct index_row *row)
{
    const struct record record = {row->key, {NULL, 0}};
    return view_put(view, row->table, row->key.len > 0, &record, 0);
}

enum err
view_delete(struct view *view, enum table table, const struct record_key *key)
{
    MDB_val k = val_of(key_span(key));
    int rc = mdb_del(view->txn, view->tables[table], &k, NULL);
    return rc == 0 || rc == MDB_NOTFOUND ? ERR_OK : failed(view, rc);
}

struct unit_key
key_of(const struct unit *unit)
{
    struct unit_key key;
    memcpy(key.gtin, unit->id.gtin, sizeof key.gtin);
    memcpy(key.serial, unit->id.serial, sizeof key.serial);
    return key;
}

enum err
view_unit(struct view *view, const struct unit_key *key, struct unit *out,
          uint8_t operation[static OPERATION_ID_BYTES])
{
    struct record_key k;
    struct span value;
    key_pair(&k, key->gtin, key->serial);
    enum err err = view_find(view, TABLE_UNITS, &k, &value);
    return err == ERR_OK ? unit_decode(view->codec, key_span(&k), value, out, operation) : err;
}

enum err
view_product(struct view *view, const char *gtin, struct product *out)
{
    struct record_key k;
    struct span value;
    key_pair(&k, gtin, "");
    enum err err = view_find(view, TABLE_PRODUCTS, &k, &value);
    return err == ERR_OK ? product_decode(view->codec, key_span(&k), value, out) : err;
}

enum err
view_lot(struct view *view, const char *gtin, const char *lot, struct lot *out)
{
    struct record_key k;
    struct span value;
    key_pair(&k, gtin, lot);
    enum err err = view_find(view, TABLE_LOTS, &k, &value);
    return err == ERR_OK ? lot_decode(view->codec, key_span(&k), value, out) : err;
}

enum err
view_recall(struct view *view, const char *id, struct recall *out)
{
    struct record_key k;
    struct span value;
    char gtin[GTIN_DIGITS + 1];
    key_bytes(&k, id, strlen(id));
    enum err err = view_find(view, TABLE_RECALL_IDS, &k, &value);
    if (err == ERR_OK)
        err = recall_id_decode(view->codec, key_span(&k), value, gtin);
    if (err != ERR_OK)
        return err;
    key_pair(&k, gtin, id);
    err = view_find(view, TABLE_RECALLS, &k, &value);
    if (err == ERR_NOT_FOUND)
        return ERR_CORRUPT;
    return err == ERR_OK ? recall_decode(view->codec, key_span(&k), value, out) : err;
}

enum err
view_credential(struct view *view, const char *id, struct credential *out)
{
    struct record_key k;
    struct span value;
    key_bytes(&k, id, strlen(id));
    enum err err = view_find(view, TABLE_CREDENTIALS, &k, &value);
    return err == ERR_OK ? credential_decode(view->codec, key_span(&k), value, out) : err;
}

enum err
view_notice(struct view *view, const char *reference, struct notice *out)
{
    struct record_key k;
    struct span value;
    int64_t first_at = 0;
    key_bytes(&k, reference, strlen(reference));
    enum err err = view_find(view, TABLE_NOTICE_IDS, &k, &value);
    if (err == ERR_OK)
        err = notice_id_decode(view->codec, key_span(&k), value, &first_at);
    if (err != ERR_OK)
        return err;
    key_notice(&k, first_at, reference);
    err = view_find(view, TABLE_NOTICES, &k, &value);
    if (err == ERR_NOT_FOUND)
        return ERR_CORRUPT;
    return err == ERR_OK ? notice_decode(view->codec, key_span(&k), value, out) : err;
}

enum err
view_event(struct view *view, const struct unit_key *key, uint64_t number, struct event *out)
{
    struct record_key k;
    struct span value;
    key_event(&k, key, number);
    enum err err = view_find(view, TABLE_EVENTS, &k, &value);
    return err == ERR_OK ? event_decode(view->codec, key_span(&k), value, out) : err;
}

enum err
view_operation(struct view *view, const uint8_t id[static OPERATION_ID_BYTES],
               struct operation *out)
{
    struct record_key k;
    struct span value;
    key_bytes(&k, id, OPERATION_ID_BYTES);
    enum err err = view_find(view, TABLE_OPERATIONS, &k, &value);
    return err == ERR_OK ? operation_decode(view->codec, key_span(&k), value, out) : err;
}

enum err
view_first_event(struct view *view, const struct unit *unit,
                 const uint8_t operation[static OPERATION_ID_BYTES], struct event *out)
{
    struct operation made_by;
    enum err err = view_operation(view, operation, &made_by);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    memset(out, 0, sizeof *out);
    out->type = EVENT_COMMISSION;
    out->at = unit->registered_at;
    out->role = made_by.role;
    memcpy(out->actor, made_by.actor, sizeof out->actor);
    memcpy(out->operation, operation, OPERATION_ID_BYTES);
    return ERR_OK;
}
