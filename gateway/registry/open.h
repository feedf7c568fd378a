/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a registry and sessions on it. For registry.h, which describes the results. */
#ifndef ASSAY_REGISTRY_OPEN_H
#define ASSAY_REGISTRY_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "keys/secrets.h"

struct registry; /* opaque */
struct registry_session;

struct registry_options {
    const uint8_t *record_key; /* RECORD_KEY_BYTES; copied. The same one for the life of the data */
    unsigned sessions;         /* the most that are open at once; 0 = 64 */
    bool read_only;            /* never writes; the data must exist */
    bool must_exist;           /* ERR_NOT_FOUND instead of creating an empty registry */
};

/* `url` names engine and place: "lmdb:/var/lib/assay/registry". Creates the directory (0700).
 * "lmdb:PATH?map=BYTES" limits how large the file can become; without it that is 1 TB, or less
 * where the process may not take so many addresses. Other processes may have the same place open,
 * and each sees what the others committed; this process may open it once; a child made by fork
 * uses nothing of it. What an older program made is completed when it is opened for writing, and
 * lacks what is newer when it is not. ERR_NOT_FOUND, ERR_DENIED, ERR_BUSY (this process has it
 * open), ERR_CORRUPT (not a registry, other format version, wrong record key), ERR_FULL,
 * ERR_INVALID (unknown engine or parameter). */
enum err registry_open(const char *url, const struct registry_options *options,
                       struct registry **out, struct fault *fault) MUST_CHECK;
/* Every session is closed; waits for writes under way. */
void registry_close(struct registry *registry);

/* ERR_BUSY: as many as the options said are open. */
enum err registry_session_open(struct registry *registry, struct registry_session **out,
                               struct fault *fault) MUST_CHECK;
void registry_session_close(struct registry_session *session);

#endif
