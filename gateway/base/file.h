/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files: read with a maximum, written so that a reader sees the old or the new content and
 * never half of it, and that a power cut after success loses nothing. */
#ifndef ASSAY_BASE_FILE_H
#define ASSAY_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "gateway/base/err.h"
#include "gateway/base/text.h"

enum file_rule {
    FILE_ANY,    /* follows symbolic links, any mode */
    FILE_SECRET, /* a regular file, not a symbolic link, ours, no access for group or others */
};

/* Appends the whole file to `out`, whose max is the limit. ERR_NOT_FOUND, ERR_DENIED (permission,
 * or a broken rule), ERR_TOO_LARGE, ERR_UNAVAILABLE (read error), ERR_MEMORY; the fault names path
 * and reason. The caller wipes `out` when the content is secret (file_wipe). */
enum err file_read(const char *path, enum file_rule rule, struct text *out,
                   struct fault *fault) MUST_CHECK;

/* Zeroes the text's memory and frees it. */
void file_wipe(struct text *secret);

/* Writes path.XXXXXX beside `path` with O_EXCL|O_NOFOLLOW and `mode`, syncs it, renames it over
 * `path` and syncs the directory. On failure `path` is as it was. */
enum err file_replace(const char *path, struct slice content, mode_t mode,
                      struct fault *fault) MUST_CHECK;
/* The same, but ERR_EXISTS when `path` is already there. */
enum err file_create(const char *path, struct slice content, mode_t mode,
                     struct fault *fault) MUST_CHECK;

/* Writes over what lies in the file, in place, and syncs it: what was there before is gone as far
 * as the disk overwrites. The file keeps the rule FILE_SECRET, and is made 0600 when it is missing.
 * A crash may leave some of either, so the content has to tell whether it is whole. */
enum err file_overwrite(const char *path, struct slice content, struct fault *fault) MUST_CHECK;

/* Syncs the directory that holds `path`, after a rename or link in it. */
enum err file_sync_directory(const char *path, struct fault *fault) MUST_CHECK;

/* Creates the directory (and its parents) with `mode` when it is missing, and syncs where it is
 * named. */
enum err file_make_directory(const char *path, mode_t mode, struct fault *fault) MUST_CHECK;

/* Takes an exclusive advisory lock on `path` (created 0600 when missing). *fd stays open as long as
 * the lock is to be held. ERR_BUSY when another process holds it. */
enum err file_lock(const char *path, int *fd, struct fault *fault) MUST_CHECK;

/* The error for an errno value of a file operation, with the sentence "PATH: reason". */
enum err file_fault(struct fault *fault, const char *path, int errno_value);

#endif
