/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets that are carried as text: API keys, owner secrets and sessions. Pure; thread-safe.
 *
 *   assay_<id:8>_<secret:26><check:4>      an API key
 *   owner_<secret:26><check:4>             what a unit's owner keeps
 *   <id:8>.<secret:26>                     what a browser that is signed in keeps, as a cookie
 *
 * All Crockford base32 (claim.h), upper case; 26 characters are 130 bits. The check is 20 bits of
 * SHA-256 over everything before it, so that a slip of the pen is told from a wrong key, and a
 * scanner for leaked secrets finds them. */
#ifndef ASSAY_CRYPTO_APIKEY_H
#define ASSAY_CRYPTO_APIKEY_H

#include "crypto/seal.h"

enum {
    APIKEY_ID_CHARS = 8,
    BEARER_SECRET_CHARS = 26,
    BEARER_CHECK_CHARS = 4,
    APIKEY_CHARS = 6 + APIKEY_ID_CHARS + 1 + BEARER_SECRET_CHARS + BEARER_CHECK_CHARS, /* 45 */
    OWNER_SECRET_CHARS = 6 + BEARER_SECRET_CHARS + BEARER_CHECK_CHARS,                 /* 36 */
    SESSION_TOKEN_CHARS = APIKEY_ID_CHARS + 1 + BEARER_SECRET_CHARS,                   /* 35 */
    TRANSFER_CODE_CHARS = 12, /* 60 bits, valid once and for seven days */
};

/* `id` has APIKEY_ID_CHARS characters; `random_bytes` BEARER_SECRET_CHARS bytes. */
void apikey_format(char out[static APIKEY_CHARS + 1], const char *id, const uint8_t *random_bytes);
void owner_secret_format(char out[static OWNER_SECRET_CHARS + 1], const uint8_t *random_bytes);
void session_token_format(char out[static SESSION_TOKEN_CHARS + 1], const char *id,
                          const uint8_t *random_bytes);

/* Exact form and check; `id` gets the id. */
bool apikey_parse(char id[static APIKEY_ID_CHARS + 1], const char *text,
                  size_t len) CRYPTO_MUST_CHECK;
bool owner_secret_valid(const char *text, size_t len) CRYPTO_MUST_CHECK;
bool session_token_parse(char id[static APIKEY_ID_CHARS + 1], const char *text,
                         size_t len) CRYPTO_MUST_CHECK;
/* What a person typed: as claim_parse, TRANSFER_CODE_CHARS long. */
bool transfer_code_parse(char out[static TRANSFER_CODE_CHARS + 1], const char *typed,
                         size_t len) CRYPTO_MUST_CHECK;

/* Keyed hashes of the whole text, each for its own purpose: one is never another. `key` is the
 * registry's claim key. A transfer code is short and bound to its unit; an owner secret is not, so
 * that it goes on to the unit that replaces a broken one. */
void apikey_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
                 const char *text);
void owner_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
                const char *text);
void transfer_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
                   const char *gtin, const char *serial, const char *code);
void session_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
                  const char *text);
/* Of a session_seal: what a form of that session carries. It tells nothing of the token. */
void csrf_seal(uint8_t out[static SEAL_BYTES], const uint8_t key[static SEAL_KEY_BYTES],
               const uint8_t session[static SEAL_BYTES]);

#endif
