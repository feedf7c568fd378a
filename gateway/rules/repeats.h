/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows of a batch are about a unit that an earlier row was about. Units are compared by GTIN
 * and serial, however they were spelled. */
#ifndef ASSAY_RULES_REPEATS_H
#define ASSAY_RULES_REPEATS_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/identify/identity.h"

enum { REPEATS_KEY_BYTES = 16 };

struct repeats; /* opaque */

/* Room for `rows` rows, at least 1. `key` is random, so that nobody can choose serials which all
 * fall together. ERR_MEMORY. */
enum err repeats_open(struct repeats **out, size_t rows,
                      const uint8_t key[static REPEATS_KEY_BYTES]) MUST_CHECK;
void repeats_close(struct repeats *repeats); /* NULL is allowed */

/* The first row that was about this unit: `row` itself when there was none before, when the
 * identity names no unit, because its GTIN is missing, and when there is no room. */
size_t repeats_first(struct repeats *repeats, const struct identity *id, size_t row);

#endif
