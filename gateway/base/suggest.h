/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean …": the candidate that is nearest to a word somebody typed. */
#ifndef ASSAY_BASE_SUGGEST_H
#define ASSAY_BASE_SUGGEST_H

#include <stddef.h>

#include "gateway/base/err.h"

struct suggestion {
    const char *word;
    const char *best; /* NULL: none is near */
    size_t distance;
};
void suggest_begin(struct suggestion *s, const char *word);
void suggest_offer(struct suggestion *s, const char *candidate);
/* "; did you mean X?" or "", for the end of a sentence. */
void suggest_text(char out[static FAULT_TEXT_MAX], const struct suggestion *s, const char *dashes);

/* Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment) from one
 * word to another; words are read up to 31 bytes. */
size_t edit_distance(const char *a, const char *b);

#endif
