/* SPDX-License-Identifier: Apache-2.0 */
/* The keyset in use, swapped in memory when its file changes. Thread-safe. */
#ifndef ASSAY_KEYS_KEYRING_H
#define ASSAY_KEYS_KEYRING_H

#include "keys/keyset.h"

struct keyring; /* opaque */

/* Loads `path`. A missing file gives an empty keyset, version 0: nothing is trusted yet. */
enum err keyring_open(const char *path, struct keyring **out, struct fault *fault) MUST_CHECK;
void keyring_close(struct keyring *ring); /* every acquired keyset was released */

/* The current keyset; it stays valid until released, also across a reload. Never NULL. */
const struct keyset *keyring_acquire(struct keyring *ring);
void keyring_release(struct keyring *ring, const struct keyset *keyset);

/* When the file was written whose keyset is in use, in Unix seconds; 0: there is none. */
int64_t keyring_changed_at(struct keyring *ring);

/* Loads the file again when it changed (inode, size or modification time) or when `force`. On
 * failure the keyset in use stays and the fault says why, again at each call until it is mended:
 * damaged, missing, or changed without a version above the one in use (ERR_CONFLICT).
 * *swapped says whether a new one is in use. */
enum err keyring_reload(struct keyring *ring, bool force, bool *swapped,
                        struct fault *fault) MUST_CHECK;

#endif
