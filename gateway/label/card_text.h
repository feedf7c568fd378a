/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a card as they are printed. */
#ifndef ASSAY_LABEL_CARD_TEXT_H
#define ASSAY_LABEL_CARD_TEXT_H

#include "gateway/label/card.h"
#include "gateway/label/layout.h"

enum { CARD_TEXT_MAX = 512 };

struct card_text {
    char parts[CARD_PARTS][CARD_TEXT_MAX];
};

/* In the encoding of whoever draws; false when it has no such character. */
typedef bool card_encode(char out[static CARD_TEXT_MAX], const char *utf8);

/* ERR_INVALID names the text that cannot be printed. The caller wipes `out`. */
enum err card_text_make(struct card_text *out, const struct card *card, card_encode *encode,
                        struct fault *fault) MUST_CHECK;

#endif
