/* SPDX-License-Identifier: Apache-2.0 */
/* What issuing hands to others: three CSV files (RFC 4180, UTF-8, LF or CRLF, a row a line).
 *
 * RUN.labels.csv    url,gtin,lot,serial                  what the printer gets
 * RUN.cards.csv     gtin,serial,claim_code               0600; the card inside the box
 * RUN.manifest.csv  gtin,variant,lot,serial,made_on,expires_on,claim_code,token      0600
 *                   #manifest,1,KID,ROWS,SIGNATURE        last line
 *
 * The signature (hex) covers BLAKE2b-256 of every byte before the last line, in the context
 * assay/manifest/v1, by the key's manifest key: one check vouches for every row. Without the last
 * line the list is unsigned, and every label in it is verified by itself. The last line has one
 * spelling: lower-case hex, ended by LF, nothing after it. An unsigned list may begin with a byte
 * order mark, which spreadsheets write. */
#ifndef ASSAY_MANIFEST_MANIFEST_H
#define ASSAY_MANIFEST_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "crypto/claim.h"
#include "gateway/base/date.h"
#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "gateway/identify/identity.h"
#include "keys/keyset.h"

enum {
    MANIFEST_LINE_MAX = 512,
    MANIFEST_ROWS_MAX = 10000000,
    MANIFEST_DIGEST_BYTES = 32,
    MANIFEST_REASON_MAX = 200
};

#define LABELS_HEADER "url,gtin,lot,serial"
#define CARDS_HEADER "gtin,serial,claim_code"
#define MANIFEST_HEADER "gtin,variant,lot,serial,made_on,expires_on,claim_code,token"
#define MANIFEST_SEAL_START "#manifest,"

struct manifest_row {
    uint64_t line; /* in the file, from 1 */
    struct identity id;
    civil_day made_on, expires_on;
    char claim_code[CLAIM_CHARS + 1]; /* "" when the run has none */
    struct token token;
};

/* A row that breaks the grammar. */
struct manifest_refusal {
    uint64_t line;
    struct identity id; /* as far as it could be read; "" where not */
    const char *code;   /* stable: "gtin_invalid", "token_invalid", … */
    char reason[MANIFEST_REASON_MAX];
};

struct manifest_seal {
    bool present;
    uint8_t kid[KID_BYTES];
    uint64_t rows; /* counted; equal to what the last line states */
    uint8_t signature[SIGNATURE_BYTES];
    uint8_t digest[MANIFEST_DIGEST_BYTES]; /* of every byte before the last line */
};

struct manifest; /* opaque: a file that was read once and is read again exactly as it was */

/* First reading, from where `file` stands (it is seekable and outlives the manifest): digest,
 * number of rows, last line, outer form. ERR_INVALID with file and line: other header, a line of
 * more than MANIFEST_LINE_MAX bytes, NUL, damaged last line, wrong number of rows; ERR_TOO_LARGE
 * for more than MANIFEST_ROWS_MAX rows; ERR_UNAVAILABLE (cannot be read or rewound); ERR_MEMORY. */
enum err manifest_open(FILE *file, const char *path, struct manifest **out,
                       struct fault *fault) MUST_CHECK;
void manifest_close(struct manifest *manifest); /* NULL is allowed */
const struct manifest_seal *manifest_seal(const struct manifest *manifest);

/* Second reading: calls `row` for each row, in order, or `refused` for one that breaks the grammar;
 * anything but ERR_OK ends it. No row is given out whose bytes are not those of the first reading:
 * ERR_CONFLICT when the file changed in between. Once for each manifest. */
struct manifest_visitor {
    enum err (*row)(const struct manifest_row *row, void *context, struct fault *fault);
    enum err (*refused)(const struct manifest_refusal *refusal, void *context, struct fault *fault);
    void *context;
};
enum err manifest_rows(struct manifest *manifest, const struct manifest_visitor *visitor,
                       struct fault *fault) MUST_CHECK;

/* Does a trusted, active key vouch for it? *signer is set when ERR_OK, and lives as long as the
 * keyset. ERR_DENIED says why not. */
enum err manifest_verify(const struct manifest_seal *seal, const struct keyset *keyset,
                         const struct keyset_entry **signer, struct fault *fault) MUST_CHECK;

/* Each writes whole lines with LF. */
void manifest_header(struct text *out);
void manifest_row_format(struct text *out, const struct manifest_row *row);
void manifest_seal_format(struct text *out, const struct manifest_seal *seal);
void manifest_card_format(struct text *out, const struct manifest_row *row);
void manifest_label_format(struct text *out, const struct manifest_row *row, const char *url);

#endif
