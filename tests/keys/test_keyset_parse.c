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

/* The keys are those of RFC 8032 section 7.1, the kids those of tests/vectors/tokens.h. */
#define KEY_1 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define KEY_2 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
#define KEY_3 "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
#define KEY_1024 "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e"
#define IDENTITY "0100000000000000000000000000000000000000000000000000000000000000"
#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

/* Line 1 is lines[0]. */
static const char *const lines[] = {
    "# Whose labels are trusted.",
    "[keyset]",
    "version = 7",
    "",
    "[key 866eefbd67]",
    "name = plant-a",
    ("public_key = " KEY_1),
    ("manifest_key = " KEY_2),
    "organisation = Example Brand",
    "gtin_prefixes = 0950600 0412345678901",
    "not_before = 2026-01-01T00:00:00Z",
    "not_after = 2031-01-01T00:00:00Z",
    "status = active",
    "",
    "[key 51d5369157]",
    "name = plant-b",
    ("public_key = " KEY_3),
    ("manifest_key = " KEY_1024),
    "organisation = Sch\xC3\xB6n & Co \"Ltd\"",
    "gtin_prefixes = 1",
    "not_before = 2026-05-01T00:00:00Z",
    "not_after = 2027-01-01T00:00:00Z",
    "status = revoked",
    "compromised_since = 1970-01-02T00:00:00Z",
    "reason = laptop; stolen",
};
enum { LINES = sizeof lines / sizeof lines[0] };

/* The file, with line `at` (from 1) replaced; free it with text_free. */
static void
file_with(struct text *out, size_t at, const char *replacement)
{
    text_init(out, KEYSET_FILE_MAX);
    for (size_t i = 0; i < LINES; i++)
        text_printf(out, "%s\n", i + 1 == at ? replacement : lines[i]);
}

static enum err
parse(struct keyset **out, struct slice text, struct fault *fault)
{
    *out = calloc(1, sizeof **out);
    assert_non_null(*out);
    memset(*out, 0xA5, sizeof **out); /* what was there before does not matter */
    *fault = (struct fault){ERR_OK, ""};
    return keyset_parse(*out, text, "keys.ini", fault);
}

static void
assert_bytes(const uint8_t *bytes, const char *hex)
{
    uint8_t expected[PUBLIC_KEY_BYTES];
    size_t len = unhex(expected, sizeof expected, hex);
    assert_memory_equal(bytes, expected, len);
}

static void
reads_every_field(void **state)
{
    (void)state;
    struct text file;
    struct keyset *keyset = NULL;
    struct fault fault;
    file_with(&file, 0, "");
    assert_int_equal(parse(&keyset, text_slice(&file), &fault), ERR_OK);
    assert_int_equal(keyset->version, 7);
    assert_int_equal(keyset->count, 2);
    const struct keyset_entry *a = &keyset->entries[0];
    assert_bytes(a->kid, "866eefbd67");
    assert_bytes(a->public_key, KEY_1);
    assert_bytes(a->manifest_key, KEY_2);
    assert_string_equal(a->name, "plant-a");
    assert_string_equal(a->organisation, "Example Brand");
    assert_int_equal(a->prefix_count, 2);
    assert_string_equal(a->prefixes[0], "0950600");
    assert_string_equal(a->prefixes[1], "0412345678901");
    assert_int_equal(a->not_before, 1767225600);
    assert_int_equal(a->not_after, 1924992000);
    assert_int_equal(a->status, KEY_ACTIVE);
    assert_int_equal(a->compromised_since, 0);
    assert_string_equal(a->reason, "");
    const struct keyset_entry *b = &keyset->entries[1];
    assert_bytes(b->kid, "51d5369157");
    assert_string_equal(b->name, "plant-b");
    assert_string_equal(b->organisation, "Sch\xC3\xB6n & Co \"Ltd\"");
    assert_int_equal(b->prefix_count, 1);
    assert_int_equal(b->not_before, 1777593600);
    assert_int_equal(b->not_after, 1798761600);
    assert_int_equal(b->status, KEY_REVOKED);
    assert_int_equal(b->compromised_since, 86400);
    assert_string_equal(b->reason, "laptop; stolen");
    free(keyset);
    text_free(&file);
}

