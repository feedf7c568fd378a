/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a file that is read twice. The first reading keeps a digest of every block; the second
 * gives out no byte of a block whose digest differs, so that what was vouched for is what is used,
 * without holding the file in memory. */
#ifndef ASSAY_MANIFEST_LINES_H
#define ASSAY_MANIFEST_LINES_H

#include "gateway/manifest/manifest.h"

struct lines; /* opaque */

struct line {
    bool end;          /* there is none: the file ended before */
    struct slice raw;  /* without its LF; valid until the next call */
    struct slice text; /* without its line end */
    bool terminated;   /* by LF */
    uint64_t number;   /* from 1 */
};

enum err lines_open(FILE *file, const char *path, struct lines **out,
                    struct fault *fault) MUST_CHECK;
void lines_close(struct lines *lines); /* NULL is allowed */

/* ERR_INVALID for a line of more than MANIFEST_LINE_MAX bytes or with a NUL; ERR_CONFLICT when the
 * second reading differs; ERR_UNAVAILABLE; ERR_MEMORY. */
enum err lines_next(struct lines *lines, struct line *out, struct fault *fault) MUST_CHECK;

/* Begins the second reading. The first one reached the end. */
enum err lines_again(struct lines *lines, struct fault *fault) MUST_CHECK;

#endif
