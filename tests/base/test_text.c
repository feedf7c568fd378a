/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"

/* Every escape in one table; the right-hand sides are written by hand from the RFC named. */
static const struct {
    const char *label;
    void (*put)(struct text *t, struct slice s);
    const char *in;
    size_t len;
    const char *out;
} escapes[] = {
    {"JSON empty", text_json, "", 0, "\"\""},
    {"JSON plain", text_json, "abc /", 5, "\"abc /\""},
    {"JSON quote and backslash", text_json, "\"\\", 2, "\"\\\"\\\\\""},
    {"JSON control", text_json, "\n\t\x1F", 3, "\"\\u000a\\u0009\\u001f\""},
    {"JSON NUL", text_json, "a\0b", 3, "\"a\\u0000b\""},
    {"JSON DEL", text_json, "\x7F", 1, "\"\\u007f\""},
    {"JSON UTF-8", text_json, "\xC3\xA4\xE2\x82\xAC", 5, "\"\xC3\xA4\xE2\x82\xAC\""},
    {"HTML empty", text_html, "", 0, ""},
    {"HTML plain", text_html, "a b", 3, "a b"},
    {"HTML tag", text_html, "<b a=\"c\">", 9, "&#60;b a=&#34;c&#34;&#62;"},
    {"HTML entity", text_html, "&lt;", 4, "&#38;lt;"},
    {"HTML apostrophe", text_html, "it's", 4, "it&#39;s"},
    {"HTML UTF-8", text_html, "\xC3\xA4<", 3, "\xC3\xA4&#60;"},
    {"URL unreserved", text_percent, "AZaz09-._~", 10, "AZaz09-._~"},
    {"URL reserved", text_percent, "/?#%+& ", 7, "%2F%3F%23%25%2B%26%20"},
    {"URL bytes", text_percent, "\0\xC3\xA4\xFF", 4, "%00%C3%A4%FF"},
    {"CSV plain", text_csv, "a b;c", 5, "a b;c"},
    {"CSV empty", text_csv, "", 0, ""},
    {"CSV comma", text_csv, "a,b", 3, "\"a,b\""},
    {"CSV quote", text_csv, "a\"b", 3, "\"a\"\"b\""},
    {"CSV lines", text_csv, "a\r\nb", 4, "\"a\r\nb\""},
    {"CSV NUL is plain", text_csv, "a\0b", 3, "a"},
};

static void
escapes_by_its_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
        struct text t;
        text_init(&t, 1000);
        text_put(&t, "");
        escapes[i].put(&t, slice_make(escapes[i].in, escapes[i].len));
        if (!text_ok(&t) || strcmp(t.data, escapes[i].out) != 0)
            fail_msg("%s: %s", escapes[i].label, t.data);
        text_free(&t);
    }
}

/* RFC 4648 section 10, and section 5's two letters. */
static void
writes_base64url_and_hex(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *base64url, *hex;
    } rows[] = {
        {"", 0, "", ""},
        {"f", 1, "Zg", "66"},
        {"fo", 2, "Zm8", "666f"},
        {"foo", 3, "Zm9v", "666f6f"},
        {"foob", 4, "Zm9vYg", "666f6f62"},
        {"fooba", 5, "Zm9vYmE", "666f6f6261"},
        {"foobar", 6, "Zm9vYmFy", "666f6f626172"},
        {"\xFB\xFF\xBF", 3, "-_-_", "fbffbf"},
        {"\0\0\0\0", 4, "AAAAAA", "00000000"},
        {"\xFF\xFF\xFF\xFF\xFF", 5, "______8", "ffffffffff"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text t;
        text_init(&t, 100);
        text_base64url(&t, (const uint8_t *)rows[i].bytes, rows[i].len);
        assert_true(slice_equal(text_slice(&t), rows[i].base64url));
        text_reset(&t);
        text_hex(&t, (const uint8_t *)rows[i].bytes, rows[i].len);
        assert_true(slice_equal(text_slice(&t), rows[i].hex));
        text_free(&t);
    }
}

/* Every byte at every place of a text that is looked at eight bytes at a time. RFC 8259 section 7,
 * and DEL. */
