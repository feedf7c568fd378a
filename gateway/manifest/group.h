/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a manifest on their way into the registry. Read into a group, a group is judged by all
 * cores; from there into a window, which is sorted and settled slice by slice.
 *
 * A window is much larger than a group because of the engine below: serials come in random order,
 * and a commit of rows that lie next to each other writes a few pages where one of rows that lie
 * anywhere rewrites most of the tree. A slice is small for the same reason: the pages that a commit
 * replaces are free for the next but one, and until then the file grows by as many. With 20 runs of
 * 10,000 random serials it has 244 bytes a unit, where slices of 4,096 rows made it 324. */
#ifndef ASSAY_MANIFEST_GROUP_H
#define ASSAY_MANIFEST_GROUP_H

#include "gateway/manifest/enroll.h"

enum {
    GROUP_ROWS = 4096,
    GROUP_CHUNK = 64,
    WINDOW_ROWS = 64 * GROUP_ROWS, /* 262,144 rows, 45 MB */
    SLICE_ROWS = 512               /* one commit */
};
_Static_assert((int)SLICE_ROWS <= (int)COMMISSION_MAX, "a slice is one commission");

/* ---- judge.c: is it to be believed? Pure, on any thread. ---- */

struct judged_row {
    struct manifest_row row; /* only its line and identity when the grammar refused it */
    const char *code;        /* of a refusal, else NULL */
    char reason[MANIFEST_REASON_MAX];
    uint8_t seal[SEAL_BYTES], claim[SEAL_BYTES]; /* when it is not refused */
};

struct group {
    size_t count;
    struct judged_row rows[GROUP_ROWS];
};

struct judge {
    const struct keyset *keyset;
    const struct secrets *secrets;
    const struct keyset_entry *voucher; /* who signed the manifest, or NULL */
    int64_t now;
};
/* Checks signature, scope, window and status, and makes the seals, unless it is refused already. */
void judge_row(const struct judge *judge, struct judged_row *row);

/* ---- window.c: what is kept of many rows ---- */

struct item {
    uint64_t line;
    struct identity id;
    civil_day made_on, expires_on;
    uint8_t kid[KID_BYTES], seal[SEAL_BYTES], claim[SEAL_BYTES];
    uint8_t outcome;  /* enum enroll_outcome */
    const char *code; /* of a refusal, else NULL */
    char *reason;     /* freed by window_clear; NULL when memory ran out */
};

struct window {
    uint64_t number; /* from 0 */
    size_t count;
    struct item items[WINDOW_ROWS];
};

void window_add(struct window *window, const struct judged_row *row);
void window_clear(struct window *window);
void item_refuse(struct item *item, const char *code, const char *format, ...) PRINTF_LIKE(3, 4);

/* ---- settle.c: can it be registered? On one thread at a time. ---- */

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

/* Decides on every item and, unless it is a dry run, commits. After ERR_OK each has its outcome. */
enum err settle_window(struct settler *settler, struct window *window,
                       struct fault *fault) MUST_CHECK;

#endif
