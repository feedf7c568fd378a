/* SPDX-License-Identifier: Apache-2.0 */
/* A token bucket in one number (the generic cell rate algorithm, ITU-T I.371 Annex A): when the
 * bucket will be full again. Pure; the clock is an argument, in microseconds since any moment. */
#ifndef ASSAY_RULES_BUCKET_H
#define ASSAY_RULES_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/err.h"

#define BUCKET_SECOND INT64_C(1000000)

/* A zeroed bucket is full. */
struct bucket {
    int64_t full_at;
};

struct bucket_rate {
    int64_t interval; /* in which one token comes back; above 0 */
    int64_t size;     /* tokens in a full bucket; above 0 */
};

/* How long until there is a token; 0: there is one. A clock that was set back by more than a bucket
 * takes to fill finds it full. */
int64_t bucket_wait(struct bucket *bucket, const struct bucket_rate *rate, int64_t now);
/* Takes a token. False, and nothing is taken, when there is none. */
bool bucket_take(struct bucket *bucket, const struct bucket_rate *rate, int64_t now) MUST_CHECK;
/* Puts back one that was taken. A bucket does not run over. */
void bucket_give_back(struct bucket *bucket, const struct bucket_rate *rate);

#endif
