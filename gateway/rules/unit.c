/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/unit.h"

#include <string.h>

static const char *const state_names[UNIT_STATE_COUNT] = {
    [UNIT_NONE] = "none",         [UNIT_ISSUED] = "issued", [UNIT_IN_TRANSIT] = "in_transit",
    [UNIT_IN_STOCK] = "in_stock", [UNIT_SOLD] = "sold",     [UNIT_RETURNED] = "returned",
    [UNIT_RETIRED] = "retired",
};

const char *
unit_state_name(enum unit_state state)
{
    return state_names[(unsigned)state < UNIT_STATE_COUNT ? state : UNIT_NONE];
}

bool
unit_state_parse(enum unit_state *out, struct slice s)
{
    *out = UNIT_NONE;
    for (unsigned state = UNIT_ISSUED; state < UNIT_STATE_COUNT; state++)
        if (slice_equal(s, state_names[state]))
            *out = (enum unit_state)state;
    return *out != UNIT_NONE;
}

const char *
unit_condition_name(enum unit_condition condition)
{
    static const struct {
        enum unit_condition condition;
        const char *name;
    } names[] = {
        {CONDITION_STOLEN, "stolen"},
        {CONDITION_LOST, "lost"},
        {CONDITION_HELD, "held"},
        {CONDITION_COPY_SUSPECTED, "copy_suspected"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].condition == condition)
            return names[i].name;
    return "none";
}

unsigned
unit_provisional(const struct unit *unit, int64_t now)
{
    unsigned open = unit->provisional & unit->conditions;
    return now < unit->provisional_until ? open & (CONDITION_STOLEN | CONDITION_LOST) : 0;
}

static bool
serial_inside(const struct recall *recall, const char *serial)
{
    if (recall->serial_from[0] != '\0' && strcmp(serial, recall->serial_from) < 0)
        return false;
    return recall->serial_to[0] == '\0' || strcmp(serial, recall->serial_to) <= 0;
}

static bool
made_inside(const struct recall *recall, civil_day made_on)
{
    if (made_on == CIVIL_NONE)
        return true;
    if (recall->made_from != CIVIL_NONE && made_on < recall->made_from)
        return false;
    return recall->made_to == CIVIL_NONE || made_on <= recall->made_to;
}

bool
recall_covers(const struct recall *recall, const struct unit *unit)
{
    if (recall->lifted_at != 0 || strcmp(recall->gtin, unit->id.gtin) != 0)
        return false;
    if (recall->lot[0] != '\0' && strcmp(recall->lot, unit->id.lot) != 0)
        return false;
    return serial_inside(recall, unit->id.serial) && made_inside(recall, unit->made_on);
}

const char *
recall_text_in(const struct recall *recall, const char *language)
{
    for (size_t i = 0; i < recall->text_count && i < RECALL_TEXTS_MAX; i++)
        if (slice_equal_nocase(slice_of(recall->texts[i].language), language))
            return recall->texts[i].text;
    return recall->text;
}
