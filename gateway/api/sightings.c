/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/sightings.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/api/day_salt.h"
#include "keys/locked.h"

enum {
    WAYS = 8,
    SETS = SIGHTINGS_RECENT / WAYS,
    NETWORK_BYTES = 8, /* of an IPv6 address: who has one of a /64 has them all */
    PATH_BYTES_MAX = 1024,
    RUN_BITS = 30
};
_Static_assert((SETS & (SETS - 1)) == 0, "a set is some bits of a hash");

/* What would lead from a hash to a client; it lives in locked memory. */
struct keys {
    uint8_t salt[DAY_SALT_BYTES];            /* of the day */
    uint8_t tags[crypto_shorthash_KEYBYTES]; /* of the table of sessions, of the same day */
};

/* What is being written down: nobody but the flush looks at it. */
struct batch {
    uint64_t number;
    size_t count; /* 0: there is none */
    bool written;
    size_t raised; /* so many alarms are dealt with */
    struct scan_seen seen[SCAN_FLUSH_MAX];
    enum copy_rule suspected[SCAN_FLUSH_MAX];
};

struct sightings {
    char path[PATH_BYTES_MAX];
    int64_t run;
    civil_day stored; /* the day whose salt is in the file; CIVIL_NONE: it has to be written */
    struct batch batch;
    pthread_mutex_t lock;
    /* Guarded by the lock: */
    civil_day day;
    struct keys *keys;
    struct sightings_figures figures;
    size_t first; /* of those that wait: a ring */
    struct scan_seen waiting[SIGHTINGS_WAITING];
    uint64_t recent[SETS][WAYS]; /* tags of sessions, the last one first; 0: none */
};

/* ---- the day ---- */

static void
begin_day(struct sightings *board, civil_day day)
{
    randombytes_buf(board->keys->salt, sizeof board->keys->salt);
    randombytes_buf(board->keys->tags, sizeof board->keys->tags);
    board->day = day;
}

/* A clock that was set back a little does not bring a day back. Under the lock. */
static void
turn_to(struct sightings *board, civil_day day)
{
    if (day > board->day || day + 1 < board->day)
        begin_day(board, day);
}

/* Brings the file to the day of the board. */
static enum err
store_salt(struct sightings *board, struct fault *fault)
{
    uint8_t salt[DAY_SALT_BYTES];
    (void)pthread_mutex_lock(&board->lock);
    civil_day day = board->day;
    memcpy(salt, board->keys->salt, sizeof salt);
    (void)pthread_mutex_unlock(&board->lock);
    enum err err = day == board->stored ? ERR_OK : day_salt_write(board->path, day, salt, fault);
    if (err == ERR_OK)
        board->stored = day;
    sodium_memzero(salt, sizeof salt);
    return err;
}

/* ---- opening ---- */

/* Two that start in the same second are two runs. */
static int64_t
run_of(int64_t now)
{
    return (int64_t)((uint64_t)now << RUN_BITS | randombytes_uniform(1U << RUN_BITS)) + 1;
}

static enum err
open_day(struct sightings *board, int64_t now, struct fault *fault)
{
    struct fault ignored = {ERR_OK, ""};
    civil_day day = date_of(now, 0);
    begin_day(board, day);
    enum err err = day_salt_read(board->path, day, board->keys->salt, &ignored);
    board->stored = err == ERR_OK ? day : CIVIL_NONE;
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        *fault = ignored;
        return err;
    }
    if (err == ERR_NOT_FOUND)
        begin_day(board, day);
    return store_salt(board, fault);
}

enum err
sightings_open(struct sightings **out, const char *salt_path, int64_t now, struct fault *fault)
{
    void *keys = NULL;
    *out = NULL;
    struct sightings *board = calloc(1, sizeof *board);
    if (board == NULL || pthread_mutex_init(&board->lock, NULL) != 0) {
        free(board);
        return fault_set(fault, ERR_MEMORY, "out of memory");
    }
    enum err err = locked_new(&keys, sizeof *board->keys, fault);
    board->keys = keys;
    board->run = run_of(now);
    if (err == ERR_OK && !slice_copy(board->path, sizeof board->path, slice_of(salt_path)))
        err = fault_set(fault, ERR_INVALID, "%s: the path is too long", salt_path);
    if (err == ERR_OK)
        err = open_day(board, now, fault);
    if (err != ERR_OK) {
        sightings_close(board);
        return err;
    }
    *out = board;
    return ERR_OK;
}

