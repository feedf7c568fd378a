/* SPDX-License-Identifier: Apache-2.0 */
/* An issuing key at rest: two Ed25519 seeds (serials, manifests) in one file, encrypted with
 * Argon2id + XChaCha20-Poly1305 (libsodium), the header authenticated as additional data, mode
 * 0600. Only the command line tool links this (library assay_keyfile). */
#ifndef ASSAY_KEYS_KEYFILE_H
#define ASSAY_KEYS_KEYFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/token_sign.h"
#include "gateway/base/err.h"
#include "gateway/base/slice.h"
#include "keys/keyset.h"

enum { PASSPHRASE_MIN = 8, PASSPHRASE_MAX = 1024 };

/* Lives in locked, guarded memory (sodium_malloc). */
struct issuing_key {
    char name[KEY_NAME_MAX + 1];
    uint8_t kid[KID_BYTES];
    uint8_t public_key[PUBLIC_KEY_BYTES];
    uint8_t manifest_public_key[PUBLIC_KEY_BYTES];
    uint8_t secret_key[SECRET_KEY_BYTES];
    uint8_t manifest_secret_key[SECRET_KEY_BYTES];
};

/* Argon2id cost; the values travel in the file's header. */
struct keyfile_cost {
    uint64_t operations;
    uint64_t memory; /* bytes */
};
extern const struct keyfile_cost keyfile_cost_default; /* libsodium "moderate": 3, 256 MiB */

/* Makes a key from the system's random numbers and writes its file. ERR_EXISTS when there is one:
 * a key is never overwritten. ERR_INVALID for a bad name or passphrase length. */
enum err keyfile_create(const char *path, const char *name, struct slice passphrase,
                        const struct keyfile_cost *cost, struct issuing_key **out,
                        struct fault *fault) MUST_CHECK;

/* ERR_DENIED: wrong passphrase (or altered file: the two cannot be told apart), readable by others,
 * symbolic link, other owner. ERR_CORRUPT: not a key file, damaged header, wrong length, cost out
 * of range. */
enum err keyfile_open(const char *path, struct slice passphrase, struct issuing_key **out,
                      struct fault *fault) MUST_CHECK;

/* Wipes and frees; NULL is allowed. */
void keyfile_free(struct issuing_key *key);

#endif
