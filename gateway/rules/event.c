/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/event.h"

#include <string.h>

#include "gateway/rules/event_field.h"

#define IN(state) (1U << UNIT_##state)
#define TAKES(field) (1U << FIELD_##field)

enum {
    LIVE = IN(ISSUED) | IN(IN_TRANSIT) | IN(IN_STOCK) | IN(SOLD) | IN(RETURNED),
    ANY = LIVE | IN(RETIRED),
    UNSOLD = IN(ISSUED) | IN(IN_TRANSIT) | IN(IN_STOCK),
    AT_RETAILER = IN(IN_STOCK) | IN(RETURNED),
    /* Such a unit may be received and moved, for it is somewhere; it may not leave for a buyer. */
    STAYS_PUT = CONDITION_STOLEN | CONDITION_LOST | CONDITION_HELD,
    GRANTS_MAX = 3
};

enum effect { EFFECT_NONE = 0, EFFECT_SHIP, EFFECT_SELL, EFFECT_RESTOCK };

struct rule {
    const char *name;
    struct {
        unsigned roles, from; /* these roles, from these states */
    } grants[GRANTS_MAX];
    enum unit_state to; /* UNIT_NONE: stays */
    unsigned lacks;     /* conditions none of which may be set */
    unsigned has;       /* conditions one of which has to be set; 0: whatever */
    unsigned sets, clears;
    unsigned required, optional; /* fields */
    unsigned keeps;              /* fields that become the unit's own */
    unsigned only_seller;        /* roles that have to be the one who sold it */
    unsigned only_own;           /* roles that may end only what they began: event.ends_own */
    enum effect effect;
};

/* The table of design section 5. */
static const struct rule rules[EVENT_TYPE_COUNT] = {
    [EVENT_NONE] = {.name = "none"},
    [EVENT_COMMISSION] = {.name = "commission"},
    [EVENT_RECEIVE] = {.name = "receive",
                       .grants = {{ROLE_OPERATOR | ROLE_RETAILER, IN(ISSUED) | IN(IN_TRANSIT)}},
                       .to = UNIT_IN_STOCK,
                       .required = TAKES(LOCATION),
                       .optional = TAKES(PURCHASE_ORDER) | TAKES(DOCUMENT),
                       .keeps = TAKES(LOCATION) | TAKES(PURCHASE_ORDER) | TAKES(DOCUMENT)},
    [EVENT_SHIP] = {.name = "ship",
                    .grants = {{ROLE_OPERATOR, IN(ISSUED) | IN(IN_STOCK)}},
                    .to = UNIT_IN_TRANSIT,
                    .lacks = STAYS_PUT,
                    .required = TAKES(LOCATION),
                    .optional = TAKES(SALES_ORDER) | TAKES(DOCUMENT) | TAKES(ON),
                    .keeps = TAKES(LOCATION) | TAKES(SALES_ORDER) | TAKES(DOCUMENT),
                    .effect = EFFECT_SHIP},
    [EVENT_MOVE] = {.name = "move",
                    .grants = {{ROLE_OPERATOR | ROLE_RETAILER, IN(IN_STOCK)}},
                    .required = TAKES(LOCATION),
                    .keeps = TAKES(LOCATION)},
    [EVENT_SELL] = {.name = "sell",
                    .grants = {{ROLE_OPERATOR | ROLE_RETAILER, UNSOLD}},
                    .to = UNIT_SOLD,
                    .lacks = STAYS_PUT,
                    .optional = TAKES(ON) | TAKES(SALES_ORDER) | TAKES(DOCUMENT),
                    .keeps = TAKES(SALES_ORDER) | TAKES(DOCUMENT),
                    .effect = EFFECT_SELL},
    [EVENT_RETURN] = {.name = "return",
                      .grants = {{ROLE_RETAILER, IN(SOLD)}},
                      .to = UNIT_RETURNED,
                      .lacks = STAYS_PUT,
                      .optional = TAKES(REFERENCE) | TAKES(REASON),
                      .only_seller = ROLE_RETAILER},
    [EVENT_RESTOCK] = {.name = "restock",
                       .grants = {{ROLE_OPERATOR | ROLE_RETAILER, IN(RETURNED)}},
                       .to = UNIT_IN_STOCK,
                       .lacks = STAYS_PUT,
                       .optional = TAKES(LOCATION) | TAKES(REASON),
                       .keeps = TAKES(LOCATION),
                       .only_seller = ROLE_RETAILER,
                       .effect = EFFECT_RESTOCK},
    [EVENT_RETIRE] = {.name = "retire",
                      .grants = {{ROLE_OPERATOR | ROLE_SERVICE, LIVE}},
                      .to = UNIT_RETIRED,
                      .required = TAKES(REASON),
                      .optional = TAKES(REFERENCE)},
    [EVENT_REPORT_STOLEN] =
        {.name = "report_stolen",
         .grants = {{ROLE_OWNER, IN(SOLD)}, {ROLE_RETAILER, AT_RETAILER}, {ROLE_OPERATOR, LIVE}},
         .lacks = CONDITION_STOLEN,
         .sets = CONDITION_STOLEN,
         .optional = TAKES(LOCATION) | TAKES(ON) | TAKES(REFERENCE) | TAKES(REASON)},
    [EVENT_REPORT_LOST] =
        {.name = "report_lost",
         .grants = {{ROLE_OWNER, IN(SOLD)}, {ROLE_RETAILER, AT_RETAILER}, {ROLE_OPERATOR, LIVE}},
         .lacks = CONDITION_LOST,
         .sets = CONDITION_LOST,
         .optional = TAKES(LOCATION) | TAKES(ON) | TAKES(REFERENCE) | TAKES(REASON)},
    [EVENT_RECOVER] = {.name = "recover",
                       .grants = {{ROLE_OWNER, IN(SOLD)},
                                  {ROLE_RETAILER, AT_RETAILER},
                                  {ROLE_OPERATOR, ANY}},
                       .has = CONDITION_STOLEN | CONDITION_LOST,
                       .clears = CONDITION_STOLEN | CONDITION_LOST,
                       .optional = TAKES(REASON) | TAKES(REFERENCE),
                       .only_own = ROLE_OWNER | ROLE_RETAILER},
    [EVENT_HOLD] = {.name = "hold",
                    .grants = {{ROLE_SERVICE | ROLE_RETAILER | ROLE_OPERATOR, ANY}},
                    .lacks = CONDITION_HELD,
                    .sets = CONDITION_HELD,
                    .required = TAKES(REASON),
                    .optional = TAKES(REFERENCE)},
    [EVENT_RELEASE] = {.name = "release",
                       .grants = {{ROLE_SERVICE | ROLE_RETAILER | ROLE_OPERATOR, ANY}},
                       .has = CONDITION_HELD,
                       .clears = CONDITION_HELD,
                       .optional = TAKES(REASON) | TAKES(REFERENCE),
                       .only_own = ROLE_SERVICE | ROLE_RETAILER},
    /* The gateway itself acts as operator. */
    [EVENT_SUSPECT] = {.name = "suspect",
                       .grants = {{ROLE_OPERATOR, ANY}},
                       .lacks = CONDITION_COPY_SUSPECTED,
                       .sets = CONDITION_COPY_SUSPECTED,
                       .required = TAKES(REASON),
                       .optional = TAKES(REFERENCE)},
    [EVENT_CLEAR] = {.name = "clear",
                     .grants = {{ROLE_OPERATOR, ANY}},
                     .has = CONDITION_COPY_SUSPECTED,
                     .clears = CONDITION_COPY_SUSPECTED,
                     .required = TAKES(REASON),
                     .optional = TAKES(REFERENCE)},
};

