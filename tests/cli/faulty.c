/* SPDX-License-Identifier: Apache-2.0 */
/* Loaded before the libraries, to stand for what a test machine does not have: a processor that
 * gets the n-th signature wrong by one bit (BAD_SIGNATURE_AT, from 1), and a file system without
 * nameless files (NO_TMPFILE). */
#define _GNU_SOURCE /* RTLD_NEXT, O_TMPFILE */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

int crypto_sign_detached(unsigned char *signature, unsigned long long *len,
                         const unsigned char *message, unsigned long long message_len,
                         const unsigned char *secret_key);

typedef int sign_function(unsigned char *, unsigned long long *, const unsigned char *,
                          unsigned long long, const unsigned char *);
typedef int open_function(const char *, int, ...);

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
    if (real == NULL)
        abort();
    int result = real(signature, len, message, message_len, secret_key);
    if (at != NULL && atomic_fetch_add(&calls, 1) + 1 == strtol(at, NULL, 10))
        signature[40] ^= 0x10;
    return result;
}

int
open(const char *path, int flags, ...)
{
    open_function *real = NULL;
    void *symbol = dlsym(RTLD_NEXT, "open");
    memcpy(&real, &symbol, sizeof real);
    if (real == NULL)
        abort();
    if ((flags & O_TMPFILE) == O_TMPFILE && getenv("NO_TMPFILE") != NULL) {
        errno = EOPNOTSUPP;
        return -1;
    }
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return real(path, flags, mode);
}
