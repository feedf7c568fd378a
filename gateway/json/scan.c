/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json/scan.h"

#include <string.h>

struct scan {
    struct slice text;
    size_t at;    /* the byte that is looked at; where the problem is once there is one */
    size_t keys;  /* member names so far */
    size_t watch; /* stop at this one; 0 never */
    const char *watch_problem;
    const char *problem;
};

static bool
fail(struct scan *s, const char *problem)
{
    s->problem = problem;
    return false;
}

/* The byte at hand, or -1 at the end. */
static int
peek(const struct scan *s)
{
    return s->at < s->text.len ? (unsigned char)s->text.data[s->at] : -1;
}

static bool
take(struct scan *s, char c)
{
    if (peek(s) != c)
        return false;
    s->at++;
    return true;
}

static bool
is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static struct slice
since(const struct scan *s, size_t start)
{
    return slice_make(s->text.data + start, s->at - start);
}

static void
skip_space(struct scan *s)
{
    while (peek(s) == ' ' || peek(s) == '\t' || peek(s) == '\n' || peek(s) == '\r')
        s->at++;
}

static bool
scan_number(struct scan *s)
{
    size_t start = s->at;
    (void)take(s, '-');
    size_t digits = s->at;
    while (is_digit(peek(s)))
        s->at++;
    struct slice number = since(s, digits);
    bool whole = peek(s) != '.' && peek(s) != 'e' && peek(s) != 'E';
    s->at = start;
    if (number.len == 0)
        return fail(s, "expected a digit after '-'");
    if (number.len > 1 && number.data[0] == '0')
        return fail(s, "a number does not begin with 0");
    if (!whole)
        return fail(s, "only whole numbers, without fraction or exponent");
    uint64_t value = 0;
    if (!slice_number(&value, number, 0, JSON_INTEGER_MAX))
        return fail(s, "a number beyond 9007199254740991 cannot be kept exactly");
    s->at = digits + number.len;
    return true;
}

/* The value of XXXX in \uXXXX. */
static bool
scan_hex4(struct scan *s, unsigned *value)
{
    uint8_t bytes[2];
    size_t start = s->at;
    if (s->text.len - s->at < 4)
        return fail(s, "expected four hex digits");
    s->at += 4;
    if (!slice_hex(bytes, sizeof bytes, since(s, start))) {
        s->at = start;
        return fail(s, "expected four hex digits");
    }
    *value = (unsigned)bytes[0] << 8 | bytes[1];
    return true;
}

/* After "\u". */
static bool
scan_unicode_escape(struct scan *s)
{
    unsigned high = 0;
    unsigned low = 0;
    if (!scan_hex4(s, &high))
        return false;
    if (high == 0)
        return fail(s, "\\u0000 is not allowed");
    if (high < 0xD800 || high > 0xDFFF)
        return true;
    if (high > 0xDBFF || !take(s, '\\') || !take(s, 'u'))
        return fail(s, "a surrogate without its partner");
    if (!scan_hex4(s, &low))
        return false;
    if (low < 0xDC00 || low > 0xDFFF)
        return fail(s, "a surrogate without its partner");
    return true;
}

/* After the backslash. */
static bool
scan_escape(struct scan *s)
{
    static const char letters[] = "\"\\/bfnrtu";
    int c = peek(s);
    if (c < 0)
        return fail(s, "the string has no end");
    if (slice_find(slice_of(letters), (char)c) == sizeof letters - 1)
        return fail(s, "unknown escape");
    s->at++;
    return c != 'u' || scan_unicode_escape(s);
}

static bool
scan_string(struct scan *s)
{
    size_t start = s->at;
    if (!take(s, '"'))
        return fail(s, "expected a string in double quotes");
    while (!take(s, '"')) {
        int c = peek(s);
        if (c < 0)
            return fail(s, "the string has no end");
        if (c < 0x20)
            return fail(s, "a control character has to be written as \\u00XX");
        s->at++;
        if (c == '\\' && !scan_escape(s))
            return false;
    }
    if (slice_utf8(since(s, start)))
        return true;
    s->at = start;
    return fail(s, "the string is not UTF-8");
}

static bool
scan_literal(struct scan *s)
{
    static const char *const words[] = {"true", "false", "null"};
    struct slice rest = slice_make(s->text.data + s->at, s->text.len - s->at);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_starts(rest, words[i])) {
            s->at += strlen(words[i]);
            return true;
        }
    return fail(s, rest.len == 0 ? "the text ends where a value is expected" : "expected a value");
}

static bool scan_value(struct scan *s, int depth);

static bool
scan_member(struct scan *s, int depth)
{
    if (++s->keys == s->watch)
        return fail(s, s->watch_problem);
    if (!scan_string(s))
        return false;
    skip_space(s);
    if (!take(s, ':'))
        return fail(s, "expected ':' after the name");
    return scan_value(s, depth);
}

/* After '{' or '['. `item` scans what stands between the commas, at most `max` times. */
static bool
scan_items(struct scan *s, char close, bool (*item)(struct scan *, int), size_t max, int depth)
{
    if (depth > JSON_DEPTH_MAX)
        return fail(s, "nested too deeply");
    skip_space(s);
    if (take(s, close))
        return true;
    for (size_t count = 1; count <= max; count++) {
        skip_space(s);
        if (!item(s, depth))
            return false;
        skip_space(s);
        if (take(s, close))
            return true;
        if (!take(s, ','))
            return fail(s, close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
    }
    return fail(s, "too many members in one object");
}

/* Recurses once for each nesting, so at most JSON_DEPTH_MAX deep. */
static bool
scan_value(struct scan *s, int depth)
{
    skip_space(s);
    if (take(s, '{'))
        return scan_items(s, '}', scan_member, JSON_MEMBERS_MAX, depth + 1);
    if (take(s, '['))
        return scan_items(s, ']', scan_value, SIZE_MAX, depth + 1);
    if (peek(s) == '"')
        return scan_string(s);
    if (peek(s) == '-' || is_digit(peek(s)))
        return scan_number(s);
    return scan_literal(s);
}

static bool
scan_text(struct scan *s, struct slice *value)
{
    if (slice_starts(s->text, "\xEF\xBB\xBF"))
        return fail(s, "begins with a byte order mark; save the text without one");
    skip_space(s);
    size_t start = s->at;
    if (!scan_value(s, 0))
        return false;
    *value = since(s, start);
    skip_space(s);
    return s->at == s->text.len || fail(s, "there is more text after the value");
}

static enum err
place(const struct scan *s, struct fault *fault)
{
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < s->at; i++) {
        column++;
        if (s->text.data[i] == '\n') {
            line++;
            column = 1;
        }
    }
    return fault_set(fault, ERR_INVALID, "line %zu column %zu: %s", line, column, s->problem);
}

enum err
json_scan(struct slice text, struct slice *value, struct fault *fault)
{
    struct scan s = {.text = text};
    return scan_text(&s, value) ? ERR_OK : place(&s, fault);
}

enum err
json_scan_key(struct slice text, size_t key, const char *problem, struct fault *fault)
{
    struct scan s = {.text = text, .watch = key, .watch_problem = problem};
    struct slice value;
    return scan_text(&s, &value) ? ERR_OK : place(&s, fault);
}
