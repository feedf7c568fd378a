/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/exchange/exchange.h"

static const struct {
    const char *label, *accept;
    bool html;
} types[] = {
    {"none", "", false},
    {"anything", "*/*", false},
    {"anything, weighted", "*/*;q=0.1", false},
    {"Firefox", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true},
    {"Chromium",
     "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"
     "q=0.8,application/signed-exchange;v=b3;q=0.7",
     true},
    {"html alone", "text/html", true},
    {"html in capitals", "TEXT/HTML", true},
    {"html with a parameter", "text/html;charset=utf-8", true},
    {"html group", "text/*", true},
    {"html named beside anything", "text/html, */*", true},
    {"html and json alike: a program names json", "text/html, application/json", false},
    {"json first", "application/json, text/html;q=0.9", false},
    {"html first", "application/json;q=0.9, text/html", true},
    {"spaces around", " text/html ; q=0.9 ,\tapplication/json ; q=0.8 ", true},
    {"json alone", "application/json", false},
    {"fetch of a script", "application/json, text/plain, */*", false},
    {"html refused", "text/html;q=0, */*", false},
    {"html refused alone", "text/html;q=0", false},
    {"json refused", "application/json;q=0, */*;q=0.1", true},
    {"specific over wildcard", "text/html;q=0.2, */*;q=0.9", false},
    {"group under specific", "text/*;q=0.9, text/html;q=0.1, application/json;q=0.5", false},
    {"group over wildcard", "text/*, application/json;q=0.5", true},
    {"the better of two", "text/html;q=0.1, text/html;q=0.9, application/json;q=0.5", true},
    {"three decimals", "text/html;q=0.501, application/json;q=0.500", true},
    {"weight of one with zeros", "text/html;q=1.000, application/json;q=0.999", true},
    {"weight in capitals", "text/html;Q=0.1, application/json", false},
    {"weight above one does not count", "text/html;q=1.001", false},
    {"weight of two does not count", "text/html;q=2, */*;q=0.1", false},
    {"negative weight does not count", "text/html;q=-1", false},
    {"four decimals do not count", "text/html;q=0.1234", false},
    {"empty weight does not count", "text/html;q=", false},
    {"weight without '='", "text/html;q", false},
    {"picture", "image/png", false},
    {"half a type", "text", false},
    {"type with more", "text/html5", false},
    {"commas only", ",,,", false},
    {"semicolons only", ";;;", false},
    {"empty items", ",, text/html ,,", true},
};

static const struct {
    const char *label, *accept;
    bool csv;
} tables[] = {
    {"csv alone", "text/csv", true},
    {"csv in capitals", "TEXT/CSV", true},
    {"csv named beside anything", "text/csv, */*", true},
    {"csv and json alike", "application/json, text/csv", true},
    {"csv first", "application/json;q=0.9, text/csv", true},
    {"none", "", false},
    {"anything", "*/*", false},
    {"any text", "text/*", false},
    {"json first", "text/csv;q=0.5, application/json", false},
    {"html first", "text/csv;q=0.5, text/html", false},
    {"csv refused", "text/csv;q=0", false},
    {"csv by half", "text/cs", false},
};

static void
chooses_a_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct request request = {.accept = slice_of(tables[i].accept)};
        if (request_wants_csv(&request) != tables[i].csv)
            fail_msg("%s: %s", tables[i].label, tables[i].accept);
    }
}

static void
chooses_a_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct request request = {.accept = slice_of(types[i].accept)};
        if (request_wants_html(&request) != types[i].html)
            fail_msg("%s: %s", types[i].label, types[i].accept);
    }
}

