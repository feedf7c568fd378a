/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4648 §6 base32, upper case, no padding, for lengths that are a multiple of five bytes: then
 * there are no slack bits and each value has exactly one spelling. */
#ifndef ASSAY_CRYPTO_BASE32_H
#define ASSAY_CRYPTO_BASE32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes len / 5 * 8 characters, no NUL. `len` is a multiple of 5. */
void base32_encode(char *out, const uint8_t *in, size_t len);

/* False unless `len` is exactly out_len / 5 * 8 and every character is one of A-Z2-7. */
bool base32_decode(uint8_t *out, size_t out_len, const char *in, size_t len)
    __attribute__((warn_unused_result));

#endif
