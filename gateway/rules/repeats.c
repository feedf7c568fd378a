/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/repeats.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(REPEATS_KEY_BYTES == crypto_shorthash_KEYBYTES, "the key is a SipHash key");

struct seen_unit {
    char gtin[GTIN_DIGITS + 1];
    char serial[GS1_VALUE_MAX + 1];
    size_t row;
};

struct repeats {
    uint8_t key[REPEATS_KEY_BYTES];
    size_t count, max;
    struct seen_unit *units;
    size_t mask;
    size_t *slots; /* open addressing: 1 + index of a unit, 0 is free */
};

enum err
repeats_open(struct repeats **out, size_t rows, const uint8_t key[static REPEATS_KEY_BYTES])
{
    struct repeats *repeats = calloc(1, sizeof *repeats);
    size_t slots = 2;
    *out = NULL;
    while (slots < 2 * rows)
        slots *= 2;
    if (repeats != NULL) {
        memcpy(repeats->key, key, sizeof repeats->key);
        repeats->max = rows;
        repeats->mask = slots - 1;
        repeats->units = calloc(rows, sizeof *repeats->units);
        repeats->slots = calloc(slots, sizeof *repeats->slots);
    }
    if (repeats == NULL || repeats->units == NULL || repeats->slots == NULL) {
        repeats_close(repeats);
        return ERR_MEMORY;
    }
    *out = repeats;
    return ERR_OK;
}

void
repeats_close(struct repeats *repeats)
{
    if (repeats == NULL)
        return;
    free(repeats->units);
    free(repeats->slots);
    free(repeats);
}

static size_t
hash_of(const struct repeats *repeats, const struct identity *id)
{
    uint8_t bytes[GTIN_DIGITS + GS1_VALUE_MAX];
    uint64_t hash = 0;
    size_t len = strlen(id->serial);
    memcpy(bytes, id->gtin, GTIN_DIGITS);
    memcpy(bytes + GTIN_DIGITS, id->serial, len);
    (void)crypto_shorthash((uint8_t *)&hash, bytes, GTIN_DIGITS + len, repeats->key);
    return (size_t)hash;
}

static bool
same_unit(const struct seen_unit *unit, const struct identity *id)
{
    return strcmp(unit->gtin, id->gtin) == 0 && strcmp(unit->serial, id->serial) == 0;
}

size_t
repeats_first(struct repeats *repeats, const struct identity *id, size_t row)
{
    if (id->gtin[0] == '\0')
        return row;
    size_t at = hash_of(repeats, id) & repeats->mask;
    for (; repeats->slots[at] != 0; at = (at + 1) & repeats->mask) {
        const struct seen_unit *unit = &repeats->units[repeats->slots[at] - 1];
        if (same_unit(unit, id))
            return unit->row;
    }
    if (repeats->count == repeats->max)
        return row;
    struct seen_unit *unit = &repeats->units[repeats->count++];
    memcpy(unit->gtin, id->gtin, sizeof unit->gtin);
    memcpy(unit->serial, id->serial, sizeof unit->serial);
    unit->row = row;
    repeats->slots[at] = repeats->count;
    return row;
}
