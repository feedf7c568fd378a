/* SPDX-License-Identifier: Apache-2.0 */
/* token_tool SEED LINK: prints what our code makes of them, one `name value` a line, for tests in
 * other languages. SEED is 64 hex digits. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "crypto/token_sign.h"

static void
put_hex(const char *name, const uint8_t *bytes, size_t len)
{
    printf("%s ", name);
    for (size_t i = 0; i < len; i++)
        printf("%02x", bytes[i]);
    printf("\n");
}

int
main(int argc, char **argv)
{
    uint8_t seed[SEED_BYTES];
    uint8_t public_key[PUBLIC_KEY_BYTES];
    uint8_t secret_key[SECRET_KEY_BYTES];
    size_t seed_len = 0;
    struct token token;
    if (sodium_init() < 0 || argc != 3 ||
        sodium_hex2bin(seed, sizeof seed, argv[1], strlen(argv[1]), NULL, &seed_len, NULL) != 0 ||
        seed_len != sizeof seed)
        return 2;
    sign_key_pair(public_key, secret_key, seed);
    if (!token_sign(&token, secret_key, argv[2], strlen(argv[2])))
        return 1;
    char text[TOKEN_CHARS + 1];
    uint8_t cose[TOKEN_COSE_BYTES];
    token_format(text, &token);
    token_cose(cose, &token);
    printf("token %s\n", text);
    put_hex("public_key", public_key, sizeof public_key);
    put_hex("kid", token.kid, sizeof token.kid);
    put_hex("cose", cose, sizeof cose);
    return 0;
}
