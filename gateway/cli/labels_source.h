/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows a command prints: one URL, or those of a CSV from --from on, --count of them. */
#ifndef ASSAY_CLI_LABELS_SOURCE_H
#define ASSAY_CLI_LABELS_SOURCE_H

#include "gateway/cli/cli.h"
#include "gateway/cli/labels_csv.h"

struct row_range {
    uint64_t from, count; /* from is 1 for the first; count 0 is all */
    uint64_t given;
    struct progress progress;
};

/* --from and --count. ERR_USAGE. */
enum err row_range_read(struct row_range *range, const struct invocation *in, const char *what,
                        struct fault *fault) MUST_CHECK;
bool row_range_has(const struct row_range *range, uint64_t number);
/* After a row was done. */
void row_range_done(struct row_range *range);
/* Lines below the heading of a file that can be read twice, as far as they are wanted: how much
 * there is to do. */
void row_range_measure(struct row_range *range, FILE *file);
/* ERR_NOT_FOUND when there was no such row. */
enum err row_range_end(struct row_range *range, const char *path, struct fault *fault) MUST_CHECK;

bool is_label_url(const char *source);

/* The URL, or the rows of the file in the range; "-" is stdin. */
enum err labels_each(struct row_range *range, const char *source, label_take *take, void *context,
                     struct fault *fault) MUST_CHECK;

#endif