static const struct {
    const char *label, *accept, *tag;
} languages[] = {
    {"none", "", "en"},
    {"first", "en", "en"},
    {"other", "de", "de"},
    {"region falls back to its language", "de-CH", "de"},
    {"script and region fall back", "zh-Hant-TW", "zh-Hant"},
    {"extension goes with its letter", "zh-Hant-x-private", "zh-Hant"},
    {"in capitals", "DE-ch", "de"},
    {"by weight", "fr;q=0.9, de;q=0.8, en;q=0.7", "fr"},
    {"by weight, last", "en;q=0.1, de;q=0.2, fr;q=0.3", "fr"},
    {"alike: the first", "fr, de", "fr"},
    {"unknown ones passed over", "tlh, ru;q=0.9, de;q=0.2", "de"},
    {"unknown only", "tlh", "en"},
    {"refused", "de;q=0", "en"},
    {"any", "*", "en"},
    {"any after one that we lack", "tlh, *;q=0.5", "en"},
    {"not by its beginning", "deu", "en"},
    {"shorter than the tag", "zh", "en"},
    {"broken weight", "de;q=x", "en"},
    {"hyphens only", "---", "en"},
    {"ends in a hyphen", "de-", "de"},
    {"begins with a letter and a hyphen", "x-de", "en"},
    {"not ASCII", "\xFF\xFE", "en"},
};

static void
chooses_a_language(void **state)
{
    (void)state;
    static const char *const tags[] = {"en", "de", "fr", "zh-Hant", NULL};
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        struct request request = {.accept_language = slice_of(languages[i].accept)};
        const char *tag = request_language(&request, tags);
        if (strcmp(tag, languages[i].tag) != 0)
            fail_msg("%s: %s", languages[i].label, tag);
    }
}

/* What the address asks for counts before what the browser asks for. */
static void
an_address_asks_for_a_language(void **state)
{
    (void)state;
    static const char *const tags[] = {"en", "de", "fr", "zh-Hant", NULL};
    static const struct {
        const char *label, *query, *asked, *tag;
    } rows[] = {
        {"none", "", NULL, "fr"},
        {"one", "lang=de", "de", "de"},
        {"among others", "code=x&lang=de&S=AAAA", "de", "de"},
        {"with a region", "lang=de-AT", "de", "de"},
        {"in capitals", "lang=EN", "en", "en"},
        {"the first wins over the browser too", "lang=en", "en", "en"},
        {"one that we lack", "lang=tlh", NULL, "fr"},
        {"twice", "lang=de&lang=en", NULL, "fr"},
        {"empty", "lang=", NULL, "fr"},
        {"too long", "lang=de-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa", NULL, "fr"},
        {"broken", "lang=%zz", NULL, "fr"},
        {"another name", "language=de", NULL, "fr"},
        {"not a tag", "lang=../../etc", NULL, "fr"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = {.query = slice_of(rows[i].query),
                                  .accept_language = slice_of("fr")};
        const char *asked = request_language_asked(&request, tags);
        if ((asked == NULL) != (rows[i].asked == NULL) ||
            (asked != NULL && strcmp(asked, rows[i].asked) != 0))
            fail_msg("%s: asked for %s", rows[i].label, asked == NULL ? "none" : asked);
        if (strcmp(request_language(&request, tags), rows[i].tag) != 0)
            fail_msg("%s: %s", rows[i].label, request_language(&request, tags));
    }
}

static void
an_address_without_its_language(void **state)
{
    (void)state;
    static const struct {
        const char *label, *path, *query, *here;
    } rows[] = {
        {"no query", "/", "", "/?"},
        {"a query", "/check", "code=a%20b", "/check?code=a%20b&"},
        {"only the language", "/check", "lang=de", "/check?"},
        {"before, between and after", "/a", "lang=de&x=1&lang=fr&y=2&lang=en", "/a?x=1&y=2&"},
        {"not by its beginning", "/a", "language=x&lang", "/a?language=x&lang&"},
        {"empty parts", "/a", "&&x=1&&", "/a?x=1&"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = {.path = slice_of(rows[i].path), .query = slice_of(rows[i].query)};
        struct text out;
        text_init(&out, 200);
        request_here(&out, &request);
        assert_true(text_ok(&out));
        if (strcmp(out.data, rows[i].here) != 0)
            fail_msg("%s: %s", rows[i].label, out.data);
        text_free(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_a_type),
        cmocka_unit_test(chooses_a_table),
        cmocka_unit_test(chooses_a_language),
        cmocka_unit_test(an_address_asks_for_a_language),
        cmocka_unit_test(an_address_without_its_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
