/* SPDX-License-Identifier: Apache-2.0 */
/* A body as it comes in from a socket, before a deadline of its own. The library below waits a
 * fresh timeout for each byte, so that who sends a byte at a time would keep a worker for ever. */
#ifndef ASSAY_HTTP_INFLOW_H
#define ASSAY_HTTP_INFLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/exchange/exchange.h"

/* Where the bytes come from. */
struct inflow_source {
    /* Waits for exactly `max` bytes; fewer: no more come, or not in time. As mg_read. */
    int (*read)(void *connection, char *out, size_t max);
    void *connection;
    int64_t (*now_ms)(void); /* monotonic */
};

/* What is asked of the sender. A read asks for `piece` bytes, so a deadline may be passed by as
 * many of the library's timeouts: 1 for who is not known. Twice as many each time as long as they
 * come quickly, up to `piece_max`: who sends fast and then drips keeps a worker for no longer than
 * who is as slow as `rate` allows. */
struct inflow_terms {
    size_t piece, piece_max;
    int64_t grace_ms; /* for all of a body without bytes */
    uint64_t rate;    /* bytes a second that earn more time; 0: none do */
    /* Is time earned by bytes that arrived, so that at no moment the average is below the rate? Or
     * by those that were announced? */
    bool steady;
};

/* What is asked of staff, who are known by name, and of everybody else. `timeout_ms` is that of the
 * configuration; `streams`: its handler takes the body as a stream. */
struct inflow_terms inflow_terms(bool staff, bool streams, uint64_t timeout_ms);

struct inflow {
    struct inflow_source source;
    struct inflow_terms terms;
    uint64_t length, left; /* left: not read yet */
    size_t piece;
    int64_t started_ms, read_ms; /* began; the last bytes came */
    bool broken;                 /* it did not arrive in time, and is not read any further */
};

void inflow_begin(struct inflow *inflow, const struct inflow_source *source,
                  const struct inflow_terms *terms, uint64_t length);
/* `max` bytes, or as many as are left; *got 0: that was all. ERR_UNAVAILABLE: broken. */
enum err inflow_pull(struct inflow *inflow, char *out, size_t max, size_t *got) MUST_CHECK;
/* The same for a handler; it lasts as long as the inflow does. */
struct body_stream inflow_stream(struct inflow *inflow);
/* All of it, behind what is in `out`. ERR_UNAVAILABLE: broken; ERR_TOO_LARGE: more than `out`
 * takes, or no memory for it. */
enum err inflow_read(struct inflow *inflow, struct text *out) MUST_CHECK;

#endif
