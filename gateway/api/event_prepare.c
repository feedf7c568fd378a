/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "gateway/api/auth.h"
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

enum place { PLACE_TARGET = 1, PLACE_UNIT = 2, PLACE_STOCK = 4, PLACE_NOT_ANOTHERS = 8 };

/* Where a retailer has to be for an event. Whoever could move or sell another's stock would have it
 * as his own then, and could report it stolen. */
static const struct {
    enum event_type type;
    unsigned places;
} retailer_places[] = {
    {EVENT_RECEIVE, PLACE_TARGET},      {EVENT_MOVE, PLACE_TARGET | PLACE_STOCK},
    {EVENT_RESTOCK, PLACE_TARGET},      {EVENT_SELL, PLACE_UNIT | PLACE_NOT_ANOTHERS},
    {EVENT_REPORT_STOLEN, PLACE_STOCK}, {EVENT_REPORT_LOST, PLACE_STOCK},
};

/* A credential without locations is of the whole organisation, and a location does not say whose it
 * is: then the history does, by who put the unit there. */
static bool
is_own_stock(const struct writing *w)
{
    const struct caller *caller = &w->worker->caller;
    const char *location = w->worker->view.unit.location;
    const struct past_actor *keeper = &w->past.facts.keeper;
    if (caller->location_count > 0)
        return location[0] != '\0' && caller_at_location(caller, location);
    return keeper->role == caller->role && strcmp(keeper->actor, caller->organisation) == 0;
}

static bool
is_anothers_stock(const struct writing *w)
{
    return w->worker->view.unit.state == UNIT_IN_STOCK &&
           w->past.facts.keeper.role == ROLE_RETAILER && !is_own_stock(w);
}

static enum err
check_place(struct writing *w)
{
    const struct caller *caller = &w->worker->caller;
    unsigned places = 0;
    for (size_t i = 0; i < sizeof retailer_places / sizeof retailer_places[0]; i++)
        if (retailer_places[i].type == w->event.type && caller->role == ROLE_RETAILER)
            places = retailer_places[i].places;
    if ((places & PLACE_TARGET) != 0 &&
        !caller_at_location(caller, event_value(&w->event, FIELD_LOCATION)))
        return writing_refuse(w, ERR_DENIED, "that location is not one of yours");
    if ((places & PLACE_UNIT) != 0 && !caller_at_location(caller, w->worker->view.unit.location))
        return writing_refuse(w, ERR_DENIED,
                              "the unit is recorded at a location that is not yours");
    if (((places & PLACE_STOCK) != 0 && !is_own_stock(w)) ||
        ((places & PLACE_NOT_ANOTHERS) != 0 && is_anothers_stock(w)))
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

/* ---- the second return ---- */

static bool
is_second_return(const struct writing *w)
{
    return w->row->event.type == EVENT_RETURN && w->worker->caller.role == ROLE_RETAILER &&
           w->worker->view.unit.state == UNIT_RETURNED;
}

/* The copy and the original met. The gateway itself holds the unit, as an operator without a name,
 * so that neither shop can release it; the reason tells both. */
static enum err
hold(struct writing *w)
{
    const char *first = w->past.facts.returned.actor;
    const char *second = w->worker->caller.organisation;
    struct event *event = &w->change.event;
    memset(event, 0, sizeof *event);
    event->type = EVENT_HOLD;
    event->at = w->event.at;
    event->role = ROLE_OPERATOR;
    event->offset_minutes = w->event.offset_minutes;
    memcpy(event->operation, w->operation->id, sizeof event->operation);
    event->fields[0].id = FIELD_REASON;
    event->field_count = 1;
    (void)snprintf(event->fields[0].value, sizeof event->fields[0].value,
                   "returned to %s while its return to %s is open", second, first);
    return event_apply(&w->change.unit, &w->worker->view.unit, event, &w->out->fault);
}

enum err
writing_second_return(struct writing *w)
{
    return fault_set(&w->out->fault, ERR_CONFLICT,
                     "return: the unit was returned to %s already, and that return is open. "
                     "Such a unit is held, for one of the two may be a copy: keep it, and ask the "
                     "brand",
                     w->past.facts.returned.actor);
}

/* ERR_OK: w->change is to be written. */
enum err
writing_prepare(struct writing *w)
{
    struct worker *worker = w->worker;
    bool owner = worker->caller.role == ROLE_OWNER;
    enum err err = registry_view(worker->session, &w->row->key, &worker->view);
    if (err != ERR_OK)
        return err;
    bool owned = worker->view.has_unit && caller_owns(worker, w->request, &worker->view.unit);
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
    w->second_return = err == ERR_CONFLICT && is_second_return(w);
    if (!w->second_return)
        return err;
    bool held = (worker->view.unit.conditions & CONDITION_HELD) != 0;
    return held ? writing_second_return(w) : hold(w);
}
