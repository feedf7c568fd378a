/* SPDX-License-Identifier: Apache-2.0 */
/* How far a registry has come, and a copy of it: for backups, and for noticing that an old one was
 * put back. Results as in registry.h. */
#ifndef ASSAY_REGISTRY_COPY_H
#define ASSAY_REGISTRY_COPY_H

#include "gateway/registry/registry.h"

/* None of the three is ever lower later on: operations, units and events are never deleted. */
struct registry_position {
    uint64_t operations, units, events;
};

/* What is counted is on disk when this returns, so that no power cut can take it back. */
enum err registry_position(struct registry_session *session,
                           struct registry_position *out) MUST_CHECK;
/* Has `a` not come as far as `b`? */
bool position_behind(const struct registry_position *a, const struct registry_position *b);

/* Writes one consistent view of the whole registry, compact and synced, into `directory` (made 0700
 * when it is missing), which registry_open then opens with the same record key. Others read and
 * write meanwhile. ERR_EXISTS: there is one already; ERR_FULL, ERR_DENIED, ERR_NOT_FOUND (no
 * parent); ERR_CORRUPT: its pages cannot be walked. After an error there is no copy. */
enum err registry_copy(struct registry_session *session, const char *directory,
                       struct fault *fault) MUST_CHECK;

#endif
