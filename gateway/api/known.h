/* SPDX-License-Identifier: Apache-2.0 */
/* By what somebody is known to be a credential: for auth.c, whom a key came with each request, and
 * session.c, whom it came once. */
#ifndef ASSAY_API_KNOWN_H
#define ASSAY_API_KNOWN_H

#include "gateway/api/app.h"

/* The credential of an API key, and the key's seal. ERR_DENIED: it is no key, or one that is not
 * known, expired or was revoked; ERR_UNAVAILABLE and the like: it could not be looked up. */
enum err known_by_key(struct worker *worker, const char *key, int64_t now, struct credential *out,
                      uint8_t seal[static SEAL_BYTES]) MUST_CHECK;

/* The caller is this credential from here on; the day of last use is written when it is another. */
void known_become(struct worker *worker, struct credential *credential, int64_t now);

#endif
