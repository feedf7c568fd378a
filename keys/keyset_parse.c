/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of a keyset file. */
#include <string.h>

#include "gateway/base/date.h"
#include "gateway/base/ini.h"
#include "keys/keyset.h"

static bool
set_name(struct keyset_entry *entry, const char *value)
{
    return slice_copy(entry->name, sizeof entry->name, slice_of(value)) &&
           key_name_valid(entry->name);
}

static bool
set_point(uint8_t out[static PUBLIC_KEY_BYTES], const char *value)
{
    return slice_hex(out, PUBLIC_KEY_BYTES, slice_of(value)) && public_key_valid(out);
}

static bool
set_public_key(struct keyset_entry *entry, const char *value)
{
    return set_point(entry->public_key, value);
}

static bool
set_manifest_key(struct keyset_entry *entry, const char *value)
{
    return set_point(entry->manifest_key, value);
}

static bool
set_organisation(struct keyset_entry *entry, const char *value)
{
    return value[0] != '\0' &&
           slice_copy(entry->organisation, sizeof entry->organisation, slice_of(value));
}

static bool
set_prefixes(struct keyset_entry *entry, const char *value)
{
    struct slice rest = slice_of(value);
    for (; rest.len > 0; entry->prefix_count++) {
        struct slice prefix = slice_take_until(&rest, ' ');
        if (entry->prefix_count == KEY_PREFIXES_MAX || prefix.len == 0 ||
            !slice_copy(entry->prefixes[entry->prefix_count], GTIN_PREFIX_MAX + 1, prefix) ||
            strspn(entry->prefixes[entry->prefix_count], "0123456789") != prefix.len)
            return false;
    }
    return entry->prefix_count > 0;
}

static bool
set_not_before(struct keyset_entry *entry, const char *value)
{
    return time_parse(&entry->not_before, slice_of(value));
}

static bool
set_not_after(struct keyset_entry *entry, const char *value)
{
    return time_parse(&entry->not_after, slice_of(value));
}

static bool
set_status(struct keyset_entry *entry, const char *value)
{
    static const enum key_status known[] = {KEY_ACTIVE, KEY_RETIRED, KEY_REVOKED};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(value, key_status_name(known[i])) == 0)
            entry->status = known[i];
    return entry->status != KEY_UNTRUSTED;
}

static bool
set_compromised_since(struct keyset_entry *entry, const char *value)
{
    return time_parse(&entry->compromised_since, slice_of(value));
}

static bool
set_reason(struct keyset_entry *entry, const char *value)
{
    return value[0] != '\0' && slice_copy(entry->reason, sizeof entry->reason, slice_of(value));
}

#define TIME_RULE "a time like 2026-01-01T00:00:00Z"
#define POINT_RULE "the 64 hex digits of a valid Ed25519 public key"