static const struct rule *
rule_of(enum event_type type)
{
    return &rules[(unsigned)type < EVENT_TYPE_COUNT ? type : EVENT_NONE];
}

const char *
event_type_name(enum event_type type)
{
    return rule_of(type)->name;
}

bool
event_type_parse(enum event_type *out, struct slice s)
{
    *out = EVENT_NONE;
    for (unsigned type = EVENT_COMMISSION; type < EVENT_TYPE_COUNT; type++)
        if (slice_equal(s, rules[type].name))
            *out = (enum event_type)type;
    return *out != EVENT_NONE;
}

/* The states from which the role may do this; 0: it may not at all. */
static unsigned
states_for(const struct rule *rule, enum role role)
{
    if (strcmp(role_name(role), "none") == 0)
        return 0;
    for (size_t i = 0; i < GRANTS_MAX; i++)
        if ((rule->grants[i].roles & (unsigned)role) != 0)
            return rule->grants[i].from;
    return 0;
}

static enum err
check_fields(const struct rule *rule, const struct event *event, struct fault *fault)
{
    unsigned seen = 0;
    if (event->field_count > EVENT_FIELDS_MAX)
        return fault_set(fault, ERR_INVALID, "%s: more than %d fields", rule->name,
                         EVENT_FIELDS_MAX);
    for (size_t i = 0; i < event->field_count; i++) {
        const struct event_field *field = &event->fields[i];
        unsigned bit = (unsigned)field->id < FIELD_ID_COUNT ? 1U << field->id : 0;
        if ((bit & (rule->required | rule->optional)) == 0)
            return fault_set(fault, ERR_INVALID, "%s: it does not take %s", rule->name,
                             event_field_name(field->id));
        if ((seen & bit) != 0)
            return fault_set(fault, ERR_INVALID, "%s: %s is given twice", rule->name,
                             event_field_name(field->id));
        seen |= bit;
        enum err err = event_field_check(event, field, fault);
        if (err != ERR_OK)
            return err;
    }
    for (unsigned id = 1; id < FIELD_ID_COUNT; id++)
        if ((rule->required & ~seen & 1U << id) != 0)
            return fault_set(fault, ERR_INVALID, "%s: %s is missing", rule->name,
                             event_field_name((enum event_field_id)id));
    return ERR_OK;
}

