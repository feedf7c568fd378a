/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/rules/unit.h"
#include "gateway/staff/catalogue.h"
#include "gateway/staff/form.h"

enum { DONE_MAX = 8 };

/* ---- the list ---- */

/* Open ones and lifted ones are two tables: is there anything to put into each? */
static void
count_each(struct page *page, const struct json_node *list)
{
    bool open = false;
    bool lifted = false;
    for (const struct json_node *one = json_first(list); one != NULL; one = json_next(one)) {
        bool over = json_member_of(one, "lifted_at") != NULL;
        open = open || !over;
        lifted = lifted || over;
    }
    json_put_bool(&page->document, "any_open", open);
    json_put_bool(&page->document, "any_lifted", lifted);
}

void
staff_recalls(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct json_doc *doc = NULL;
    page_begin(&page, worker, request, response, "staff title.recalls");
    int status = form_list(&page, "list", "/v1/recalls", &doc);
    if (status != 200)
        page.status = status;
    count_each(&page, json_member_of(json_root(doc), "recalls"));
    json_free(doc);
    page_show(&page, "recalls");
}

/* ---- one ---- */

static void
read_id(const struct request *request, char id[static ITEM_MAX + 1])
{
    if (!segment_value(id, ITEM_MAX + 1, request->segments[2]))
        memcpy(id, "-", 2);
}

static void
ask_more(struct page *page, const struct json_node *recall, const char *id)
{
    char gtin[GTIN_DIGITS + 1];
    char count[DONE_MAX];
    char path[PAGE_PATH_MAX + 1];
    struct question question = {.method = METHOD_GET, .path = path, .optional = true};
    if (slice_copy(gtin, sizeof gtin, json_string(json_member_of(recall, "gtin"))) &&
        page_path(path, "/v1/products/{}", (const char *[]){gtin}))
        (void)page_ask(page, "product", &question);
    if (page_query(page, "count", count, sizeof count) && strcmp(count, "1") == 0 &&
        page_path(path, "/v1/recalls/{}/affected", (const char *[]){id}))
        (void)page_ask(page, "count", &question);
}

static void
show(struct page *page, const char *id)
{
    char path[PAGE_PATH_MAX + 1] = "";
    struct json_doc *doc = NULL;
    const struct question question = {.method = METHOD_GET, .path = path};
    int status = 404;
    if (page_path(path, "/v1/recalls/{}", (const char *[]){id}))
        status = page_look(page, "recall", &question, &doc);
    if (status == 200)
        ask_more(page, json_root(doc), id);
    json_free(doc);
    if (status != 200 && page->status == 200)
        page->status = status;
    page_show(page, "recall");
}

void
staff_recall(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char id[ITEM_MAX + 1];
    page_begin(&page, worker, request, response, "staff title.recall");
    read_id(request, id);
    show(&page, id);
}

/* ---- lifting ---- */

static int
lift(struct page *page, const char *id)
{
    char path[PAGE_PATH_MAX + 1] = "";
    uint64_t version = form_version(page);
    const struct question question = {
        .method = METHOD_POST, .path = path, .has_version = version > 0, .version = version};
    if (!form_says(page, "confirm", id)) {
        page_refuse(page, "staff recall.wrong_id");
        return 400;
    }
    if (!page_path(path, "/v1/recalls/{}/lift", (const char *[]){id}))
        return 404;
    return page_ask(page, NULL, &question);
}

void
staff_recall_lift(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char id[ITEM_MAX + 1];
    page_begin(&page, worker, request, response, "staff title.recall");
    read_id(request, id);
    int status = lift(&page, id);
    if (status == 200) {
        char path[PAGE_PATH_MAX + 1] = "";
        if (!page_path(path, "/console/recalls/{}?done=lifted", (const char *[]){id}))
            path[0] = '\0';
        page_go(&page, path);
        return;
    }
    page.status = status;
    show(&page, id);
}
