/* SPDX-License-Identifier: Apache-2.0 */
/* What an owner sees of the unit. */
#include "gateway/api/api.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/api/auth.h"
#include "gateway/api/etag.h"
#include "gateway/api/public_json.h"
#include "gateway/api/staff_json.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/records/records.h"
#include "gateway/rules/warranty.h"

enum { PAGE_EVENTS = 32, OWN_EVENTS_MAX = 512 * 1024 };

/* ---- events ---- */

/* Nobody who owned the unit before is any of this owner's business. */
static bool
begins_ownership(const struct event *event)
{
    return event->type == EVENT_ACTIVATE || event->type == EVENT_TRANSFER ||
           (event->type == EVENT_REPLACE && event->inherits);
}

/* The public is whoever had a code of this unit: the owner, or somebody to be told of. */
static bool
shown(const struct event *event)
{
    enum { SHOWN = ROLE_OWNER | ROLE_PUBLIC | ROLE_SERVICE };
    static const enum event_type answers[] = {EVENT_ACTIVATE, EVENT_CONFIRM, EVENT_DISMISS,
                                              EVENT_RECOVER,  EVENT_ADJUST,  EVENT_LOSE_SECRET};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (answers[i] == event->type)
            return true;
    return ((unsigned)event->role & SHOWN) != 0;
}

/* A police reference is for whoever reported it. */
static bool
shows_field(const struct event *event, enum event_field_id id)
{
    enum {
        ANYBODYS = 1U << FIELD_ON | 1U << FIELD_FAULT | 1U << FIELD_WORK | 1U << FIELD_PARTS |
                   1U << FIELD_COVERED | 1U << FIELD_ENTITLEMENT | 1U << FIELD_MONTHS |
                   1U << FIELD_EXCLUDED | 1U << FIELD_OTHER_GTIN | 1U << FIELD_OTHER_SERIAL
    };
    return event->role == ROLE_OWNER || (ANYBODYS & 1U << id) != 0;
}

static void
put_event(struct text *out, const struct event *event, uint64_t number)
{
    json_put(out, NULL, "{");
    json_put_number(out, "number", (int64_t)number);
    json_put_text(out, "type", event_type_name(event->type));
    json_put_time(out, "at", event->at);
    json_put_text(out, "by", event->role == ROLE_OWNER ? "you" : role_name(event->role));
    event_card_json(out, event);
    json_put(out, "fields", "{");
    for (size_t i = 0; i < event->field_count && i < EVENT_FIELDS_MAX; i++)
        if (shows_field(event, event->fields[i].id))
            json_put_text(out, event_field_name(event->fields[i].id), event->fields[i].value);
    text_put(out, "}}");
}

static void
put_page(struct text *out, const struct event *page, size_t count, uint64_t after)
{
    for (size_t i = 0; i < count; i++) {
        if (begins_ownership(&page[i])) {
            text_reset(out);
            text_char(out, '[');
        }
        if (shown(&page[i]))
            put_event(out, &page[i], after + i + 1);
    }
}

static enum err
collect_events(struct worker *worker, const struct unit_key *key, struct text *out)
{
    size_t count = PAGE_EVENTS;
    enum err err = ERR_OK;
    struct event *page = calloc(PAGE_EVENTS, sizeof *page);
    if (page == NULL)
        return ERR_MEMORY;
    text_char(out, '[');
    for (uint64_t after = 0; err == ERR_OK && count == PAGE_EVENTS; after += count) {
        err = registry_events(worker->session, key, after, page, PAGE_EVENTS, &count);
        if (err == ERR_OK)
            put_page(out, page, count, after);
    }
    text_char(out, ']');
    free(page);
    return err == ERR_OK && !text_ok(out) ? ERR_TOO_LARGE : err;
}

/* ---- the rest ---- */

static void
put_recalls(struct text *out, const struct unit_view *view, const char *language)
{
    enum { MAX = sizeof view->recalls / sizeof view->recalls[0] };
    json_put(out, "recalls", "[");
    for (size_t i = 0; i < view->recall_count && i < MAX; i++)
        public_recall_json(out, NULL, &view->recalls[i], language);
    text_char(out, ']');
}

static void
put_warranty(struct text *out, const struct public_product *of, const struct unit_view *view,
             int64_t now)
{
    struct warranty warranty;
    warranty_evaluate(&warranty, &view->product, &view->unit,
                      date_of(now, view->product.offset_minutes));
    public_warranty_json(out, of, &warranty, false);
}

static void
put_notices(struct text *out, const struct unit *unit, int64_t now)
{
    if (unit_provisional(unit, now) != 0)
        json_put_time(out, "provisional_until", unit->provisional_until);
    if (unit->transfer_until > now)
        json_put_time(out, "offer_until", unit->transfer_until);
    json_put_time(out, "recovery_at", unit->recovery_at);
}

static void
answer(struct worker *worker, const struct request *request, const struct text *events,
       struct response *response)
{
    const struct unit_view *view = &worker->view;
    const struct public_product product = {&view->product, worker->app->product_words};
    struct text *out = &response->body;
    response->content_type = "application/json";
    text_char(out, '{');
    json_put(out, "unit", "");
    staff_unit_json(out, &view->unit, &worker->caller, request->now);
    if (view->has_product) {
        public_product_json(out, &product);
        put_warranty(out, &product, view, request->now);
    }
    put_recalls(out, view, request_language(request, pages_languages(worker->app->pages)));
    put_notices(out, &view->unit, request->now);
    json_put(out, "events", events->data);
    text_put(out, "}\n");
    etag_version_and_body(response, view->unit.version);
}

/* No such unit and another's unit are told by the same words. */
static bool
find_own(struct worker *worker, const struct request *request, struct unit_key *key,
         struct response *response)
{
    bool named = segment_value(key->gtin, sizeof key->gtin, request->segments[2]) &&
                 segment_value(key->serial, sizeof key->serial, request->segments[3]) &&
                 gtin_valid(slice_of(key->gtin)) && gs1_value_valid(slice_of(key->serial));
    bool own = false;
    enum err err = named ? caller_view_own(worker, request, key, &own) : ERR_OK;
    if (err != ERR_OK) {
        write_problem(response, err, NULL);
        return false;
    }
    if (own)
        return true;
    response_problem(response, 403, "denied", "Not allowed",
                     "Only with the secret of the unit's owner", NULL);
    return false;
}

void
api_owner(struct worker *worker, const struct request *request, struct response *response)
{
    struct unit_key key;
    struct text events;
    memset(&key, 0, sizeof key);
    if (!find_own(worker, request, &key, response))
        return;
    text_init(&events, OWN_EVENTS_MAX);
    enum err err = collect_events(worker, &key, &events);
    if (err == ERR_OK)
        answer(worker, request, &events, response);
    else
        write_problem(response, err, NULL);
    text_free(&events);
}
