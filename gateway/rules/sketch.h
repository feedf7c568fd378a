/* SPDX-License-Identifier: Apache-2.0 */
/* How many distinct things were there, in 32 bytes: HyperLogLog (Flajolet, Fusy, Gandouet, Meunier
 * 2007) with 64 registers of 4 bits. Pure. */
#ifndef ASSAY_RULES_SKETCH_H
#define ASSAY_RULES_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/err.h"

enum { SKETCH_BYTES = 32 };

/* `hash` is uniform. False when the sketch stays as it was. */
bool sketch_add(uint8_t sketch[static SKETCH_BYTES], uint64_t hash) MUST_CHECK;
/* Up to 160 by counting empty registers, which errs by about 10 %; beyond, a standard error of
 * 1.04 / sqrt(64) = 13 %. Full at about two million. */
uint64_t sketch_count(const uint8_t sketch[static SKETCH_BYTES]);

#endif
