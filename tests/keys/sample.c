/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/keys/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/token_sign.h"

static void
key_of(uint8_t public_key[static PUBLIC_KEY_BYTES], unsigned n, uint8_t use)
{
    uint8_t seed[SEED_BYTES] = {use, (uint8_t)(n & 0xFF), (uint8_t)(n >> 8 & 0xFF)};
    uint8_t secret_key[SECRET_KEY_BYTES];
    sign_key_pair(public_key, secret_key, seed);
}

void
sample_entry(struct keyset_entry *out, unsigned n)
{
    *out = (struct keyset_entry){.prefix_count = 1,
                                 .prefixes = {"0950600"},
                                 .organisation = "Example Brand",
                                 .not_before = 1767225600,
                                 .not_after = 1924992000,
                                 .status = KEY_ACTIVE};
    key_of(out->public_key, n, 1);
    key_of(out->manifest_key, n, 2);
    token_kid(out->kid, out->public_key);
    (void)snprintf(out->name, sizeof out->name, "key-%u", n);
}

struct keyset *
sample_keyset(uint64_t version, unsigned count)
{
    struct keyset *keyset = calloc(1, sizeof *keyset);
    if (keyset == NULL)
        abort();
    keyset->version = version;
    keyset->count = count;
    for (unsigned n = 0; n < count; n++)
        sample_entry(&keyset->entries[n], n);
    return keyset;
}

void
sample_text(struct text *out, uint64_t version, unsigned count)
{
    struct keyset *keyset = sample_keyset(version, count);
    text_init(out, KEYSET_FILE_MAX);
    keyset_format(out, keyset);
    free(keyset);
}
