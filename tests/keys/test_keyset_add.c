/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "keys/keyset.h"
#include "tests/keys/sample.h"
#include "tests/vectors/tokens.h"
#include "tests/vectors/unhex.h"

static const struct {
    const char *label, *name;
    bool valid;
} names[] = {
    {"one letter", "a", true},
    {"one digit", "7", true},
    {"hyphens inside and last", "plant-a-", true},
    {"32", "abcdefghijklmnopqrstuvwxyz012345", true},
    {"33", "abcdefghijklmnopqrstuvwxyz0123456", false},
    {"empty", "", false},
    {"hyphen first", "-a", false},
    {"capital", "Plant", false},
    {"underscore", "plant_a", false},
    {"blank", "plant a", false},
    {"slash", "a/b", false},
    {"dots", "..", false},
    {"newline", "a\n", false},
    {"not ASCII", "\xC3\xA4", false},
};

static void
names_follow_their_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (key_name_valid(names[i].name) != names[i].valid)
            fail_msg("%s", names[i].label);
}

static void
statuses_have_names(void **state)
{
    (void)state;
    assert_string_equal(key_status_name(KEY_ACTIVE), "active");
    assert_string_equal(key_status_name(KEY_RETIRED), "retired");
    assert_string_equal(key_status_name(KEY_REVOKED), "revoked");
    assert_string_equal(key_status_name(KEY_UNTRUSTED), "untrusted");
    assert_string_equal(key_status_name((enum key_status)77), "untrusted");
}

/* Each spoils one thing of a good entry. */
static void
no_name(struct keyset_entry *e)
{
    e->name[0] = '\0';
}

static void
no_status(struct keyset_entry *e)
{
    e->status = KEY_UNTRUSTED;
}

static void
wild_status(struct keyset_entry *e)
{
    e->status = (enum key_status)9;
}

static void
other_kid(struct keyset_entry *e)
{
    e->kid[4] ^= 1;
}

static void
no_public_key(struct keyset_entry *e)
{
    memset(e->public_key, 0, sizeof e->public_key);
    token_kid(e->kid, e->public_key);
}

static void
no_manifest_key(struct keyset_entry *e)
{
    memset(e->manifest_key, 0, sizeof e->manifest_key);
}

static void
one_key_for_both(struct keyset_entry *e)
{
    memcpy(e->manifest_key, e->public_key, sizeof e->manifest_key);
}

static void
no_organisation(struct keyset_entry *e)
{
    e->organisation[0] = '\0';
}

static void
organisation_of_two_lines(struct keyset_entry *e)
{
    strcpy(e->organisation, "A\nstatus = active");
}

static void
organisation_with_a_comment(struct keyset_entry *e)
{
    strcpy(e->organisation, "A ;B");
}

static void
no_prefix(struct keyset_entry *e)
{
    e->prefix_count = 0;
}

static void
too_many_prefixes(struct keyset_entry *e)
{
    e->prefix_count = KEY_PREFIXES_MAX + 1;
}

static void
empty_prefix(struct keyset_entry *e)
{
    e->prefix_count = 2;
}

static void
prefix_with_a_letter(struct keyset_entry *e)
{
    strcpy(e->prefixes[0], "09506O0");
}

static void
empty_window(struct keyset_entry *e)
{
    e->not_after = e->not_before;
}

static void
window_from_1899(struct keyset_entry *e)
{
    e->not_before = INT64_C(-2208988801);
}

static void
window_to_3000(struct keyset_entry *e)
{
    e->not_after = INT64_C(32503680000);
}

static void
window_without_end(struct keyset_entry *e)
{
    e->not_after = INT64_MAX;
}

static void
revoked_without_a_reason(struct keyset_entry *e)
{
    e->status = KEY_REVOKED;
}

static void
active_with_a_reason(struct keyset_entry *e)
{
    strcpy(e->reason, "because");
}

static void
retired_but_compromised(struct keyset_entry *e)
{
    e->status = KEY_RETIRED;
    e->compromised_since = 1767225600;
}

