/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/json/json.h"

static struct json_doc *
parsed(const char *text)
{
    struct json_doc *doc = NULL;
    struct fault fault = {0};
    if (json_parse(slice_of(text), 4096, &doc, &fault) != ERR_OK)
        fail_msg("%s: %s", text, fault.text);
    return doc;
}

static const struct json_member members[] = {
    {"name", JSON_STRING, true}, {"months", JSON_INTEGER, false}, {"open", JSON_BOOL, false},
    {"list", JSON_ARRAY, false}, {"more", JSON_OBJECT, false},    {NULL, JSON_STRING, false},
};

static const struct {
    const char *label, *text, *pointer, *fault; /* fault NULL: accepted */
} objects[] = {
    {"all members", "{\"name\":\"n\",\"months\":1,\"open\":true,\"list\":[],\"more\":{}}", "",
     NULL},
    {"required alone", "{\"name\":\"\"}", "", NULL},
    {"false is a bool", "{\"name\":\"\",\"open\":false}", "", NULL},
    {"missing", "{\"months\":1}", "", "/name: missing"},
    {"missing inside", "{}", "/list/0", "/list/0/name: missing"},
    {"unknown", "{\"name\":\"\",\"mnths\":1}", "", "/mnths: not a member of this object"},
    {"unknown by case", "{\"Name\":\"\"}", "", "/Name: not a member of this object"},
    {"unknown inside", "{\"x\":1}", "/a/b", "/a/b/x: not a member of this object"},
    {"escaped pointer", "{\"a/b~c\":1}", "", "/a~1b~0c: not a member of this object"},
    {"control characters in a name", "{\"a\\u001b[2J\\n\":1}", "",
     "/a?[2J?: not a member of this object"},
    {"not ASCII in a name", "{\"\\u00e9\":1}", "", "/??: not a member of this object"},
    {"number for string", "{\"name\":1}", "", "/name: expected a string in double quotes"},
    {"null for string", "{\"name\":null}", "", "/name: expected a string in double quotes"},
    {"string for number", "{\"name\":\"\",\"months\":\"1\"}", "",
     "/months: expected a whole number"},
    {"number for bool", "{\"name\":\"\",\"open\":1}", "", "/open: expected true or false"},
    {"object for array", "{\"name\":\"\",\"list\":{}}", "", "/list: expected an array"},
    {"array for object", "{\"name\":\"\",\"more\":[]}", "", "/more: expected an object"},
    {"array instead of the object", "[]", "/list/1", "/list/1: expected an object"},
    {"null instead of the object", "null", "", ": expected an object"},
};

static void
checks_objects(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        struct fault fault = {0};
        struct json_doc *doc = parsed(objects[i].text);
        enum err err = json_check_object(json_root(doc), objects[i].pointer, members, &fault);
        const char *expected = objects[i].fault == NULL ? "" : objects[i].fault;
        if (err != (objects[i].fault == NULL ? ERR_OK : ERR_INVALID) ||
            strcmp(fault.text, expected) != 0)
            fail_msg("%s: %d \"%s\"", objects[i].label, (int)err, fault.text);
        json_free(doc);
    }
}

static void
cuts_a_long_name(void **state)
{
    (void)state;
    char text[600] = "{\"";
    memset(text + 2, '/', 500);
    memcpy(text + 502, "\":1}", 5);
    struct fault fault = {0};
    struct json_doc *doc = parsed(text);
    assert_int_equal(json_check_object(json_root(doc), "", members, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, "~1~1: not a member"));
    assert_true(strlen(fault.text) < 120);
    json_free(doc);
}

static const struct {
    const char *label, *text;
    int64_t min, max;
    bool ok;
    int64_t value;
} integers[] = {
    {"zero", "0", 0, 0, true, 0},
    {"minus zero", "-0", 0, 0, true, 0},
    {"lowest", "1", 1, 1200, true, 1},
    {"highest", "1200", 1, 1200, true, 1200},
    {"below", "0", 1, 1200, false, 0},
    {"above", "1201", 1, 1200, false, 0},
    {"negative", "-720", -720, 840, true, -720},
    {"largest", "9007199254740991", 0, INT64_MAX, true, 9007199254740991},
    {"smallest", "-9007199254740991", INT64_MIN, 0, true, -9007199254740991},
    {"string", "\"1\"", 0, 10, false, 0},
    {"true", "true", 0, 10, false, 0},
    {"null", "null", 0, 10, false, 0},
    {"array", "[1]", 0, 10, false, 0},
};

static void
reads_integers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
        struct json_doc *doc = parsed(integers[i].text);
        int64_t value = 77;
        bool ok = json_integer(&value, json_root(doc), integers[i].min, integers[i].max);
        if (ok != integers[i].ok || value != (ok ? integers[i].value : 77))
            fail_msg("%s: %d %lld", integers[i].label, ok, (long long)value);
        json_free(doc);
    }
}

static const struct {
    const char *label, *text, *value;
} strings[] = {
    {"plain", "\"abc\"", "abc"},
    {"escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
    {"escape to one byte", "\"\\u001d\"", "\x1D"},
    {"escape to two bytes", "\"\\u00e9\"", "\xC3\xA9"},
    {"escape to three bytes", "\"\\u20AC\"", "\xE2\x82\xAC"},
    {"pair to four bytes", "\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80"},
    {"empty", "\"\"", ""},
    {"number", "12", ""},
    {"array", "[\"a\"]", ""},
};

static void
reads_strings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        struct json_doc *doc = parsed(strings[i].text);
        if (!slice_equal(json_string(json_root(doc)), strings[i].value))
            fail_msg("%s", strings[i].label);
        json_free(doc);
    }
}

static void
walks(void **state)
{
    (void)state;
    struct json_doc *doc = parsed("{\"list\":[10,\"x\",{\"open\":true}],\"open\":false}");
    const struct json_node *root = json_root(doc);
    const struct json_node *list = json_member_of(root, "list");
    assert_int_equal(json_length(list), 3);
    assert_true(slice_equal(json_string(json_item(list, 1)), "x"));
    assert_true(json_true(json_member_of(json_item(list, 2), "open")));
    assert_false(json_true(json_member_of(root, "open")));
    const struct json_node *item = json_first(list);
    for (size_t i = 0; i < 3; i++, item = json_next(item))
        assert_ptr_equal(item, json_item(list, i));
    assert_null(item);
    assert_null(json_first(root)); /* an object has no items */
    assert_null(json_item(list, 3));
    assert_null(json_item(list, SIZE_MAX));
    assert_null(json_member_of(root, "LIST"));
    assert_null(json_member_of(list, "open"));
    assert_null(json_item(root, 0));
    assert_int_equal(json_length(root), 0);
    json_free(doc);
}

static void
absent_is_nothing(void **state)
{
    (void)state;
    int64_t value = 0;
    assert_null(json_member_of(NULL, "a"));
    assert_null(json_item(NULL, 0));
    assert_null(json_first(NULL));
    assert_null(json_next(NULL));
    assert_int_equal(json_length(NULL), 0);
    assert_int_equal(json_string(NULL).len, 0);
    assert_false(json_integer(&value, NULL, 0, 1));
    assert_false(json_true(NULL));
    assert_false(json_is(NULL, JSON_OBJECT));
    json_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_objects), cmocka_unit_test(cuts_a_long_name),
        cmocka_unit_test(reads_integers), cmocka_unit_test(reads_strings),
        cmocka_unit_test(walks),          cmocka_unit_test(absent_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
