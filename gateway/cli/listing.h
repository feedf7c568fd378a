/* SPDX-License-Identifier: Apache-2.0 */
/* A list of records on stdout: a line each, or {"NAME": […]} with --json. */
#ifndef ASSAY_CLI_LISTING_H
#define ASSAY_CLI_LISTING_H

#include "gateway/cli/operate.h"

struct listing {
    const char *name; /* of the array: "products" */
    const char *what; /* for the fault: "the catalogue" */
    size_t item_size;
    size_t item_max; /* bytes that one item takes at most, either way */
    enum err (*page)(struct registry_session *session, struct cursor *cursor, void *items,
                     size_t max, size_t *count);
    void (*line)(struct text *out, const void *item); /* with its newline */
    void (*json)(struct text *out, const void *item);
};

/* Opens the data directory read-only. Returns an exit code. */
int list_records(const struct invocation *in, const struct listing *listing, struct fault *fault);

#endif
