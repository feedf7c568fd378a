/* SPDX-License-Identifier: Apache-2.0 */
/* What this process was asked and how it answered, since it started: for /metrics. Thread-safe,
 * without locks; nothing of a request but its route and its status. */
#ifndef ASSAY_API_METER_H
#define ASSAY_API_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/err.h"

enum { METER_CLASSES = 5 }; /* 1xx to 5xx */

struct meter; /* opaque */

/* For `routes` routes, numbered from 0; number `routes` is what led to none. ERR_MEMORY. */
enum err meter_open(struct meter **out, size_t routes, struct fault *fault) MUST_CHECK;
void meter_close(struct meter *meter); /* NULL is allowed, here and below */

/* A request is being answered, and is answered. */
void meter_begin(struct meter *meter);
void meter_end(struct meter *meter);
void meter_count(struct meter *meter, size_t route, int status);

/* `class` is 0 for 1xx. */
uint64_t meter_requests(const struct meter *meter, size_t route, size_t class);
uint64_t meter_busy(const struct meter *meter);

/* The gateway takes no new work from now on. */
void meter_stop(struct meter *meter);
bool meter_stopping(const struct meter *meter);

#endif
