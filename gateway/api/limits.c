/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/limits.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

const struct bucket_rate limits_unit = {BUCKET_SECOND, 100};
const struct bucket_rate limits_all[2] = {{BUCKET_SECOND / 100, 10000},
                                          {BUCKET_SECOND / 1000, 100000}};
const struct bucket_rate limits_keys = {BUCKET_SECOND, 100};

struct limits {
    pthread_mutex_t lock;
    uint8_t key[crypto_shorthash_KEYBYTES];
    struct bucket all[2];
    struct bucket keys;
    struct bucket units[2][LIMITS_BUCKETS]; /* without and with the label */
};

enum err
limits_open(struct limits **out, struct fault *fault)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    randombytes_buf((*out)->key, sizeof(*out)->key);
    if (pthread_mutex_init(&(*out)->lock, NULL) == 0)
        return ERR_OK;
    free(*out);
    *out = NULL;
    return fault_set(fault, ERR_MEMORY, "out of memory");
}

void
limits_close(struct limits *limits)
{
    if (limits == NULL)
        return;
    (void)pthread_mutex_destroy(&limits->lock);
    free(limits);
}

static struct bucket *
bucket_of(struct limits *limits, const struct unit_key *key, bool labelled)
{
    uint8_t text[sizeof *key] = {0}; /* what follows a NUL is not part of the key */
    uint8_t hash[crypto_shorthash_BYTES];
    size_t gtin = strlen(key->gtin) + 1;
    memcpy(text, key->gtin, gtin);
    memcpy(text + gtin, key->serial, strlen(key->serial));
    (void)crypto_shorthash(hash, text, sizeof text, limits->key);
    return &limits->units[labelled][((size_t)hash[0] << 8 | hash[1]) % LIMITS_BUCKETS];
}

static int64_t
longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t
in_seconds(int64_t microseconds)
{
    return (microseconds + BUCKET_SECOND - 1) / BUCKET_SECOND;
}

bool
limits_take(struct limits *limits, const struct unit_key *key, bool labelled, int64_t now,
            int64_t *wait)
{
    struct bucket *unit = bucket_of(limits, key, labelled);
    struct bucket *all = &limits->all[labelled];
    int64_t at = now * BUCKET_SECOND;
    (void)pthread_mutex_lock(&limits->lock);
    int64_t left =
        longer(bucket_wait(unit, &limits_unit, at), bucket_wait(all, &limits_all[labelled], at));
    bool taken = left == 0 && bucket_take(unit, &limits_unit, at) &&
                 bucket_take(all, &limits_all[labelled], at);
    (void)pthread_mutex_unlock(&limits->lock);
    *wait = in_seconds(left);
    return taken;
}

void
limits_give_back(struct limits *limits, const struct unit_key *key, bool labelled)
{
    struct bucket *unit = bucket_of(limits, key, labelled);
    (void)pthread_mutex_lock(&limits->lock);
    bucket_give_back(unit, &limits_unit);
    bucket_give_back(&limits->all[labelled], &limits_all[labelled]);
    (void)pthread_mutex_unlock(&limits->lock);
}

bool
limits_take_key(struct limits *limits, int64_t now, int64_t *wait)
{
    int64_t at = now * BUCKET_SECOND;
    (void)pthread_mutex_lock(&limits->lock);
    int64_t left = bucket_wait(&limits->keys, &limits_keys, at);
    bool taken = bucket_take(&limits->keys, &limits_keys, at);
    (void)pthread_mutex_unlock(&limits->lock);
    *wait = in_seconds(left);
    return taken;
}
