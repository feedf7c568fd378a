/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "crypto/base32.h"
#include "crypto/token.h"
#include "tests/vectors/tokens.h"
#include "tests/vectors/unhex.h"

enum { VECTORS = sizeof token_vectors / sizeof token_vectors[0] };

/* A vector as bytes. */
struct sample {
    const struct token_vector *v;
    uint8_t public_key[PUBLIC_KEY_BYTES];
    struct token token;
    const uint8_t *payload;
    size_t len;
    bool serial; /* signed in the context of serials */
};

static struct sample
sample_of(const struct token_vector *v)
{
    struct sample s = {.v = v, .payload = (const uint8_t *)v->payload, .len = strlen(v->payload)};
    assert_int_equal(unhex(s.public_key, sizeof s.public_key, v->public_key), PUBLIC_KEY_BYTES);
    if (!token_parse(&s.token, v->token, strlen(v->token)))
        fail_msg("%s: token refused", v->label);
    s.serial = strcmp(v->context, CONTEXT_SERIAL) == 0;
    return s;
}

static bool
verifies(const struct sample *s)
{
    return token_verify(&s->token, s->public_key, s->v->payload, s->len);
}

static void
kid_is_the_cose_key_thumbprint(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        struct sample s = sample_of(&token_vectors[i]);
        uint8_t expected[KID_BYTES];
        uint8_t kid[KID_BYTES];
        assert_int_equal(unhex(expected, sizeof expected, s.v->kid), KID_BYTES);
        token_kid(kid, s.public_key);
        assert_memory_equal(kid, expected, KID_BYTES);
        assert_memory_equal(s.token.kid, expected, KID_BYTES);
    }
}

static void
signed_bytes_are_the_sig_structure(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        struct sample s = sample_of(&token_vectors[i]);
        uint8_t expected[SIGNED_BYTES_MAX];
        uint8_t made[SIGNED_BYTES_MAX];
        size_t expected_len = unhex(expected, sizeof expected, s.v->signed_bytes);
        size_t len = signed_bytes(made, s.token.kid, s.v->context, s.payload, s.len);
        if (len != expected_len || memcmp(made, expected, len) != 0)
            fail_msg("%s: other bytes are signed", s.v->label);
    }
}

static void
token_round_trips_and_becomes_cose(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        struct sample s = sample_of(&token_vectors[i]);
        char text[TOKEN_CHARS + 1];
        uint8_t expected[TOKEN_COSE_BYTES];
        uint8_t cose[TOKEN_COSE_BYTES];
        uint8_t bytes[TOKEN_BYTES];
        token_format(text, &s.token);
        assert_string_equal(text, s.v->token);
        assert_int_equal(unhex(expected, sizeof expected, s.v->cose), TOKEN_COSE_BYTES);
        token_cose(cose, &s.token);
        assert_memory_equal(cose, expected, sizeof cose);
        token_bytes(bytes, &s.token);
        assert_int_equal(bytes[0], 1);
        assert_memory_equal(bytes + 1, s.token.kid, KID_BYTES);
        assert_memory_equal(bytes + 6, expected + 16, SIGNATURE_BYTES);
    }
}

static void
vectors_verify_in_their_context_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        struct sample s = sample_of(&token_vectors[i]);
        const char *other = s.serial ? CONTEXT_MANIFEST : CONTEXT_SERIAL;
        if (!signature_verify(s.token.signature, s.public_key, s.v->context, s.payload, s.len))
            fail_msg("%s: refused", s.v->label);
        if (signature_verify(s.token.signature, s.public_key, other, s.payload, s.len))
            fail_msg("%s: accepted in %s", s.v->label, other);
        if (verifies(&s) != s.serial)
            fail_msg("%s: as a token of a serial", s.v->label);
    }
}

static void
every_other_key_and_link_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        for (size_t j = 0; j < VECTORS; j++) {
            struct sample s = sample_of(&token_vectors[i]);
            struct sample other = sample_of(&token_vectors[j]);
            bool same_key = memcmp(s.public_key, other.public_key, PUBLIC_KEY_BYTES) == 0;
            if (!same_key && signature_verify(s.token.signature, other.public_key, s.v->context,
                                              s.payload, s.len))
                fail_msg("%s: verifies with the key of %s", s.v->label, other.v->label);
            if (strcmp(s.v->payload, other.v->payload) != 0 &&
                signature_verify(s.token.signature, s.public_key, s.v->context, other.payload,
                                 other.len))
                fail_msg("%s: verifies for the link of %s", s.v->label, other.v->label);
        }
    }
}

