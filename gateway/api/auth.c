/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/auth.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/known.h"
#include "gateway/api/session.h"
#include "gateway/api/session_cookie.h"

enum { BEARER_MAX = APIKEY_CHARS, LOCATION_MAX_BYTES = 1000 };
_Static_assert((int)OWNER_SECRET_CHARS <= (int)BEARER_MAX, "an owner secret fits");

/* ---- problems ---- */

static bool
refuse_401(struct response *response, const char *error, const char *detail)
{
    response_problem(response, 401, "unauthorized", "Who are you?", detail, NULL);
    response_header(response, "WWW-Authenticate", "Bearer realm=\"assay\"%s", error);
    return false;
}

/* The same words whatever is wrong with a key: who tries keys learns nothing. */
static bool
refuse_key(struct response *response)
{
    return refuse_401(response, ", error=\"invalid_token\"",
                      "This key is not known, or it expired or was revoked");
}

static bool
refuse_role(struct response *response, enum role role)
{
    char detail[120];
    (void)snprintf(detail, sizeof detail, "This address is not for the role %s", role_name(role));
    response_problem(response, 403, "denied", "Not allowed", detail, NULL);
    response_header(response, "WWW-Authenticate",
                    "Bearer realm=\"assay\", error=\"insufficient_scope\"");
    return false;
}

static bool
refuse_unasked(struct response *response)
{
    response_problem(response, 503, "unavailable", "Cannot answer now",
                     "The key could not be looked up; try again", NULL);
    return false;
}

/* Is it a person who looks for a page of staff? Programs ask below /v1/. */
static bool
is_page(const struct request *request)
{
    return !slice_starts(request->path, "/v1/") && request_wants_html(request);
}

/* Brought back afterwards, to what can be asked for again; a form is lost, and that is told. */
static bool
send_to_sign_in(const struct request *request, struct response *response)
{
    struct text next;
    text_init(&next, LOCATION_MAX_BYTES);
    text_put(&next, "?next=");
    text_percent(&next, request->path);
    text_percent(&next, slice_of(request->query.len > 0 ? "?" : ""));
    text_percent(&next, request->query);
    bool again = request->method == METHOD_GET || request->method == METHOD_HEAD;
    response->status = 303;
    response->content_type = "text/plain; charset=utf-8";
    const char *after = slice_equal(request->path, "/sign-out") ? "" : "?sent=yes";
    if (again)
        after = text_ok(&next) ? next.data : "";
    response_header(response, "Location", "/sign-in%s", after);
    text_put(&response->body, "Sign in first: /sign-in\n");
    text_free(&next);
    return false;
}

/* ---- who ---- */

/* "Bearer TOKEN" (RFC 6750 §2.1; the scheme in any case). False when it is not of that form or too
 * long to be a key. */
static bool
bearer(char out[static BEARER_MAX + 1], const struct request *request)
{
    struct slice rest = request->authorization;
    struct slice scheme = slice_take_until(&rest, ' ');
    return slice_equal_nocase(scheme, "Bearer") &&
           slice_copy(out, BEARER_MAX + 1, slice_trim(rest));
}

static enum err
by_api_key(struct worker *worker, const char *key, int64_t now)
{
    uint8_t seal[SEAL_BYTES];
    struct credential credential;
    enum err err = known_by_key(worker, key, now, &credential, seal);
    if (err == ERR_OK)
        known_become(worker, &credential, now);
    return err;
}

static enum err
by_key(struct worker *worker, const struct request *request)
{
    char token[BEARER_MAX + 1];
    enum err err = ERR_OK;
    if (!bearer(token, request))
        return ERR_DENIED;
    if (owner_secret_valid(token, strlen(token)))
        worker->caller.role = ROLE_OWNER;
    else
        err = by_api_key(worker, token, request->now);
    sodium_memzero(token, sizeof token);
    return err;
}

/* A cookie that is no good any more makes nobody of its bearer, and is told to go. */
static enum err
by_cookie(struct worker *worker, const struct request *request)
{
    worker->caller.role = ROLE_PUBLIC;
    if (request->cookie.len == 0 || !session_cookie_sent(worker->app->config, request))
        return ERR_OK;
    enum err err = session_identify(worker, request);
    if (err != ERR_DENIED)
        return err;
    worker->signed_in.over = true;
    return ERR_OK;
}

static enum err
identify(struct worker *worker, const struct request *request)
{
    memset(&worker->caller, 0, sizeof worker->caller);
    memset(&worker->signed_in, 0, sizeof worker->signed_in);
    return request->authorization.len == 0 ? by_cookie(worker, request) : by_key(worker, request);
}

bool
authenticate(struct worker *worker, const struct request *request, unsigned roles,
             struct response *response)
{
    enum err err = identify(worker, request);
    if (err == ERR_DENIED)
        return refuse_key(response);
    if (err != ERR_OK)
        return refuse_unasked(response);
    if ((roles & (unsigned)worker->caller.role) != 0)
        return true;
    if (worker->caller.role != ROLE_PUBLIC)
        return refuse_role(response, worker->caller.role);
    if (is_page(request))
        return send_to_sign_in(request, response);
    return refuse_401(response, "",
                      worker->signed_in.over
                          ? "You were signed out: sign in again"
                          : "This address needs a key: Authorization: Bearer KEY");
}

bool
authorise(struct worker *worker, const struct request *request, unsigned roles,
          struct response *response)
{
    if (!worker->signed_in.is || session_trusts(worker, request))
        return true;
    if ((roles & ROLE_PUBLIC) == 0) {
        session_forged(response);
        return false;
    }
    memset(&worker->caller, 0, sizeof worker->caller);
    memset(&worker->signed_in, 0, sizeof worker->signed_in);
    worker->caller.role = ROLE_PUBLIC;
    return true;
}

bool
caller_owns(const struct worker *worker, const struct request *request, const struct unit *unit)
{
    char secret[BEARER_MAX + 1];
    uint8_t seal[SEAL_BYTES];
    if (worker->caller.role != ROLE_OWNER || !bearer(secret, request))
        return false;
    owner_seal(seal, worker->app->secrets->claim_key, secret);
    sodium_memzero(secret, sizeof secret);
    return seal_equal(seal, unit->owner) && !seal_is_none(unit->owner);
}

enum err
caller_view_own(struct worker *worker, const struct request *request, const struct unit_key *key,
                bool *own)
{
    struct unit_view *view = &worker->view;
    *own = false;
    if (worker->session == NULL)
        return ERR_UNAVAILABLE;
    enum err err = registry_get(worker->session, key, &view->unit);
    if (err != ERR_OK)
        memset(&view->unit, 0, sizeof view->unit);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    if (!caller_owns(worker, request, &view->unit))
        return ERR_OK;
    err = registry_view(worker->session, key, view);
    *own = err == ERR_OK && view->has_unit && caller_owns(worker, request, &view->unit);
    return err;
}
