/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/staff/problem.h"

#include <stdio.h>

#include "gateway/json/json.h"
#include "gateway/json/write.h"
#include "gateway/pages/tree.h"

enum { SENTENCE_MAX = 1200, CODE_MAX = 60, LABEL_MAX = 40 };

/* The last name in a JSON pointer; empty when there is none. */
static struct slice
last_name(struct slice pointer)
{
    struct slice name = {0};
    while (pointer.len > 0) {
        struct slice part = slice_take_until(&pointer, '/');
        if (part.len > 0 && part.len <= LABEL_MAX && (part.data[0] < '0' || part.data[0] > '9'))
            name = part;
    }
    return name;
}

/* As forms call what the pointer points to. */
static void
put_label(struct page *page, struct text *out, const char *pointer)
{
    char key[LABEL_MAX + 16];
    struct slice name = last_name(slice_of(pointer));
    if (name.len == 0)
        return;
    (void)snprintf(key, sizeof key, "staff form.%.*s", (int)name.len, name.data);
    const char *label = pages_text(page->worker->app->pages, page->language, key);
    if (label != NULL)
        text_put(out, label);
    for (size_t i = 0; label == NULL && i < name.len; i++)
        text_char(out, (char)(name.data[i] == '_' ? ' ' : name.data[i]));
    text_put(out, ": ");
}

/* What is wrong, as a sentence: pointers are for programs, and a fragment begins small. */
static void
put_sentence(struct page *page, const struct json_node *said, const char *pointer)
{
    struct text sentence;
    struct slice detail = json_string(json_member_of(said, "detail"));
    struct slice rest = detail;
    text_init(&sentence, SENTENCE_MAX);
    if (pointer[0] != '\0' && slice_take(&rest, pointer) && slice_take(&rest, ": ")) {
        detail = rest;
        put_label(page, &sentence, pointer);
    }
    text_slice_put(&sentence, detail);
    bool fits = text_ok(&sentence) && sentence.len > 0;
    if (fits && sentence.data[0] >= 'a' && sentence.data[0] <= 'z')
        sentence.data[0] = (char)(sentence.data[0] - 'a' + 'A');
    json_put_text(&page->document, "detail", fits ? sentence.data : "");
    text_free(&sentence);
}

static void
take_pointer(char out[static PAGE_POINTER_MAX + 1], const struct json_node *error)
{
    if (!slice_copy(out, PAGE_POINTER_MAX + 1, json_string(json_member_of(error, "pointer"))))
        out[0] = '\0';
}

/* One error is what the problem's own sentence says. */
static void
put_errors(struct page *page, const struct json_node *errors)
{
    char pointer[PAGE_POINTER_MAX + 1];
    struct text *out = &page->document;
    if (json_length(errors) < 2)
        return;
    json_put(out, "errors", "[");
    for (const struct json_node *error = json_first(errors); error != NULL;
         error = json_next(error)) {
        take_pointer(pointer, error);
        json_put(out, NULL, "{");
        put_sentence(page, error, pointer);
        text_char(out, '}');
    }
    text_char(out, ']');
}

void
page_problem(struct page *page, struct slice answer)
{
    char code[CODE_MAX + 1];
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    if (json_parse(answer, PAGE_DOCUMENT_MAX, &doc, &fault) != ERR_OK) {
        page->document.failed = true;
        return;
    }
    const struct json_node *problem = json_root(doc);
    const struct json_node *errors = json_member_of(problem, "errors");
    take_pointer(page->wrong, json_item(errors, 0));
    if (!slice_copy(code, sizeof code, json_string(json_member_of(problem, "code"))))
        code[0] = '\0';
    json_put(&page->document, "problem", "{");
    json_put_text(&page->document, "code", code);
    put_sentence(page, problem, page->wrong);
    put_errors(page, errors);
    text_char(&page->document, '}');
    json_free(doc);
}
