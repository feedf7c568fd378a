/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/keyset.h"

#include <string.h>

#include "gateway/base/date.h"
#include "gateway/base/ini.h"

const char *
key_status_name(enum key_status status)
{
    switch (status) {
    case KEY_ACTIVE:
        return "active";
    case KEY_RETIRED:
        return "retired";
    case KEY_REVOKED:
        return "revoked";
    case KEY_UNTRUSTED:
        break;
    }
    return "untrusted";
}

bool
key_name_valid(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t len = strlen(name);
    return len >= 1 && len <= KEY_NAME_MAX && name[0] != '-' && strspn(name, allowed) == len;
}

static bool
text_valid(const char *text)
{
    return text[0] != '\0' && ini_value_ok(slice_of(text));
}

static bool
prefixes_valid(const struct keyset_entry *entry)
{
    if (entry->prefix_count < 1 || entry->prefix_count > KEY_PREFIXES_MAX)
        return false;
    for (size_t i = 0; i < entry->prefix_count; i++) {
        const char *prefix = entry->prefixes[i];
        if (prefix[0] == '\0' || strspn(prefix, "0123456789") != strlen(prefix))
            return false;
    }
    return true;
}

/* The years that a file can say. */
static bool
time_valid(int64_t unix_seconds)
{
    return unix_seconds >= INT64_C(-2208988800) && unix_seconds < INT64_C(32503680000);
}

static bool
kid_matches(const struct keyset_entry *entry)
{
    uint8_t kid[KID_BYTES];
    token_kid(kid, entry->public_key);
    return memcmp(kid, entry->kid, KID_BYTES) == 0;
}

static bool
same_key(const uint8_t a[static PUBLIC_KEY_BYTES], const uint8_t b[static PUBLIC_KEY_BYTES])
{
    return memcmp(a, b, PUBLIC_KEY_BYTES) == 0;
}

/* What is said of a revoked key belongs to a revoked key only. */
static const char *
revocation_problem(const struct keyset_entry *entry)
{
    if (entry->status == KEY_REVOKED)
        return text_valid(entry->reason) ? NULL : "reason is not a line of 1 to 120 bytes of UTF-8";
    if (entry->status != KEY_ACTIVE && entry->status != KEY_RETIRED)
        return "status is not active, retired or revoked";
    if (entry->reason[0] != '\0')
        return "reason is for a revoked key only";
    return entry->compromised_since == 0 ? NULL : "compromised_since is for a revoked key only";
}

/* What is wrong with an entry by itself, or NULL. */
static const char *
entry_problem(const struct keyset_entry *entry)
{
    if (!key_name_valid(entry->name))
        return "name is not 1 to 32 of a-z 0-9 -, or begins with -";
    if (!public_key_valid(entry->public_key))
        return "public_key is not a valid Ed25519 public key";
    if (!public_key_valid(entry->manifest_key))
        return "manifest_key is not a valid Ed25519 public key";
    if (same_key(entry->public_key, entry->manifest_key))
        return "public_key and manifest_key are the same key";
    if (!kid_matches(entry))
        return "the kid is not that of public_key";
    if (!text_valid(entry->organisation))
        return "organisation is not a line of 1 to 64 bytes of UTF-8";
    if (!prefixes_valid(entry))
        return "gtin_prefixes are not 1 to 8 prefixes of 1 to 13 digits";
    if (!time_valid(entry->not_before) || !time_valid(entry->not_after) ||
        !time_valid(entry->compromised_since))
        return "a time is not in the years 1900 to 2999";
    if (entry->not_before >= entry->not_after)
        return "not_after is not later than not_before";
    return revocation_problem(entry);
}

static const char *
clash(const struct keyset_entry *a, const struct keyset_entry *b)
{
    if (strcmp(a->name, b->name) == 0)
        return "name";
    if (same_key(a->public_key, b->public_key) || same_key(a->public_key, b->manifest_key))
        return "public_key";
    if (same_key(a->manifest_key, b->manifest_key) || same_key(a->manifest_key, b->public_key))
        return "manifest_key";
    return NULL;
}

