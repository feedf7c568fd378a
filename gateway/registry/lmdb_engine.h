/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the LMDB engine, for its own files.
 *
 *   lmdb_open.c    the environment: place, size of the map, tables, meta record
 *   lmdb_calls.c   the table of calls
 *   lmdb_once.c    one environment a process
 *   lmdb_table.c   records by key inside a transaction
 *   lmdb_absent.c  whether what is not found is not there
 *   lmdb_scan.c    records in order
 *   lmdb_session.c sessions and their read transactions
 *   lmdb_kin.c     what many units share, decoded
 *   lmdb_read.c, lmdb_list.c, lmdb_units.c         the calls that read
 *   lmdb_notice.c, lmdb_signed_in.c, lmdb_tally.c  notices, browser sessions, tallies
 *   lmdb_sighting.c                                who looked at a unit
 *   lmdb_queue.c   calls that wait for the writer, and who is next
 *   lmdb_turn.c    and between processes
 *   lmdb_writer.c  the thread that commits groups
 *   lmdb_apply.c, lmdb_commission.c, lmdb_put.c    what it runs
 *   lmdb_check.c, lmdb_check_unit.c                walk everything
 *   lmdb_copy.c    a copy while others write
 *
 * LMDB 0.9.24: only durable flags are used, so that a commit that returned is on disk; a thread
 * keeps no transaction between calls; no handle is used across fork. */
#ifndef ASSAY_REGISTRY_LMDB_ENGINE_H
#define ASSAY_REGISTRY_LMDB_ENGINE_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "gateway/registry/codec.h"
#include "gateway/registry/engine.h"
#include "gateway/registry/index.h"
#include "gateway/registry/lmdb_calls.h"
#include "gateway/registry/lmdb_queue.h"

/* ---- lmdb_error.c ---- */

enum err lmdb_err(int rc) MUST_CHECK; /* of an LMDB or errno value */
enum err lmdb_fault(struct fault *fault, const char *path, int rc);

/* ---- lmdb_room.c ---- */

/* What a failed commit said, or that there is no room, where that is the reason of an EIO. */
int lmdb_tell_full(MDB_env *env, int rc) MUST_CHECK;

/* ---- lmdb_once.c ---- */

struct lmdb_place {
    dev_t device;
    ino_t directory;
    struct lmdb_place *next;
};
/* False when this process has it open already. `*place` stays where it is until it is left. */
bool lmdb_once_enter(struct lmdb_place *place) MUST_CHECK;
void lmdb_once_leave(struct lmdb_place *place);

/* ---- lmdb_table.c: a transaction, for reading or writing ---- */

struct view {
    MDB_txn *txn; /* NULL: none */
    const MDB_dbi *tables;
    struct codec *codec;
    int failure;                  /* first LMDB error: a write transaction is of no use any more */
    struct lmdb_session *session; /* that is held while it reads; NULL: the writer's */
};

/* Of a table that an older registry, opened for reading, does not have: it is empty. */
#define TABLE_ABSENT ((MDB_dbi)-1)

/* Records in the table. */
enum err view_count(struct view *view, enum table table, uint64_t *count) MUST_CHECK;
/* ERR_NOT_FOUND when there is none (lmdb_absent.c makes sure); what is found lies in the map until
 * the transaction ends. */
enum err view_find(struct view *view, enum table table, const struct record_key *key,
                   struct span *out) MUST_CHECK;
enum err view_unit(struct view *view, const struct unit_key *key, struct unit *out,
                   uint8_t operation[static OPERATION_ID_BYTES]) MUST_CHECK;
enum err view_product(struct view *view, const char *gtin, struct product *out) MUST_CHECK;
enum err view_lot(struct view *view, const char *gtin, const char *lot, struct lot *out) MUST_CHECK;
enum err view_recall(struct view *view, const char *id, struct recall *out) MUST_CHECK;
enum err view_credential(struct view *view, const char *id, struct credential *out) MUST_CHECK;
enum err view_notice(struct view *view, const char *reference, struct notice *out) MUST_CHECK;
enum err view_event(struct view *view, const struct unit_key *key, uint64_t number,
                    struct event *out) MUST_CHECK;
