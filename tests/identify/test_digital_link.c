/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/identify/labels.h"

#define HOST "https://ID.EXAMPLE.COM"
#define UNIT HOST "/01/" GTIN "/21/7K3M"
#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
    const char *label;
    const char *url;
    const char *variant, *lot, *serial;
    bool has_token;
} accepted[] = {
    {"a label", HOST "/01/" GTIN "/21/7K3M9Q2XBT4H?S=" TOKEN, "", "", "7K3M9Q2XBT4H", true},
    {"with lot", HOST "/01/" GTIN "/10/L24A0917/21/7K3M?S=" TOKEN, "", "L24A0917", "7K3M", true},
    {"with variant", HOST "/01/" GTIN "/22/2A/21/7K3M", "2A", "", "7K3M", false},
    {"all parts", HOST "/01/" GTIN "/22/2A/10/L1/21/7K3M", "2A", "L1", "7K3M", false},
    {"no signature", UNIT, "", "", "7K3M", false},
    {"capital scheme", "HTTPS://ID.EXAMPLE.COM/01/" GTIN "/21/1", "", "", "1", false},
    {"http", "http://localhost:8080/01/" GTIN "/21/1", "", "", "1", false},
    {"capital http", "HTTP://h/01/" GTIN "/21/1", "", "", "1", false},
    {"highest port", "https://h:65535/01/" GTIN "/21/1", "", "", "1", false},
    {"IPv4", "https://192.0.2.1/01/" GTIN "/21/1", "", "", "1", false},
    {"punycode", "https://xn--fsq.xn--0zwm56d/01/" GTIN "/21/1", "", "", "1", false},
    {"longest host label", "https://" A63 ".com/01/" GTIN "/21/1", "", "", "1", false},
    {"one escape", HOST "/01/" GTIN "/21/%37K3M", "", "", "7K3M", false},
    {"escaped GTIN", HOST "/01/%30%39506000134352/21/7K3M", "", "", "7K3M", false},
    {"escaped slash", HOST "/01/" GTIN "/21/A%2FB", "", "", "A/B", false},
    {"escaped slash, small hex", HOST "/01/" GTIN "/21/A%2fB", "", "", "A/B", false},
    {"a whole path escaped", HOST "/01/" GTIN "/21/A%2F21%2FB", "", "", "A/21/B", false},
    {"escaped percent, decoded once", HOST "/01/" GTIN "/21/%2541", "", "", "%41", false},
    {"plus is plus", HOST "/01/" GTIN "/21/7+3", "", "", "7+3", false},
    {"escaped plus is the same", HOST "/01/" GTIN "/21/7%2B3", "", "", "7+3", false},
    {"sub-delimiters", HOST "/01/" GTIN "/21/!&'()*+,;=:", "", "", "!&'()*+,;=:", false},
    {"escaped ? and quotes", HOST "/01/" GTIN "/21/%3F%22%3C%3E%25", "", "", "?\"<>%", false},
    {"leading zeros", HOST "/01/" GTIN "/21/00001", "", "", "00001", false},
    {"one character", HOST "/01/" GTIN "/21/0", "", "", "0", false},
    {"twenty", HOST "/01/" GTIN "/21/ABCDEFGHIJKLMNOPQRST", "", "", "ABCDEFGHIJKLMNOPQRST", false},
    {"twenty, all escaped",
     HOST "/01/" GTIN "/21/%41%42%43%44%45%46%47%48%49%4A%4B%4C%4D%4E%4F%50%51%52%53%54", "", "",
     "ABCDEFGHIJKLMNOPQRST", false},
    {"three dots", HOST "/01/" GTIN "/21/...", "", "", "...", false},
    {"lot that looks like an AI", HOST "/01/" GTIN "/10/21/21/10", "", "21", "10", false},
    {"expiry", UNIT "?17=261122", "", "", "7K3M", false},
    {"expiry before the signature", UNIT "?17=261122&S=" TOKEN, "", "", "7K3M", true},
    {"expiry after the signature", UNIT "?S=" TOKEN "&17=261122", "", "", "7K3M", true},
    {"escaped attribute", UNIT "?98=XYZ%2f987", "", "", "7K3M", false},
    {"extension", UNIT "?utm_source=box&S=" TOKEN, "", "", "7K3M", true},
    {"extension named s", UNIT "?s=" TOKEN, "", "", "7K3M", false},
    {"extension named SS", UNIT "?SS=" TOKEN, "", "", "7K3M", false},
    {"extension with UTF-8", UNIT "?q=%C3%A9&S=" TOKEN, "", "", "7K3M", true},
    {"extension without a value", UNIT "?print&S=" TOKEN, "", "", "7K3M", true},
    {"extension with an empty value", UNIT "?print=&S=" TOKEN, "", "", "7K3M", true},
    {"extension that holds S", UNIT "?a=S=1&S=" TOKEN, "", "", "7K3M", true},
    {"extension that looks like a lot", UNIT "?lot=L1&gtin=1&10a=2", "", "", "7K3M", false},
};

