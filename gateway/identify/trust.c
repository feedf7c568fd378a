/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/identify/trust.h"

static const char *const names[LABEL_RESULT_COUNT] = {
    [LABEL_UNCHECKED] = "unchecked",
    [LABEL_MALFORMED] = "malformed",
    [LABEL_NO_SIGNATURE] = "no_signature",
    [LABEL_ISSUER_UNKNOWN] = "issuer_unknown",
    [LABEL_ISSUER_OUT_OF_SCOPE] = "issuer_out_of_scope",
    [LABEL_FORGED] = "forged",
    [LABEL_GENUINE] = "genuine",
};

const char *
label_result_name(enum label_result result)
{
    return names[(unsigned)result < LABEL_RESULT_COUNT ? result : LABEL_UNCHECKED];
}

/* What can be said without looking at a key; LABEL_UNCHECKED when a key has to decide. */
static enum label_result
without_key(const struct reading *reading)
{
    if (reading->error != READ_OK || reading->kind == READING_NONE)
        return LABEL_MALFORMED;
    if (!reading->has_token)
        return LABEL_NO_SIGNATURE;
    return reading->canonical_len == 0 ? LABEL_MALFORMED : LABEL_UNCHECKED;
}

static bool
is_trusted(const struct keyset_entry *entry)
{
    return entry->status == KEY_ACTIVE || entry->status == KEY_RETIRED ||
           entry->status == KEY_REVOKED;
}

struct label_trust
label_trust(const struct keyset *keyset, const struct reading *reading)
{
    struct label_trust trust = {without_key(reading), NULL};
    const struct keyset_entry *entry = NULL;
    if (trust.result != LABEL_UNCHECKED)
        return trust;
    trust.result = LABEL_ISSUER_UNKNOWN;
    for (size_t n = 0; (entry = keyset_find(keyset, reading->token.kid, n)) != NULL; n++) {
        if (!is_trusted(entry))
            continue;
        if (!keyset_scope_allows(entry, reading->id.gtin)) {
            if (trust.result == LABEL_ISSUER_UNKNOWN)
                trust.result = LABEL_ISSUER_OUT_OF_SCOPE;
            continue;
        }
        trust.result = LABEL_FORGED;
        if (token_verify(&reading->token, entry->public_key, reading->canonical,
                         reading->canonical_len))
            return (struct label_trust){LABEL_GENUINE, entry};
    }
    return trust;
}

bool
label_trust_possible(const struct keyset *keyset, const struct reading *reading)
{
    const struct keyset_entry *entry = NULL;
    if (without_key(reading) != LABEL_UNCHECKED)
        return false;
    for (size_t n = 0; (entry = keyset_find(keyset, reading->token.kid, n)) != NULL; n++)
        if (is_trusted(entry) && keyset_scope_allows(entry, reading->id.gtin))
            return true;
    return false;
}

struct label_trust
label_trust_sealed(const struct keyset *keyset, const struct reading *reading)
{
    const struct keyset_entry *entry = keyset_find(keyset, reading->token.kid, 0);
    if (without_key(reading) != LABEL_UNCHECKED || entry == NULL || !is_trusted(entry) ||
        keyset_find(keyset, reading->token.kid, 1) != NULL ||
        !keyset_scope_allows(entry, reading->id.gtin))
        return label_trust(keyset, reading);
    return (struct label_trust){LABEL_GENUINE, entry};
}
