/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/event_field.h"

#include <string.h>

enum grammar { GRAMMAR_TEXT = 0, GRAMMAR_LINK, GRAMMAR_DAY };

static const struct {
    const char *name;
    enum grammar grammar;
    size_t max;
} fields[FIELD_ID_COUNT] = {
    [FIELD_NONE] = {"none", GRAMMAR_TEXT, 0},
    [FIELD_LOCATION] = {"location", GRAMMAR_TEXT, LOCATION_MAX},
    [FIELD_PURCHASE_ORDER] = {"purchase_order", GRAMMAR_TEXT, ORDER_MAX},
    [FIELD_SALES_ORDER] = {"sales_order", GRAMMAR_TEXT, ORDER_MAX},
    [FIELD_DOCUMENT] = {"document", GRAMMAR_LINK, DOCUMENT_MAX},
    [FIELD_ON] = {"on", GRAMMAR_DAY, DATE_TEXT_MAX - 1},
    [FIELD_REASON] = {"reason", GRAMMAR_TEXT, EVENT_VALUE_MAX},
    [FIELD_REFERENCE] = {"reference", GRAMMAR_TEXT, REFERENCE_MAX},
};

const char *
event_field_name(enum event_field_id id)
{
    return fields[(unsigned)id < FIELD_ID_COUNT ? id : FIELD_NONE].name;
}

bool
event_field_parse(enum event_field_id *out, struct slice s)
{
    *out = FIELD_NONE;
    for (unsigned id = FIELD_LOCATION; id < FIELD_ID_COUNT; id++)
        if (slice_equal(s, fields[id].name))
            *out = (enum event_field_id)id;
    return *out != FIELD_NONE;
}

const char *
event_value(const struct event *event, enum event_field_id id)
{
    for (size_t i = 0; i < event->field_count && i < EVENT_FIELDS_MAX; i++)
        if (event->fields[i].id == id)
            return event->fields[i].value;
    return "";
}

static bool
is_control(struct slice s, size_t at)
{
    unsigned char c = (unsigned char)s.data[at];
    if (c < 0x20 || c == 0x7F)
        return true;
    /* U+0080 to U+009F */
    return c == 0xC2 && at + 1 < s.len && (unsigned char)s.data[at + 1] < 0xA0;
}

bool
event_text_valid(const char *value, size_t size, size_t max)
{
    if (memchr(value, '\0', size) == NULL)
        return false;
    struct slice s = slice_of(value);
    if (s.len == 0 || s.len > max || !slice_utf8(s))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (is_control(s, i))
            return false;
    return s.data[0] != ' ' && s.data[s.len - 1] != ' ';
}

static bool
is_letter_or_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A name or an IPv4 address, with or without a port. No user name: it would let a link look as if
 * it led somewhere else. */
static bool
authority_valid(struct slice s)
{
    uint64_t port = 0;
    bool has_port = slice_find(s, ':') < s.len;
    struct slice host = slice_take_until(&s, ':');
    if (host.len == 0 || !is_letter_or_digit(host.data[0]))
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (!is_letter_or_digit(host.data[i]) && host.data[i] != '.' && host.data[i] != '-')
            return false;
    return !has_port || slice_number(&port, s, 1, 65535);
}

static size_t
smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool
link_valid(struct slice s)
{
    static const char refused[] = "\"<>\\^`{|}";
    if (s.len > DOCUMENT_MAX || !slice_take(&s, "https://"))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] <= ' ' || s.data[i] > '~' ||
            memchr(refused, s.data[i], sizeof refused - 1) != NULL)
            return false;
    size_t end = slice_find(s, '/');
    end = smaller(end, slice_find(s, '?'));
    end = smaller(end, slice_find(s, '#'));
    return authority_valid(slice_make(s.data, end));
}

static civil_day
day_recorded(const struct event *event)
{
    return date_of(event->at, event->offset_minutes);
}

static enum err
check_day(const struct event *event, struct slice s, struct fault *fault)
{
    civil_day day = CIVIL_NONE;
    const char *type = event_type_name(event->type);
    if (!date_parse(&day, s))
        return fault_set(fault, ERR_INVALID, "%s: on has to be a date, YYYY-MM-DD", type);
    if (day > day_recorded(event) + 1)
        return fault_set(fault, ERR_INVALID, "%s: on is a date in the future", type);
    return ERR_OK;
}

enum err
event_field_check(const struct event *event, const struct event_field *field, struct fault *fault)
{
    const char *type = event_type_name(event->type);
    const char *name = event_field_name(field->id);
    enum grammar grammar = fields[field->id].grammar;
    size_t max = fields[field->id].max;
    if (!event_text_valid(field->value, sizeof field->value, max) && grammar == GRAMMAR_TEXT)
        return fault_set(fault, ERR_INVALID,
                         "%s: %s has to be 1 to %zu bytes of text without control characters or "
                         "blanks at its ends",
                         type, name, max);
    if (grammar == GRAMMAR_TEXT)
        return ERR_OK;
    if (memchr(field->value, '\0', sizeof field->value) == NULL)
        return fault_set(fault, ERR_INVALID, "%s: %s is too long", type, name);
    struct slice value = slice_of(field->value);
    if (grammar == GRAMMAR_DAY)
        return check_day(event, value, fault);
    if (!link_valid(value))
        return fault_set(fault, ERR_INVALID,
                         "%s: %s has to be an https:// link of at most %d bytes", type, name,
                         DOCUMENT_MAX);
    return ERR_OK;
}

civil_day
event_day(const struct event *event)
{
    civil_day day = CIVIL_NONE;
    return date_parse(&day, slice_of(event_value(event, FIELD_ON))) ? day : day_recorded(event);
}
