/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "gateway/records/access.h"

enum { NOW = 1795358000 }; /* 2026-11-22T14:33:20Z */

static const uint8_t claim_key[SEAL_KEY_BYTES] = {7};

static struct credential
till(char key[static APIKEY_CHARS + 1])
{
    struct credential credential;
    struct fault fault;
    assert_int_equal(credential_from_json(&credential,
                                          slice_of("{\"role\":\"retailer\",\"name\":\"till 3\","
                                                   "\"organisation\":\"Tool Shop\"}"),
                                          &fault),
                     ERR_OK);
    assert_int_equal(credential_make(&credential, claim_key, NOW, key, &fault), ERR_OK);
    return credential;
}

static bool
admits(const struct credential *credential, const char *key, int64_t now)
{
    uint8_t seal[SEAL_BYTES];
    apikey_seal(seal, claim_key, key);
    return credential_admits(credential, seal, now);
}

static void
keys_are_new_each_time(void **state)
{
    char keys[2][APIKEY_CHARS + 1];
    char id[APIKEY_ID_CHARS + 1];
    (void)state;
    struct credential one = till(keys[0]);
    struct credential other = till(keys[1]);
    assert_string_not_equal(one.id, other.id);
    assert_string_not_equal(keys[0], keys[1]);
    assert_true(apikey_parse(id, keys[0], strlen(keys[0])));
    assert_string_equal(id, one.id);
    assert_true(admits(&one, keys[0], NOW));
    assert_false(admits(&one, keys[1], NOW));
}

/* Which of the keys, made one after the other, are good when. */
static const struct {
    const char *label;
    int64_t grace[2]; /* of the rotations at NOW + 10 and NOW + 20 */
    int64_t at;       /* after NOW */
    bool good[3];
} rotations[] = {
    {"both live at once", {100, 100}, 21, {false, true, true}},
    {"the old one ends", {100, 100}, 119, {false, true, true}},
    {"and is over", {100, 100}, 120, {false, false, true}},
    {"no grace", {0, 0}, 20, {false, false, true}},
    {"no grace, then one", {0, 50}, 69, {false, true, true}},
    {"over by then", {0, 50}, 70, {false, false, true}},
    {"much later", {100, 100}, 100000000, {false, false, true}},
};

static void
rotates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rotations / sizeof rotations[0]; i++) {
        char keys[3][APIKEY_CHARS + 1];
        struct fault fault = {ERR_OK, ""};
        struct credential credential = till(keys[0]);
        for (int64_t turn = 0; turn < 2; turn++)
            assert_int_equal(credential_rotate(&credential, claim_key, NOW + 10 * (turn + 1),
                                               rotations[i].grace[turn], keys[turn + 1]),
                             ERR_OK);
        assert_int_equal(credential_check(&credential, &fault), ERR_OK);
        for (size_t k = 0; k < 3; k++)
            if (admits(&credential, keys[k], NOW + rotations[i].at) != rotations[i].good[k])
                fail_msg("%s: key %zu", rotations[i].label, k);
    }
}

/* A second rotation must not give the old key more time than the first left it. */
static void
never_lengthens(void **state)
{
    char keys[3][APIKEY_CHARS + 1];
    (void)state;
    struct credential credential = till(keys[0]);
    assert_int_equal(credential_rotate(&credential, claim_key, NOW + 10, 5, keys[1]), ERR_OK);
    assert_int_equal(credential_rotate(&credential, claim_key, NOW + 12, 100, keys[2]), ERR_OK);
    assert_false(admits(&credential, keys[0], NOW + 13));
    assert_true(admits(&credential, keys[1], NOW + 111));
    assert_false(admits(&credential, keys[1], NOW + 112));
}

static void
what_is_over_is_not_rotated(void **state)
{
    char key[APIKEY_CHARS + 1];
    (void)state;
    struct credential credential = till(key);
    credential.expires_at = NOW + 5;
    assert_int_equal(credential_rotate(&credential, claim_key, NOW + 5, 0, key), ERR_CONFLICT);
    assert_string_equal(credential_state(&credential, NOW + 4), "live");
    assert_string_equal(credential_state(&credential, NOW + 5), "expired");
    credential.expires_at = 0;
    credential.revoked_at = NOW + 1;
    assert_int_equal(credential_rotate(&credential, claim_key, NOW + 1, 0, key), ERR_CONFLICT);
    assert_string_equal(credential_state(&credential, NOW + 1), "revoked");
}

