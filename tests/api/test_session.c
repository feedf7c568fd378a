/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in, the cookie, and signing out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/api/visitor.h"

#define PREFIX "__Host-assay="

enum { EVERYBODY = 0xFF };

/* ---- the cookie ---- */

/* `form` with $ for a good token. */
static const struct {
    const char *label, *form;
    enum role role;
    bool over;
} cookies[] = {
    {"as it was given", PREFIX "$", ROLE_RETAILER, false},
    {"among others", "a=1; " PREFIX "$; b=2", ROLE_RETAILER, false},
    {"none", "", ROLE_PUBLIC, false},
    {"of somebody else", "a=1; session=$", ROLE_PUBLIC, false},
    {"without the prefix", "assay=$", ROLE_PUBLIC, false},
    {"empty", PREFIX, ROLE_PUBLIC, true},
    {"twice", PREFIX "$; " PREFIX "$", ROLE_PUBLIC, true},
    {"twice, one of them wrong", PREFIX "x; " PREFIX "$", ROLE_PUBLIC, true},
    {"in quotes", PREFIX "\"$\"", ROLE_PUBLIC, true},
    {"longer", PREFIX "$0", ROLE_PUBLIC, true},
    {"percent-encoded", PREFIX "%30$", ROLE_PUBLIC, true},
    {"another secret", PREFIX "7K3M9Q2X.0123456789ABCDEFGHJKMNPQRS", ROLE_PUBLIC, true},
    {"an API key", PREFIX "assay_A1B2C3D4_00000000000000000000000000V35R", ROLE_PUBLIC, true},
};

static void
reads_the_cookie(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    char sent[200];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    sign_in(g, key, NOW, cookie);
    for (size_t i = 0; i < sizeof cookies / sizeof cookies[0]; i++) {
        fill_in(sent, sizeof sent, cookies[i].form, cookie + strlen(PREFIX));
        enum role role = role_with(g, sent, NOW);
        if (role != cookies[i].role || g->worker.signed_in.over != cookies[i].over ||
            g->worker.signed_in.is != (role == ROLE_RETAILER))
            fail_msg("%s: %d", cookies[i].label, role);
        int status = visit(g, &(struct visit){.cookie = sent});
        if (status != (role == ROLE_RETAILER ? 200 : 401))
            fail_msg("%s: %d", cookies[i].label, status);
    }
    /* Every character of the token counts. */
    for (size_t i = strlen(PREFIX); cookie[i] != '\0'; i++) {
        char other = cookie[i];
        cookie[i] = other == 'A' ? 'B' : 'A';
        assert_int_equal(role_with(g, cookie, NOW), ROLE_PUBLIC);
        cookie[i] = other;
    }
}

static void
cookies_by_scheme(void **state)
{
    static const struct {
        const char *base, *begins, *attributes;
    } rows[] = {
        {"https://id.example.com", PREFIX, "; Path=/; HttpOnly; SameSite=Strict; Secure"},
        {"http://localhost:8080", "assay=", "; Path=/; HttpOnly; SameSite=Strict"},
    };
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    char expected[300];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    for (size_t i = 0; i < 2; i++) {
        strcpy(g->config.base_url, rows[i].base);
        sign_in(g, key, NOW, cookie);
        (void)snprintf(expected, sizeof expected, "%s%s", cookie, rows[i].attributes);
        assert_string_equal(answer_header(g, "Set-Cookie"), expected);
        assert_memory_equal(cookie, rows[i].begins, strlen(rows[i].begins));
        assert_int_equal(strlen(cookie), strlen(rows[i].begins) + SESSION_TOKEN_CHARS);
        assert_int_equal(role_with(g, cookie, NOW), ROLE_RETAILER);
    }
    /* What was given for http is not known by https. */
    strcpy(g->config.base_url, rows[0].base);
    assert_int_equal(role_with(g, cookie, NOW), ROLE_PUBLIC);
}

