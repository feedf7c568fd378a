/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/auth.h"
#include "gateway/api/limits.h"
#include "gateway/records/access.h"
#include "tests/api/visitor.h"

enum { STAFF = 0xFFF & ~(ROLE_PUBLIC | ROLE_OWNER) };

int
visitor_set_up(void **state)
{
    if (gateway_set_up(state) != 0)
        return -1;
    struct gateway *g = *state;
    assert_int_equal(limits_open(&g->app.limits, NULL), ERR_OK);
    return 0;
}

int
visitor_tear_down(void **state)
{
    struct gateway *g = *state;
    limits_close(g->app.limits);
    return gateway_tear_down(state);
}

int
visit(struct gateway *g, const struct visit *visit)
{
    struct request request = {.method = visit->method == 0 ? METHOD_GET : visit->method,
                              .path = slice_of(visit->path == NULL ? "/v1/units" : visit->path),
                              .query = slice_of(visit->query),
                              .accept = slice_of(visit->accept),
                              .content_type = slice_of(visit->content_type),
                              .authorization = slice_of(visit->authorization),
                              .cookie = slice_of(visit->cookie),
                              .origin = slice_of(visit->origin),
                              .fetch_site = slice_of(visit->fetch_site),
                              .body = slice_of(visit->body),
                              .now = visit->now == 0 ? NOW : visit->now};
    unsigned roles = visit->roles == 0 ? STAFF : visit->roles;
    text_reset(&g->response.body);
    g->response.status = 200;
    g->response.content_type = NULL;
    g->response.header_count = 0;
    if (authenticate(&g->worker, &request, roles, &g->response) &&
        authorise(&g->worker, &request, roles, &g->response) && visit->handle != NULL)
        visit->handle(&g->worker, &request, &g->response);
    assert_true(text_ok(&g->response.body));
    return g->response.status;
}

/* ---- credentials ---- */

struct credential
credential_made(struct gateway *g, enum role role, int64_t expires_at, char key[static KEY_TEXT])
{
    struct credential credential = {.role = role, .expires_at = expires_at, .used_on = CIVIL_NONE};
    strcpy(credential.name, "till 3");
    strcpy(credential.organisation, "Tool Shop");
    credential.location_count = 1;
    strcpy(credential.locations[0], "shop-7");
    assert_int_equal(credential_make(&credential, g->secrets.claim_key, NOW, key, NULL), ERR_OK);
    credential_stored(g, &credential);
    return credential;
}

/* Reading it marks it as used, which is a version more. */
void
credential_stored(struct gateway *g, struct credential *credential)
{
    struct credential stored;
    struct operation operation = {.at = NOW, .role = ROLE_ADMIN};
    randombytes_buf(operation.id, sizeof operation.id);
    strcpy(operation.actor, "Example Brand");
    if (registry_get_credential(g->worker.session, credential->id, &stored) == ERR_OK)
        credential->version = stored.version;
    assert_int_equal(registry_put_credential(g->worker.session, credential, &operation, NULL),
                     ERR_OK);
}

/* ---- signing in ---- */

int
try_sign_in(struct gateway *g, const char *key, int64_t now)
{
    char body[200];
    (void)snprintf(body, sizeof body, "{\"key\":\"%s\"}", key);
    return visit(g, &(struct visit){.method = METHOD_POST,
                                    .path = "/v1/session",
                                    .body = body,
                                    .content_type = "application/json",
                                    .roles = STAFF | ROLE_PUBLIC,
                                    .now = now,
                                    .handle = api_session_open});
}

void
sign_in(struct gateway *g, const char *key, int64_t now, char cookie[static COOKIE_TEXT])
{
    assert_int_equal(try_sign_in(g, key, now), 201);
    struct slice set = slice_of(answer_header(g, "Set-Cookie"));
    assert_true(slice_copy(cookie, COOKIE_TEXT, slice_take_until(&set, ';')));
}

enum role
role_with(struct gateway *g, const char *cookie, int64_t now)
{
    const struct visit any = {.cookie = cookie, .roles = STAFF | ROLE_PUBLIC, .now = now};
    assert_int_equal(visit(g, &any), 200);
    return g->worker.caller.role;
}
