/* SPDX-License-Identifier: Apache-2.0 */
/* Whether what LMDB does not find is really not there. A wrong bit in the key of one record leads
 * the search for another one astray, and then a registered unit would be answered as never issued,
 * or a recall would not be seen. The record that misled is one of the two between which the search
 * ended: so these are looked at, too. What a wrong bit in the head of a page hides is left to the
 * check, which counts. */
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

/* Rows of indexes have none. Sessions of browsers that are damaged are swept by the next one that
 * signs in: who is taken for signed out signs in again. */
static bool
has_hash(enum table table)
{
    return (table < TABLE_BY_LOT || table > TABLE_BY_CONDITION) && table != TABLE_SESSIONS;
}

/* < 0: a comes first. */
static int
order(struct span a, struct span b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int by_bytes = common == 0 ? 0 : memcmp(a.data, b.data, common);
    return by_bytes != 0 ? by_bytes : (a.len > b.len) - (a.len < b.len);
}

bool
view_whole(struct view *view, enum table table, struct span key, struct span value)
{
    struct unpacker ignored;
    return !has_hash(table) || codec_open(view->codec, table_name(table), key, value, &ignored);
}

/* The record that `op` reaches is whole and lies on the right side. `side`: 0 for the wanted one.
 */
static enum err
look(struct view *view, enum table table, MDB_cursor *cursor, MDB_cursor_op op, struct span wanted,
     int *side)
{
    MDB_val k = {wanted.len, NULL};
    MDB_val v = {0, NULL};
    memcpy(&k.mv_data, &wanted.data, sizeof k.mv_data);
    int rc = mdb_cursor_get(cursor, &k, &v, op);
    if (rc != 0)
        return lmdb_err(rc);
    const struct span key = {k.mv_data, k.mv_size};
    const struct span value = {v.mv_data, v.mv_size};
    *side = order(key, wanted);
    bool good = op == MDB_SET_RANGE ? *side >= 0 : *side < 0;
    return good && view_whole(view, table, key, value) ? ERR_OK : ERR_CORRUPT;
}

enum err
view_beside(struct view *view, enum table table, struct span wanted, bool *there)
{
    *there = false;
    MDB_cursor *cursor = NULL;
    if (view->tables[table] == TABLE_ABSENT || wanted.len == 0)
        return ERR_OK;
    int rc = mdb_cursor_open(view->txn, view->tables[table], &cursor);
    if (rc != 0)
        return lmdb_err(rc);
    int side = 1;
    enum err err = look(view, table, cursor, MDB_SET_RANGE, wanted, &side);
    *there = err == ERR_OK && side == 0;
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        err = look(view, table, cursor, err == ERR_OK ? MDB_PREV : MDB_LAST, wanted, &side);
    mdb_cursor_close(cursor);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
