/* SPDX-License-Identifier: Apache-2.0 */
/* What issuing hands to others: three CSV files (RFC 4180, UTF-8, LF or CRLF).
 *
 * RUN.labels.csv    url,gtin,lot,serial                  what the printer gets
 * RUN.cards.csv     gtin,serial,claim_code               0600; the card inside the box
 * RUN.manifest.csv  gtin,variant,lot,serial,made_on,expires_on,claim_code,token      0600
 *                   #manifest,1,KID,ROWS,SIGNATURE        last line
 *
 * The signature (hex) covers BLAKE2b-256 of every byte before the last line, in the context
 * assay/manifest/v1, by the key's manifest key: one check vouches for every row. Without the last
 * line the list is unsigned, and every label in it is verified by itself. */
#ifndef ASSAY_MANIFEST_MANIFEST_H
#define ASSAY_MANIFEST_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "crypto/claim.h"
#include "gateway/base/date.h"
#include "gateway/base/err.h"
#include "gateway/identify/identity.h"
#include "keys/keyset.h"

enum { MANIFEST_LINE_MAX = 512, MANIFEST_DIGEST_BYTES = 32 };

struct manifest_row {
    uint64_t line; /* in the file, from 1 */
    struct identity id;
    civil_day made_on, expires_on;
    char claim_code[CLAIM_CHARS + 1]; /* "" when the run has none */
    struct token token;
};

struct manifest_seal {
    bool present;
    uint8_t kid[KID_BYTES];
    uint64_t rows;
    uint8_t signature[SIGNATURE_BYTES];
    uint8_t digest[MANIFEST_DIGEST_BYTES]; /* of the rows as read */
};

/* First pass: reads the whole file, its last line and its digest, and checks its outer form.
 * ERR_INVALID with file and line; ERR_NOT_FOUND; ERR_DENIED. */
enum err manifest_scan(FILE *file, const char *path, struct manifest_seal *seal,
                       struct fault *fault) MUST_CHECK;

/* Second pass: calls `row` for every row, in order, or `refused` with the line and the reason for
 * one that breaks the grammar; both return ERR_OK to go on. */
struct manifest_visitor {
    enum err (*row)(const struct manifest_row *row, void *context, struct fault *fault);
    enum err (*refused)(uint64_t line, const struct fault *why, void *context);
    void *context;
};
enum err manifest_rows(FILE *file, const char *path, const struct manifest_visitor *visitor,
                       struct fault *fault) MUST_CHECK;

/* Does a trusted, active key vouch for it? *signer is set when ERR_OK. ERR_DENIED says why not. */
enum err manifest_verify(const struct manifest_seal *seal, const struct keyset *keyset,
                         const struct keyset_entry **signer, struct fault *fault) MUST_CHECK;

void manifest_header(struct text *out);
void manifest_row_format(struct text *out, const struct manifest_row *row);
void manifest_seal_format(struct text *out, const struct manifest_seal *seal);

#endif
