/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/inside.h"

#include <stdio.h>

void
page_home(struct text *out, const struct pages *pages, const char *language)
{
    struct view view = {.next = NULL};
    page_render(out, pages, pages_language(pages, language), "home.html", &view);
}

void
page_not_a_code(struct text *out, const struct pages *pages, const char *language,
                enum reading_error error, struct slice typed)
{
    struct view view = {.next = NULL};
    enum reading_error known = (unsigned)error < READ_ERROR_COUNT ? error : READ_NOT_A_CODE;
    view.chosen[PAGE_PROBLEM] = pages->vocabulary.problems[known];
    if (slice_utf8(typed))
        view.values[PAGE_TYPED] = typed;
    page_render(out, pages, pages_language(pages, language), "code.html", &view);
}

void
page_error(struct text *out, const struct pages *pages, const char *language, int status,
           const char *detail)
{
    char number[12];
    struct view view = {.next = NULL};
    const struct error_words *words = vocabulary_error(&pages->vocabulary, status);
    (void)snprintf(number, sizeof number, "%d", status);
    view.values[PAGE_STATUS] = slice_of(number);
    view.values[PAGE_DETAIL] = slice_of(detail);
    view.chosen[PAGE_TITLE] = words->title;
    view.chosen[PAGE_EXPLANATION] = words->text;
    page_render(out, pages, pages_language(pages, language), "error.html", &view);
}
