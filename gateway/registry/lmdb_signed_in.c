/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of browsers. A credential has few of them, so each call looks at all. */
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

enum { DELETED_AT_ONCE = 64 };

static struct span
prefix_of(const char *credential)
{
    return (struct span){(const uint8_t *)credential, APIKEY_ID_CHARS};
}

enum err
lmdb_get_session(struct registry_session *session, const char *credential,
                 const uint8_t seal[static SEAL_BYTES], struct session *out)
{
    AUTO_VIEW view;
    struct record_key key;
    struct span value;
    key_session(&key, credential, seal);
    enum err err = view_begin(&view, session_of(session));
    if (err == ERR_OK)
        err = view_find(&view, TABLE_SESSIONS, &key, &value);
    return err == ERR_OK ? session_decode(view.codec, key_span(&key), value, out) : err;
}

enum err
lmdb_count_sessions(struct registry_session *session, const char *credential, int64_t now,
                    size_t *count)
{
    AUTO_VIEW view;
    struct session found;
    const struct record_key beginning = {.len = 0};
    enum err err = view_begin(&view, session_of(session));
    if (err != ERR_OK)
        return err;
    AUTO_SCAN scan;
    err = scan_begin(&scan, &view, TABLE_SESSIONS, prefix_of(credential), &beginning);
    while (err == ERR_OK && (err = scan_next(&scan)) == ERR_OK) {
        err = session_decode(view.codec, scan.key, scan.value, &found);
        *count += err == ERR_OK && session_live(&found, now);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- opening one, and writing that it was seen ---- */

struct session_call {
    const struct session *wanted;
    int64_t now;
};

/* What is there of the credential. */
struct others {
    bool found; /* the one that is wanted */
    struct session stored;
    size_t live; /* besides the one that is wanted */
    struct session idle_longest;
    size_t swept;
    struct record_key over[DELETED_AT_ONCE];
};

static bool
idle_longer(const struct session *a, const struct session *b)
{
    return a->seen_at != b->seen_at ? a->seen_at < b->seen_at : a->made_at < b->made_at;
}

/* A damaged one is over: it must not keep its owner from signing in. */
static void
look_at(struct others *others, const struct scan *scan, const struct session_call *call)
{
    struct session session;
    bool sound = session_decode(scan->view->codec, scan->key, scan->value, &session) == ERR_OK;
    if (!sound || !session_live(&session, call->now)) {
        if (others->swept < DELETED_AT_ONCE)
            key_bytes(&others->over[others->swept++], scan->key.data, scan->key.len);
        return;
    }
    if (seal_equal(session.seal, call->wanted->seal)) {
        others->found = true;
        others->stored = session;
        return;
    }
    if (others->live == 0 || idle_longer(&session, &others->idle_longest))
        others->idle_longest = session;
    others->live++;
}

static enum err
look_at_all(struct view *view, const struct session_call *call, struct others *others)
{
    const struct record_key beginning = {.len = 0};
    AUTO_SCAN scan;
    enum err err =
        scan_begin(&scan, view, TABLE_SESSIONS, prefix_of(call->wanted->credential), &beginning);
    while (err == ERR_OK && (err = scan_next(&scan)) == ERR_OK)
        look_at(others, &scan, call);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
sweep(struct view *view, const struct others *others, bool makes_room)
{
    enum err err = ERR_OK;
    for (size_t i = 0; i < others->swept && err == ERR_OK; i++)
        err = view_delete(view, TABLE_SESSIONS, &others->over[i]);
    if (err != ERR_OK || !makes_room)
        return err;
    struct record_key key;
    key_session(&key, others->idle_longest.credential, others->idle_longest.seal);
    return view_delete(view, TABLE_SESSIONS, &key);
}

/* One that was signed out in the meantime is not brought back by a request that saw it before. */
static enum err
run_put(struct view *view, struct lmdb_request *request)
{
    const struct session_call *call = request->call;
    struct others others = {.found = false};
    struct record record;
    struct session next = *call->wanted;
    enum err err = look_at_all(view, call, &others);
    if (err != ERR_OK)
        return err;
    bool opens = next.seen_at == next.made_at;
    if (!opens && !others.found)
        return ERR_NOT_FOUND;
    if (others.found) {
        next = others.stored;
        if (next.seen_at < call->wanted->seen_at)
            next.seen_at = call->wanted->seen_at;
    }
    err = sweep(view, &others, !others.found && others.live >= SESSIONS_PER_CREDENTIAL);
    if (err == ERR_OK)
        err =
            view_put(view, TABLE_SESSIONS, session_encode(view->codec, &next, &record), &record, 0);
    request->wrote = err == ERR_OK;
    return err;
}

enum err
lmdb_put_session(struct registry_session *session, const struct session *what, int64_t now)
{
    const struct session_call call = {what, now};
    struct lmdb_request request = {.run = run_put, .call = &call, .weight = 1};
    return lmdb_submit(session_of(session), &request);
}

/* ---- signing out ---- */

struct end_call {
    const char *credential;
    const uint8_t *seal; /* NULL: all */
};

/* Up to DELETED_AT_ONCE keys; no cursor stays open while records are deleted. */
static enum err
collect(struct view *view, const char *credential, struct record_key *keys, size_t *count)
{
    const struct record_key beginning = {.len = 0};
    *count = 0;
    AUTO_SCAN scan;
    enum err err = scan_begin(&scan, view, TABLE_SESSIONS, prefix_of(credential), &beginning);
    while (err == ERR_OK && *count < DELETED_AT_ONCE && (err = scan_next(&scan)) == ERR_OK)
        key_bytes(&keys[(*count)++], scan.key.data, scan.key.len);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
end_all(struct view *view, const char *credential, bool *wrote)
{
    struct record_key keys[DELETED_AT_ONCE];
    size_t count = DELETED_AT_ONCE;
    enum err err = ERR_OK;
    while (err == ERR_OK && count == DELETED_AT_ONCE) {
        err = collect(view, credential, keys, &count);
        for (size_t i = 0; i < count && err == ERR_OK; i++)
            err = view_delete(view, TABLE_SESSIONS, &keys[i]);
        *wrote = *wrote || count > 0;
    }
    return err;
}

static enum err
run_end(struct view *view, struct lmdb_request *request)
{
    const struct end_call *call = request->call;
    struct record_key key;
    struct span there;
    if (call->seal == NULL)
        return end_all(view, call->credential, &request->wrote);
    key_session(&key, call->credential, call->seal);
    enum err err = view_find(view, TABLE_SESSIONS, &key, &there);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    err = view_delete(view, TABLE_SESSIONS, &key);
    request->wrote = err == ERR_OK;
    return err;
}

enum err
lmdb_end_sessions(struct registry_session *session, const char *credential, const uint8_t *seal)
{
    const struct end_call call = {credential, seal};
    struct lmdb_request request = {
        .run = run_end, .call = &call, .weight = SESSIONS_PER_CREDENTIAL};
    return lmdb_submit(session_of(session), &request);
}
