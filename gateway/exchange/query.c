/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/exchange/exchange.h"

#include <string.h>

/* `plus` is what '+' stands for: a blank in a form, itself in a path. */
static bool
decode_byte(char *out, struct slice *s, char plus)
{
    struct slice rest = *s;
    uint8_t byte = 0;
    if (!slice_take(&rest, "%")) {
        *out = plus;
        if (rest.data[0] != '+')
            *out = rest.data[0];
        *s = slice_make(s->data + 1, s->len - 1);
        return true;
    }
    if (rest.len < 2 || !slice_hex(&byte, 1, slice_make(rest.data, 2)))
        return false;
    *out = (char)byte;
    *s = slice_make(rest.data + 2, rest.len - 2);
    return true;
}

/* With a NUL at the end; false when it is broken, holds a NUL, is not UTF-8 or does not fit. */
static bool
decode(char *out, size_t out_size, struct slice s, char plus)
{
    size_t len = 0;
    while (s.len > 0) {
        if (len + 1 >= out_size || !decode_byte(out + len, &s, plus))
            return false;
        len++;
    }
    out[len] = '\0';
    return slice_utf8(slice_make(out, len));
}

/* *there says whether the name is, whatever its value. */
static bool
find_value(char *out, size_t out_size, struct slice pairs, const char *name, bool *there)
{
    *there = false;
    while (pairs.len > 0) {
        struct slice pair = slice_take_until(&pairs, '&');
        char decoded[64]; /* a name that is broken or longer is not the one asked for */
        if (!decode(decoded, sizeof decoded, slice_take_until(&pair, '='), ' ') ||
            !slice_equal(slice_of(decoded), name))
            continue;
        bool again = *there;
        *there = true;
        if (again || !decode(out, out_size, pair, ' '))
            return false;
    }
    return *there;
}

bool
query_value(char *out, size_t out_size, struct slice query, const char *name)
{
    bool there = false;
    return out_size > 0 && find_value(out, out_size, query, name, &there);
}

bool
form_value(char *out, size_t out_size, struct slice pairs, const char *name)
{
    bool there = false;
    bool good = find_value(out, out_size, pairs, name, &there);
    if (!good) {
        out[0] = '\0';
        return !there;
    }
    struct slice kept = slice_trim(slice_of(out));
    memmove(out, kept.data, kept.len);
    out[kept.len] = '\0';
    return true;
}

bool
segment_value(char *out, size_t out_size, struct slice segment)
{
    return out_size > 0 && decode(out, out_size, segment, '+');
}

/* How many cookies have this name; *out is the first one's value. */
static size_t
find_cookie(struct slice *out, struct slice cookies, const char *name)
{
    size_t count = 0;
    while (cookies.len > 0) {
        struct slice pair = slice_trim(slice_take_until(&cookies, ';'));
        struct slice key = slice_take_until(&pair, '=');
        if (slice_equal(key, name) && count++ == 0)
            *out = pair;
    }
    return count;
}

bool
request_cookie(char *out, size_t out_size, const struct request *request, const char *name)
{
    struct slice value = slice_of("");
    return find_cookie(&value, request->cookie, name) == 1 && slice_copy(out, out_size, value);
}

bool
request_has_cookie(const struct request *request, const char *name)
{
    struct slice value = slice_of("");
    return find_cookie(&value, request->cookie, name) > 0;
}

void
request_split(struct request *request)
{
    struct slice rest = request->path;
    (void)slice_take(&rest, "/");
    request->segment_count = 0;
    while (rest.len > 0 && request->segment_count < PATH_SEGMENTS_MAX)
        request->segments[request->segment_count++] = slice_take_until(&rest, '/');
}
