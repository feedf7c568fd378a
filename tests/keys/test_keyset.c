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

/* A kid is 40 bits, so two keys may share one: made so here by hand. */
static void
finds_every_key_of_a_kid(void **state)
{
    (void)state;
    static const uint8_t unknown[KID_BYTES] = {1, 2, 3, 4, 5};
    struct keyset *keyset = sample_keyset(1, 5);
    uint8_t kid[KID_BYTES];
    memcpy(kid, keyset->entries[1].kid, KID_BYTES);
    memcpy(keyset->entries[4].kid, kid, KID_BYTES);
    assert_ptr_equal(keyset_find(keyset, kid, 0), &keyset->entries[1]);
    assert_ptr_equal(keyset_find(keyset, kid, 1), &keyset->entries[4]);
    assert_null(keyset_find(keyset, kid, 2));
    assert_null(keyset_find(keyset, kid, SIZE_MAX));
    assert_null(keyset_find(keyset, unknown, 0));
    assert_ptr_equal(keyset_find(keyset, keyset->entries[0].kid, 0), &keyset->entries[0]);
    assert_null(keyset_find(keyset, keyset->entries[0].kid, 1));
    keyset->count = 0;
    assert_null(keyset_find(keyset, kid, 0));
    free(keyset);
}

static void
finds_names(void **state)
{
    (void)state;
    struct keyset *keyset = sample_keyset(1, 12);
    assert_ptr_equal(keyset_find_name(keyset, "key-1"), &keyset->entries[1]);
    assert_ptr_equal(keyset_find_name(keyset, "key-11"), &keyset->entries[11]);
    assert_null(keyset_find_name(keyset, "key-12"));
    assert_null(keyset_find_name(keyset, "key-"));
    assert_null(keyset_find_name(keyset, "KEY-1"));
    assert_null(keyset_find_name(keyset, ""));
    free(keyset);
}

static const struct {
    const char *label, *gtin;
    bool allowed;
} scope[] = {
    {"first prefix", "09506000134352", true},
    {"second prefix, the longest", "04123456789012", true},
    {"last of the second prefix differs", "04123456789022", false},
    {"last of the first prefix differs", "09506010134352", false},
    {"prefix further right", "00950600013435", false},
    {"13 digits", "0950600013435", false},
    {"15 digits", "095060001343520", false},
    {"empty", "", false},
};

static void
scope_is_by_prefix(void **state)
{
    (void)state;
    struct keyset_entry entry;
    sample_entry(&entry, 0);
    strcpy(entry.prefixes[1], "0412345678901");
    entry.prefix_count = 2;
    for (size_t i = 0; i < sizeof scope / sizeof scope[0]; i++)
        if (keyset_scope_allows(&entry, scope[i].gtin) != scope[i].allowed)
            fail_msg("%s", scope[i].label);
}

static void
a_zeroed_entry_trusts_nothing(void **state)
{
    (void)state;
    struct keyset_entry entry = {.status = KEY_UNTRUSTED};
    struct fault fault;
    assert_false(keyset_scope_allows(&entry, "09506000134352"));
    entry.prefix_count = KEY_PREFIXES_MAX;
    assert_false(keyset_scope_allows(&entry, "09506000134352"));
    assert_int_equal(keyset_may_issue(&entry, "09506000134352", 0, &fault), ERR_DENIED);
}

#define FROM 1767225600  /* 2026-01-01T00:00:00Z */
#define UNTIL 1924992000 /* 2031-01-01T00:00:00Z */

