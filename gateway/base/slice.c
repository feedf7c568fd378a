/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/base/slice.h"

#include <string.h>

struct slice
slice_of(const char *text)
{
    return (struct slice){text, text == NULL ? 0 : strlen(text)};
}

struct slice
slice_make(const char *data, size_t len)
{
    return (struct slice){data, len};
}

bool
slice_equal(struct slice s, const char *text)
{
    size_t len = strlen(text);
    return s.len == len && (len == 0 || memcmp(s.data, text, len) == 0);
}

static int
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool
slice_equal_nocase(struct slice s, const char *text)
{
    if (s.len != strlen(text))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (lower(s.data[i]) != lower(text[i]))
            return false;
    return true;
}

bool
slice_starts(struct slice s, const char *prefix)
{
    size_t len = strlen(prefix);
    return s.len >= len && (len == 0 || memcmp(s.data, prefix, len) == 0);
}

size_t
slice_find(struct slice s, char c)
{
    const char *at = s.len > 0 ? memchr(s.data, c, s.len) : NULL;
    return at == NULL ? s.len : (size_t)(at - s.data);
}

static void
advance(struct slice *s, size_t count)
{
    if (count > s->len)
        count = s->len;
    if (count > 0)
        s->data += count;
    s->len -= count;
}

struct slice
slice_take_until(struct slice *s, char c)
{
    struct slice taken = {s->data, slice_find(*s, c)};
    advance(s, taken.len + 1);
    return taken;
}

bool
slice_take(struct slice *s, const char *prefix)
{
    if (!slice_starts(*s, prefix))
        return false;
    advance(s, strlen(prefix));
    return true;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct slice
slice_trim(struct slice s)
{
    while (s.len > 0 && is_blank(s.data[0]))
        advance(&s, 1);
    while (s.len > 0 && is_blank(s.data[s.len - 1]))
        s.len--;
    return s;
}

bool
slice_copy(char *out, size_t out_size, struct slice s)
{
    if (out_size == 0 || s.len >= out_size || slice_find(s, '\0') != s.len)
        return false;
    if (s.len > 0)
        memcpy(out, s.data, s.len);
    out[s.len] = '\0';
    return true;
}

bool
slice_number(uint64_t *out, struct slice s, uint64_t min, uint64_t max)
{
    uint64_t value = 0;
    if (s.len == 0 || (s.len > 1 && s.data[0] == '0'))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.data[i] - '0');
        if (value > (max - digit) / 10 || digit > max)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return value >= min;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool
slice_hex(uint8_t *out, size_t len, struct slice s)
{
    if (s.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        int high = hex_digit(s.data[2 * i]);
        int low = hex_digit(s.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* RFC 3629 section 4: the second byte's range depends on the first. */
static const struct utf8_form {
    uint8_t first_low, first_high, second_low, second_high, len;
} utf8_forms[] = {
    {0x01, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

/* Do the bytes after the first one, all of them there, belong to this form? */
static bool
utf8_tail(const uint8_t *b, const struct utf8_form *form)
{
    if (form->len > 1 && (b[1] < form->second_low || b[1] > form->second_high))
        return false;
    for (size_t i = 2; i < form->len; i++)
        if (b[i] < 0x80 || b[i] > 0xBF)
            return false;
    return true;
}

/* Length of the well-formed sequence at the start, 0 when there is none. */
static size_t
utf8_sequence(struct slice s)
{
    const uint8_t *b = (const uint8_t *)s.data;
    for (size_t f = 0; f < sizeof utf8_forms / sizeof utf8_forms[0]; f++) {
        const struct utf8_form *form = &utf8_forms[f];
        if (b[0] < form->first_low || b[0] > form->first_high)
            continue;
        return s.len >= form->len && utf8_tail(b, form) ? form->len : 0;
    }
    return 0;
}

bool
slice_utf8(struct slice s)
{
    while (s.len > 0) {
        size_t len = utf8_sequence(s);
        if (len == 0)
            return false;
        advance(&s, len);
    }
    return true;
}
