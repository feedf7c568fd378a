/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at what: calls of the registry, with the results of registry.h. */
#ifndef ASSAY_REGISTRY_SCANS_H
#define ASSAY_REGISTRY_SCANS_H

#include "gateway/registry/registry.h"
#include "gateway/rules/scan.h"

/* What is known of who looked at the unit. ERR_NOT_FOUND: nobody did. */
enum err registry_get_scans(struct registry_session *session, const struct unit_key *key,
                            struct scans *out) MUST_CHECK;

/* Sightings of the last second or so, all or none; those of units that are not there, or of which a
 * record cannot be read, are left out. `run` is the process's own: 1 or more, and later ones have
 * higher numbers, as its start has in seconds. `batch` rises with each new call of a run: one that
 * was written before is not counted again, so ERR_UNKNOWN is answered by sending the same one
 * again. suspected[i]: the rule that fires for the unit of sighting i, when it is not suspected
 * already; once a unit, at its last sighting; else COPY_NONE. A repeat answers it again. Raising it
 * is for the caller; when the caller dies before, the unit's next sighting tells again. What ends a
 * suspicion is registry_apply, which forgets the evidence (scan_clear) together with it. */
enum { SCAN_FLUSH_MAX = 1024 };
struct scan_flush {
    int64_t run;
    uint64_t batch; /* 1 or more */
    const struct scan_seen {
        struct unit_key key;
        struct sighting sighting;
    } * seen;
    size_t count; /* 1 to SCAN_FLUSH_MAX */
};
enum err registry_scan_flush(struct registry_session *session, const struct scan_flush *flush,
                             enum copy_rule *suspected) MUST_CHECK;

#endif
