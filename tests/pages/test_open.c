/* SPDX-License-Identifier: Apache-2.0 */
/* Templates and languages are checked when the program starts: each mistake that somebody could
 * make in web/ is found then, with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/pages/inside.h"

enum { FILES = PAGE_FILES_MAX + PAGE_LANGUAGES_MAX };

static bool
is_translation(const char *path)
{
    return strncmp(path, "lang/", 5) == 0 && strstr(path, "/en.ini") == NULL;
}

/* The embedded files in English alone, some of which are changed. */
struct shelf {
    struct embedded files[FILES + 1];
    size_t count;
    char *owned;
};

static void
shelf_open(struct shelf *shelf)
{
    shelf->owned = NULL;
    shelf->count = 0;
    for (const struct embedded *file = embedded_files; file->path != NULL; file++) {
        assert_true(shelf->count < FILES);
        if (!is_translation(file->path))
            shelf->files[shelf->count++] = *file;
    }
    shelf->files[shelf->count] = (struct embedded){NULL, NULL, 0};
}

/* Without the files whose path starts with `prefix`. */
static void
shelf_open_without(struct shelf *shelf, const char *prefix)
{
    struct shelf all;
    shelf_open(&all);
    *shelf = (struct shelf){.count = 0};
    for (size_t i = 0; i < all.count; i++)
        if (strncmp(all.files[i].path, prefix, strlen(prefix)) != 0)
            shelf->files[shelf->count++] = all.files[i];
    assert_true(shelf->count < all.count);
}

static struct embedded *
shelf_find(struct shelf *shelf, const char *path)
{
    for (size_t i = 0; i < shelf->count; i++)
        if (strcmp(shelf->files[i].path, path) == 0)
            return &shelf->files[i];
    fail_msg("no file %s", path);
    return shelf->files; /* not reached */
}

/* A copy of the file with the first `find` replaced by `put`. */
static struct embedded
edited(struct shelf *shelf, const char *path, const char *find, const char *put)
{
    struct embedded *file = shelf_find(shelf, path);
    const char *text = (const char *)file->data; /* ends with a NUL */
    const char *at = strstr(text, find);
    if (at == NULL)
        fail_msg("%s holds no '%s'", path, find);
    size_t size = file->len + strlen(put) + 1;
    shelf->owned = malloc(size);
    assert_non_null(shelf->owned);
    int len =
        snprintf(shelf->owned, size, "%.*s%s%s", (int)(at - text), text, put, at + strlen(find));
    return (struct embedded){file->path, (const unsigned char *)shelf->owned, (size_t)len};
}

static void
add(struct shelf *shelf, struct embedded file)
{
    assert_true(shelf->count < FILES);
    shelf->files[shelf->count++] = file;
    shelf->files[shelf->count] = (struct embedded){NULL, NULL, 0};
}

static void
assert_refused(const char *label, const struct shelf *shelf, const char *expected)
{
    struct pages *pages = NULL;
    struct fault fault = {ERR_OK, ""};
    enum err err = pages_open_from(&pages, shelf->files, &fault);
    if (err != ERR_CORRUPT || pages != NULL || strstr(fault.text, expected) == NULL)
        fail_msg("%s: %s (%s)", label, err_info(err)->code, fault.text);
}

