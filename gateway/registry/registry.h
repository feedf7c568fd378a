/* SPDX-License-Identifier: Apache-2.0 */
/* The registry: units, products, lots, recalls, events, credentials, operations, and what the pages
 * for staff rest on: sessions, notices, tallies. One narrow interface, so that every engine shares
 * the rules above it; one contract test runs against every engine.
 *
 * A `struct registry` may be used by many threads; a session belongs to one thread at a time and is
 * cheap to keep. No transaction is handed out: each call is one consistent view.
 *
 * Results used by all calls besides those named at each one:
 *   ERR_UNAVAILABLE  the engine could not be asked; nothing was changed
 *   ERR_CORRUPT      a stored record fails its hash or its grammar: it is not used
 *   ERR_INVALID      an argument breaks its limits
 *   ERR_MEMORY
 * and by calls that write:
 *   ERR_UNKNOWN      it may be committed or not: ask find_operation with the operation's id
 *   ERR_FULL         disk or map is full; nothing was changed
 *   ERR_DENIED       the registry was opened read-only
 * After an error, outputs are zeroed unless a call says otherwise. */
#ifndef ASSAY_REGISTRY_REGISTRY_H
#define ASSAY_REGISTRY_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/registry/open.h"
#include "gateway/rules/credential.h"
#include "gateway/rules/event.h"
#include "gateway/rules/notice.h"
#include "gateway/rules/session.h"
#include "gateway/rules/tally.h"
#include "gateway/rules/unit.h"

enum {
    APPLY_MAX = 16,         /* changes in one apply */
    COMMISSION_MAX = 10000, /* units in one commission */
    REGISTRY_PAGE_MAX = 1000,
    CURSOR_MAX = 96,
    OPERATION_NOTE_MAX = 120,
    QUERY_MAX = 40
};

/* ---- reading ---- */

struct unit_key {
    char gtin[GTIN_DIGITS + 1];
    char serial[GS1_VALUE_MAX + 1];
};

/* Everything the verdict on one unit needs, from one view. `found` says what is there. */
struct unit_view {
    bool has_unit, has_product, has_lot;
    struct unit unit;
    struct product product; /* entitlements beyond its count are not written */
    struct lot lot;         /* the unit's lot */
    size_t recall_count;
    struct recall recalls[16]; /* that cover the unit, stop-use first; the rest is not written */
};

/* ERR_NOT_FOUND when there is no such unit; *out is zeroed then. */
enum err registry_get(struct registry_session *session, const struct unit_key *key,
                      struct unit *out) MUST_CHECK;
/* For up to COMMISSION_MAX keys; results[i] is ERR_OK or ERR_NOT_FOUND or ERR_CORRUPT. */
enum err registry_get_many(struct registry_session *session, const struct unit_key *keys,
                           size_t count, struct unit *out, enum err *results) MUST_CHECK;
/* ERR_OK also when the unit is not there: the product may be. */
enum err registry_view(struct registry_session *session, const struct unit_key *key,
                       struct unit_view *out) MUST_CHECK;
enum err registry_get_product(struct registry_session *session, const char *gtin,
                              struct product *out) MUST_CHECK;
enum err registry_get_lot(struct registry_session *session, const char *gtin, const char *lot,
                          struct lot *out) MUST_CHECK;
enum err registry_get_recall(struct registry_session *session, const char *id,
                             struct recall *out) MUST_CHECK;

/* An opaque place in a list: "" to begin with, and again "" when there is no more. It stays good
 * while others write: an unchanged row is neither skipped nor repeated. ERR_INVALID for a cursor
 * that this call did not make. */
struct cursor {
    char text[CURSOR_MAX + 1];
};

struct unit_filter {
    char gtin[GTIN_DIGITS + 1]; /* "" is any, as below */
    char lot[GS1_VALUE_MAX + 1];
    char location[LOCATION_MAX + 1];
    char purchase_order[ORDER_MAX + 1];
    char sales_order[ORDER_MAX + 1];
    enum unit_state state; /* UNIT_NONE is any */
    uint8_t conditions;    /* all of these; 0 is any */
    char item[ITEM_MAX + 1];
    /* Free text, in serial, lot, or the product's item number or name, with look-alike characters
     * folded (rules/fold.h); a query of which folding leaves nothing is looked for as it is. */
    char query[QUERY_MAX + 1];
};

