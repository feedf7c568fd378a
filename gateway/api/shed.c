/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/shed.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/ip.h"

enum { CLIENT, NETWORK, LEVELS, CONNECTION_CELLS = 65536, OF_MAX = 64 };

struct shed {
    uint8_t key[crypto_shorthash_KEYBYTES];
    const struct config *config;
    struct bucket_rate rates[SHED_CONNECTIONS][LEVELS]; /* interval 0: there is no such limit */
    struct crowd crowds[SHED_CONNECTIONS][LEVELS];
    atomic_uint_least32_t connections[LEVELS][CONNECTION_CELLS];
    atomic_uint verifying;
    unsigned verifying_max;
    atomic_uint_least64_t counts[SHED_KINDS];
};

static const char *const names[SHED_KINDS] = {
    [SHED_REQUESTS] = "requests",
    [SHED_FORGED] = "forged",
    [SHED_CLAIMS] = "codes",
    [SHED_CREDENTIALS] = "credentials",
    [SHED_CONNECTIONS] = "connections",
    [SHED_VERIFICATIONS] = "verifications",
};

/* ---- opening ---- */

/* `number` in `seconds`, and `at_once` times that at once; times `share`. */
static struct bucket_rate
rate_of(uint64_t number, int64_t seconds, int64_t at_once, int64_t share)
{
    int64_t tokens = (int64_t)number * share;
    if (tokens == 0)
        return (struct bucket_rate){0, 0};
    return (struct bucket_rate){seconds * BUCKET_SECOND / tokens, tokens * at_once};
}

static void
set_rates(struct shed *shed)
{
    const struct config *config = shed->config;
    for (int level = 0; level < LEVELS; level++) {
        int64_t share = level == CLIENT ? 1 : SHED_NETWORK;
        shed->rates[SHED_REQUESTS][level] = rate_of(config->client_requests, 1, 20, share);
        shed->rates[SHED_FORGED][level] = rate_of(config->client_forged, 60, 1, share);
        shed->rates[SHED_CLAIMS][level] = rate_of(config->client_claims, 3600, 1, share);
    }
    shed->rates[SHED_CREDENTIALS][CLIENT] = rate_of(config->credential_requests, 1, 20, 1);
    shed->rates[SHED_VERIFICATIONS][CLIENT] = rate_of(config->verifications, 1, 1, 1);
}

enum err
shed_open(struct shed **out, const struct config *config, struct fault *fault)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    randombytes_buf((*out)->key, sizeof(*out)->key);
    (*out)->config = config;
    /* Two a core: one that computes, one that is about to. */
    (*out)->verifying_max = cores > 0 ? 2 * (unsigned)cores : 2;
    set_rates(*out);
    return ERR_OK;
}

void
shed_close(struct shed *shed)
{
    free(shed);
}

/* ---- who ---- */

static bool
is_limited(const struct client *client)
{
    static const uint8_t here[IP_BYTES] = {[15] = 1};
    static const uint8_t here_v4[IP_BYTES] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
    return !sodium_is_zero(client->address, IP_BYTES) &&
           memcmp(client->address, here, IP_BYTES) != 0 &&
           memcmp(client->address, here_v4, IP_BYTES) != 0;
}

static uint64_t
hash_of(const struct shed *shed, const struct client *client, int level, struct slice of)
{
    static const unsigned bits[2][LEVELS] = {{64, 48}, {128, 120}}; /* of IPv6, of IPv4 */
    uint8_t text[IP_BYTES + OF_MAX] = {0};
    uint64_t hash = 0;
    if (client != NULL) {
        memcpy(text, client->address, IP_BYTES);
        ip_cut(text, bits[ip_is_v4(text)][level]);
    }
    size_t of_len = of.len < OF_MAX ? of.len : OF_MAX;
    if (of_len > 0)
        memcpy(text + IP_BYTES, of.data, of_len);
    _Static_assert(sizeof hash == crypto_shorthash_BYTES, "a hash is a number");
    (void)crypto_shorthash((uint8_t *)&hash, text, IP_BYTES + of_len, shed->key);
    return hash;
}

/* ---- crowds ---- */

static int64_t
in_seconds(int64_t microseconds)
{
    return (microseconds + BUCKET_SECOND - 1) / BUCKET_SECOND;
}

static bool
take_at(struct shed *shed, struct shed_ask *ask, int level)
{
    const struct bucket_rate *rate = &shed->rates[ask->kind][level];
    struct crowd *crowd = &shed->crowds[ask->kind][level];
    struct shed_taken *taken = &ask->taken[level];
    if (rate->interval == 0)
        return true;
    taken->hash = hash_of(shed, ask->client, level, ask->of);
    taken->rows = crowd_take(crowd, taken->hash, rate, ask->now * BUCKET_SECOND);
    if (taken->rows != 0)
        return true;
    ask->wait = in_seconds(crowd_wait(crowd, taken->hash, rate, ask->now * BUCKET_SECOND));
    if (ask->wait < 1) /* one came back in this moment */
        ask->wait = 1;
    return false;
}

