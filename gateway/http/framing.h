/* SPDX-License-Identifier: Apache-2.0 */
/* Where does this request end? A head that two readers could understand differently is refused:
 * a proxy in front and the server must never disagree (RFC 9112 §6.3, §11.2). */
#ifndef ASSAY_HTTP_FRAMING_H
#define ASSAY_HTTP_FRAMING_H

#include "gateway/exchange/exchange.h"

enum { HEADER_FIELDS_MAX = 64 };

struct header_field {
    const char *name;
    const char *value;
};

struct head {
    const struct header_field *fields; /* in the order they came, repeated names included */
    size_t count;
    bool http_1_1; /* else 1.0 */
};

/* The value of the first field with this name; empty when there is none. */
struct slice head_value(const struct head *head, const char *name);
/* The same when there is exactly one; else empty. */
struct slice head_only_value(const struct head *head, const char *name);

/* Were the fields cut out of a head that was exactly NAME ":" blanks VALUE CR LF for each, with
 * nothing left over? CivetWeb cuts in place and is lax: it drops what comes after the 64th field or
 * a folded line, takes a lone LF for a line end and drops blanks before the colon. What it cut off
 * it overwrote with NUL, which shows. */
bool head_is_exact(const struct head *head);

/* The length of the body. False: `response` holds the problem, nothing is known about where the
 * next request begins, and the connection has to be closed. */
bool head_body_length(const struct head *head, uint64_t *length,
                      struct response *response) MUST_CHECK;

/* Does the client want the connection closed after this answer? Always so with HTTP/1.0. */
bool head_wants_close(const struct head *head);

#endif
