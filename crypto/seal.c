/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/seal.h"

#include <sodium.h>
#include <string.h>

/* libsodium's hash calls fail only for lengths that are constants here. */

static void
begin(crypto_generichash_state *state, const uint8_t key[static SEAL_KEY_BYTES])
{
    (void)crypto_generichash_init(state, key, SEAL_KEY_BYTES, SEAL_BYTES);
}

static void
add(crypto_generichash_state *state, const void *bytes, size_t len)
{
    (void)crypto_generichash_update(state, bytes, len);
}

static void
finish(crypto_generichash_state *state, uint8_t out[static SEAL_BYTES])
{
    (void)crypto_generichash_final(state, out, SEAL_BYTES);
}

/* The token has a fixed length, so the end of the link cannot pass for the start of a token. */
void
label_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
           const char *canonical, size_t len, const struct token *token)
{
    uint8_t bytes[TOKEN_BYTES];
    token_bytes(bytes, token);
    crypto_generichash_state state;
    begin(&state, key);
    add(&state, canonical, len);
    add(&state, bytes, sizeof bytes);
    finish(&state, out);
}

/* Each text goes in with its NUL: where one ends and the next begins is part of what is hashed. */
void
claim_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
           const char *gtin, const char *serial, const char *code)
{
    crypto_generichash_state state;
    begin(&state, key);
    add(&state, gtin, strlen(gtin) + 1);
    add(&state, serial, strlen(serial) + 1);
    add(&state, code, strlen(code) + 1);
    finish(&state, out);
}

bool
seal_is_none(const uint8_t seal[static SEAL_BYTES])
{
    return sodium_is_zero(seal, SEAL_BYTES) == 1;
}

bool
seal_equal(const uint8_t a[static SEAL_BYTES], const uint8_t b[static SEAL_BYTES])
{
    return sodium_memcmp(a, b, SEAL_BYTES) == 0;
}
