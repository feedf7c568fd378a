/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8259 with the limits of json.h. What is refused says where: line and column by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/json/json.h"

#define TEXT(s)                                                                                    \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    } /* also with a NUL inside */

static const struct {
    const char *label;
    struct slice text;
} accepted[] = {
    {"empty object", TEXT("{}")},
    {"empty array", TEXT("[]")},
    {"empty string", TEXT("\"\"")},
    {"string alone", TEXT("\"a\"")},
    {"number alone", TEXT("0")},
    {"literal alone", TEXT("null")},
    {"true", TEXT("true")},
    {"false", TEXT("false")},
    {"all white space", TEXT(" \t\r\n[ \t\r\n1 \t\r\n, \t\r\n2 \t\r\n] \t\r\n")},
    {"members", TEXT("{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"e\"}}")},
    {"empty key", TEXT("{\"\":1}")},
    {"keys that differ in case", TEXT("{\"a\":1,\"A\":2}")},
    {"same key in two objects", TEXT("[{\"a\":1},{\"a\":1}]")},
    {"same key inside and outside", TEXT("{\"a\":{\"a\":1}}")},
    {"minus zero", TEXT("-0")},
    {"minus one", TEXT("-1")},
    {"largest number", TEXT("9007199254740991")},
    {"smallest number", TEXT("-9007199254740991")},
    {"every short escape", TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"")},
    {"escaped control character", TEXT("\"\\u001f\"")},
    {"escape in lower and upper case", TEXT("\"\\u00e9\\u00E9\"")},
    {"surrogate pair", TEXT("\"\\uD83D\\uDE00\"")},
    {"last code point as a pair", TEXT("\"\\uDBFF\\uDFFF\"")},
    {"escape below the surrogates", TEXT("\"\\uD7FF\\uE000\"")},
    {"two, three and four bytes", TEXT("\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"")},
    {"DEL", TEXT("\"\x7F\"")},
    {"depth 8", TEXT("[[[[[[[[]]]]]]]]")},
    {"depth 8 of both kinds", TEXT("[{\"a\":[{\"a\":[{\"a\":[{\"a\":1}]}]}]}]")},
};

static const struct {
    const char *label;
    struct slice text;
    unsigned line, column;
} refused[] = {
    {"nothing", TEXT(""), 1, 1},
    {"white space only", TEXT(" \n "), 2, 2},
    {"byte order mark", TEXT("\xEF\xBB\xBF{}"), 1, 1},
    {"UTF-16", TEXT("[\0]\0"), 1, 2},
    {"text after the value", TEXT("{} x"), 1, 4},
    {"second value", TEXT("{}{}"), 1, 3},
    {"second value on its line", TEXT("1\n2"), 2, 1},
    {"NUL after the value", TEXT("1\0"), 1, 2},
    {"comment", TEXT("[1/*one*/]"), 1, 3},
    {"form feed as space", TEXT("[\f1]"), 1, 2},
    {"no-break space", TEXT("[\xC2\xA0]"), 1, 2},
    {"open object", TEXT("{"), 1, 2},
    {"open array", TEXT("["), 1, 2},
    {"open array after comma", TEXT("[1,"), 1, 4},
    {"open object after colon", TEXT("{\"a\":"), 1, 6},
    {"closed by the other kind", TEXT("[1}"), 1, 3},
    {"extra close", TEXT("[1]]"), 1, 4},
    {"trailing comma in array", TEXT("[1,]"), 1, 4},
    {"trailing comma in object", TEXT("{\"a\":1,}"), 1, 8},
    {"leading comma", TEXT("[,1]"), 1, 2},
    {"no comma", TEXT("[1 2]"), 1, 4},
    {"no colon", TEXT("{\"a\" 1}"), 1, 6},
    {"two colons", TEXT("{\"a\"::1}"), 1, 6},
    {"bare key", TEXT("{a:1}"), 1, 2},
    {"number as key", TEXT("{1:1}"), 1, 2},
    {"key without value", TEXT("{\"a\"}"), 1, 5},
    {"single quotes", TEXT("['a']"), 1, 2},
    {"capital literal", TEXT("[True]"), 1, 2},
    {"cut literal", TEXT("[nul]"), 1, 2},
    {"literal that goes on", TEXT("[nulls]"), 1, 6},
    {"NaN", TEXT("[NaN]"), 1, 2},
    {"plus sign", TEXT("[+1]"), 1, 2},
    {"minus alone", TEXT("[-]"), 1, 2},
    {"minus minus", TEXT("[--1]"), 1, 2},
    {"leading zero", TEXT("[01]"), 1, 2},
    {"minus leading zero", TEXT("[-01]"), 1, 2},
    {"two zeros", TEXT("[00]"), 1, 2},
    {"hexadecimal", TEXT("[0x1]"), 1, 3},
    {"fraction", TEXT("[1.5]"), 1, 2},
    {"fraction of zero", TEXT("[1.0]"), 1, 2},
    {"point without digits", TEXT("[1.]"), 1, 2},
    {"point first", TEXT("[.5]"), 1, 2},
    {"exponent", TEXT("[1e2]"), 1, 2},
    {"exponent that would overflow", TEXT("[1E400]"), 1, 2},
    {"2^53", TEXT("[9007199254740992]"), 1, 2},
    {"2^53 + 1, which a double rounds", TEXT("[9007199254740993]"), 1, 2},
    {"minus 2^53", TEXT("[-9007199254740992]"), 1, 2},
    {"2^64", TEXT("[18446744073709551616]"), 1, 2},
    {"thirty digits", TEXT("[100000000000000000000000000000]"), 1, 2},
    {"full-width digit", TEXT("[\xEF\xBC\x91]"), 1, 2},
    {"open string", TEXT("[\"a"), 1, 4},
    {"open string after backslash", TEXT("[\"a\\"), 1, 5},
    {"string ended by an escape", TEXT("[\"a\\\"]"), 1, 7},
    {"raw newline", TEXT("[\"a\nb\"]"), 1, 4},
    {"raw tab", TEXT("[\"a\tb\"]"), 1, 4},
    {"raw NUL", TEXT("[\"a\0b\"]"), 1, 4},
    {"raw escape character", TEXT("[\"\x1B\"]"), 1, 3},
    {"escaped NUL", TEXT("[\"a\\u0000b\"]"), 1, 10},
    {"unknown escape", TEXT("[\"\\x41\"]"), 1, 4},
    {"escape in upper case", TEXT("[\"\\N\"]"), 1, 4},
    {"octal escape", TEXT("[\"\\0\"]"), 1, 4},
    {"short unicode escape", TEXT("[\"\\u12\"]"), 1, 5},
    {"unicode escape at the end", TEXT("[\"\\u12"), 1, 5},
    {"unicode escape with a sign", TEXT("[\"\\u+123\"]"), 1, 5},
    {"unicode escape in braces", TEXT("[\"\\u{41}\"]"), 1, 5},
    {"lone high surrogate", TEXT("[\"\\uD800\"]"), 1, 9},
    {"lone low surrogate", TEXT("[\"\\uDC00\"]"), 1, 9},
    {"two high surrogates", TEXT("[\"\\uD800\\uD800\"]"), 1, 15},
    {"pair in the wrong order", TEXT("[\"\\uDC00\\uD800\"]"), 1, 9},
    {"high surrogate, other escape", TEXT("[\"\\uD800\\n\"]"), 1, 10},
    {"high surrogate, letter", TEXT("[\"\\uD800a\"]"), 1, 9},
    {"overlong slash", TEXT("[\"\xC0\xAF\"]"), 1, 2},
    {"overlong NUL", TEXT("[\"\xC0\x80\"]"), 1, 2},
    {"surrogate as UTF-8", TEXT("[\"\xED\xA0\x80\"]"), 1, 2},
    {"above the last code point", TEXT("[\"\xF4\x90\x80\x80\"]"), 1, 2},
    {"lone continuation byte", TEXT("[\"\x80\"]"), 1, 2},
    {"cut sequence", TEXT("[\"\xE2\x82\"]"), 1, 2},
    {"ISO 8859-1", TEXT("[\"\xE9\"]"), 1, 2},
    {"byte FF", TEXT("[\"\xFF\"]"), 1, 2},
    {"bad UTF-8 in a key", TEXT("{\"\xFF\":1}"), 1, 2},
    {"bad UTF-8 outside", TEXT("[\xFF]"), 1, 2},
    {"depth 9", TEXT("[[[[[[[[[]]]]]]]]]"), 1, 10},
    {"depth 9 of objects", TEXT("[[[[[[[[{}]]]]]]]]"), 1, 10},
    {"repeated key", TEXT("{\"a\":1,\"a\":2}"), 1, 8},
    {"repeated key, same value", TEXT("{\"a\":1,\n \"b\":2,\n \"a\":1}"), 3, 2},
    {"repeated key under another spelling", TEXT("{\"a\":1,\"\\u0061\":2}"), 1, 8},
    {"repeated pair under another spelling", TEXT("{\"\\uD83D\\uDE00\":1,\"\xF0\x9F\x98\x80\":2}"),
     1, 19},
    {"repeated key deep inside", TEXT("{\"x\":[{},\n{\"b\":1},{\"b\":1,\n\"b\":1}]}"), 3, 1},
    {"first of two repeats", TEXT("{\"a\":{\"b\":1,\"b\":2},\"a\":1}"), 1, 13},
    {"repeated empty key", TEXT("{\"\":1,\"\":1}"), 1, 7},
    {"line two", TEXT("{\r\n\"a\":x}"), 2, 5},
};

static enum err
parse(struct slice text, struct fault *fault)
{
    struct json_doc *doc = NULL;
    enum err err = json_parse(text, 4096, &doc, fault);
    assert_true((err == ERR_OK) == (doc != NULL));
    json_free(doc);
    return err;
}

static void
accepts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        struct fault fault = {0};
        if (parse(accepted[i].text, &fault) != ERR_OK)
            fail_msg("%s: refused: %s", accepted[i].label, fault.text);
    }
}