/* ---- signing in ---- */

static void
tells_who_signed_in(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    char csrf[CSRF_CHARS + 1];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    sign_in(g, key, NOW, cookie);
    for (int i = 0; i < 2; i++) {
        assert_string_equal(answer_text(g, "role"), "retailer");
        assert_string_equal(answer_text(g, "name"), "till 3");
        assert_string_equal(answer_text(g, "organisation"), "Tool Shop");
        assert_string_equal(answer_text(g, "locations/0"), "shop-7");
        /* Twelve hours after 2026-11-22T14:33:20Z. */
        assert_string_equal(answer_text(g, "expires_at"), "2026-11-23T02:33:20Z");
        assert_int_equal(strlen(answer_text(g, "csrf")), CSRF_CHARS);
        assert_false(answer_holds(g, cookie + strlen(PREFIX)));
        if (i == 0)
            strcpy(csrf, answer_text(g, "csrf"));
        assert_string_equal(answer_text(g, "csrf"), csrf);
        assert_int_equal(visit(g, &(struct visit){.cookie = cookie, .handle = api_session}), 200);
    }
    assert_string_equal(answer_header(g, "Set-Cookie"), "");
    /* Another browser of the same credential has a token and forms of its own. */
    char other[COOKIE_TEXT];
    sign_in(g, key, NOW, other);
    assert_string_not_equal(other, cookie);
    assert_string_not_equal(answer_text(g, "csrf"), csrf);
}

static void
refuses_wrong_keys(void **state)
{
    static const struct {
        const char *label, *body;
        int status;
    } rows[] = {
        {"unknown", "{\"key\":\"assay_A1B2C3D4_00000000000000000000000000V35R\"}", 401},
        {"empty", "{\"key\":\"\"}", 401},
        {"too long", "{\"key\":\"assay_A1B2C3D4_00000000000000000000000000V35R0\"}", 401},
        {"an owner secret", "{\"key\":\"owner_00000000000000000000000000W4RE\"}", 401},
        {"a number", "{\"key\":1}", 400},
        {"none", "{}", 400},
        {"something else", "{\"key\":\"\",\"role\":\"admin\"}", 400},
        {"no JSON", "key=1", 400},
        {"nothing", "", 400},
    };
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int status = visit(g, &(struct visit){.method = METHOD_POST,
                                              .body = rows[i].body,
                                              .content_type = "application/json",
                                              .roles = EVERYBODY,
                                              .handle = api_session_open});
        if (status != rows[i].status || *answer_header(g, "Set-Cookie") != '\0')
            fail_msg("%s: %d", rows[i].label, status);
    }
}

static void
wrong_keys_are_limited_and_right_ones_not(void **state)
{
    static const char wrong[] = "assay_A1B2C3D4_00000000000000000000000000V35R";
    struct gateway *g = *state;
    char key[KEY_TEXT];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    for (int i = 0; i < 100; i++)
        assert_int_equal(try_sign_in(g, wrong, NOW), 401);
    assert_int_equal(try_sign_in(g, wrong, NOW), 429);
    assert_string_equal(answer_text(g, "code"), "too_many_tries");
    assert_string_equal(answer_header(g, "Retry-After"), "1");
    assert_int_equal(try_sign_in(g, key, NOW), 201);
    assert_int_equal(try_sign_in(g, wrong, NOW), 429);
    assert_int_equal(try_sign_in(g, wrong, NOW + 2), 401);
    assert_int_equal(try_sign_in(g, wrong, NOW + 2), 401);
    assert_int_equal(try_sign_in(g, wrong, NOW + 2), 429);
}

