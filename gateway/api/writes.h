/* SPDX-License-Identifier: Apache-2.0 */
/* What every writing handler shares: the operation of a request, and its repeat. */
#ifndef ASSAY_API_WRITES_H
#define ASSAY_API_WRITES_H

#include "gateway/api/app.h"

/* The operation of a request, or of its row `row` when it carries many: the id comes from
 * Idempotency-Key (1-64 visible ASCII characters), the caller's credential and the row, or is
 * random without the header; the digest from method, path, query and body (of the row). The same
 * key with another body is refused by the registry as ERR_EXISTS; answer that with 422
 * `idempotency_key_reused`. False: the header breaks its grammar, the response holds the problem.
 */
bool operation_of(struct operation *out, const struct worker *worker, const struct request *request,
                  uint64_t row, struct slice row_body, struct response *response) MUST_CHECK;

/* A request with this Idempotency-Key is under way in this process: 409 `in_progress`. Ends with
 * operation_end. Without the header always true. Thread-safe. */
bool operation_begin(const struct worker *worker, const struct operation *operation,
                     const struct request *request, struct response *response) MUST_CHECK;
void operation_end(const struct worker *worker, const struct operation *operation,
                   const struct request *request);

/* What a write came to whose outcome was ERR_UNKNOWN: looks for the operation. Other results stay
 * as they are. */
enum err operation_settle(struct registry_session *session, const struct operation *operation,
                          enum err result) MUST_CHECK;

/* Was the operation committed before? With ERR_OK *repeated says so; ERR_EXISTS: its key was used
 * for something else. Without the header nothing is a repeat. */
enum err operation_repeated(const struct worker *worker, const struct operation *operation,
                            const struct request *request, bool *repeated) MUST_CHECK;

/* The problem for what the registry answered to a write, with the current version as ETag on a
 * conflict: `"<version>"`. */
void write_problem(struct response *response, enum err err, const struct unit *current);

/* If-Match: `"<version>"` or `"<version>-…"`, see etag.h; *given false without the header. False: broken, response holds 400. */
bool if_match(const struct request *request, bool *given, uint64_t *version,
              struct response *response) MUST_CHECK;

#endif
