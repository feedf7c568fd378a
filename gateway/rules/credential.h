/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask and act over HTTP. Plain data; the conventions are those of unit.h. */
#ifndef ASSAY_RULES_CREDENTIAL_H
#define ASSAY_RULES_CREDENTIAL_H

#include "crypto/apikey.h"
#include "gateway/rules/role.h"
#include "gateway/rules/unit.h"

enum { CREDENTIAL_NAME_MAX = 64, CREDENTIAL_LOCATIONS_MAX = 16, CREDENTIAL_SECRETS = 2 };

/* One of the two that may be live at once, so that a key can be rotated without a gap. */
struct credential_secret {
    uint8_t seal[SEAL_BYTES]; /* apikey_seal; all zero: there is none */
    int64_t made_at;
    int64_t expires_at; /* 0: when the credential does */
};

struct credential {
    char id[APIKEY_ID_CHARS + 1];
    uint64_t version;
    enum role role;                     /* exactly one; never public or owner */
    char name[CREDENTIAL_NAME_MAX + 1]; /* for people: "till 3" */
    char organisation[ORGANISATION_MAX + 1];
    size_t location_count; /* 0: any location of the organisation */
    char locations[CREDENTIAL_LOCATIONS_MAX][LOCATION_MAX + 1];
    int64_t made_at, expires_at; /* expires_at 0: never */
    int64_t revoked_at;          /* 0: live */
    civil_day used_on;           /* last day it was used, UTC; CIVIL_NONE never */
    struct credential_secret secrets[CREDENTIAL_SECRETS];
};

/* Who asks. A zeroed caller may nothing; the public is a role of its own. */
struct caller {
    enum role role;
    char id[APIKEY_ID_CHARS + 1]; /* of the credential; "" for public and owner */
    char organisation[ORGANISATION_MAX + 1];
    size_t location_count;
    char locations[CREDENTIAL_LOCATIONS_MAX][LOCATION_MAX + 1];
};

/* Is a secret with this seal good for the credential at `now`? */
bool credential_admits(const struct credential *credential, const uint8_t seal[static SEAL_BYTES],
                       int64_t now) MUST_CHECK;
/* The rules that every stored credential keeps; the fault begins with the JSON pointer. */
enum err credential_check(const struct credential *credential, struct fault *fault) MUST_CHECK;
/* May the caller act at this location? Operators anywhere; others at their own. "" is nowhere in
 * particular and always allowed. */
bool caller_at_location(const struct caller *caller, const char *location) MUST_CHECK;

#endif
