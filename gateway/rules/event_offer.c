/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/event_offer.h"

#include "gateway/rules/event_rule.h"

bool
event_offered(const struct unit *unit, enum event_type type, enum role role, int64_t now)
{
    struct fault fault = {ERR_OK, ""};
    struct event event = {.type = type, .at = now, .role = role};
    const struct rule *rule = rule_of(&event);
    unsigned from = rule_states_for(rule, role) & ~rule->if_allowed;
    unsigned state = (unsigned)unit->state < UNIT_STATE_COUNT ? 1U << unit->state : 0;
    if ((from & state) == 0 || (unit->conditions & rule->lacks) != 0)
        return false;
    if (rule->has != 0 && (unit->conditions & rule->has) == 0)
        return false;
    return effect_check(rule->effect, unit, &event, &fault) == ERR_OK;
}

void
event_fields_of(enum event_type type, unsigned *required, unsigned *optional)
{
    const struct event event = {.type = type};
    const struct rule *rule = rule_of(&event);
    *required = rule->required;
    *optional = rule->optional;
}