/* In order of (gtin, serial), bytewise; of a query, first the units whose serial begins so, then
 * those of products, then of lots that have it, then those with it inside their serial. Up to `max`
 * (<= REGISTRY_PAGE_MAX) rows. A call looks at a bounded number of records: *count may be 0 with a
 * cursor to go on from. Only the last part of a query and UNIT_ISSUED have to look at others. */
enum err registry_list(struct registry_session *session, const struct unit_filter *filter,
                       struct cursor *cursor, struct unit *out, size_t max,
                       size_t *count) MUST_CHECK;
enum err registry_list_products(struct registry_session *session, struct cursor *cursor,
                                struct product *out, size_t max, size_t *count) MUST_CHECK;
enum err registry_list_recalls(struct registry_session *session, struct cursor *cursor,
                               struct recall *out, size_t max, size_t *count) MUST_CHECK;
enum err registry_get_credential(struct registry_session *session, const char *id,
                                 struct credential *out) MUST_CHECK;
enum err registry_list_credentials(struct registry_session *session, struct cursor *cursor,
                                   struct credential *out, size_t max, size_t *count) MUST_CHECK;
/* A unit's history, oldest first, beginning after event number `after` (0 for the first). The
 * commission is event 1 and is rebuilt from the record, which keeps what it carried. */
enum err registry_events(struct registry_session *session, const struct unit_key *key,
                         uint64_t after, struct event *out, size_t max, size_t *count) MUST_CHECK;

/* ERR_NOT_FOUND likewise. A session that is over is still found: session_live decides. */
enum err registry_get_session(struct registry_session *session, const char *credential,
                              const uint8_t seal[static SEAL_BYTES],
                              struct session *out) MUST_CHECK;
/* How many of the credential's sessions are live. */
enum err registry_count_sessions(struct registry_session *session, const char *credential,
                                 int64_t now, size_t *count) MUST_CHECK;
enum err registry_get_notice(struct registry_session *session, const char *reference,
                             struct notice *out) MUST_CHECK;
struct notice_filter {
    enum notice_kind kind; /* NOTICE_NONE is any */
    bool open;             /* only those */
};
/* Newest first, by first_at. As registry_list, a call looks at a bounded number. */
enum err registry_list_notices(struct registry_session *session, const struct notice_filter *filter,
                               struct cursor *cursor, struct notice *out, size_t max,
                               size_t *count) MUST_CHECK;
/* The days from `from` to `to` (1970 or later), oldest first; days without any are left out. The
 * first `max` of them. */
enum err registry_tallies(struct registry_session *session, civil_day from, civil_day to,
                          struct tally *out, size_t max, size_t *count) MUST_CHECK;

/* ---- writing: durable on disk before the call returns ERR_OK ---- */

/* Who asks, and under which id a repeat is recognised. */
struct operation {
    uint8_t id[OPERATION_ID_BYTES];
    uint8_t digest[SEAL_BYTES]; /* of the request: the same id with another digest is refused */
    int64_t at;
    enum role role;
    char actor[ORGANISATION_MAX + 1];
    char note[OPERATION_NOTE_MAX + 1]; /* what it was, for people: "import RUN.manifest.csv" */
    uint32_t count; /* units changed or registered, or 1 record; set by the registry */
};
/* ERR_NOT_FOUND when no operation with this id was committed. */
enum err registry_find_operation(struct registry_session *session,
                                 const uint8_t id[static OPERATION_ID_BYTES],
                                 struct operation *out) MUST_CHECK;

/* One change of one unit: the record as it is to be, whose `version` is the one that was seen, and
 * the event that explains it, which names the operation. Whether the one follows from the other is
 * for event_apply. What the commission said stays: identity, kid, seal, registered_at, made_on,
 * expires_on; and a claim is kept or zeroed, and comes back only by undoing the last event, when
 * that carries it. */
struct change {
    struct unit unit;
    struct event event;
};

/* All `count` (1 to APPLY_MAX, different units) or none. Each stored version becomes the seen one
 * plus 1. Repeating an operation (same id and digest) answers ERR_OK and changes nothing; the same
 * id with another digest is ERR_EXISTS. ERR_CONFLICT: a unit has another version, *current is the
 * record as it is; ERR_NOT_FOUND: a unit is not there; ERR_INVALID also when something changed that
 * has to stay: in these cases *failed is its index. The caller may pass NULL for failed and
 * current. */
enum err registry_apply(struct registry_session *session, const struct change *changes,
                        size_t count, const struct operation *operation, size_t *failed,
                        struct unit *current) MUST_CHECK;