static const struct {
    const char *label;
    void (*spoil)(struct keyset_entry *e);
    const char *fault;
} spoilt[] = {
    {"no name", no_name, "key : name is not 1 to 32 of a-z 0-9 -, or begins with -"},
    {"no status", no_status, "key key-0: status is not active, retired or revoked"},
    {"wild status", wild_status, "key key-0: status is not active, retired or revoked"},
    {"other kid", other_kid, "key key-0: the kid is not that of public_key"},
    {"no public key", no_public_key, "key key-0: public_key is not a valid Ed25519 public key"},
    {"no manifest key", no_manifest_key,
     "key key-0: manifest_key is not a valid Ed25519 public key"},
    {"one key for both", one_key_for_both,
     "key key-0: public_key and manifest_key are the same key"},
    {"no organisation", no_organisation,
     "key key-0: organisation is not a line of 1 to 64 bytes of UTF-8"},
    {"organisation of two lines", organisation_of_two_lines,
     "key key-0: organisation is not a line of 1 to 64 bytes of UTF-8"},
    {"organisation with a comment", organisation_with_a_comment,
     "key key-0: organisation is not a line of 1 to 64 bytes of UTF-8"},
    {"no prefix", no_prefix, "key key-0: gtin_prefixes are not 1 to 8 prefixes of 1 to 13 digits"},
    {"too many prefixes", too_many_prefixes,
     "key key-0: gtin_prefixes are not 1 to 8 prefixes of 1 to 13 digits"},
    {"empty prefix", empty_prefix,
     "key key-0: gtin_prefixes are not 1 to 8 prefixes of 1 to 13 digits"},
    {"prefix with a letter", prefix_with_a_letter,
     "key key-0: gtin_prefixes are not 1 to 8 prefixes of 1 to 13 digits"},
    {"empty window", empty_window, "key key-0: not_after is not later than not_before"},
    {"window from 1899", window_from_1899, "key key-0: a time is not in the years 1900 to 2999"},
    {"window to 3000", window_to_3000, "key key-0: a time is not in the years 1900 to 2999"},
    {"window without end", window_without_end,
     "key key-0: a time is not in the years 1900 to 2999"},
    {"revoked without a reason", revoked_without_a_reason,
     "key key-0: reason is not a line of 1 to 120 bytes of UTF-8"},
    {"active with a reason", active_with_a_reason, "key key-0: reason is for a revoked key only"},
    {"retired but compromised", retired_but_compromised,
     "key key-0: compromised_since is for a revoked key only"},
};

static void
spoilt_entries_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        struct keyset *keyset = sample_keyset(1, 0);
        struct keyset_entry entry;
        struct fault fault;
        sample_entry(&entry, 0);
        spoilt[i].spoil(&entry);
        if (keyset_add(keyset, &entry, &fault) != ERR_INVALID || keyset->count != 0)
            fail_msg("%s: accepted", spoilt[i].label);
        if (strcmp(fault.text, spoilt[i].fault) != 0)
            fail_msg("%s: %s", spoilt[i].label, fault.text);
        sample_entry(&entry, 0);
        assert_int_equal(keyset_add(keyset, &entry, &fault), ERR_OK);
        free(keyset);
    }
}

static void
bad_points_are_never_loaded(void **state)
{
    (void)state;
    struct keyset *keyset = sample_keyset(1, 0);
    for (size_t i = 0; i < sizeof bad_points / sizeof bad_points[0]; i++) {
        struct keyset_entry entry;
        struct fault fault;
        sample_entry(&entry, 0);
        (void)unhex(entry.public_key, PUBLIC_KEY_BYTES, bad_points[i].bytes);
        token_kid(entry.kid, entry.public_key);
        if (keyset_add(keyset, &entry, &fault) != ERR_INVALID)
            fail_msg("%s: accepted for serials", bad_points[i].label);
        sample_entry(&entry, 0);
        (void)unhex(entry.manifest_key, PUBLIC_KEY_BYTES, bad_points[i].bytes);
        if (keyset_add(keyset, &entry, &fault) != ERR_INVALID)
            fail_msg("%s: accepted for manifests", bad_points[i].label);
    }
    assert_int_equal(keyset->count, 0);
    free(keyset);
}

