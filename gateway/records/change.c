/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/records/change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/rules/history.h"

static struct unit_key
key_of(const struct unit *unit)
{
    struct unit_key key;
    memcpy(key.gtin, unit->id.gtin, sizeof key.gtin);
    memcpy(key.serial, unit->id.serial, sizeof key.serial);
    return key;
}

static bool
needs_past(enum event_type type)
{
    static const enum event_type types[] = {EVENT_RECOVER,       EVENT_RELEASE,     EVENT_RESTOCK,
                                            EVENT_REPORT_STOLEN, EVENT_REPORT_LOST, EVENT_RETURN,
                                            EVENT_MOVE,          EVENT_SELL,        EVENT_RECEIVE};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i] == type)
            return true;
    return false;
}

static bool
ends_claim(const struct event *event)
{
    return event->type == EVENT_RESTOCK ||
           (event->type == EVENT_END_OWNERSHIP &&
            strcmp(event_value(event, FIELD_ENDS_CLAIM), "yes") == 0);
}

enum err
change_complete(const struct asked *asked, struct past *past)
{
    const struct unit_view *view = asked->view;
    struct event *event = asked->event;
    struct unit_key key = key_of(&view->unit);
    enum err err = ERR_OK;
    memset(past, 0, sizeof *past);
    if (view->has_product)
        event->offset_minutes = view->product.offset_minutes;
    if (event->type == EVENT_RETURN)
        event->product_allows = view->has_product && view->product.returns_from_any;
    if (ends_claim(event)) /* so that it can be undone */
        memcpy(event->seal, view->unit.claim, sizeof event->seal);
    if (needs_past(event->type))
        err = past_read(asked->session, &key, NULL, past);
    if (err == ERR_OK)
        event->ends_own = past_ends_own(past, &view->unit, event);
    return err;
}

/* What an undo goes back to. */
struct earlier {
    struct unit before;
    struct event last;
};

static enum err
read_earlier(struct registry_session *session, const struct unit *now, struct earlier *out,
             struct fault *fault)
{
    struct unit_key key = key_of(now);
    size_t count = 0;
    enum err err = past_unit(session, now, now->version - 1, &out->before, fault);
    if (err == ERR_OK)
        err = registry_events(session, &key, now->version - 1, &out->last, 1, &count);
    if (err == ERR_OK && count != 1)
        return fault_set(fault, ERR_CONFLICT, "undo: the unit was changed in the meantime");
    return err;
}

static enum err
make_undo(const struct asked *asked, struct change *out, struct event *undone, struct fault *fault)
{
    const struct unit_view *view = asked->view;
    bool has_last = view->unit.version > 1;
    struct earlier *earlier = calloc(1, sizeof *earlier);
    if (earlier == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    const struct undoing undoing = {.now = &view->unit,
                                    .before = &earlier->before,
                                    .last = has_last ? &earlier->last : NULL,
                                    .undo = &out->event,
                                    .lot = view->has_lot ? &view->lot : NULL,
                                    .recalls = view->recalls,
                                    .recall_count = view->recall_count};
    earlier->before = view->unit;
    enum err err = has_last ? read_earlier(asked->session, &view->unit, earlier, fault) : ERR_OK;
    if (err == ERR_OK)
        err = event_undo(&out->unit, &undoing, fault);
    if (err == ERR_OK && undone != NULL)
        *undone = earlier->last;
    free(earlier);
    return err;
}

enum err
change_make(const struct asked *asked, struct change *out, struct event *undone,
            struct fault *fault)
{
    out->event = *asked->event;
    if (undone != NULL)
        memset(undone, 0, sizeof *undone);
    if (out->event.type == EVENT_UNDO)
        return make_undo(asked, out, undone, fault);
    return event_apply(&out->unit, &asked->view->unit, &out->event, fault);
}

/* ---- the second return ---- */

bool
change_second_return(const struct asked *asked)
{
    return asked->event->type == EVENT_RETURN && asked->event->role == ROLE_RETAILER &&
           asked->view->unit.state == UNIT_RETURNED;
}

enum err
change_hold(const struct asked *asked, const struct past *past, struct change *out,
            struct fault *fault)
{
    struct event *event = &out->event;
    char met[CHANGE_MET_MAX];
    memset(event, 0, sizeof *event);
    event->type = EVENT_HOLD;
    event->at = asked->event->at;
    event->role = ROLE_OPERATOR;
    event->offset_minutes = asked->event->offset_minutes;
    memcpy(event->operation, asked->event->operation, sizeof event->operation);
    event->fields[0].id = FIELD_REASON;
    event->field_count = 1;
    change_met(met, asked->event, past);
    (void)snprintf(event->fields[0].value, sizeof event->fields[0].value, "%s", met);
    return event_apply(&out->unit, &asked->view->unit, event, fault);
}

enum err
change_met_fault(const struct past *past, struct fault *fault)
{
    return fault_set(fault, ERR_CONFLICT,
                     "return: the unit was returned to %s already, and that return is open. "
                     "Such a unit is held, for one of the two may be a copy: keep it, and ask the "
                     "brand",
                     past->facts.returned.actor);
}

void
change_met(char out[static CHANGE_MET_MAX], const struct event *event, const struct past *past)
{
    (void)snprintf(out, CHANGE_MET_MAX, "returned to %s while its return to %s is open",
                   event->actor, past->facts.returned.actor);
}
