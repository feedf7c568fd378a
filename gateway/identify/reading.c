/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/identify/parts.h"
#include "gateway/identify/repair.h"

enum { AI_DIGITS_MIN = 2, AI_DIGITS_MAX = 4, AIM_PREFIX = 3, GTIN_ELEMENT = 2 + GTIN_DIGITS };

static const struct reading_error_info errors[READ_ERROR_COUNT] = {
    [READ_OK] = {"ok", "it could be read"},
    [READ_EMPTY] = {"empty", "there is no text"},
    [READ_TOO_LONG] = {"too_long",
                       "the text is longer than any code, which has 1024 bytes at most"},
    [READ_BAD_CHARACTER] = {"bad_character", "a character that no code contains, such as a space, "
                                             "an accented letter or a control character"},
    [READ_NOT_A_CODE] = {"not_a_code",
                         "neither a label's link nor an element string nor a serial number"},
    [READ_BAD_SCHEME] = {"bad_scheme", "the link does not start with https:// or http://"},
    [READ_BAD_HOST] = {"bad_host",
                       "the link's host is not a plain host name with an optional port"},
    [READ_BAD_PATH] = {"bad_path", "the link's path is not exactly /01/ product, optional /22/ "
                                   "variant and /10/ lot, /21/ serial, in this order"},
    [READ_BAD_GTIN_LENGTH] = {"bad_gtin_length", "the product number (GTIN) is not 14 digits"},
    [READ_BAD_CHECK_DIGIT] = {"bad_check_digit",
                              "the check digit of the product number (GTIN) is wrong"},
    [READ_BAD_VALUE] = {"bad_value", "a serial, lot, variant or date has a length or a character "
                                     "that GS1 does not allow"},
    [READ_BAD_PERCENT] = {"bad_percent", "a percent sign is not followed by two hex digits of a "
                                         "printable character"},
    [READ_BAD_QUERY] = {"bad_query", "a parameter behind the question mark is malformed, repeated, "
                                     "or not allowed there"},
    [READ_BAD_FRAGMENT] = {"bad_fragment", "the link has a # part"},
    [READ_REPEATED_SIGNATURE] = {"repeated_signature", "the link carries more than one signature"},
    [READ_BAD_SIGNATURE] = {"bad_signature", "the signature (S) is not 112 characters of A-Z and "
                                             "2-7 of a known version"},
    [READ_NO_GTIN] = {"no_gtin", "there is no product number (GTIN, 01)"},
    [READ_NO_SERIAL] = {"no_serial", "there is no serial number (21): this names a product, not "
                                     "one unit of it"},
    [READ_BAD_AI] = {"bad_ai", "an application identifier that is not read here, or one given "
                               "twice"},
};

static const char *const kinds[READING_KIND_COUNT] = {
    [READING_NONE] = "none",
    [READING_DIGITAL_LINK] = "digital_link",
    [READING_ELEMENT_STRING] = "element_string",
    [READING_SERIAL] = "serial",
};

static const char *const repairs[REPAIR_COUNT] = {
    [REPAIR_NONE] = "none",     [REPAIR_CASE] = "case",     [REPAIR_CAPS_LOCK] = "caps_lock",
    [REPAIR_QWERTZ] = "qwertz", [REPAIR_AZERTY] = "azerty", [REPAIR_SEPARATOR] = "separator",
};

const struct reading_error_info *
reading_error_info(enum reading_error error)
{
    return &errors[(unsigned)error < READ_ERROR_COUNT ? error : READ_NOT_A_CODE];
}

const char *
reading_kind_name(enum reading_kind kind)
{
    return kinds[(unsigned)kind < READING_KIND_COUNT ? kind : READING_NONE];
}

const char *
repair_name(enum repair repair)
{
    return repairs[(unsigned)repair < REPAIR_COUNT ? repair : REPAIR_NONE];
}

static bool
is_link(struct slice text)
{
    bool has_scheme = slice_find(text, ':') < text.len;
    struct slice scheme = slice_take_until(&text, ':');
    return has_scheme && (slice_starts(text, "//") || slice_equal_nocase(scheme, "https") ||
                          slice_equal_nocase(scheme, "http"));
}

/* "(01)": what starts like an element string is not taken for a serial. */
static bool
is_bracketed(struct slice text)
{
    if (!slice_take(&text, "(") || slice_find(text, ')') == text.len)
        return false;
    struct slice ai = slice_take_until(&text, ')');
    for (size_t i = 0; i < ai.len; i++)
        if (ai.data[i] < '0' || ai.data[i] > '9')
            return false;
    return ai.len >= AI_DIGITS_MIN && ai.len <= AI_DIGITS_MAX;
}

