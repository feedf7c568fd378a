/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/rules/event_field.h"
#include "gateway/rules/event_rule.h"
#include "gateway/rules/history.h"
#include "gateway/rules/warranty.h"

/* No event but one that fits is made: two more fields, whose values fit. */
static void
add_field(struct event *event, enum event_field_id id, const char *value)
{
    struct event_field *field = &event->fields[event->field_count++];
    memset(field, 0, sizeof *field);
    field->id = id;
    if (!slice_copy(field->value, sizeof field->value, slice_of(value)))
        field->value[0] = '\0';
}

static void
name_other(struct event *event, const struct unit *other)
{
    add_field(event, FIELD_OTHER_GTIN, other->id.gtin);
    add_field(event, FIELD_OTHER_SERIAL, other->id.serial);
}

static bool
promises(const struct product *product, const char *entitlement)
{
    for (size_t i = 0; i < product->entitlement_count && i < ENTITLEMENTS_MAX; i++)
        if (strcmp(product->entitlements[i].id, entitlement) == 0)
            return true;
    return false;
}

/* Each entitlement as it stands. One that has not begun begins with the new unit's own days. */
static enum err
inherit_terms(struct inheritance *out, const struct replacement *in, struct fault *fault)
{
    struct warranty warranty;
    warranty_evaluate(&warranty, in->old_product, in->old_unit, event_day_recorded(in->event));
    for (size_t i = 0; i < warranty.count; i++) {
        const struct cover_line *line = &warranty.lines[i];
        const char *id = line->entitlement->id;
        bool excluded = line->cover == COVER_EXCLUDED;
        if (line->cover == COVER_YES && !promises(in->new_product, id))
            return fault_set(fault, ERR_CONFLICT,
                             "replace: the product of the new unit has no entitlement %s, which "
                             "covers the old one",
                             id);
        if (line->cover == COVER_NONE || (line->ends_on == CIVIL_NONE && !excluded))
            continue;
        struct adjustment *term = &out->adjustments[out->adjustment_count++];
        memcpy(term->entitlement, id, sizeof term->entitlement);
        term->excluded = excluded;
        term->ends_on = line->ends_on;
    }
    return ERR_OK;
}

static void
make_events(struct replaced *out, const struct replacement *in)
{
    const struct unit *old = in->old_unit;
    struct event *event = &out->new_event;
    out->old_event = *in->event;
    *event = *in->event;
    name_other(&out->old_event, in->new_unit);
    name_other(event, old);
    event->offset_minutes = in->new_product->offset_minutes;
    event->inherits = true;
    memcpy(event->seal, old->owner, SEAL_BYTES);
    event->without_claim = old->unproven && !seal_is_none(in->new_unit->claim);
    event->inherited.sold_on = old->sold_on;
    event->inherited.activated_on = old->activated_on;
    memcpy(event->inherited.seller, old->seller, sizeof old->seller);
    memcpy(event->inherited.sales_order, old->sales_order, sizeof old->sales_order);
}

static enum err
check_request(const struct replacement *in, struct fault *fault)
{
    const struct event *event = in->event;
    bool same = strcmp(in->old_unit->id.gtin, in->new_unit->id.gtin) == 0 &&
                strcmp(in->old_unit->id.serial, in->new_unit->id.serial) == 0;
    if (event->type != EVENT_REPLACE)
        return fault_set(fault, ERR_INVALID, "%s: this is no replacement",
                         event_type_name(event->type));
    if (same)
        return fault_set(fault, ERR_INVALID, "replace: a unit cannot replace itself");
    if (event->field_count > EVENT_FIELDS_MAX - 2)
        return fault_set(fault, ERR_INVALID, "replace: more than %d fields", EVENT_FIELDS_MAX - 2);
    return ERR_OK;
}

enum err
event_replace(struct replaced *out, const struct replacement *in, struct fault *fault)
{
    enum err err = check_request(in, fault);
    if (err != ERR_OK)
        return err;
    memset(out, 0, sizeof *out);
    make_events(out, in);
    err = event_apply_any(&out->old_unit, in->old_unit, &out->old_event, fault);
    if (err == ERR_OK)
        err = inherit_terms(&out->new_event.inherited, in, fault);
    if (err == ERR_OK)
        err = event_apply_any(&out->new_unit, in->new_unit, &out->new_event, fault);
    return err;
}