static bool
accepted(const char *text, size_t len, const struct sample *s)
{
    struct sample changed = *s;
    return token_parse(&changed.token, text, len) && verifies(&changed);
}

static void
every_bit_flip_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        struct sample s = sample_of(&token_vectors[i]);
        if (!s.serial)
            continue;
        for (size_t bit = 0; bit < (size_t)TOKEN_BYTES * 8; bit++) {
            uint8_t bytes[TOKEN_BYTES];
            char text[TOKEN_CHARS];
            token_bytes(bytes, &s.token);
            bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
            base32_encode(text, bytes, sizeof bytes);
            if (accepted(text, sizeof text, &s))
                fail_msg("%s: bit %zu flipped, accepted", s.v->label, bit);
        }
        assert_true(accepted(s.v->token, TOKEN_CHARS, &s));
    }
}

static void
every_bit_of_the_link_is_signed(void **state)
{
    (void)state;
    struct sample s = sample_of(&token_vectors[0]);
    char link[PAYLOAD_MAX];
    memcpy(link, s.payload, s.len);
    for (size_t bit = 0; bit < s.len * 8; bit++) {
        link[bit / 8] = (char)(link[bit / 8] ^ (1 << bit % 8));
        if (token_verify(&s.token, s.public_key, link, s.len))
            fail_msg("bit %zu of the link flipped, accepted", bit);
        link[bit / 8] = (char)(link[bit / 8] ^ (1 << bit % 8));
    }
    for (size_t len = 0; len < s.len; len++)
        assert_false(token_verify(&s.token, s.public_key, link, len));
    assert_true(token_verify(&s.token, s.public_key, link, s.len));
}

static void
every_substituted_character_is_refused(void **state)
{
    (void)state;
    struct sample s = sample_of(&token_vectors[0]);
    char text[TOKEN_CHARS];
    memcpy(text, s.v->token, sizeof text);
    for (size_t at = 0; at < sizeof text; at++) {
        for (int c = 0; c < 256; c++) {
            text[at] = (char)c;
            if ((char)c != s.v->token[at] && accepted(text, sizeof text, &s))
                fail_msg("character %zu as %02x, accepted", at, (unsigned)c);
        }
        text[at] = s.v->token[at];
    }
}

static void
every_other_length_is_refused(void **state)
{
    (void)state;
    struct token token;
    char text[TOKEN_CHARS + 16];
    memset(text, 'A', sizeof text);
    memcpy(text, token_vectors[0].token, TOKEN_CHARS);
    for (size_t len = 0; len <= sizeof text; len++)
        if (token_parse(&token, text, len) != (len == TOKEN_CHARS))
            fail_msg("%zu characters", len);
    for (size_t bytes_len = 0; bytes_len < TOKEN_BYTES; bytes_len += 5) {
        uint8_t bytes[TOKEN_BYTES] = {TOKEN_VERSION};
        base32_encode(text, bytes, bytes_len);
        assert_false(token_parse(&token, text, bytes_len / 5 * 8));
    }
}

static void
only_version_1_is_known(void **state)
{
    (void)state;
    for (unsigned version = 0; version < 256; version++) {
        uint8_t bytes[TOKEN_BYTES] = {(uint8_t)version};
        char text[TOKEN_CHARS];
        struct token token;
        base32_encode(text, bytes, sizeof bytes);
        assert_true(token_parse(&token, text, sizeof text) == (version == 1));
    }
}

static void
the_kid_must_be_that_of_the_key(void **state)
{
    (void)state;
    struct sample s = sample_of(&token_vectors[0]);
    struct sample other = sample_of(&token_vectors[2]);
    assert_true(
        signature_verify(s.token.signature, s.public_key, CONTEXT_SERIAL, s.payload, s.len));
    memcpy(s.token.kid, other.token.kid, KID_BYTES);
    assert_false(verifies(&s));
    assert_false(token_verify(&s.token, other.public_key, s.v->payload, s.len));
}

