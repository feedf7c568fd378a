/* SPDX-License-Identifier: Apache-2.0 */
/* How many serials a signer gave out, kept in a file beside its key: KEY.quota, 0600. What is taken
 * is on disk before anything is signed, so a crash may waste some and never gives more. */
#ifndef ASSAY_CLI_QUOTA_H
#define ASSAY_CLI_QUOTA_H

#include <pthread.h>
#include <stdint.h>

#include "gateway/base/date.h"
#include "gateway/cli/keys.h"

#define QUOTA_NONE UINT64_MAX

struct quota {
    uint64_t most, most_a_day; /* QUOTA_NONE: as many as are asked for; set before quota_open */
    char path[KEY_PATH_MAX + 16];
    int lock; /* one signer a key */
    pthread_mutex_t mutex;
    uint64_t used;
    civil_day day; /* UTC; a clock that is set back does not begin it anew */
    uint64_t today;
};

/* ERR_BUSY: another signer has this key. ERR_CORRUPT: the file is not what was written. */
enum err quota_open(struct quota *quota, const char *key_path, struct fault *fault) MUST_CHECK;
void quota_close(struct quota *quota);

/* Takes `count` of both quotas, or of none of them: ERR_FULL in all, ERR_BUSY today, ERR_… when it
 * could not be written down. Thread-safe, as is quota_used. */
enum err quota_take(struct quota *quota, uint64_t count, civil_day day,
                    struct fault *fault) MUST_CHECK;
void quota_used(struct quota *quota, civil_day day, uint64_t *used, uint64_t *today);

#endif
