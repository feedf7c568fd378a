/* SPDX-License-Identifier: Apache-2.0 */
/* The token on a label: who signed (kid) and an Ed25519 signature over the canonical link.
 *
 * Signed bytes are the Sig_structure of a COSE_Sign1 with a detached payload (RFC 9052 §4.4), so
 * any COSE library can check a label. Pure functions: no I/O, no clock, no allocation; thread-safe
 * once sodium_init() has run. */
#ifndef ASSAY_CRYPTO_TOKEN_H
#define ASSAY_CRYPTO_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPTO_MUST_CHECK __attribute__((warn_unused_result))

/* Domain separation: COSE external_aad. Each purpose has its own context and its own key. */
#define CONTEXT_SERIAL "assay/serial/v1"
#define CONTEXT_MANIFEST "assay/manifest/v1"

enum {
    KID_BYTES = 5,
    PUBLIC_KEY_BYTES = 32,
    SIGNATURE_BYTES = 64,
    TOKEN_VERSION = 0x01,
    TOKEN_BYTES = 1 + KID_BYTES + SIGNATURE_BYTES, /* 70 */
    TOKEN_CHARS = TOKEN_BYTES / 5 * 8,             /* 112, RFC 4648 base32 without padding */
    TOKEN_COSE_BYTES = 80,
    PAYLOAD_MIN =
        24, /* below, CBOR would use a shorter head; a canonical link is never that short */
    PAYLOAD_MAX = 255,
    SIGNED_BYTES_MAX = 1 + 11 + 11 + 24 + 2 + PAYLOAD_MAX
};

struct token {
    uint8_t kid[KID_BYTES];
    uint8_t signature[SIGNATURE_BYTES]; /* R || S */
};

/* Exactly TOKEN_CHARS characters of A-Z2-7 whose first byte is TOKEN_VERSION; anything else false.
 */
bool token_parse(struct token *out, const char *text, size_t len) CRYPTO_MUST_CHECK;
void token_format(char out[static TOKEN_CHARS + 1], const struct token *token);
/* The 70 bytes of the token, as they are base32-encoded on the label. */
void token_bytes(uint8_t out[static TOKEN_BYTES], const struct token *token);

/* First KID_BYTES of the COSE Key Thumbprint, RFC 9679 §3, of an Ed25519 key. */
void token_kid(uint8_t out[static KID_BYTES], const uint8_t public_key[static PUBLIC_KEY_BYTES]);

/* A canonical point of the prime-order group: to be asked once for each key that is loaded, because
 * verification itself accepts mixed-order keys. */
bool public_key_valid(const uint8_t public_key[static PUBLIC_KEY_BYTES]) CRYPTO_MUST_CHECK;

/* Writes the bytes that are signed and returns their number; 0 when the payload is not PAYLOAD_MIN
 * to PAYLOAD_MAX bytes or the context is empty or longer than 23. */
size_t signed_bytes(uint8_t out[static SIGNED_BYTES_MAX], const uint8_t kid[static KID_BYTES],
                    const char *context, const uint8_t *payload, size_t len) CRYPTO_MUST_CHECK;

/* True when `signature` over `payload` in `context` was made by `public_key`. */
bool signature_verify(const uint8_t signature[static SIGNATURE_BYTES],
                      const uint8_t public_key[static PUBLIC_KEY_BYTES], const char *context,
                      const uint8_t *payload, size_t len) CRYPTO_MUST_CHECK;

/* True when the token's kid is the key's and its signature over the canonical link verifies. */
bool token_verify(const struct token *token, const uint8_t public_key[static PUBLIC_KEY_BYTES],
                  const char *canonical, size_t len) CRYPTO_MUST_CHECK;

/* The equivalent COSE_Sign1 with detached payload: 84 4A A2012704 45 kid A0 F6 58 40 signature. */
void token_cose(uint8_t out[static TOKEN_COSE_BYTES], const struct token *token);

#endif
