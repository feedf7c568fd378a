/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "gateway/base/file.h"
#include "gateway/registry/lmdb_engine.h"

static const struct {
    int rc;
    enum err err;
} table[] = {
    {MDB_SUCCESS, ERR_OK},
    {MDB_NOTFOUND, ERR_NOT_FOUND},
    {MDB_KEYEXIST, ERR_EXISTS},
    {MDB_PAGE_NOTFOUND, ERR_CORRUPT},
    {MDB_CORRUPTED, ERR_CORRUPT},
    {MDB_VERSION_MISMATCH, ERR_CORRUPT},
    {MDB_INVALID, ERR_CORRUPT},
    {MDB_INCOMPATIBLE, ERR_CORRUPT},
    {MDB_CURSOR_FULL, ERR_CORRUPT},
    /* What it says when the first page of a table cannot be read: the error itself is lost. */
    {MDB_BAD_TXN, ERR_CORRUPT},
    {MDB_PAGE_FULL, ERR_CORRUPT},
    {MDB_MAP_FULL, ERR_FULL},
    {MDB_TXN_FULL, ERR_FULL},
    {MDB_READERS_FULL, ERR_BUSY},
    {ENOSPC, ERR_FULL},
    {EDQUOT, ERR_FULL},
    {EFBIG, ERR_FULL},
    {ENOMEM, ERR_MEMORY},
};

enum err
lmdb_err(int rc)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].rc == rc)
            return table[i].err;
    return ERR_UNAVAILABLE;
}

enum err
lmdb_fault(struct fault *fault, const char *path, int rc)
{
    if (rc > 0)
        return file_fault(fault, path, rc);
    return fault_set(fault, lmdb_err(rc), "%s: %s", path, mdb_strerror(rc));
}