static const struct {
    const char *label;
    enum key_status status;
    const char *gtin;
    int64_t now;
    const char *fault; /* NULL: allowed */
} issuing[] = {
    {"first second", KEY_ACTIVE, "09506000134352", FROM, NULL},
    {"last second", KEY_ACTIVE, "09506000134352", UNTIL - 1, NULL},
    {"a second early", KEY_ACTIVE, "09506000134352", FROM - 1,
     "key key-0 issues from 2026-01-01T00:00:00Z on"},
    {"a second late", KEY_ACTIVE, "09506000134352", UNTIL,
     "key key-0 issued until 2031-01-01T00:00:00Z"},
    {"1970", KEY_ACTIVE, "09506000134352", 0, "key key-0 issues from 2026-01-01T00:00:00Z on"},
    {"out of scope", KEY_ACTIVE, "04006381333931", FROM,
     "GTIN 04006381333931 is not in the scope of key key-0"},
    {"retired", KEY_RETIRED, "09506000134352", FROM,
     "key key-0 is retired: it issues no new labels"},
    {"revoked", KEY_REVOKED, "09506000134352", FROM,
     "key key-0 is revoked: it issues no new labels"},
    {"untrusted", KEY_UNTRUSTED, "09506000134352", FROM,
     "key key-0 is untrusted: it issues no new labels"},
};

static void
issues_in_its_window_and_scope(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof issuing / sizeof issuing[0]; i++) {
        struct keyset_entry entry;
        struct fault fault = {ERR_OK, ""};
        sample_entry(&entry, 0);
        entry.status = issuing[i].status;
        enum err err = keyset_may_issue(&entry, issuing[i].gtin, issuing[i].now, &fault);
        if (err != (issuing[i].fault == NULL ? ERR_OK : ERR_DENIED))
            fail_msg("%s: %s", issuing[i].label, err_info(err)->code);
        if (issuing[i].fault != NULL)
            assert_string_equal(fault.text, issuing[i].fault);
    }
}

/* The key of RFC 8037 appendix A.2, and a revoked one; the text is written by hand. */
static void
publishes_jwks(void **state)
{
    (void)state;
    struct keyset *keyset = sample_keyset(1, 0);
    struct text out;
    text_init(&out, 4000);
    keyset_jwks(&out, keyset);
    assert_string_equal(out.data, "{\"keys\":[]}");
    struct keyset_entry entry;
    sample_entry(&entry, 0);
    (void)unhex(entry.public_key, PUBLIC_KEY_BYTES, token_vectors[0].public_key);
    token_kid(entry.kid, entry.public_key);
    strcpy(entry.organisation, "A \"B\"");
    strcpy(entry.prefixes[1], "04");
    entry.prefix_count = 2;
    assert_int_equal(keyset_add(keyset, &entry, NULL), ERR_OK);
    strcpy(entry.name, "second");
    (void)unhex(entry.public_key, PUBLIC_KEY_BYTES, token_vectors[2].public_key);
    sample_entry(&keyset->entries[255], 255);
    memcpy(entry.manifest_key, keyset->entries[255].manifest_key, PUBLIC_KEY_BYTES);
    token_kid(entry.kid, entry.public_key);
    entry.status = KEY_REVOKED;
    entry.compromised_since = FROM;
    strcpy(entry.reason, "not published");
    assert_int_equal(keyset_add(keyset, &entry, NULL), ERR_OK);
    text_reset(&out);
    keyset_jwks(&out, keyset);
    assert_string_equal(
        out.data,
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"Ed25519\",\"use\":\"sig\","
        "\"kid\":\"866eefbd67\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\","
        "\"status\":\"active\",\"organisation\":\"A \\\"B\\\"\",\"gtin_prefixes\":[\"0950600\","
        "\"04\"]},"
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"Ed25519\",\"use\":\"sig\","
        "\"kid\":\"5c840f7a40\",\"x\":\"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\","
        "\"status\":\"revoked\",\"organisation\":\"A \\\"B\\\"\",\"gtin_prefixes\":[\"0950600\","
        "\"04\"],\"compromised_since\":\"2026-01-01T00:00:00Z\"}]}");
    text_free(&out);
    free(keyset);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_key_of_a_kid),
        cmocka_unit_test(finds_names),
        cmocka_unit_test(scope_is_by_prefix),
        cmocka_unit_test(a_zeroed_entry_trusts_nothing),
        cmocka_unit_test(issues_in_its_window_and_scope),
        cmocka_unit_test(publishes_jwks),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
