/* SPDX-License-Identifier: Apache-2.0 */
/* Signing. A library of its own (assay_sign): the daemon does not link it, and a test shows that.
 */
#ifndef ASSAY_CRYPTO_TOKEN_SIGN_H
#define ASSAY_CRYPTO_TOKEN_SIGN_H

#include "crypto/token.h"

enum { SEED_BYTES = 32, SECRET_KEY_BYTES = 64 };

/* Ed25519 key pair of a seed (RFC 8032 §5.1.5). The caller wipes `secret_key`. */
void sign_key_pair(uint8_t public_key[static PUBLIC_KEY_BYTES],
                   uint8_t secret_key[static SECRET_KEY_BYTES],
                   const uint8_t seed[static SEED_BYTES]);

/* Deterministic: the same key and payload give the same signature. False when the payload has a
 * length that signed_bytes refuses. */
bool signature_make(uint8_t signature[static SIGNATURE_BYTES],
                    const uint8_t secret_key[static SECRET_KEY_BYTES], const char *context,
                    const uint8_t *payload, size_t len) CRYPTO_MUST_CHECK;

/* The token for a canonical link. */
bool token_sign(struct token *out, const uint8_t secret_key[static SECRET_KEY_BYTES],
                const char *canonical, size_t len) CRYPTO_MUST_CHECK;

#endif
