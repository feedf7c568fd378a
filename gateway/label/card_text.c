/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/card_text.h"

#include <stdio.h>
#include <string.h>

#include "crypto/claim.h"

enum { GROUP = CLAIM_CHARS / 2 };

static const char *const names[CARD_PARTS] = {
    [CARD_TITLE] = "the product's name", [CARD_SERIAL] = "the serial",
    [CARD_HEADING] = "the heading",      [CARD_CODE] = "the claim code",
    [CARD_SENTENCE] = "the sentence",
};

static enum err
take(char out[static CARD_TEXT_MAX], const char *what, const char *text, struct fault *fault)
{
    if (!slice_utf8(slice_of(text)))
        return fault_set(fault, ERR_INVALID, "%s is not UTF-8", what);
    if (slice_copy(out, CARD_TEXT_MAX, slice_of(text)))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "%s is longer than %d bytes", what, CARD_TEXT_MAX - 1);
}

static enum err
take_all(struct card_text *out, const struct card *card, struct fault *fault)
{
    enum err err = take(out->parts[CARD_TITLE], names[CARD_TITLE], card->title, fault);
    if (err == ERR_OK)
        err = take(out->parts[CARD_HEADING], names[CARD_HEADING], card->heading, fault);
    if (err == ERR_OK)
        err = take(out->parts[CARD_SENTENCE], names[CARD_SENTENCE], card->sentence, fault);
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

enum err
card_text_make(struct card_text *out, const struct card *card, card_check *check, void *context,
               struct fault *fault)
{
    enum err err = take_all(out, card, fault);
    for (enum card_part part = 0; err == ERR_OK && part < CARD_PARTS; part++)
        err = check(context, part, names[part], slice_of(out->parts[part]), fault);
    return err;
}