static void
mistakes_in_a_file(void **state)
{
    static const struct {
        const char *label, *path, *find, *put, *fault;
    } rows[] = {
        {"a value that nobody sets", "verdict.html", "{{serial}}", "{{seriel}}",
         "no such name 'seriel'"},
        {"a section that is not closed", "verdict.html", "{{/recall_text}}", "",
         "at the end, still open: 'recall_text'"},
        {"a word that is not there", "home.html", "{{>home.lead}}", "{{>home.led}}",
         "cannot include 'home.led'"},
        {"an attribute without quotes", "form.html", "value=\"{{typed}}\"", "value={{typed}}",
         "form.html:5: an attribute is not quoted"},
        {"a file that includes itself", "error.html", "{{>head.html}}", "{{>error.html}}",
         "error.html:5: cannot include 'error.html'"},
        {"a file that comes later", "head.html", "{{>style.css}}", "{{>verdict.html}}",
         "cannot include 'verdict.html'"},
        {"a word that the program needs", "lang/en.ini", "[reason stolen]", "[reason taken]",
         "the word 'reason stolen.sentence'"},
        {"a word for a class", "lang/en.ini", "unchecked = Not checked", "unsure = Not checked",
         "the word 'verdict.unchecked'"},
        {"a month", "lang/en.ini", "12 = December", "13 = December", "the word 'month.12'"},
        {"a word twice", "lang/en.ini", "bad = Stop", "ok = Stop\nbad = Stop\nok = Stop",
         "'verdict.ok' was given before"},
        {"a word without text", "lang/en.ini", "bad = Stop", "bad =", "'bad' is empty"},
        {"a value that nobody sets in a word", "lang/en.ini", "{{brand}}", "{{brnad}}",
         "no such name 'brnad'"},
        {"a word that includes", "lang/en.ini", "bad = Stop", "bad = {{>head.html}}",
         "cannot include 'head.html'"},
        {"a sentence with a value", "lang/en.ini", "This item has been reported stolen.",
         "{{name}} has been reported stolen.", "the sentence of a reason shows a value"},
        {"a line that is no word", "lang/en.ini", "bad = Stop", "bad Stop", "lang/en.ini:"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct shelf shelf;
        shelf_open(&shelf);
        struct embedded file = edited(&shelf, rows[i].path, rows[i].find, rows[i].put);
        *shelf_find(&shelf, rows[i].path) = file;
        assert_refused(rows[i].label, &shelf, rows[i].fault);
        free(shelf.owned);
    }
}

static void
missing_files(void **state)
{
    static const struct {
        const char *label, *path, *fault;
    } rows[] = {
        {"no style", "style.css", "cannot include 'style.css'"},
        {"no head", "head.html", "cannot include 'head.html'"},
        {"no icon", "icons/bad.svg", "cannot include 'icons/bad.svg'"},
        {"no language", "lang/", "there is no language"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct shelf shelf;
        shelf_open_without(&shelf, rows[i].path);
        assert_refused(rows[i].label, &shelf, rows[i].fault);
    }
}

static void
mistakes_in_a_second_language(void **state)
{
    static const struct {
        const char *label, *find, *put, *fault;
    } rows[] = {
        {"a word is missing", "bad = Stop\n", "", "lang/xx.ini: lacks the word 'verdict.bad'"},
        {"a word too many", "bad = Stop\n", "bad = Stop\nworse = Halt\n",
         "lang/xx.ini: 'verdict.worse' is no word of lang/en.ini"},
        {"a value is forgotten", "covered until {{ends_on}}", "covered",
         "'cover.covered' shows other values than in lang/en.ini"},
        {"a value too many", "bad = Stop\n", "bad = Stop {{name}}\n",
         "'verdict.bad' shows other values than in lang/en.ini"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct shelf shelf;
        shelf_open(&shelf);
        struct embedded other = edited(&shelf, "lang/en.ini", rows[i].find, rows[i].put);
        other.path = "lang/xx.ini";
        add(&shelf, other);
        assert_refused(rows[i].label, &shelf, rows[i].fault);
        free(shelf.owned);
    }
}

static void
a_second_language(void **state)
{
    struct shelf shelf;
    struct pages *pages = NULL;
    struct text out;
    (void)state;
    shelf_open(&shelf);
    /* Another order of the sections: words are found by name. */
    struct embedded other = edited(&shelf, "lang/en.ini", "[verdict]\nok = Genuine label",
                                   "[language]\ndirection = rtl\n[verdict]\nok = \xD8\xB9");
    char *direction = strstr(shelf.owned, "direction = ltr\n");
    assert_non_null(direction);
    memset(direction, '#', strlen("direction = ltr"));
    other.path = "lang/xx.ini";
    add(&shelf, other);
    assert_int_equal(pages_open_from(&pages, shelf.files, NULL), ERR_OK);
    const char *const *tags = pages_languages(pages);
    size_t count = 0;
    while (tags[count] != NULL)
        count++;
    assert_string_equal(tags[0], "en");
    assert_string_equal(tags[count - 1], "xx");

    text_init(&out, PAGE_MAX);
    struct verdict verdict = {.class = VERDICT_OK, .reason_count = 1, .reasons = {REASON_GENUINE}};
    struct verdict_page model = {.verdict = &verdict, .error = READ_OK};
    page_verdict(&out, pages, &(struct page_visit){.language = "xx"}, &model);
    assert_true(text_ok(&out));
    assert_non_null(strstr(out.data, "<html lang=\"xx\" dir=\"rtl\">"));
    assert_non_null(strstr(out.data, "<h1>\xD8\xB9</h1>"));

    text_reset(&out);
    page_verdict(&out, pages, &(struct page_visit){.language = "qq"}, &model);
    assert_non_null(strstr(out.data, "<html lang=\"en\" dir=\"ltr\">"));
    assert_non_null(strstr(out.data, "<h1>Genuine label</h1>"));
    text_free(&out);
    pages_close(pages);
    free(shelf.owned);
}

/* The policy allows exactly the style that the pages carry, and nothing from elsewhere. */
static void
the_policy_allows_the_style(void **state)
{
    struct pages *pages = NULL;
    struct text out;
    (void)state;
    assert_int_equal(pages_open(&pages, NULL), ERR_OK);
    text_init(&out, PAGE_MAX);
    page_home(&out, pages, &(struct page_visit){.language = "en"});
    const char *begin = strstr(out.data, "<style>");
    assert_non_null(begin);
    begin += strlen("<style>");
    const char *end = strstr(begin, "</style>");
    assert_non_null(end);
    unsigned char hash[crypto_hash_sha256_BYTES];
    char base64[64];
    char source[100];
    (void)crypto_hash_sha256(hash, (const unsigned char *)begin, (size_t)(end - begin));
    (void)sodium_bin2base64(base64, sizeof base64, hash, sizeof hash,
                            sodium_base64_VARIANT_ORIGINAL);
    (void)snprintf(source, sizeof source, "style-src 'sha256-%s';", base64);
    const char *csp = pages_csp(pages);
    assert_non_null(strstr(csp, source));
    assert_ptr_equal(strstr(csp, "default-src 'none';"), csp);
    assert_null(strstr(csp, "unsafe"));
    assert_null(strstr(csp, "http"));
    assert_in_range(strlen(csp), 1, CSP_MAX - 1);
    text_free(&out);
    pages_close(pages);
}

static bool
starts_with_any(const char *key)
{
    /* Words that the program chooses by name (vocabulary.c, card_words.c). */
    static const char *const families[] = {"verdict.",
                                           "reason ",
                                           "cover.",
                                           "label.",
                                           "copy.",
                                           "key.",
                                           "problem.",
                                           "action.",
                                           "error ",
                                           "month.",
                                           "date.",
                                           "check.recorded",
                                           "check.not_recorded",
                                           "card.heading",
                                           "card.sentence",
                                           "language.name",
                                           "visitor title.",
                                           "visitor problem",
                                           "visitor confirm.",
                                           "visitor sure.",
                                           "visitor done.",
                                           "visitor event."};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (strncmp(key, families[i], strlen(families[i])) == 0)
            return true;
    return false;
}

static bool
is_included(const char *key)
{
    char tag[WORD_KEY_MAX + 8];
    (void)snprintf(tag, sizeof tag, "{{>%s}}", key);
    for (size_t i = 0; embedded_files[i].path != NULL; i++)
        if (strstr((const char *)embedded_files[i].data, tag) != NULL)
            return true;
    return false;
}

static void
no_word_is_left_over(void **state)
{
    struct shelf shelf;
    struct words words;
    (void)state;
    shelf_open(&shelf);
    const struct embedded *file = shelf_find(&shelf, "lang/en.ini");
    struct slice text = slice_make((const char *)file->data, file->len);
    assert_int_equal(words_read(&words, file->path, text, NULL), ERR_OK);
    for (size_t i = 0; i < words.count; i++)
        if (!starts_with_any(words.list[i].key) && !is_included(words.list[i].key))
            fail_msg("no page uses '%s'", words.list[i].key);
    words_free(&words);
}

static void
parts_of_a_word_are_joined(void **state)
{
    static const struct {
        const char *label, *first, *second, *joined;
    } rows[] = {
        {"a space", "One.", "Two.", "One. Two."},
        {"after a short part", "1", "2", "1 2"},
        {"Arabic", "\xD8\xB9\xD8\x8C", "\xD8\xB9", "\xD8\xB9\xD8\x8C \xD8\xB9"},
        {"a Japanese full stop", "\xE4\xB8\x80\xE3\x80\x82", "\xE4\xBA\x8C",
         "\xE4\xB8\x80\xE3\x80\x82\xE4\xBA\x8C"},
        {"a Japanese comma", "\xE3\x80\x81", "\xE4\xBA\x8C", "\xE3\x80\x81\xE4\xBA\x8C"},
        {"another letter of that script", "\xE3\x81\x82", "\xE4\xBA\x8C",
         "\xE3\x81\x82 \xE4\xBA\x8C"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char file[200];
        struct words words;
        (void)snprintf(file, sizeof file, "[s]\na = %s\na = %s\nb = c\n", rows[i].first,
                       rows[i].second);
        assert_int_equal(words_read(&words, "xx.ini", slice_of(file), NULL), ERR_OK);
        if (words.count != 2 || !slice_equal(text_slice(&words.list[0].text), rows[i].joined))
            fail_msg("%s: '%s'", rows[i].label, words.list[0].text.data);
        words_free(&words);
    }
}

static int
set_up(void **state)
{
    (void)state;
    return sodium_init() < 0 ? -1 : 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_in_a_file),
        cmocka_unit_test(missing_files),
        cmocka_unit_test(mistakes_in_a_second_language),
        cmocka_unit_test(a_second_language),
        cmocka_unit_test(the_policy_allows_the_style),
        cmocka_unit_test(no_word_is_left_over),
        cmocka_unit_test(parts_of_a_word_are_joined),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