static void
tells_everything_but_the_seals(void **state)
{
    char key[APIKEY_CHARS + 1];
    char hex[2 * SEAL_BYTES + 1];
    struct text out;
    (void)state;
    struct credential credential = till(key);
    strcpy(credential.id, "7K3M9Q2X");
    strcpy(credential.locations[0], "shop \"7\"");
    credential.location_count = 1;
    credential.version = 4;
    credential.used_on = 20779; /* 2026-11-22 */
    credential.expires_at = NOW + 100;
    text_init(&out, CREDENTIAL_JSON_MAX);
    credential_json(&out, &credential, NOW);
    assert_string_equal(out.data,
                        "{\"id\":\"7K3M9Q2X\",\"version\":4,\"role\":\"retailer\","
                        "\"name\":\"till 3\",\"organisation\":\"Tool Shop\","
                        "\"locations\":[\"shop \\\"7\\\"\"],\"state\":\"live\","
                        "\"made_at\":\"2026-11-22T14:33:20Z\","
                        "\"expires_at\":\"2026-11-22T14:35:00Z\",\"used_on\":\"2026-11-22\","
                        "\"keys\":[{\"made_at\":\"2026-11-22T14:33:20Z\"}]}");
    sodium_bin2hex(hex, sizeof hex, credential.secrets[0].seal, SEAL_BYTES);
    assert_null(strstr(out.data, hex));
    credential.revoked_at = NOW;
    text_reset(&out);
    credential_json(&out, &credential, NOW);
    assert_non_null(strstr(out.data, "\"keys\":[]"));
    text_free(&out);
}

#define WHO "\"role\":\"admin\",\"name\":\"a\",\"organisation\":\"b\""

static const struct {
    const char *label, *json, *begins; /* NULL: it is read */
} texts[] = {
    {"the least", "{" WHO "}", NULL},
    {"everything", "{" WHO ",\"locations\":[\"l\"],\"expires_at\":\"2030-01-01T00:00:00Z\"}", NULL},
    {"no object", "[]", ": expected an object"},
    {"no role", "{\"name\":\"a\",\"organisation\":\"b\"}", "/role: missing"},
    {"other role", "{\"role\":\"king\",\"name\":\"a\",\"organisation\":\"b\"}", "/role: "},
    {"role in capitals", "{\"role\":\"ADMIN\",\"name\":\"a\",\"organisation\":\"b\"}", "/role: "},
    {"no time", "{" WHO ",\"expires_at\":\"tomorrow\"}", "/expires_at: "},
    {"location that is a number", "{" WHO ",\"locations\":[1]}", "/locations/0: "},
    {"locations that are none", "{" WHO ",\"locations\":\"l\"}", "/locations: "},
    {"a member of ours", "{" WHO ",\"version\":1}", "/version: "},
    {"cut", "{" WHO, "line 1 "},
};

static void
reads_what_is_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct credential credential;
        struct fault fault = {ERR_OK, ""};
        enum err err = credential_from_json(&credential, slice_of(texts[i].json), &fault);
        bool as_told = texts[i].begins == NULL
                           ? err == ERR_OK
                           : err == ERR_INVALID &&
                                 strncmp(fault.text, texts[i].begins, strlen(texts[i].begins)) == 0;
        if (!as_told)
            fail_msg("%s: %s", texts[i].label, fault.text);
    }
}

static int
start(void **state)
{
    (void)state;
    return sodium_init() < 0 ? -1 : 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_new_each_time),
        cmocka_unit_test(rotates),
        cmocka_unit_test(never_lengthens),
        cmocka_unit_test(what_is_over_is_not_rotated),
        cmocka_unit_test(tells_everything_but_the_seals),
        cmocka_unit_test(reads_what_is_asked_for),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