static void
links_of_units_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        struct identity expected =
            identity_of(GTIN, accepted[i].variant, accepted[i].lot, accepted[i].serial);
        char canonical[CANONICAL_MAX + 1];
        struct reading reading;
        if (digital_link_read(&reading, slice_of(accepted[i].url)) != READ_OK)
            fail_msg("%s: %s at %zu", accepted[i].label, reading_error_info(reading.error)->code,
                     reading.error_at);
        assert_identity(accepted[i].label, &reading.id, &expected);
        assert_int_equal(reading.kind, READING_DIGITAL_LINK);
        assert_int_equal(reading.canonical_len, canonical_link(canonical, &expected));
        assert_string_equal(reading.canonical, canonical);
        if (reading.has_token != accepted[i].has_token)
            fail_msg("%s: signature", accepted[i].label);
    }
}

static const struct {
    const char *label;
    const char *url;
    enum reading_error error;
    size_t at;
} refused[] = {
    {"empty", "", READ_EMPTY, 0},
    {"a space", HOST "/01/" GTIN "/21/7 M", READ_BAD_CHARACTER, 45},
    {"a space in front", " " UNIT, READ_BAD_CHARACTER, 0},
    {"a line feed", UNIT "\n", READ_BAD_CHARACTER, 48},
    {"a tab", "https://\tID.EXAMPLE.COM/01/" GTIN "/21/1", READ_BAD_CHARACTER, 8},
    {"DEL", UNIT "\x7F", READ_BAD_CHARACTER, 48},
    {"UTF-8", HOST "/01/" GTIN "/21/\xC3\x84", READ_BAD_CHARACTER, 44},
    {"a group separator", UNIT "\x1D", READ_BAD_CHARACTER, 48},
    {"a quote that is not escaped", UNIT "\"", READ_BAD_CHARACTER, 48},
    {"angle brackets", "<" UNIT ">", READ_BAD_CHARACTER, 0},
    {"a backslash", "https:\\\\ID.EXAMPLE.COM/01/" GTIN "/21/1", READ_BAD_CHARACTER, 6},
    {"a caret", UNIT "^", READ_BAD_CHARACTER, 48},
    {"fragment", UNIT "#S=" TOKEN, READ_BAD_FRAGMENT, 48},
    {"empty fragment", UNIT "#", READ_BAD_FRAGMENT, 48},
    {"fragment in the query", UNIT "?a=1#b", READ_BAD_FRAGMENT, 52},
    {"mixed-case scheme", "Https://h/01/" GTIN "/21/1", READ_BAD_SCHEME, 0},
    {"mixed-case scheme, as the engine's test", "HtTp://h/01/" GTIN "/21/1", READ_BAD_SCHEME, 0},
    {"ftp", "ftp://h/01/" GTIN "/21/1", READ_BAD_SCHEME, 0},
    {"javascript", "javascript://h/01/" GTIN "/21/1", READ_BAD_SCHEME, 0},
    {"no scheme", "ID.EXAMPLE.COM/01/" GTIN "/21/1", READ_BAD_SCHEME, 0},
    {"no authority", "https:/01/" GTIN "/21/1", READ_BAD_SCHEME, 0},
    {"scheme-relative", "//h/01/" GTIN "/21/1", READ_BAD_SCHEME, 0},
    {"empty host", "https:///01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"nothing behind the scheme", "https://", READ_BAD_HOST, 8},
    {"user", "https://id.example.com@h/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"user and password", "https://u:p@h/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"IPv6", "https://[2001:db8::1]/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"port zero", "https://h:0/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"port too high", "https://h:65536/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"port with a zero in front", "https://h:080/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"empty port", "https://h:/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"two ports", "https://h:1:2/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"final dot", "https://h./01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"empty host label", "https://a..b/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"host label of 64", "https://a" A63 "/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"host of 255", "https://" A63 "." A63 "." A63 "." A63 "/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"hyphen at the start of a host label", "https://-h/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"hyphen at the end of a host label", "https://h-/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"underscore in the host", "https://a_b/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"escape in the host", "https://a%41/01/" GTIN "/21/1", READ_BAD_HOST, 8},
    {"no path", HOST, READ_BAD_PATH, 22},
    {"root", HOST "/", READ_BAD_PATH, 23},
    {"query without a path", HOST "?S=" TOKEN, READ_BAD_PATH, 22},
    {"another path", HOST "/about", READ_BAD_PATH, 23},
    {"a stem in front", HOST "/shop/01/" GTIN "/21/1", READ_BAD_PATH, 23},
    {"product only", HOST "/01/" GTIN, READ_NO_SERIAL, 40},
    {"lot only", HOST "/01/" GTIN "/10/L1", READ_NO_SERIAL, 46},
    {"serial only", HOST "/21/7K3M", READ_BAD_PATH, 23},
    {"trailing slash", UNIT "/", READ_BAD_PATH, 48},
    {"trailing slash before the query", UNIT "/?S=" TOKEN, READ_BAD_PATH, 48},
    {"two slashes in front", HOST "//01/" GTIN "/21/1", READ_BAD_PATH, 23},
    {"two slashes within", HOST "/01/" GTIN "//21/1", READ_BAD_PATH, 41},
    {"serial before lot", HOST "/01/" GTIN "/21/1/10/L1", READ_BAD_PATH, 46},
    {"lot before variant", HOST "/01/" GTIN "/10/L1/22/2A/21/1", READ_BAD_PATH, 47},
    {"GTIN last", HOST "/21/1/01/" GTIN, READ_BAD_PATH, 23},
    {"lot first", HOST "/10/L1/01/" GTIN "/21/1", READ_BAD_PATH, 23},
    {"two identifiers", HOST "/01/" GTIN "/21/AAAA/01/" GTIN "/21/BBBB", READ_BAD_PATH, 49},
    {"two serials", HOST "/01/" GTIN "/21/AAAA/21/BBBB", READ_BAD_PATH, 49},
    {"two GTINs", HOST "/01/" GTIN "/01/" GTIN "/21/1", READ_BAD_PATH, 41},
    {"two lots", HOST "/01/" GTIN "/10/A/10/B/21/1", READ_BAD_PATH, 46},
    {"third-party serial", HOST "/01/" GTIN "/235/TEST", READ_BAD_PATH, 41},
    {"escaped AI", HOST "/%30%31/" GTIN "/21/1", READ_BAD_PATH, 23},
    {"short names", HOST "/gtin/" GTIN "/ser/1", READ_BAD_PATH, 23},
    {"path that ends in an AI", HOST "/01/" GTIN "/21", READ_BAD_PATH, 43},
    {"something behind the serial", UNIT "/99/A", READ_BAD_PATH, 49},
    {"GTIN-13", HOST "/01/9506000134352/21/1", READ_BAD_GTIN_LENGTH, 26},
    {"GTIN of 15", HOST "/01/0" GTIN "/21/1", READ_BAD_GTIN_LENGTH, 26},
    {"GTIN of 30", HOST "/01/" GTIN GTIN "00/21/1", READ_BAD_GTIN_LENGTH, 26},
    {"letter in the GTIN", HOST "/01/0950600013435A/21/1", READ_BAD_GTIN_LENGTH, 26},
    {"check digit", HOST "/01/09506000134353/21/1", READ_BAD_CHECK_DIGIT, 26},
    {"serial of 21", HOST "/01/" GTIN "/21/ABCDEFGHIJKLMNOPQRSTU", READ_BAD_VALUE, 44},
    {"lot of 21", HOST "/01/" GTIN "/10/ABCDEFGHIJKLMNOPQRSTU/21/1", READ_BAD_VALUE, 44},
    {"serial '.'", HOST "/01/" GTIN "/21/.", READ_BAD_VALUE, 44},
    {"serial '..'", HOST "/01/" GTIN "/21/..", READ_BAD_VALUE, 44},
    {"serial '..', escaped", HOST "/01/" GTIN "/21/%2E%2e", READ_BAD_VALUE, 44},
    {"lot '..'", HOST "/01/" GTIN "/10/../21/1", READ_BAD_VALUE, 44},
    {"not of the 82 characters", HOST "/01/" GTIN "/21/A@B", READ_BAD_VALUE, 44},
    {"escaped space", HOST "/01/" GTIN "/21/A%20B", READ_BAD_VALUE, 44},
    {"escaped hash", HOST "/01/" GTIN "/21/A%23B", READ_BAD_VALUE, 44},
    {"escaped UTF-8", HOST "/01/" GTIN "/21/%C3%84", READ_BAD_VALUE, 44},
    {"escaped NUL", HOST "/01/" GTIN "/21/7K3M%00", READ_BAD_PERCENT, 48},
    {"escaped line feed", HOST "/01/" GTIN "/21/7%0AM", READ_BAD_PERCENT, 45},
    {"escaped group separator", HOST "/01/" GTIN "/21/7%1DM", READ_BAD_PERCENT, 45},
    {"escaped DEL", HOST "/01/" GTIN "/21/7%7FM", READ_BAD_PERCENT, 45},
    {"percent alone", HOST "/01/" GTIN "/21/7%", READ_BAD_PERCENT, 45},
    {"percent and one digit", HOST "/01/" GTIN "/21/7%4", READ_BAD_PERCENT, 45},
    {"percent and no hex", HOST "/01/" GTIN "/21/7%4G", READ_BAD_PERCENT, 45},
    {"percent u", HOST "/01/" GTIN "/21/%u0041", READ_BAD_PERCENT, 44},
    {"broken escape in an extension", UNIT "?a=%zz", READ_BAD_PERCENT, 51},
    {"escaped NUL in an extension", UNIT "?a=%00", READ_BAD_PERCENT, 51},
    {"empty query", UNIT "?", READ_BAD_QUERY, 49},
    {"empty parameter", UNIT "?a=1&&b=2", READ_BAD_QUERY, 53},
    {"empty parameter first", UNIT "?&a=1", READ_BAD_QUERY, 49},
    {"empty parameter last", UNIT "?S=" TOKEN "&", READ_BAD_QUERY, 164},
    {"empty key", UNIT "?=1", READ_BAD_QUERY, 49},
    {"escaped key", UNIT "?%53=" TOKEN, READ_BAD_QUERY, 49},
    {"escaped second key", UNIT "?S=" TOKEN "&%53=" TOKEN, READ_BAD_QUERY, 164},
    {"semicolon", UNIT "?a=1;S=" TOKEN, READ_BAD_QUERY, 52},
    {"lot in the query", UNIT "?10=L1", READ_BAD_QUERY, 49},
    {"serial in the query", HOST "/01/" GTIN "?21=7K3M", READ_NO_SERIAL, 40},
    {"a second serial in the query", UNIT "?21=7K3M", READ_BAD_QUERY, 49},
    {"GTIN in the query", UNIT "?01=" GTIN, READ_BAD_QUERY, 49},
    {"variant in the query", UNIT "?22=2A", READ_BAD_QUERY, 49},
    {"unknown AI", UNIT "?999=faux", READ_BAD_QUERY, 49},
    {"digits that are no AI", UNIT "?1=1", READ_BAD_QUERY, 49},
    {"AI without a value", UNIT "?17=", READ_BAD_QUERY, 49},
    {"AI without '='", UNIT "?17", READ_BAD_QUERY, 49},
    {"AI with a wrong value", UNIT "?17=2611", READ_BAD_QUERY, 49},
    {"plus is a space in a query", UNIT "?98=XYZ+987", READ_BAD_QUERY, 49},
    {"AI twice", UNIT "?17=261122&17=261122", READ_BAD_QUERY, 59},
    {"no base32", UNIT "?S=abc", READ_BAD_SIGNATURE, 51},
    {"empty signature", UNIT "?S=", READ_BAD_SIGNATURE, 51},
    {"S without '='", UNIT "?S", READ_BAD_SIGNATURE, 50},
    {"one character more", UNIT "?S=" TOKEN "A", READ_BAD_SIGNATURE, 51},
    {"padding", UNIT "?S=" TOKEN "=", READ_BAD_SIGNATURE, 51},
    {"escaped character in the token", UNIT "?S=%41" TOKEN, READ_BAD_SIGNATURE, 51},
    {"signature twice", UNIT "?S=" TOKEN "&S=" TOKEN, READ_REPEATED_SIGNATURE, 164},
    {"a second, empty signature", UNIT "?S=" TOKEN "&S=", READ_REPEATED_SIGNATURE, 164},
    {"a second, wrong signature first", UNIT "?S=x&S=" TOKEN, READ_BAD_SIGNATURE, 51},
};

static void
other_links_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct reading reading;
        struct identity nothing = {.gtin = ""};
        enum reading_error error = digital_link_read(&reading, slice_of(refused[i].url));
        if (error != refused[i].error || reading.error_at != refused[i].at)
            fail_msg("%s: %s at %zu", refused[i].label, reading_error_info(error)->code,
                     reading.error_at);
        assert_int_equal(reading.kind, READING_NONE);
        assert_false(reading.has_token);
        assert_identity(refused[i].label, &reading.id, &nothing);
        assert_string_equal(reading.canonical, "");
    }
}

