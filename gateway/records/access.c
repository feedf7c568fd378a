/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/records/access.h"

#include <sodium.h>
#include <string.h>

#include "crypto/claim.h"
#include "gateway/json/json.h"
#include "gateway/json/write.h"

/* ---- as JSON ---- */

const char *
credential_state(const struct credential *credential, int64_t now)
{
    if (credential->revoked_at != 0)
        return "revoked";
    bool expired = credential->expires_at != 0 && now >= credential->expires_at;
    return expired ? "expired" : "live";
}

static bool
secret_is_live(const struct credential_secret *secret, int64_t now)
{
    return !sodium_is_zero(secret->seal, sizeof secret->seal) &&
           (secret->expires_at == 0 || now < secret->expires_at);
}

static void
put_keys(struct text *out, const struct credential *credential, int64_t now)
{
    json_put(out, "keys", "[");
    for (size_t i = 0; i < CREDENTIAL_SECRETS; i++) {
        const struct credential_secret *secret = &credential->secrets[i];
        if (credential->revoked_at != 0 || !secret_is_live(secret, now))
            continue;
        json_put(out, NULL, "{");
        json_put_time(out, "made_at", secret->made_at);
        json_put_time(out, "expires_at", secret->expires_at);
        text_char(out, '}');
    }
    text_char(out, ']');
}

void
credential_members(struct text *out, const struct credential *credential, int64_t now)
{
    json_put_text(out, "id", credential->id);
    json_put_number(out, "version", (int64_t)credential->version);
    json_put_text(out, "role", role_name(credential->role));
    json_put_text(out, "name", credential->name);
    json_put_text(out, "organisation", credential->organisation);
    json_put(out, "locations", "[");
    for (size_t i = 0; i < credential->location_count; i++)
        json_put_text(out, NULL, credential->locations[i]);
    text_char(out, ']');
    json_put_text(out, "state", credential_state(credential, now));
    json_put_time(out, "made_at", credential->made_at);
    json_put_time(out, "expires_at", credential->expires_at);
    json_put_time(out, "revoked_at", credential->revoked_at);
    json_put_day(out, "used_on", credential->used_on);
    put_keys(out, credential, now);
}

void
credential_json(struct text *out, const struct credential *credential, int64_t now)
{
    text_char(out, '{');
    credential_members(out, credential, now);
    text_char(out, '}');
}

/* ---- from JSON ---- */

static enum err
read_text(const struct json_node *root, const char *name, char *out, size_t size,
          struct fault *fault)
{
    if (slice_copy(out, size, json_string(json_member_of(root, name))))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "/%s: longer than %zu bytes", name, size - 1);
}

static enum err
read_locations(struct credential *out, const struct json_node *array, struct fault *fault)
{
    if (json_length(array) > CREDENTIAL_LOCATIONS_MAX)
        return fault_set(fault, ERR_INVALID, "/locations: more than %d", CREDENTIAL_LOCATIONS_MAX);
    for (size_t i = 0; i < json_length(array); i++) {
        const struct json_node *item = json_item(array, i);
        if (!json_is(item, JSON_STRING) ||
            !slice_copy(out->locations[i], sizeof out->locations[i], json_string(item)))
            return fault_set(fault, ERR_INVALID, "/locations/%zu: not a string of up to %d bytes",
                             i, LOCATION_MAX);
        out->location_count = i + 1;
    }
    return ERR_OK;
}

