/* SPDX-License-Identifier: Apache-2.0 */
/* Labels or cards into files for a printer: PDF sheets or a roll of ZPL. Each file appears whole or
 * not at all, and none is overwritten. */
#ifndef ASSAY_CLI_PRESS_H
#define ASSAY_CLI_PRESS_H

#include "gateway/cli/labels_csv.h"
#include "gateway/cli/measures.h"
#include "gateway/cli/outputs.h"

struct press {
    const struct invocation *in;
    const char *what; /* "labels" or "cards" */
    bool till;        /* its codes are scanned at checkouts, too */
    bool roll;        /* ZPL, else PDF */
    mode_t mode;
    const char *output; /* NULL is stdout */
    bool dry_run;
    struct sheet_print sheet;
    struct zpl_print zpl;

    struct sheet_pdf *pdf;
    struct zpl *printer;
    struct text bytes; /* not yet written; wiped */
    struct outputs outputs;
    unsigned files;
    unsigned modules;
    uint64_t printed, sheets;
};

/* What a command prints; a table row of its formats. */
struct press_kind {
    const char *what;
    bool roll;
    bool caption;
    bool till;
    mode_t mode;
    const char *sheet; /* when none is given; NULL for none */
};

/* Reads the options and opens nothing yet. ERR_USAGE, ERR_EXISTS. press_free after any result. */
enum err press_begin(struct press *press, const struct invocation *in,
                     const struct press_kind *kind, struct fault *fault) MUST_CHECK;
enum err press_label(struct press *press, const struct label_row *row,
                     struct fault *fault) MUST_CHECK;
enum err press_card(struct press *press, const struct card *card, struct fault *fault) MUST_CHECK;
/* Publishes the last file. */
enum err press_end(struct press *press, struct fault *fault) MUST_CHECK;
/* On stderr for people, as JSON on stdout with --json. */
enum err press_tell(const struct press *press, struct fault *fault) MUST_CHECK;
void press_free(struct press *press);

#endif
