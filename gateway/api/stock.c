/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/stock.h"

#include <string.h>

bool
stock_is_own(const struct caller *caller, const struct unit *unit, const struct past_facts *facts)
{
    if (caller->location_count > 0 && !facts->unplaced)
        return unit->location[0] != '\0' && caller_at_location(caller, unit->location);
    return facts->keeper.role == caller->role &&
           strcmp(facts->keeper.actor, caller->organisation) == 0;
}

static bool
names_another(const struct caller *caller, const struct past_facts *facts)
{
    return facts->addressee[0] != '\0' && strcmp(facts->addressee, caller->organisation) != 0;
}

bool
stock_is_anothers(const struct caller *caller, const struct unit *unit,
                  const struct past_facts *facts)
{
    if (unit->state == UNIT_IN_TRANSIT)
        return names_another(caller, facts);
    return unit->state == UNIT_IN_STOCK && facts->keeper.role == ROLE_RETAILER &&
           !stock_is_own(caller, unit, facts);
}

bool
stock_may_arrive(const struct caller *caller, const struct unit *unit,
                 const struct past_facts *facts)
{
    if (unit->state != UNIT_IN_TRANSIT)
        return true;
    if (facts->addressee[0] != '\0')
        return !names_another(caller, facts);
    return caller_at_location(caller, unit->location);
}
