/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/card_text.h"

#include <stdio.h>
#include <string.h>

#include "crypto/claim.h"

enum { GROUP = CLAIM_CHARS / 2 };

static enum err
encode(char out[static CARD_TEXT_MAX], const char *what, const char *text, card_encode *to,
       struct fault *fault)
{
    if (to(out, text))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID,
                     "%s \"%.80s\" is too long or has characters that this printer's fonts lack: "
                     "say it with --title and --sentence in Latin letters",
                     what, text);
}

enum err
card_text_make(struct card_text *out, const struct card *card, card_encode *to, struct fault *fault)
{
    enum err err = encode(out->parts[CARD_TITLE], "the product's name", card->title, to, fault);
    if (err == ERR_OK)
        err = encode(out->parts[CARD_HEADING], "the heading", card->heading, to, fault);
    if (err == ERR_OK)
        err = encode(out->parts[CARD_SENTENCE], "the sentence", card->sentence, to, fault);
    if (err == ERR_OK && strlen(card->claim_code) != CLAIM_CHARS)
        err = fault_set(fault, ERR_INVALID, "serial %.20s: a claim code has %d characters",
                        card->serial, CLAIM_CHARS);
    if (err != ERR_OK)
        return err;
    (void)snprintf(out->parts[CARD_SERIAL], CARD_TEXT_MAX, "S/N %s", card->serial);
    (void)snprintf(out->parts[CARD_CODE], CARD_TEXT_MAX, "%.*s-%s", GROUP, card->claim_code,
                   card->claim_code + GROUP);
    return ERR_OK;
}
