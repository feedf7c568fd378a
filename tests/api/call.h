/* SPDX-License-Identifier: Apache-2.0 */
/* A request of somebody with a role, as the server hands it to a handler. */
#ifndef ASSAY_TESTS_API_CALL_H
#define ASSAY_TESTS_API_CALL_H

#include "tests/api/gateway.h"

/* NULL leaves a header or part out. A time of 0 is NOW. */
struct call {
    handler *handle;
    enum method method;
    const char *path, *query, *body;
    const char *idempotency_key, *if_match;
    enum role role; /* 0: an operator */
    int64_t now;
};
#define GETTING(which, of, asking)                                                                 \
    (&(struct call){.handle = (which), .method = METHOD_GET, .path = (of), .query = (asking)})

/* The answer is g->response; its body is NUL-terminated. */
void call(struct gateway *g, const struct call *call);

/* Calls, and fails the test unless the answer has this status and, if not NULL, this `code` of a
 * problem. */
struct expected {
    const char *label;
    int status;
    const char *code;
};
void call_expecting(struct gateway *g, const struct call *call, const struct expected *expected);

#endif
