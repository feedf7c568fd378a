/* SPDX-License-Identifier: Apache-2.0 */
/* API keys, owner secrets, transfer codes and sessions: form, check and seals. The checks and the
 * seals were computed with Python's hashlib (sha256; blake2b with key, digest_size 16). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <string.h>

#include "crypto/apikey.h"

#define KEY_ZERO "assay_A1B2C3D4_00000000000000000000000000V35R"
#define KEY_COUNT "assay_7K3M9Q2X_0123456789ABCDEFGHJKMNPQRS5753"
#define KEY_LAST "assay_ZZZZZZZZ_ZZZZZZZZZZZZZZZZZZZZZZZZZZVFVG"
#define OWNER_ZERO "owner_00000000000000000000000000W4RE"
#define OWNER_TOO_LONG "owner_00000000000000000000000000W4RE0"
#define SESSION_ZERO "A1B2C3D4.00000000000000000000000000"
#define OWNER_COUNT "owner_0123456789ABCDEFGHJKMNPQRSP59P"

static void
fill(uint8_t out[static BEARER_SECRET_CHARS], unsigned first, unsigned step)
{
    for (unsigned i = 0; i < BEARER_SECRET_CHARS; i++)
        out[i] = (uint8_t)(first + i * step);
}

static void
formats(void **state)
{
    uint8_t bytes[BEARER_SECRET_CHARS];
    char key[APIKEY_CHARS + 1];
    char owner[OWNER_SECRET_CHARS + 1];
    (void)state;
    fill(bytes, 0, 0);
    apikey_format(key, "A1B2C3D4", bytes);
    assert_string_equal(key, KEY_ZERO);
    owner_secret_format(owner, bytes);
    assert_string_equal(owner, OWNER_ZERO);
    /* Only the low five bits of each byte count. */
    fill(bytes, 0xE0, 1);
    apikey_format(key, "7K3M9Q2X", bytes);
    assert_string_equal(key, KEY_COUNT);
    owner_secret_format(owner, bytes);
    assert_string_equal(owner, OWNER_COUNT);
    fill(bytes, 0xFF, 0);
    apikey_format(key, "ZZZZZZZZ", bytes);
    assert_string_equal(key, KEY_LAST);
}

static const struct row {
    const char *label, *text;
    const char *id; /* NULL: refused */
} key_rows[] = {
    {"zero", KEY_ZERO, "A1B2C3D4"},
    {"all characters", KEY_COUNT, "7K3M9Q2X"},
    {"the last ones", KEY_LAST, "ZZZZZZZZ"},
    {"empty", "", NULL},
    {"one short", "assay_A1B2C3D4_0000000000000000000000000V35R", NULL},
    {"one long", KEY_ZERO "0", NULL},
    {"a newline at the end", KEY_ZERO "\n", NULL},
    {"another prefix", "Assay_A1B2C3D4_00000000000000000000000000V35R", NULL},
    {"an owner secret", OWNER_ZERO, NULL},
    {"small letters in the id", "assay_a1B2C3D4_00000000000000000000000000V35R", NULL},
    {"O in the id", "assay_O1B2C3D4_00000000000000000000000000V35R", NULL},
    {"another id", "assay_A1B2C3D5_00000000000000000000000000V35R", NULL},
    {"no second underscore", "assay_A1B2C3D4000000000000000000000000000V35R", NULL},
    {"a slip in the secret", "assay_A1B2C3D4_00000000000100000000000000V35R", NULL},
    {"two neighbours swapped", "assay_7K3M9Q2X_1023456789ABCDEFGHJKMNPQRS5753", NULL},
    {"U in the secret", "assay_A1B2C3D4_0000000000U000000000000000V35R", NULL},
    {"another check", "assay_A1B2C3D4_000000000000000000000000005753", NULL},
};

static void
parses_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof key_rows / sizeof key_rows[0]; i++) {
        const struct row *row = &key_rows[i];
        char id[APIKEY_ID_CHARS + 1] = "x";
        bool ok = apikey_parse(id, row->text, strlen(row->text));
        if (ok != (row->id != NULL) || strcmp(id, ok ? row->id : "") != 0)
            fail_msg("%s: %d %s", row->label, ok, id);
    }
    /* A NUL inside. */
    char text[APIKEY_CHARS + 1] = KEY_ZERO;
    char id[APIKEY_ID_CHARS + 1];
    text[20] = '\0';
    assert_false(apikey_parse(id, text, APIKEY_CHARS));
}