static void
every_byte_at_every_place_is_json(void **state)
{
    (void)state;
    enum { LEN = 19 };
    for (unsigned place = 0; place < LEN * 256; place++) {
        char in[LEN];
        char expected[LEN + 16] = "\"";
        unsigned c = place % 256;
        size_t at = place / 256;
        struct text t;
        memset(in, 'a', sizeof in);
        memset(expected + 1, 'a', at);
        in[at] = (char)c;
        size_t len = 1 + at;
        if (c == '"' || c == '\\')
            expected[len++] = '\\';
        if (c < ' ' || c == 0x7F)
            len += (size_t)snprintf(expected + len, 8, "\\u%04x", c);
        if (c >= ' ' && c != 0x7F)
            expected[len++] = (char)c;
        memset(expected + len, 'a', LEN - 1 - at);
        expected[len + LEN - 1 - at] = '"';
        text_init(&t, 100);
        text_json(&t, slice_make(in, sizeof in));
        if (!text_ok(&t) || t.len != len + LEN - at || memcmp(t.data, expected, t.len) != 0)
            fail_msg("byte %u at %zu: %s", c, at, t.data);
        text_free(&t);
    }
}

/* Likewise the five characters of HTML. */
static void
every_byte_at_every_place_is_html(void **state)
{
    (void)state;
    enum { LEN = 19 };
    for (unsigned place = 0; place < LEN * 256; place++) {
        char in[LEN];
        char expected[LEN + 8];
        unsigned c = place % 256;
        size_t at = place / 256;
        struct text t;
        memset(in, 'a', sizeof in);
        memset(expected, 'a', sizeof expected);
        in[at] = (char)c;
        expected[at] = (char)c;
        size_t len = LEN;
        if (c != 0 && strchr("&<>\"'", (int)c) != NULL) {
            (void)snprintf(expected + at, 8, "&#%u;", c);
            len += strlen(expected + at) - 1;
            expected[at + strlen(expected + at)] = 'a';
        }
        text_init(&t, 100);
        text_html(&t, slice_make(in, sizeof in));
        if (!text_ok(&t) || t.len != len || memcmp(t.data, expected, len) != 0)
            fail_msg("byte %u at %zu: %s", c, at, t.data);
        text_free(&t);
    }
}

static void
writes_numbers(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        const char *text;
    } rows[] = {
        {0, "0"},
        {9, "9"},
        {10, "10"},
        {-1, "-1"},
        {-10, "-10"},
        {1000000007, "1000000007"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text t;
        text_init(&t, 100);
        text_number(&t, rows[i].number);
        assert_string_equal(t.data, rows[i].text);
        text_free(&t);
    }
}

static void
writes_names(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 19);
    text_json_name(&t, '\0', "a", slice_of(NULL));
    assert_string_equal(t.data, "\"a\":");
    text_json_name(&t, ',', "bcd", slice_of("true"));
    assert_string_equal(t.data, "\"a\":,\"bcd\":true");
    assert_int_equal(t.len, 15);
    text_json_name(&t, ',', "", slice_of("")); /* exactly full */
    assert_string_equal(t.data, "\"a\":,\"bcd\":true,\"\":");
    assert_true(text_ok(&t));
    text_json_name(&t, '\0', "", slice_of(""));
    assert_false(text_ok(&t));
    assert_int_equal(t.len, 19);
    text_free(&t);
}

static void
writes_members(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        char before;
        const char *name, *value, *expected;
    } rows[] = {
        {"the first, plain", '\0', "a", "b", "\"a\":\"b\""},
        {"another one", ',', "serial", "7K3M9Q2XBT4H", ",\"serial\":\"7K3M9Q2XBT4H\""},
        {"empty", ',', "a", "", ",\"a\":\"\""},
        {"without a name", ',', "", "b", ",\"\":\"b\""},
        {"a quote at the end", ',', "a", "1234567\"", ",\"a\":\"1234567\\\"\""},
        {"a control byte first", '\0', "a", "\n12345678", "\"a\":\"\\u000a12345678\""},
        {"beyond ASCII", '\0', "a", "\xC3\xA4", "\"a\":\"\xC3\xA4\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text t;
        size_t len = strlen(rows[i].expected);
        text_init(&t, len);
        text_json_member(&t, rows[i].before, rows[i].name, slice_of(rows[i].value));
        if (!text_ok(&t) || strcmp(t.data, rows[i].expected) != 0)
            fail_msg("%s: %s", rows[i].label, t.data);
        assert_int_equal(t.len, len);
        text_free(&t);
        text_init(&t, len - 1); /* one byte less: it does not fit */
        text_json_member(&t, rows[i].before, rows[i].name, slice_of(rows[i].value));
        assert_false(text_ok(&t));
        text_free(&t);
    }
}

