/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "crypto/apikey.h"
#include "gateway/http/http.h"

static void
answer(struct worker *worker, const struct request *request, struct response *response)
{
    (void)worker;
    response->content_type = "application/json";
    text_slice_put(&response->body, request->body);
}

static const struct route routes[] = {
    {METHOD_GET, "/", ROLES_ANYBODY, 0, NULL, answer},
    {METHOD_GET, "/v1/keys", ROLES_ANYBODY, 0, NULL, answer},
    {METHOD_POST, "/v1/verify", ROLES_ANYBODY, 10, "application/json", answer},
    {METHOD_GET, "/v1/units/{}/{}", ROLES_STAFF, 0, NULL, answer},
    {METHOD_PUT | METHOD_DELETE, "/v1/units/{}/{}", ROLES_STAFF, 10,
     "application/json,application/x-ndjson", answer},
    {METHOD_GET, "/01/{*}", ROLES_ANYBODY, 0, NULL, answer},
    {METHOD_PUT, "/large", ROLES_ANYBODY, BODY_PUBLIC_MAX * 2, "application/json", answer},
    {0, NULL, 0, 0, NULL, NULL},
};

static const struct {
    const char *label;
    enum method method;
    const char *path;
    int row; /* of the table; -1: see status */
    int status;
    const char *allow;
} rows[] = {
    {"root", METHOD_GET, "/", 0, 0, NULL},
    {"word", METHOD_GET, "/v1/keys", 1, 0, NULL},
    {"HEAD comes with GET", METHOD_HEAD, "/v1/keys", 1, 0, NULL},
    {"post", METHOD_POST, "/v1/verify", 2, 0, NULL},
    {"any segments", METHOD_GET, "/v1/units/a/b", 3, 0, NULL},
    {"escaped slash is no slash", METHOD_GET, "/v1/units/a%2Fc/b", 3, 0, NULL},
    {"second row of a pattern", METHOD_DELETE, "/v1/units/a/b", 4, 0, NULL},
    {"all that follows", METHOD_GET, "/01/09506000134352/21/7K3M", 5, 0, NULL},
    {"one that follows", METHOD_GET, "/01/x", 5, 0, NULL},
    {"empty ones that follow", METHOD_GET, "/01//", 5, 0, NULL},
    {"nothing there", METHOD_GET, "/v1", -1, 404, NULL},
    {"word cut", METHOD_GET, "/v1/key", -1, 404, NULL},
    {"word that goes on", METHOD_GET, "/v1/keyss", -1, 404, NULL},
    {"slash at the end", METHOD_GET, "/v1/keys/", -1, 404, NULL},
    {"two slashes", METHOD_GET, "/v1//keys", -1, 404, NULL},
    {"two slashes first", METHOD_GET, "//v1/keys", -1, 404, NULL},
    {"slashes only", METHOD_GET, "//", -1, 404, NULL},
    {"one segment more", METHOD_GET, "/v1/keys/a", -1, 404, NULL},
    {"other case", METHOD_GET, "/V1/keys", -1, 404, NULL},
    {"dots are not followed", METHOD_GET, "/x/../v1/keys", -1, 404, NULL},
    {"escaped word", METHOD_GET, "/v1/%6Beys", -1, 404, NULL},
    {"empty segment for any", METHOD_GET, "/v1/units//b", -1, 404, NULL},
    {"any missing", METHOD_GET, "/v1/units/a", -1, 404, NULL},
    {"nothing follows", METHOD_GET, "/01/", -1, 404, NULL},
    {"nothing follows, no slash", METHOD_GET, "/01", -1, 404, NULL},
    {"no slash first", METHOD_GET, "v1/keys", -1, 404, NULL},
    {"empty path", METHOD_GET, "", -1, 404, NULL},
    {"braces in the path", METHOD_GET, "/v1/units/{}", -1, 404, NULL},
    {"other method", METHOD_POST, "/v1/keys", -1, 405, "GET, HEAD"},
    {"get where one posts", METHOD_GET, "/v1/verify", -1, 405, "POST"},
    {"head where one posts", METHOD_HEAD, "/v1/verify", -1, 405, "POST"},
    {"methods of all rows", METHOD_POST, "/v1/units/a/b", -1, 405, "GET, HEAD, PUT, DELETE"},
    {"method that we do not know", 0, "/v1/verify", -1, 405, "POST"},
    {"unknown method, unknown place", 0, "/v2", -1, 404, NULL},
};

