/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/keyfile.h"

#include <sodium.h>
#include <string.h>

#include "gateway/base/file.h"
#include "keys/locked.h"

#define MAGIC "assay-keyfile v1"

/* The file, byte by byte; numbers are big-endian. Everything before SEALED is in the clear and
 * authenticated together with the seeds. */
enum {
    MAGIC_BYTES = sizeof MAGIC - 1,
    AT_OPERATIONS = MAGIC_BYTES,
    AT_MEMORY = AT_OPERATIONS + 8,
    AT_NAME = AT_MEMORY + 8, /* padded with NUL */
    AT_PUBLIC_KEY = AT_NAME + KEY_NAME_MAX,
    AT_MANIFEST_KEY = AT_PUBLIC_KEY + PUBLIC_KEY_BYTES,
    AT_SALT = AT_MANIFEST_KEY + PUBLIC_KEY_BYTES,
    AT_NONCE = AT_SALT + crypto_pwhash_argon2id_SALTBYTES,
    AT_SEALED = AT_NONCE + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    SEEDS_BYTES = 2 * SEED_BYTES, /* serials, manifests */
    FILE_BYTES = AT_SEALED + SEEDS_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
    READ_MAX = 4096 /* a longer file is another kind of file */
};

#define OPERATIONS_MAX 16U
#define MEMORY_MIN crypto_pwhash_argon2id_MEMLIMIT_MIN
#define MEMORY_MAX (UINT64_C(1) << 30)

const struct keyfile_cost keyfile_cost_default = {.operations = 3, .memory = UINT64_C(256) << 20};

/* Secrets on their way between the file and the key, in locked memory. */
struct work {
    uint8_t wrapping_key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    uint8_t seeds[SEEDS_BYTES];
};

static void
free_work(struct work **work)
{
    locked_free(*work);
}

static void
free_key(struct issuing_key **key)
{
    keyfile_free(*key);
}

#define AUTO_WORK __attribute__((cleanup(free_work))) struct work
#define AUTO_KEY __attribute__((cleanup(free_key))) struct issuing_key

static void
put_number(uint8_t *at, uint64_t value)
{
    for (size_t i = 8; i-- > 0; value >>= 8)
        at[i] = (uint8_t)(value & 0xFF);
}

static uint64_t
get_number(const uint8_t *at)
{
    uint64_t value = 0;
    for (size_t i = 0; i < 8; i++)
        value = value << 8 | at[i];
    return value;
}

/* Bounds what opening a foreign file can cost. */
static bool
cost_valid(const struct keyfile_cost *cost)
{
    return cost->operations >= 1 && cost->operations <= OPERATIONS_MAX &&
           cost->memory >= MEMORY_MIN && cost->memory <= MEMORY_MAX;
}

static enum err
new_memory(struct work **work, struct issuing_key **key, struct fault *fault)
{
    void *memory = NULL;
    enum err err = locked_new(&memory, sizeof **work, fault);
    *work = memory;
    if (err == ERR_OK)
        err = locked_new(&memory, sizeof **key, fault);
    *key = err == ERR_OK ? memory : NULL;
    return err;
}

