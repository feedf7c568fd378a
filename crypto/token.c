/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/token.h"

#include <sodium.h>
#include <string.h>

#include "crypto/base32.h"

enum { PROTECTED_BYTES = 10, CBOR_TEXT = 0x60, CBOR_BYTES = 0x40, CBOR_INLINE_MAX = 23 };

struct payload {
    const uint8_t *data;
    size_t len;
};

static uint8_t *
put(uint8_t *at, const void *bytes, size_t len)
{
    memcpy(at, bytes, len);
    return at + len;
}

/* COSE protected header {1: -8, 4: kid}: the algorithm and who signed. */
static uint8_t *
put_protected(uint8_t *at, const uint8_t kid[static KID_BYTES])
{
    static const uint8_t head[] = {0xA2, 0x01, 0x27, 0x04, CBOR_BYTES | KID_BYTES};
    *at++ = CBOR_BYTES | PROTECTED_BYTES;
    at = put(at, head, sizeof head);
    return put(at, kid, KID_BYTES);
}

bool
token_parse(struct token *out, const char *text, size_t len)
{
    uint8_t bytes[TOKEN_BYTES];
    if (!base32_decode(bytes, sizeof bytes, text, len) || bytes[0] != TOKEN_VERSION)
        return false;
    memcpy(out->kid, bytes + 1, KID_BYTES);
    memcpy(out->signature, bytes + 1 + KID_BYTES, SIGNATURE_BYTES);
    return true;
}

void
token_bytes(uint8_t out[static TOKEN_BYTES], const struct token *token)
{
    *out++ = TOKEN_VERSION;
    out = put(out, token->kid, KID_BYTES);
    (void)put(out, token->signature, SIGNATURE_BYTES);
}

void
token_format(char out[static TOKEN_CHARS + 1], const struct token *token)
{
    uint8_t bytes[TOKEN_BYTES];
    token_bytes(bytes, token);
    base32_encode(out, bytes, sizeof bytes);
    out[TOKEN_CHARS] = '\0';
}

void
token_kid(uint8_t out[static KID_BYTES], const uint8_t public_key[static PUBLIC_KEY_BYTES])
{
    /* COSE_Key {1: 1 (OKP), -1: 6 (Ed25519), -2: x} in deterministic CBOR. */
    static const uint8_t head[] = {0xA3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, PUBLIC_KEY_BYTES};
    uint8_t key[sizeof head + PUBLIC_KEY_BYTES];
    uint8_t thumbprint[crypto_hash_sha256_BYTES];
    (void)put(put(key, head, sizeof head), public_key, PUBLIC_KEY_BYTES);
    (void)crypto_hash_sha256(thumbprint, key, sizeof key);
    memcpy(out, thumbprint, KID_BYTES);
}

bool
public_key_valid(const uint8_t public_key[static PUBLIC_KEY_BYTES])
{
    return crypto_core_ed25519_is_valid_point(public_key) == 1;
}

size_t
signed_bytes(uint8_t out[static SIGNED_BYTES_MAX], const uint8_t kid[static KID_BYTES],
             const char *context, const uint8_t *payload, size_t len)
{
    static const char name[] = "Signature1";
    size_t context_len = strlen(context);
    if (len < PAYLOAD_MIN || len > PAYLOAD_MAX || context_len == 0 || context_len > CBOR_INLINE_MAX)
        return 0;
    uint8_t *at = out;
    *at++ = 0x84; /* array of four */
    *at++ = CBOR_TEXT | (sizeof name - 1);
    at = put(at, name, sizeof name - 1);
    at = put_protected(at, kid);
    *at++ = (uint8_t)(CBOR_BYTES | context_len);
    at = put(at, context, context_len);
    *at++ = CBOR_BYTES | 24; /* one byte of length follows */
    *at++ = (uint8_t)len;
    at = put(at, payload, len);
    return (size_t)(at - out);
}

/* `kid` is the key's: whoever needs it besides does not pay for its hash again. */
static bool
verify_as(const uint8_t kid[static KID_BYTES], const uint8_t signature[static SIGNATURE_BYTES],
          const uint8_t public_key[static PUBLIC_KEY_BYTES], const char *context,
          struct payload payload)
{
    uint8_t message[SIGNED_BYTES_MAX];
    size_t message_len = signed_bytes(message, kid, context, payload.data, payload.len);
    return message_len > 0 &&
           crypto_sign_verify_detached(signature, message, message_len, public_key) == 0;
}

bool
signature_verify(const uint8_t signature[static SIGNATURE_BYTES],
                 const uint8_t public_key[static PUBLIC_KEY_BYTES], const char *context,
                 const uint8_t *payload, size_t len)
{
    uint8_t kid[KID_BYTES];
    token_kid(kid, public_key);
    return verify_as(kid, signature, public_key, context, (struct payload){payload, len});
}

bool
token_verify(const struct token *token, const uint8_t public_key[static PUBLIC_KEY_BYTES],
             const char *canonical, size_t len)
{
    uint8_t kid[KID_BYTES];
    const struct payload payload = {(const uint8_t *)canonical, len};
    token_kid(kid, public_key);
    return memcmp(kid, token->kid, KID_BYTES) == 0 &&
           verify_as(kid, token->signature, public_key, CONTEXT_SERIAL, payload);
}

void
token_cose(uint8_t out[static TOKEN_COSE_BYTES], const struct token *token)
{
    /* No unprotected headers, nil for the detached payload, 64 bytes of signature. */
    static const uint8_t middle[] = {0xA0, 0xF6, CBOR_BYTES | 24, SIGNATURE_BYTES};
    *out++ = 0x84;
    out = put_protected(out, token->kid);
    out = put(out, middle, sizeof middle);
    (void)put(out, token->signature, SIGNATURE_BYTES);
}
