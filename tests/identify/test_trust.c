/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/identify/labels.h"

#define LABEL "https://ID.EXAMPLE.COM/01/" GTIN "/21/7K3M9Q2XBT4H?S=" TOKEN

/* A keyset of up to three entries. A is the key of TOKEN; B is another key. */
struct entry_spec {
    enum { NONE = 0, KEY_A, KEY_B, KEY_B_UNDER_KID_A } key;
    enum key_status status;
    const char *prefix;
};

enum { SPECS = 3 };

static const struct {
    const char *label;
    struct entry_spec entries[SPECS];
    const char *text;
    enum label_result result;
    enum label_result if_sealed; /* the seal is the caller's word that the signature is good */
    size_t signer;               /* index of the entry, when genuine */
} rows[] = {
    {"active", {{KEY_A, KEY_ACTIVE, "0950600"}}, LABEL, LABEL_GENUINE, LABEL_GENUINE, 0},
    {"retired", {{KEY_A, KEY_RETIRED, "0950600"}}, LABEL, LABEL_GENUINE, LABEL_GENUINE, 0},
    {"revoked: the verdict decides",
     {{KEY_A, KEY_REVOKED, "0950600"}},
     LABEL,
     LABEL_GENUINE,
     LABEL_GENUINE,
     0},
    {"one-digit scope", {{KEY_A, KEY_ACTIVE, "0"}}, LABEL, LABEL_GENUINE, LABEL_GENUINE, 0},
    {"second of two",
     {{KEY_B, KEY_ACTIVE, "0950600"}, {KEY_A, KEY_ACTIVE, "0950600"}},
     LABEL,
     LABEL_GENUINE,
     LABEL_GENUINE,
     1},
    {"two keys of one kid, the right one first",
     {{KEY_A, KEY_ACTIVE, "0950600"}, {KEY_B_UNDER_KID_A, KEY_ACTIVE, "0950600"}},
     LABEL,
     LABEL_GENUINE,
     LABEL_GENUINE,
     0},
    {"two keys of one kid, the right one last",
     {{KEY_B_UNDER_KID_A, KEY_ACTIVE, "0950600"},
      {KEY_B, KEY_ACTIVE, "0950600"},
      {KEY_A, KEY_ACTIVE, "0950600"}},
     LABEL,
     LABEL_GENUINE,
     LABEL_GENUINE,
     2},
    {"two keys of one kid, the other one out of scope",
     {{KEY_B_UNDER_KID_A, KEY_ACTIVE, "0412345"}, {KEY_A, KEY_ACTIVE, "0950600"}},
     LABEL,
     LABEL_GENUINE,
     LABEL_GENUINE,
     1},
    {"two keys of one kid, the right one out of scope",
     {{KEY_A, KEY_ACTIVE, "0412345"}, {KEY_B_UNDER_KID_A, KEY_ACTIVE, "0950600"}},
     LABEL,
     LABEL_FORGED,
     LABEL_FORGED,
     0},
    {"two keys of one kid, both out of scope",
     {{KEY_A, KEY_ACTIVE, "0412345"}, {KEY_B_UNDER_KID_A, KEY_ACTIVE, "0412345"}},
     LABEL,
     LABEL_ISSUER_OUT_OF_SCOPE,
     LABEL_ISSUER_OUT_OF_SCOPE,
     0},
    {"empty keyset",
     {{NONE, KEY_ACTIVE, ""}},
     LABEL,
     LABEL_ISSUER_UNKNOWN,
     LABEL_ISSUER_UNKNOWN,
     0},
    {"unknown kid",
     {{KEY_B, KEY_ACTIVE, "0950600"}},
     LABEL,
     LABEL_ISSUER_UNKNOWN,
     LABEL_ISSUER_UNKNOWN,
     0},
    {"a zeroed status trusts nothing",
     {{KEY_A, KEY_UNTRUSTED, "0950600"}},
     LABEL,
     LABEL_ISSUER_UNKNOWN,
     LABEL_ISSUER_UNKNOWN,
     0},
    {"a status of the future trusts nothing",
     {{KEY_A, (enum key_status)(KEY_REVOKED + 1), "0950600"}},
     LABEL,
     LABEL_ISSUER_UNKNOWN,
     LABEL_ISSUER_UNKNOWN,
     0},
    {"out of scope",
     {{KEY_A, KEY_ACTIVE, "0412345"}},
     LABEL,
     LABEL_ISSUER_OUT_OF_SCOPE,
     LABEL_ISSUER_OUT_OF_SCOPE,
     0},
    {"no scope",
     {{KEY_A, KEY_ACTIVE, ""}},
     LABEL,
     LABEL_ISSUER_OUT_OF_SCOPE,
     LABEL_ISSUER_OUT_OF_SCOPE,
     0},
    {"forged: another key under this kid",
     {{KEY_B_UNDER_KID_A, KEY_ACTIVE, "0950600"}},
     LABEL,
     LABEL_FORGED,
     LABEL_GENUINE,
     0},
    {"forged: another serial",
     {{KEY_A, KEY_ACTIVE, "0950600"}},
     "https://ID.EXAMPLE.COM/01/" GTIN "/21/7K3M9Q2XBT4J?S=" TOKEN,
     LABEL_FORGED,
     LABEL_GENUINE,
     0},
    {"forged: the serial as a lot",
     {{KEY_A, KEY_ACTIVE, "0950600"}},
     "https://ID.EXAMPLE.COM/01/" GTIN "/10/7K3M9Q2XBT4H/21/7K3M9Q2XBT4H?S=" TOKEN,
     LABEL_FORGED,
     LABEL_GENUINE,
     0},
    {"forged: another product",
     {{KEY_A, KEY_ACTIVE, "0"}},
     "https://ID.EXAMPLE.COM/01/09520123456788/21/7K3M9Q2XBT4H?S=" TOKEN,
     LABEL_FORGED,
     LABEL_GENUINE,
     0},
    {"no signature",
     {{KEY_A, KEY_ACTIVE, "0950600"}},
     "https://ID.EXAMPLE.COM/01/" GTIN "/21/7K3M9Q2XBT4H",
     LABEL_NO_SIGNATURE,
     LABEL_NO_SIGNATURE,
     0},
    {"element string",
     {{KEY_A, KEY_ACTIVE, "0950600"}},
     "(01)" GTIN "(21)7K3M9Q2XBT4H",
     LABEL_NO_SIGNATURE,
     LABEL_NO_SIGNATURE,
     0},
    {"serial",
     {{KEY_A, KEY_ACTIVE, "0950600"}},
     "7K3M9Q2XBT4H",
     LABEL_NO_SIGNATURE,
     LABEL_NO_SIGNATURE,
     0},
    {"no token",
     {{KEY_A, KEY_ACTIVE, "0950600"}},
     "https://ID.EXAMPLE.COM/01/" GTIN "/21/7K3M9Q2XBT4H?S=A",
     LABEL_MALFORMED,
     LABEL_MALFORMED,
     0},
    {"two tokens",
     {{KEY_A, KEY_ACTIVE, "0950600"}},
     LABEL "&S=" TOKEN,
     LABEL_MALFORMED,
     LABEL_MALFORMED,
     0},
    {"no code", {{KEY_A, KEY_ACTIVE, "0950600"}}, "A B", LABEL_MALFORMED, LABEL_MALFORMED, 0},
};

