/* SPDX-License-Identifier: Apache-2.0 */
/* The serials of a run: made up, or a brand's own. Read by many threads at once. */
#ifndef ASSAY_CLI_SERIALS_H
#define ASSAY_CLI_SERIALS_H

#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/identify/identity.h"

enum { MADE_UP_CHARS = 12, SERIALS_MAX = 10000000 };

struct serials; /* opaque */

/* Any number of serials of 12 Crockford characters: a keyed permutation of all 2^60 of them, with
 * the key from the system's random numbers, read off at 0, 1, 2, … So no two of a run are equal,
 * nobody can guess one from others, and none has to be remembered. */
enum err serials_made_up(struct serials **out, struct fault *fault) MUST_CHECK;

/* A brand's own: one a line, as it is (00001 stays 00001), LF or CRLF. ERR_INVALID names the line
 * that is no serial or repeats an earlier one; ERR_TOO_LARGE for more than SERIALS_MAX. */
enum err serials_from_file(const char *path, struct serials **out, uint64_t *count,
                           struct fault *fault) MUST_CHECK;

/* `index` is below the count of a file. */
void serial_at(const struct serials *serials, uint64_t index, char out[static GS1_VALUE_MAX + 1]);

void serials_close(struct serials *serials); /* NULL is allowed */

#endif
