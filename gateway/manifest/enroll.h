/* SPDX-License-Identifier: Apache-2.0 */
/* Registers the units of a manifest: verifies each signature on all cores (or one for the whole,
 * when it is signed), keeps the seals, commits in groups. Running it again is harmless: units that
 * are there already are counted and left alone. */
#ifndef ASSAY_MANIFEST_ENROLL_H
#define ASSAY_MANIFEST_ENROLL_H

#include "gateway/manifest/manifest.h"
#include "gateway/registry/registry.h"

enum enroll_outcome {
    ENROLL_REGISTERED, /* committed, or in a dry run: would be */
    ENROLL_ALREADY,    /* the same unit with the same label is there */
    ENROLL_REFUSED,    /* see the reason */
};

struct enroll_row {
    uint64_t line;
    enum enroll_outcome outcome;
    struct unit_key key; /* "" when the row could not be read that far */
    const char *code;    /* of a refusal: "label_forged", "serial_exists", "product_unknown", … */
    const char *reason;  /* for a person */
};

struct enroll_options {
    bool dry_run;
    unsigned threads; /* 0: as many as there are cores */
    int64_t now;
    enum role role;
    char actor[ORGANISATION_MAX + 1];
    /* Called from the calling thread, in the order of the file, when the row is settled: committed
     * with some 250,000 others. `progress` counts rows that were read and verified. */
    void (*row)(const struct enroll_row *row, void *context);
    void (*progress)(uint64_t rows_done, uint64_t rows_total, void *context);
    void *context;
};

struct enroll_summary {
    uint64_t rows, registered, already, refused;
    bool vouched; /* one signature covered all rows */
};

/* Where it goes and whom it trusts. */
struct enroll_target {
    struct registry_session *session;
    const struct keyset *keyset;
    const struct secrets *secrets;
};

/* ERR_OK also when rows were refused: see the summary. An error means that it stopped there; what
 * was reported through `row` before is committed. `file` is seekable. */
enum err enroll_manifest(FILE *file, const char *path, const struct enroll_target *target,
                         const struct enroll_options *options, struct enroll_summary *summary,
                         struct fault *fault) MUST_CHECK;

#endif