void
sightings_close(struct sightings *board)
{
    if (board == NULL)
        return;
    locked_free(board->keys);
    (void)pthread_mutex_destroy(&board->lock);
    free(board);
}

/* ---- looking ---- */

static uint64_t
short_hash(const void *data, size_t len, const uint8_t key[static crypto_shorthash_KEYBYTES])
{
    uint64_t out = 0;
    (void)crypto_shorthash((unsigned char *)&out, data, len, key);
    return out == 0 ? 1 : out; /* 0 says: none */
}

static uint64_t
client_of(const struct sightings *board, const struct client *client)
{
    static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    const uint8_t *address = client->address;
    bool is_v4 = memcmp(address, mapped, sizeof mapped) == 0;
    if (sodium_is_zero(address, sizeof client->address))
        return 0;
    return short_hash(address, is_v4 ? sizeof client->address : NETWORK_BYTES, board->keys->salt);
}

/* Of unit and client: the key is of the day. */
static uint64_t
tag_of(const struct sightings *board, const struct scan_seen *seen)
{
    struct {
        uint64_t client;
        char gtin[sizeof seen->key.gtin], serial[sizeof seen->key.serial];
        bool second_owner;
    } session;
    memset(&session, 0, sizeof session);
    session.client = seen->sighting.client;
    memcpy(session.gtin, seen->key.gtin, sizeof session.gtin);
    memcpy(session.serial, seen->key.serial, sizeof session.serial);
    session.second_owner = seen->sighting.second_owner;
    return short_hash(&session, sizeof session, board->keys->tags);
}

/* Was it there? From now on it is, in front of its set; the one that was longest untouched goes. */
static bool
remember(struct sightings *board, uint64_t tag)
{
    uint64_t *set = board->recent[tag % SETS];
    size_t at = 0;
    while (at < WAYS - 1 && set[at] != tag)
        at++;
    bool there = set[at] == tag;
    memmove(&set[1], &set[0], at * sizeof set[0]);
    set[0] = tag;
    return there;
}

static bool
is_country(const char code[static COUNTRY_CHARS + 1])
{
    return code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z' && code[2] == '\0';
}

/* Under the lock. */
static void
put_down(struct sightings *board, struct scan_seen *seen, const struct client *client)
{
    struct sightings_figures *figures = &board->figures;
    seen->sighting.client = client_of(board, client);
    uint64_t tag = tag_of(board, seen);
    if (figures->waiting == SIGHTINGS_WAITING) {
        figures->dropped++;
        return;
    }
    if (remember(board, tag)) {
        figures->repeated++;
        return;
    }
    board->waiting[(board->first + figures->waiting) % SIGHTINGS_WAITING] = *seen;
    figures->waiting++;
    figures->taken++;
}

static void
add(struct sightings *board, struct scan_seen *seen, const struct unit_key *key,
    const struct client *client, int64_t now)
{
    if (board == NULL || now <= 0)
        return;
    /* What lies behind the text is not part of the session. */
    memcpy(seen->key.gtin, key->gtin, strnlen(key->gtin, sizeof key->gtin - 1));
    memcpy(seen->key.serial, key->serial, strnlen(key->serial, sizeof key->serial - 1));
    seen->sighting.at = now;
    if (is_country(client->country))
        memcpy(seen->sighting.country, client->country, sizeof seen->sighting.country);
    (void)pthread_mutex_lock(&board->lock);
    turn_to(board, date_of(now, 0));
    put_down(board, seen, client);
    (void)pthread_mutex_unlock(&board->lock);
}

void
sightings_add(struct sightings *board, const struct unit_key *key, const struct client *client,
              int64_t now)
{
    struct scan_seen seen = {.sighting = {.second_owner = false}};
    add(board, &seen, key, client, now);
}

