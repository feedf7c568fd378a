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

/* The value of a digit, and one more: 0 is none. */
static const uint8_t digits[UINT8_MAX + 1] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['2'] = 27, ['3'] = 28, ['4'] = 29, ['5'] = 30, ['6'] = 31, ['7'] = 32,
};

static bool
decode_group(uint8_t *out, const char *in)
{
    uint64_t group = 0;
    for (size_t i = 0; i < GROUP_CHARS; i++) {
        unsigned digit = digits[(unsigned char)in[i]];
        if (digit == 0)
            return false;
        group = group << BITS_A_CHAR | (digit - 1);
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