static const struct {
    const char *label;
    size_t at;
    const char *replacement;
} good[] = {
    {"status retired", 13, "status = retired"},
    {"largest version", 3, "version = 9007199254740991"},
    {"capital hex in a key", 7,
     "public_key = D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A"},
    {"organisation of 64", 9, "organisation = " SIXTY "0123"},
    {"reason of 120", 25, "reason = " SIXTY SIXTY},
    {"eight prefixes", 10, "gtin_prefixes = 1 2 3 4 5 6 7 8"},
    {"prefix of 13", 10, "gtin_prefixes = 0950600013435"},
    {"no blanks around =", 6, "name=plant-a"},
    {"a window of a second", 12, "not_after = 2026-01-01T00:00:01Z"},
    {"revoked for all time", 24, "compromised_since = 1970-01-01T00:00:00Z"},
    {"comment inside a section", 14, "# The second."},
};

static void
accepts_what_it_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct text file;
        struct keyset *keyset = NULL;
        struct fault fault;
        file_with(&file, good[i].at, good[i].replacement);
        if (parse(&keyset, text_slice(&file), &fault) != ERR_OK || keyset->count != 2)
            fail_msg("%s: %s", good[i].label, fault.text);
        free(keyset);
        text_free(&file);
    }
}

#define POINT "is not the 64 hex digits of a valid Ed25519 public key"
#define PREFIXES "gtin_prefixes is not 1 to 8 prefixes of 1 to 13 digits, one space between"
#define NAME "name is not 1 to 32 of a-z 0-9 -, not beginning with -"
#define TIME "is not a time like 2026-01-01T00:00:00Z"

