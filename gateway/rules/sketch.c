/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/sketch.h"

#include <math.h>

enum { REGISTERS = 2 * SKETCH_BYTES, INDEX_BITS = 6, REGISTER_MAX = 15 };

static unsigned
get(const uint8_t *sketch, unsigned i)
{
    return (sketch[i / 2] >> (4 * (i % 2))) & REGISTER_MAX;
}

/* The place of the first set bit after those of the index. */
static unsigned
rank_of(uint64_t hash)
{
    unsigned rank = 1;
    for (uint64_t bits = hash << INDEX_BITS; rank < REGISTER_MAX && bits >> 63 == 0; bits <<= 1)
        rank++;
    return rank;
}

bool
sketch_add(uint8_t sketch[static SKETCH_BYTES], uint64_t hash)
{
    unsigned i = (unsigned)(hash >> (64 - INDEX_BITS)), rank = rank_of(hash);
    if (rank <= get(sketch, i))
        return false;
    unsigned other = sketch[i / 2] & (i % 2 == 0 ? 0xf0U : 0x0fU);
    sketch[i / 2] = (uint8_t)(other | rank << (4 * (i % 2)));
    return true;
}

uint64_t
sketch_count(const uint8_t sketch[static SKETCH_BYTES])
{
    double sum = 0;
    unsigned empty = 0;
    for (unsigned i = 0; i < REGISTERS; i++) {
        sum += 1.0 / (double)(1U << get(sketch, i));
        empty += get(sketch, i) == 0;
    }
    double estimate = 0.709 * REGISTERS * REGISTERS / sum;
    if (estimate <= 2.5 * REGISTERS && empty > 0)
        estimate = REGISTERS * log((double)REGISTERS / empty);
    return (uint64_t)(estimate + 0.5);
}