enum err view_operation(struct view *view, const uint8_t id[static OPERATION_ID_BYTES],
                        struct operation *out) MUST_CHECK;
/* Stores what was encoded; `flags` of mdb_put. Whatever fails here fails in the middle of a call's
 * writes, so it spoils the transaction. */
enum err view_put(struct view *view, enum table table, bool encoded, const struct record *record,
                  unsigned flags) MUST_CHECK;
/* A row of an index. */
enum err view_put_row(struct view *view, const struct index_row *row) MUST_CHECK;
/* ERR_OK also when it is not there. */
enum err view_delete(struct view *view, enum table table, const struct record_key *key) MUST_CHECK;
/* As view_put, but leaves alone what is there already. */
enum err view_put_new(struct view *view, enum table table, bool encoded,
                      const struct record *record) MUST_CHECK;
/* The commission as an event: what the record kept, and who did it from its operation. */
enum err view_first_event(struct view *view, const struct unit *unit,
                          const uint8_t operation[static OPERATION_ID_BYTES],
                          struct event *out) MUST_CHECK;
struct unit_key key_of(const struct unit *unit);

/* ---- lmdb_absent.c; both use the codec, so that nothing may be encoded in it ---- */

/* Is the record's hash right? */
bool view_whole(struct view *view, enum table table, struct span key, struct span value) MUST_CHECK;
/* Are the two records whole between which the key lies, or would lie, and in order? ERR_CORRUPT.
 * *there: it does. */
enum err view_beside(struct view *view, enum table table, struct span wanted,
                     bool *there) MUST_CHECK;

/* ---- lmdb_scan.c: the records of a table in order ---- */

struct scan {
    struct view *view;
    enum table table;
    MDB_cursor *cursor;
    struct record_key start;
    bool past_start; /* begin behind a record that lies exactly at the start */
    bool moved;
    struct span prefix;     /* the caller's */
    struct span key, value; /* of the record that was reached, in the map */
};

/* From behind `after` (its len 0: from the beginning) as long as keys begin with `prefix`. */
enum err scan_begin(struct scan *scan, struct view *view, enum table table, struct span prefix,
                    const struct record_key *after) MUST_CHECK;
enum err scan_next(struct scan *scan) MUST_CHECK; /* ERR_NOT_FOUND at the end */
/* To the first record that lies at `key` or behind it; keys only rise. Not mixed with scan_next. */
enum err scan_reach(struct scan *scan, const struct record_key *key) MUST_CHECK;
void scan_end(struct scan *scan);
#define AUTO_SCAN __attribute__((cleanup(scan_end))) struct scan

/* ---- lmdb_session.c ---- */

struct lmdb_registry;

struct lmdb_session {
    struct registry_session base;
    struct lmdb_registry *registry;
    MDB_txn *txn; /* for reading; reset between calls, so that it holds no page back */
    pthread_cond_t answered;
    struct codec codec;
    pthread_mutex_t busy; /* held by its thread while it uses the environment */
    struct lmdb_session *next;
};

enum err lmdb_session_open(struct registry *registry, struct registry_session **out,
                           struct fault *fault) MUST_CHECK;
void lmdb_session_close(struct registry_session *session);
struct lmdb_session *session_of(struct registry_session *session);
/* For who uses the environment besides a view; NULL: there is none at the moment, and nothing is
 * held. */
MDB_env *session_hold(struct lmdb_session *session) MUST_CHECK;
void session_let_go(struct lmdb_session *session);
/* Nobody reads, and no session has a transaction, from the one to the other. */
void lmdb_sessions_stop(struct lmdb_registry *registry);
void lmdb_sessions_go_on(struct lmdb_registry *registry);
enum err view_begin(struct view *view, struct lmdb_session *session) MUST_CHECK;
void view_end(struct view *view);
#define AUTO_VIEW __attribute__((cleanup(view_end))) struct view

