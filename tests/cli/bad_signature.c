/* SPDX-License-Identifier: Apache-2.0 */
/* Loaded before libsodium: the n-th signature (BAD_SIGNATURE_AT, from 1) comes out with one bit
 * wrong, as from a faulty processor. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

int crypto_sign_detached(unsigned char *signature, unsigned long long *len,
                         const unsigned char *message, unsigned long long message_len,
                         const unsigned char *secret_key);

typedef int sign_function(unsigned char *, unsigned long long *, const unsigned char *,
                          unsigned long long, const unsigned char *);

static atomic_long calls;

int
crypto_sign_detached(unsigned char *signature, unsigned long long *len,
                     const unsigned char *message, unsigned long long message_len,
                     const unsigned char *secret_key)
{
    sign_function *real = NULL;
    void *symbol = dlsym(RTLD_NEXT, "crypto_sign_detached");
    const char *at = getenv("BAD_SIGNATURE_AT");
    memcpy(&real, &symbol, sizeof real);
    if (real == NULL || at == NULL)
        abort();
    int result = real(signature, len, message, message_len, secret_key);
    if (atomic_fetch_add(&calls, 1) + 1 == strtol(at, NULL, 10))
        signature[40] ^= 0x10;
    return result;
}
