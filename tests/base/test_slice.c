/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/slice.h"

static void
assert_slice(struct slice s, const char *expected)
{
    if (!slice_equal(s, expected))
        fail_msg("\"%.*s\", not \"%s\"", (int)s.len, s.len > 0 ? s.data : "", expected);
}

static void
compares(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool equal, nocase, starts;
    } rows[] = {
        {"", "", true, true, true},           {"a", "", false, false, true},
        {"", "a", false, false, false},       {"abc", "abc", true, true, true},
        {"abc", "ABC", false, true, false},   {"abcd", "abc", false, false, true},
        {"abc", "abcd", false, false, false}, {"a[z", "a{z", false, false, false},
        {"@", "`", false, false, false},      {"\xC3\xA4", "\xC3\x84", false, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct slice a = slice_of(rows[i].a);
        assert_true(slice_equal(a, rows[i].b) == rows[i].equal);
        assert_true(slice_equal_nocase(a, rows[i].b) == rows[i].nocase);
        assert_true(slice_starts(a, rows[i].b) == rows[i].starts);
    }
    assert_int_equal(slice_of(NULL).len, 0);
    assert_true(slice_equal(slice_of(NULL), ""));
    assert_false(slice_equal(slice_make("a\0", 2), "a"));
}

static void
takes(void **state)
{
    (void)state;
    struct slice s = slice_of("a/b//c");
    assert_int_equal(slice_find(s, '/'), 1);
    assert_int_equal(slice_find(s, '?'), s.len);
    assert_slice(slice_take_until(&s, '/'), "a");
    assert_slice(slice_take_until(&s, '/'), "b");
    assert_slice(slice_take_until(&s, '/'), "");
    assert_slice(s, "c");
    assert_slice(slice_take_until(&s, '/'), "c");
    assert_slice(s, "");
    assert_slice(slice_take_until(&s, '/'), "");
    s = slice_of("http://x");
    assert_false(slice_take(&s, "https"));
    assert_slice(s, "http://x");
    assert_true(slice_take(&s, "http"));
    assert_slice(s, "://x");
    assert_false(slice_take(&s, "://xy"));
    struct slice none = slice_make(NULL, 0);
    assert_int_equal(slice_find(none, 'a'), 0);
    assert_slice(slice_take_until(&none, 'a'), "");
    assert_true(slice_take(&none, ""));
}

static void
trims(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},     {" ", ""},          {"\t \t", ""},      {"a", "a"},
        {" a ", "a"}, {"\ta b\t", "a b"}, {"\na\n", "\na\n"}, {"a ", "a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_slice(slice_trim(slice_of(rows[i][0])), rows[i][1]);
}

static void
copies_what_fits(void **state)
{
    (void)state;
    char out[5];
    memset(out, '#', sizeof out);
    assert_true(slice_copy(out, sizeof out, slice_of("1234")));
    assert_string_equal(out, "1234");
    assert_true(slice_copy(out, sizeof out, slice_of("")));
    assert_string_equal(out, "");
    assert_true(slice_copy(out, 1, slice_make(NULL, 0)));
    assert_false(slice_copy(out, sizeof out, slice_of("12345")));
    assert_false(slice_copy(out, sizeof out, slice_make("1\0002", 3)));
    assert_false(slice_copy(out, sizeof out, slice_make("12\0", 3)));
    assert_false(slice_copy(out, 0, slice_of("")));
}

static const struct {
    const char *label, *text;
    uint64_t min, max;
    bool accepted;
    uint64_t value;
} numbers[] = {
    {"zero", "0", 0, 10, true, 0},
    {"the maximum", "10", 0, 10, true, 10},
    {"over the maximum", "11", 0, 10, false, 0},
    {"below the minimum", "4", 5, 10, false, 0},
    {"the minimum", "5", 5, 10, true, 5},
    {"a digit over a small maximum", "9", 0, 5, false, 0},
    {"more digits than the maximum", "50", 0, 5, false, 0},
    {"largest of 64 bits", "18446744073709551615", 0, UINT64_MAX, true, UINT64_MAX},
    {"one more", "18446744073709551616", 0, UINT64_MAX, false, 0},
    {"ten times that", "184467440737095516150", 0, UINT64_MAX, false, 0},
    {"32 bits", "4294967296", 0, UINT64_MAX, true, UINT64_C(4294967296)},
    {"empty", "", 0, 10, false, 0},
    {"leading zero", "01", 0, 10, false, 0},
    {"two zeros", "00", 0, 10, false, 0},
    {"plus", "+1", 0, 10, false, 0},
    {"minus", "-1", 0, 10, false, 0},
    {"space before", " 1", 0, 10, false, 0},
    {"space after", "1 ", 0, 10, false, 0},
    {"hex", "0x1", 0, 10, false, 0},
    {"fraction", "1.0", 0, 10, false, 0},
    {"exponent", "1e1", 0, 10, false, 0},
    {"letter", "1a", 0, 100, false, 0},
};

static void
reads_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        uint64_t value = 0;
        bool accepted =
            slice_number(&value, slice_of(numbers[i].text), numbers[i].min, numbers[i].max);
        if (accepted != numbers[i].accepted || (accepted && value != numbers[i].value))
            fail_msg("%s", numbers[i].label);
    }
    uint64_t value = 0;
    assert_false(slice_number(&value, slice_make("1\0", 2), 0, 10));
}

