/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/staff/service.h"

#include "gateway/json/write.h"
#include "gateway/staff/desk.h"

enum { NAME_MAX = 24 };

/* What a service center records here, and how: NULL is a plain event. */
static const struct {
    enum event_type type;
    void (*act)(struct desk *desk, const struct acting *acting);
} acts[] = {
    {EVENT_SERVICE, NULL},
    {EVENT_HOLD, NULL},
    {EVENT_RELEASE, NULL},
    {EVENT_RETIRE, NULL},
    {EVENT_UNDO, NULL},
    {EVENT_REPLACE, desk_replace},
    {EVENT_ACTIVATE, desk_activate},
    {EVENT_LOSE_SECRET, desk_recover},
};

enum { ACTS = sizeof acts / sizeof acts[0] };

static size_t
find_act(enum event_type type)
{
    size_t i = 0;
    while (i < ACTS && acts[i].type != type)
        i++;
    return i;
}

/* ---- GET ---- */

static enum event_type
event_in_query(const struct page *page, const char *name)
{
    char value[NAME_MAX + 1];
    enum event_type type = EVENT_NONE;
    if (!page_query(page, name, value, sizeof value) || !event_type_parse(&type, slice_of(value)))
        return EVENT_NONE;
    return find_act(type) < ACTS ? type : EVENT_NONE;
}

static void
show(struct desk *desk)
{
    enum event_type done = event_in_query(&desk->page, "done");
    if (done != EVENT_NONE)
        json_put_text(&desk->page.document, "done", event_type_name(done));
    desk_show(desk, event_in_query(&desk->page, "do"));
}

void
staff_service(struct worker *worker, const struct request *request, struct response *response)
{
    struct desk desk;
    desk_begin(&desk, worker, request, response);
    if (!page_query(&desk.page, "code", desk.code, sizeof desk.code))
        page_refuse(&desk.page, "staff service.broken_code");
    show(&desk);
}

void
staff_service_unit(struct worker *worker, const struct request *request, struct response *response)
{
    struct desk desk;
    desk_begin(&desk, worker, request, response);
    desk_of_path(&desk);
    show(&desk);
}

/* ---- POST ---- */

static void
record(struct desk *desk, const struct acting *acting)
{
    struct page *page = &desk->page;
    bool ask_first = acting_irreversible(acting->type) && !about_confirmed(page);
    int status = acting_send(page, acting, ask_first);
    if (status == 201) {
        desk_go(desk, &acting->key, acting->type);
        return;
    }
    if (status != 200)
        page->status = status;
    if (status == 409)
        about_since(page, acting);
    if (status == 200)
        acting_put(page, "review", acting->type);
    desk_show(desk, status == 200 ? EVENT_NONE : acting->type);
}

void
staff_service_act(struct worker *worker, const struct request *request, struct response *response)
{
    struct desk desk;
    struct acting acting;
    desk_begin(&desk, worker, request, response);
    desk_of_path(&desk);
    if (!acting_read(&acting, &desk.page))
        acting.type = EVENT_NONE;
    acting.key = desk.key;
    size_t act = find_act(acting.type);
    if (act < ACTS && acts[act].act != NULL) {
        acts[act].act(&desk, &acting);
        return;
    }
    if (act == ACTS)
        acting.type = EVENT_NONE;
    record(&desk, &acting);
}
