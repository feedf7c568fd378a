/* SPDX-License-Identifier: Apache-2.0 */
/* How a registry does at the moment, for who watches it. Results as in registry.h. */
#ifndef ASSAY_REGISTRY_GAUGE_H
#define ASSAY_REGISTRY_GAUGE_H

#include "gateway/registry/registry.h"

/* Of this process, since it opened the registry. */
struct registry_gauge {
    uint64_t commits;
    uint64_t commit_microseconds; /* from the first change of each to its answer, all together */
};
enum err registry_gauge(struct registry_session *session, struct registry_gauge *out) MUST_CHECK;

/* Would a write be taken now? Goes the way of a write up to where the disk would be asked, and when
 * the last write failed, to the end: waits for those before it, and for those of other processes.
 * ERR_DENIED: opened read-only. */
enum err registry_writable(struct registry_session *session) MUST_CHECK;

#endif
