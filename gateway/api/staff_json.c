/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/staff_json.h"

#include <string.h>

#include "gateway/json/write.h"
#include "gateway/records/records.h"

enum { SEES_ALL = ROLE_OPERATOR | ROLE_AUDITOR };

static bool
sees_all(const struct caller *caller)
{
    return ((unsigned)caller->role & SEES_ALL) != 0;
}

static void
put_use(struct text *out, const struct unit *unit)
{
    json_put_day(out, "sold_on", unit->sold_on);
    json_put_day(out, "activated_on", unit->activated_on);
    unit_card_json(out, unit);
    unit_linked_json(out, unit);
}

static void
put_sale(struct text *out, const struct unit *unit, const struct caller *caller)
{
    bool here = unit->seller[0] != '\0' && strcmp(unit->seller, caller->organisation) == 0;
    json_put_bool(out, "sold_here", here);
    json_put_bool(out, "open_return", unit->state == UNIT_RETURNED);
    if (!here)
        return;
    json_put_day(out, "sold_on", unit->sold_on);
    unit_card_json(out, unit);
}

void
staff_unit_json(struct text *out, const struct unit *unit, const struct caller *caller, int64_t now)
{
    if (sees_all(caller)) {
        unit_json(out, unit);
        return;
    }
    text_char(out, '{');
    json_put_text(out, "gtin", unit->id.gtin);
    json_put_text(out, "serial", unit->id.serial);
    json_put_text(out, "variant", unit->id.variant);
    json_put_text(out, "lot", unit->id.lot);
    json_put_number(out, "version", (int64_t)unit->version);
    json_put_text(out, "state", unit_state_name(unit->state));
    conditions_json(out, "conditions", unit->conditions);
    conditions_json(out, "provisional", unit_provisional(unit, now));
    json_put_day(out, "made_on", unit->made_on);
    json_put_day(out, "expires_on", unit->expires_on);
    if (((unsigned)caller->role & (ROLE_SERVICE | ROLE_OWNER)) != 0)
        put_use(out, unit);
    if (caller->role == ROLE_RETAILER)
        put_sale(out, unit, caller);
    text_char(out, '}');
}

/* ---- events ---- */

enum { SEES_REPAIRS = SEES_ALL | ROLE_SERVICE, SEES_ANY = ~0 };

/* Who sees a field; what is not here: SEES_ALL. */
static const struct {
    enum event_field_id id;
    unsigned roles;
} seen_by[] = {
    {FIELD_ON, (unsigned)SEES_ANY},
    {FIELD_REASON, (unsigned)SEES_ANY},
    {FIELD_UNDOES, (unsigned)SEES_ANY},
    {FIELD_OTHER_GTIN, (unsigned)SEES_ANY},
    {FIELD_OTHER_SERIAL, (unsigned)SEES_ANY},
    {FIELD_FAULT, SEES_REPAIRS},
    {FIELD_WORK, SEES_REPAIRS},
    {FIELD_PARTS, SEES_REPAIRS},
    {FIELD_COVERED, SEES_REPAIRS},
    {FIELD_ENTITLEMENT, SEES_REPAIRS},
    {FIELD_MONTHS, SEES_REPAIRS},
    {FIELD_EXCLUDED, SEES_REPAIRS},
};

static bool
sees_field(enum event_field_id id, bool own, const struct caller *caller)
{
    unsigned roles = SEES_ALL;
    for (size_t i = 0; i < sizeof seen_by / sizeof seen_by[0]; i++)
        if (seen_by[i].id == id)
            roles = seen_by[i].roles;
    return (roles & (unsigned)caller->role) != 0 || (own && id == FIELD_REFERENCE);
}

void
staff_event_json(struct text *out, const struct event *event, uint64_t number,
                 const struct caller *caller)
{
    bool own = caller->organisation[0] != '\0' && event->role == caller->role &&
               strcmp(event->actor, caller->organisation) == 0;
    text_char(out, '{');
    json_put_number(out, "number", (int64_t)number);
    json_put_text(out, "type", event_type_name(event->type));
    json_put_time(out, "at", event->at);
    json_put_text(out, "role", role_name(event->role));
    json_put_bool(out, "own", own);
    if (own || sees_all(caller))
        json_put_text(out, "actor", event->actor);
    if (sees_all(caller))
        json_put_hex(out, "operation", event->operation, OPERATION_ID_BYTES);
    event_card_json(out, event);
    json_put(out, "fields", "{");
    for (size_t i = 0; i < event->field_count && i < EVENT_FIELDS_MAX; i++)
        if (sees_field(event->fields[i].id, own, caller))
            json_put_text(out, event_field_name(event->fields[i].id), event->fields[i].value);
    text_put(out, "}}");
}
