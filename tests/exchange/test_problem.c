/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/exchange/exchange.h"
#include "gateway/json/json.h"

static struct response
empty(void)
{
    struct response response = {.status = 200};
    text_init(&response.body, 4096);
    return response;
}

/* RFC 9457 §3.1 and our two members; errors only with a pointer. */
static void
expect_problem(struct response *response, const char *code, const char *detail, const char *pointer)
{
    static const struct json_member members[] = {
        {"type", JSON_STRING, true},   {"title", JSON_STRING, true}, {"status", JSON_INTEGER, true},
        {"detail", JSON_STRING, true}, {"code", JSON_STRING, true},  {"errors", JSON_ARRAY, false},
        {NULL, JSON_STRING, false},
    };
    struct json_doc *doc = NULL;
    struct fault fault = {0};
    int64_t status = 0;
    assert_true(text_ok(&response->body));
    assert_string_equal(response->content_type, "application/problem+json");
    if (json_parse(text_slice(&response->body), 4096, &doc, &fault) != ERR_OK)
        fail_msg("%s", fault.text);
    const struct json_node *root = json_root(doc);
    assert_int_equal(json_check_object(root, "", members, &fault), ERR_OK);
    assert_true(json_integer(&status, json_member_of(root, "status"), 400, 599));
    assert_int_equal(status, response->status);
    assert_true(slice_equal(json_string(json_member_of(root, "type")), "about:blank"));
    assert_true(slice_equal(json_string(json_member_of(root, "code")), code));
    assert_true(slice_equal(json_string(json_member_of(root, "detail")), detail));
    const struct json_node *first = json_item(json_member_of(root, "errors"), 0);
    assert_true((first != NULL) == (pointer != NULL));
    if (pointer != NULL) {
        assert_true(slice_equal(json_string(json_member_of(first, "pointer")), pointer));
        assert_true(slice_equal(json_string(json_member_of(first, "detail")), detail));
    }
    json_free(doc);
}

static void
writes_a_problem(void **state)
{
    (void)state;
    struct response response = empty();
    text_put(&response.body, "half a page that was begun before");
    response_problem(&response, 404, "not_found", "Not found", "There is \"nothing\" \x01 here",
                     NULL);
    assert_int_equal(response.status, 404);
    expect_problem(&response, "not_found", "There is \"nothing\" \x01 here", NULL);
    text_free(&response.body);
}

static const struct {
    const char *label;
    struct fault fault;
    int status;
    const char *code, *detail, *pointer;
} faults[] = {
    {"place in a body", {ERR_INVALID, "/code: missing"}, 400, "invalid", "/code: missing", "/code"},
    {"deeper place", {ERR_INVALID, "/a/0/b~1c: x"}, 400, "invalid", "/a/0/b~1c: x", "/a/0/b~1c"},
    {"place in a text",
     {ERR_INVALID, "line 1 column 2: x"},
     400,
     "invalid",
     "line 1 column 2: x",
     NULL},
    {"slash without colon", {ERR_INVALID, "/x is wrong"}, 400, "invalid", "/x is wrong", NULL},
    {"conflict", {ERR_CONFLICT, "/x: changed"}, 409, "conflict", "/x: changed", NULL},
    {"too large",
     {ERR_TOO_LARGE, "longer than 9 bytes"},
     413,
     "too_large",
     "longer than 9 bytes",
     NULL},
    {"files of the server are not told",
     {ERR_CORRUPT, "/var/lib/assay/registry: page 3"},
     503,
     "corrupt",
     "Stored data is damaged",
     NULL},
    {"nor reasons",
     {ERR_UNAVAILABLE, "/var/lib/assay: Input/output error"},
     503,
     "unavailable",
     "Cannot answer now",
     NULL},
};

static void
answers_a_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct response response = empty();
        response_fault(&response, &faults[i].fault);
        if (response.status != faults[i].status)
            fail_msg("%s: %d", faults[i].label, response.status);
        expect_problem(&response, faults[i].code, faults[i].detail, faults[i].pointer);
        text_free(&response.body);
    }
}

static void
adds_headers(void **state)
{
    (void)state;
    struct response response = empty();
    response_header(&response, "Allow", "%s, %s", "GET", "HEAD");
    response_header(&response, "ETag", "\"%d\"", 7);
    assert_int_equal(response.status, 200);
    assert_int_equal(response.header_count, 2);
    assert_string_equal(response.headers[0].name, "Allow");
    assert_string_equal(response.headers[0].value, "GET, HEAD");
    assert_string_equal(response.headers[1].value, "\"7\"");
}

/* A value that could begin a header of its own, or would be cut, is never sent. */
static void
drops_bad_headers(void **state)
{
    (void)state;
    char longer[1025];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    const char *const values[] = {"a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\tb", "a\x7F", longer};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct response response = empty();
        response_header(&response, "X", "%s", values[i]);
        assert_int_equal(response.header_count, 0);
        assert_int_equal(response.status, 500);
    }
    struct response response = empty();
    response_header(&response, "X", "%s", longer + 1);
    assert_int_equal(response.status, 200);
    for (int i = 1; i < RESPONSE_HEADERS_MAX; i++)
        response_header(&response, "X", "%d", i);
    assert_int_equal(response.status, 200);
    response_header(&response, "X", "one more");
    assert_int_equal(response.status, 500);
    assert_int_equal(response.header_count, RESPONSE_HEADERS_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_a_problem),
        cmocka_unit_test(answers_a_fault),
        cmocka_unit_test(adds_headers),
        cmocka_unit_test(drops_bad_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
