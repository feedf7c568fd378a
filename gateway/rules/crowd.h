/* SPDX-License-Identifier: Apache-2.0 */
/* Token buckets for a crowd that nobody can count, in fixed memory: whoever it is shares a bucket
 * with others by a hash. Thread-safe, without locks; the clock is an argument, in microseconds.
 *
 * Each has a bucket in every row and is refused only when all of them are empty, so who uses up his
 * own seldom takes from another: with n strangers who do, an honest one is refused with
 * (n / CROWD_CELLS)^CROWD_ROWS: by 1,000 in 1 of 4,300 cases, by 10,000 in 1 of 43. The hash has to
 * be keyed, so that nobody can choose with whom he shares. */
#ifndef ASSAY_RULES_CROWD_H
#define ASSAY_RULES_CROWD_H

#include <stdatomic.h>
#include <stddef.h>

#include "gateway/rules/bucket.h"

enum { CROWD_ROWS = 2, CROWD_CELLS = 65536 };

/* 1 MiB. Zeroed, all buckets are full. */
struct crowd {
    atomic_int_least64_t cells[CROWD_ROWS][CROWD_CELLS];
};

/* How long until there is a token for this one; 0: there is one. */
int64_t crowd_wait(const struct crowd *crowd, uint64_t hash, const struct bucket_rate *rate,
                   int64_t now);
/* Takes a token, from every row that has one: the rows, as bits. 0: there is none, and nothing is
 * taken. */
unsigned crowd_take(struct crowd *crowd, uint64_t hash, const struct bucket_rate *rate,
                    int64_t now) MUST_CHECK;
/* Puts back what was taken from these rows. */
void crowd_give_back(struct crowd *crowd, uint64_t hash, const struct bucket_rate *rate,
                     unsigned rows);

#endif