static void
a_nul_does_not_end_a_link(void **state)
{
    static const char url[] = UNIT "\0/21/OTHER";
    struct reading reading;
    (void)state;
    assert_int_equal(digital_link_read(&reading, slice_make(url, sizeof url - 1)),
                     READ_BAD_CHARACTER);
    assert_int_equal(reading.error_at, sizeof UNIT - 1);
}

static void
a_link_has_at_most_1024_bytes(void **state)
{
    static const char start[] = UNIT "?a=";
    char url[SCAN_TEXT_MAX + 1];
    struct reading reading;
    (void)state;
    memset(url, 'x', sizeof url);
    memcpy(url, start, sizeof start - 1);
    assert_int_equal(digital_link_read(&reading, slice_make(url, SCAN_TEXT_MAX)), READ_OK);
    assert_int_equal(digital_link_read(&reading, slice_make(url, SCAN_TEXT_MAX + 1)),
                     READ_TOO_LONG);
}

static void
seventeen_attributes_are_too_many(void **state)
{
    static const char sixteen[] = UNIT "?11=260101&13=260101&15=260101&16=260101&17=260101"
                                       "&20=01&30=1&240=A&241=A&250=A&251=A&400=A&420=A&91=A&92=A"
                                       "&93=A";
    char url[sizeof sixteen + 8];
    struct reading reading;
    (void)state;
    assert_int_equal(digital_link_read(&reading, slice_of(sixteen)), READ_OK);
    (void)snprintf(url, sizeof url, "%s&94=A", sixteen);
    assert_int_equal(digital_link_read(&reading, slice_of(url)), READ_BAD_QUERY);
}

