/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/session.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/known.h"
#include "gateway/api/limits.h"
#include "gateway/api/session_cookie.h"

/* ---- who ---- */

static int64_t
sooner(int64_t end, int64_t other)
{
    return other != 0 && other < end ? other : end;
}

/* When the session ends at the latest: its own limit, or that of its credential or key. */
static int64_t
end_of(const struct session *session, const struct credential *credential)
{
    int64_t end = sooner(session->made_at + SESSION_ABSOLUTE_SECONDS, credential->expires_at);
    for (size_t i = 0; i < CREDENTIAL_SECRETS; i++)
        if (seal_equal(credential->secrets[i].seal, session->key))
            end = sooner(end, credential->secrets[i].expires_at);
    return end;
}

static void
remember(struct worker *worker, const struct session *session, const struct credential *credential)
{
    struct signed_in *in = &worker->signed_in;
    uint8_t csrf[SEAL_BYTES];
    *in = (struct signed_in){.is = true, .session = *session};
    in->ends_at = end_of(session, credential);
    csrf_seal(csrf, worker->app->secrets->claim_key, session->seal);
    (void)sodium_bin2hex(in->csrf, sizeof in->csrf, csrf, sizeof csrf);
    (void)snprintf(in->name, sizeof in->name, "%s", credential->name);
}

static enum err
denied_if_absent(enum err err)
{
    return err == ERR_NOT_FOUND ? ERR_DENIED : err;
}

static enum err
find_session(struct worker *worker, const struct request *request, struct session *out)
{
    char token[SESSION_TOKEN_CHARS + 1];
    char id[APIKEY_ID_CHARS + 1];
    uint8_t seal[SEAL_BYTES];
    if (!session_cookie_read(token, id, worker->app->config, request))
        return ERR_DENIED;
    if (worker->session == NULL)
        return ERR_UNAVAILABLE;
    session_seal(seal, worker->app->secrets->claim_key, token);
    sodium_memzero(token, sizeof token);
    return denied_if_absent(registry_get_session(worker->session, id, seal, out));
}

/* ERR_DENIED: somebody signed it out at this very moment. A write that fails for another reason
 * leaves it to the next request. */
static enum err
touch(struct worker *worker, struct session *session, int64_t now)
{
    struct session seen = *session;
    if (!session_stale(session, now))
        return ERR_OK;
    seen.seen_at = now;
    enum err err = registry_put_session(worker->session, &seen, now);
    if (err == ERR_OK)
        *session = seen;
    return err == ERR_NOT_FOUND ? ERR_DENIED : ERR_OK;
}

enum err
session_identify(struct worker *worker, const struct request *request)
{
    struct session session;
    struct credential credential;
    int64_t now = request->now;
    enum err err = find_session(worker, request, &session);
    if (err != ERR_OK)
        return err;
    if (!session_live(&session, now))
        return ERR_DENIED;
    err = registry_get_credential(worker->session, session.credential, &credential);
    if (err != ERR_OK)
        return denied_if_absent(err);
    if (!credential_admits(&credential, session.key, now))
        return ERR_DENIED;
    err = touch(worker, &session, now);
    if (err != ERR_OK)
        return err;
    known_become(worker, &credential, now);
    remember(worker, &session, &credential);
    return ERR_OK;
}

/* ---- forged requests ---- */

/* What a form can send, without a script (HTML, form submission: enctype). */
static bool
is_form(const struct request *request)
{
    static const char *const types[] = {"application/x-www-form-urlencoded", "multipart/form-data",
                                        "text/plain"};
    struct slice type = request->content_type;
    type = slice_trim(slice_take_until(&type, ';'));
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (slice_equal_nocase(type, types[i]))
            return true;
    return false;
}

static bool
carries_csrf(const struct worker *worker, const struct request *request)
{
    char csrf[CSRF_CHARS + 1];
    return query_value(csrf, sizeof csrf, request->body, "csrf") && strlen(csrf) == CSRF_CHARS &&
           sodium_memcmp(csrf, worker->signed_in.csrf, CSRF_CHARS) == 0;
}