static void
add_entry(struct keyset *keyset, const struct entry_spec *spec)
{
    struct test_key a = test_key_of(SEED_A);
    struct test_key b = test_key_of(SEED_B);
    struct keyset_entry entry = spec->key == KEY_A ? a.entry : b.entry;
    if (spec->key == KEY_B_UNDER_KID_A)
        memcpy(entry.kid, a.entry.kid, KID_BYTES);
    entry.status = spec->status;
    assert_true(slice_copy(entry.prefixes[0], sizeof entry.prefixes[0], slice_of(spec->prefix)));
    keyset->entries[keyset->count++] = entry;
}

static void
assert_trust(const char *label, const struct keyset *keyset, struct label_trust trust,
             enum label_result result)
{
    if (trust.result != result)
        fail_msg("%s: %s", label, label_result_name(trust.result));
    if ((trust.signer != NULL) != (result == LABEL_GENUINE))
        fail_msg("%s: signer", label);
    if (trust.signer != NULL)
        assert_in_range(trust.signer - keyset->entries, 0, keyset->count - 1);
}

static void
labels_are_trusted_by_kid_scope_and_signature(void **state)
{
    static struct keyset keyset;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reading reading;
        keyset = (struct keyset){.version = 1};
        for (size_t e = 0; e < SPECS && rows[i].entries[e].key != NONE; e++)
            add_entry(&keyset, &rows[i].entries[e]);
        (void)!reading_identify(&reading, slice_of(rows[i].text), NULL, NULL);
        struct label_trust trust = label_trust(&keyset, &reading);
        struct label_trust sealed = label_trust_sealed(&keyset, &reading);
        assert_trust(rows[i].label, &keyset, trust, rows[i].result);
        assert_trust(rows[i].label, &keyset, sealed, rows[i].if_sealed);
        if (trust.result == LABEL_GENUINE) {
            assert_ptr_equal(trust.signer, &keyset.entries[rows[i].signer]);
            assert_ptr_equal(sealed.signer, trust.signer);
        }
    }
}

