/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdlib.h>

#include "gateway/registry/lmdb_engine.h"

struct lmdb_session *
session_of(struct registry_session *session)
{
    return (struct lmdb_session *)(void *)session;
}

/* A transaction for reading, begun or renewed; the session is held. */
static int
renew(struct lmdb_session *session)
{
    if (session->txn != NULL)
        return mdb_txn_renew(session->txn);
    MDB_env *env = session->registry->env;
    return env == NULL ? MDB_PANIC : mdb_txn_begin(env, NULL, MDB_RDONLY, &session->txn);
}

/* Into the list of those that are open, with a place in LMDB's table of readers. */
static int
enter(struct lmdb_session *session, struct lmdb_registry *registry)
{
    (void)pthread_mutex_lock(&registry->list_lock);
    int rc = renew(session);
    if (rc == 0) {
        mdb_txn_reset(session->txn);
        session->next = registry->list;
        registry->list = session;
    }
    (void)pthread_mutex_unlock(&registry->list_lock);
    return rc;
}

static void
leave(struct lmdb_session *session, struct lmdb_registry *registry)
{
    (void)pthread_mutex_lock(&registry->list_lock);
    struct lmdb_session **at = &registry->list;
    while (*at != session)
        at = &(*at)->next;
    *at = session->next;
    if (session->txn != NULL)
        mdb_txn_abort(session->txn);
    (void)pthread_mutex_unlock(&registry->list_lock);
}

void
lmdb_sessions_stop(struct lmdb_registry *registry)
{
    (void)pthread_mutex_lock(&registry->list_lock);
    for (struct lmdb_session *at = registry->list; at != NULL; at = at->next) {
        (void)pthread_mutex_lock(&at->busy);
        if (at->txn != NULL)
            mdb_txn_abort(at->txn);
        at->txn = NULL;
    }
}

void
lmdb_sessions_go_on(struct lmdb_registry *registry)
{
    for (struct lmdb_session *at = registry->list; at != NULL; at = at->next)
        (void)pthread_mutex_unlock(&at->busy);
    (void)pthread_mutex_unlock(&registry->list_lock);
}

MDB_env *
session_hold(struct lmdb_session *session)
{
    (void)pthread_mutex_lock(&session->busy);
    MDB_env *env = session->registry->env;
    if (env == NULL)
        (void)pthread_mutex_unlock(&session->busy);
    return env;
}

void
session_let_go(struct lmdb_session *session)
{
    (void)pthread_mutex_unlock(&session->busy);
}

static enum err
begin(struct lmdb_session *session, struct lmdb_registry *registry, struct fault *fault)
{
    session->registry = registry;
    if (lmdb_cond_init(&session->answered) != ERR_OK)
        return fault_set(fault, ERR_UNAVAILABLE, "%s: no condition variable", registry->path);
    if (pthread_mutex_init(&session->busy, NULL) != 0) {
        (void)pthread_cond_destroy(&session->answered);
        return fault_set(fault, ERR_UNAVAILABLE, "%s: no lock", registry->path);
    }
    int rc = enter(session, registry);
    codec_init(&session->codec, registry->record_key);
    if (rc == 0)
        return ERR_OK;
    (void)pthread_cond_destroy(&session->answered);
    (void)pthread_mutex_destroy(&session->busy);
    return lmdb_fault(fault, registry->path, rc);
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
    leave(closing, closing->registry);
    (void)pthread_cond_destroy(&closing->answered);
    (void)pthread_mutex_destroy(&closing->busy);
    codec_wipe(&closing->codec);
    atomic_fetch_sub(&closing->registry->sessions, 1);
    free(closing);
}

enum err
view_begin(struct view *view, struct lmdb_session *session)
{
    *view = (struct view){NULL, session->registry->tables, &session->codec, 0, session};
    (void)pthread_mutex_lock(&session->busy);
    if (renew(session) != 0) {
        (void)pthread_mutex_unlock(&session->busy);
        return ERR_UNAVAILABLE;
    }
    view->txn = session->txn;
    return ERR_OK;
}

void
view_end(struct view *view)
{
    if (view->txn == NULL)
        return;
    mdb_txn_reset(view->txn);
    view->txn = NULL;
    (void)pthread_mutex_unlock(&view->session->busy);
}