static bool
starts_with_gtin(struct slice text)
{
    return text.len >= GTIN_ELEMENT && slice_starts(text, "01") &&
           gtin_valid(slice_make(&text.data[2], GTIN_DIGITS));
}

/* Without brackets, prefix or separator only "01", a GTIN with its check digit and a next AI make
 * an element string: with less, a serial of digits could be taken for one. What is too long for a
 * serial can be nothing else. */
static bool
is_bare_element_string(struct slice text)
{
    if (text.len > GS1_VALUE_MAX)
        return slice_starts(text, "01");
    return starts_with_gtin(text) && text.len >= GTIN_ELEMENT + 2 &&
           element_ai_known(slice_make(&text.data[GTIN_ELEMENT], 2));
}

static bool
is_element_string(struct slice text)
{
    return slice_find(text, '\x1D') < text.len || is_bracketed(text) ||
           is_bare_element_string(text);
}

/* A GTIN-14 alone, with or without its 01, is a product and not a serial that looks like one. The
 * shorter GTINs are not refused: one in ten serials of that many digits has their check digit. */
static enum reading_error
read_serial(struct reading *out, struct slice text)
{
    size_t bad = first_unprintable(text, '!');
    *out = (struct reading){.error = READ_OK};
    if (bad < text.len)
        return reading_fail(out, READ_BAD_CHARACTER, bad);
    if (text.len > GS1_VALUE_MAX)
        return reading_fail(out, READ_NOT_A_CODE, 0);
    if (gtin_valid(text) || (text.len == GTIN_ELEMENT && starts_with_gtin(text)))
        return reading_fail(out, READ_NO_SERIAL, text.len);
    if (part_store(&out->id, PART_SERIAL, text) != READ_OK)
        return reading_fail(out, READ_BAD_VALUE, 0);
    return reading_finish(out, READING_SERIAL);
}

/* ]Q3 and its like say "element string"; ]Q1 and ]d1 say "plain text", which is how a scanner that
 * sends prefixes sends our labels. */
static enum reading_error
read_prefixed(struct reading *out, struct slice text)
{
    struct slice link = text;
    if (!slice_take(&link, "]Q1") && !slice_take(&link, "]d1"))
        return element_string_read(out, text);
    enum reading_error error = digital_link_read(out, link);
    return error == READ_OK ? READ_OK : reading_fail(out, error, out->error_at + AIM_PREFIX);
}

enum reading_error
reading_once(struct reading *out, struct slice text)
{
    if (text.len == 0)
        return reading_fail(out, READ_EMPTY, 0);
    if (text.len > SCAN_TEXT_MAX)
        return reading_fail(out, READ_TOO_LONG, SCAN_TEXT_MAX);
    if (slice_starts(text, "]"))
        return read_prefixed(out, text);
    if (is_link(text))
        return digital_link_read(out, text);
    if (is_element_string(text))
        return element_string_read(out, text);
    return read_serial(out, text);
}

static bool
take_blank(struct slice *s)
{
    return slice_take(s, " ") || slice_take(s, "\t") || slice_take(s, "\r") || slice_take(s, "\n");
}

static struct slice
trim_end(struct slice s)
{
    for (; s.len > 0; s.len--) {
        struct slice last = slice_make(&s.data[s.len - 1], 1);
        if (!take_blank(&last))
            break;
    }
    return s;
}

/* A link has to carry its signature; element strings and serials carry none, and there is nothing
 * that a mended one could be held against. */
static bool
is_settled(const struct reading *reading, reading_confirm *confirm, void *context)
{
    if (reading->error != READ_OK)
        return false;
    if (reading->kind != READING_DIGITAL_LINK)
        return true;
    return reading->has_token && confirm(reading, context);
}

enum reading_error
reading_identify(struct reading *out, struct slice text, reading_confirm *confirm, void *context)
{
    struct slice code = text;
    while (take_blank(&code))
        ;
    size_t before = text.len - code.len;
    code = trim_end(code);
    enum reading_error error = reading_once(out, code);
    if (error != READ_OK)
        out->error_at += before;
    if (error == READ_EMPTY || error == READ_TOO_LONG || confirm == NULL)
        return error;
    if (!is_settled(out, confirm, context) && !repair_link(out, code, confirm, context) &&
        !repair_separators(out, code, confirm, context))
        return error;
    return READ_OK;
}
