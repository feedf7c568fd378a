/* SPDX-License-Identifier: Apache-2.0 */
/* The salt of the day on disk: one small file, 0600, overwritten where it lies, so that yesterday's
 * is gone as far as the disk overwrites. */
#ifndef ASSAY_API_DAY_SALT_H
#define ASSAY_API_DAY_SALT_H

#include "gateway/base/date.h"
#include "gateway/base/err.h"

enum { DAY_SALT_BYTES = 16 };

/* ERR_NOT_FOUND: none of this day; the file is missing, of another day, or damaged. ERR_DENIED: a
 * link, not ours, or others may read it. ERR_UNAVAILABLE, ERR_MEMORY. */
enum err day_salt_read(const char *path, civil_day day, uint8_t out[static DAY_SALT_BYTES],
                       struct fault *fault) MUST_CHECK;
/* Durable before it returns. A crash in the middle leaves a damaged one. ERR_DENIED as above,
 * ERR_FULL, ERR_UNAVAILABLE. */
enum err day_salt_write(const char *path, civil_day day, const uint8_t salt[static DAY_SALT_BYTES],
                        struct fault *fault) MUST_CHECK;

#endif
