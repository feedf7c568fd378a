/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/auth.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { BEARER_MAX = APIKEY_CHARS };
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

static void
become(struct caller *caller, const struct credential *credential)
{
    caller->role = credential->role;
    memcpy(caller->id, credential->id, sizeof caller->id);
    memcpy(caller->organisation, credential->organisation, sizeof caller->organisation);
    caller->location_count = credential->location_count;
    memcpy(caller->locations, credential->locations, sizeof caller->locations);
}

/* For the list of credentials: a key that nobody uses any more should be revoked. Who loses the
 * race, or a write that fails, leaves it to the next request. */
static void
note_use(struct worker *worker, struct credential *credential, int64_t now)
{
    struct operation operation = {.at = now, .role = credential->role, .note = "used"};
    civil_day today = date_of(now, 0);
    if (credential->used_on == today)
        return;
    credential->used_on = today;
    randombytes_buf(operation.id, sizeof operation.id);
    memcpy(operation.actor, credential->organisation, sizeof operation.actor);
    enum err err = registry_put_credential(worker->session, credential, &operation, NULL);
    (void)err;
}

/* ERR_DENIED: it is good for nothing. */
static enum err
look_up(struct worker *worker, const char *key, int64_t now)
{
    char id[APIKEY_ID_CHARS + 1];
    uint8_t seal[SEAL_BYTES];
    struct credential credential;
    if (!apikey_parse(id, key, strlen(key)))
        return ERR_DENIED;
    if (worker->session == NULL)
        return ERR_UNAVAILABLE;
    enum err err = registry_get_credential(worker->session, id, &credential);
    if (err == ERR_NOT_FOUND)
        return ERR_DENIED;
    if (err != ERR_OK)
        return err;
    apikey_seal(seal, worker->app->secrets->claim_key, key);
    if (!credential_admits(&credential, seal, now))
        return ERR_DENIED;
    become(&worker->caller, &credential);
    note_use(worker, &credential, now);
    return ERR_OK;
}

static enum err
identify(struct worker *worker, const struct request *request)
{
    char token[BEARER_MAX + 1];
    enum err err = ERR_OK;
    memset(&worker->caller, 0, sizeof worker->caller);
    if (request->authorization.len == 0) {
        worker->caller.role = ROLE_PUBLIC;
        return ERR_OK;
    }
    if (!bearer(token, request))
        return ERR_DENIED;
    if (owner_secret_valid(token, strlen(token)))
        worker->caller.role = ROLE_OWNER;
    else
        err = look_up(worker, token, request->now);
    sodium_memzero(token, sizeof token);
    return err;
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
    if (worker->caller.role == ROLE_PUBLIC)
        return refuse_401(response, "", "This address needs a key: Authorization: Bearer KEY");
    return refuse_role(response, worker->caller.role);
}

bool
caller_owns(const struct worker *worker, const struct request *request, const struct unit *unit)
{
    char secret[BEARER_MAX + 1];
    uint8_t seal[SEAL_BYTES];
    if (worker->caller.role != ROLE_OWNER || !bearer(secret, request) ||
        sodium_is_zero(unit->owner, sizeof unit->owner))
        return false;
    owner_seal(seal, worker->app->secrets->claim_key, secret);
    sodium_memzero(secret, sizeof secret);
    return seal_equal(seal, unit->owner);
}
