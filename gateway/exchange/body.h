/* SPDX-License-Identifier: Apache-2.0 */
/* The body of a request, piece by piece, from memory or from wherever it arrives. */
#ifndef ASSAY_EXCHANGE_BODY_H
#define ASSAY_EXCHANGE_BODY_H

#include "gateway/exchange/exchange.h"

/* On a handler's stack; the request outlives it. One reader for each request. */
struct body_reader {
    const struct request *request;
    size_t taken; /* of a body in memory */
};

struct body_reader body_read(const struct request *request);

/* Bytes in all. */
uint64_t body_length(const struct request *request);

/* The next bytes, `max` (above 0) of them or as many as there are; *got 0: that was all.
 * ERR_UNAVAILABLE: the rest did not arrive, or not in time, and will not: whatever the handler
 * answers is replaced by a 408. What was taken is then not the body, and nothing may be made of it.
 */
enum err body_pull(struct body_reader *reader, char *out, size_t max, size_t *got) MUST_CHECK;

#endif