/* Entry 9 takes over something of entry 1. */
static const struct {
    const char *label;
    size_t to, from, len;
    const char *fault;
} clashes[] = {
    {"name", offsetof(struct keyset_entry, name), offsetof(struct keyset_entry, name),
     KEY_NAME_MAX + 1, "key key-1: its name belongs to key key-1 already"},
    {"public key", offsetof(struct keyset_entry, public_key),
     offsetof(struct keyset_entry, public_key), PUBLIC_KEY_BYTES,
     "key key-9: its public_key belongs to key key-1 already"},
    {"manifest key", offsetof(struct keyset_entry, manifest_key),
     offsetof(struct keyset_entry, manifest_key), PUBLIC_KEY_BYTES,
     "key key-9: its manifest_key belongs to key key-1 already"},
    {"a manifest key for serials", offsetof(struct keyset_entry, public_key),
     offsetof(struct keyset_entry, manifest_key), PUBLIC_KEY_BYTES,
     "key key-9: its public_key belongs to key key-1 already"},
    {"a key of serials for manifests", offsetof(struct keyset_entry, manifest_key),
     offsetof(struct keyset_entry, public_key), PUBLIC_KEY_BYTES,
     "key key-9: its manifest_key belongs to key key-1 already"},
};

static void
nothing_is_in_it_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof clashes / sizeof clashes[0]; i++) {
        struct keyset *keyset = sample_keyset(1, 3);
        struct keyset_entry entry;
        struct fault fault;
        sample_entry(&entry, 9);
        memcpy((char *)&entry + clashes[i].to, (char *)&keyset->entries[1] + clashes[i].from,
               clashes[i].len);
        token_kid(entry.kid, entry.public_key);
        if (keyset_add(keyset, &entry, &fault) != ERR_EXISTS || keyset->count != 3)
            fail_msg("%s: accepted", clashes[i].label);
        assert_string_equal(fault.text, clashes[i].fault);
        free(keyset);
    }
}

static void
holds_as_many_as_it_says(void **state)
{
    (void)state;
    struct keyset *keyset = sample_keyset(1, KEYSET_MAX - 1);
    struct keyset_entry entry;
    struct fault fault;
    sample_entry(&entry, KEYSET_MAX);
    assert_int_equal(keyset_add(keyset, &entry, &fault), ERR_OK);
    sample_entry(&entry, KEYSET_MAX + 1);
    assert_int_equal(keyset_add(keyset, &entry, &fault), ERR_FULL);
    assert_string_equal(fault.text, "key key-257: a keyset holds at most 256 keys");
    assert_int_equal(keyset->count, KEYSET_MAX);
    free(keyset);
}

static void
merges_all_or_nothing(void **state)
{
    (void)state;
    struct keyset *keyset = sample_keyset(7, 2);
    struct keyset *more = sample_keyset(40, 4);
    struct fault fault;
    memmove(more->entries, more->entries + 2, 2 * sizeof more->entries[0]);
    more->count = 2;
    assert_int_equal(keyset_merge(keyset, more, &fault), ERR_OK);
    assert_int_equal(keyset->count, 4);
    assert_int_equal(keyset->version, 7);
    assert_string_equal(keyset->entries[3].name, "key-3");
    assert_int_equal(keyset_merge(keyset, more, &fault), ERR_EXISTS);
    assert_string_equal(fault.text, "key key-2: its name belongs to key key-2 already");
    sample_entry(&more->entries[0], 50);
    assert_int_equal(keyset_merge(keyset, more, &fault), ERR_EXISTS);
    assert_int_equal(keyset->count, 4);
    assert_null(keyset_find_name(keyset, "key-50"));
    free(more);
    free(keyset);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_follow_their_rule),    cmocka_unit_test(statuses_have_names),
        cmocka_unit_test(spoilt_entries_are_refused), cmocka_unit_test(bad_points_are_never_loaded),
        cmocka_unit_test(nothing_is_in_it_twice),     cmocka_unit_test(holds_as_many_as_it_says),
        cmocka_unit_test(merges_all_or_nothing),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
