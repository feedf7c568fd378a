/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/label/sheet.h"
#include "gateway/pages/card_words.h"
#include "gateway/staff/issuing.h"
#include "gateway/staff/page.h"

enum { VALUE_MAX = 64, PART_ITEMS = 1000 };

static void
put_sheets(struct text *out)
{
    json_put(out, "sheets", "[");
    for (const struct sheet *sheet = sheets; sheet->name != NULL; sheet++) {
        bool cards = strncmp(sheet->name, "cards-", strlen("cards-")) == 0;
        json_put(out, NULL, "{");
        json_put_text(out, "name", sheet->name);
        json_put_text(out, "about", sheet->about);
        json_put_bool(out, cards ? "for_cards" : "for_labels", true);
        text_char(out, '}');
    }
    text_char(out, ']');
}

/* What cards speak. */
static void
put_languages(struct text *out)
{
    char tag[CARD_TAG_MAX + 1];
    json_put(out, "languages", "[");
    for (size_t n = 0; card_language(tag, n) != NULL; n++) {
        struct card_words words;
        if (card_words_read(&words, tag, NULL) != ERR_OK)
            continue;
        json_put(out, NULL, "{");
        json_put_text(out, "tag", tag);
        json_put_text(out, "name", words.language);
        text_char(out, '}');
    }
    text_char(out, ']');
}

/* A PDF holds a thousand: a larger run is printed in parts. */
static void
put_parts(struct text *out, uint64_t count)
{
    if (count <= PART_ITEMS)
        return;
    json_put_bool(out, "parts_there", true);
    json_put(out, "parts", "[");
    for (uint64_t from = 1; from <= count; from += PART_ITEMS) {
        uint64_t last = from + PART_ITEMS - 1;
        json_put(out, NULL, "{");
        json_put_number(out, "from", (int64_t)from);
        json_put_number(out, "to", (int64_t)(last < count ? last : count));
        text_char(out, '}');
    }
    text_char(out, ']');
}

static int
ask_issue(struct page *page, const char *id)
{
    char path[PAGE_PATH_MAX + 1];
    struct json_doc *doc = NULL;
    int64_t count = 0;
    if (!page_path(path, "/v1/issues/{}", (const char *[]){id}))
        return 404;
    const struct question again = {.method = METHOD_GET, .path = path, .optional = true};
    int status = page_get(page, "issue", path, NULL);
    if (status == 200 && page_read(page, &again, &doc) == 200 &&
        json_integer(&count, json_member_of(json_root(doc), "count"), 1, JSON_INTEGER_MAX))
        put_parts(&page->document, (uint64_t)count);
    json_free(doc);
    return status;
}

static void
show(struct page *page, const char *id)
{
    int status = ask_issue(page, id);
    if (status != 200 && page->status == 200)
        page->status = status;
    put_sheets(&page->document);
    put_languages(&page->document);
    page_show(page, "issued");
}

static void
read_id(char out[static VALUE_MAX], const struct request *request)
{
    if (!segment_value(out, VALUE_MAX, request->segments[2]))
        memcpy(out, "0", 2);
}

void
staff_issued(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char id[VALUE_MAX];
    read_id(id, request);
    page_begin(&page, worker, request, response, "staff title.issued");
    show(&page, id);
}

/* What a button does. */
static const struct deed {
    const char *name;
    enum method method;
    const char *pattern;
    const char *query;
    bool sure; /* asks twice */
} deeds[] = {
    {"register", METHOD_POST, "/v1/issues/{}/register", NULL, false},
    {"remove", METHOD_DELETE, "/v1/issues/{}", NULL, true},
    {"abandon", METHOD_DELETE, "/v1/issues/{}", "abandon=true", true},
};

static const struct deed *
find_deed(const char *name)
{
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
        if (strcmp(deeds[i].name, name) == 0)
            return &deeds[i];
    return NULL;
}

static int
act(struct page *page, const struct deed *deed, const char *id)
{
    char path[PAGE_PATH_MAX + 1];
    char sure[VALUE_MAX];
    const struct question question = {.method = deed->method, .path = path, .query = deed->query};
    if (!page_field(page, "sure", sure, sizeof sure))
        return 400;
    if (deed->sure && strcmp(sure, "yes") != 0) {
        json_put_text(&page->document, "asked", deed->name);
        return 0;
    }
    if (!page_path(path, deed->pattern, (const char *[]){id}))
        return 404;
    return page_ask(page, NULL, &question);
}

void
staff_issued_act(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char id[VALUE_MAX];
    char what[VALUE_MAX];
    char path[PAGE_PATH_MAX + 1];
    read_id(id, request);
    page_begin(&page, worker, request, response, "staff title.issued");
    const struct deed *deed = page_field(&page, "do", what, sizeof what) ? find_deed(what) : NULL;
    int status = deed == NULL ? 400 : act(&page, deed, id);
    if (status == 200 && page_path(path, "/console/issue/{}", (const char *[]){id})) {
        page_go(&page, path);
        return;
    }
    page.status = status == 0 ? 200 : status;
    show(&page, id);
}
