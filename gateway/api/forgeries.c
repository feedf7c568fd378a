/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/forgeries.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The two numbers are not written as one: a mark may be taken for as fresh as another that it
 * pushed out, which says nothing about which label is forged. */
struct forgery {
    atomic_uint_least64_t mark;
    atomic_int_least64_t at;
};

struct forgeries {
    uint8_t key[crypto_shorthash_KEYBYTES];
    atomic_int_least64_t last;
    struct forgery list[FORGERIES_MAX];
};

enum err
forgeries_open(struct forgeries **out, struct fault *fault)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    randombytes_buf((*out)->key, sizeof(*out)->key);
    return ERR_OK;
}

void
forgeries_close(struct forgeries *forgeries)
{
    free(forgeries);
}

uint64_t
forgeries_mark(const struct forgeries *forgeries, const struct keyset *keyset,
               const struct reading *reading)
{
    uint8_t text[sizeof keyset->version + sizeof reading->token + sizeof reading->canonical];
    uint8_t *at = text;
    uint64_t mark = 0;
    if (forgeries == NULL)
        return 1;
    memcpy(at, &keyset->version, sizeof keyset->version);
    at += sizeof keyset->version;
    memcpy(at, &reading->token, sizeof reading->token);
    at += sizeof reading->token;
    memcpy(at, reading->canonical, reading->canonical_len);
    at += reading->canonical_len;
    _Static_assert(sizeof mark == crypto_shorthash_BYTES, "a hash is a number");
    (void)crypto_shorthash((uint8_t *)&mark, text, (size_t)(at - text), forgeries->key);
    return mark == 0 ? 1 : mark;
}

void
forgeries_put(struct forgeries *forgeries, uint64_t mark, int64_t now)
{
    if (forgeries == NULL)
        return;
    struct forgery *forgery = &forgeries->list[mark % FORGERIES_MAX];
    atomic_store_explicit(&forgery->mark, mark, memory_order_relaxed);
    atomic_store_explicit(&forgery->at, now, memory_order_relaxed);
    atomic_store_explicit(&forgeries->last, now, memory_order_relaxed);
}

bool
forgeries_has(const struct forgeries *forgeries, uint64_t mark)
{
    return forgeries != NULL && atomic_load_explicit(&forgeries->list[mark % FORGERIES_MAX].mark,
                                                     memory_order_relaxed) == mark;
}

static bool
is_fresh(int64_t at, int64_t now)
{
    return at <= now && now - at < FORGERIES_FRESH;
}

bool
forgeries_fresh(const struct forgeries *forgeries, uint64_t mark, int64_t now)
{
    return forgeries_has(forgeries, mark) &&
           is_fresh(atomic_load_explicit(&forgeries->list[mark % FORGERIES_MAX].at,
                                         memory_order_relaxed),
                    now);
}

bool
forgeries_any(const struct forgeries *forgeries, int64_t now)
{
    return forgeries != NULL &&
           is_fresh(atomic_load_explicit(&forgeries->last, memory_order_relaxed), now);
}
