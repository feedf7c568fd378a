/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/identify/labels.h"

struct test_key
test_key_of(const char *seed)
{
    struct test_key key = {.entry = {.status = KEY_ACTIVE,
                                     .name = "plant-a",
                                     .organisation = "Example Brand",
                                     .prefixes = {"0950600"},
                                     .prefix_count = 1,
                                     .not_after = INT64_C(1) << 40}};
    uint8_t bytes[SEED_BYTES];
    assert_true(slice_hex(bytes, sizeof bytes, slice_of(seed)));
    sign_key_pair(key.entry.public_key, key.secret_key, bytes);
    token_kid(key.entry.kid, key.entry.public_key);
    return key;
}

struct identity
identity_of(const char *gtin, const char *variant, const char *lot, const char *serial)
{
    struct identity id = {.gtin = ""};
    assert_true(slice_copy(id.gtin, sizeof id.gtin, slice_of(gtin)));
    assert_true(slice_copy(id.variant, sizeof id.variant, slice_of(variant)));
    assert_true(slice_copy(id.lot, sizeof id.lot, slice_of(lot)));
    assert_true(slice_copy(id.serial, sizeof id.serial, slice_of(serial)));
    return id;
}

void
label_url(char out[static LABEL_URL_MAX], const struct test_key *key, const struct identity *id)
{
    static const char reference_host[] = "https://id.gs1.org";
    char canonical[CANONICAL_MAX + 1];
    char text[TOKEN_CHARS + 1];
    struct token token;
    size_t len = canonical_link(canonical, id);
    assert_true(token_sign(&token, key->secret_key, canonical, len));
    token_format(text, &token);
    int written = snprintf(out, LABEL_URL_MAX, "https://ID.EXAMPLE.COM%s?S=%s",
                           canonical + strlen(reference_host), text);
    assert_in_range(written, 1, LABEL_URL_MAX - 1);
}

static void
assert_part(const char *label, const char *part, const char *value, const char *expected)
{
    if (strcmp(value, expected) != 0)
        fail_msg("%s: %s is \"%s\", not \"%s\"", label, part, value, expected);
}

void
assert_identity(const char *label, const struct identity *id, const struct identity *expected)
{
    assert_part(label, "gtin", id->gtin, expected->gtin);
    assert_part(label, "variant", id->variant, expected->variant);
    assert_part(label, "lot", id->lot, expected->lot);
    assert_part(label, "serial", id->serial, expected->serial);
}

bool
confirm_genuine(const struct reading *candidate, void *context)
{
    struct confirmation *confirmation = context;
    confirmation->calls++;
    confirmation->genuine = label_trust(confirmation->keyset, candidate).result == LABEL_GENUINE;
    return confirmation->genuine;
}

char *
exact_copy(const char *data, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    if (len > 0)
        memcpy(copy, data, len);
    return copy;
}