static const struct {
    const char *label;
    size_t at;
    const char *replacement;
    const char *fault;
} bad[] = {
    {"no version", 3, "", "keys.ini: no version in [keyset]"},
    {"version 0", 3, "version = 0", "keys.ini:3: version is not a number from 1 to 2^53-1"},
    {"version too large", 3, "version = 9007199254740992",
     "keys.ini:3: version is not a number from 1 to 2^53-1"},
    {"version negative", 3, "version = -7", "keys.ini:3: version is not a number from 1 to 2^53-1"},
    {"version with a zero", 3, "version = 07",
     "keys.ini:3: version is not a number from 1 to 2^53-1"},
    {"version empty", 3, "version =", "keys.ini:3: version is not a number from 1 to 2^53-1"},
    {"version twice", 4, "version = 7", "keys.ini:4: version is given twice"},
    {"version in two sections", 4, "[keyset]\nversion = 8", "keys.ini:5: version is given twice"},
    {"unknown in keyset", 4, "colour = red", "keys.ini:4: colour is not known in [keyset]"},
    {"before the first section", 1, "version = 7", "keys.ini:1: version is not known in []"},
    {"no heading for keyset", 2, "", "keys.ini:3: version is not known in []"},
    {"unknown section", 4, "[key]", "keys.ini:4: [key] is neither [keyset] nor [key KID]"},
    {"section keys", 5, "[keys 866eefbd67]",
     "keys.ini:5: [keys 866eefbd67] is neither [keyset] nor [key KID]"},
    {"short kid", 5, "[key 866eefbd6]",
     "keys.ini:5: [key 866eefbd6] is neither [keyset] nor [key KID]"},
    {"long kid", 5, "[key 866eefbd6700]",
     "keys.ini:5: [key 866eefbd6700] is neither [keyset] nor [key KID]"},
    {"kid that is no hex", 5, "[key 866eefbd6g]",
     "keys.ini:5: [key 866eefbd6g] is neither [keyset] nor [key KID]"},
    {"kid of another key", 5, "[key 51d5369157]",
     "keys.ini:5: key plant-a: the kid is not that of public_key"},
    {"unknown field", 14, "colour = red", "keys.ini:14: colour is not known in [key 866eefbd67]"},
    {"version in a key", 14, "version = 7",
     "keys.ini:14: version is not known in [key 866eefbd67]"},
    {"field twice", 14, "status = active", "keys.ini:14: status is given twice"},
    {"field twice, differently", 14, "status = retired", "keys.ini:14: status is given twice"},
    {"no name", 6, "", "keys.ini:5: this key has no name"},
    {"no public_key", 7, "", "keys.ini:5: this key has no public_key"},
    {"no manifest_key", 8, "", "keys.ini:5: this key has no manifest_key"},
    {"no organisation", 9, "", "keys.ini:5: this key has no organisation"},
    {"no gtin_prefixes", 10, "", "keys.ini:5: this key has no gtin_prefixes"},
    {"no not_before", 11, "", "keys.ini:5: this key has no not_before"},
    {"no not_after", 12, "", "keys.ini:5: this key has no not_after"},
    {"no status", 13, "", "keys.ini:5: this key has no status"},
    {"no status in the last key", 23, "", "keys.ini:15: this key has no status"},
    {"nothing in the key", 14, "[key 866eefbd67]", "keys.ini:14: this key has no name"},
    {"revoked, no compromised_since", 24, "", "keys.ini:15: this key has no compromised_since"},
    {"revoked, no reason", 25, "", "keys.ini:15: this key has no reason"},
    {"active with a reason", 14, "reason = x", "keys.ini:5: reason is for a revoked key only"},
    {"active but compromised", 14, "compromised_since = 2026-05-01T00:00:00Z",
     "keys.ini:5: compromised_since is for a revoked key only"},
    {"revoked becomes retired", 23, "status = retired",
     "keys.ini:15: compromised_since is for a revoked key only"},
    {"active becomes revoked", 13, "status = revoked",
     "keys.ini:5: this key has no compromised_since"},
    {"name empty", 6, "name =", "keys.ini:6: " NAME},
    {"name with a capital", 6, "name = Plant-a", "keys.ini:6: " NAME},
    {"name of 33", 6, "name = abcdefghijklmnopqrstuvwxyz0123456", "keys.ini:6: " NAME},
    {"name of another key", 16, "name = plant-a",
     "keys.ini:15: key plant-a: its name belongs to key plant-a already"},
    {"key one digit short", 7,
     "public_key = d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511",
     "keys.ini:7: public_key " POINT},
    {"key in base64", 7,
     "public_key = 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "keys.ini:7: public_key " POINT},
    {"key of small order", 7, "public_key = " IDENTITY, "keys.ini:7: public_key " POINT},
    {"manifest key of small order", 8, "manifest_key = " IDENTITY,
     "keys.ini:8: manifest_key " POINT},
    {"one key for both", 8, "manifest_key = " KEY_1,
     "keys.ini:5: key plant-a: public_key and manifest_key are the same key"},
    {"manifest key of another", 18, "manifest_key = " KEY_2,
     "keys.ini:15: key plant-b: its manifest_key belongs to key plant-a already"},
    {"manifest key that signs serials", 18, "manifest_key = " KEY_1,
     "keys.ini:15: key plant-b: its manifest_key belongs to key plant-a already"},
    {"organisation empty", 9, "organisation =", "keys.ini:9: organisation is not 1 to 64 bytes"},
    {"organisation of 65", 9, "organisation = " SIXTY "01234",
     "keys.ini:9: organisation is not 1 to 64 bytes"},
    {"reason empty", 25, "reason =", "keys.ini:25: reason is not 1 to 120 bytes"},
    {"reason of 121", 25, "reason = " SIXTY SIXTY "0", "keys.ini:25: reason is not 1 to 120 bytes"},
    {"no prefix", 10, "gtin_prefixes =", "keys.ini:10: " PREFIXES},
    {"nine prefixes", 10, "gtin_prefixes = 1 2 3 4 5 6 7 8 9", "keys.ini:10: " PREFIXES},
    {"prefix of 14", 10, "gtin_prefixes = 09506000134352", "keys.ini:10: " PREFIXES},
    {"prefixes with a comma", 10, "gtin_prefixes = 1, 2", "keys.ini:10: " PREFIXES},
    {"two blanks between", 10, "gtin_prefixes = 1  2", "keys.ini:10: " PREFIXES},
    {"prefix with a letter", 10, "gtin_prefixes = 09506O0", "keys.ini:10: " PREFIXES},
    {"a star for all", 10, "gtin_prefixes = *", "keys.ini:10: " PREFIXES},
    {"a date for a time", 11, "not_before = 2026-01-01", "keys.ini:11: not_before " TIME},
    {"a time with an offset", 12, "not_after = 2031-01-01T00:00:00+01:00",
     "keys.ini:12: not_after " TIME},
    {"no such day", 24, "compromised_since = 2026-02-29T00:00:00Z",
     "keys.ini:24: compromised_since " TIME},
    {"window backwards", 12, "not_after = 2025-01-01T00:00:00Z",
     "keys.ini:5: key plant-a: not_after is not later than not_before"},
    {"status unknown", 13, "status = Active",
     "keys.ini:13: status is not active, retired or revoked"},
    {"status untrusted", 13, "status = untrusted",
     "keys.ini:13: status is not active, retired or revoked"},
    {"a damaged line", 20, "gtin_prefixes",
     "keys.ini:20: expected '# comment', [section] or name = value"},
    {"a comment after a value", 13, "status = active ; for now",
     "keys.ini:13: a comment has a line of its own; ';' cannot begin a word in a value"},
};

static void
refuses_what_it_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct text file;
        struct keyset *keyset = NULL;
        struct fault fault;
        file_with(&file, bad[i].at, bad[i].replacement);
        enum err err = parse(&keyset, text_slice(&file), &fault);
        if (err != ERR_INVALID || strcmp(fault.text, bad[i].fault) != 0)
            fail_msg("%s: %s \"%s\"", bad[i].label, err_info(err)->code, fault.text);
        assert_int_equal(keyset->count, 0);
        assert_int_equal(keyset->version, 0);
        free(keyset);
        text_free(&file);
    }
}

