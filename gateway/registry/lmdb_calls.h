/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of engine.h, as the LMDB engine makes them. */
#ifndef ASSAY_REGISTRY_LMDB_CALLS_H
#define ASSAY_REGISTRY_LMDB_CALLS_H

#include "gateway/registry/engine.h"

enum err lmdb_get(struct registry_session *session, const struct unit_key *key,
                  struct unit *out) MUST_CHECK;
enum err lmdb_get_many(struct registry_session *session, const struct unit_key *keys, size_t count,
                       struct unit *out, enum err *results) MUST_CHECK;
enum err lmdb_view(struct registry_session *session, const struct unit_key *key,
                   struct unit_view *out) MUST_CHECK;
enum err lmdb_get_product(struct registry_session *session, const char *gtin,
                          struct product *out) MUST_CHECK;
enum err lmdb_get_lot(struct registry_session *session, const char *gtin, const char *lot,
                      struct lot *out) MUST_CHECK;
enum err lmdb_get_recall(struct registry_session *session, const char *id,
                         struct recall *out) MUST_CHECK;
enum err lmdb_events(struct registry_session *session, const struct unit_key *key, uint64_t after,
                     struct event *out, const struct page *page) MUST_CHECK;
enum err lmdb_find_operation(struct registry_session *session,
                             const uint8_t id[static OPERATION_ID_BYTES],
                             struct operation *out) MUST_CHECK;
enum err lmdb_health(struct registry_session *session, struct registry_health *out) MUST_CHECK;
enum err lmdb_list(struct registry_session *session, const struct unit_filter *filter,
                   const struct page *page, struct unit *out) MUST_CHECK;
enum err lmdb_list_products(struct registry_session *session, const struct page *page,
                            struct product *out) MUST_CHECK;
enum err lmdb_list_recalls(struct registry_session *session, const struct page *page,
                           struct recall *out) MUST_CHECK;
enum err lmdb_get_credential(struct registry_session *session, const char *id,
                             struct credential *out) MUST_CHECK;
enum err lmdb_list_credentials(struct registry_session *session, const struct page *page,
                               struct credential *out) MUST_CHECK;
enum err lmdb_apply(struct registry_session *session, const struct apply_call *call) MUST_CHECK;
enum err lmdb_commission(struct registry_session *session,
                         const struct commission_call *call) MUST_CHECK;
enum err lmdb_put_product(struct registry_session *session, const struct product *product,
                          const struct operation *operation, struct product *current) MUST_CHECK;
enum err lmdb_put_lot(struct registry_session *session, const struct lot *lot,
                      const struct operation *operation, struct lot *current) MUST_CHECK;
enum err lmdb_put_recall(struct registry_session *session, const struct recall *recall,
                         const struct operation *operation, struct recall *current) MUST_CHECK;
enum err lmdb_put_credential(struct registry_session *session, const struct credential *credential,
                             const struct operation *operation,
                             struct credential *current) MUST_CHECK;
enum err lmdb_get_session(struct registry_session *session, const char *credential,
                          const uint8_t seal[static SEAL_BYTES], struct session *out) MUST_CHECK;
enum err lmdb_count_sessions(struct registry_session *session, const char *credential, int64_t now,
                             size_t *count) MUST_CHECK;
enum err lmdb_put_session(struct registry_session *session, const struct session *what,
                          int64_t now) MUST_CHECK;
enum err lmdb_end_sessions(struct registry_session *session, const char *credential,
                           const uint8_t *seal) MUST_CHECK;
enum err lmdb_get_notice(struct registry_session *session, const char *reference,
                         struct notice *out) MUST_CHECK;
enum err lmdb_list_notices(struct registry_session *session, const struct notice_filter *filter,
                           const struct page *page, struct notice *out) MUST_CHECK;
enum err lmdb_put_notice(struct registry_session *session, const struct notice *notice,
                         const struct operation *operation, struct notice *current) MUST_CHECK;
enum err lmdb_tallies(struct registry_session *session, const struct tally_days *days,
                      const struct page *page, struct tally *out) MUST_CHECK;
enum err lmdb_add_tally(struct registry_session *session, const struct tally *tally) MUST_CHECK;
enum err lmdb_get_scans(struct registry_session *session, const struct unit_key *key,
                        struct scans *out) MUST_CHECK;
enum err lmdb_scan_flush(struct registry_session *session, const struct scan_call *call) MUST_CHECK;
enum err lmdb_check(struct registry_session *session,
                    const struct registry_checker *checker) MUST_CHECK;
enum err lmdb_gauge(struct registry_session *session, struct registry_gauge *out) MUST_CHECK;
enum err lmdb_writable(struct registry_session *session) MUST_CHECK;
enum err lmdb_sync(struct registry_session *session) MUST_CHECK;
enum err lmdb_copy(struct registry_session *session, const char *directory,
                   struct fault *fault) MUST_CHECK;

#endif
