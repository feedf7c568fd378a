/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/pages/page_case.h"

/* What every page keeps: one request, no script, nothing from elsewhere. */
static void
assert_self_contained(const char *label, const struct text *page)
{
    static const char *const forbidden[] = {"<script", " style=", "src=\"http", "@import",
                                            "url(",    "onclick", "<iframe",    "rel=\"stylesheet"};
    assert_true(text_ok(page));
    assert_ptr_equal(strstr(page->data, "<!doctype html>"), page->data);
    assert_shows(label, page, "<html lang=\"en\" dir=\"ltr\">");
    assert_shows(label, page, "<meta name=\"referrer\" content=\"no-referrer\">");
    assert_shows(label, page, "</html>");
    assert_hides(label, page, "{{");
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
        assert_hides(label, page, forbidden[i]);
}

static void
home(void **state)
{
    struct text page;
    text_init(&page, PAGE_MAX);
    page_home(&page, *state, &in_english);
    assert_self_contained("home", &page);
    assert_shows("home", &page, "<form action=\"/check\" method=\"get\"");
    assert_shows("home", &page, "<label for=\"code\">");
    assert_shows("home", &page, "name=\"code\" value=\"\"");
    assert_shows("home", &page, "maxlength=\"1024\"");
    text_free(&page);
}

static void
not_a_code(void **state)
{
    static const struct {
        enum reading_error error;
        const char *label, *shown;
    } rows[] = {
        {READ_EMPTY, "empty", "Nothing was entered."},
        {READ_TOO_LONG, "too long", "longer than any code"},
        {READ_BAD_CHARACTER, "bad character", "an accented letter"},
        {READ_NOT_A_CODE, "not a code", "neither the link of a label nor a serial number"},
        {READ_BAD_SCHEME, "bad scheme", "begin with https://"},
        {READ_BAD_HOST, "bad host", "name of the website"},
        {READ_BAD_PATH, "bad path", "does not name exactly one item"},
        {READ_BAD_GTIN_LENGTH, "bad GTIN length", "does not have 14 digits"},
        {READ_BAD_CHECK_DIGIT, "bad check digit", "The product number holds a wrong digit."},
        {READ_BAD_VALUE, "bad value", "serial number or batch is too long"},
        {READ_BAD_PERCENT, "bad percent", "a percent sign"},
        {READ_BAD_QUERY, "bad query", "after the question mark"},
        {READ_BAD_FRAGMENT, "bad fragment", "holds a # sign"},
        {READ_REPEATED_SIGNATURE, "repeated signature", "two proofs"},
        {READ_BAD_SIGNATURE, "bad signature", "is incomplete or holds a wrong character"},
        {READ_NO_GTIN, "no GTIN", "no product number"},
        {READ_NO_SERIAL, "no serial", "no serial number"},
        {READ_BAD_AI, "bad AI", "a part that labels of items do not have"},
        {READ_OK, "out of place", "This is not a label code"},
        {READ_ERROR_COUNT, "out of range", "neither the link of a label"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text page;
        text_init(&page, PAGE_MAX);
        page_not_a_code(&page, *state, &in_english, rows[i].error, slice_of("what was typed"));
        assert_self_contained(rows[i].label, &page);
        assert_shows(rows[i].label, &page, rows[i].shown);
        assert_shows(rows[i].label, &page, "This is not a label code");
        assert_shows(rows[i].label, &page, "value=\"what was typed\"");
        text_free(&page);
    }
}

static void
errors(void **state)
{
    static const struct {
        int status;
        const char *label, *title;
    } rows[] = {
        {400, "bad request", "<h1>We could not understand that</h1>"},
        {401, "not signed in", "<h1>Please sign in</h1>"},
        {403, "not allowed", "<h1>Not allowed</h1>"},
        {404, "no page", "<h1>There is no such page</h1>"},
        {405, "no method", "<h1>That does not work here</h1>"},
        {413, "too large", "<h1>That was too much</h1>"},
        {415, "format", "<h1>We cannot read that format</h1>"},
        {429, "rate", "<h1>Too many requests</h1>"},
        {500, "our fault", "<h1>Something went wrong on our side</h1>"},
        {503, "unavailable", "<h1>We cannot answer just now</h1>"},
        {414, "another 4xx", "<h1>We could not understand that</h1>"},
        {507, "another 5xx", "<h1>Something went wrong on our side</h1>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text page;
        text_init(&page, PAGE_MAX);
        page_error(&page, *state, "en", rows[i].status, NULL);
        assert_self_contained(rows[i].label, &page);
        assert_shows(rows[i].label, &page, rows[i].title);
        text_reset(&page);
        page_error(&page, *state, "en", rows[i].status, "line 3");
        assert_shows(rows[i].label, &page, ": <bdi>line 3</bdi>");
        text_free(&page);
    }
}

static void
verdicts(void **state)
{
    struct scene scene;
    scene_open(&scene);
    struct text page = scene_render(*state, &scene);
    assert_self_contained("verdict", &page);
    text_free(&page);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(home),
        cmocka_unit_test(not_a_code),
        cmocka_unit_test(errors),
        cmocka_unit_test(verdicts),
    };
    return cmocka_run_group_tests(tests, pages_set_up, pages_tear_down);
}