static void
no_bad_point_is_loaded(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_points / sizeof bad_points[0]; i++) {
        struct text file;
        struct text line;
        struct keyset *keyset = NULL;
        struct fault fault;
        text_init(&line, 200);
        text_printf(&line, "public_key = %s", bad_points[i].bytes);
        file_with(&file, 7, line.data);
        if (parse(&keyset, text_slice(&file), &fault) != ERR_INVALID)
            fail_msg("%s: accepted", bad_points[i].label);
        assert_string_equal(fault.text, "keys.ini:7: public_key " POINT);
        free(keyset);
        text_free(&line);
        text_free(&file);
    }
}

static void
one_key_twice_is_refused(void **state)
{
    (void)state;
    struct text file;
    struct keyset *keyset = NULL;
    struct fault fault;
    file_with(&file, 0, "");
    for (size_t i = 4; i < 13; i++)
        text_printf(&file, "%s\n", i == 5 ? "name = plant-c" : lines[i]);
    assert_int_equal(parse(&keyset, text_slice(&file), &fault), ERR_INVALID);
    assert_string_equal(fault.text,
                        "keys.ini:26: key plant-c: its public_key belongs to key plant-a already");
    free(keyset);
    text_free(&file);
}

static void
an_empty_file_is_no_keyset(void **state)
{
    (void)state;
    struct keyset *keyset = NULL;
    struct fault fault;
    assert_int_equal(parse(&keyset, slice_of(""), &fault), ERR_INVALID);
    assert_string_equal(fault.text, "keys.ini: no version in [keyset]");
    free(keyset);
    assert_int_equal(parse(&keyset, slice_of("[keyset]\nversion = 3\n"), &fault), ERR_OK);
    assert_int_equal(keyset->count, 0);
    free(keyset);
}

