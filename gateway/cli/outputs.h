/* SPDX-License-Identifier: Apache-2.0 */
/* Files that appear whole or not at all. While they are written they have no name (O_TMPFILE), or
 * one that ends in .tmp where the file system cannot do that; a crash leaves at most such a file.
 */
#ifndef ASSAY_CLI_OUTPUTS_H
#define ASSAY_CLI_OUTPUTS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

enum { OUTPUT_PATH_MAX = 4096, OUTPUTS_MAX = 3 };

struct output {
    char path[OUTPUT_PATH_MAX];
    char temporary[OUTPUT_PATH_MAX]; /* "": it has no name yet */
    FILE *file;
    bool published;
};

struct outputs {
    size_t count;
    struct output outputs[OUTPUTS_MAX];
};

/* Adds BASE.SUFFIX, open for writing. ERR_EXISTS when there is such a file: nothing is overwritten.
 */
enum err outputs_add(struct outputs *outputs, const char *base, const char *suffix, mode_t mode,
                     struct fault *fault) MUST_CHECK;
enum err output_put(struct output *output, struct slice content, struct fault *fault) MUST_CHECK;

/* Syncs all of them, gives them their names in the order in which they were added, and syncs the
 * directory. On an error none of them is there. */
enum err outputs_publish(struct outputs *outputs, struct fault *fault) MUST_CHECK;

/* Closes; what was not published is gone. */
void outputs_close(struct outputs *outputs);

#endif
