/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP edge: CivetWeb outside (server.c alone includes it), the route table inside. */
#ifndef ASSAY_HTTP_HTTP_H
#define ASSAY_HTTP_HTTP_H

#include "gateway/api/app.h"

/* Who may use a route: sets of enum role. What each of them is answered is for the handler, and
 * what each may do to a unit for the rules of event.h. */
enum {
    ROLES_STAFF =
        ROLE_SERVICE | ROLE_RETAILER | ROLE_ISSUER | ROLE_OPERATOR | ROLE_AUDITOR | ROLE_ADMIN,
    ROLES_ANYBODY = ROLE_PUBLIC | ROLE_OWNER | ROLES_STAFF,
    ROLES_ACTING = ROLE_OWNER | ROLE_SERVICE | ROLE_RETAILER | ROLE_OPERATOR, /* make events */
    ROLES_CATALOGUE = ROLE_OPERATOR,                 /* change products, lots and recalls */
    ROLES_EVERYTHING = ROLE_OPERATOR | ROLE_AUDITOR, /* read what only the operator sees */
    ROLES_RUNNING = ROLES_EVERYTHING | ROLE_ADMIN,   /* look after the gateway itself */
    ROLES_REGISTERING = ROLE_PUBLIC | ROLE_SERVICE | ROLE_RETAILER, /* a unit for its owner */
    ROLES_ISSUING = ROLE_ISSUER | ROLE_OPERATOR
};

/* Bytes of a body. The public's is never longer than BODY_PUBLIC_MAX, whatever the route takes. A
 * route that takes more than BODY_MAX is given a stream (body.h) instead of memory. */
enum {
    BODY_PUBLIC_MAX = 8 * 1024,
    BODY_MAX = 16 * 1024 * 1024,
    BODY_STREAM_MAX = 1024 * 1024 * 1024
};

struct route {
    unsigned methods; /* set of enum method; HEAD comes with GET */
    /* Segments between slashes: a word is itself, "{}" any one segment that is not empty, "{*}" at
     * the end all that follow, at least one. */
    const char *pattern;
    unsigned roles;        /* that may use it: one of the sets above */
    size_t body_max;       /* 0: takes no body; at most BODY_STREAM_MAX */
    const char *body_type; /* media types that it takes, with commas between; NULL: no body */
    handler *handle;
};

extern const struct route http_routes[]; /* ends with a NULL pattern; in routes.c */
size_t http_route_count(void);           /* without that end */
/* GET /livez: the process answers; /readyz: 503 and the reason when the registry cannot be read or
 * written to, the disk is full, or it is stopping; /metrics: OpenMetrics text. In admin.c, likewise
 * ended. */
extern const struct route http_admin_routes[];

/* 0 for a method that no route takes. */
enum method http_method(const char *name);

/* The row of `routes` for a request whose body is not read yet. NULL: `response` holds the problem,
 * 404, or 405 with Allow. */
const struct route *http_find(const struct route *routes, const struct request *request,
                              struct response *response);

/* May this caller send this request, whose body has `length` bytes and is not read yet? Sets
 * worker->caller. False: `response` holds the problem, which says nothing of any record: 401, 403
 * or 503 of authenticate (auth.h), 413, 415; 429 with Retry-After when this is more than the caller
 * may ask for (shed.h), for a verdict as api_rate_limited has it. With a `route` of NULL the
 * response has to hold the problem of http_find, and only the limits are looked at. */
bool http_admit(struct worker *worker, const struct route *route, const struct request *request,
                uint64_t length, struct response *response) MUST_CHECK OFF_THE_STACK;

/* Does its handler take the body as a stream? */
bool http_streams(const struct route *route);

/* Answers a whole request that was admitted, by the route's handler. */
void http_answer(struct worker *worker, const struct route *route, const struct request *request,
                 struct response *response);

/* Answers a request that a page's handler makes for worker->caller, who is not authenticated again:
 * the routes, roles and limits are those from outside. Never a page: a problem stays one. */
handler http_ask;

/* Turns a problem into a page when the client is a browser, and an answer that could not be written
 * into a 500. The last step before sending. */
void http_finish(struct worker *worker, const struct request *request,
                 struct response *response) OFF_THE_STACK;

struct http_server; /* opaque */

/* Listens on app->config->address:port with config->workers threads. ERR_BUSY: the port is taken;
 * ERR_DENIED: a port below 1024 without the right; ERR_INVALID: not an address of this machine. */
enum err http_start(const struct app *app, struct http_server **out,
                    struct fault *fault) MUST_CHECK;
/* Listens on app->config->admin_address:admin_port for the admin routes and no others, with
 * ADMIN_WORKERS threads of its own, so that it answers when all workers are busy. *out is NULL when
 * admin_port is 0. Errors as above. */
enum { ADMIN_WORKERS = 2 };
enum err http_start_admin(const struct app *app, struct http_server **out,
                          struct fault *fault) MUST_CHECK;
/* Stops taking connections, lets running requests end, frees. Takes up to three seconds. */
void http_stop(struct http_server *server); /* NULL is allowed */

#endif
