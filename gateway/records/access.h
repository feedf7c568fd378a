/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials: making them, rotating their keys, and their JSON, for the command line and for HTTP.
 * The only randomness is libsodium's; sodium_init() has run. Thread-safe. */
#ifndef ASSAY_RECORDS_ACCESS_H
#define ASSAY_RECORDS_ACCESS_H

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "gateway/rules/credential.h"

enum {
    CREDENTIAL_JSON_MAX = 8 * 1024, /* bytes of one that is read */
    GRACE_DEFAULT = 7 * 86400,      /* seconds that the old key goes on working after a rotation */
    GRACE_MAX = 90 * 86400
};

const char *credential_state(const struct credential *credential, int64_t now); /* as below */

/* The members of credential_json, into an object that is open. */
void credential_members(struct text *out, const struct credential *credential, int64_t now);
/* {"id", "version", "role", "name", "organisation", "locations": [], "state": "live" | "expired" |
 * "revoked", "made_at", "expires_at", "revoked_at", "used_on", "keys": [{"made_at",
 * "expires_at"}]}, of the keys those that are good at `now`. Never a seal. */
void credential_json(struct text *out, const struct credential *credential, int64_t now);

/* Reads {"role", "name", "organisation", "locations"?: [], "expires_at"?} into a zeroed credential.
 * Faults as product_from_json (records.h). */
enum err credential_from_json(struct credential *out, struct slice text,
                              struct fault *fault) MUST_CHECK;

/* Gives a new credential, of which role, name, organisation, locations and expiry are set, its id
 * and first key. ERR_INVALID: it breaks a rule of credential_check, or expires before it begins.
 * `key` is shown once and kept nowhere. */
enum err credential_make(struct credential *credential,
                         const uint8_t claim_key[static SEAL_KEY_BYTES], int64_t now,
                         char key[static APIKEY_CHARS + 1], struct fault *fault) MUST_CHECK;

/* Gives it another key. The one that is good now goes on for `grace` seconds (0 to GRACE_MAX); of
 * two, the one that ends first makes room. ERR_CONFLICT: revoked or expired. */
enum err credential_rotate(struct credential *credential,
                           const uint8_t claim_key[static SEAL_KEY_BYTES], int64_t now,
                           int64_t grace, char key[static APIKEY_CHARS + 1]) MUST_CHECK;

#endif
