/* SPDX-License-Identifier: Apache-2.0 */
/* Keysets for the tests of this room. */
#ifndef ASSAY_TESTS_KEYS_SAMPLE_H
#define ASSAY_TESTS_KEYS_SAMPLE_H

#include "keys/keyset.h"

/* A good, active entry named key-N with keys of its own: 2026 to 2031, GTIN prefix 0950600. */
void sample_entry(struct keyset_entry *out, unsigned n);

/* A keyset of `count` such entries with this version; free() it. */
struct keyset *sample_keyset(uint64_t version, unsigned count);

/* The same as the text of a file; text_free() it. */
void sample_text(struct text *out, uint64_t version, unsigned count);

#endif
