/* SPDX-License-Identifier: Apache-2.0 */
/* A token, and any base32: each value has one spelling. */
#include <string.h>

#include "crypto/base32.h"
#include "crypto/token.h"
#include "tests/fuzz/fuzz.h"

enum { BYTES_MAX = 320 };

static void
check_base32(const char *text, size_t len)
{
    uint8_t bytes[BYTES_MAX];
    char again[BYTES_MAX / 5 * 8];
    size_t size = len / 8 * 5;
    if (size > sizeof bytes || !base32_decode(bytes, size, text, len))
        return;
    REQUIRE(len % 8 == 0);
    base32_encode(again, bytes, size);
    REQUIRE(memcmp(again, text, len) == 0);
}

static void
check_bytes(const uint8_t *data, size_t len)
{
    char text[BYTES_MAX / 5 * 8];
    uint8_t again[BYTES_MAX];
    size_t size = len / 5 * 5;
    if (size > sizeof again)
        return;
    base32_encode(text, data, size);
    REQUIRE(base32_decode(again, size, text, size / 5 * 8));
    REQUIRE(memcmp(again, data, size) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct slice text = fuzz_slice(data, len);
    struct token token;
    char again[TOKEN_CHARS + 1];
    uint8_t bytes[TOKEN_BYTES];
    check_base32(text.data, len);
    check_bytes(data, len);
    if (!token_parse(&token, text.data, len))
        return 0;
    REQUIRE(len == TOKEN_CHARS);
    token_format(again, &token);
    REQUIRE(memcmp(again, text.data, TOKEN_CHARS) == 0);
    token_bytes(bytes, &token);
    REQUIRE(bytes[0] == TOKEN_VERSION);
    return 0;
}
