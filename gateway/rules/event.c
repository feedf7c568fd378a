/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/event.h"

#include <string.h>

#include "gateway/rules/event_field.h"
#include "gateway/rules/event_rule.h"

static enum err
check_fields(const struct rule *rule, const struct event *event, struct fault *fault)
{
    const char *type = event_type_name(event->type);
    unsigned seen = 0;
    if (event->field_count > EVENT_FIELDS_MAX)
        return fault_set(fault, ERR_INVALID, "%s: more than %d fields", type, EVENT_FIELDS_MAX);
    for (size_t i = 0; i < event->field_count; i++) {
        const struct event_field *field = &event->fields[i];
        unsigned bit = (unsigned)field->id < FIELD_ID_COUNT ? 1U << field->id : 0;
        if ((bit & (rule->required | rule->optional)) == 0)
            return fault_set(fault, ERR_INVALID, "%s: it does not take %s", type,
                             event_field_name(field->id));
        if ((seen & bit) != 0)
            return fault_set(fault, ERR_INVALID, "%s: %s is given twice", type,
                             event_field_name(field->id));
        seen |= bit;
        enum err err = event_field_check(event, field, fault);
        if (err != ERR_OK)
            return err;
    }
    for (unsigned id = 1; id < FIELD_ID_COUNT; id++)
        if ((rule->required & ~seen & 1U << id) != 0)
            return fault_set(fault, ERR_INVALID, "%s: %s is missing", type,
                             event_field_name((enum event_field_id)id));
    return event_fields_agree(event, fault);
}

/* The public has nothing but the claim code. */
static enum err
check_claim(const struct rule *rule, const struct event *event, struct fault *fault)
{
    const char *type = event_type_name(event->type);
    bool activates = rule->effect == EFFECT_ACTIVATE;
    if (event->without_claim && (event->displaces || event->role == ROLE_PUBLIC ||
                                 (!activates && rule->effect != EFFECT_INHERIT)))
        return fault_set(fault, ERR_INVALID, "%s: not without the claim code", type);
    if (event->displaces && !activates)
        return fault_set(fault, ERR_INVALID, "%s: no owner gives way to it", type);
    return ERR_OK;
}

/* What travels beside the fields. */
static enum err
check_baggage(const struct rule *rule, const struct event *event, struct fault *fault)
{
    const char *type = event_type_name(event->type);
    bool none = seal_is_none(event->seal);
    if (rule->seal == SEAL_REQUIRED && none)
        return fault_set(fault, ERR_INVALID, "%s: the seal is missing", type);
    if (rule->seal == SEAL_NONE && !none)
        return fault_set(fault, ERR_INVALID, "%s: it takes no seal", type);
    if (event->ends_claim && rule->effect != EFFECT_TRANSFER)
        return fault_set(fault, ERR_INVALID, "%s: it ends no claim", type);
    if (rule->effect == EFFECT_END_OWNERSHIP && !none && !event_ends_claim(event))
        return fault_set(fault, ERR_INVALID, "%s: it carries a claim that it does not end", type);
    enum err err = check_claim(rule, event, fault);
    if (err != ERR_OK)
        return err;
    if (event->inherits != (rule->effect == EFFECT_INHERIT) ||
        event->inherited.adjustment_count > ADJUSTMENTS_MAX)
        return fault_set(fault, ERR_INVALID, "%s: it cannot inherit this", type);
    return ERR_OK;
}

static enum err
check_event(const struct rule *rule, const struct event *event, struct fault *fault)
{
    if (event->at <= 0)
        return fault_set(fault, ERR_INVALID, "%s: the time of recording is missing",
                         event_type_name(event->type));
    if (!event_text_valid(event->actor, sizeof event->actor, ORGANISATION_MAX) &&
        (event->actor[0] != '\0' || rule->effect == EFFECT_SELL))
        return fault_set(fault, ERR_INVALID,
                         "%s: the actor has to be 1 to %d bytes of text without control characters",
                         event_type_name(event->type), ORGANISATION_MAX);
    enum err err = check_fields(rule, event, fault);
    return err == ERR_OK ? check_baggage(rule, event, fault) : err;
}