/* Each small number against each small maximum, as printf writes the numbers. */
static void
reads_every_boundary(void **state)
{
    (void)state;
    for (uint64_t max = 0; max < 130; max++) {
        for (uint64_t n = 0; n < 1400; n++) {
            char text[24];
            uint64_t value = 0;
            (void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
            assert_true(slice_number(&value, slice_of(text), 0, max) == (n <= max));
        }
    }
}

static void
reads_hex(void **state)
{
    (void)state;
    static const struct {
        const char *label, *text;
        bool accepted;
    } rows[] = {
        {"lower case", "00ff7a", true},
        {"upper case", "00FF7A", true},
        {"mixed", "00fF7A", true},
        {"short", "00ff7", false},
        {"shorter", "00ff", false},
        {"long", "00ff7a0", false},
        {"longer", "00ff7a00", false},
        {"letter g", "00fg7a", false},
        {"space", "00ff 7a", false},
        {"prefix", "0x00ff", false},
        {"empty", "", false},
        {"colon", "00:ff:", false},
        {"slash, at sign", "0/f@7`", false},
    };
    static const uint8_t expected[] = {0x00, 0xFF, 0x7A};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t out[3];
        bool accepted = slice_hex(out, sizeof out, slice_of(rows[i].text));
        if (accepted != rows[i].accepted)
            fail_msg("%s", rows[i].label);
        if (accepted)
            assert_memory_equal(out, expected, sizeof out);
    }
}

/* RFC 3629 and the Unicode standard, table 3-7. */
static const struct {
    const char *label, *text;
    bool accepted;
} utf8[] = {
    {"empty", "", true},
    {"ASCII", "abc~\x7F\x01", true},
    {"U+0080, first of two", "\xC2\x80", true},
    {"U+07FF, last of two", "\xDF\xBF", true},
    {"U+0800, first of three", "\xE0\xA0\x80", true},
    {"U+D7FF, before the surrogates", "\xED\x9F\xBF", true},
    {"U+E000, after the surrogates", "\xEE\x80\x80", true},
    {"U+FFFF, last of three", "\xEF\xBF\xBF", true},
    {"U+10000, first of four", "\xF0\x90\x80\x80", true},
    {"U+10FFFF, the last", "\xF4\x8F\xBF\xBF", true},
    {"mixed",
     "a\xC3\xA4"
     "b\xE2\x82\xAC"
     "c\xF0\x9F\x94\x91",
     true},
    {"a tail alone", "\x80", false},
    {"a tail after ASCII", "a\xBF", false},
    {"NUL in two bytes", "\xC0\x80", false},
    {"slash in two bytes", "\xC0\xAF", false},
    {"U+007F in two bytes", "\xC1\xBF", false},
    {"U+07FF in three bytes", "\xE0\x9F\xBF", false},
    {"U+FFFF in four bytes", "\xF0\x8F\xBF\xBF", false},
    {"first surrogate", "\xED\xA0\x80", false},
    {"last surrogate", "\xED\xBF\xBF", false},
    {"U+110000", "\xF4\x90\x80\x80", false},
    {"first byte F5", "\xF5\x80\x80\x80", false},
    {"first byte F8", "\xF8\x88\x80\x80\x80", false},
    {"first byte FE", "\xFE", false},
    {"first byte FF", "\xFF", false},
    {"two bytes cut", "\xC3", false},
    {"three bytes cut to one", "\xE2", false},
    {"three bytes cut to two", "\xE2\x82", false},
    {"four bytes cut to three", "\xF0\x9F\x94", false},
    {"ASCII for a tail",
     "\xC3"
     "a",
     false},
    {"ASCII for the third",
     "\xE2\x82"
     "a",
     false},
    {"ASCII for the fourth",
     "\xF0\x9F\x94"
     "a",
     false},
    {"two heads", "\xC3\xC3\xA4", false},
};

static void
knows_utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof utf8 / sizeof utf8[0]; i++)
        if (slice_utf8(slice_of(utf8[i].text)) != utf8[i].accepted)
            fail_msg("%s", utf8[i].label);
    assert_false(slice_utf8(slice_make("a\0b", 3)));
}

/* How many of all two- and three-byte strings are
 * well-formed: 127 * 127 pairs of ASCII and 1,920 of U+0080 to U+07FF; three bytes are three of
 * one, one and two either way round, or one of U+0800 to U+FFFF without 2,048 surrogates. */
static void
counts_utf8(void **state)
{
    (void)state;
    int two = 0;
    int three = 0;
    for (uint32_t n = 0; n < UINT32_C(1) << 24; n++) {
        char b[3] = {(char)(n >> 16 & 0xFF), (char)(n >> 8 & 0xFF), (char)(n & 0xFF)};
        three += slice_utf8(slice_make(b, 3)) ? 1 : 0;
        two += n >> 16 == 0 && slice_utf8(slice_make(b + 1, 2)) ? 1 : 0;
    }
    assert_int_equal(two, 127 * 127 + 1920);
    assert_int_equal(three, 127 * 127 * 127 + 2 * 127 * 1920 + (65536 - 2048 - 2048));
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares),      cmocka_unit_test(takes),
        cmocka_unit_test(trims),         cmocka_unit_test(copies_what_fits),
        cmocka_unit_test(reads_numbers), cmocka_unit_test(reads_every_boundary),
        cmocka_unit_test(reads_hex),     cmocka_unit_test(knows_utf8),
        cmocka_unit_test(counts_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
