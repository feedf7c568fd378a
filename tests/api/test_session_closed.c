/* SPDX-License-Identifier: Apache-2.0 */
/* What a cookie alone may not do: change anything for another site, outlive a registry that does
 * not answer, or be told to a cache. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/api/visitor.h"

enum { EVERYBODY = 0xFF };

/* ---- forged requests ---- */

/* base_url is https://id.example.com. */
static const struct {
    const char *fetch_site, *origin;
    bool ours;
} places[] = {
    {"same-origin", NULL, true},
    {"same-origin", "https://id.example.com", true},
    {"same-origin", "null", true}, /* a page whose referrer is kept back has no other origin */
    {"same-site", "https://id.example.com", false},
    {"same-site", "https://shop.example.com", false},
    {"cross-site", "https://id.example.com", false},
    {"cross-site", NULL, false},
    {"none", NULL, false},
    {"none", "https://id.example.com", false},
    {"Same-Origin", NULL, false},
    {"same-origin, same-origin", NULL, false},
    {NULL, "https://id.example.com", true},
    {NULL, "https://ID.example.com", true},
    {NULL, "https://id.example.com:443", true},
    {NULL, "https://id.example.com:444", false},
    {NULL, "http://id.example.com", false},
    {NULL, "http://id.example.com:443", false},
    {NULL, "https://id.example.com.evil.example", false},
    {NULL, "https://evil.example/id.example.com", false},
    {NULL, "https://evil.example", false},
    {NULL, "https://id.example.com/", false},
    {NULL, "https://user@id.example.com", false},
    {NULL, "null", false},
    {NULL, NULL, false},
};

/* $ is the session's own. */
static const struct {
    const char *type, *body;
    bool trusted; /* when it comes from us */
} contents[] = {
    {"application/json", "{}", true},
    {"text/csv", "x", true},
    {NULL, NULL, true},
    {"application/x-www-form-urlencoded", "csrf=$", true},
    {"application/x-www-form-urlencoded", "a=1&csrf=$&b=2", true},
    {"application/x-www-form-urlencoded; charset=utf-8", "csrf=$", true},
    {"APPLICATION/X-WWW-FORM-URLENCODED", "a=1", false},
    {"application/x-www-form-urlencoded", "", false},
    {"application/x-www-form-urlencoded", "csrf=", false},
    {"application/x-www-form-urlencoded", "csrf=$0", false},
    {"application/x-www-form-urlencoded", "csrf=$&csrf=$", false},
    {"application/x-www-form-urlencoded", "csrf=00000000000000000000000000000000", false},
    {"application/x-www-form-urlencoded", "CSRF=$", false},
    {"text/plain", "a=1", false},
    {"text/plain", "csrf=$", true},
    {"multipart/form-data; boundary=x", "--x\r\n", false},
};

static const enum method methods[] = {METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT,
                                      METHOD_DELETE};

static void
check(struct gateway *g, struct visit *asked, bool trusted)
{
    bool reads = asked->method == METHOD_GET || asked->method == METHOD_HEAD;
    bool in = reads || trusted;
    asked->roles = 0;
    int status = visit(g, asked);
    if (status != (in ? 200 : 403))
        fail_msg("%d: %s %s %s %s", status, asked->fetch_site, asked->origin, asked->content_type,
                 asked->body);
    if (!in)
        assert_string_equal(answer_text(g, "code"), "forged");
    /* Where everybody may ask, it is asked by nobody in particular. */
    asked->roles = EVERYBODY;
    assert_int_equal(visit(g, asked), 200);
    assert_int_equal(g->worker.caller.role, in ? ROLE_RETAILER : ROLE_PUBLIC);
    assert_int_equal(g->worker.signed_in.is, in);
    assert_string_equal(g->worker.caller.organisation, in ? "Tool Shop" : "");
}

static void
every_place_content_and_method(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    char csrf[CSRF_CHARS + 1];
    char body[200];
    size_t asked = 0;
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    sign_in(g, key, NOW, cookie);
    strcpy(csrf, answer_text(g, "csrf"));
    for (size_t p = 0; p < sizeof places / sizeof places[0]; p++)
        for (size_t c = 0; c < sizeof contents / sizeof contents[0]; c++)
            for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m++) {
                fill_in(body, sizeof body, contents[c].body, csrf);
                struct visit one = {.method = methods[m],
                                    .cookie = cookie,
                                    .fetch_site = places[p].fetch_site,
                                    .origin = places[p].origin,
                                    .content_type = contents[c].type,
                                    .body = body};
                check(g, &one, places[p].ours && contents[c].trusted);
                asked++;
            }
    assert_int_equal(asked, 24 * 16 * 5);
}

