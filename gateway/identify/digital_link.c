/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/base/ascii.h"
#include "gateway/identify/attribute.h"
#include "gateway/identify/parts.h"

#include <string.h>

enum { ATTRIBUTES_MAX = 16, HOST_MAX = 253, HOST_LABEL_MAX = 63, PORT_MAX = 65535 };

/* A piece of the input and where it starts there. */
struct piece {
    struct slice s;
    size_t at;
};

static struct piece
take_until(struct piece *p, char c)
{
    size_t before = p->s.len;
    struct piece taken = {slice_take_until(&p->s, c), p->at};
    p->at += before - p->s.len;
    return taken;
}

static enum reading_error
fail(struct reading *out, enum reading_error error, struct piece p)
{
    return reading_fail(out, error, p.at);
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_uri_character(char c)
{
    return ascii_alphanumeric(c) || (c != '\0' && strchr("-._~:/?#[]@!$&'()*+,;=%", c) != NULL);
}

static bool
percent_byte(uint8_t *byte, struct slice s, size_t at)
{
    return s.len - at >= 3 && slice_hex(byte, 1, slice_make(&s.data[at + 1], 2));
}

static enum reading_error
character_error(struct slice s, size_t at)
{
    uint8_t byte;
    if (!is_uri_character(s.data[at]))
        return READ_BAD_CHARACTER;
    if (s.data[at] == '#')
        return READ_BAD_FRAGMENT;
    if (s.data[at] != '%')
        return READ_OK;
    if (!percent_byte(&byte, s, at) || byte < ' ' || byte == 0x7F)
        return READ_BAD_PERCENT;
    return READ_OK;
}

static enum reading_error
check_characters(struct reading *out, struct piece p)
{
    for (size_t i = 0; i < p.s.len; i++) {
        if (ascii_alphanumeric(p.s.data[i]))
            continue;
        enum reading_error error = character_error(p.s, i);
        if (error != READ_OK)
            return reading_fail(out, error, p.at + i);
    }
    return READ_OK;
}

/* Decodes once what check_characters has passed. False when more than `size` bytes come out. */
static bool
percent_decode(char *out, size_t size, size_t *len, struct slice s)
{
    *len = 0;
    if (slice_find(s, '%') == s.len && s.len <= size) {
        memcpy(out, s.data, s.len);
        *len = s.len;
        return true;
    }
    for (size_t i = 0; i < s.len; i++) {
        uint8_t byte = (uint8_t)s.data[i];
        if (*len == size)
            return false;
        if (byte == '%' && percent_byte(&byte, s, i))
            i += 2;
        out[(*len)++] = (char)byte;
    }
    return true;
}

static enum reading_error
store_value(struct identity *id, enum part part, struct slice raw)
{
    char value[GS1_VALUE_MAX];
    size_t len;
    if (!percent_decode(value, sizeof value, &len, raw))
        return part == PART_GTIN ? READ_BAD_GTIN_LENGTH : READ_BAD_VALUE;
    return part_store(id, part, slice_make(value, len));
}

/* What follows the first slash: 01/G[/22/V][/10/L]/21/S. It is split before it is decoded, so that
 * an encoded slash stays in its value. Only one identifier: of a path with two, some readers take
 * the first and some the last. */
static enum reading_error
read_path(struct reading *out, struct piece path)
{
    enum part next = PART_GTIN;
    if (path.s.len > 0 && path.s.data[path.s.len - 1] == '/')
        return reading_fail(out, READ_BAD_PATH, path.at + path.s.len - 1);
    while (path.s.len > 0) {
        struct piece ai = take_until(&path, '/');
        struct piece value = take_until(&path, '/');
        enum part part = part_of(ai.s);
        if (part == PART_COUNT || part < next || (next == PART_GTIN && part != PART_GTIN))
            return fail(out, READ_BAD_PATH, ai);
        if (value.s.len == 0)
            return fail(out, READ_BAD_PATH, value);
        enum reading_error error = store_value(&out->id, part, value.s);
        if (error != READ_OK)
            return fail(out, error, value);
        next = part + 1;
    }
    if (next == PART_GTIN)
        return fail(out, READ_BAD_PATH, path);
    return part_present(&out->id, PART_SERIAL) ? READ_OK : fail(out, READ_NO_SERIAL, path);
}

static bool
all_digits(struct slice s)
{
    size_t i = 0;
    while (i < s.len && is_digit(s.data[i]))
        i++;
    return i == s.len;
}

struct seen {
    struct slice ais[ATTRIBUTES_MAX];
    size_t count;
};

static bool
seen_add(struct seen *seen, struct slice ai)
{
    for (size_t i = 0; i < seen->count; i++)
        if (seen->ais[i].len == ai.len && memcmp(seen->ais[i].data, ai.data, ai.len) == 0)
            return false;
    if (seen->count == ATTRIBUTES_MAX)
        return false;
    seen->ais[seen->count++] = ai;
    return true;
}

/* A fact beside the identity, such as an expiry date. It has to be right and is then forgotten,
 * because no signature covers it. In a query '+' is a space, and no value holds one. */
static bool
attribute_valid(struct slice ai, struct slice raw)
{
    char value[ATTRIBUTE_VALUE_MAX];
    size_t len;
    const struct attribute *attribute = attribute_find(ai);
    return attribute != NULL && slice_find(raw, '+') == raw.len &&
           percent_decode(value, sizeof value, &len, raw) &&
           attribute_value_valid(attribute, slice_make(value, len));
}

static enum reading_error
read_signature(struct reading *out, struct piece key, struct piece value)
{
    if (out->has_token)
        return fail(out, READ_REPEATED_SIGNATURE, key);
    out->has_token = token_parse(&out->token, value.s.data, value.s.len);
    return out->has_token ? READ_OK : fail(out, READ_BAD_SIGNATURE, value);
}

/* An encoded key is refused: other readers would decode it, perhaps into a second S or an AI. */
static enum reading_error
read_parameter(struct reading *out, struct seen *seen, struct piece parameter)
{
    struct piece value = parameter;
    struct piece key = take_until(&value, '=');
    if (key.s.len == 0 || slice_find(key.s, '%') != key.s.len)
        return fail(out, READ_BAD_QUERY, parameter);
    if (slice_equal(key.s, "S"))
        return read_signature(out, key, value);
    if (!all_digits(key.s))
        return READ_OK;
    if (!seen_add(seen, key.s) || !attribute_valid(key.s, value.s))
        return fail(out, READ_BAD_QUERY, parameter);
    return READ_OK;
}

/* Some readers split at ';' as well, so that it could hide a second S from us. */
static enum reading_error
read_query(struct reading *out, struct piece query)
{
    struct seen seen = {.count = 0};
    size_t semicolon = slice_find(query.s, ';');
    if (semicolon < query.s.len)
        return reading_fail(out, READ_BAD_QUERY, query.at + semicolon);
    if (query.s.len == 0 || query.s.data[query.s.len - 1] == '&')
        return reading_fail(out, READ_BAD_QUERY, query.at + query.s.len);
    while (query.s.len > 0) {
        struct piece parameter = take_until(&query, '&');
        enum reading_error error = read_parameter(out, &seen, parameter);
        if (error != READ_OK)
            return error;
    }
    return READ_OK;
}

enum reading_error
digital_link_read_path(struct reading *out, struct slice path, struct slice query)
{
    struct piece path_piece = {path, 0};
    struct piece query_piece = {query, path.len + 1};
    enum reading_error error = READ_OK;
    *out = (struct reading){.error = READ_OK};
    if (path.len + query.len > SCAN_TEXT_MAX)
        return reading_fail(out, READ_TOO_LONG, SCAN_TEXT_MAX);
    error = check_characters(out, path_piece);
    if (error == READ_OK && query.len > 0)
        error = check_characters(out, query_piece);
    if (error != READ_OK)
        return error;
    if (slice_find(path, '?') < path.len || !slice_take(&path_piece.s, "/"))
        return reading_fail(out, READ_BAD_PATH, 0);
    path_piece.at = 1;
    if (path.len > 1 && path.data[path.len - 1] == '/')
        path_piece.s.len--;
    error = read_path(out, path_piece);
    if (error == READ_OK && query.len > 0)
        error = read_query(out, query_piece);
    return error == READ_OK ? reading_finish(out, READING_DIGITAL_LINK) : error;
}

static bool
host_label_valid(struct slice label)
{
    if (label.len == 0 || label.len > HOST_LABEL_MAX || label.data[0] == '-' ||
        label.data[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++)
        if (!ascii_alphanumeric(label.data[i]) && label.data[i] != '-')
            return false;
    return true;
}

/* A name or a dotted IPv4 address, and perhaps a port. No user, no IPv6 literal, no final dot: none
 * of them is printed on a label, and a user part is how a link is made to look like another. */
static bool
authority_valid(struct slice authority)
{
    uint64_t port;
    bool has_port = slice_find(authority, ':') < authority.len;
    struct slice host = slice_take_until(&authority, ':');
    if (has_port && !slice_number(&port, authority, 1, PORT_MAX))
        return false;
    if (host.len == 0 || host.len > HOST_MAX || host.data[host.len - 1] == '.')
        return false;
    while (host.len > 0)
        if (!host_label_valid(slice_take_until(&host, '.')))
            return false;
    return true;
}

static bool
take_scheme(struct piece *text)
{
    static const char *const schemes[] = {"https://", "http://", "HTTPS://", "HTTP://"};
    size_t before = text->s.len;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (!slice_take(&text->s, schemes[i]))
            continue;
        text->at += before - text->s.len;
        return true;
    }
    return false;
}

enum reading_error
digital_link_read(struct reading *out, struct slice text)
{
    struct piece rest = {text, 0};
    bool has_query = slice_find(text, '?') < text.len;
    *out = (struct reading){.error = READ_OK};
    if (text.len == 0)
        return reading_fail(out, READ_EMPTY, 0);
    if (text.len > SCAN_TEXT_MAX)
        return reading_fail(out, READ_TOO_LONG, SCAN_TEXT_MAX);
    enum reading_error error = check_characters(out, rest);
    if (error != READ_OK)
        return error;
    if (!take_scheme(&rest))
        return fail(out, READ_BAD_SCHEME, rest);
    struct piece path = take_until(&rest, '?');
    struct piece authority = take_until(&path, '/');
    if (!authority_valid(authority.s))
        return fail(out, READ_BAD_HOST, authority);
    error = read_path(out, path);
    if (error == READ_OK && has_query)
        error = read_query(out, rest);
    return error == READ_OK ? reading_finish(out, READING_DIGITAL_LINK) : error;
}
