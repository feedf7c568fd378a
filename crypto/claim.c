/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/claim.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char lower_case[] = "0123456789abcdefghjkmnpqrstvwxyz";

void
crockford_format(char *out, size_t chars, const uint8_t *random_bytes)
{
    for (size_t i = 0; i < chars; i++)
        out[i] = alphabet[random_bytes[i] & 31];
    out[chars] = '\0';
}

/* The character that `c` stands for; '\0' when it stands for none. */
static char
normal(char c)
{
    if (c == 'O' || c == 'o')
        return '0';
    if (c == 'I' || c == 'i' || c == 'L' || c == 'l')
        return '1';
    const char *lower = c != '\0' ? strchr(lower_case, c) : NULL;
    if (lower != NULL)
        return alphabet[lower - lower_case];
    if (c == '\0' || strchr(alphabet, c) == NULL)
        return '\0';
    return c;
}

bool
crockford_valid(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\0' || strchr(alphabet, text[i]) == NULL)
            return false;
    return true;
}

bool
crockford_parse(char *out, size_t chars, const char *typed, size_t len)
{
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        if (typed[i] == ' ' || typed[i] == '-')
            continue;
        char c = normal(typed[i]);
        if (c == '\0' || used == chars)
            return false;
        out[used++] = c;
    }
    out[used] = '\0';
    return used == chars;
}

bool
claim_parse(char out[static CLAIM_CHARS + 1], const char *typed, size_t len)
{
    return crockford_parse(out, CLAIM_CHARS, typed, len);
}