static void
parses_owner_secrets(void **state)
{
    static const char *const good[] = {OWNER_ZERO, OWNER_COUNT};
    static const char *const bad[] = {"",
                                      "owner_",
                                      KEY_ZERO,
                                      OWNER_TOO_LONG,
                                      "owner_0000000000000000000000000OW4RE",
                                      "Owner_00000000000000000000000000W4RE",
                                      "owner_00000000000000000000000001W4RE"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(owner_secret_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (owner_secret_valid(bad[i], strlen(bad[i])))
            fail_msg("%s", bad[i]);
}

/* Each character changed to each other one. The check would miss one in a million; it misses none
 * of these. */
static void
every_slip_is_found(void **state)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char id[APIKEY_ID_CHARS + 1];
    (void)state;
    for (size_t at = 0; at < APIKEY_CHARS; at++)
        for (size_t c = 0; c < 32; c++) {
            char text[APIKEY_CHARS + 1] = KEY_COUNT;
            if (text[at] == alphabet[c])
                continue;
            text[at] = alphabet[c];
            assert_false(apikey_parse(id, text, APIKEY_CHARS));
        }
}

static void
transfer_codes(void **state)
{
    static const struct {
        const char *typed, *code; /* NULL: refused */
    } rows[] = {
        {"0123456789AB", "0123456789AB"},
        {"7k3m-9q2x-bt4h", "7K3M9Q2XBT4H"},
        {" OIL0 oil0 OIL0 ", "011001100110"},
        {"7K3M9Q2XBT4", NULL},
        {"7K3M9Q2XBT4HX", NULL},
        {"7K3M9Q2XBT4U", NULL},
        {"7K3M9Q2XBT4\xC3", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[TRANSFER_CODE_CHARS + 1];
        bool ok = transfer_code_parse(out, rows[i].typed, strlen(rows[i].typed));
        if (ok != (rows[i].code != NULL) || (ok && strcmp(out, rows[i].code) != 0))
            fail_msg("%s", rows[i].typed);
    }
}

static void
session_tokens(void **state)
{
    static const struct row rows[] = {
        {"zero", SESSION_ZERO, "A1B2C3D4"},
        {"all characters", "7K3M9Q2X.0123456789ABCDEFGHJKMNPQRS", "7K3M9Q2X"},
        {"empty", "", NULL},
        {"one short", "A1B2C3D4.0000000000000000000000000", NULL},
        {"one long", SESSION_ZERO "0", NULL},
        {"another point", "A1B2C3D4,00000000000000000000000000", NULL},
        {"the point one later", "A1B2C3D40.0000000000000000000000000", NULL},
        {"small letters in the id", "a1B2C3D4.00000000000000000000000000", NULL},
        {"small letters in the secret", "A1B2C3D4.0000000000000000000000000a", NULL},
        {"L in the id", "L1B2C3D4.00000000000000000000000000", NULL},
        {"O in the secret", "A1B2C3D4.0000000000000000000000000O", NULL},
        {"quotes", "\"A1B2C3D4.000000000000000000000000\"", NULL},
        {"an API key", KEY_ZERO, NULL},
        {"an owner secret", OWNER_ZERO, NULL},
    };
    uint8_t bytes[BEARER_SECRET_CHARS];
    char token[SESSION_TOKEN_CHARS + 1];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char id[APIKEY_ID_CHARS + 1] = "x";
        bool ok = session_token_parse(id, rows[i].text, strlen(rows[i].text));
        if (ok != (rows[i].id != NULL) || strcmp(id, ok ? rows[i].id : "") != 0)
            fail_msg("%s: %d %s", rows[i].label, ok, id);
    }
    fill(bytes, 0, 0);
    session_token_format(token, "A1B2C3D4", bytes);
    assert_string_equal(token, SESSION_ZERO);
    fill(bytes, 0xE0, 1);
    session_token_format(token, "7K3M9Q2X", bytes);
    assert_string_equal(token, rows[1].text);
}

static void
assert_seal(const uint8_t seal[static SEAL_BYTES], const char *hex)
{
    char text[2 * SEAL_BYTES + 1];
    (void)sodium_bin2hex(text, sizeof text, seal, SEAL_BYTES);
    assert_string_equal(text, hex);
}

static void
seals(void **state)
{
    uint8_t key[SEAL_KEY_BYTES];
    uint8_t seal[SEAL_BYTES];
    (void)state;
    for (unsigned i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    apikey_seal(seal, key, KEY_ZERO);
    assert_seal(seal, "1000d8cfdcba1d7f4009fe87394502bc");
    owner_seal(seal, key, OWNER_ZERO);
    assert_seal(seal, "52c1df1100417caf4d9f50757fd4e79b");
    /* The same text for another purpose is another seal. */
    owner_seal(seal, key, KEY_ZERO);
    assert_seal(seal, "5492909f0e7d5b34e0c110a14d6db02d");
    transfer_seal(seal, key, "09506000134352", "7K3M9Q2X", "0123456789AB");
    assert_seal(seal, "3428730d8f46087dff56f6ce785a55bc");
    /* Where serial and code meet is part of it. */
    transfer_seal(seal, key, "09506000134352", "7K3M9Q2X0", "123456789AB");
    assert_seal(seal, "e8073e659272c3ca16247444a2fe5a50");
    session_seal(seal, key, SESSION_ZERO);
    assert_seal(seal, "9ddd1a09ae132c5eeea0a684350f2618");
    csrf_seal(seal, key, seal);
    assert_seal(seal, "f736eb90c833889297eb55df0d721188");
    key[31] ^= 1;
    apikey_seal(seal, key, KEY_ZERO);
    assert_seal(seal, "b3790f132b14f6fc05bca46abae4f410");
}

static void
no_seal(void **state)
{
    uint8_t seal[SEAL_BYTES] = {0};
    (void)state;
    assert_true(seal_is_none(seal));
    for (size_t i = 0; i < SEAL_BYTES; i++) {
        memset(seal, 0, sizeof seal);
        seal[i] = 0x80;
        assert_false(seal_is_none(seal));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),
        cmocka_unit_test(parses_keys),
        cmocka_unit_test(parses_owner_secrets),
        cmocka_unit_test(every_slip_is_found),
        cmocka_unit_test(transfer_codes),
        cmocka_unit_test(session_tokens),
        cmocka_unit_test(seals),
        cmocka_unit_test(no_seal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