struct fixture {
    struct config config;
    struct pages *pages;
    struct app app;
    struct worker worker;
};

static void
finds_routes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = {.method = rows[i].method, .path = slice_of(rows[i].path)};
        struct response response = {.status = 200};
        text_init(&response.body, 4096);
        const struct route *route = http_find(routes, &request, &response);
        const struct route *expected = rows[i].row < 0 ? NULL : &routes[rows[i].row];
        if (route != expected || (route == NULL && response.status != rows[i].status))
            fail_msg("%s: %d", rows[i].label, response.status);
        if (rows[i].allow != NULL)
            assert_string_equal(response.headers[0].value, rows[i].allow);
        assert_int_equal(response.header_count, rows[i].allow != NULL);
        text_free(&response.body);
    }
}

/* A NULL authorization is an owner's. */
static const struct {
    const char *label;
    size_t route;
    const char *type, *authorization;
    uint64_t length;
    int status; /* 0: admitted */
} requests[] = {
    {"json", 2, "application/json", "", 2, 0},
    {"in capitals", 2, "Application/JSON", "", 2, 0},
    {"with a parameter", 2, "application/json ; charset=utf-8", "", 2, 0},
    {"as long as it may be", 2, "application/json", "", 10, 0},
    {"nothing to send", 1, "", "", 0, 0},
    {"a type where there is no body", 1, "text/plain", "", 0, 0},
    {"no type", 2, "", "", 2, 415},
    {"form", 2, "application/x-www-form-urlencoded", "", 2, 415},
    {"text", 2, "text/plain", "", 2, 415},
    {"longer", 2, "application/jsonp", "", 2, 415},
    {"shorter", 2, "application/jso", "", 2, 415},
    {"two", 2, "text/plain, application/json", "", 2, 415},
    {"a list of ours", 2, "application/json,application/x-ndjson", "", 2, 415},
    {"one too long", 2, "application/json", "", 11, 413},
    {"length before type", 2, "text/plain", "", 11, 413},
    {"a body where there is none", 1, "", "", 1, 413},
    {"more than the public may", 6, "application/json", "", BODY_PUBLIC_MAX + 1, 413},
    {"as much as the public may", 6, "application/json", "", BODY_PUBLIC_MAX, 0},
    {"staff only", 3, "", "", 0, 401},
    {"who before how long", 4, "application/json", "", 11, 401},
    {"who before what", 4, "text/plain", "", 2, 401},
    {"other scheme", 1, "", "Basic YTpi", 0, 401},
    {"no key", 1, "", "Bearer", 0, 401},
    {"empty key", 1, "", "Bearer ", 0, 401},
    {"no key of ours", 1, "", "Bearer abc", 0, 401},
    {"a key with a slip", 1, "", "Bearer assay_00000000_00000000000000000000000000XXXX", 0, 401},
    {"too long for a key", 1, "",
     "Bearer assay_00000000_000000000000000000000000000000000000000000000000", 0, 401},
    {"an owner where staff are", 3, "", NULL, 0, 403},
    {"an owner where anybody is", 1, "", NULL, 0, 0},
};