/* The lowest condition of the set, by name. */
static const char *
first_condition(unsigned set)
{
    return unit_condition_name((enum unit_condition)(set & (~set + 1U)));
}

static enum err
check_unit(const struct rule *rule, const struct unit *unit, const struct event *event,
           struct fault *fault)
{
    const char *type = event_type_name(event->type);
    unsigned from = rule_states_for(rule, event->role);
    unsigned state = (unsigned)unit->state < UNIT_STATE_COUNT ? 1U << unit->state : 0;
    if (!event->product_allows)
        from &= ~rule->if_allowed;
    if ((from & state) == 0)
        return fault_set(fault, ERR_CONFLICT, "%s: not while the unit is %s", type,
                         unit_state_name(unit->state));
    if ((unit->conditions & rule->lacks) != 0)
        return fault_set(fault, ERR_CONFLICT, "%s: not while the unit is %s", type,
                         first_condition(unit->conditions & rule->lacks));
    if (rule->has != 0 && (unit->conditions & rule->has) == 0)
        return fault_set(fault, ERR_CONFLICT, "%s: the unit is not %s", type,
                         first_condition(rule->has));
    return effect_check(rule->effect, unit, event, fault);
}

/* A shop may take back what it sold, or anything where the product says so, and put back on the
 * shelf what it took back. */
static bool
may_handle_return(const struct unit *unit, const struct event *event)
{
    if (unit->seller[0] != '\0' && strcmp(unit->seller, event->actor) == 0)
        return true;
    return event->type == EVENT_RETURN ? event->product_allows : event->ends_own;
}

static enum err
check_own(const struct rule *rule, const struct unit *unit, const struct event *event,
          struct fault *fault)
{
    const char *type = event_type_name(event->type);
    unsigned role = (unsigned)event->role;
    if ((rule->only_seller & role) != 0 && !may_handle_return(unit, event))
        return fault_set(fault, ERR_DENIED, "%s: only for who sold the unit", type);
    if ((rule->only_own & role) != 0 && !event->ends_own)
        return fault_set(fault, ERR_DENIED, "%s: only for who began it, or the operator", type);
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

static void
change_unit(struct unit *unit, const struct rule *rule, const struct event *event)
{
    if (rule->to != UNIT_NONE)
        unit->state = rule->to;
    unit->conditions = (uint8_t)((unit->conditions & ~rule->clears) | rule->sets);
    effect_take(rule->effect, unit, event);
    /* Whoever acts with the owner secret has it: nobody else may wait for it any longer. */
    if (event->role == ROLE_OWNER)
        unit->recovery_at = 0;
    keep(unit->location, sizeof unit->location, rule, event, FIELD_LOCATION);
    keep(unit->purchase_order, sizeof unit->purchase_order, rule, event, FIELD_PURCHASE_ORDER);
    keep(unit->sales_order, sizeof unit->sales_order, rule, event, FIELD_SALES_ORDER);
    keep(unit->document, sizeof unit->document, rule, event, FIELD_DOCUMENT);
}

enum err
event_apply_any(struct unit *after, const struct unit *before, const struct event *event,
                struct fault *fault)
{
    const struct rule *rule = rule_of(event);
    if (rule->grants[0].roles == 0)
        return fault_set(fault, ERR_INVALID, "%s: not an event that changes a unit",
                         event_type_name(event->type));
    if (rule_states_for(rule, event->role) == 0)
        return fault_set(fault, ERR_DENIED, "%s: not for the role %s", event_type_name(event->type),
                         role_name(event->role));
    enum err err = check_event(rule, event, fault);
    if (err == ERR_OK)
        err = check_unit(rule, before, event, fault);
    if (err == ERR_OK)
        err = check_own(rule, before, event, fault);
    if (err != ERR_OK)
        return err;
    *after = *before;
    change_unit(after, rule, event);
    return ERR_OK;
}

enum err
event_apply(struct unit *after, const struct unit *before, const struct event *event,
            struct fault *fault)
{
    if (event->type == EVENT_REPLACE || event->type == EVENT_UNDO)
        return fault_set(fault, ERR_INVALID, "%s: not an event that changes a unit by itself",
                         event_type_name(event->type));
    return event_apply_any(after, before, event, fault);
}