static void
the_token_of_another_session_is_none(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char mine[COOKIE_TEXT];
    char other[COOKIE_TEXT];
    char body[60];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    sign_in(g, key, NOW, mine);
    sign_in(g, key, NOW, other);
    (void)snprintf(body, sizeof body, "csrf=%s", answer_text(g, "csrf"));
    struct visit form = {.method = METHOD_POST,
                         .content_type = "application/x-www-form-urlencoded",
                         .fetch_site = "same-origin",
                         .body = body,
                         .cookie = mine};
    assert_int_equal(visit(g, &form), 403);
    form.cookie = other;
    assert_int_equal(visit(g, &form), 200);
}

/* A program with a key has no browser that somebody could abuse. */
static void
a_key_needs_no_token(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char other_key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    char bearer[80];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    (void)credential_made(g, ROLE_ADMIN, 0, other_key);
    sign_in(g, other_key, NOW, cookie);
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", key);
    struct visit one = {.method = METHOD_POST,
                        .content_type = "application/x-www-form-urlencoded",
                        .origin = "https://evil.example",
                        .cookie = cookie,
                        .authorization = bearer};
    assert_int_equal(visit(g, &one), 200);
    assert_int_equal(g->worker.caller.role, ROLE_RETAILER);
    assert_false(g->worker.signed_in.is);
    /* And a wrong key is not made good by the cookie beside it. */
    bearer[strlen(bearer) - 1] ^= 1;
    assert_int_equal(visit(g, &one), 401);
    one.roles = EVERYBODY;
    assert_int_equal(visit(g, &one), 401);
    one.authorization = "Basic YTpi";
    assert_int_equal(visit(g, &one), 401);
}

static void
nobody_is_signed_in_by_another_site(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char body[200];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    (void)snprintf(body, sizeof body, "{\"key\":\"%s\"}", key);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        bool silent = places[i].fetch_site == NULL && places[i].origin == NULL;
        int status = visit(g, &(struct visit){.method = METHOD_POST,
                                              .body = body,
                                              .fetch_site = places[i].fetch_site,
                                              .origin = places[i].origin,
                                              .roles = EVERYBODY,
                                              .handle = api_session_open});
        assert_int_equal(status, places[i].ours || silent ? 201 : 403);
    }
}

/* ---- a registry that does not answer ---- */

static void
fails_closed(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    sign_in(g, key, NOW, cookie);
    struct registry_session *session = g->worker.session;
    g->worker.session = NULL;
    assert_int_equal(visit(g, &(struct visit){.cookie = cookie}), 503);
    assert_int_equal(visit(g, &(struct visit){.cookie = cookie, .roles = EVERYBODY}), 503);
    assert_int_equal(try_sign_in(g, key, NOW), 503);
    assert_string_equal(answer_header(g, "Set-Cookie"), "");
    /* What is no token at all needs no registry to be known as one. */
    assert_int_equal(visit(g, &(struct visit){.cookie = "__Host-assay=x"}), 401);
    g->worker.session = session;
    assert_int_equal(visit(g, &(struct visit){.cookie = cookie}), 200);
}

static struct registry_session *
reopen(struct gateway *g, const char *url, bool read_only)
{
    const struct registry_options options = {.record_key = test_record_key, .read_only = read_only};
    registry_session_close(g->worker.session);
    registry_close(g->registry);
    assert_int_equal(registry_open(url, &options, &g->registry, NULL), ERR_OK);
    g->app.registry = g->registry;
    return test_session(g->registry);
}

static void
a_registry_that_takes_no_changes(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    sign_in(g, key, NOW, cookie);
    g->worker.session = reopen(g, g->place.url, true);
    assert_int_equal(try_sign_in(g, key, NOW), 503);
    assert_string_equal(answer_header(g, "Set-Cookie"), "");
    /* Who is signed in stays so, as long as nothing has to be written of it. */
    assert_int_equal(visit(g, &(struct visit){.cookie = cookie, .now = NOW + 3599}), 200);
    assert_int_equal(visit(g, &(struct visit){.cookie = cookie, .now = NOW + 3600}), 401);
    const struct visit out = {.method = METHOD_DELETE,
                              .cookie = cookie,
                              .fetch_site = "same-origin",
                              .handle = api_session_end};
    assert_int_equal(visit(g, &out), 503);
    assert_string_equal(answer_header(g, "Set-Cookie"), "");
}

/* The map may be no larger than what is there already. */
static void
a_registry_that_is_full(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    char url[160];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    sign_in(g, key, NOW, cookie);
    (void)snprintf(url, sizeof url, "lmdb:%s?map=65536", g->place.path);
    g->worker.session = reopen(g, url, false);
    int status = 201;
    for (int i = 0; i < 100 && status == 201; i++)
        status = try_sign_in(g, key, NOW);
    assert_int_equal(status, 503);
    assert_string_equal(answer_text(g, "code"), "unavailable");
    assert_string_equal(answer_header(g, "Set-Cookie"), "");
    assert_int_equal(visit(g, &(struct visit){.cookie = cookie, .now = NOW + 3000}), 200);
}