static void
writes_fields(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 19);
    text_field(&t, "Vary", "Accept");
    assert_string_equal(t.data, "Vary: Accept\r\n");
    text_field(&t, "A", ""); /* exactly full */
    assert_string_equal(t.data, "Vary: Accept\r\nA: \r\n");
    assert_int_equal(t.len, 19);
    assert_true(text_ok(&t));
    text_field(&t, "", "");
    assert_false(text_ok(&t));
    assert_int_equal(t.len, 19);
    text_free(&t);
}

static void
fits(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 300);
    text_fit(&t);
    assert_null(t.data);
    text_put(&t, "kept");
    text_fit(&t);
    assert_int_equal(t.capacity, 5);
    assert_string_equal(t.data, "kept");
    text_fit(&t);
    assert_int_equal(t.capacity, 5);
    for (size_t i = 0; i < 32; i++)
        text_put(&t, " and more");
    assert_true(text_ok(&t));
    assert_int_equal(t.len, 4 + 32 * 9);
    text_reset(&t);
    text_fit(&t);
    assert_string_equal(t.data, "");
    text_free(&t);
}

static void
grows_to_its_maximum_and_no_further(void **state)
{
    (void)state;
    for (size_t max = 0; max < 1030; max++) {
        struct text t;
        text_init(&t, max);
        for (size_t i = 0; i < max; i++)
            text_char(&t, (char)('a' + i % 26));
        assert_true(text_ok(&t));
        assert_int_equal(t.len, max);
        text_char(&t, '!');
        assert_false(text_ok(&t));
        assert_int_equal(t.len, max);
        for (size_t i = 0; i < max; i++)
            assert_int_equal(t.data[i], 'a' + (char)(i % 26));
        text_free(&t);
    }
}

static void
failure_is_sticky(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 4);
    text_put(&t, "12345");
    assert_false(text_ok(&t));
    text_put(&t, "1");
    text_printf(&t, "%d", 1);
    assert_false(text_ok(&t));
    assert_int_equal(t.len, 0);
    text_reset(&t);
    assert_true(text_ok(&t));
    text_put(&t, "1234");
    assert_true(text_ok(&t));
    assert_string_equal(t.data, "1234");
    text_free(&t);
    assert_null(t.data);
    assert_int_equal(t.max, 4);
    assert_true(text_ok(&t));
}

static void
prints_what_fits(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 10);
    text_printf(&t, "%s-%04d", "ab", 7);
    assert_string_equal(t.data, "ab-0007");
    text_printf(&t, "%s", "xyz");
    assert_string_equal(t.data, "ab-0007xyz");
    assert_true(text_ok(&t));
    text_printf(&t, "%c", '!');
    assert_false(text_ok(&t));
    text_free(&t);
    text_init(&t, 5000);
    text_printf(&t, "%4000d", 1);
    assert_true(text_ok(&t));
    assert_int_equal(t.len, 4000);
    assert_int_equal(t.data[3999], '1');
    text_free(&t);
}

static void
nothing_appended_is_an_empty_slice(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 10);
    assert_int_equal(text_slice(&t).len, 0);
    text_slice_put(&t, slice_make(NULL, 0));
    assert_true(text_ok(&t));
    assert_string_equal(t.data, "");
    text_free(&t);
    text_reset(&t);
    assert_true(text_ok(&t));
    text_free(&t);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_by_its_rule),
        cmocka_unit_test(writes_base64url_and_hex),
        cmocka_unit_test(every_byte_at_every_place_is_json),
        cmocka_unit_test(every_byte_at_every_place_is_html),
        cmocka_unit_test(writes_numbers),
        cmocka_unit_test(writes_names),
        cmocka_unit_test(writes_members),
        cmocka_unit_test(writes_fields),
        cmocka_unit_test(fits),
        cmocka_unit_test(grows_to_its_maximum_and_no_further),
        cmocka_unit_test(failure_is_sticky),
        cmocka_unit_test(prints_what_fits),
        cmocka_unit_test(nothing_appended_is_an_empty_slice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
