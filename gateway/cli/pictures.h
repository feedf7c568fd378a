/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of small files that can be made again: none is ever half there, what differs is never
 * overwritten, and all of them are synced once, at the end. */
#ifndef ASSAY_CLI_PICTURES_H
#define ASSAY_CLI_PICTURES_H

#include <stdbool.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

/* Writes a file beside its place and moves it there. *there: it held exactly this already. A file
 * that holds only the beginning of it was cut by a power failure, and is replaced. ERR_EXISTS for
 * any other content. */
enum err picture_write(const char *path, struct slice content, bool *there,
                       struct fault *fault) MUST_CHECK;

/* Returns when everything that was written beside `path` is on the disk. */
enum err pictures_sync(const char *path, struct fault *fault) MUST_CHECK;

#endif
