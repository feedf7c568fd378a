/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/manifest/run.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static void
finish_key(struct run_key *key, const char *name, const uint8_t seed[static SEED_BYTES],
           const uint8_t manifest_seed[static SEED_BYTES])
{
    key->entry = (struct keyset_entry){.organisation = "Example Brand",
                                       .prefix_count = 1,
                                       .prefixes = {"0950600"},
                                       .not_before = 1767225600,
                                       .not_after = 1924992000,
                                       .status = KEY_ACTIVE};
    sign_key_pair(key->entry.public_key, key->secret_key, seed);
    sign_key_pair(key->entry.manifest_key, key->manifest_secret_key, manifest_seed);
    token_kid(key->entry.kid, key->entry.public_key);
    (void)snprintf(key->entry.name, sizeof key->entry.name, "%s", name);
}

void
run_key(struct run_key *out, const char *name, uint8_t seed)
{
    const uint8_t serial_seed[SEED_BYTES] = {seed, 1};
    const uint8_t manifest_seed[SEED_BYTES] = {seed, 2};
    finish_key(out, name, serial_seed, manifest_seed);
}

void
run_key_rfc8032(struct run_key *out)
{
    static const uint8_t test1[SEED_BYTES] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60,
                                              0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
                                              0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19,
                                              0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
    static const uint8_t test2[SEED_BYTES] = {0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda,
                                              0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f,
                                              0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24,
                                              0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb};
    finish_key(out, "plant-a", test1, test2);
}

void
run_trust(struct keyset *keyset, const struct run_key *key)
{
    struct fault fault;
    if (keyset_add(keyset, &key->entry, &fault) != ERR_OK)
        abort();
}

void
run_sign(struct manifest_row *row, const struct run_key *key)
{
    char link[CANONICAL_MAX + 1];
    size_t len = canonical_link(link, &row->id);
    if (!token_sign(&row->token, key->secret_key, link, len))
        abort();
}

struct manifest_row
run_row(const struct run_key *key, const char *serial)
{
    struct manifest_row row = {.id = {RUN_GTIN, "", "L1", ""},
                               .made_on = CIVIL_NONE,
                               .expires_on = CIVIL_NONE,
                               .claim_code = "G24HN2TXSQ"};
    if (!slice_copy(row.id.serial, sizeof row.id.serial, slice_of(serial)))
        abort();
    run_sign(&row, key);
    return row;
}

void
run_begin(struct text *out)
{
    text_init(out, (size_t)64 * 1024 * 1024);
    manifest_header(out);
}

void
run_seal(struct text *out, const struct run_key *key, uint64_t rows)
{
    struct manifest_seal seal = {.present = true, .rows = rows};
    memcpy(seal.kid, key->entry.kid, KID_BYTES);
    (void)crypto_generichash(seal.digest, sizeof seal.digest, (const uint8_t *)out->data, out->len,
                             NULL, 0);
    if (!signature_make(seal.signature, key->manifest_secret_key, CONTEXT_MANIFEST, seal.digest,
                        sizeof seal.digest))
        abort();
    manifest_seal_format(out, &seal);
}

FILE *
run_file(const char *bytes, size_t len)
{
    FILE *file = tmpfile();
    if (file == NULL || fwrite(bytes, 1, len, file) != len || fseek(file, 0, SEEK_SET) != 0)
        abort();
    return file;
}