static enum err
read_members(struct credential *out, const struct json_node *root, struct fault *fault)
{
    static const struct json_member members[] = {
        {"role", JSON_STRING, true},         {"name", JSON_STRING, true},
        {"organisation", JSON_STRING, true}, {"locations", JSON_ARRAY, false},
        {"expires_at", JSON_STRING, false},  {NULL, JSON_STRING, false},
    };
    enum err err = json_check_object(root, "", members, fault);
    if (err == ERR_OK)
        err = read_text(root, "name", out->name, sizeof out->name, fault);
    if (err == ERR_OK)
        err = read_text(root, "organisation", out->organisation, sizeof out->organisation, fault);
    if (err == ERR_OK)
        err = read_locations(out, json_member_of(root, "locations"), fault);
    if (err != ERR_OK)
        return err;
    if (!role_parse(&out->role, json_string(json_member_of(root, "role"))))
        return fault_set(fault, ERR_INVALID,
                         "/role: has to be service, retailer, issuer, operator, auditor or admin");
    const struct json_node *expires = json_member_of(root, "expires_at");
    if (expires != NULL && !time_parse(&out->expires_at, json_string(expires)))
        return fault_set(fault, ERR_INVALID, "/expires_at: not of the form 2026-11-22T14:00:00Z");
    return ERR_OK;
}

enum err
credential_from_json(struct credential *out, struct slice text, struct fault *fault)
{
    struct json_doc *doc = NULL;
    memset(out, 0, sizeof *out);
    out->used_on = CIVIL_NONE;
    enum err err = json_parse(text, CREDENTIAL_JSON_MAX, &doc, fault);
    if (err == ERR_OK)
        err = read_members(out, json_root(doc), fault);
    json_free(doc);
    return err;
}

/* ---- keys ---- */

static void
new_key(const struct credential *credential, struct credential_secret *secret,
        const uint8_t claim_key[static SEAL_KEY_BYTES], int64_t now,
        char key[static APIKEY_CHARS + 1])
{
    uint8_t bytes[BEARER_SECRET_CHARS];
    randombytes_buf(bytes, sizeof bytes);
    apikey_format(key, credential->id, bytes);
    sodium_memzero(bytes, sizeof bytes);
    apikey_seal(secret->seal, claim_key, key);
    secret->made_at = now;
    secret->expires_at = 0;
}

enum err
credential_make(struct credential *credential, const uint8_t claim_key[static SEAL_KEY_BYTES],
                int64_t now, char key[static APIKEY_CHARS + 1], struct fault *fault)
{
    uint8_t bytes[APIKEY_ID_CHARS];
    randombytes_buf(bytes, sizeof bytes);
    crockford_format(credential->id, APIKEY_ID_CHARS, bytes);
    credential->version = 0;
    credential->made_at = now;
    credential->used_on = CIVIL_NONE;
    memset(credential->secrets, 0, sizeof credential->secrets);
    new_key(credential, &credential->secrets[0], claim_key, now, key);
    enum err err = credential_check(credential, fault);
    if (err != ERR_OK)
        sodium_memzero(key, APIKEY_CHARS + 1);
    return err;
}

/* When a key ends; the far future for one without an end, 0 for none. */
static int64_t
end_of(const struct credential_secret *secret, int64_t now)
{
    if (!secret_is_live(secret, now))
        return 0;
    return secret->expires_at == 0 ? INT64_MAX : secret->expires_at;
}

enum err
credential_rotate(struct credential *credential, const uint8_t claim_key[static SEAL_KEY_BYTES],
                  int64_t now, int64_t grace, char key[static APIKEY_CHARS + 1])
{
    struct credential_secret *secrets = credential->secrets;
    bool expired = credential->expires_at != 0 && now >= credential->expires_at;
    if (credential->revoked_at != 0 || expired)
        return ERR_CONFLICT;
    size_t old = end_of(&secrets[1], now) > end_of(&secrets[0], now) ? 1 : 0;
    bool goes_on = secret_is_live(&secrets[old], now) && grace > 0;
    if (!goes_on)
        memset(&secrets[old], 0, sizeof secrets[old]);
    if (goes_on && (secrets[old].expires_at == 0 || secrets[old].expires_at > now + grace))
        secrets[old].expires_at = now + grace;
    new_key(credential, &secrets[1 - old], claim_key, now, key);
    return ERR_OK;
}