void
sightings_add_second_owner(struct sightings *board, const struct unit_key *key,
                           const struct client *client, int64_t now)
{
    struct scan_seen seen = {.sighting = {.second_owner = true}};
    add(board, &seen, key, client, now);
}

void
sightings_figures(struct sightings *board, struct sightings_figures *out)
{
    (void)pthread_mutex_lock(&board->lock);
    *out = board->figures;
    (void)pthread_mutex_unlock(&board->lock);
}

/* ---- writing down ---- */

/* What the next flush may find better. */
static bool
passes(enum err err)
{
    static const enum err errs[] = {ERR_UNAVAILABLE, ERR_UNKNOWN, ERR_FULL,
                                    ERR_CONFLICT,    ERR_MEMORY,  ERR_BUSY};
    for (size_t i = 0; i < sizeof errs / sizeof errs[0]; i++)
        if (errs[i] == err)
            return true;
    return false;
}

/* The batch that is under way, or the next; false when nothing waits. */
static bool
take_batch(struct sightings *board)
{
    struct batch *batch = &board->batch;
    if (batch->count > 0)
        return true;
    (void)pthread_mutex_lock(&board->lock);
    struct sightings_figures *figures = &board->figures;
    while (batch->count < SCAN_FLUSH_MAX && figures->waiting > 0) {
        batch->seen[batch->count++] = board->waiting[board->first];
        board->first = (board->first + 1) % SIGHTINGS_WAITING;
        figures->waiting--;
    }
    (void)pthread_mutex_unlock(&board->lock);
    batch->number += batch->count > 0;
    batch->written = false;
    batch->raised = 0;
    return batch->count > 0;
}

/* What is of no use to be sent again is counted as dropped. */
static enum err
write_batch(struct sightings *board, struct registry_session *session)
{
    struct batch *batch = &board->batch;
    const struct scan_flush flush = {
        .run = board->run, .batch = batch->number, .seen = batch->seen, .count = batch->count};
    if (batch->written)
        return ERR_OK;
    enum err err = registry_scan_flush(session, &flush, batch->suspected);
    if (passes(err))
        return err;
    batch->written = true;
    (void)pthread_mutex_lock(&board->lock);
    board->figures.written += err == ERR_OK ? batch->count : 0;
    board->figures.dropped += err == ERR_OK ? 0 : batch->count;
    board->figures.batches += err == ERR_OK;
    (void)pthread_mutex_unlock(&board->lock);
    return err;
}

/* Stops at the first that is to be tried again; otherwise the first error. */
static enum err
raise_alarms(struct batch *batch, const struct sightings_alarm *alarm)
{
    enum err result = ERR_OK;
    for (; batch->raised < batch->count; batch->raised++) {
        enum copy_rule rule = batch->suspected[batch->raised];
        if (rule == COPY_NONE)
            continue;
        enum err err = alarm->raise(alarm->context, &batch->seen[batch->raised].key, rule);
        if (passes(err))
            return err;
        result = result == ERR_OK ? err : result;
    }
    return result;
}

static void
note_empty(struct sightings *board, int64_t now)
{
    (void)pthread_mutex_lock(&board->lock);
    board->figures.flushed_at = now;
    (void)pthread_mutex_unlock(&board->lock);
}

enum err
sightings_flush(struct sightings *board, struct registry_session *session,
                const struct sightings_alarm *alarm, int64_t now)
{
    (void)pthread_mutex_lock(&board->lock);
    turn_to(board, date_of(now, 0));
    (void)pthread_mutex_unlock(&board->lock);
    enum err result = store_salt(board, NULL);
    /* As many as may wait at its beginning: those who look meanwhile do not keep it for ever. */
    for (size_t i = 0; i <= SIGHTINGS_WAITING / SCAN_FLUSH_MAX; i++) {
        if (!take_batch(board)) {
            note_empty(board, now);
            break;
        }
        enum err err = write_batch(board, session);
        if (err == ERR_OK)
            err = raise_alarms(&board->batch, alarm);
        result = result == ERR_OK ? err : result;
        if (passes(err))
            break;
        board->batch.count = 0;
    }
    return result;
}
