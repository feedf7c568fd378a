/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "gateway/api/auth.h"
#include "gateway/api/stock.h"
#include "gateway/api/writing.h"
#include "gateway/rules/warranty.h"

enum err
writing_refuse(struct writing *w, enum err err, const char *sentence)
{
    return fault_set(&w->out->fault, err, "%s: %s", event_type_name(w->row->event.type), sentence);
}

/* ---- the event, complete ---- */

static struct asked
asked(struct writing *w)
{
    return (struct asked){w->worker->session, &w->worker->view, &w->event};
}

static enum err
complete(struct writing *w)
{
    const struct asked what = asked(w);
    struct event *event = &w->event;
    *event = w->row->event;
    event->at = w->operation->at;
    event->role = w->worker->caller.role;
    memcpy(event->actor, w->worker->caller.organisation, sizeof event->actor);
    memcpy(event->operation, w->operation->id, sizeof event->operation);
    return change_complete(&what, &w->past);
}

/* ---- where ---- */

enum place {
    PLACE_TARGET = 1,
    PLACE_UNIT = 2,
    PLACE_STOCK = 4,
    PLACE_NOT_ANOTHERS = 8,
    PLACE_ARRIVES = 16
};

/* Where a retailer has to be for an event. Whoever could move or sell another's stock would have it
 * as his own then, and could report it stolen. */
static const struct {
    enum event_type type;
    unsigned places;
} retailer_places[] = {
    {EVENT_RECEIVE, PLACE_TARGET | PLACE_ARRIVES},
    {EVENT_MOVE, PLACE_TARGET | PLACE_STOCK},
    {EVENT_RESTOCK, PLACE_TARGET},
    {EVENT_SELL, PLACE_UNIT | PLACE_NOT_ANOTHERS},
    {EVENT_REPORT_STOLEN, PLACE_STOCK},
    {EVENT_REPORT_LOST, PLACE_STOCK},
};

static enum err
check_place(struct writing *w)
{
    const struct caller *caller = &w->worker->caller;
    const struct unit *unit = &w->worker->view.unit;
    const struct past_facts *facts = &w->past.facts;
    unsigned places = 0;
    for (size_t i = 0; i < sizeof retailer_places / sizeof retailer_places[0]; i++)
        if (retailer_places[i].type == w->event.type && caller->role == ROLE_RETAILER)
            places = retailer_places[i].places;
    if ((places & PLACE_TARGET) != 0 &&
        !caller_at_location(caller, event_value(&w->event, FIELD_LOCATION)))
        return writing_refuse(w, ERR_DENIED, "that location is not one of yours");
    if ((places & PLACE_UNIT) != 0 && !caller_at_location(caller, unit->location))
        return writing_refuse(w, ERR_DENIED,
                              "the unit is recorded at a location that is not yours");
    if ((places & PLACE_ARRIVES) != 0 && !stock_may_arrive(caller, unit, facts))
        return writing_refuse(w, ERR_DENIED,
                              "the unit is on its way to somebody else; the brand can receive it, "
                              "or send it to you");
    if (((places & PLACE_STOCK) != 0 && !stock_is_own(caller, unit, facts)) ||
        ((places & PLACE_NOT_ANOTHERS) != 0 && stock_is_anothers(caller, unit, facts)))
        return writing_refuse(w, ERR_DENIED,
                              "only for stock of your own: the unit is not recorded as yours");
    return ERR_OK;
}

static enum err
check_document(struct writing *w)
{
    struct fault fault = {ERR_OK, ""};
    const char *link = event_value(&w->event, FIELD_DOCUMENT);
    if (link[0] == '\0' || config_check_document(w->worker->app->config, link, &fault) == ERR_OK)
        return ERR_OK;
    return writing_refuse(w, ERR_INVALID, fault.text);
}

/* A repair that says "covered" has to be, on the day of the repair. */
static enum err
check_cover(struct writing *w)
{
    struct fault fault = {ERR_OK, ""};
    const struct unit_view *view = &w->worker->view;
    const char *id = event_value(&w->event, FIELD_ENTITLEMENT);
    civil_day on = CIVIL_NONE;
    if (w->event.type != EVENT_SERVICE || id[0] == '\0')
        return ERR_OK;
    if (!date_parse(&on, slice_of(event_value(&w->event, FIELD_ON))))
        on = date_of(w->event.at, w->event.offset_minutes);
    enum err err = warranty_claim(&view->product, &view->unit, id, on, &fault);
    return err == ERR_OK ? ERR_OK : writing_refuse(w, err, fault.text);
}

static enum err
apply_rules(struct writing *w)
{
    const struct asked what = asked(w);
    enum err err = change_make(&what, &w->change, NULL, &w->out->fault);
    return err == ERR_OK ? check_place(w) : err;
}

/* ERR_OK: w->change is to be written. */
enum err
writing_prepare(struct writing *w)
{
    struct worker *worker = w->worker;
    bool owner = worker->caller.role == ROLE_OWNER;
    bool owned = false;
    enum err err = owner ? caller_view_own(worker, w->request, &w->row->key, &owned)
                         : registry_view(worker->session, &w->row->key, &worker->view);
    if (err != ERR_OK)
        return err;
    if (owner && !owned)
        return writing_refuse(w, ERR_DENIED, "only with the secret of the unit's owner");
    if (!worker->view.has_unit)
        return writing_refuse(w, ERR_NOT_FOUND, "this serial of this product is not registered");
    w->out->has_unit = true;
    w->out->unit = worker->view.unit;
    if (w->row->version != 0 && w->row->version != worker->view.unit.version)
        return writing_refuse(w, ERR_CONFLICT, "somebody else changed the unit; look at it again");
    err = complete(w);
    if (err == ERR_OK)
        err = apply_rules(w);
    if (err == ERR_OK)
        err = check_document(w);
    if (err == ERR_OK)
        err = check_cover(w);
    const struct asked what = asked(w);
    w->second_return = err == ERR_CONFLICT && change_second_return(&what);
    if (!w->second_return)
        return err;
    err = change_hold(&what, &w->past, &w->change, &w->out->fault);
    return err == ERR_CONFLICT ? change_met_fault(&w->past, &w->out->fault) : err;
}
