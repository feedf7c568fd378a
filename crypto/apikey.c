/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/apikey.h"

#include <sodium.h>
#include <string.h>

#include "crypto/claim.h"

#define APIKEY_PREFIX "assay_"
#define OWNER_PREFIX "owner_"

enum {
    PREFIX_CHARS = 6,
    APIKEY_SECRET_AT = PREFIX_CHARS + APIKEY_ID_CHARS + 1,
};
_Static_assert(sizeof APIKEY_PREFIX == PREFIX_CHARS + 1 && sizeof OWNER_PREFIX == PREFIX_CHARS + 1,
               "the prefixes are as long as the header says");

/* The first 20 bits of the hash, five to a character. */
static void
check_of(char out[static BEARER_CHECK_CHARS + 1], const char *text, size_t len)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256(hash, (const unsigned char *)text, len);
    const uint8_t fives[BEARER_CHECK_CHARS] = {
        (uint8_t)(hash[0] >> 3),
        (uint8_t)((hash[0] & 7) << 2 | hash[1] >> 6),
        (uint8_t)(hash[1] >> 1 & 31),
        (uint8_t)((hash[1] & 1) << 4 | hash[2] >> 4),
    };
    crockford_format(out, BEARER_CHECK_CHARS, fives);
    sodium_memzero(hash, sizeof hash);
}

/* Appends secret and check to the `used` characters that are there. */
static void
put_secret(char *out, size_t used, const uint8_t *random_bytes)
{
    crockford_format(out + used, BEARER_SECRET_CHARS, random_bytes);
    used += BEARER_SECRET_CHARS;
    check_of(out + used, out, used);
}

void
apikey_format(char out[static APIKEY_CHARS + 1], const char *id, const uint8_t *random_bytes)
{
    memcpy(out, APIKEY_PREFIX, PREFIX_CHARS);
    memcpy(out + PREFIX_CHARS, id, APIKEY_ID_CHARS);
    out[APIKEY_SECRET_AT - 1] = '_';
    put_secret(out, APIKEY_SECRET_AT, random_bytes);
}

void
owner_secret_format(char out[static OWNER_SECRET_CHARS + 1], const uint8_t *random_bytes)
{
    memcpy(out, OWNER_PREFIX, PREFIX_CHARS);
    put_secret(out, PREFIX_CHARS, random_bytes);
}

void
session_token_format(char out[static SESSION_TOKEN_CHARS + 1], const char *id,
                     const uint8_t *random_bytes)
{
    memcpy(out, id, APIKEY_ID_CHARS);
    out[APIKEY_ID_CHARS] = '.';
    crockford_format(out + APIKEY_ID_CHARS + 1, BEARER_SECRET_CHARS, random_bytes);
}

/* Secret and check from `at` to the end of a text of `len` characters. */
static bool
secret_valid(const char *text, size_t at, size_t len)
{
    char check[BEARER_CHECK_CHARS + 1];
    if (!crockford_valid(text + at, len - at))
        return false;
    check_of(check, text, len - BEARER_CHECK_CHARS);
    return memcmp(check, text + len - BEARER_CHECK_CHARS, BEARER_CHECK_CHARS) == 0;
}

bool
apikey_parse(char id[static APIKEY_ID_CHARS + 1], const char *text, size_t len)
{
    id[0] = '\0';
    if (len != APIKEY_CHARS || memcmp(text, APIKEY_PREFIX, PREFIX_CHARS) != 0 ||
        !crockford_valid(text + PREFIX_CHARS, APIKEY_ID_CHARS) ||
        text[APIKEY_SECRET_AT - 1] != '_' || !secret_valid(text, APIKEY_SECRET_AT, len))
        return false;
    memcpy(id, text + PREFIX_CHARS, APIKEY_ID_CHARS);
    id[APIKEY_ID_CHARS] = '\0';
    return true;
}

bool
owner_secret_valid(const char *text, size_t len)
{
    return len == OWNER_SECRET_CHARS && memcmp(text, OWNER_PREFIX, PREFIX_CHARS) == 0 &&
           secret_valid(text, PREFIX_CHARS, len);
}

/* It is not typed by anybody, so it has no check. */
bool
session_token_parse(char id[static APIKEY_ID_CHARS + 1], const char *text, size_t len)
{
    id[0] = '\0';
    if (len != SESSION_TOKEN_CHARS || !crockford_valid(text, APIKEY_ID_CHARS) ||
        text[APIKEY_ID_CHARS] != '.' ||
        !crockford_valid(text + APIKEY_ID_CHARS + 1, BEARER_SECRET_CHARS))
        return false;
    memcpy(id, text, APIKEY_ID_CHARS);
    id[APIKEY_ID_CHARS] = '\0';
    return true;
}

bool
transfer_code_parse(char out[static TRANSFER_CODE_CHARS + 1], const char *typed, size_t len)
{
    return crockford_parse(out, TRANSFER_CODE_CHARS, typed, len);
}

/* Each text goes in with its NUL: where one ends and the next begins is part of what is hashed. The
 * first one is the purpose, and no GTIN, so that no claim_seal is ever one of these. */
static void
seal_texts(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
           const char *const *texts, size_t count)
{
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, key, SEAL_KEY_BYTES, SEAL_BYTES);
    for (size_t i = 0; i < count; i++)
        (void)crypto_generichash_update(&state, (const unsigned char *)texts[i],
                                        strlen(texts[i]) + 1);
    (void)crypto_generichash_final(&state, out, SEAL_BYTES);
    sodium_memzero(&state, sizeof state);
}

void
apikey_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
            const char *text)
{
    const char *const texts[] = {"assay/apikey/v1", text};
    seal_texts(out, key, texts, 2);
}

void
owner_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
           const char *text)
{
    const char *const texts[] = {"assay/owner/v1", text};
    seal_texts(out, key, texts, 2);
}

void
transfer_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
              const char *gtin, const char *serial, const char *code)
{
    const char *const texts[] = {"assay/transfer/v1", gtin, serial, code};
    seal_texts(out, key, texts, 4);
}

void
session_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
             const char *text)
{
    const char *const texts[] = {"assay/session/v1", text};
    seal_texts(out, key, texts, 2);
}

void
csrf_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
          const uint8_t session[static SEAL_BYTES])
{
    char hex[2 * SEAL_BYTES + 1];
    const char *const texts[] = {"assay/csrf/v1", hex};
    (void)sodium_bin2hex(hex, sizeof hex, session, SEAL_BYTES);
    seal_texts(out, key, texts, 2);
}