static enum err
check_event(const struct rule *rule, const struct event *event, struct fault *fault)
{
    if (event->at <= 0)
        return fault_set(fault, ERR_INVALID, "%s: the time of recording is missing", rule->name);
    if (!event_text_valid(event->actor, sizeof event->actor, ORGANISATION_MAX) &&
        (event->actor[0] != '\0' || rule->effect == EFFECT_SELL))
        return fault_set(fault, ERR_INVALID,
                         "%s: the actor has to be 1 to %d bytes of text without control characters",
                         rule->name, ORGANISATION_MAX);
    return check_fields(rule, event, fault);
}

/* The lowest condition of the set, by name. */
static const char *
first_condition(unsigned set)
{
    return unit_condition_name((enum unit_condition)(set & (~set + 1U)));
}

static enum err
check_unit(const struct rule *rule, unsigned from, const struct unit *unit, struct fault *fault)
{
    unsigned state = (unsigned)unit->state < UNIT_STATE_COUNT ? 1U << unit->state : 0;
    if ((from & state) == 0)
        return fault_set(fault, ERR_CONFLICT, "%s: not while the unit is %s", rule->name,
                         unit_state_name(unit->state));
    if ((unit->conditions & rule->lacks) != 0)
        return fault_set(fault, ERR_CONFLICT, "%s: not while the unit is %s", rule->name,
                         first_condition(unit->conditions & rule->lacks));
    if (rule->has != 0 && (unit->conditions & rule->has) == 0)
        return fault_set(fault, ERR_CONFLICT, "%s: the unit is not %s", rule->name,
                         first_condition(rule->has));
    return ERR_OK;
}

static enum err
check_own(const struct rule *rule, const struct unit *unit, const struct event *event,
          struct fault *fault)
{
    bool sold_it = unit->seller[0] != '\0' && strcmp(unit->seller, event->actor) == 0;
    if ((rule->only_seller & (unsigned)event->role) != 0 && !sold_it)
        return fault_set(fault, ERR_DENIED, "%s: only for who sold the unit", rule->name);
    if ((rule->only_own & (unsigned)event->role) != 0 && !event->ends_own)
        return fault_set(fault, ERR_DENIED, "%s: only for who began it, or the operator",
                         rule->name);
    return ERR_OK;
}

/* Values were checked, so they fit; an absent field leaves what is there. */
static void
keep(char *out, size_t size, const struct rule *rule, const struct event *event,
     enum event_field_id id)
{
    const char *value = event_value(event, id);
    if ((rule->keeps & 1U << id) != 0 && value[0] != '\0' &&
        !slice_copy(out, size, slice_of(value)))
        out[0] = '\0';
}

/* Ownership ends, and with it everything that proved or described the sale: the next buyer starts
 * anew. The invoice stays in the history. */
static void
end_ownership(struct unit *unit)
{
    unit->sold_on = CIVIL_NONE;
    unit->activated_on = CIVIL_NONE;
    memset(unit->seller, 0, sizeof unit->seller);
    memset(unit->sales_order, 0, sizeof unit->sales_order);
    memset(unit->document, 0, sizeof unit->document);
    memset(unit->claim, 0, sizeof unit->claim);
}

static void
take_effect(struct unit *unit, enum effect effect, const struct event *event)
{
    civil_day day = event_day(event);
    switch (effect) {
    case EFFECT_SHIP:
        unit->shipped_on = day;
        break;
    case EFFECT_SELL:
        unit->sold_on = day;
        if (!slice_copy(unit->seller, sizeof unit->seller, slice_of(event->actor)))
            unit->seller[0] = '\0';
        break;
    case EFFECT_RESTOCK:
        end_ownership(unit);
        break;
    case EFFECT_NONE:
        break;
    }
}

enum err
event_apply(struct unit *after, const struct unit *before, const struct event *event,
            struct fault *fault)
{
    const struct rule *rule = rule_of(event->type);
    if (rule->grants[0].roles == 0)
        return fault_set(fault, ERR_INVALID, "%s: not an event that changes a unit", rule->name);
    unsigned from = states_for(rule, event->role);
    if (from == 0)
        return fault_set(fault, ERR_DENIED, "%s: not for the role %s", rule->name,
                         role_name(event->role));
    enum err err = check_event(rule, event, fault);
    if (err == ERR_OK)
        err = check_unit(rule, from, before, fault);
    if (err == ERR_OK)
        err = check_own(rule, before, event, fault);
    if (err != ERR_OK)
        return err;

    *after = *before;
    if (rule->to != UNIT_NONE)
        after->state = rule->to;
    after->conditions = (uint8_t)((after->conditions & ~rule->clears) | rule->sets);
    take_effect(after, rule->effect, event);
    keep(after->location, sizeof after->location, rule, event, FIELD_LOCATION);
    keep(after->purchase_order, sizeof after->purchase_order, rule, event, FIELD_PURCHASE_ORDER);
    keep(after->sales_order, sizeof after->sales_order, rule, event, FIELD_SALES_ORDER);
    keep(after->document, sizeof after->document, rule, event, FIELD_DOCUMENT);
    return ERR_OK;
}