static void
signing_in_again_ends_the_session_before(void **state)
{
    struct gateway *g = *state;
    char first_key[KEY_TEXT];
    char key[KEY_TEXT];
    char first[COOKIE_TEXT];
    char body[200];
    (void)credential_made(g, ROLE_ADMIN, 0, first_key);
    (void)credential_made(g, ROLE_SERVICE, 0, key);
    sign_in(g, first_key, NOW, first);
    (void)snprintf(body, sizeof body, "{\"key\":\"%s\"}", key);
    assert_int_equal(visit(g, &(struct visit){.method = METHOD_POST,
                                              .body = body,
                                              .content_type = "application/json",
                                              .cookie = first,
                                              .fetch_site = "same-origin",
                                              .roles = EVERYBODY,
                                              .handle = api_session_open}),
                     201);
    assert_string_equal(answer_text(g, "role"), "service");
    assert_int_equal(role_with(g, first, NOW), ROLE_PUBLIC);
}

/* ---- signing out ---- */

static int
sign_out(struct gateway *g, const char *cookie, const char *query)
{
    return visit(g, &(struct visit){.method = METHOD_DELETE,
                                    .query = query,
                                    .cookie = cookie,
                                    .fetch_site = "same-origin",
                                    .handle = api_session_end});
}

static void
signs_out_here(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char here[COOKIE_TEXT];
    char there[COOKIE_TEXT];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    sign_in(g, key, NOW, here);
    sign_in(g, key, NOW, there);
    assert_int_equal(sign_out(g, here, "everywhere=yes"), 400);
    assert_int_equal(sign_out(g, here, NULL), 204);
    assert_int_equal(g->response.body.len, 0);
    assert_string_equal(answer_header(g, "Set-Cookie"),
                        PREFIX "; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0");
    assert_string_equal(answer_header(g, "Clear-Site-Data"), "\"cache\"");
    assert_int_equal(sign_out(g, here, NULL), 401);
    assert_int_equal(role_with(g, here, NOW), ROLE_PUBLIC);
    assert_int_equal(role_with(g, there, NOW), ROLE_RETAILER);
}

static void
signs_out_everywhere(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char other_key[KEY_TEXT];
    char browsers[3][COOKIE_TEXT];
    char bearer[80];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    (void)credential_made(g, ROLE_RETAILER, 0, other_key);
    sign_in(g, key, NOW, browsers[0]);
    sign_in(g, key, NOW, browsers[1]);
    sign_in(g, other_key, NOW, browsers[2]);
    assert_int_equal(sign_out(g, browsers[0], "everywhere=true"), 204);
    assert_int_equal(role_with(g, browsers[0], NOW), ROLE_PUBLIC);
    assert_int_equal(role_with(g, browsers[1], NOW), ROLE_PUBLIC);
    assert_int_equal(role_with(g, browsers[2], NOW), ROLE_RETAILER);
    /* The key does it too, from anywhere: but it has no session of its own. */
    sign_in(g, key, NOW, browsers[0]);
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", key);
    const struct visit by_key = {
        .method = METHOD_DELETE, .authorization = bearer, .handle = api_session_end};
    assert_int_equal(visit(g, &by_key), 404);
    assert_int_equal(visit(g, &(struct visit){.authorization = bearer, .handle = api_session}),
                     404);
    struct visit everywhere = by_key;
    everywhere.query = "everywhere=true";
    assert_int_equal(role_with(g, browsers[0], NOW), ROLE_RETAILER);
    assert_int_equal(visit(g, &everywhere), 204);
    assert_int_equal(role_with(g, browsers[0], NOW), ROLE_PUBLIC);
}

static void
outlives_a_restart(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    sign_in(g, key, NOW, cookie);
    gateway_restart(g);
    assert_int_equal(role_with(g, cookie, NOW), ROLE_RETAILER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, visitor_set_up, visitor_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_the_cookie),
        TEST(cookies_by_scheme),
        TEST(tells_who_signed_in),
        TEST(refuses_wrong_keys),
        TEST(wrong_keys_are_limited_and_right_ones_not),
        TEST(signing_in_again_ends_the_session_before),
        TEST(signs_out_here),
        TEST(signs_out_everywhere),
        TEST(outlives_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