static void
attributes_change_nothing_that_is_read(void **state)
{
    struct reading plain, with;
    (void)state;
    assert_int_equal(digital_link_read(&plain, slice_of(UNIT "?S=" TOKEN)), READ_OK);
    assert_int_equal(
        digital_link_read(&with, slice_of("http://other:1/01/" GTIN "/21/%37K3M"
                                          "?17=000100&11=991231&10x=L&S=" TOKEN "&21a=2&S1=x&s=y")),
        READ_OK);
    assert_identity("with attributes", &with.id, &plain.id);
    assert_string_equal(with.canonical, plain.canonical);
    assert_memory_equal(&with.token, &plain.token, sizeof plain.token);
    assert_true(with.has_token);
}

static const struct {
    const char *label;
    const char *path, *query;
    enum reading_error error;
    size_t at;
} requests[] = {
    {"a label", "/01/" GTIN "/21/7K3M", "S=" TOKEN, READ_OK, 0},
    {"no query", "/01/" GTIN "/21/7K3M", "", READ_OK, 0},
    {"no query at all", "/01/" GTIN "/21/7K3M", NULL, READ_OK, 0},
    {"trailing slash", "/01/" GTIN "/21/7K3M/", "S=" TOKEN, READ_OK, 0},
    {"escape", "/01/" GTIN "/21/%37K3M", "", READ_OK, 0},
    {"two trailing slashes", "/01/" GTIN "/21/7K3M//", "", READ_BAD_PATH, 26},
    {"empty path", "", "", READ_BAD_PATH, 0},
    {"no path at all", NULL, NULL, READ_BAD_PATH, 0},
    {"root", "/", "", READ_BAD_PATH, 1},
    {"two roots", "//", "", READ_BAD_PATH, 1},
    {"no slash in front", "01/" GTIN "/21/7K3M", "", READ_BAD_PATH, 0},
    {"a whole link", UNIT, "", READ_BAD_PATH, 0},
    {"question mark in the path", "/01/" GTIN "/21/7K3M?S=" TOKEN, "", READ_BAD_PATH, 0},
    {"two identifiers", "/01/" GTIN "/21/A/01/" GTIN "/21/B", "", READ_BAD_PATH, 24},
    {"product only, with a slash", "/01/" GTIN "/", "", READ_NO_SERIAL, 18},
    {"control byte", "/01/" GTIN "/21/7\x01", "", READ_BAD_CHARACTER, 23},
    {"UTF-8", "/01/" GTIN "/21/\xC3\x84", "", READ_BAD_CHARACTER, 22},
    {"control byte in the query", "/01/" GTIN "/21/7K3M", "S=\x01", READ_BAD_CHARACTER, 29},
    {"fragment", "/01/" GTIN "/21/7K3M", "S=" TOKEN "#", READ_BAD_FRAGMENT, 141},
    {"bad escape", "/01/" GTIN "/21/7%4", "", READ_BAD_PERCENT, 23},
    {"two signatures", "/01/" GTIN "/21/7K3M", "S=" TOKEN "&S=" TOKEN, READ_REPEATED_SIGNATURE,
     142},
    {"lot in the query", "/01/" GTIN "/21/7K3M", "10=L1", READ_BAD_QUERY, 27},
    {"empty parameter", "/01/" GTIN "/21/7K3M", "&", READ_BAD_QUERY, 28},
};

