/* SPDX-License-Identifier: Apache-2.0 */
/* What holds in every language, and how each one writes its dates. A new language gets its rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/pages/inside.h"
#include "tests/pages/page_case.h"

#define NO_BREAK_SPACE "\xC2\xA0"
#define NARROW_NO_BREAK_SPACE "\xE2\x80\xAF"
#define WORD_JOINER "\xE2\x81\xA0"

/* Takes one of these, which are not seen as letters; "" when the text begins with none. */
static const char *
take_joint(struct slice *s)
{
    if (slice_take(s, NO_BREAK_SPACE))
        return " ";
    return slice_take(s, WORD_JOINER) ? "" : NULL;
}

/* The date with plain spaces. Fails the test where a line could end within it. */
static void
assert_date(const char *label, const char *date, const char *expected)
{
    struct text plain;
    text_init(&plain, PAGE_DATE_MAX);
    for (struct slice rest = slice_of(date); rest.len > 0;) {
        const char *joint = take_joint(&rest);
        if (joint != NULL) {
            text_put(&plain, joint);
            continue;
        }
        if (rest.data[0] == ' ')
            fail_msg("%s: a line may end within \"%s\"", label, date);
        text_char(&plain, rest.data[0]);
        rest = slice_make(rest.data + 1, rest.len - 1);
    }
    assert_true(text_ok(&plain));
    assert_string_equal(plain.data, expected);
    text_free(&plain);
}

static const struct {
    const char *language, *day, *first, *month; /* 2026-11-22, 2027-01-01, and the month of both */
} dates[] = {
    {"en", "22 November 2026", "1 January 2027", "November 2026"},
    {"ar", "22 نوفمبر 2026", "1 يناير 2027", "نوفمبر 2026"},
    {"da", "22. november 2026", "1. januar 2027", "november 2026"},
    {"de", "22. November 2026", "1. Januar 2027", "November 2026"},
    {"es", "22 de noviembre de 2026", "1 de enero de 2027", "noviembre de 2026"},
    {"fr", "22 novembre 2026", "1er janvier 2027", "novembre 2026"},
    {"ja", "2026年11月22日", "2027年1月1日", "2026年11月"},
    {"pl", "22 listopada 2026", "1 stycznia 2027", "listopada 2026"},
};

static void
dates_as_people_write_them(void **state)
{
    const struct pages *pages = *state;
    size_t count = 0;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        char text[PAGE_DATE_MAX + 1];
        const char *language = dates[i].language;
        pages_day(text, pages, language, day_of("2026-11-22"));
        assert_date(language, text, dates[i].day);
        pages_day(text, pages, language, day_of("2027-01-01"));
        assert_date(language, text, dates[i].first);
        page_month(text, &pages->vocabulary, pages_language(pages, language), day_of("2026-11-30"));
        assert_date(language, text, dates[i].month);
    }
    while (pages_languages(pages)[count] != NULL)
        count++;
    assert_int_equal(count, sizeof dates / sizeof dates[0]);
}

/* ---- the verdict ---- */

static const char *
class_word(const struct pages *pages, const struct language *language, unsigned class)
{
    return pages_word(language, pages->vocabulary.class_word[class])->text.data;
}

/* Who knows one of the answers is not to take it for another, and none of them is long. */
static void
answers_differ(void **state)
{
    const struct pages *pages = *state;
    for (const char *const *tag = pages_languages(pages); *tag != NULL; tag++) {
        const struct language *language = pages_language(pages, *tag);
        for (unsigned a = 0; a <= VERDICT_OK; a++) {
            assert_in_range(strlen(class_word(pages, language, a)), 1, 24);
            for (unsigned b = 0; b < a; b++)
                assert_string_not_equal(class_word(pages, language, a),
                                        class_word(pages, language, b));
        }
        for (unsigned a = 0; a < REASON_COUNT; a++)
            for (unsigned b = 0; b < a; b++)
                assert_string_not_equal(pages_reason_sentence(pages, *tag, (enum reason)a),
                                        pages_reason_sentence(pages, *tag, (enum reason)b));
    }
}

