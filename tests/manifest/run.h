/* SPDX-License-Identifier: Apache-2.0 */
/* Makes manifests for the tests of this room: keys, labels, whole files. */
#ifndef ASSAY_TESTS_MANIFEST_RUN_H
#define ASSAY_TESTS_MANIFEST_RUN_H

#include "crypto/token_sign.h"
#include "gateway/manifest/manifest.h"

#define RUN_GTIN "09506000134352"
#define RUN_OTHER_GTIN "09506000134369"
#define RUN_NOW INT64_C(1795348800) /* 2026-11-22T12:00:00Z */

/* A key with both its secrets; the entry is active, for GTINs 0950600, in 2026 to 2031. */
struct run_key {
    struct keyset_entry entry;
    uint8_t secret_key[SECRET_KEY_BYTES], manifest_secret_key[SECRET_KEY_BYTES];
};
void run_key(struct run_key *out, const char *name, uint8_t seed);
/* The keys of RFC 8032, TEST 1 for serials and TEST 2 for manifests. */
void run_key_rfc8032(struct run_key *out);
void run_trust(struct keyset *keyset, const struct run_key *key);

/* A signed row of RUN_GTIN. */
struct manifest_row run_row(const struct run_key *key, const char *serial);
void run_sign(struct manifest_row *row, const struct run_key *key);

/* The header; then rows with manifest_row_format; then, for a signed one, its last line. */
void run_begin(struct text *out);
void run_seal(struct text *out, const struct run_key *key, uint64_t rows);

/* The bytes as a file to read. */
FILE *run_file(const char *bytes, size_t len);

#endif