/* Whatever is still accepted trusts only keys of the file, for no more than the file says. */
static void
assert_no_more_than(const struct keyset *part, const struct keyset *whole, const char *label)
{
    for (size_t i = 0; i < part->count; i++) {
        const struct keyset_entry *a = &part->entries[i];
        const struct keyset_entry *b = &whole->entries[i];
        if (memcmp(a->public_key, b->public_key, PUBLIC_KEY_BYTES) != 0 || a->status != b->status)
            fail_msg("%s: another key or status", label);
    }
}

static void
truncated_files_trust_no_more(void **state)
{
    (void)state;
    struct text file;
    struct keyset *whole = NULL;
    struct fault fault;
    int accepted = 0;
    file_with(&file, 0, "");
    assert_int_equal(parse(&whole, text_slice(&file), &fault), ERR_OK);
    for (size_t len = 0; len < file.len; len++) {
        struct keyset *part = NULL;
        if (parse(&part, slice_make(file.data, len), &fault) == ERR_OK) {
            assert_no_more_than(part, whole, "truncated");
            accepted++;
        }
        free(part);
    }
    /* After the version: with and without newline, and the blank line. After the first key the
     * same three. In the last line from the first letter of the reason on, but its newline. */
    assert_int_equal(accepted, 3 + 3 + (int)strlen("laptop; stolen"));
    free(whole);
    text_free(&file);
}

/* A step of seven comes by at least one bit of each byte, and by each of the eight in turn. */
static void
flipped_bits_trust_no_more(void **state)
{
    (void)state;
    struct text file;
    struct keyset *whole = NULL;
    struct fault fault;
    file_with(&file, 0, "");
    assert_int_equal(parse(&whole, text_slice(&file), &fault), ERR_OK);
    for (size_t bit = 0; bit < file.len * 8; bit += 7) {
        struct keyset *flipped = NULL;
        file.data[bit / 8] = (char)(file.data[bit / 8] ^ (1 << bit % 8));
        if (parse(&flipped, text_slice(&file), &fault) == ERR_OK)
            assert_no_more_than(flipped, whole, "flipped");
        file.data[bit / 8] = (char)(file.data[bit / 8] ^ (1 << bit % 8));
        free(flipped);
    }
    free(whole);
    text_free(&file);
}

static void
holds_as_many_as_it_says(void **state)
{
    (void)state;
    struct text file;
    struct keyset *keyset = NULL;
    struct fault fault;
    sample_text(&file, 1, KEYSET_MAX);
    assert_int_equal(parse(&keyset, text_slice(&file), &fault), ERR_OK);
    assert_int_equal(keyset->count, KEYSET_MAX);
    free(keyset);
    struct keyset_entry extra;
    struct keyset *one = sample_keyset(1, 1);
    sample_entry(&extra, KEYSET_MAX);
    one->entries[0] = extra;
    struct text section;
    text_init(&section, KEYSET_FILE_MAX);
    keyset_format(&section, one);
    text_put(&file, strstr(section.data, "[key "));
    assert_int_equal(parse(&keyset, text_slice(&file), &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, "key key-256: a keyset holds at most 256 keys"));
    free(keyset);
    free(one);
    text_free(&section);
    text_free(&file);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(accepts_what_it_should),
        cmocka_unit_test(refuses_what_it_should),
        cmocka_unit_test(no_bad_point_is_loaded),
        cmocka_unit_test(one_key_twice_is_refused),
        cmocka_unit_test(an_empty_file_is_no_keyset),
        cmocka_unit_test(truncated_files_trust_no_more),
        cmocka_unit_test(flipped_bits_trust_no_more),
        cmocka_unit_test(holds_as_many_as_it_says),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
