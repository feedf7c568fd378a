/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/identify/identity.h"

#include <string.h>

#include "gateway/base/ascii.h"
#include "gateway/identify/parts.h"

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

bool
gtin_valid(struct slice s)
{
    unsigned sum = 0;
    if (s.len != GTIN_DIGITS)
        return false;
    for (size_t i = 0; i < GTIN_DIGITS; i++) {
        if (!is_digit(s.data[i]))
            return false;
        sum += (unsigned)(s.data[i] - '0') * (i % 2 == 0 ? 3 : 1);
    }
    return sum % 10 == 0;
}

bool
gs1_value_valid(struct slice s)
{
    if (s.len == 0 || s.len > GS1_VALUE_MAX || slice_equal(s, ".") || slice_equal(s, ".."))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!ascii_alphanumeric(s.data[i]) && !is_one_of(s.data[i], GS1_82_PUNCTUATION))
            return false;
    return true;
}

static size_t
put(char *out, const char *text)
{
    size_t len = 0;
    for (; text[len] != '\0'; len++)
        out[len] = text[len];
    return len;
}

static size_t
put_percent(char *out, const char *value)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t len = 0;
    for (; *value != '\0'; value++) {
        if (ascii_alphanumeric(*value) || is_one_of(*value, "-._~")) {
            out[len++] = *value;
            continue;
        }
        out[len++] = '%';
        out[len++] = hex[(unsigned char)*value >> 4];
        out[len++] = hex[(unsigned char)*value & 15];
    }
    return len;
}

size_t
canonical_link(char out[static CANONICAL_MAX + 1], const struct identity *id)
{
    const struct {
        const char *prefix;
        const char *value;
    } parts[] = {
        {"https://id.gs1.org/01/", id->gtin},
        {"/22/", id->variant},
        {"/10/", id->lot},
        {"/21/", id->serial},
    };
    size_t len = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].value[0] == '\0')
            continue;
        len += put(out + len, parts[i].prefix);
        len += put_percent(out + len, parts[i].value);
    }
    out[len] = '\0';
    return len;
}
