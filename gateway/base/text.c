/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
text_init(struct text *t, size_t max)
{
    *t = (struct text){.max = max};
}

void
text_free(struct text *t)
{
    free(t->data);
    text_init(t, t->max);
}

void
text_fit(struct text *t)
{
    if (t->data == NULL || t->capacity == t->len + 1)
        return;
    char *data = realloc(t->data, t->len + 1);
    if (data == NULL)
        return; /* it stays as large as it is */
    t->data = data;
    t->capacity = t->len + 1;
}

void
text_reset(struct text *t)
{
    t->len = 0;
    t->failed = false;
    if (t->data != NULL)
        t->data[0] = '\0';
}

bool
text_ok(const struct text *t)
{
    return !t->failed;
}

struct slice
text_slice(const struct text *t)
{
    return slice_make(t->data, t->len);
}

/* Room for `more` bytes and a NUL. */
static bool
reserve(struct text *t, size_t more)
{
    if (t->failed || more > t->max - t->len) {
        t->failed = true;
        return false;
    }
    size_t need = t->len + more + 1;
    if (need <= t->capacity)
        return true;
    size_t capacity = t->capacity < 256 ? 256 : t->capacity;
    while (capacity < need)
        capacity *= 2;
    char *data = realloc(t->data, capacity);
    if (data == NULL) {
        t->failed = true;
        return false;
    }
    t->data = data;
    t->capacity = capacity;
    return true;
}

void
text_slice_put(struct text *t, struct slice s)
{
    if (!reserve(t, s.len))
        return;
    if (s.len > 0)
        memcpy(t->data + t->len, s.data, s.len);
    t->len += s.len;
    t->data[t->len] = '\0';
}

void
text_put(struct text *t, const char *s)
{
    text_slice_put(t, slice_of(s));
}

/* Where there is room; gives the end. */
static char *
copy(char *at, const char *bytes, size_t len)
{
    if (len > 0)
        memcpy(at, bytes, len);
    return at + len;
}

static void
end_at(struct text *t, char *at)
{
    *at = '\0';
    t->len = (size_t)(at - t->data);
}

void
text_field(struct text *t, const char *name, const char *value)
{
    size_t name_len = strlen(name);
    size_t len = strlen(value);
    if (!reserve(t, name_len + len + 4))
        return;
    char *at = copy(t->data + t->len, name, name_len);
    at = copy(at, ": ", 2);
    at = copy(at, value, len);
    end_at(t, copy(at, "\r\n", 2));
}

void
text_char(struct text *t, char c)
{
    if (!reserve(t, 1))
        return;
    t->data[t->len++] = c;
    t->data[t->len] = '\0';
}

void
text_printf(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        t->failed = true;
    else if (reserve(t, (size_t)len)) {
        (void)vsnprintf(t->data + t->len, (size_t)len + 1, format, again);
        t->len += (size_t)len;
    }
    va_end(again);
}

void
text_number(struct text *t, int64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        text_char(t, '-');
    text_slice_put(t, slice_make(digits + at, sizeof digits - at));
}

void
text_hex(struct text *t, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    if (!reserve(t, 2 * len))
        return;
    for (size_t i = 0; i < len; i++) {
        t->data[t->len++] = digits[bytes[i] >> 4];
        t->data[t->len++] = digits[bytes[i] & 15];
    }
    t->data[t->len] = '\0';
}

void
text_base64url(struct text *t, const uint8_t *b, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | b[i];
        for (have += 8; have >= 6; have -= 6)
            text_char(t, digits[bits >> (have - 6) & 63]);
    }
    if (have > 0)
        text_char(t, digits[bits << (6 - have) & 63]);
}

static bool
json_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\' && c != 0x7F;
}

/* Which of the eight bytes equal `c`? The high bit of the first that does is set; those of later
 * bytes may be, wrongly. */
static uint64_t
equal_bytes(uint64_t word, unsigned char c)
{
    uint64_t zero = word ^ UINT64_C(0x0101010101010101) * c;
    return (zero - UINT64_C(0x0101010101010101)) & ~zero;
}