/* A brand is a name of its own; "the maker" is declined. */
static void
buttons_name_the_brand(void **state)
{
    static const struct {
        const char *language, *branded, *plain;
    } rows[] = {
        {"en", ">Tell Nordlys where it is<", ">Tell the maker where it is<"},
        {"da", ">Fortæl Nordlys, hvor" NO_BREAK_SPACE "den" NO_BREAK_SPACE "er<",
         ">Fortæl producenten, hvor" NO_BREAK_SPACE "den" NO_BREAK_SPACE "er<"},
        {"de", ">Fundort an Nordlys melden<", ">Fundort an den Hersteller melden<"},
        {"es", ">Decir a Nordlys dónde" NO_BREAK_SPACE "está<",
         ">Decir al fabricante dónde" NO_BREAK_SPACE "está<"},
        {"fr", ">Dire à Nordlys où" NO_BREAK_SPACE "il" NO_BREAK_SPACE "est<",
         ">Dire au fabricant où" NO_BREAK_SPACE "il" NO_BREAK_SPACE "est<"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        struct text page;
        const struct page_visit visit = {.language = rows[i].language};
        scene_open(&scene);
        scene_reasons(&scene, (const int[]){REASON_STOLEN, -1});
        text_init(&page, PAGE_MAX);
        page_verdict(&page, *state, &visit, &scene.page);
        assert_shows(rows[i].language, &page, rows[i].branded);
        scene.product.brand[0] = '\0';
        text_reset(&page);
        page_verdict(&page, *state, &visit, &scene.page);
        assert_shows(rows[i].language, &page, rows[i].plain);
        text_free(&page);
    }
}

/* ---- the words ---- */

static void
assert_lacks(const char *tag, const struct word *word, const char *mistake)
{
    if (strstr(word->text.data, mistake) != NULL)
        fail_msg("%s: '%s' holds \"%s\"", tag, word->key, mistake);
}

/* What a typist does and a printer does not. */
static void
words_are_set_well(void **state)
{
    static const char *const mistakes[] = {"  ", " ?", " !", " :", " ,", "...", "\"", "--"};
    const struct pages *pages = *state;
    for (const char *const *tag = pages_languages(pages) + 1; *tag != NULL; tag++) {
        const struct words *words = &pages_language(pages, *tag)->words;
        for (size_t i = 0; i < words->count; i++) {
            if (strncmp(words->list[i].key, "staff ", 6) == 0)
                continue; /* may be in English */
            assert_lacks(*tag, &words->list[i], "'");
            for (size_t m = 0; m < sizeof mistakes / sizeof mistakes[0]; m++)
                assert_lacks(*tag, &words->list[i], mistakes[m]);
        }
    }
}

/* French keeps its high marks apart from the word, and on its line. */
static void
french_marks_stand_apart(void **state)
{
    const struct words *words = &pages_language(*state, "fr")->words;
    size_t found = 0;
    for (size_t i = 0; i < words->count; i++) {
        const char *text = words->list[i].text.data;
        if (strncmp(words->list[i].key, "staff ", 6) == 0)
            continue;
        for (const char *at = strpbrk(text, "?!:"); at != NULL; at = strpbrk(at + 1, "?!:")) {
            if (strncmp(at, "://", 3) == 0)
                continue;
            found++;
            if (at - text < 3 || memcmp(at - 3, NARROW_NO_BREAK_SPACE, 3) != 0)
                fail_msg("'%s': %s", words->list[i].key, text);
        }
    }
    assert_in_range(found, 20, 200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_as_people_write_them), cmocka_unit_test(answers_differ),
        cmocka_unit_test(buttons_name_the_brand),     cmocka_unit_test(words_are_set_well),
        cmocka_unit_test(french_marks_stand_apart),
    };
    return cmocka_run_group_tests(tests, pages_set_up, pages_tear_down);
}
