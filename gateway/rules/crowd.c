/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/crowd.h"

static size_t
cell_of(uint64_t hash, size_t row)
{
    return (size_t)(hash >> (16 * row)) % CROWD_CELLS;
}

int64_t
crowd_wait(const struct crowd *crowd, uint64_t hash, const struct bucket_rate *rate, int64_t now)
{
    int64_t shortest = INT64_MAX;
    for (size_t row = 0; row < CROWD_ROWS; row++) {
        struct bucket bucket = {
            atomic_load_explicit(&crowd->cells[row][cell_of(hash, row)], memory_order_relaxed)};
        int64_t wait = bucket_wait(&bucket, rate, now);
        shortest = wait < shortest ? wait : shortest;
    }
    return shortest;
}

static bool
take_from(atomic_int_least64_t *cell, const struct bucket_rate *rate, int64_t now)
{
    int_least64_t seen = atomic_load_explicit(cell, memory_order_relaxed);
    for (;;) {
        struct bucket bucket = {seen};
        if (!bucket_take(&bucket, rate, now))
            return false;
        if (atomic_compare_exchange_weak_explicit(cell, &seen, bucket.full_at, memory_order_relaxed,
                                                  memory_order_relaxed))
            return true;
    }
}

unsigned
crowd_take(struct crowd *crowd, uint64_t hash, const struct bucket_rate *rate, int64_t now)
{
    unsigned rows = 0;
    for (unsigned row = 0; row < CROWD_ROWS; row++)
        if (take_from(&crowd->cells[row][cell_of(hash, row)], rate, now))
            rows |= 1U << row;
    return rows;
}

void
crowd_give_back(struct crowd *crowd, uint64_t hash, const struct bucket_rate *rate, unsigned rows)
{
    for (unsigned row = 0; row < CROWD_ROWS; row++)
        if ((rows & 1U << row) != 0)
            (void)atomic_fetch_sub_explicit(&crowd->cells[row][cell_of(hash, row)], rate->interval,
                                            memory_order_relaxed);
}
