/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share; nobody outside includes it but its tests. */
#ifndef ASSAY_PAGES_INSIDE_H
#define ASSAY_PAGES_INSIDE_H

#include "gateway/pages/embedded.h"
#include "gateway/pages/fields.h"
#include "gateway/pages/pages.h"
#include "gateway/pages/template.h"
#include "gateway/pages/vocabulary.h"
#include "gateway/pages/words.h"

enum {
    PAGE_FILES_MAX = 96,
    PAGE_LANGUAGES_MAX = 32,
    LANGUAGE_TAG_MAX = 15,
    CSP_MAX = 255
};

struct language {
    char tag[LANGUAGE_TAG_MAX + 1];
    struct words words;
    struct text reasons[REASON_COUNT]; /* pages_reason_json */
    /* The files, then the words: by the index that the names were resolved to. */
    const struct template *includes[PAGE_FILES_MAX + WORDS_MAX];
};

struct pages {
    size_t file_count;
    const char *file_paths[PAGE_FILES_MAX];
    struct template files[PAGE_FILES_MAX];
    size_t language_count;
    struct language *languages[PAGE_LANGUAGES_MAX];
    const char *tags[PAGE_LANGUAGES_MAX + 1];
    struct vocabulary vocabulary;
    char csp[CSP_MAX + 1];
};

/* pages_open with these files. */
enum err pages_open_from(struct pages **out, const struct embedded *files,
                         struct fault *fault) MUST_CHECK;

/* The language with this tag, or the first. */
const struct language *pages_language(const struct pages *pages, const char *tag);

/* The template of this path; NULL when there is none. */
const struct template *pages_file(const struct pages *pages, const char *path);

/* The n-th word: `chosen` as in the vocabulary. */
const struct word *pages_word(const struct language *language, unsigned chosen);

/* A day as people write it in this language, kept on one line by no-break spaces; "" for
 * CIVIL_NONE. */
void page_date(char out[static PAGE_DATE_MAX + 1], const struct vocabulary *words,
               const struct language *language, civil_day day);

/* The month and year of a day, in the same way. */
void page_month(char out[static PAGE_DATE_MAX + 1], const struct vocabulary *words,
                const struct language *language, civil_day day);

/* Sets the language's fields; in view->next, PAGE_CHOOSER goes to page_next_language. */
void page_put_visit(struct view *view, const struct pages *pages, const struct page_visit *visit);
bool page_next_language(struct view *view, const struct pages *pages, size_t index);

/* Renders the file `path` ("home.html") in a language. */
void page_render(struct text *out, const struct pages *pages, const struct language *language,
                 const char *path, struct view *view);

#endif