static void
requests_are_read_by_the_same_grammar(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct identity expected = identity_of(GTIN, "", "", "7K3M");
        struct reading reading;
        enum reading_error error = digital_link_read_path(&reading, slice_of(requests[i].path),
                                                          slice_of(requests[i].query));
        if (error != requests[i].error || reading.error_at != requests[i].at)
            fail_msg("%s: %s at %zu", requests[i].label, reading_error_info(error)->code,
                     reading.error_at);
        if (error == READ_OK)
            assert_identity(requests[i].label, &reading.id, &expected);
    }
}

static void
a_request_has_at_most_1024_bytes(void **state)
{
    char query[SCAN_TEXT_MAX + 1];
    struct reading reading;
    struct slice path = slice_of("/01/" GTIN "/21/7K3M");
    (void)state;
    memset(query, 'x', sizeof query);
    assert_int_equal(digital_link_read_path(&reading, path, slice_make(query, sizeof query)),
                     READ_TOO_LONG);
    assert_int_equal(
        digital_link_read_path(&reading, path, slice_make(query, SCAN_TEXT_MAX - path.len)),
        READ_OK);
}

/* RFC 3986 section 2. Some of them are refused for another reason. */
static void
a_link_is_made_of_the_characters_of_uris(void **state)
{
    static const char uri[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                              "-._~:/?#[]@!$&'()*+,;=%";
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        char query[] = "q=.1";
        struct reading reading;
        query[2] = (char)c;
        enum reading_error error = digital_link_read_path(
            &reading, slice_of("/01/" GTIN "/21/7K3M"), slice_make(query, sizeof query - 1));
        bool foreign = error == READ_BAD_CHARACTER;
        if (foreign != (memchr(uri, (int)c, sizeof uri - 1) == NULL))
            fail_msg("character %u: %s", c, reading_error_info(error)->code);
    }
}

/* Each slice is on the heap with its exact length: nothing is read past an end. */
static void
each_prefix_of_a_label_is_refused_or_unsigned(void **state)
{
    static const char url[] = HOST "/01/" GTIN "/10/L1/21/7K3M?S=" TOKEN;
    (void)state;
    for (size_t len = 0; len < sizeof url - 1; len++) {
        char *copy = exact_copy(url, len);
        struct reading reading;
        if (digital_link_read(&reading, slice_make(copy, len)) == READ_OK)
            assert_false(reading.has_token);
        assert_in_range(reading.error_at, 0, len);
        free(copy);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_of_units_are_read),
        cmocka_unit_test(other_links_are_refused),
        cmocka_unit_test(a_nul_does_not_end_a_link),
        cmocka_unit_test(a_link_has_at_most_1024_bytes),
        cmocka_unit_test(seventeen_attributes_are_too_many),
        cmocka_unit_test(attributes_change_nothing_that_is_read),
        cmocka_unit_test(requests_are_read_by_the_same_grammar),
        cmocka_unit_test(a_request_has_at_most_1024_bytes),
        cmocka_unit_test(a_link_is_made_of_the_characters_of_uris),
        cmocka_unit_test(each_prefix_of_a_label_is_refused_or_unsigned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
