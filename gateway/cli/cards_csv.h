/* SPDX-License-Identifier: Apache-2.0 */
/* RUN.cards.csv: gtin,serial,claim_code, one card a row, in the order of the labels. Secret. */
#ifndef ASSAY_CLI_CARDS_CSV_H
#define ASSAY_CLI_CARDS_CSV_H

#include <stdio.h>

#include "crypto/claim.h"
#include "gateway/base/err.h"
#include "gateway/identify/identity.h"

struct card_row {
    uint64_t number; /* of the card, from 1 */
    char gtin[GTIN_DIGITS + 1];
    char serial[GS1_VALUE_MAX + 1];
    char claim_code[CLAIM_CHARS + 1];
};

/* Returning an error ends the reading. The row is wiped afterwards. */
typedef enum err card_take(const struct card_row *row, void *context, struct fault *fault);

/* ERR_INVALID "PATH:LINE: …" for a missing heading, a broken row, a GTIN, a serial or a claim code
 * that is none; the fault never holds the claim code. Rows before it were given. */
enum err cards_csv_read(FILE *file, const char *path, card_take *take, void *context,
                        struct fault *fault) MUST_CHECK;

#endif
