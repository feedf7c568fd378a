/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/token_sign.h"

#include <sodium.h>

void
sign_key_pair(uint8_t public_key[static PUBLIC_KEY_BYTES],
              uint8_t secret_key[static SECRET_KEY_BYTES], const uint8_t seed[static SEED_BYTES])
{
    (void)crypto_sign_seed_keypair(public_key, secret_key, seed); /* cannot fail */
}

bool
signature_make(uint8_t signature[static SIGNATURE_BYTES],
               const uint8_t secret_key[static SECRET_KEY_BYTES], const char *context,
               const uint8_t *payload, size_t len)
{
    uint8_t kid[KID_BYTES];
    uint8_t message[SIGNED_BYTES_MAX];
    token_kid(kid, secret_key + SEED_BYTES); /* seed || public key */
    size_t message_len = signed_bytes(message, kid, context, payload, len);
    return message_len > 0 &&
           crypto_sign_detached(signature, NULL, message, message_len, secret_key) == 0;
}

bool
token_sign(struct token *out, const uint8_t secret_key[static SECRET_KEY_BYTES],
           const char *canonical, size_t len)
{
    token_kid(out->kid, secret_key + SEED_BYTES);
    return signature_make(out->signature, secret_key, CONTEXT_SERIAL, (const uint8_t *)canonical,
                          len);
}
