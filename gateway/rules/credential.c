/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/credential.h"

#include <stdio.h>
#include <string.h>

#include "crypto/claim.h"
#include "gateway/rules/event_field.h"

/* Is a moment that may be absent (0) over? */
static bool
passed(int64_t moment, int64_t now)
{
    return moment != 0 && now >= moment;
}

/* Both secrets are compared whatever the first one gave: how long it takes says nothing. */
bool
credential_admits(const struct credential *credential, const uint8_t seal[static SEAL_BYTES],
                  int64_t now)
{
    unsigned admitted = 0;
    for (size_t i = 0; i < CREDENTIAL_SECRETS; i++) {
        const struct credential_secret *secret = &credential->secrets[i];
        bool live = !seal_is_none(secret->seal) && !passed(secret->expires_at, now);
        bool equal = seal_equal(secret->seal, seal);
        admitted += live && equal ? 1 : 0;
    }
    return admitted != 0 && credential->revoked_at == 0 && !passed(credential->expires_at, now) &&
           role_is_staff(credential->role);
}

static enum err
check_text(const char *pointer, const char *value, size_t max, struct fault *fault)
{
    if (event_text_valid(value, max + 1, max))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID,
                     "%s: has to be 1 to %zu bytes of text without control characters or blanks at "
                     "its ends",
                     pointer, max);
}

static enum err
check_who(const struct credential *credential, struct fault *fault)
{
    if (memchr(credential->id, '\0', sizeof credential->id) != credential->id + APIKEY_ID_CHARS ||
        !crockford_valid(credential->id, APIKEY_ID_CHARS))
        return fault_set(fault, ERR_INVALID, "/id: has to be %d characters of 0-9 A-Z without ILOU",
                         APIKEY_ID_CHARS);
    if (!role_is_staff(credential->role))
        return fault_set(fault, ERR_INVALID,
                         "/role: has to be service, retailer, issuer, operator, auditor or admin");
    enum err err = check_text("/name", credential->name, CREDENTIAL_NAME_MAX, fault);
    if (err == ERR_OK)
        err = check_text("/organisation", credential->organisation, ORGANISATION_MAX, fault);
    return err;
}

static enum err
check_locations(const struct credential *credential, struct fault *fault)
{
    if (credential->location_count > CREDENTIAL_LOCATIONS_MAX)
        return fault_set(fault, ERR_INVALID, "/locations: more than %d", CREDENTIAL_LOCATIONS_MAX);
    for (size_t i = 0; i < credential->location_count; i++) {
        char pointer[40];
        (void)snprintf(pointer, sizeof pointer, "/locations/%zu", i);
        enum err err = check_text(pointer, credential->locations[i], LOCATION_MAX, fault);
        if (err != ERR_OK)
            return err;
        for (size_t j = 0; j < i; j++)
            if (strcmp(credential->locations[i], credential->locations[j]) == 0)
                return fault_set(fault, ERR_INVALID, "%s: is there twice", pointer);
    }
    return ERR_OK;
}

/* Does what was made at `made_at` end before it began? */
static bool
ends_early(int64_t ends_at, int64_t made_at)
{
    return ends_at != 0 && ends_at <= made_at;
}

static enum err
check_secret(const struct credential *credential, size_t i, struct fault *fault)
{
    const struct credential_secret *secret = &credential->secrets[i];
    if (seal_is_none(secret->seal) && (secret->made_at != 0 || secret->expires_at != 0))
        return fault_set(fault, ERR_INVALID, "/secrets/%zu: has times and no secret", i);
    if (seal_is_none(secret->seal))
        return ERR_OK;
    if (secret->made_at < credential->made_at)
        return fault_set(fault, ERR_INVALID, "/secrets/%zu/made_at: before the credential was made",
                         i);
    if (ends_early(secret->expires_at, secret->made_at))
        return fault_set(fault, ERR_INVALID, "/secrets/%zu/expires_at: not after it was made", i);
    return ERR_OK;
}

static enum err
check_times(const struct credential *credential, struct fault *fault)
{
    if (credential->made_at <= 0)
        return fault_set(fault, ERR_INVALID, "/made_at: is missing");
    if (ends_early(credential->expires_at, credential->made_at))
        return fault_set(fault, ERR_INVALID, "/expires_at: not after it was made");
    if (credential->revoked_at != 0 && credential->revoked_at < credential->made_at)
        return fault_set(fault, ERR_INVALID, "/revoked_at: before it was made");
    return ERR_OK;
}

enum err
credential_check(const struct credential *credential, struct fault *fault)
{
    enum err err = check_who(credential, fault);
    if (err == ERR_OK)
        err = check_locations(credential, fault);
    if (err == ERR_OK)
        err = check_times(credential, fault);
    for (size_t i = 0; i < CREDENTIAL_SECRETS && err == ERR_OK; i++)
        err = check_secret(credential, i, fault);
    if (err != ERR_OK)
        return err;
    const struct credential_secret *secrets = credential->secrets;
    if (seal_is_none(secrets[0].seal) && seal_is_none(secrets[1].seal))
        return fault_set(fault, ERR_INVALID, "/secrets: there is none");
    if (seal_equal(secrets[0].seal, secrets[1].seal))
        return fault_set(fault, ERR_INVALID, "/secrets: both are the same");
    return ERR_OK;
}

bool
caller_at_location(const struct caller *caller, const char *location)
{
    if (strcmp(role_name(caller->role), "none") == 0)
        return false;
    if (location[0] == '\0' || caller->role == ROLE_OPERATOR || caller->location_count == 0)
        return true;
    for (size_t i = 0; i < caller->location_count && i < CREDENTIAL_LOCATIONS_MAX; i++)
        if (strcmp(caller->locations[i], location) == 0)
            return true;
    return false;
}
