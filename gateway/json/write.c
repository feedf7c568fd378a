/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json/write.h"

/* What has to stand before the next member or item; NUL: nothing. */
static char
separator(const struct text *out)
{
    char last = '{';
    if (out->len > 0)
        last = out->data[out->len - 1];
    if (last == '{' || last == '[')
        return '\0';
    return ',';
}

void
json_put(struct text *out, const char *name, const char *value)
{
    char before = separator(out);
    if (name != NULL) {
        text_json_name(out, before, name, slice_of(value));
        return;
    }
    if (before != '\0')
        text_char(out, before);
    text_put(out, value);
}

void
json_put_text(struct text *out, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    if (name != NULL) {
        text_json_member(out, separator(out), name, slice_of(value));
        return;
    }
    json_put(out, NULL, "");
    text_json(out, slice_of(value));
}

void
json_put_number(struct text *out, const char *name, int64_t value)
{
    json_put(out, name, "");
    text_number(out, value);
}

void
json_put_bool(struct text *out, const char *name, bool value)
{
    json_put(out, name, value ? "true" : "false");
}

void
json_put_day(struct text *out, const char *name, civil_day day)
{
    char value[DATE_TEXT_MAX];
    date_format(value, day);
    json_put_text(out, name, value);
}

void
json_put_time(struct text *out, const char *name, int64_t at)
{
    char value[TIME_TEXT_MAX];
    if (at == 0)
        return;
    time_format(value, at);
    json_put_text(out, name, value);
}

void
json_put_hex(struct text *out, const char *name, const uint8_t *bytes, size_t len)
{
    json_put(out, name, "\"");
    text_hex(out, bytes, len);
    text_char(out, '"');
}

void
json_put_words(struct text *out, const char *name, const char *words)
{
    struct slice rest = slice_of(words);
    if (rest.len == 0)
        return;
    json_put(out, name, "[");
    while (rest.len > 0) {
        json_put(out, NULL, "");
        text_json(out, slice_take_until(&rest, ' '));
    }
    text_char(out, ']');
}

void
json_copy_text(struct text *out, const struct json_node *from, const char *name)
{
    struct slice value = json_string(json_member_of(from, name));
    if (value.len == 0)
        return;
    json_put(out, name, "");
    text_json(out, value);
}
