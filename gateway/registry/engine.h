/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine implements. registry.c chooses one by the scheme of the URL, checks the arguments
 * of each call, refuses writing to what was opened read-only, and zeroes what a failed call would
 * have filled: an engine is only called with arguments that are within the limits of registry.h.
 *
 * The engine's own registry and session structs begin with the ones below. */
#ifndef ASSAY_REGISTRY_ENGINE_H
#define ASSAY_REGISTRY_ENGINE_H

#include "gateway/registry/gauge.h"
#include "gateway/registry/registry.h"
#include "gateway/registry/scans.h"

struct engine;

struct registry {
    const struct engine *engine;
    bool read_only;
};

struct registry_session {
    const struct registry *of;
};

/* "lmdb:PATH?PARAMETERS", split. */
struct place {
    char path[512];
    char parameters[128]; /* "name=value&name=value"; "" when there are none */
};

struct apply_call {
    const struct change *changes; /* different units */
    size_t count;
    const struct operation *operation;
    size_t *failed;       /* never NULL */
    struct unit *current; /* may be NULL */
};

struct commission_call {
    const struct unit *units;
    size_t count;
    const struct operation *operation;
    enum err *results;
    bool *same;
};

struct scan_call {
    const struct scan_flush *flush;
    enum copy_rule *suspected;
};

/* Where a list call puts what it finds. */
struct page {
    struct cursor *cursor; /* NULL for events and tallies */
    size_t max;
    size_t *count;
};

struct tally_days {
    civil_day from, to; /* both included */
};

/* The calls of registry.h, in its order and with its results. */
struct engine {
    const char *scheme;
    enum err (*open)(const struct place *place, const struct registry_options *options,
                     struct registry **out, struct fault *fault);
    void (*close)(struct registry *registry);
    enum err (*session_open)(struct registry *registry, struct registry_session **out,
                             struct fault *fault);
    void (*session_close)(struct registry_session *session);

    enum err (*get)(struct registry_session *session, const struct unit_key *key, struct unit *out);
    enum err (*get_many)(struct registry_session *session, const struct unit_key *keys,
                         size_t count, struct unit *out, enum err *results);
    enum err (*view)(struct registry_session *session, const struct unit_key *key,
                     struct unit_view *out);
    enum err (*get_product)(struct registry_session *session, const char *gtin,
                            struct product *out);
    enum err (*get_lot)(struct registry_session *session, const char *gtin, const char *lot,
                        struct lot *out);
    enum err (*get_recall)(struct registry_session *session, const char *id, struct recall *out);
    enum err (*list)(struct registry_session *session, const struct unit_filter *filter,
                     const struct page *page, struct unit *out);
    enum err (*list_products)(struct registry_session *session, const struct page *page,
                              struct product *out);
    enum err (*list_recalls)(struct registry_session *session, const struct page *page,
                             struct recall *out);
    enum err (*get_credential)(struct registry_session *session, const char *id,
                               struct credential *out);
    enum err (*list_credentials)(struct registry_session *session, const struct page *page,
                                 struct credential *out);
    enum err (*events)(struct registry_session *session, const struct unit_key *key, uint64_t after,
                       struct event *out, const struct page *page);
    enum err (*find_operation)(struct registry_session *session,
                               const uint8_t id[static OPERATION_ID_BYTES], struct operation *out);
    enum err (*get_session)(struct registry_session *session, const char *credential,
                            const uint8_t seal[static SEAL_BYTES], struct session *out);
    enum err (*count_sessions)(struct registry_session *session, const char *credential,
                               int64_t now, size_t *count);
    enum err (*get_notice)(struct registry_session *session, const char *reference,
                           struct notice *out);
    enum err (*list_notices)(struct registry_session *session, const struct notice_filter *filter,
                             const struct page *page, struct notice *out);
    enum err (*tallies)(struct registry_session *session, const struct tally_days *days,
                        const struct page *page, struct tally *out);
    enum err (*get_scans)(struct registry_session *session, const struct unit_key *key,
                          struct scans *out);

    enum err (*apply)(struct registry_session *session, const struct apply_call *call);
    enum err (*commission)(struct registry_session *session, const struct commission_call *call);
    enum err (*put_product)(struct registry_session *session, const struct product *product,
                            const struct operation *operation, struct product *current);
    enum err (*put_lot)(struct registry_session *session, const struct lot *lot,
                        const struct operation *operation, struct lot *current);
    enum err (*put_recall)(struct registry_session *session, const struct recall *recall,
                           const struct operation *operation, struct recall *current);
    enum err (*put_credential)(struct registry_session *session,
                               const struct credential *credential,
                               const struct operation *operation, struct credential *current);
    enum err (*put_session)(struct registry_session *session, const struct session *what,
                            int64_t now);
    enum err (*end_sessions)(struct registry_session *session, const char *credential,
                             const uint8_t *seal);
    enum err (*put_notice)(struct registry_session *session, const struct notice *notice,
                           const struct operation *operation, struct notice *current);
    enum err (*add_tally)(struct registry_session *session, const struct tally *tally);
    enum err (*scan_flush)(struct registry_session *session, const struct scan_call *call);

    enum err (*health)(struct registry_session *session, struct registry_health *out);
    enum err (*check)(struct registry_session *session, const struct registry_checker *checker);
    /* What was committed so far is on disk. */
    enum err (*sync)(struct registry_session *session);
    enum err (*copy)(struct registry_session *session, const char *directory, struct fault *fault);
    enum err (*gauge)(struct registry_session *session, struct registry_gauge *out);
    enum err (*writable)(struct registry_session *session);
};

extern const struct engine lmdb_engine;

#endif