static enum err
derive(struct work *work, const uint8_t *file, struct slice passphrase, struct fault *fault)
{
    struct keyfile_cost cost = {get_number(file + AT_OPERATIONS), get_number(file + AT_MEMORY)};
    if (crypto_pwhash_argon2id(work->wrapping_key, sizeof work->wrapping_key, passphrase.data,
                               passphrase.len, file + AT_SALT, cost.operations, (size_t)cost.memory,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0)
        return ERR_OK;
    return fault_set(fault, ERR_MEMORY, "the passphrase needs %llu MiB of memory to be checked",
                     (unsigned long long)(cost.memory >> 20));
}

/* Both key pairs from the seeds. */
static void
expand(struct issuing_key *key, const struct work *work)
{
    sign_key_pair(key->public_key, key->secret_key, work->seeds);
    sign_key_pair(key->manifest_public_key, key->manifest_secret_key, work->seeds + SEED_BYTES);
    token_kid(key->kid, key->public_key);
}

static void
put_header(uint8_t file[static FILE_BYTES], const struct issuing_key *key,
           const struct keyfile_cost *cost)
{
    memset(file, 0, AT_SEALED);
    memcpy(file, MAGIC, MAGIC_BYTES);
    put_number(file + AT_OPERATIONS, cost->operations);
    put_number(file + AT_MEMORY, cost->memory);
    memcpy(file + AT_NAME, key->name, strlen(key->name));
    memcpy(file + AT_PUBLIC_KEY, key->public_key, PUBLIC_KEY_BYTES);
    memcpy(file + AT_MANIFEST_KEY, key->manifest_public_key, PUBLIC_KEY_BYTES);
    randombytes_buf(file + AT_SALT, AT_SEALED - AT_SALT); /* salt and nonce */
}

static enum err
check_arguments(const char *name, struct slice passphrase, const struct keyfile_cost *cost,
                struct fault *fault)
{
    if (!key_name_valid(name))
        return fault_set(fault, ERR_INVALID,
                         "a key's name is 1 to %d of a-z 0-9 -, not beginning with -",
                         KEY_NAME_MAX);
    if (passphrase.len < PASSPHRASE_MIN || passphrase.len > PASSPHRASE_MAX)
        return fault_set(fault, ERR_INVALID, "a passphrase has %d to %d bytes", PASSPHRASE_MIN,
                         PASSPHRASE_MAX);
    if (!cost_valid(cost))
        return fault_set(fault, ERR_INVALID, "the cost of a key file is out of range");
    return ERR_OK;
}

enum err
keyfile_create(const char *path, const char *name, struct slice passphrase,
               const struct keyfile_cost *cost, struct issuing_key **out, struct fault *fault)
{
    AUTO_WORK *work = NULL;
    AUTO_KEY *key = NULL;
    uint8_t file[FILE_BYTES];
    *out = NULL;
    enum err err = check_arguments(name, passphrase, cost, fault);
    if (err == ERR_OK)
        err = new_memory(&work, &key, fault);
    if (err != ERR_OK)
        return err;
    randombytes_buf(work->seeds, SEEDS_BYTES);
    memcpy(key->name, name, strlen(name) + 1);
    expand(key, work);
    put_header(file, key, cost);
    err = derive(work, file, passphrase, fault);
    if (err != ERR_OK)
        return err;
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(file + AT_SEALED, NULL, work->seeds,
                                                     SEEDS_BYTES, file, AT_SEALED, NULL,
                                                     file + AT_NONCE, work->wrapping_key);
    err = file_create(path, slice_make((const char *)file, sizeof file), 0600, fault);
    if (err != ERR_OK)
        return err;
    *out = key;
    key = NULL;
    return ERR_OK;
}

static enum err
check_header(const uint8_t *file, size_t len, const char *path, struct fault *fault)
{
    if (len < MAGIC_BYTES || memcmp(file, MAGIC, MAGIC_BYTES) != 0)
        return fault_set(fault, ERR_CORRUPT, "%s: not a key file", path);
    if (len != FILE_BYTES)
        return fault_set(fault, ERR_CORRUPT, "%s: damaged: it has %zu bytes, a key file has %d",
                         path, len, FILE_BYTES);
    struct keyfile_cost cost = {get_number(file + AT_OPERATIONS), get_number(file + AT_MEMORY)};
    if (!cost_valid(&cost))
        return fault_set(fault, ERR_CORRUPT, "%s: damaged: its cost is out of range", path);
    return ERR_OK;
}

/* The padded name; false when it is none, or when something follows the padding. */
static bool
take_name(struct issuing_key *key, const uint8_t *file)
{
    memcpy(key->name, file + AT_NAME, KEY_NAME_MAX);
    key->name[KEY_NAME_MAX] = '\0';
    for (size_t i = strlen(key->name); i < KEY_NAME_MAX; i++)
        if (key->name[i] != '\0')
            return false;
    return key_name_valid(key->name);
}

static enum err
unseal(struct work *work, const uint8_t *file, struct issuing_key *key, const char *path,
       struct fault *fault)
{
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(work->seeds, NULL, NULL, file + AT_SEALED,
                                                   FILE_BYTES - AT_SEALED, file, AT_SEALED,
                                                   file + AT_NONCE, work->wrapping_key) != 0)
        return fault_set(fault, ERR_DENIED, "%s: wrong passphrase, or the file was altered", path);
    expand(key, work);
    if (!take_name(key, file) ||
        memcmp(key->public_key, file + AT_PUBLIC_KEY, PUBLIC_KEY_BYTES) != 0 ||
        memcmp(key->manifest_public_key, file + AT_MANIFEST_KEY, PUBLIC_KEY_BYTES) != 0)
        return fault_set(fault, ERR_CORRUPT, "%s: its public keys are not those of its seeds",
                         path);
    return ERR_OK;
}

enum err
keyfile_open(const char *path, struct slice passphrase, struct issuing_key **out,
             struct fault *fault)
{
    __attribute__((cleanup(file_wipe))) struct text text;
    text_init(&text, READ_MAX);
    AUTO_WORK *work = NULL;
    AUTO_KEY *key = NULL;
    *out = NULL;
    enum err err = file_read(path, FILE_SECRET, &text, fault);
    if (err != ERR_OK)
        return err;
    const uint8_t *file = (const uint8_t *)text.data;
    err = check_header(file, text.len, path, fault);
    if (err == ERR_OK)
        err = new_memory(&work, &key, fault);
    if (err == ERR_OK)
        err = derive(work, file, passphrase, fault);
    if (err == ERR_OK)
        err = unseal(work, file, key, path, fault);
    if (err != ERR_OK)
        return err;
    *out = key;
    key = NULL;
    return ERR_OK;
}

void
keyfile_free(struct issuing_key *key)
{
    locked_free(key);
}