static void
a_zeroed_reading_or_result_trusts_nothing(void **state)
{
    static struct keyset keyset;
    struct reading reading = {.kind = READING_NONE};
    struct label_trust trust = {0};
    (void)state;
    add_entry(&keyset, &(struct entry_spec){KEY_A, KEY_ACTIVE, "0950600"});
    assert_int_equal(trust.result, LABEL_UNCHECKED);
    assert_int_equal(label_trust(&keyset, &reading).result, LABEL_MALFORMED);
    assert_int_equal(label_trust_sealed(&keyset, &reading).result, LABEL_MALFORMED);
    reading.kind = READING_DIGITAL_LINK;
    reading.has_token = true;
    assert_int_equal(label_trust(&keyset, &reading).result, LABEL_MALFORMED);
    assert_int_equal(label_trust_sealed(&keyset, &reading).result, LABEL_MALFORMED);
}

static void
each_bit_of_a_token_counts(void **state)
{
    static struct keyset keyset;
    struct reading reading;
    (void)state;
    add_entry(&keyset, &(struct entry_spec){KEY_A, KEY_ACTIVE, "0950600"});
    assert_int_equal(reading_identify(&reading, slice_of(LABEL), NULL, NULL), READ_OK);
    for (size_t bit = 0; bit < 8 * sizeof reading.token; bit++) {
        struct reading flipped = reading;
        ((uint8_t *)&flipped.token)[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (label_trust(&keyset, &flipped).result == LABEL_GENUINE)
            fail_msg("bit %zu", bit);
    }
}

static void
results_have_names(void **state)
{
    static const char *const names[] = {"unchecked",      "malformed",           "no_signature",
                                        "issuer_unknown", "issuer_out_of_scope", "forged",
                                        "genuine"};
    (void)state;
    for (unsigned r = 0; r < LABEL_RESULT_COUNT; r++)
        assert_string_equal(label_result_name((enum label_result)r), names[r]);
    assert_string_equal(label_result_name(LABEL_RESULT_COUNT), "unchecked");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_trusted_by_kid_scope_and_signature),
        cmocka_unit_test(a_zeroed_reading_or_result_trusts_nothing),
        cmocka_unit_test(each_bit_of_a_token_counts),
        cmocka_unit_test(results_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
