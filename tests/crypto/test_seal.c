/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "crypto/seal.h"
#include "tests/vectors/tokens.h"
#include "tests/vectors/unhex.h"

enum { VECTORS = sizeof token_vectors / sizeof token_vectors[0] };

/* Expected values: Python's hashlib.blake2b(message, key=bytes(range(32)), digest_size=16), where
 * message is link + 70 bytes of token, or gtin, serial and code with a NUL after each. */
static const uint8_t key[SEAL_KEY_BYTES] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                            11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                            22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

static const struct token_vector *
vector(const char *label)
{
    for (size_t i = 0; i < VECTORS; i++)
        if (strcmp(token_vectors[i].label, label) == 0)
            return &token_vectors[i];
    fail_msg("no vector %s", label);
    return NULL;
}

static void
seal_of(uint8_t out[static SEAL_BYTES], const struct token_vector *v)
{
    struct token token;
    assert_true(token_parse(&token, v->token, strlen(v->token)));
    label_seal(out, key, v->payload, strlen(v->payload), &token);
}

static void
label_seal_is_blake2b(void **state)
{
    (void)state;
    static const struct {
        const char *label, *seal;
    } rows[] = {
        {"plain serial", "02766c07cb420d8d65428256c6daa048"},
        {"all twenties, all encoded", "1f1e3b65eaf26dc1f4cea6a4ffba7ade"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t expected[SEAL_BYTES];
        uint8_t seal[SEAL_BYTES];
        assert_int_equal(unhex(expected, sizeof expected, rows[i].seal), SEAL_BYTES);
        seal_of(seal, vector(rows[i].label));
        if (!seal_equal(seal, expected))
            fail_msg("%s: another seal", rows[i].label);
    }
}

static void
label_seal_tells_labels_apart(void **state)
{
    (void)state;
    uint8_t seals[VECTORS][SEAL_BYTES];
    for (size_t i = 0; i < VECTORS; i++) {
        seal_of(seals[i], &token_vectors[i]);
        for (size_t j = 0; j < i; j++)
            if (seal_equal(seals[i], seals[j]))
                fail_msg("%s and %s: one seal", token_vectors[i].label, token_vectors[j].label);
    }
}

static void
label_seal_depends_on_every_bit(void **state)
{
    (void)state;
    const struct token_vector *v = &token_vectors[0];
    size_t len = strlen(v->payload);
    uint8_t before[SEAL_BYTES];
    uint8_t after[SEAL_BYTES];
    struct token token;
    char link[PAYLOAD_MAX];
    uint8_t other_key[SEAL_KEY_BYTES];
    assert_true(token_parse(&token, v->token, strlen(v->token)));
    memcpy(link, v->payload, len);
    memcpy(other_key, key, sizeof key);
    seal_of(before, v);
    struct {
        const char *label;
        uint8_t *bytes;
        size_t len;
    } parts[] = {{"link", (uint8_t *)link, len},
                 {"kid", token.kid, KID_BYTES},
                 {"signature", token.signature, SIGNATURE_BYTES},
                 {"key", other_key, SEAL_KEY_BYTES}};
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        for (size_t bit = 0; bit < parts[p].len * 8; bit++) {
            parts[p].bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
            label_seal(after, other_key, link, len, &token);
            if (seal_equal(before, after))
                fail_msg("%s: bit %zu changes nothing", parts[p].label, bit);
            parts[p].bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
}

static void
claim_seal_is_blake2b(void **state)
{
    (void)state;
    static const struct {
        const char *gtin, *serial, *code, *seal;
    } rows[] = {
        {"09506000134352", "7K3M9Q2XBT4H", "7K3M9Q2XBT", "f57cccc333480c8e8ca3d5e79a58a7c0"},
        {"09506000134352", "1", "0123456789", "ee6dddb78de7ccab27b6f0cd71fb8432"},
        {"09506000134352", "", "0123456789", "de2a7ccc870282a2c02046967b41bbff"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t expected[SEAL_BYTES];
        uint8_t seal[SEAL_BYTES];
        assert_int_equal(unhex(expected, sizeof expected, rows[i].seal), SEAL_BYTES);
        claim_seal(seal, key, rows[i].gtin, rows[i].serial, rows[i].code);
        if (!seal_equal(seal, expected))
            fail_msg("%s: another seal", rows[i].serial);
    }
}

static void
claim_seal_keeps_its_parts_apart(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"09506000134352", "12", "0123456789"}, {"09506000134352", "1", "20123456789"},
        {"09506000134352", "120123456789", ""}, {"0950600013435212", "", "0123456789"},
        {"09506000134352", "0123456789", "12"}, {"09506000134369", "12", "0123456789"},
        {"09506000134352", "120", "123456789"}, {"", "0950600013435212", "0123456789"},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    uint8_t seals[ROWS][SEAL_BYTES];
    for (size_t i = 0; i < ROWS; i++) {
        claim_seal(seals[i], key, rows[i][0], rows[i][1], rows[i][2]);
        for (size_t j = 0; j < i; j++)
            if (seal_equal(seals[i], seals[j]))
                fail_msg("rows %zu and %zu: one seal", i, j);
    }
}

static void
seal_equal_sees_every_bit(void **state)
{
    (void)state;
    uint8_t a[SEAL_BYTES] = {0};
    for (size_t bit = 0; bit < sizeof a * 8; bit++) {
        uint8_t b[SEAL_BYTES] = {0};
        b[bit / 8] = (uint8_t)(1U << bit % 8);
        assert_false(seal_equal(a, b));
    }
    assert_true(seal_equal(a, a));
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(label_seal_is_blake2b),
        cmocka_unit_test(label_seal_tells_labels_apart),
        cmocka_unit_test(label_seal_depends_on_every_bit),
        cmocka_unit_test(claim_seal_is_blake2b),
        cmocka_unit_test(claim_seal_keeps_its_parts_apart),
        cmocka_unit_test(seal_equal_sees_every_bit),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