static const struct field {
    const char *name;
    bool (*set)(struct keyset_entry *entry, const char *value);
    const char *rule;
    bool revoked_only;
} fields[] = {
    {"name", set_name, "1 to 32 of a-z 0-9 -, not beginning with -", false},
    {"public_key", set_public_key, POINT_RULE, false},
    {"manifest_key", set_manifest_key, POINT_RULE, false},
    {"organisation", set_organisation, "1 to 64 bytes", false},
    {"gtin_prefixes", set_prefixes, "1 to 8 prefixes of 1 to 13 digits, one space between", false},
    {"not_before", set_not_before, TIME_RULE, false},
    {"not_after", set_not_after, TIME_RULE, false},
    {"status", set_status, "active, retired or revoked", false},
    {"compromised_since", set_compromised_since, TIME_RULE, true},
    {"reason", set_reason, "1 to 120 bytes", true},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

struct parse {
    struct keyset *out;
    struct keyset_entry entry; /* of the section being read */
    int section_line;          /* 0 when no key section is being read */
    bool seen[FIELDS];
    const char *path;
};

static enum err
finish_entry(struct parse *p, struct fault *fault)
{
    if (p->section_line == 0)
        return ERR_OK;
    bool revoked = p->entry.status == KEY_REVOKED;
    for (size_t i = 0; i < FIELDS; i++) {
        bool needed = revoked || !fields[i].revoked_only;
        if (p->seen[i] != needed)
            return fault_set(fault, ERR_INVALID,
                             needed ? "%s:%d: this key has no %s"
                                    : "%s:%d: %s is for a revoked key only",
                             p->path, p->section_line, fields[i].name);
    }
    struct fault why;
    if (keyset_add(p->out, &p->entry, &why) != ERR_OK)
        return fault_set(fault, ERR_INVALID, "%s:%d: %s", p->path, p->section_line, why.text);
    return ERR_OK;
}

static enum err
begin_section(struct parse *p, const struct ini_entry *at, struct fault *fault)
{
    enum err err = finish_entry(p, fault);
    if (err != ERR_OK)
        return err;
    p->section_line = 0;
    struct slice section = slice_of(at->section);
    if (slice_equal(section, "keyset"))
        return ERR_OK;
    p->entry = (struct keyset_entry){.status = KEY_UNTRUSTED};
    if (!slice_take(&section, "key ") || !slice_hex(p->entry.kid, KID_BYTES, section))
        return fault_set(fault, ERR_INVALID, "%s:%d: [%s] is neither [keyset] nor [key KID]",
                         at->path, at->line, at->section);
    p->section_line = at->line;
    memset(p->seen, 0, sizeof p->seen);
    return ERR_OK;
}

static enum err
take_version(struct parse *p, const struct ini_entry *at, struct fault *fault)
{
    if (strcmp(at->section, "keyset") != 0 || strcmp(at->name, "version") != 0)
        return fault_set(fault, ERR_INVALID, "%s:%d: %s is not known in [%s]", at->path, at->line,
                         at->name, at->section);
    if (p->out->version != 0)
        return fault_set(fault, ERR_INVALID, "%s:%d: version is given twice", at->path, at->line);
    if (!slice_number(&p->out->version, slice_of(at->value), 1, KEYSET_VERSION_MAX))
        return fault_set(fault, ERR_INVALID, "%s:%d: version is not a number from 1 to 2^53-1",
                         at->path, at->line);
    return ERR_OK;
}

static size_t
field_index(const char *name)
{
    size_t i = 0;
    while (i < FIELDS && strcmp(fields[i].name, name) != 0)
        i++;
    return i;
}

static enum err
take_field(struct parse *p, const struct ini_entry *at, struct fault *fault)
{
    size_t i = field_index(at->name);
    if (i == FIELDS)
        return fault_set(fault, ERR_INVALID, "%s:%d: %s is not known in [%s]", at->path, at->line,
                         at->name, at->section);
    if (p->seen[i])
        return fault_set(fault, ERR_INVALID, "%s:%d: %s is given twice", at->path, at->line,
                         at->name);
    if (!fields[i].set(&p->entry, at->value))
        return fault_set(fault, ERR_INVALID, "%s:%d: %s is not %s", at->path, at->line, at->name,
                         fields[i].rule);
    p->seen[i] = true;
    return ERR_OK;
}

static enum err
take(void *context, const struct ini_entry *at, struct fault *fault)
{
    struct parse *p = context;
    if (at->name[0] == '\0')
        return begin_section(p, at, fault);
    return p->section_line == 0 ? take_version(p, at, fault) : take_field(p, at, fault);
}

enum err
keyset_parse(struct keyset *out, struct slice text, const char *path, struct fault *fault)
{
    struct parse p = {.out = out, .path = path};
    out->version = 0;
    out->count = 0;
    enum err err = ini_read(text, path, take, &p, fault);
    if (err == ERR_OK)
        err = finish_entry(&p, fault);
    if (err == ERR_OK && out->version == 0)
        err = fault_set(fault, ERR_INVALID, "%s: no version in [keyset]", path);
    if (err != ERR_OK) {
        out->version = 0;
        out->count = 0;
    }
    return err;
}
