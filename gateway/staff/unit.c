/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json/write.h"
#include "gateway/staff/about.h"
#include "gateway/staff/console.h"

enum { NAME_MAX = 24 };

static void
show(struct page *page, const struct unit_key *key)
{
    char here[PAGE_PATH_MAX + 1];
    if (page_path(here, "/console/units/{}/{}", (const char *[]){key->gtin, key->serial}))
        json_put_text(&page->document, "here", here);
    if (about_unit(page, key, "") == 200)
        (void)about_ask(page, key, "scans", "/scans", NULL);
    page_show(page, "unit");
}

/* ---- GET ---- */

static bool
event_in_query(const struct page *page, const char *name, enum event_type *type)
{
    char value[NAME_MAX + 1];
    return page_query(page, name, value, sizeof value) && event_type_parse(type, slice_of(value));
}

void
staff_unit(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct unit_key key;
    enum event_type type = EVENT_NONE;
    page_begin(&page, worker, request, response, "staff title.unit");
    about_key(&key, request, 2);
    if (event_in_query(&page, "done", &type))
        json_put_text(&page.document, "done", event_type_name(type));
    if (event_in_query(&page, "do", &type) && worker->caller.role == ROLE_OPERATOR)
        acting_put(&page, "act", type);
    show(&page, &key);
}

/* ---- POST ---- */

static void
go_back(struct page *page, const struct acting *acting)
{
    char path[PAGE_PATH_MAX + 1];
    const char *const values[] = {acting->key.gtin, acting->key.serial,
                                  event_type_name(acting->type)};
    if (!page_path(path, "/console/units/{}/{}?done={}", values))
        path[0] = '\0';
    page_go(page, path);
}

static void
act(struct page *page, const struct acting *acting)
{
    bool ask_first = acting_irreversible(acting->type) && !about_confirmed(page);
    int status = acting_send(page, acting, ask_first);
    if (status == 201) {
        go_back(page, acting);
        return;
    }
    if (status != 200)
        page->status = status;
    if (status == 409)
        about_since(page, acting);
    if (acting->type != EVENT_NONE)
        acting_put(page, status == 200 ? "review" : "act", acting->type);
    show(page, &acting->key);
}

void
staff_unit_act(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct acting acting;
    page_begin(&page, worker, request, response, "staff title.unit");
    if (!acting_read(&acting, &page))
        acting.type = EVENT_NONE;
    about_key(&acting.key, request, 2);
    act(&page, &acting);
}
