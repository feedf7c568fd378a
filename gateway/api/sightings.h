/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at which unit, in memory, until it is written down: a verification costs no write.
 *
 * A session is one client, one unit, one day in UTC (rules/scan.h). What a client does again within
 * its session is dropped here, as long as the session is among the last SIGHTINGS_RECENT or so;
 * what was forgotten earlier, or by a restart, is for scan_add to know. Memory is fixed: when so
 * many wait that there is no room, because the registry takes no writes, more are counted as
 * dropped.
 *
 * A client is crypto_shorthash of its address (IPv6: of its /64, which is one household) under the
 * salt of the day: random, made new at midnight UTC, and kept in a file of the data directory so
 * that a restart does not count everybody again. The old one is overwritten where it lay on the
 * disk, and in memory. No backup holds it.
 *
 * So whoever takes the machine, with the registry, its secrets and the salt of this day, can find
 * out by trying all addresses which ones looked today at a unit whose record still lists them: the
 * first SCAN_EXACT of the day. Of every earlier day it is only left how many looked, from which
 * country, and when the first and last one did. That holds as far as overwriting does: a snapshot,
 * a journal that keeps data, or a worn flash cell may have kept the 80 bytes.
 *
 * Thread-safe, but for sightings_flush, which one thread calls. */
#ifndef ASSAY_API_SIGHTINGS_H
#define ASSAY_API_SIGHTINGS_H

#include "gateway/exchange/exchange.h"
#include "gateway/registry/scans.h"

enum {
    SIGHTINGS_RECENT = 524288, /* sessions that are remembered: 4 MiB */
    SIGHTINGS_WAITING = 65536  /* that are not written down yet: 4 MiB */
};

struct sightings; /* opaque */

/* Takes the salt of the day from the file `salt_path`; one of another day, or none, or a damaged
 * one is replaced. ERR_DENIED (a link, or others may read it), ERR_FULL, ERR_UNAVAILABLE: the file
 * could not be made; ERR_MEMORY. sodium_init() has run. */
enum err sightings_open(struct sightings **out, const char *salt_path, int64_t now,
                        struct fault *fault) MUST_CHECK;
/* What was not flushed is lost. The salt stays in its file. NULL is allowed. */
void sightings_close(struct sightings *board);

/* Somebody looked at the unit: the public, or an owner, and the label was good. Takes a lock for a
 * fraction of a microsecond and never waits for a write or a file. Without a board nothing happens.
 * An address that is unknown is client 0: all of them together are one. */
void sightings_add(struct sightings *board, const struct unit_key *key, const struct client *client,
                   int64_t now);
/* Somebody gave the claim code of a unit that is somebody's already. */
void sightings_add_second_owner(struct sightings *board, const struct unit_key *key,
                                const struct client *client, int64_t now);

/* Whom a flush tells that a unit is suspected now: `rule` fired and the unit is not suspected. It
 * answers whether that was dealt with: ERR_OK, or an error that trying again will not change. After
 * ERR_UNAVAILABLE, ERR_UNKNOWN, ERR_FULL and ERR_CONFLICT it is asked again by the next flush, and
 * nothing is written before. */
struct sightings_alarm {
    enum err (*raise)(void *context, const struct unit_key *key, enum copy_rule rule);
    void *context;
};

/* Writes down what waits, SCAN_FLUSH_MAX in a transaction, each exactly once: after ERR_UNKNOWN the
 * next flush sends the same batch again. Makes the salt of a new day, also when nothing waits: the
 * old one does not survive by more than the time between two flushes. The first error; what could
 * not be written waits. A unit whose alarm was lost with the process raises it at its next
 * sighting.
 */
enum err sightings_flush(struct sightings *board, struct registry_session *session,
                         const struct sightings_alarm *alarm, int64_t now) MUST_CHECK;

struct sightings_figures {
    uint64_t taken;    /* sessions that were put down to be written */
    uint64_t repeated; /* dropped: within their session */
    uint64_t dropped;  /* not counted: there was no room */
    uint64_t written, batches;
    uint64_t waiting;   /* now */
    int64_t flushed_at; /* the last flush that left nothing waiting; 0: none yet */
};
void sightings_figures(struct sightings *board, struct sightings_figures *out);

#endif