static void
refuses_with_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct fault fault = {0};
        char place[64];
        (void)snprintf(place, sizeof place, "line %u column %u: ", refused[i].line,
                       refused[i].column);
        enum err err = parse(refused[i].text, &fault);
        if (err != ERR_INVALID || strncmp(fault.text, place, strlen(place)) != 0)
            fail_msg("%s: %d \"%s\", expected %s", refused[i].label, (int)err, fault.text, place);
    }
}

/* Every beginning of a valid object is refused: nothing reads past the end. */
static void
refuses_every_truncation(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[1,-2,\"\\uD83D\\uDE00\xC3\xA9\",true],\"b\":{\"c\":null}}";
    for (size_t len = 0; len < sizeof text - 1; len++)
        assert_int_equal(parse(slice_make(text, len), NULL), ERR_INVALID);
    assert_int_equal(parse(slice_make(text, sizeof text - 1), NULL), ERR_OK);
}

static void
members(struct text *out, int count)
{
    text_init(out, 4096);
    for (int i = 0; i < count; i++)
        text_printf(out, "%s\"m%d\":%d", i == 0 ? "{" : ",", i, i);
    text_char(out, '}');
    assert_true(text_ok(out));
}

static void
limits_members(void **state)
{
    (void)state;
    struct text text;
    members(&text, JSON_MEMBERS_MAX);
    assert_int_equal(parse(text_slice(&text), NULL), ERR_OK);
    text_free(&text);
    members(&text, JSON_MEMBERS_MAX + 1);
    assert_int_equal(parse(text_slice(&text), NULL), ERR_INVALID);
    text_free(&text);
}

static void
limits_size(void **state)
{
    (void)state;
    struct json_doc *doc = NULL;
    assert_int_equal(json_parse(slice_of("[1]"), 3, &doc, NULL), ERR_OK);
    json_free(doc);
    assert_int_equal(json_parse(slice_of("[1] "), 3, &doc, NULL), ERR_TOO_LARGE);
    assert_null(doc);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts),
        cmocka_unit_test(refuses_with_place),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(limits_members),
        cmocka_unit_test(limits_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
