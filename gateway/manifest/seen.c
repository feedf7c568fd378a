/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/manifest/seen.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct seen {
    uint8_t key[crypto_shorthash_KEYBYTES];
    uint64_t left;
    uint64_t mask;
    uint64_t *slots; /* open addressing; 0 is free */
};

enum err
seen_open(uint64_t units, struct seen **out)
{
    struct seen *seen = calloc(1, sizeof *seen);
    uint64_t slots = 64;
    *out = NULL;
    while (slots < units + units / 2)
        slots *= 2;
    if (seen != NULL)
        seen->slots = calloc(slots, sizeof *seen->slots);
    if (seen == NULL || seen->slots == NULL) {
        free(seen);
        return ERR_MEMORY;
    }
    randombytes_buf(seen->key, sizeof seen->key);
    seen->left = units;
    seen->mask = slots - 1;
    *out = seen;
    return ERR_OK;
}

void
seen_close(struct seen *seen)
{
    if (seen == NULL)
        return;
    free(seen->slots);
    free(seen);
}

bool
seen_add(struct seen *seen, const struct unit_key *key)
{
    uint8_t bytes[GTIN_DIGITS + GS1_VALUE_MAX];
    uint64_t hash = 0;
    size_t len = strlen(key->serial);
    memcpy(bytes, key->gtin, GTIN_DIGITS);
    memcpy(bytes + GTIN_DIGITS, key->serial, len);
    (void)crypto_shorthash((uint8_t *)&hash, bytes, GTIN_DIGITS + len, seen->key);
    if (hash == 0)
        hash = 1;
    uint64_t at = hash & seen->mask;
    for (; seen->slots[at] != 0; at = (at + 1) & seen->mask)
        if (seen->slots[at] == hash)
            return false;
    if (seen->left == 0)
        return false;
    seen->left--;
    seen->slots[at] = hash;
    return true;
}
