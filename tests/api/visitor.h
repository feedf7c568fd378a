/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody with a browser, as the server sees a request: who it is found to be, before and after
 * the body, and what a handler answers then. */
#ifndef ASSAY_TESTS_API_VISITOR_H
#define ASSAY_TESTS_API_VISITOR_H

#include "gateway/api/session.h"
#include "tests/api/gateway.h"

/* NULL leaves a header out; a method of 0 is GET, a time of 0 is NOW, roles of 0 are all of them
 * but the public. */
struct visit {
    enum method method;
    const char *path, *query, *body, *content_type;
    const char *cookie, *authorization, *origin, *fetch_site, *accept;
    unsigned roles;
    int64_t now;
    handler *handle; /* NULL: is only let in */
};
/* 200 when the visitor was let in and nothing was handled; the caller is g->worker.caller. */
int visit(struct gateway *g, const struct visit *visit);

/* A gateway with limits, and a clean-up that knows them. */
int visitor_set_up(void **state);
int visitor_tear_down(void **state);

enum { KEY_TEXT = APIKEY_CHARS + 1, COOKIE_TEXT = 64 };
/* A credential of a role of "Tool Shop", made at NOW; it expires then, 0 is never. */
struct credential credential_made(struct gateway *g, enum role role, int64_t expires_at,
                                  char key[static KEY_TEXT]);
/* Writes it as it is. */
void credential_stored(struct gateway *g, struct credential *credential);
/* Signs in at `now`, and gives the cookie as a browser sends it. The answer is g->response. */
void sign_in(struct gateway *g, const char *key, int64_t now, char cookie[static COOKIE_TEXT]);
/* Tries to; gives the status. */
int try_sign_in(struct gateway *g, const char *key, int64_t now);

/* The role that a visitor with this cookie has at `now`, on an address that is for everybody. */
enum role role_with(struct gateway *g, const char *cookie, int64_t now);

#endif
