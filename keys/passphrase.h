/* SPDX-License-Identifier: Apache-2.0 */
/* Where a passphrase comes from: a file, a systemd credential or a prompt; never an argument, never
 * the environment. */
#ifndef ASSAY_KEYS_PASSPHRASE_H
#define ASSAY_KEYS_PASSPHRASE_H

#include <stdbool.h>

#include "gateway/base/err.h"
#include "gateway/base/text.h"

/* `file` when not NULL (a secret file; one trailing newline is dropped); else the file
 * "assay-passphrase" in $CREDENTIALS_DIRECTORY when systemd set it; else a prompt on the terminal,
 * asked twice when `confirm`. Initialises `out` (max PASSPHRASE_MAX); the caller wipes it, also
 * after a failure (file_wipe). ERR_DENIED for a readable-by-others file, ERR_TOO_LARGE, ERR_INVALID
 * when the two answers differ, ERR_UNAVAILABLE without a terminal or when the question was broken
 * off. */
enum err passphrase_read(const char *file, const char *prompt, bool confirm, struct text *out,
                         struct fault *fault) MUST_CHECK;

#endif
