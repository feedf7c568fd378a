/* SPDX-License-Identifier: Apache-2.0 */
/* EVENT_ADJUST: the warranty of this unit. */
#include <string.h>

#include "gateway/rules/event_field.h"
#include "gateway/rules/event_rule.h"

enum { MONTHS_ADDED_MAX = 1200 };

static bool
is(const struct event *event, enum event_field_id id, const char *value)
{
    return strcmp(event_value(event, id), value) == 0;
}

/* Where the adjustment of this entitlement is; adjustment_count when there is none. */
static size_t
find_adjustment(const struct unit *unit, const char *entitlement)
{
    size_t i = 0;
    while (i < unit->adjustment_count && strcmp(unit->adjustments[i].entitlement, entitlement) != 0)
        i++;
    return i;
}

static unsigned
months_of(const struct event *event)
{
    uint64_t months = 0;
    return slice_number(&months, slice_of(event_value(event, FIELD_MONTHS)), 1, MONTHS_ADDED_MAX)
               ? (unsigned)months
               : 0;
}

enum err
adjust_check(const struct unit *unit, const struct event *event, struct fault *fault)
{
    static const struct adjustment none = {.ends_on = CIVIL_NONE};
    size_t at = find_adjustment(unit, event_value(event, FIELD_ENTITLEMENT));
    const struct adjustment *there = at < unit->adjustment_count ? &unit->adjustments[at] : &none;
    if (is(event, FIELD_EXCLUDED, "yes") && there->excluded)
        return fault_set(fault, ERR_CONFLICT, "adjust: it is excluded already");
    if (is(event, FIELD_EXCLUDED, "no") && !there->excluded)
        return fault_set(fault, ERR_CONFLICT, "adjust: it is not excluded");
    if (there->months + months_of(event) > MONTHS_ADDED_MAX)
        return fault_set(fault, ERR_CONFLICT, "adjust: more than %d months in all",
                         MONTHS_ADDED_MAX);
    if (at >= ADJUSTMENTS_MAX)
        return fault_set(fault, ERR_CONFLICT, "adjust: %d entitlements are adjusted already",
                         ADJUSTMENTS_MAX);
    return ERR_OK;
}

/* An adjustment that says nothing any more is taken out: one meaning, one record. */
static void
drop_if_empty(struct unit *unit, size_t at)
{
    const struct adjustment *there = &unit->adjustments[at];
    if (there->excluded || there->months != 0 || there->ends_on != CIVIL_NONE)
        return;
    size_t after = unit->adjustment_count - at - 1;
    memmove(&unit->adjustments[at], &unit->adjustments[at + 1], after * sizeof *there);
    unit->adjustment_count--;
    memset(&unit->adjustments[unit->adjustment_count], 0, sizeof *there);
}

void
adjust_take(struct unit *unit, const struct event *event)
{
    const char *entitlement = event_value(event, FIELD_ENTITLEMENT);
    size_t at = find_adjustment(unit, entitlement);
    struct adjustment *there = &unit->adjustments[at];
    if (at == unit->adjustment_count) {
        memset(there, 0, sizeof *there);
        if (!slice_copy(there->entitlement, sizeof there->entitlement, slice_of(entitlement)))
            there->entitlement[0] = '\0'; /* it fits, for it was checked */
        there->ends_on = CIVIL_NONE;
        unit->adjustment_count++;
    }
    there->months = (uint16_t)(there->months + months_of(event));
    if (is(event, FIELD_EXCLUDED, "yes"))
        there->excluded = true;
    if (is(event, FIELD_EXCLUDED, "no"))
        there->excluded = false;
    drop_if_empty(unit, at);
}