static bool
eight_json_plain(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    uint64_t control = (word - UINT64_C(0x2020202020202020)) & ~word;
    uint64_t special =
        control | equal_bytes(word, '"') | equal_bytes(word, '\\') | equal_bytes(word, 0x7F);
    return (special & UINT64_C(0x8080808080808080)) == 0;
}

/* How many bytes at the start are plain. Nearly all of an answer is, so eight are looked at in one
 * go, the last eight again together with those before. */
static size_t
json_run(struct slice s)
{
    size_t at = 0;
    while (s.len - at >= 8 && eight_json_plain(s.data + at))
        at += 8;
    if (s.len >= 8 && s.len - at < 8 && eight_json_plain(s.data + s.len - 8))
        return s.len;
    while (at < s.len && json_plain((unsigned char)s.data[at]))
        at++;
    return at;
}

static void
json_escape(struct text *t, unsigned char c)
{
    bool short_form = c == '"' || c == '\\';
    text_put(t, short_form ? "\\" : "\\u00");
    if (short_form)
        text_char(t, (char)c);
    if (!short_form)
        text_hex(t, &c, 1);
}

/* All of it plain, as nearly every text is. */
static void
put_quoted(struct text *t, struct slice s)
{
    if (!reserve(t, s.len + 2))
        return;
    char *at = t->data + t->len;
    *at = '"';
    if (s.len > 0)
        memcpy(at + 1, s.data, s.len);
    memcpy(at + 1 + s.len, "\"", 2);
    t->len += s.len + 2;
}

void
text_json_name(struct text *t, char before, const char *name, struct slice value)
{
    size_t len = strlen(name);
    size_t first = before != '\0';
    if (!reserve(t, first + len + 3 + value.len))
        return;
    char *at = copy(t->data + t->len, &before, first);
    *at++ = '"';
    at = copy(at, name, len);
    at = copy(at, "\":", 2);
    end_at(t, copy(at, value.data, value.len));
}

void
text_json(struct text *t, struct slice s)
{
    if (json_run(s) == s.len) {
        put_quoted(t, s);
        return;
    }
    text_char(t, '"');
    while (s.len > 0) {
        size_t run = json_run(s);
        text_slice_put(t, slice_make(s.data, run));
        if (run < s.len)
            json_escape(t, (unsigned char)s.data[run++]);
        s = slice_make(s.data + run, s.len - run);
    }
    text_char(t, '"');
}

void
text_json_member(struct text *t, char before, const char *name, struct slice value)
{
    size_t len = strlen(name);
    size_t first = before != '\0';
    if (json_run(value) < value.len) {
        text_json_name(t, before, name, slice_of(NULL));
        text_json(t, value);
        return;
    }
    if (!reserve(t, first + len + 5 + value.len))
        return;
    char *at = copy(t->data + t->len, &before, first);
    *at++ = '"';
    at = copy(at, name, len);
    at = copy(at, "\":\"", 3);
    at = copy(at, value.data, value.len);
    end_at(t, copy(at, "\"", 1));
}

static bool
html_plain(unsigned char c)
{
    return c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
}

static size_t
html_run(struct slice s)
{
    size_t at = 0;
    for (uint64_t word; s.len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, s.data + at, sizeof word);
        uint64_t special = equal_bytes(word, '&') | equal_bytes(word, '<') |
                           equal_bytes(word, '>') | equal_bytes(word, '"') |
                           equal_bytes(word, '\'');
        if ((special & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (at < s.len && html_plain((unsigned char)s.data[at]))
        at++;
    return at;
}

static void
html_escape(struct text *t, unsigned char c)
{
    text_put(t, "&#");
    text_number(t, c);
    text_char(t, ';');
}

void
text_html(struct text *t, struct slice s)
{
    while (s.len > 0) {
        size_t run = html_run(s);
        text_slice_put(t, slice_make(s.data, run));
        if (run < s.len)
            html_escape(t, (unsigned char)s.data[run++]);
        s = slice_make(s.data + run, s.len - run);
    }
}