void
session_forged(struct response *response)
{
    response_problem(response, 403, "forged", "Not sent from this site",
                     "This was not sent from a page that you have open here; load the page again "
                     "and repeat it",
                     NULL);
}

bool
session_trusts(const struct worker *worker, const struct request *request)
{
    if (request->method == METHOD_GET || request->method == METHOD_HEAD)
        return true;
    return request_is_ours(worker->app->config, request) &&
           (!is_form(request) || carries_csrf(worker, request));
}

/* ---- signing in ---- */

static enum err
count_wrong(struct worker *worker, int64_t now, struct response *response)
{
    int64_t wait = 0;
    if (limits_take_key(worker->app->limits, now, &wait))
        return ERR_DENIED;
    response_header(response, "Retry-After", "%lld", (long long)wait);
    return ERR_BUSY;
}

/* The session that this browser had until now. It would end by itself: no reason to fail. */
static void
end_former(struct worker *worker, const struct request *request)
{
    struct session former;
    if (find_session(worker, request, &former) != ERR_OK)
        return;
    enum err err = registry_end_sessions(worker->session, former.credential, former.seal);
    (void)err;
}

static enum err
begin(struct worker *worker, const struct request *request, struct session *session,
      struct response *response)
{
    char token[SESSION_TOKEN_CHARS + 1];
    uint8_t bytes[BEARER_SECRET_CHARS];
    randombytes_buf(bytes, sizeof bytes);
    session_token_format(token, session->credential, bytes);
    session_seal(session->seal, worker->app->secrets->claim_key, token);
    enum err err = registry_put_session(worker->session, session, request->now);
    if (err == ERR_OK) {
        end_former(worker, request);
        session_cookie_put(response, worker->app->config, token);
    }
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(token, sizeof token);
    return err;
}

enum err
session_open(struct worker *worker, const struct request *request, const char *key,
             struct response *response)
{
    struct credential credential;
    struct session session = {.made_at = request->now, .seen_at = request->now};
    enum err err = known_by_key(worker, key, request->now, &credential, session.key);
    if (err == ERR_DENIED)
        return count_wrong(worker, request->now, response);
    if (err != ERR_OK)
        return err;
    memcpy(session.credential, credential.id, sizeof session.credential);
    err = begin(worker, request, &session, response);
    if (err != ERR_OK)
        return err == ERR_DENIED ? ERR_UNAVAILABLE : err; /* read-only; the key was right */
    known_become(worker, &credential, request->now);
    remember(worker, &session, &credential);
    return ERR_OK;
}

/* ---- signing out ---- */

enum err
session_end(struct worker *worker, bool everywhere, struct response *response)
{
    const uint8_t *seal = everywhere ? NULL : worker->signed_in.session.seal;
    enum err err = registry_end_sessions(worker->session, worker->caller.id, seal);
    if (err != ERR_OK)
        return err;
    worker->signed_in = (struct signed_in){.is = false};
    session_cookie_clear(response, worker->app->config);
    /* Not "cookies", which would sign out of every host of the domain, nor "storage", where the
     * return desk keeps what it could not send yet. */
    response_header(response, "Clear-Site-Data", "\"cache\"");
    return ERR_OK;
}

void
session_clear_over(const struct worker *worker, struct response *response)
{
    bool leads_on = response->status == 303 || response->status == 401;
    bool shared = false; /* a cache may give it to somebody else */
    bool full = response->header_count == RESPONSE_HEADERS_MAX;
    for (size_t i = 0; i < response->header_count; i++) {
        const struct response_header *header = &response->headers[i];
        if (strcmp(header->name, "Set-Cookie") == 0)
            return;
        shared = shared || (strcmp(header->name, "Cache-Control") == 0 &&
                            strcmp(header->value, "no-store") != 0);
    }
    if (worker->signed_in.over && !leads_on && !shared && !full)
        session_cookie_clear(response, worker->app->config);
}