void
shed_give_back(struct shed *shed, const struct shed_ask *ask)
{
    if (shed == NULL)
        return;
    for (int level = 0; level < LEVELS; level++)
        crowd_give_back(&shed->crowds[ask->kind][level], ask->taken[level].hash,
                        &shed->rates[ask->kind][level], ask->taken[level].rows);
}

static bool
refuse(struct shed *shed, enum shed_kind kind)
{
    atomic_fetch_add_explicit(&shed->counts[kind], 1, memory_order_relaxed);
    return false;
}

bool
shed_take(struct shed *shed, struct shed_ask *ask)
{
    memset(ask->taken, 0, sizeof ask->taken);
    ask->wait = 0;
    if (shed == NULL || (ask->client != NULL && !is_limited(ask->client)))
        return true;
    if (take_at(shed, ask, CLIENT) && take_at(shed, ask, NETWORK))
        return true;
    shed_give_back(shed, ask);
    return refuse(shed, ask->kind);
}

/* ---- connections ---- */

enum { PLACE_BITS = 16, PLACE_SET = 1 };
_Static_assert(CONNECTION_CELLS == 1 << PLACE_BITS, "the number of a cell fits");

/* Above the lowest bit, which is set: the cells of both levels. */
static atomic_uint_least32_t *
cell_of(struct shed *shed, uint64_t place, int level)
{
    return &shed->connections[level][(place >> (1 + PLACE_BITS * level)) % CONNECTION_CELLS];
}

uint64_t
shed_connect(struct shed *shed, const struct client *client)
{
    uint64_t place = PLACE_SET;
    if (shed == NULL || !is_limited(client))
        return 0;
    for (int level = 0; level < LEVELS; level++) {
        uint64_t cell = hash_of(shed, client, level, slice_of("")) % CONNECTION_CELLS;
        place |= cell << (1 + PLACE_BITS * level);
        atomic_fetch_add_explicit(cell_of(shed, place, level), 1, memory_order_relaxed);
    }
    return place;
}

void
shed_disconnect(struct shed *shed, uint64_t place)
{
    if (shed == NULL || place == 0)
        return;
    for (int level = 0; level < LEVELS; level++)
        atomic_fetch_sub_explicit(cell_of(shed, place, level), 1, memory_order_relaxed);
}

bool
shed_crowded(struct shed *shed, uint64_t place)
{
    uint64_t one = shed == NULL ? 0 : shed->config->client_connections;
    bool crowded = false;
    if (one == 0 || place == 0)
        return false;
    for (int level = 0; level < LEVELS; level++) {
        uint64_t max = level == CLIENT ? one : one * SHED_NETWORK_CONNECTIONS;
        crowded |= atomic_load_explicit(cell_of(shed, place, level), memory_order_relaxed) > max;
    }
    return crowded && !refuse(shed, SHED_CONNECTIONS);
}

/* ---- signatures ---- */

/* What the public as a whole may ask for. */
static bool
begin_verification(struct shed *shed, struct shed_ask *ask)
{
    struct shed_ask all = {.kind = SHED_VERIFICATIONS, .now = ask->now};
    bool room = atomic_fetch_add(&shed->verifying, 1) < shed->verifying_max;
    if (room && shed_take(shed, &all))
        return true;
    atomic_fetch_sub(&shed->verifying, 1);
    ask->wait = 1;
    return room ? false : refuse(shed, SHED_VERIFICATIONS);
}

bool
shed_verify(struct shed *shed, struct shed_ask *ask)
{
    if (!shed_take(shed, ask))
        return false;
    if (shed == NULL || shed->config->verifications == 0 || begin_verification(shed, ask))
        return true;
    shed_give_back(shed, ask);
    return false;
}

void
shed_verified(struct shed *shed, const struct shed_ask *ask, bool genuine)
{
    if (shed == NULL)
        return;
    if (shed->config->verifications != 0)
        atomic_fetch_sub(&shed->verifying, 1);
    if (genuine)
        shed_give_back(shed, ask);
}

/* ---- counters ---- */

uint64_t
shed_count(const struct shed *shed, enum shed_kind kind)
{
    return shed == NULL ? 0 : atomic_load_explicit(&shed->counts[kind], memory_order_relaxed);
}

const char *
shed_name(enum shed_kind kind)
{
    return names[kind];
}