/* ---- pages ---- */

static void
a_browser_is_sent_to_sign_in(void **state)
{
    static const char html[] = "text/html,application/xhtml+xml,*/*;q=0.8";
    static const char *const cookies[] = {NULL, "__Host-assay=7K3M9Q2X.0123456789ABCDEFGHJKMNPQRS"};
    static char long_query[1000];
    memset(long_query, 'q', sizeof long_query - 1);
    static const struct {
        enum method method;
        const char *path, *query, *accept;
        int status;
        const char *location;
    } rows[] = {
        {METHOD_GET, "/service", NULL, html, 303, "/sign-in?next=%2Fservice"},
        {METHOD_HEAD, "/retail", NULL, html, 303, "/sign-in?next=%2Fretail"},
        {METHOD_GET, "/console/units", "lot=A1&q=a%20b", html, 303,
         "/sign-in?next=%2Fconsole%2Funits%3Flot%3DA1%26q%3Da%2520b"},
        {METHOD_GET, "/console/units", long_query, html, 303, "/sign-in"},
        {METHOD_POST, "/console/units", NULL, html, 303, "/sign-in?sent=yes"},
        {METHOD_POST, "/sign-out", NULL, html, 303, "/sign-in"},
        {METHOD_GET, "/service", NULL, NULL, 401, ""},
        {METHOD_GET, "/service", NULL, "application/json", 401, ""},
        {METHOD_GET, "/v1/units", NULL, html, 401, ""},
        {METHOD_POST, "/v1/events", NULL, html, 401, ""},
    };
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t c = 0; c < 2; c++) {
            int status = visit(g, &(struct visit){.method = rows[i].method,
                                                  .path = rows[i].path,
                                                  .query = rows[i].query,
                                                  .accept = rows[i].accept,
                                                  .cookie = cookies[c]});
            assert_int_equal(status, rows[i].status);
            assert_string_equal(answer_header(g, "Location"), rows[i].location);
            assert_int_equal(g->worker.signed_in.over, c == 1);
            if (status == 303)
                continue;
            assert_string_equal(answer_text(g, "code"), "unauthorized");
            assert_int_equal(answer_holds(g, "You were signed out"), c == 1);
        }
}

static void
takes_an_old_cookie_away(void **state)
{
    static const struct {
        const char *label, *name, *value;
        int status;
        bool over, cleared;
    } rows[] = {
        {"a page", NULL, NULL, 200, true, true},
        {"a refusal", NULL, NULL, 403, true, true},
        {"nobody may but who signs in, which is to know", NULL, NULL, 401, true, false},
        {"for nobody else", "Cache-Control", "no-store", 200, true, true},
        {"on the way to another page, which is to know", NULL, NULL, 303, true, false},
        {"to be kept by caches", "Cache-Control", "public, max-age=60", 200, true, false},
        {"to be asked for again, but kept", "Cache-Control", "no-cache", 200, true, false},
        {"another one was just given", "Set-Cookie", "a=b", 200, true, false},
        {"there was none", NULL, NULL, 200, false, false},
    };
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        g->response.header_count = 0;
        g->response.status = rows[i].status;
        g->worker.signed_in = (struct signed_in){.over = rows[i].over};
        if (rows[i].name != NULL)
            response_header(&g->response, rows[i].name, "%s", rows[i].value);
        session_clear_over(&g->worker, &g->response);
        bool cleared = strstr(answer_header(g, "Set-Cookie"), "; Max-Age=0") != NULL;
        if (cleared != rows[i].cleared || g->response.status != rows[i].status)
            fail_msg("%s", rows[i].label);
    }
    /* A header more than there is room for would make an error of the answer. */
    g->response.header_count = RESPONSE_HEADERS_MAX;
    for (size_t i = 0; i < RESPONSE_HEADERS_MAX; i++)
        g->response.headers[i] = (struct response_header){"X", "y"};
    g->worker.signed_in = (struct signed_in){.over = true};
    session_clear_over(&g->worker, &g->response);
    assert_int_equal(g->response.status, 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, visitor_set_up, visitor_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_place_content_and_method),
        TEST(the_token_of_another_session_is_none),
        TEST(a_key_needs_no_token),
        TEST(nobody_is_signed_in_by_another_site),
        TEST(fails_closed),
        TEST(a_registry_that_takes_no_changes),
        TEST(a_registry_that_is_full),
        TEST(a_browser_is_sent_to_sign_in),
        TEST(takes_an_old_cookie_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