static void
admits_requests(void **state)
{
    char owner[7 + OWNER_SECRET_CHARS + 1] = "Bearer ";
    const uint8_t zeros[BEARER_SECRET_CHARS] = {0};
    struct fixture *f = *state;
    owner_secret_format(owner + 7, zeros);
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        const char *authorization =
            requests[i].authorization == NULL ? owner : requests[i].authorization;
        struct worker worker = {.app = &f->app};
        struct request request = {.content_type = slice_of(requests[i].type),
                                  .authorization = slice_of(authorization)};
        struct response response = {.status = 200};
        text_init(&response.body, 4096);
        bool admitted = http_admit(&worker, &routes[requests[i].route], &request,
                                   requests[i].length, &response);
        if (admitted != (requests[i].status == 0) ||
            (!admitted && response.status != requests[i].status))
            fail_msg("%s: %d", requests[i].label, response.status);
        bool challenge =
            response.header_count == 1 && strcmp(response.headers[0].name, "WWW-Authenticate") == 0;
        assert_int_equal(challenge, requests[i].status == 401 || requests[i].status == 403);
        text_free(&response.body);
    }
}

static int
open_pages(void **state)
{
    static struct fixture f;
    struct fault fault;
    if (sodium_init() < 0 || pages_open(&f.pages, &fault) != ERR_OK)
        return -1;
    config_defaults(&f.config);
    f.app.config = &f.config;
    f.app.pages = f.pages;
    f.worker.app = &f.app;
    *state = &f;
    return 0;
}

static int
close_pages(void **state)
{
    struct fixture *f = *state;
    pages_close(f->pages);
    return 0;
}

static void
browsers_get_pages(void **state)
{
    struct fixture *f = *state;
    struct request request = {.accept = slice_of("text/html,*/*;q=0.8")};
    struct response response = {.status = 200};
    text_init(&response.body, PAGE_MAX);
    response_problem(&response, 404, "not_found", "Not found", "There is nothing here", NULL);
    http_finish(&f->worker, &request, &response);
    assert_string_equal(response.content_type, "text/html; charset=utf-8");
    assert_int_equal(response.status, 404);
    assert_non_null(strstr(response.body.data, "<html"));
    assert_null(strstr(response.body.data, "\"code\""));
    text_free(&response.body);
}

static void
programs_get_problems(void **state)
{
    struct fixture *f = *state;
    struct request request = {.accept = slice_of("*/*")};
    struct response response = {.status = 200};
    text_init(&response.body, PAGE_MAX);
    response_problem(&response, 404, "not_found", "Not found", "There is nothing here", NULL);
    http_finish(&f->worker, &request, &response);
    assert_string_equal(response.content_type, "application/problem+json");
    assert_non_null(strstr(response.body.data, "\"code\":\"not_found\""));
    text_free(&response.body);
}

/* Half an answer must not look like one: an "ok" at its beginning could be all that arrives. */
static void
half_an_answer_is_none(void **state)
{
    struct fixture *f = *state;
    struct request request = {.accept = slice_of("application/json")};
    struct response response = {.status = 200, .content_type = "application/json"};
    text_init(&response.body, 400);
    response_header(&response, "ETag", "\"1\"");
    text_put(&response.body, "{\"verdict\":\"ok\",");
    for (int i = 0; i < 100; i++)
        text_put(&response.body, "\"and so on\",");
    http_finish(&f->worker, &request, &response);
    assert_int_equal(response.status, 500);
    assert_int_equal(response.header_count, 0);
    assert_true(text_ok(&response.body));
    assert_null(strstr(response.body.data, "verdict"));
    text_free(&response.body);
}

static void
no_answer_is_an_error(void **state)
{
    struct fixture *f = *state;
    struct request request = {.accept = slice_of("")};
    struct response response = {.status = 200};
    text_init(&response.body, 4096);
    http_finish(&f->worker, &request, &response);
    assert_int_equal(response.status, 500);
    text_free(&response.body);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_routes),           cmocka_unit_test(admits_requests),
        cmocka_unit_test(browsers_get_pages),     cmocka_unit_test(programs_get_problems),
        cmocka_unit_test(half_an_answer_is_none), cmocka_unit_test(no_answer_is_an_error),
    };
    return cmocka_run_group_tests(tests, open_pages, close_pages);
}
