/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/label/sample.h"

#include <string.h>

/* Which modules are dark, one rule for every eighth of the rows. */
static bool
rule(unsigned part, unsigned x, unsigned y, unsigned noise)
{
    switch (part) {
    case 0:
        return true;
    case 1:
        return false;
    case 2:
        return x % 2 == 0;
    case 3:
        return y % 2 == 0;
    case 4:
        return x / 3 % 2 == 0;
    case 5:
        return x == y || x == 0;
    default:
        return (noise >> 16 & 1) != 0;
    }
}

void
sample_matrix(struct qr *out, unsigned size, unsigned seed)
{
    memset(out, 0, sizeof *out);
    out->size = size;
    for (unsigned y = 0; y < size; y++) {
        for (unsigned x = 0; x < size; x++) {
            seed = seed * 1103515245U + 12345U;
            out->dark[y * size + x] = rule(y * 8 / size, x, y, seed) ? 1 : 0;
        }
    }
}

bool
sample_dark(const struct qr *qr, unsigned x, unsigned y)
{
    return x < qr->size && y < qr->size && qr->dark[y * qr->size + x] != 0;
}
