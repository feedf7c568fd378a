/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP edge: CivetWeb outside (server.c alone includes it), the route table inside. */
#ifndef ASSAY_HTTP_HTTP_H
#define ASSAY_HTTP_HTTP_H

#include "gateway/api/app.h"

struct route {
    unsigned methods; /* set of enum method; HEAD comes with GET */
    /* Segments between slashes: a word is itself, "{}" any one segment that is not empty, "{*}" at
     * the end all that follow, at least one. */
    const char *pattern;
    unsigned roles;        /* set of enum role that may use it; staff routes leave public out */
    size_t body_max;       /* 0: takes no body */
    const char *body_type; /* media type of the body; NULL when it takes none */
    handler *handle;
};

extern const struct route http_routes[]; /* ends with a NULL pattern; in routes.c */

/* 0 for a method that no route takes. */
enum method http_method(const char *name);

/* The row of `routes` for a request whose body is not read yet. NULL: `response` holds the problem,
 * 404, or 405 with Allow. */
const struct route *http_find(const struct route *routes, const struct request *request,
                              struct response *response);

/* Answers a whole request: 415 here, everything else by the route's handler. */
void http_answer(struct worker *worker, const struct route *route, const struct request *request,
                 struct response *response);

/* Turns a problem into a page when the client is a browser, and an answer that could not be written
 * into a 500. The last step before sending. */
void http_finish(struct worker *worker, const struct request *request, struct response *response);

struct http_server; /* opaque */

/* Listens on app->config->address:port with config->workers threads. ERR_BUSY: the port is taken;
 * ERR_DENIED: a port below 1024 without the right; ERR_INVALID: not an address of this machine. */
enum err http_start(const struct app *app, struct http_server **out,
                    struct fault *fault) MUST_CHECK;
/* Stops taking connections, lets running requests end, frees. Takes up to three seconds. */
void http_stop(struct http_server *server);

#endif
