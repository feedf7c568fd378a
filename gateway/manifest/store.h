/* SPDX-License-Identifier: Apache-2.0 */
/* The data directory, opened: registry, the registry's own keys, and the keyset.
 *
 *   DATA/registry/    the engine's files
 *   DATA/secrets      made together with the registry, and useless without it (keys/secrets.h)
 *   DATA/keyset.ini   who is trusted; missing: nobody yet
 *   DATA/checkpoint   how far the registry had come (registry/checkpoint.h)
 *
 * A registry without its secrets, or secrets without their registry, is refused and never made
 * anew: one of the two was lost, and only a backup brings it back. */
#ifndef ASSAY_MANIFEST_STORE_H
#define ASSAY_MANIFEST_STORE_H

#include "gateway/base/err.h"
#include "gateway/registry/registry.h"
#include "keys/keyset.h"
#include "keys/secrets.h"

enum store_flag {
    STORE_MUST_EXIST = 1,  /* ERR_NOT_FOUND instead of making a new one */
    STORE_READ_ONLY = 2,   /* never writes; implies STORE_MUST_EXIST */
    STORE_NO_KEYSET = 4,   /* for who watches the keyset by himself (keys/keyring.h) */
    STORE_ACCEPT_OLDER = 8 /* a registry behind its checkpoint is meant: a new checkpoint is made */
};

enum { STORE_PATH_MAX = 1024 };

struct store {
    struct registry *registry;
    struct registry_session *session; /* for the thread that opened it */
    struct secrets *secrets;
    struct keyset *keyset; /* never NULL but with STORE_NO_KEYSET; empty when there is no file */
    char checkpoint[STORE_PATH_MAX]; /* its path; "" when this store does not write */
};

/* `flags` is a set of store_flag; `sessions` the most that will be open at once besides this one.
 * Makes DATA (0700) and what is in it when it is missing. Works beside other processes.
 * ERR_NOT_FOUND, ERR_DENIED, ERR_BUSY (another process is making it), ERR_CORRUPT, ERR_FULL,
 * ERR_INVALID; ERR_CONFLICT: it is to be written to, and is older than its checkpoint. */
enum err store_open(const char *data, unsigned flags, unsigned sessions, struct store **out,
                    struct fault *fault) MUST_CHECK;
/* Brings the checkpoint up to what was written. NULL is allowed. */
void store_close(struct store *store);

/* Brings the checkpoint up to where the registry is; cheap when nothing was written since. By the
 * thread that opened the store. */
enum err store_checkpoint(struct store *store, struct fault *fault) MUST_CHECK;

/* The result of a write whose outcome may be unknown, settled by asking for its operation: ERR_OK
 * when it was committed, ERR_UNAVAILABLE when it was not; still ERR_UNKNOWN when even that cannot
 * be asked. Other results are given back as they are. */
enum err store_settle(struct registry_session *session, const struct operation *operation,
                      enum err result) MUST_CHECK;

/* A sentence for a result of the registry: what it means and what to do. `what` begins it. */
enum err store_fault(struct fault *fault, enum err err, const char *what);

#endif
