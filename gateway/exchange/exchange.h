/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTP request and its response, as handlers see them: data only, nothing of the server. */
#ifndef ASSAY_EXCHANGE_EXCHANGE_H
#define ASSAY_EXCHANGE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"
#include "gateway/base/text.h"

/* Of what is done with before or after the rest of a request: inlined, its variables would lie on
 * the stack all the while, and of stacks there is one a connection. */
#define OFF_THE_STACK __attribute__((noinline))

enum method {
    METHOD_GET = 1,
    METHOD_HEAD = 2,
    METHOD_POST = 4,
    METHOD_PUT = 8,
    METHOD_DELETE = 16
};

enum { PATH_SEGMENTS_MAX = 8, RESPONSE_HEADERS_MAX = 8 };

/* Who asks, as far as the edge knows. Never stored, never logged. */
struct client {
    uint8_t address[16]; /* IPv6, or IPv4 as ::ffff:a.b.c.d; all zero: unknown */
    char country[3];     /* ISO 3166-1 alpha-2, or XK; "": unknown */
};

/* A body that is not held in memory (body.h). Belongs to whoever made the request. */
struct body_stream {
    enum err (*pull)(void *context, char *out, size_t max, size_t *got);
    void *context;
    uint64_t length;
};

/* Slices live as long as the request. Header slices are empty when the header is absent. */
struct request {
    enum method method;
    struct slice path;  /* raw: still percent-encoded */
    struct slice query; /* raw, without '?' */
    size_t segment_count;
    struct slice segments[PATH_SEGMENTS_MAX]; /* of the path, split on '/', still percent-encoded */
    struct slice accept, accept_language, content_type, authorization;
    struct slice idempotency_key, if_match, if_none_match;
    struct slice cookie, origin, fetch_site; /* Cookie, Origin, Sec-Fetch-Site */
    struct slice body;                /* whole, within the route's limit; empty beside a stream */
    const struct body_stream *stream; /* of a route that takes more than memory; else NULL */
    struct client client;
    int64_t now; /* Unix seconds when it arrived */
};

struct response_header {
    const char *name;
    char value[1024]; /* a Link with every filter of a list */
};

struct response {
    int status;               /* 200 until set */
    const char *content_type; /* a literal; NULL until set */
    struct text body;
    struct slice lasting; /* when not empty, the body instead: bytes of the program, not copied */
    size_t header_count;
    struct response_header headers[RESPONSE_HEADERS_MAX];
    char detail[FAULT_TEXT_MAX]; /* of a problem: for the page that a browser gets instead */
};

/* 200 and nothing else; the body keeps its memory. */
void response_reset(struct response *response);

/* Adds a header; one that does not fit, or holds a control character, is dropped and makes the
 * response a 500. */
void response_header(struct response *response, const char *name, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Does the client rather have `text/html` than JSON? RFC 9110 §12.5.1 with q-values; a program that
 * sends no Accept, or only a wildcard, gets JSON. */
bool request_wants_html(const struct request *request);

/* Does the client ask for `text/csv` by name, and not rather for JSON or HTML? */
bool request_wants_csv(const struct request *request);

/* The one of `tags` ("en", "de", …; NULL ends) that ?lang= names (RFC 4647 §3.4); NULL: none. */
const char *request_language_asked(const struct request *request, const char *const *tags);

/* The one that ?lang= names, or else the best for Accept-Language (RFC 9110 §12.5.4, lookup of
 * RFC 4647 §3.4); `tags[0]` when nothing matches. */
const char *request_language(const struct request *request, const char *const *tags);

/* The address of this request without its ?lang=, ready for one more parameter: "/check?code=x&".
 */
void request_here(struct text *out, const struct request *request);

/* The decoded value of a query parameter, or of a field of a form that was sent as
 * application/x-www-form-urlencoded: then `query` is the body. False when it is
 * absent, given twice, broken or does not fit. */
bool query_value(char *out, size_t out_size, struct slice query, const char *name) MUST_CHECK;
/* A field that a person may leave empty, without blanks at both ends: "" when it is absent. False,
 * with "": it is given twice, broken or does not fit. `out` has room for at least a NUL. */
bool form_value(char *out, size_t out_size, struct slice pairs, const char *name) MUST_CHECK;

/* Fills in segment_count and segments from the path; what is beyond PATH_SEGMENTS_MAX is left out.
 */
void request_split(struct request *request);

/* The value of a cookie (RFC 6265 §5.4), as it was sent. False when it is absent, there twice, or
 * does not fit. */
bool request_cookie(char *out, size_t out_size, const struct request *request,
                    const char *name) MUST_CHECK;
/* Is there one, or more than one? */
bool request_has_cookie(const struct request *request, const char *name);

/* The decoded value of one segment of a path (RFC 3986 §2.1). False when it is broken, holds a NUL,
 * is not UTF-8 or does not fit. */
bool segment_value(char *out, size_t out_size, struct slice segment) MUST_CHECK;

/* RFC 9457 problem details. `code` is stable; `detail` is for a person; `pointer` may be NULL. */
void response_problem(struct response *response, int status, const char *code, const char *title,
                      const char *detail, const char *pointer);
/* The same from a fault, with the status and code of its error. */
void response_fault(struct response *response, const struct fault *fault);

#endif
