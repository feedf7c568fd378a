/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdlib.h>

#include "gateway/registry/lmdb_engine.h"

struct lmdb_session *
session_of(struct registry_session *session)
{
    return (struct lmdb_session *)(void *)session;
}

static enum err
begin(struct lmdb_session *session, struct lmdb_registry *registry, struct fault *fault)
{
    session->registry = registry;
    int rc = mdb_txn_begin(registry->env, NULL, MDB_RDONLY, &session->txn);
    if (rc != 0)
        return lmdb_fault(fault, registry->path, rc);
    mdb_txn_reset(session->txn);
    codec_init(&session->codec, registry->record_key);
    if (lmdb_cond_init(&session->answered) == ERR_OK)
        return ERR_OK;
    mdb_txn_abort(session->txn);
    return fault_set(fault, ERR_UNAVAILABLE, "%s: no condition variable", registry->path);
}

enum err
lmdb_session_open(struct registry *registry, struct registry_session **out, struct fault *fault)
{
    struct lmdb_registry *of = (struct lmdb_registry *)(void *)registry;
    if (atomic_fetch_add(&of->sessions, 1) >= of->sessions_max) {
        atomic_fetch_sub(&of->sessions, 1);
        return fault_set(fault, ERR_BUSY, "%s: all %u sessions are open", of->path,
                         of->sessions_max);
    }
    struct lmdb_session *session = calloc(1, sizeof *session);
    enum err err = session == NULL ? fault_set(fault, ERR_MEMORY, "%s: out of memory", of->path)
                                   : begin(session, of, fault);
    if (err != ERR_OK) {
        free(session);
        atomic_fetch_sub(&of->sessions, 1);
        return err;
    }
    *out = &session->base;
    return ERR_OK;
}

void
lmdb_session_close(struct registry_session *session)
{
    struct lmdb_session *closing = session_of(session);
    mdb_txn_abort(closing->txn);
    (void)pthread_cond_destroy(&closing->answered);
    codec_wipe(&closing->codec);
    atomic_fetch_sub(&closing->registry->sessions, 1);
    free(closing);
}

enum err
view_begin(struct view *view, struct lmdb_session *session)
{
    *view = (struct view){NULL, session->registry->tables, &session->codec, 0};
    int rc = mdb_txn_renew(session->txn);
    if (rc != 0)
        return ERR_UNAVAILABLE;
    view->txn = session->txn;
    return ERR_OK;
}

void
view_end(struct view *view)
{
    if (view->txn != NULL)
        mdb_txn_reset(view->txn);
    view->txn = NULL;
}
