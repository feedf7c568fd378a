/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/inside.h"

#include <stdio.h>

/* ---- the language ---- */

bool
page_next_language(struct view *view, const struct pages *pages, size_t index)
{
    if (index >= pages->language_count)
        return false;
    const struct language *language = pages->languages[index];
    view->values[PAGE_TAG] = slice_of(language->tag);
    view->values[PAGE_NATIVE] = text_slice(&pages_word(language, pages->vocabulary.own_name)->text);
    return true;
}

/* Where there is no choice there is no chooser. */
void
page_put_visit(struct view *view, const struct pages *pages, const struct page_visit *visit)
{
    view->values[PAGE_ASKED] = slice_of(visit->asked ? "yes" : "");
    if (pages->language_count > 1)
        view->values[PAGE_HERE] = visit->here;
}

/* What the list needs. */
struct desk {
    const struct pages *pages;
};

static bool
next_language(struct view *view, unsigned list, size_t index)
{
    const struct desk *desk = view->context;
    return list == PAGE_CHOOSER && page_next_language(view, desk->pages, index);
}

/* ---- pages ---- */

static void
render(struct text *out, const struct pages *pages, const struct page_visit *visit,
       const char *path, struct view *view)
{
    struct desk desk = {pages};
    view->next = next_language;
    view->context = &desk;
    page_put_visit(view, pages, visit);
    page_render(out, pages, pages_language(pages, visit->language), path, view);
    view->context = NULL;
}

void
page_home(struct text *out, const struct pages *pages, const struct page_visit *visit)
{
    struct view view = {.next = NULL};
    render(out, pages, visit, "home.html", &view);
}

void
page_not_a_code(struct text *out, const struct pages *pages, const struct page_visit *visit,
                enum reading_error error, struct slice typed)
{
    struct view view = {.next = NULL};
    enum reading_error known = (unsigned)error < READ_ERROR_COUNT ? error : READ_NOT_A_CODE;
    view.chosen[PAGE_PROBLEM] = pages->vocabulary.problems[known];
    if (slice_utf8(typed))
        view.values[PAGE_TYPED] = typed;
    render(out, pages, visit, "code.html", &view);
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
