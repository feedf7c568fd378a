/* SPDX-License-Identifier: Apache-2.0 */
/* What a claim card says besides its code, in each language: section [card] of web/lang/XX.ini,
 * which is compiled in. */
#ifndef ASSAY_PAGES_CARD_WORDS_H
#define ASSAY_PAGES_CARD_WORDS_H

#include <stddef.h>

#include "gateway/base/err.h"

enum { CARD_LANGUAGE_MAX = 40, CARD_HEADING_MAX = 80, CARD_SENTENCE_MAX = 400 };

/* UTF-8 */
struct card_words {
    char language[CARD_LANGUAGE_MAX + 1]; /* as its readers call it: "Deutsch" */
    char heading[CARD_HEADING_MAX + 1];   /* above the claim code */
    char sentence[CARD_SENTENCE_MAX + 1]; /* what to do with it */
};

/* The tag of the n-th language, from 0; the first is "en". NULL when there are no more. `room` is
 * where it is put. */
enum { CARD_TAG_MAX = 15 };
const char *card_language(char room[static CARD_TAG_MAX + 1], size_t n);

/* ERR_NOT_FOUND, which names those that there are, ERR_CORRUPT, ERR_MEMORY. */
enum err card_words_read(struct card_words *out, const char *tag, struct fault *fault) MUST_CHECK;

#endif
