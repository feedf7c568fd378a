/* SPDX-License-Identifier: Apache-2.0 */
/* Some rows of a manifest on their way into the registry: read, judged, settled. */
#ifndef ASSAY_MANIFEST_GROUP_H
#define ASSAY_MANIFEST_GROUP_H

#include "gateway/manifest/enroll.h"

/* A commit a group: large enough that the sync of the disk costs little for each row. */
enum { GROUP_ROWS = 4096, GROUP_CHUNK = 64, GROUP_CHUNKS = GROUP_ROWS / GROUP_CHUNK };
_Static_assert((int)GROUP_ROWS <= (int)COMMISSION_MAX, "a group is one commission");

struct entry {
    struct manifest_row row; /* only its line and identity when the grammar refused it */
    enum enroll_outcome outcome;
    const char *code; /* of a refusal, else NULL */
    char reason[MANIFEST_REASON_MAX];
    struct unit unit; /* as it is to be registered; set by judge_entry */
};

struct group {
    uint64_t number; /* from 0 */
    size_t count;
    struct entry entries[GROUP_ROWS];
};

void entry_refuse(struct entry *entry, const char *code, const char *format, ...) PRINTF_LIKE(3, 4);

/* ---- judge.c: is it to be believed? Pure, on any thread. ---- */

struct judge {
    const struct keyset *keyset;
    const struct secrets *secrets;
    const struct keyset_entry *voucher; /* who signed the manifest, or NULL */
    int64_t now;
};
/* Checks signature, scope, window and status, and makes the unit, unless it is refused already. */
void judge_entry(const struct judge *judge, struct entry *entry);

/* ---- settle.c: can it be registered? ---- */

struct settler; /* opaque */
/* `target` and `options` outlive it; `source` is the digest of the manifest, `rows` their number.
 */
struct settler_options {
    const struct enroll_target *target;
    const struct enroll_options *options;
    const char *path;
    const uint8_t *source; /* MANIFEST_DIGEST_BYTES */
    uint64_t rows;
};
enum err settler_open(const struct settler_options *options, struct settler **out,
                      struct fault *fault) MUST_CHECK;
void settler_close(struct settler *settler); /* NULL is allowed */

/* Decides on every judged entry and, unless it is a dry run, commits. After ERR_OK each entry has
 * its outcome. */
enum err settle_group(struct settler *settler, struct group *group, struct fault *fault) MUST_CHECK;

#endif
