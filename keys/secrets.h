/* SPDX-License-Identifier: Apache-2.0 */
/* The registry's own keys: not for signing, but a copied database is of no use without them, and
 * the database is of no use to us without them either. Back the file up with the database. */
#ifndef ASSAY_KEYS_SECRETS_H
#define ASSAY_KEYS_SECRETS_H

#include "crypto/seal.h"
#include "gateway/base/err.h"

enum { RECORD_KEY_BYTES = 16 };

struct secrets {
    uint8_t label_key[SEAL_KEY_BYTES];    /* label_seal */
    uint8_t claim_key[SEAL_KEY_BYTES];    /* claim_seal */
    uint8_t record_key[RECORD_KEY_BYTES]; /* crypto_shorthash of every record */
};

/* Text file, 0600, with a check sum over the whole; damaged, foreign or readable by others:
 * refused.
 * `*out` lives in locked memory. */
enum err secrets_load(const char *path, struct secrets **out, struct fault *fault) MUST_CHECK;
/* Makes new ones; ERR_EXISTS when the file is already there. */
enum err secrets_create(const char *path, struct secrets **out, struct fault *fault) MUST_CHECK;
void secrets_free(struct secrets *secrets); /* wipes; NULL is allowed */

#endif
