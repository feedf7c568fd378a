/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/json/write.h"

static void
nested(struct text *out)
{
    json_put(out, NULL, "{");
    json_put_text(out, "brace", "[{");
    json_put(out, "list", "[");
    json_put(out, NULL, "{}");
    json_put_bool(out, NULL, true);
    json_put_number(out, NULL, INT64_MIN);
    text_put(out, "]");
    json_put_bool(out, "after", false);
    text_put(out, "}");
}

static void
absent(struct text *out)
{
    json_put(out, NULL, "{");
    json_put_text(out, "text", "");
    json_put_day(out, "day", CIVIL_NONE);
    json_put_time(out, "time", 0);
    json_put_words(out, "words", "");
    json_put_number(out, "zero", 0);
    text_put(out, "}");
}

static void
values(struct text *out)
{
    static const uint8_t bytes[] = {0x00, 0xFF};
    json_put(out, NULL, "{");
    json_put_text(out, "text", "a\"\\\n\xC3\xA9");
    json_put_day(out, "day", 0);
    json_put_time(out, "time", 86399);
    json_put_hex(out, "hex", bytes, sizeof bytes);
    json_put_words(out, "one", "DE");
    json_put_words(out, "two", "DE AT");
    text_put(out, "}");
}

/* {"a":"x\"y","n":1,"e":"","o":{}} */
static void
copies(struct text *out)
{
    static const char source[] = "{\"a\":\"x\\\"y\",\"n\":1,\"e\":\"\",\"o\":{}}";
    static const char *const names[] = {"absent", "n", "e", "o", "a"};
    struct json_doc *doc = NULL;
    struct fault fault;
    assert_int_equal(json_parse(slice_of(source), sizeof source, &doc, &fault), ERR_OK);
    json_put(out, NULL, "{");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        json_copy_text(out, json_root(doc), names[i]);
    json_copy_text(out, NULL, "a");
    text_put(out, "}");
    json_free(doc);
}

static const struct row {
    const char *label;
    void (*write)(struct text *out);
    const char *expected;
} rows[] = {
    {"commas", nested,
     "{\"brace\":\"[{\",\"list\":[{},true,-9223372036854775808],\"after\":false}"},
    {"absent values", absent, "{\"zero\":0}"},
    {"texts alone are copied", copies, "{\"a\":\"x\\\"y\"}"},
    {"values", values,
     "{\"text\":\"a\\\"\\\\\\u000a\xC3\xA9\",\"day\":\"1970-01-01\","
     "\"time\":\"1970-01-01T23:59:59Z\",\"hex\":\"00ff\",\"one\":[\"DE\"],\"two\":[\"DE\",\"AT\"]"
     "}"},
};

static void
writes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out;
        text_init(&out, 1024);
        rows[i].write(&out);
        assert_true(text_ok(&out));
        assert_string_equal(out.data, rows[i].expected);
        text_free(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(writes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
