/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/staff/acting.h"
#include "gateway/staff/console.h"

enum { VALUE_MAX = 24, QUERY_TEXT_MAX = 320 };

/* ---- the two lists: those that wait, and the others ---- */

static void
read_condition(const struct page *page, char condition[static VALUE_MAX])
{
    bool sent = page->request->method == METHOD_POST;
    if (!(sent ? page_field : page_query)(page, "condition", condition, VALUE_MAX) ||
        condition[0] == '\0')
        (void)snprintf(condition, VALUE_MAX, "stolen");
}

static void
ask_list(struct page *page, const char *name, const char *condition, const char *pending)
{
    struct text query;
    char cursor[CURSOR_MAX + 1];
    text_init(&query, QUERY_TEXT_MAX);
    text_put(&query, "condition=");
    text_percent(&query, slice_of(condition));
    text_printf(&query, "&pending=%s", pending);
    if (page_query(page, name, cursor, sizeof cursor) && cursor[0] != '\0') {
        text_put(&query, "&cursor=");
        text_percent(&query, slice_of(cursor));
    }
    int status = text_ok(&query) ? page_get(page, name, "/v1/missing", query.data) : 400;
    if (status != 200 && page->status == 200)
        page->status = status;
    text_free(&query);
}

static void
show(struct page *page)
{
    char condition[VALUE_MAX];
    read_condition(page, condition);
    json_put_text(&page->document, "condition", condition);
    ask_list(page, "waiting", condition, "true");
    ask_list(page, "others", condition, "false");
    page_show(page, "stolen");
}

void
staff_stolen(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char done[VALUE_MAX];
    enum event_type type = EVENT_NONE;
    page_begin(&page, worker, request, response, "staff title.stolen");
    if (page_query(&page, "done", done, sizeof done) && event_type_parse(&type, slice_of(done)))
        json_put_text(&page.document, "done", event_type_name(type));
    show(&page);
}

/* ---- in place ---- */

static bool
read_form(struct acting *acting, const struct page *page)
{
    return acting_read(acting, page) &&
           (acting->type == EVENT_CONFIRM || acting->type == EVENT_DISMISS ||
            acting->type == EVENT_RECOVER) &&
           page_field(page, "gtin", acting->key.gtin, sizeof acting->key.gtin) &&
           page_field(page, "serial", acting->key.serial, sizeof acting->key.serial);
}

void
staff_stolen_act(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct acting acting;
    char condition[VALUE_MAX];
    char path[PAGE_PATH_MAX + 1] = "/console/stolen";
    page_begin(&page, worker, request, response, "staff title.stolen");
    if (!read_form(&acting, &page))
        acting.type = EVENT_NONE;
    int status = acting_send(&page, &acting, false);
    if (status != 201) {
        page.status = status;
        show(&page);
        return;
    }
    read_condition(&page, condition);
    const char *const values[] = {condition, event_type_name(acting.type)};
    if (!page_path(path, "/console/stolen?condition={}&done={}", values))
        path[0] = '\0';
    page_go(&page, path);
}
