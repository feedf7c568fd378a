/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/event_field.h"

#include <string.h>

static const struct {
    enum grammar {
        GRAMMAR_TEXT = 0,
        GRAMMAR_LINK,
        GRAMMAR_DAY,
        GRAMMAR_CHOICE, /* yes or no */
        GRAMMAR_NUMBER,
        GRAMMAR_GTIN,
        GRAMMAR_SERIAL,
        GRAMMAR_PRICE
    } grammar;
    size_t max;          /* bytes of a text */
    uint64_t from, upto; /* of a number */
} fields[FIELD_ID_COUNT] = {
    [FIELD_LOCATION] = {.max = LOCATION_MAX},
    [FIELD_PURCHASE_ORDER] = {.max = ORDER_MAX},
    [FIELD_SALES_ORDER] = {.max = ORDER_MAX},
    [FIELD_DOCUMENT] = {.grammar = GRAMMAR_LINK},
    [FIELD_ON] = {.grammar = GRAMMAR_DAY},
    [FIELD_REASON] = {.max = EVENT_VALUE_MAX},
    [FIELD_REFERENCE] = {.max = REFERENCE_MAX},
    [FIELD_FAULT] = {.max = EVENT_VALUE_MAX},
    [FIELD_WORK] = {.max = EVENT_VALUE_MAX},
    [FIELD_PARTS] = {.max = EVENT_VALUE_MAX},
    [FIELD_COVERED] = {.grammar = GRAMMAR_CHOICE},
    [FIELD_ENTITLEMENT] = {.max = ITEM_MAX},
    [FIELD_MONTHS] = {.grammar = GRAMMAR_NUMBER, .from = 1, .upto = 120},
    [FIELD_EXCLUDED] = {.grammar = GRAMMAR_CHOICE},
    [FIELD_OTHER_GTIN] = {.grammar = GRAMMAR_GTIN},
    [FIELD_OTHER_SERIAL] = {.grammar = GRAMMAR_SERIAL},
    [FIELD_PRICE] = {.grammar = GRAMMAR_PRICE},
    /* The commission is number 1, and nothing takes it back. */
    [FIELD_UNDOES] = {.grammar = GRAMMAR_NUMBER, .from = 2, .upto = UINT32_MAX},
    [FIELD_TO] = {.max = ORGANISATION_MAX},
    [FIELD_ENDS_CLAIM] = {.grammar = GRAMMAR_CHOICE},
};

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

static enum err
check_day(const struct event *event, struct slice s, struct fault *fault)
{
    civil_day day = CIVIL_NONE;
    const char *type = event_type_name(event->type);
    if (!date_parse(&day, s))
        return fault_set(fault, ERR_INVALID, "%s: on has to be a date, YYYY-MM-DD", type);
    if (day > event_day_recorded(event) + 1)
        return fault_set(fault, ERR_INVALID, "%s: on is a date in the future", type);
    return ERR_OK;
}

/* Digits, perhaps a point and more digits, a blank, three capitals: an ISO 4217 code. */
static bool
price_valid(struct slice s)
{
    uint64_t number = 0;
    struct slice amount = slice_take_until(&s, ' ');
    bool has_fraction = slice_find(amount, '.') < amount.len;
    struct slice whole = slice_take_until(&amount, '.');
    if (!slice_number(&number, whole, 0, 999999999999) || s.len != 3)
        return false;
    if (has_fraction && (amount.len == 0 || amount.len > 4))
        return false;
    for (size_t i = 0; i < amount.len; i++)
        if (amount.data[i] < '0' || amount.data[i] > '9')
            return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] < 'A' || s.data[i] > 'Z')
            return false;
    return true;
}

/* The rule that a value breaks, for the end of a sentence; NULL when it keeps it. Texts, numbers
 * and days have sentences of their own. */
static const char *
broken_form(enum grammar grammar, struct slice value)
{
    bool yes_or_no = slice_equal(value, "yes") || slice_equal(value, "no");
    if (grammar == GRAMMAR_LINK && !link_valid(value))
        return "an https:// link of at most 255 bytes";
    if (grammar == GRAMMAR_CHOICE && !yes_or_no)
        return "yes or no";
    if (grammar == GRAMMAR_GTIN && !gtin_valid(value))
        return "14 digits with the check digit of a GTIN";
    if (grammar == GRAMMAR_SERIAL && !gs1_value_valid(value))
        return "a serial of 1 to 20 characters";
    if (grammar == GRAMMAR_PRICE && !price_valid(value))
        return "an amount and a currency, 129.00 EUR";
    return NULL;
}

static enum err
check_number(const struct event *event, const struct event_field *field, struct fault *fault)
{
    uint64_t number = 0;
    uint64_t from = fields[field->id].from;
    uint64_t upto = fields[field->id].upto;
    if (slice_number(&number, slice_of(field->value), from, upto))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "%s: %s has to be a number from %llu to %llu",
                     event_type_name(event->type), event_field_name(field->id),
                     (unsigned long long)from, (unsigned long long)upto);
}

enum err
event_field_check(const struct event *event, const struct event_field *field, struct fault *fault)
{
    const char *type = event_type_name(event->type);
    const char *name = event_field_name(field->id);
    enum grammar grammar = fields[field->id].grammar;
    size_t max = fields[field->id].max;
    if (grammar == GRAMMAR_TEXT && !event_text_valid(field->value, sizeof field->value, max))
        return fault_set(fault, ERR_INVALID,
                         "%s: %s has to be 1 to %zu bytes of text without control characters or "
                         "blanks at its ends",
                         type, name, max);
    if (memchr(field->value, '\0', sizeof field->value) == NULL)
        return fault_set(fault, ERR_INVALID, "%s: %s is too long", type, name);
    if (grammar == GRAMMAR_DAY)
        return check_day(event, slice_of(field->value), fault);
    if (grammar == GRAMMAR_NUMBER)
        return check_number(event, field, fault);
    const char *broken = broken_form(grammar, slice_of(field->value));
    if (broken != NULL)
        return fault_set(fault, ERR_INVALID, "%s: %s has to be %s", type, name, broken);
    return ERR_OK;
}

static bool
given(const struct event *event, enum event_field_id id)
{
    return event_value(event, id)[0] != '\0';
}

enum err
event_fields_agree(const struct event *event, struct fault *fault)
{
    const char *type = event_type_name(event->type);
    bool adjusts = event->type == EVENT_ADJUST;
    bool covered = strcmp(event_value(event, FIELD_COVERED), "yes") == 0;
    if (adjusts && given(event, FIELD_MONTHS) == given(event, FIELD_EXCLUDED))
        return fault_set(fault, ERR_INVALID, "%s: it takes either months or excluded", type);
    if (!adjusts && covered && !given(event, FIELD_ENTITLEMENT))
        return fault_set(fault, ERR_INVALID, "%s: entitlement is missing: covered by which?", type);
    if (!adjusts && !covered && given(event, FIELD_ENTITLEMENT))
        return fault_set(fault, ERR_INVALID, "%s: an entitlement covers only when covered is yes",
                         type);
    return ERR_OK;
}

bool
event_ends_claim(const struct event *event)
{
    return strcmp(event_value(event, FIELD_ENDS_CLAIM), "yes") == 0;
}

civil_day
event_day_recorded(const struct event *event)
{
    return date_of(event->at, event->offset_minutes);
}

civil_day
event_day(const struct event *event)
{
    civil_day day = CIVIL_NONE;
    return date_parse(&day, slice_of(event_value(event, FIELD_ON))) ? day
                                                                    : event_day_recorded(event);
}
