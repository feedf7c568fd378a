/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "crypto/token_sign.h"
#include "tests/vectors/tokens.h"
#include "tests/vectors/unhex.h"

enum { VECTORS = sizeof token_vectors / sizeof token_vectors[0] };

struct pair {
    uint8_t public_key[PUBLIC_KEY_BYTES];
    uint8_t secret_key[SECRET_KEY_BYTES];
};

static struct pair
pair_of(const struct token_vector *v)
{
    struct pair pair = {.public_key = {0}};
    uint8_t seed[SEED_BYTES];
    assert_int_equal(unhex(seed, sizeof seed, v->seed), SEED_BYTES);
    sign_key_pair(pair.public_key, pair.secret_key, seed);
    return pair;
}

/* The seeds and public keys of the vectors are those of RFC 8032 section 7.1. */
static void
key_pairs_are_those_of_rfc_8032(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        struct pair pair = pair_of(&token_vectors[i]);
        uint8_t expected[PUBLIC_KEY_BYTES];
        assert_int_equal(unhex(expected, sizeof expected, token_vectors[i].public_key),
                         PUBLIC_KEY_BYTES);
        assert_memory_equal(pair.public_key, expected, PUBLIC_KEY_BYTES);
        assert_memory_equal(pair.secret_key + SEED_BYTES, expected, PUBLIC_KEY_BYTES);
    }
}

static void
signatures_are_those_of_the_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        const struct token_vector *v = &token_vectors[i];
        struct pair pair = pair_of(v);
        struct token expected;
        struct token made;
        char text[TOKEN_CHARS + 1];
        assert_true(token_parse(&expected, v->token, TOKEN_CHARS));
        assert_true(signature_make(made.signature, pair.secret_key, v->context,
                                   (const uint8_t *)v->payload, strlen(v->payload)));
        if (memcmp(made.signature, expected.signature, SIGNATURE_BYTES) != 0)
            fail_msg("%s: another signature", v->label);
        assert_true(token_sign(&made, pair.secret_key, v->payload, strlen(v->payload)));
        token_format(text, &made);
        bool serial = strcmp(v->context, CONTEXT_SERIAL) == 0;
        if ((strcmp(text, v->token) == 0) != serial)
            fail_msg("%s: token %s", v->label, text);
    }
}

static void
bad_lengths_are_not_signed(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 23, 256, 1000, SIZE_MAX};
    static const char *const contexts[] = {"", "123456789012345678901234"};
    static const char payload[1000] = {0};
    struct pair pair = pair_of(&token_vectors[0]);
    struct token token;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        assert_false(token_sign(&token, pair.secret_key, payload, lengths[i]));
    for (size_t i = 0; i < sizeof contexts / sizeof contexts[0]; i++)
        assert_false(signature_make(token.signature, pair.secret_key, contexts[i],
                                    (const uint8_t *)payload, 24));
    assert_true(token_sign(&token, pair.secret_key, payload, 24));
    assert_true(token_sign(&token, pair.secret_key, payload, 255));
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_pairs_are_those_of_rfc_8032),
        cmocka_unit_test(signatures_are_those_of_the_vectors),
        cmocka_unit_test(bad_lengths_are_not_signed),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