/* ---- lmdb_writer.c ---- */

struct lmdb_writer {
    struct lmdb_registry *of;
    pthread_t thread;
    bool running;
    bool broken, doubtful; /* LMDB refuses everything until opened again; the last write failed */
    int turn;              /* -1: none */
    struct codec codec;
    struct lmdb_queue queue;
    uint64_t commits, commit_calls, commit_microseconds; /* guarded by the queue's lock */
};

enum err lmdb_writer_init(struct lmdb_writer *writer) MUST_CHECK;
/* `directory` is the registry's. */
enum err lmdb_writer_start(struct lmdb_writer *writer, const char *directory,
                           struct fault *fault) MUST_CHECK;
void lmdb_writer_stop(struct lmdb_writer *writer); /* nothing waits any more */
void lmdb_writer_destroy(struct lmdb_writer *writer);

/* ---- lmdb_kin.c: what the units of a product share ---- */

enum { KIN_PRODUCTS = 64 }; /* that are kept; more take the places of others */
struct lmdb_kin {
    pthread_mutex_t lock; /* held for a copy */
    size_t snapshot;      /* mdb_txn_id of what follows; 0: nothing */
    char gtin[GTIN_DIGITS + 1];
    bool has_product, recalled;
    struct product product;
    struct lot lot; /* "" none */
};

struct lmdb_kin *lmdb_kin_open(void); /* NULL: out of memory */
void lmdb_kin_close(struct lmdb_kin *kin);
void lmdb_kin_forget(struct lmdb_kin *kin);
/* Fills in out->product and has_product; *recalled: it has recalls, lifted or not. */
bool lmdb_kin_find(struct lmdb_registry *registry, size_t snapshot, const char *gtin,
                   struct unit_view *out, bool *recalled) MUST_CHECK;
void lmdb_kin_keep(struct lmdb_registry *registry, size_t snapshot, const char *gtin,
                   const struct unit_view *view, bool recalled);
bool lmdb_kin_find_lot(struct lmdb_registry *registry, size_t snapshot, const char *gtin,
                       const char *lot, struct lot *out) MUST_CHECK;
void lmdb_kin_keep_lot(struct lmdb_registry *registry, size_t snapshot, const struct lot *lot);

/* ---- lmdb_open.c ---- */

struct lmdb_registry {
    struct registry base;
    struct lmdb_place place;
    bool entered;
    char path[512];            /* of the directory */
    uint64_t map;              /* as the address said; 0: nothing */
    MDB_env *env;              /* NULL: it could not be opened again yet */
    pthread_mutex_t list_lock; /* guards the next */
    struct lmdb_session *list; /* all that are open */
    MDB_dbi tables[TABLE_COUNT];
    uint8_t record_key[RECORD_KEY_BYTES];
    unsigned sessions_max;
    atomic_uint sessions;
    struct lmdb_writer writer;
    struct lmdb_kin *kin; /* KIN_PRODUCTS */
};

enum err lmdb_open(const struct place *place, const struct registry_options *options,
                   struct registry **out, struct fault *fault) MUST_CHECK;
void lmdb_close(struct registry *registry);
/* After LMDB has panicked; by the writer, between two transactions. */
enum err lmdb_open_again(struct lmdb_registry *registry) MUST_CHECK;

/* ---- lmdb_sighting.c ---- */

enum err view_scans(struct view *view, const struct unit_key *key, struct scans *out) MUST_CHECK;
/* A suspicion ends: what it rested on is forgotten. ERR_OK also when nobody looked, and when the
 * record is damaged: it is left to the check. */
enum err forget_evidence(struct view *view, const struct unit_key *key, int64_t now) MUST_CHECK;

/* ---- lmdb_apply.c ---- */

/* Was the request's operation committed before: *repeat. ERR_EXISTS: with another digest. */
enum err find_repeat(struct view *view, const struct lmdb_request *request,
                     bool *repeat) MUST_CHECK;
enum err put_operation(struct view *view, struct lmdb_request *request, size_t count) MUST_CHECK;

#endif
