/* SPDX-License-Identifier: Apache-2.0 */
/* A label with one changed character is refused, or it is the same label: another host name,
 * another extension parameter. All 256 bytes are tried at all positions, and each one removed or
 * doubled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/identify/labels.h"

static const struct {
    const char *label;
    const char *variant, *lot, *serial;
    const char *before, *after; /* parameters around S */
} labels[] = {
    {"serial", "", "", "7K3M9Q2XBT4H", "", ""},
    {"lot", "", "L24A0917", "7K3M9Q2XBT4H", "", ""},
    {"small letters", "2a", "", "00001", "", ""},
    {"escapes", "", "A/B", "%2F\"+", "", ""},
    {"parameters", "", "L1", "7K3M", "e=1&", "&17=261122&s=2"},
};

struct original {
    const char *label;
    const struct keyset *keyset;
    const struct identity *id;
    struct token token;
    size_t url_len;
};

static void
insert(char url[static LABEL_URL_MAX], size_t at, const char *text)
{
    char tail[LABEL_URL_MAX];
    assert_true(slice_copy(tail, sizeof tail, slice_of(url + at)));
    int written = snprintf(url + at, LABEL_URL_MAX - at, "%s%s", text, tail);
    assert_in_range(written, 0, LABEL_URL_MAX - at - 1);
}

static bool
same_identity(const struct identity *a, const struct identity *b)
{
    return strcmp(a->gtin, b->gtin) == 0 && strcmp(a->variant, b->variant) == 0 &&
           strcmp(a->lot, b->lot) == 0 && strcmp(a->serial, b->serial) == 0;
}

/* True when the changed link is genuine; then it is the same label. */
static bool
check(const struct original *original, const char *changed, size_t len, size_t at)
{
    struct confirmation confirmation = {.keyset = original->keyset};
    struct reading strict, mended;
    char *copy = exact_copy(changed, len);
    struct slice text = slice_make(copy, len);
    bool genuine = digital_link_read(&strict, text) == READ_OK &&
                   label_trust(original->keyset, &strict).result == LABEL_GENUINE;
    bool taken = reading_identify(&mended, text, confirm_genuine, &confirmation) == READ_OK &&
                 mended.has_token && confirmation.genuine;
    if (strict.error_at > len || mended.error_at > len)
        fail_msg("%s: position %zu: error outside", original->label, at);
    if (genuine && (!same_identity(&strict.id, original->id) ||
                    memcmp(&strict.token, &original->token, sizeof strict.token) != 0))
        fail_msg("%s: position %zu: another label is genuine", original->label, at);
    if (taken && !same_identity(&mended.id, original->id))
        fail_msg("%s: position %zu: mended into another label", original->label, at);
    if (genuine && !taken)
        fail_msg("%s: position %zu: strict and tolerant reading differ", original->label, at);
    free(copy);
    return genuine;
}

static const char bytes[] = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                            "abcdefghijklmnopqrstuvwxyz{|}~\0\x01\t\n\r\x1D\x7F\x80\xC3\xDF\xFF";

/* Where a change may leave the same label: in the host, and in extension parameters. */
static bool
is_free(const char *url, size_t at)
{
    size_t path = (size_t)(strstr(url, "/01/") - url);
    const char *signature = strstr(url, "S=");
    size_t start = (size_t)(signature - url);
    return (at >= strlen("https://") && at < path) ||
           (at > (size_t)(strchr(url, '?') - url) && (at < start || at >= start + 2 + TOKEN_CHARS));
}

/* An escape may be written with small hex digits, and a character as its escape; one substitution
 * can only do the first. */
static bool
is_hex_case(char from, char to)
{
    return (from ^ to) == 0x20 && ((from >= 'A' && from <= 'F') || (from >= 'a' && from <= 'f'));
}

static void
try_position(const struct original *original, const char *url, size_t at)
{
    char changed[LABEL_URL_MAX + 1];
    size_t len = original->url_len;
    for (size_t b = 0; b < sizeof bytes - 1; b++) {
        memcpy(changed, url, len);
        changed[at] = bytes[b];
        bool expected = url[at] == changed[at] || is_free(url, at) ||
                        (is_hex_case(url[at], changed[at]) && memchr(url + at - 2, '%', 2) != NULL);
        if (check(original, changed, len, at) && !expected)
            fail_msg("%s: position %zu, byte 0x%02x: accepted", original->label, at,
                     (unsigned)(uint8_t)bytes[b]);
    }
    bool https_to_http = at == strlen("http");
    memcpy(changed, url, at);
    memcpy(changed + at, url + at + 1, len - at - 1);
    if (check(original, changed, len - 1, at) && !is_free(url, at) && !https_to_http)
        fail_msg("%s: position %zu removed: accepted", original->label, at);
    bool begins_parameter = url[at] == '?' && url[at + 1] != 'S'; /* "??e=1": a parameter "?e" */
    memcpy(changed, url, at + 1);
    memcpy(changed + at + 1, url + at, len - at);
    if (check(original, changed, len + 1, at) && !is_free(url, at) && !begins_parameter)
        fail_msg("%s: position %zu doubled: accepted", original->label, at);
}

static void
each_changed_character_is_refused_or_the_same_label(void **state)
{
    static struct keyset keyset;
    struct test_key key = test_key_of(SEED_A);
    (void)state;
    keyset.entries[keyset.count++] = key.entry;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        struct identity id = identity_of(GTIN, labels[i].variant, labels[i].lot, labels[i].serial);
        struct original original = {labels[i].label, &keyset, &id, {{0}, {0}}, 0};
        struct reading reading;
        char url[LABEL_URL_MAX];
        label_url(url, &key, &id);
        insert(url, (size_t)(strchr(url, '?') - url) + 1, labels[i].before);
        insert(url, strlen(url), labels[i].after);
        original.url_len = strlen(url);
        assert_int_equal(digital_link_read(&reading, slice_of(url)), READ_OK);
        original.token = reading.token;
        assert_true(check(&original, url, original.url_len, 0));
        for (size_t at = 0; at < original.url_len; at++)
            try_position(&original, url, at);
    }
}

/* Each character of the 82 in place of each character of the serial, signed anew: labels of other
 * units do not pass for this one, whatever has to be escaped. */
static void
a_token_belongs_to_one_serial(void **state)
{
    static const char set[] = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                              "abcdefghijklmnopqrstuvwxyz";
    static struct keyset keyset;
    struct test_key key = test_key_of(SEED_A);
    struct identity first = identity_of(GTIN, "", "", "7K3M");
    struct reading original;
    char url[LABEL_URL_MAX];
    (void)state;
    keyset.entries[keyset.count++] = key.entry;
    label_url(url, &key, &first);
    assert_int_equal(digital_link_read(&original, slice_of(url)), READ_OK);
    for (size_t at = 0; at < strlen(first.serial); at++) {
        for (const char *c = set; *c != '\0'; c++) {
            struct identity other = first;
            struct reading reading;
            other.serial[at] = *c;
            label_url(url, &key, &other);
            assert_int_equal(digital_link_read(&reading, slice_of(url)), READ_OK);
            assert_int_equal(label_trust(&keyset, &reading).result, LABEL_GENUINE);
            bool same = strcmp(other.serial, first.serial) == 0;
            assert_int_equal(strcmp(reading.canonical, original.canonical) == 0, same);
            reading.token = original.token;
            assert_int_equal(label_trust(&keyset, &reading).result == LABEL_GENUINE, same);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_changed_character_is_refused_or_the_same_label),
        cmocka_unit_test(a_token_belongs_to_one_serial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
