/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP edge: CivetWeb outside (server.c alone includes it), the route table inside. */
#ifndef ASSAY_HTTP_HTTP_H
#define ASSAY_HTTP_HTTP_H

#include "gateway/api/app.h"

struct route {
    unsigned methods; /* set of enum method; HEAD comes with GET */
    const char
        *pattern;    /* "/v1/verify"; "{}" is one segment; the label paths have their own rows */
    size_t body_max; /* 0: takes no body */
    handler *handle;
};

extern const struct route http_routes[]; /* ends with a NULL pattern; in routes.c */

/* Finds the row and calls its handler; 404, 405 with Allow, 413, 415 are answered here. */
void http_dispatch(struct worker *worker, const struct request *request, struct response *response);

struct http_server; /* opaque */

/* Listens on app->config->address:port with config->workers threads. ERR_BUSY: the port is taken;
 * ERR_DENIED: a port below 1024 without the right. */
enum err http_start(const struct app *app, struct http_server **out,
                    struct fault *fault) MUST_CHECK;
/* Stops taking connections, lets running requests end, frees. */
void http_stop(struct http_server *server);

#endif
