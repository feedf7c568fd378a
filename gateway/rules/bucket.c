/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/bucket.h"

/* Never lacks more than it holds: then the clock was set back, and nobody knows how much is
 * missing. Written back, so that it fills from where the clock is now. */
static void
settle(struct bucket *bucket, const struct bucket_rate *rate, int64_t now)
{
    if (bucket->full_at < now || bucket->full_at > now + rate->size * rate->interval)
        bucket->full_at = now;
}

int64_t
bucket_wait(struct bucket *bucket, const struct bucket_rate *rate, int64_t now)
{
    settle(bucket, rate, now);
    int64_t wait = bucket->full_at - now - (rate->size - 1) * rate->interval;
    return wait > 0 ? wait : 0;
}

bool
bucket_take(struct bucket *bucket, const struct bucket_rate *rate, int64_t now)
{
    if (bucket_wait(bucket, rate, now) > 0)
        return false;
    bucket->full_at += rate->interval;
    return true;
}

void
bucket_give_back(struct bucket *bucket, const struct bucket_rate *rate)
{
    bucket->full_at -= rate->interval;
}
