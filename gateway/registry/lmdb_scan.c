/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

enum err
scan_begin(struct scan *scan, struct view *view, enum table table, struct span prefix,
           const struct record_key *after)
{
    *scan =
        (struct scan){.view = view, .table = table, .prefix = prefix, .past_start = after->len > 0};
    scan->start = *after;
    if (after->len == 0)
        key_bytes(&scan->start, prefix.data, prefix.len);
    if (view->tables[table] == TABLE_ABSENT)
        return ERR_OK;
    return lmdb_err(mdb_cursor_open(view->txn, view->tables[table], &scan->cursor));
}

static bool
at_start(const struct scan *scan)
{
    return scan->key.len == scan->start.len &&
           memcmp(scan->key.data, scan->start.bytes, scan->key.len) == 0;
}

static enum err
move(struct scan *scan, MDB_cursor_op op)
{
    MDB_val k = {scan->start.len, scan->start.bytes};
    MDB_val v = {0, NULL};
    if (scan->cursor == NULL)
        return ERR_NOT_FOUND;
    int rc = mdb_cursor_get(scan->cursor, &k, &v, op);
    if (rc != 0)
        return lmdb_err(rc);
    scan->key = (struct span){k.mv_data, k.mv_size};
    scan->value = (struct span){v.mv_data, v.mv_size};
    return ERR_OK;
}

static bool
inside(const struct scan *scan)
{
    return scan->key.len >= scan->prefix.len &&
           (scan->prefix.len == 0 ||
            memcmp(scan->key.data, scan->prefix.data, scan->prefix.len) == 0);
}

enum err
scan_next(struct scan *scan)
{
    MDB_cursor_op first = scan->start.len > 0 ? MDB_SET_RANGE : MDB_FIRST;
    bool begins = !scan->moved;
    bool there = false;
    enum err err = begins && scan->prefix.len > 0
                       ? view_beside(scan->view, scan->table, key_span(&scan->start), &there)
                       : ERR_OK;
    if (err == ERR_OK)
        err = move(scan, begins ? first : MDB_NEXT);
    scan->moved = true;
    if (err == ERR_OK && begins && scan->past_start && at_start(scan))
        err = move(scan, MDB_NEXT);
    if (err != ERR_OK || inside(scan))
        return err;
    return view_whole(scan->view, scan->table, scan->key, scan->value) ? ERR_NOT_FOUND
                                                                       : ERR_CORRUPT;
}

static bool
lies_before(const struct scan *scan, const struct record_key *key)
{
    size_t common = scan->key.len < key->len ? scan->key.len : key->len;
    int order = memcmp(scan->key.data, key->bytes, common);
    return order < 0 || (order == 0 && scan->key.len < key->len);
}

/* The record is often the one that it stands at, or the next: a step costs a tenth of a search. */
enum err
scan_reach(struct scan *scan, const struct record_key *key)
{
    enum err err = ERR_OK;
    if (scan->moved && lies_before(scan, key))
        err = move(scan, MDB_NEXT);
    if (err == ERR_OK && (!scan->moved || lies_before(scan, key))) {
        scan->start = *key;
        err = move(scan, MDB_SET_RANGE);
    }
    scan->moved = err == ERR_OK;
    if (err != ERR_OK)
        return err;
    return inside(scan) ? ERR_OK : ERR_NOT_FOUND;
}

void
scan_end(struct scan *scan)
{
    if (scan->cursor != NULL)
        mdb_cursor_close(scan->cursor);
    scan->cursor = NULL;
}
