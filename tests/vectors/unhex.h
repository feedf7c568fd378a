/* SPDX-License-Identifier: Apache-2.0 */
/* Hex of the vectors to bytes; a vector that does not fit ends the program. */
#ifndef ASSAY_TESTS_VECTORS_UNHEX_H
#define ASSAY_TESTS_VECTORS_UNHEX_H

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline size_t
unhex(uint8_t *out, size_t size, const char *hex)
{
    size_t len = 0;
    if (sodium_hex2bin(out, size, hex, strlen(hex), NULL, &len, NULL) != 0)
        abort();
    return len;
}

#endif
