/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/base32.h"

enum { GROUP_BYTES = 5, GROUP_CHARS = 8, BITS_A_CHAR = 5 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void
base32_encode(char *out, const uint8_t *in, size_t len)
{
    for (; len >= GROUP_BYTES; len -= GROUP_BYTES, in += GROUP_BYTES) {
        uint64_t group = 0;
        for (size_t i = 0; i < GROUP_BYTES; i++)
            group = group << 8 | in[i];
        for (int shift = (GROUP_CHARS - 1) * BITS_A_CHAR; shift >= 0; shift -= BITS_A_CHAR)
            *out++ = alphabet[group >> shift & 31];
    }
}

static int
digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= '2' && c <= '7')
        return c - '2' + 26;
    return -1;
}

static bool
decode_group(uint8_t *out, const char *in)
{
    uint64_t group = 0;
    for (size_t i = 0; i < GROUP_CHARS; i++) {
        int value = digit_value(in[i]);
        if (value < 0)
            return false;
        group = group << BITS_A_CHAR | (uint64_t)value;
    }
    for (size_t i = GROUP_BYTES; i-- > 0; group >>= 8)
        out[i] = (uint8_t)(group & 0xFF);
    return true;
}

bool
base32_decode(uint8_t *out, size_t out_len, const char *in, size_t len)
{
    if (out_len % GROUP_BYTES != 0 || len % GROUP_CHARS != 0 ||
        len / GROUP_CHARS != out_len / GROUP_BYTES)
        return false;
    for (; len > 0; len -= GROUP_CHARS, in += GROUP_CHARS, out += GROUP_BYTES)
        if (!decode_group(out, in))
            return false;
    return true;
}
