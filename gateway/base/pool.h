/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that share out one batch of work at a time, while the caller goes on with something else.
 * Used by one thread. */
#ifndef ASSAY_BASE_POOL_H
#define ASSAY_BASE_POOL_H

#include <stddef.h>

#include "gateway/base/err.h"

enum { POOL_THREADS_MAX = 256 };

struct pool; /* opaque */
typedef void pool_work(void *context, size_t index);

/* 0 threads: as many as there are cores. ERR_UNAVAILABLE when no thread can be had, ERR_MEMORY. */
enum err pool_open(unsigned threads, struct pool **out, struct fault *fault) MUST_CHECK;
/* Waits and ends the threads; NULL is allowed. */
void pool_close(struct pool *pool);

/* Calls work(context, i) once for each i < count, on any thread, in any order. Waits for the batch
 * before. What the caller wrote before is seen by `work`, and what `work` wrote is seen after
 * pool_wait. */
void pool_start(struct pool *pool, size_t count, pool_work *work, void *context);
void pool_wait(struct pool *pool);

#endif