enum err
keyset_add(struct keyset *keyset, const struct keyset_entry *entry, struct fault *fault)
{
    const char *problem = entry_problem(entry);
    if (problem != NULL)
        return fault_set(fault, ERR_INVALID, "key %s: %s", entry->name, problem);
    for (size_t i = 0; i < keyset->count; i++) {
        const char *shared = clash(entry, &keyset->entries[i]);
        if (shared != NULL)
            return fault_set(fault, ERR_EXISTS, "key %s: its %s belongs to key %s already",
                             entry->name, shared, keyset->entries[i].name);
    }
    if (keyset->count >= KEYSET_MAX)
        return fault_set(fault, ERR_FULL, "key %s: a keyset holds at most %d keys", entry->name,
                         KEYSET_MAX);
    keyset->entries[keyset->count++] = *entry;
    return ERR_OK;
}

enum err
keyset_merge(struct keyset *keyset, const struct keyset *more, struct fault *fault)
{
    size_t before = keyset->count;
    for (size_t i = 0; i < more->count; i++) {
        enum err err = keyset_add(keyset, &more->entries[i], fault);
        if (err == ERR_OK)
            continue;
        keyset->count = before;
        return err;
    }
    return ERR_OK;
}

const struct keyset_entry *
keyset_find(const struct keyset *keyset, const uint8_t kid[static KID_BYTES], size_t n)
{
    for (size_t i = 0; i < keyset->count; i++)
        if (memcmp(keyset->entries[i].kid, kid, KID_BYTES) == 0 && n-- == 0)
            return &keyset->entries[i];
    return NULL;
}

const struct keyset_entry *
keyset_find_name(const struct keyset *keyset, const char *name)
{
    for (size_t i = 0; i < keyset->count; i++)
        if (strcmp(keyset->entries[i].name, name) == 0)
            return &keyset->entries[i];
    return NULL;
}

bool
keyset_scope_allows(const struct keyset_entry *entry, const char *gtin14)
{
    if (strlen(gtin14) != 14)
        return false;
    for (size_t i = 0; i < entry->prefix_count; i++) {
        const char *prefix = entry->prefixes[i];
        if (prefix[0] != '\0' && strncmp(gtin14, prefix, strlen(prefix)) == 0)
            return true;
    }
    return false;
}

enum err
keyset_may_issue(const struct keyset_entry *entry, const char *gtin14, int64_t now,
                 struct fault *fault)
{
    char from[TIME_TEXT_MAX];
    char until[TIME_TEXT_MAX];
    time_format(from, entry->not_before);
    time_format(until, entry->not_after);
    if (entry->status != KEY_ACTIVE)
        return fault_set(fault, ERR_DENIED, "key %s is %s: it issues no new labels", entry->name,
                         key_status_name(entry->status));
    if (now < entry->not_before)
        return fault_set(fault, ERR_DENIED, "key %s issues from %s on", entry->name, from);
    if (now >= entry->not_after)
        return fault_set(fault, ERR_DENIED, "key %s issued until %s", entry->name, until);
    if (!keyset_scope_allows(entry, gtin14))
        return fault_set(fault, ERR_DENIED, "GTIN %s is not in the scope of key %s", gtin14,
                         entry->name);
    return ERR_OK;
}

static void
jwk(struct text *out, const struct keyset_entry *entry)
{
    text_put(out,
             "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"Ed25519\",\"use\":\"sig\",\"kid\":\"");
    text_hex(out, entry->kid, KID_BYTES);
    text_put(out, "\",\"x\":\"");
    text_base64url(out, entry->public_key, PUBLIC_KEY_BYTES);
    text_printf(out, "\",\"status\":\"%s\",\"organisation\":", key_status_name(entry->status));
    text_json(out, slice_of(entry->organisation));
    text_put(out, ",\"gtin_prefixes\":");
    for (size_t i = 0; i < entry->prefix_count; i++)
        text_printf(out, "%s\"%s\"", i == 0 ? "[" : ",", entry->prefixes[i]);
    text_char(out, ']');
    if (entry->status == KEY_REVOKED) {
        char since[TIME_TEXT_MAX];
        time_format(since, entry->compromised_since);
        text_printf(out, ",\"compromised_since\":\"%s\"", since);
    }
    text_char(out, '}');
}

void
keyset_jwks(struct text *out, const struct keyset *keyset)
{
    text_put(out, "{\"keys\":[");
    for (size_t i = 0; i < keyset->count; i++) {
        if (i > 0)
            text_char(out, ',');
        jwk(out, &keyset->entries[i]);
    }
    text_put(out, "]}");
}
