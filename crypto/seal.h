/* SPDX-License-Identifier: Apache-2.0 */
/* Keyed hashes (BLAKE2b) that the registry keeps in place of labels and claim codes. */
#ifndef ASSAY_CRYPTO_SEAL_H
#define ASSAY_CRYPTO_SEAL_H

#include "crypto/token.h"

enum { SEAL_BYTES = 16, SEAL_KEY_BYTES = 32 };

/* Of the canonical link and the whole token: a label with this seal is byte for byte the label
 * whose signature was verified when the unit was registered. */
void label_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
                const char *canonical, size_t len, const struct token *token);

/* Of a claim code in its normal form (claim.h), bound to the unit. `gtin` and `serial` are
 * NUL-terminated. */
void claim_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
                const char *gtin, const char *serial, const char *code);

/* All zero: there is none. Constant time, as is the comparison. */
bool seal_is_none(const uint8_t seal[static SEAL_BYTES]) CRYPTO_MUST_CHECK;
bool seal_equal(const uint8_t a[static SEAL_BYTES],
                const uint8_t b[static SEAL_BYTES]) CRYPTO_MUST_CHECK;

#endif