/* Registers new units: all `count` (1 to COMMISSION_MAX) or none. Units are as issued: version 0,
 * state issued, no condition, sold to and shipped to nobody; registered_at becomes operation->at,
 * whatever they say. results[i]: ERR_OK registered now; ERR_EXISTS there is already a unit with
 * this (gtin, serial): same[i] says whether it has the same seal, variant and lot, so that
 * importing a file again is harmless. When any differs the call answers ERR_EXISTS and nothing is
 * written; otherwise the units that are already there are left alone. When a call is refused
 * (ERR_EXISTS, ERR_CORRUPT), the units that were not the reason are ERR_NOT_FOUND: not there, and
 * not registered. ERR_EXISTS without any unit that differs: the operation's id was used for
 * something else. A (gtin, serial) twice in one call is ERR_INVALID. Lots that have no record yet
 * get one from the dates of their first unit in the call. After any other error every results[i]
 * is that error. */
enum err registry_commission(struct registry_session *session, const struct unit *units,
                             size_t count, const struct operation *operation, enum err *results,
                             bool *same) MUST_CHECK;

/* Compare-and-set by `version` (0 creates); repeats as in apply. ERR_CONFLICT gives *current, which
 * may be NULL; ERR_NOT_FOUND: a version was seen and there is no record. A recall stays with its
 * GTIN, and a range that ends before it begins is ERR_INVALID. */
enum err registry_put_product(struct registry_session *session, const struct product *product,
                              const struct operation *operation,
                              struct product *current) MUST_CHECK;
enum err registry_put_lot(struct registry_session *session, const struct lot *lot,
                          const struct operation *operation, struct lot *current) MUST_CHECK;
enum err registry_put_recall(struct registry_session *session, const struct recall *recall,
                             const struct operation *operation, struct recall *current) MUST_CHECK;
enum err registry_put_credential(struct registry_session *session,
                                 const struct credential *credential,
                                 const struct operation *operation,
                                 struct credential *current) MUST_CHECK;

/* Opens a session (made_at and seen_at are the same), or writes that it was seen later:
 * ERR_NOT_FOUND when it was ended or is over in the meantime, and it stays as it was but for
 * seen_at, which never goes back. Opening one when the credential has SESSIONS_PER_CREDENTIAL ends
 * the one that was idle longest; sessions of it that are over, or damaged, are swept. ERR_INVALID
 * also for one that is not live at `now`. No operation: a repeat does the same again. */
enum err registry_put_session(struct registry_session *session, const struct session *what,
                              int64_t now) MUST_CHECK;
/* Signs out: one session, or with a NULL seal all of the credential. ERR_OK also when there was
 * none. */
enum err registry_end_sessions(struct registry_session *session, const char *credential,
                               const uint8_t *seal) MUST_CHECK;
/* Compare-and-set by `version` (0 creates; ERR_CONFLICT when the reference is there). first_at
 * stays as it was made. */
enum err registry_put_notice(struct registry_session *session, const struct notice *notice,
                             const struct operation *operation, struct notice *current) MUST_CHECK;
/* Adds the counts to those of the day (1970 or later); a count that is full stays full.
 * ERR_UNKNOWN: it may be counted twice or not at all by a caller that goes on; the counts are for a
 * chart. */
enum err registry_add_tally(struct registry_session *session, const struct tally *tally) MUST_CHECK;

/* ---- health ---- */

struct registry_health {
    uint64_t units, products, lots, recalls, operations;
    uint64_t events;                   /* commissions included */
    uint64_t notices, sessions, scans; /* units that somebody looked at */
    uint64_t bytes_used, bytes_max;
    uint64_t commits;      /* since opening, by this process: group commits */
    uint64_t commit_calls; /* and the writes that they carried */
};
enum err registry_health(struct registry_session *session, struct registry_health *out) MUST_CHECK;

/* Walks everything: hashes, grammar, keys against records, and every unit against its history,
 * replayed by the rules of event.h. Others may write meanwhile. Calls `found` for each damage (text
 * for a person) and `progress` now and then; either may be NULL. ERR_CORRUPT when there was any
 * damage. */
struct registry_checker {
    void (*found)(const char *what, void *context);
    void (*progress)(uint64_t done, uint64_t total, void *context);
    void *context;
};
enum err registry_check(struct registry_session *session,
                        const struct registry_checker *checker) MUST_CHECK;

#endif
