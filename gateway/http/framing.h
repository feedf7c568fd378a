/* SPDX-License-Identifier: Apache-2.0 */
/* Where does this request end? A head that two readers could understand differently is refused:
 * a proxy in front and the server must never disagree (RFC 9112 §6.3, §11.2). */
#ifndef ASSAY_HTTP_FRAMING_H
#define ASSAY_HTTP_FRAMING_H

#include "gateway/exchange/exchange.h"

enum { HEADER_FIELDS_MAX = 64, TARGET_MAX = 8000 /* bytes, RFC 9112 §3 */ };

struct header_field {
    const char *name;
    const char *value;
};

/* The words of the request line, as CivetWeb cuts them out of it. */
struct start_line {
    const char *method;
    const char *target;  /* up to the query */
    const char *query;   /* NULL: none */
    const char *version; /* after "HTTP/" */
};

struct head {
    struct start_line start;
    const struct header_field *fields; /* in the order they came, repeated names included */
    size_t count;
    bool http_1_1; /* else 1.0 */
};

/* The value of the first field with this name; empty when there is none. */
struct slice head_value(const struct head *head, const char *name);
/* The same when there is exactly one; else empty. */
struct slice head_only_value(const struct head *head, const char *name);

/* The fields that handlers see, into `request`. */
void head_copy(struct request *request, const struct head *head);

/* Were the fields cut out of a head that was exactly NAME ":" blanks VALUE CR LF for each, with
 * nothing left over? CivetWeb cuts in place and is lax: it drops what comes after the 64th field or
 * a folded line, takes a lone LF for a line end and drops blanks before the colon. What it cut off
 * it overwrote with NUL, which shows. */
bool head_is_exact(const struct head *head);

/* Is the request line METHOD SP TARGET SP VERSION and two bytes of white space, which ought to be
 * CR LF and are overwritten by now, the target a path or an address of this Host (RFC 9112 §3.2),
 * of at most TARGET_MAX bytes, without a fragment, and without a segment "." or "..", however it is
 * written? Who removes those segments and who does not see two addresses. False: `response` holds
 * the problem, 400 or 414. In start_line.c. */
bool head_start_is_exact(const struct head *head, struct response *response) MUST_CHECK;

/* The length of the body, of a head that is exact in every line and asks for nothing that is not
 * given: Upgrade, Transfer-Encoding, an Expect other than 100-continue. False: `response` holds the
 * problem, nothing is known about where the next request begins, and the connection has to be
 * closed. */
bool head_body_length(const struct head *head, uint64_t *length,
                      struct response *response) MUST_CHECK;

/* The problem of a head that CivetWeb could not read, from its own status: 505, else 400. */
void head_unreadable(int status, struct response *response);

/* Does the client wait for word before it sends the body (RFC 9110 §10.1.1)? */
bool head_expects_continue(const struct head *head);

/* Does the client want the connection closed after this answer? Always so with HTTP/1.0. */
bool head_wants_close(const struct head *head);

#endif