static void
s_not_below_l_is_refused(void **state)
{
    (void)state;
    struct sample s = sample_of(&token_vectors[0]);
    uint8_t signature[SIGNATURE_BYTES];
    assert_int_equal(unhex(signature, sizeof signature, malleable_signature), SIGNATURE_BYTES);
    assert_memory_equal(signature, s.token.signature, 32);
    memcpy(s.token.signature, signature, sizeof signature);
    assert_false(verifies(&s));
    memset(s.token.signature + 32, 0xFF, 32);
    assert_false(verifies(&s));
    memset(s.token.signature, 0, SIGNATURE_BYTES);
    assert_false(verifies(&s));
}

static void
bad_points_are_no_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_points / sizeof bad_points[0]; i++) {
        uint8_t key[PUBLIC_KEY_BYTES];
        assert_int_equal(unhex(key, sizeof key, bad_points[i].bytes), PUBLIC_KEY_BYTES);
        if (public_key_valid(key))
            fail_msg("%s: accepted", bad_points[i].label);
    }
    for (size_t i = 0; i < VECTORS; i++)
        assert_true(public_key_valid(sample_of(&token_vectors[i]).public_key));
}

/* Why keys are checked when they are loaded: verification alone lets this one through. */
static void
a_mixed_order_key_verifies_but_is_no_key(void **state)
{
    (void)state;
    struct sample s = sample_of(&token_vectors[0]);
    uint8_t key[PUBLIC_KEY_BYTES];
    uint8_t signature[SIGNATURE_BYTES];
    assert_int_equal(unhex(key, sizeof key, mixed_order_key), PUBLIC_KEY_BYTES);
    assert_int_equal(unhex(signature, sizeof signature, mixed_order_signature), SIGNATURE_BYTES);
    assert_true(signature_verify(signature, key, CONTEXT_SERIAL, s.payload, s.len));
    assert_false(public_key_valid(key));
}

static const struct {
    const char *label;
    const char *context;
    size_t payload_len;
    size_t expected; /* 0: refused */
} lengths[] = {
    {"empty payload", CONTEXT_SERIAL, 0, 0},
    {"payload of 23", CONTEXT_SERIAL, 23, 0},
    {"payload of 24", CONTEXT_SERIAL, 24, 1 + 11 + 11 + 16 + 2 + 24},
    {"payload of 255", CONTEXT_SERIAL, 255, 1 + 11 + 11 + 16 + 2 + 255},
    {"payload of 256", CONTEXT_SERIAL, 256, 0},
    {"payload of 280", CONTEXT_SERIAL, 280, 0},
    {"huge payload", CONTEXT_SERIAL, SIZE_MAX, 0},
    {"no context", "", 24, 0},
    {"context of 1", "a", 24, 1 + 11 + 11 + 2 + 2 + 24},
    {"context of 23", "12345678901234567890123", 255, 304},
    {"context of 24", "123456789012345678901234", 24, 0},
};

static void
lengths_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(SIGNED_BYTES_MAX, 304);
    static const uint8_t payload[280] = {0};
    static const uint8_t kid[KID_BYTES] = {1, 2, 3, 4, 5};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        uint8_t out[SIGNED_BYTES_MAX];
        size_t len = signed_bytes(out, kid, lengths[i].context, payload, lengths[i].payload_len);
        if (len != lengths[i].expected)
            fail_msg("%s: %zu bytes", lengths[i].label, len);
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(kid_is_the_cose_key_thumbprint),
        cmocka_unit_test(signed_bytes_are_the_sig_structure),
        cmocka_unit_test(token_round_trips_and_becomes_cose),
        cmocka_unit_test(vectors_verify_in_their_context_only),
        cmocka_unit_test(every_other_key_and_link_is_refused),
        cmocka_unit_test(every_bit_flip_is_refused),
        cmocka_unit_test(every_bit_of_the_link_is_signed),
        cmocka_unit_test(every_substituted_character_is_refused),
        cmocka_unit_test(every_other_length_is_refused),
        cmocka_unit_test(only_version_1_is_known),
        cmocka_unit_test(the_kid_must_be_that_of_the_key),
        cmocka_unit_test(s_not_below_l_is_refused),
        cmocka_unit_test(bad_points_are_no_keys),
        cmocka_unit_test(a_mixed_order_key_verifies_but_is_no_key),
        cmocka_unit_test(lengths_are_bounded),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
