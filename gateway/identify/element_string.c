/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/identify/parts.h"

enum { FNC1 = 0x1D, AI_DIGITS = 2, DATE_DIGITS = 6 };

/* Dates that labels of the trade carry besides: production, packaging, best before, sell by,
 * expiry. They are read over. Like 01 they have a fixed length and need no FNC1 behind them. */
static const char *const date_ais[] = {"11", "13", "15", "16", "17"};
enum { DATE_COUNT = sizeof date_ais / sizeof date_ais[0] };

struct scan {
    struct slice rest; /* a tail of the text */
    bool bracketed;
    bool seen[DATE_COUNT];
};

static struct slice
take_bytes(struct slice *s, size_t count)
{
    if (count > s->len)
        count = s->len;
    struct slice taken = slice_make(s->data, count);
    *s = slice_make(&s->data[count], s->len - count);
    return taken;
}

static size_t
date_of_ai(struct slice ai)
{
    size_t i = 0;
    while (i < DATE_COUNT && !slice_equal(ai, date_ais[i]))
        i++;
    return i;
}

bool
element_ai_known(struct slice ai)
{
    return part_of(ai) < PART_COUNT || date_of_ai(ai) < DATE_COUNT;
}

/* YYMMDD; day 00 is the whole month (GS1 General Specifications §3.4). */
static bool
date_valid(struct slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] < '0' || value.data[i] > '9')
            return false;
    if (value.len != DATE_DIGITS)
        return false;
    int month = (value.data[2] - '0') * 10 + value.data[3] - '0';
    int day = (value.data[4] - '0') * 10 + value.data[5] - '0';
    return month >= 1 && month <= 12 && day <= 31;
}

static struct slice
take_ai(struct scan *scan)
{
    if (!scan->bracketed)
        return take_bytes(&scan->rest, AI_DIGITS);
    if (!slice_take(&scan->rest, "(") || slice_find(scan->rest, ')') == scan->rest.len)
        return slice_make(NULL, 0);
    return slice_take_until(&scan->rest, ')');
}

/* In brackets a value ends at the next "(": one that holds a bracket can only be given without. */
static struct slice
take_value(struct scan *scan, size_t fixed)
{
    if (scan->bracketed)
        return take_bytes(&scan->rest, slice_find(scan->rest, '('));
    if (fixed == 0)
        return slice_take_until(&scan->rest, FNC1);
    struct slice value = take_bytes(&scan->rest, fixed);
    (void)slice_take(&scan->rest, "\x1D");
    return value;
}

static bool
is_expected(const struct identity *id, const struct scan *scan, enum part part, size_t date)
{
    if (part < PART_COUNT)
        return !part_present(id, part);
    return date < DATE_COUNT && !scan->seen[date];
}

/* One AI and its value. *at says where reading stopped. */
static enum reading_error
read_element(struct identity *id, struct scan *scan, size_t *at)
{
    size_t end = *at + scan->rest.len;
    struct slice ai = take_ai(scan);
    enum part part = part_of(ai);
    size_t date = date_of_ai(ai);
    if (!is_expected(id, scan, part, date))
        return READ_BAD_AI;
    *at = end - scan->rest.len;
    if (part < PART_COUNT)
        return part_store(id, part, take_value(scan, part == PART_GTIN ? GTIN_DIGITS : 0));
    scan->seen[date] = true;
    return date_valid(take_value(scan, DATE_DIGITS)) ? READ_OK : READ_BAD_VALUE;
}

static bool
take_prefix(struct slice *text)
{
    static const char *const prefixes[] = {"]Q3", "]d2", "]C1", "]e0", "\x1D"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (slice_take(text, prefixes[i]))
            return true;
    return false;
}

static enum reading_error
check_text(struct reading *out, struct slice text, bool bracketed)
{
    size_t bad = first_unprintable(text, bracketed ? '(' : FNC1);
    if (text.len == 0)
        return reading_fail(out, READ_EMPTY, 0);
    if (text.len > SCAN_TEXT_MAX)
        return reading_fail(out, READ_TOO_LONG, SCAN_TEXT_MAX);
    return bad < text.len ? reading_fail(out, READ_BAD_CHARACTER, bad) : READ_OK;
}

enum reading_error
element_string_read(struct reading *out, struct slice text)
{
    struct scan scan = {.rest = text, .bracketed = slice_starts(text, "(")};
    *out = (struct reading){.error = READ_OK};
    enum reading_error error = check_text(out, text, scan.bracketed);
    if (error != READ_OK)
        return error;
    /* Only a prefix says that it is an element string; bare digits have to begin with the GTIN. */
    if (!take_prefix(&scan.rest) && !scan.bracketed && !slice_starts(text, "01"))
        return reading_fail(out, READ_NOT_A_CODE, 0);
    while (scan.rest.len > 0) {
        size_t at = text.len - scan.rest.len;
        error = read_element(&out->id, &scan, &at);
        if (error != READ_OK)
            return reading_fail(out, error, at);
    }
    if (!part_present(&out->id, PART_GTIN))
        return reading_fail(out, READ_NO_GTIN, text.len);
    if (!part_present(&out->id, PART_SERIAL))
        return reading_fail(out, READ_NO_SERIAL, text.len);
    return reading_finish(out, READING_ELEMENT_STRING);
}
