/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a card as they are printed. */
#ifndef ASSAY_LABEL_CARD_TEXT_H
#define ASSAY_LABEL_CARD_TEXT_H

#include "gateway/label/card.h"
#include "gateway/label/layout.h"

enum { CARD_TEXT_MAX = 512 };

struct card_text {
    char parts[CARD_PARTS][CARD_TEXT_MAX]; /* UTF-8 */
};

/* Whoever draws a part can draw this: `text` is UTF-8, `what` calls it in a fault. */
typedef enum err card_check(void *context, enum card_part part, const char *what, struct slice text,
                            struct fault *fault);

/* ERR_INVALID names the text that cannot be printed. The caller wipes `out`. */
enum err card_text_make(struct card_text *out, const struct card *card, card_check *check,
                        void *context, struct fault *fault) MUST_CHECK;

#endif
