/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/warranty.h"

#include <string.h>

const char *
cover_name(enum cover cover)
{
    static const char *const names[] = {
        [COVER_NONE] = "none",
        [COVER_NOT_STARTED] = "not_started",
        [COVER_NEEDS_ACTIVATION] = "needs_activation",
        [COVER_BEFORE_START] = "before_start",
        [COVER_ENDED] = "ended",
        [COVER_RETIRED] = "retired",
        [COVER_EXCLUDED] = "excluded",
        [COVER_YES] = "covered",
    };
    return names[(unsigned)cover <= COVER_YES ? cover : COVER_NONE];
}

static civil_day
start_day(const struct unit *unit, unsigned start)
{
    switch (start) {
    case START_SALE:
        return unit->sold_on;
    case START_ACTIVATION:
        return unit->activated_on;
    case START_SHIPMENT:
        return unit->shipped_on;
    case START_MANUFACTURE:
        return unit->made_on;
    default:
        return CIVIL_NONE;
    }
}

/* What the unit's adjustments make of one entitlement. */
struct adjusted {
    bool excluded;
    int months;
    civil_day ends_on;
};

static struct adjusted
adjusted_for(const struct unit *unit, const struct entitlement *entitlement)
{
    struct adjusted sum = {false, 0, CIVIL_NONE};
    for (size_t i = 0; i < unit->adjustment_count && i < ADJUSTMENTS_MAX; i++) {
        const struct adjustment *adjustment = &unit->adjustments[i];
        bool own = strcmp(adjustment->entitlement, entitlement->id) == 0;
        if (!own && adjustment->entitlement[0] != '\0')
            continue;
        sum.excluded = sum.excluded || adjustment->excluded;
        sum.months += adjustment->months;
        if (adjustment->ends_on != CIVIL_NONE && (own || sum.ends_on == CIVIL_NONE))
            sum.ends_on = adjustment->ends_on;
    }
    return sum;
}

static void
find_start(struct cover_line *line, const struct unit *unit)
{
    const uint8_t *starts = line->entitlement->starts;
    for (size_t i = 0; i < sizeof line->entitlement->starts && starts[i] != 0; i++) {
        civil_day day = start_day(unit, starts[i]);
        if (day == CIVIL_NONE)
            continue;
        line->started_by = (enum entitlement_start)starts[i];
        line->starts_on = day;
        return;
    }
}

static void
find_term(struct cover_line *line, const struct unit *unit, const struct adjusted *adjusted)
{
    line->starts_on = CIVIL_NONE;
    line->ends_on = CIVIL_NONE;
    find_start(line, unit);
    if (line->starts_on == CIVIL_NONE && adjusted->ends_on != CIVIL_NONE &&
        unit->sold_on != CIVIL_NONE) {
        line->started_by = START_SALE;
        line->starts_on = unit->sold_on;
    }
    if (line->starts_on == CIVIL_NONE)
        return;
    line->ends_on =
        adjusted->ends_on != CIVIL_NONE
            ? date_add_months(adjusted->ends_on, adjusted->months)
            : date_add_months(line->starts_on, line->entitlement->months + adjusted->months);
}

static enum cover
cover_of(const struct cover_line *line, const struct unit *unit, bool excluded, civil_day on)
{
    bool started = line->starts_on != CIVIL_NONE;
    if (line->entitlement->months == 0)
        return COVER_NONE;
    if (unit->state == UNIT_RETIRED)
        return COVER_RETIRED;
    if (excluded)
        return COVER_EXCLUDED;
    if (started && on > line->ends_on)
        return COVER_ENDED;
    if (line->entitlement->requires_activation && unit->activated_on == CIVIL_NONE)
        return COVER_NEEDS_ACTIVATION;
    if (!started)
        return COVER_NOT_STARTED;
    return on < line->starts_on ? COVER_BEFORE_START : COVER_YES;
}

/* The line with this cover that ends last. */
static const struct cover_line *
latest(const struct warranty *warranty, enum cover cover)
{
    const struct cover_line *best = NULL;
    for (size_t i = 0; i < warranty->count; i++) {
        const struct cover_line *line = &warranty->lines[i];
        if (line->cover == cover && (best == NULL || line->ends_on > best->ends_on))
            best = line;
    }
    return best;
}

void
warranty_evaluate(struct warranty *out, const struct product *product, const struct unit *unit,
                  civil_day on)
{
    memset(out, 0, sizeof *out);
    out->asked_for = on;
    out->count = product->entitlement_count;
    if (out->count > ENTITLEMENTS_MAX)
        out->count = ENTITLEMENTS_MAX;
    for (size_t i = 0; i < out->count; i++) {
        struct cover_line *line = &out->lines[i];
        line->entitlement = &product->entitlements[i];
        struct adjusted adjusted = adjusted_for(unit, line->entitlement);
        find_term(line, unit, &adjusted);
        line->cover = cover_of(line, unit, adjusted.excluded, on);
    }
    out->best = latest(out, COVER_YES);
    if (out->best == NULL)
        out->best = latest(out, COVER_ENDED);
}

enum err
warranty_claim(const struct product *product, const struct unit *unit, const char *id, civil_day on,
               struct fault *fault)
{
    struct warranty warranty;
    char day[DATE_TEXT_MAX];
    const struct cover_line *line = NULL;
    warranty_evaluate(&warranty, product, unit, on);
    for (size_t i = 0; i < warranty.count; i++)
        if (strcmp(warranty.lines[i].entitlement->id, id) == 0)
            line = &warranty.lines[i];
    if (line == NULL)
        return fault_set(fault, ERR_INVALID, "The product has no entitlement %s", id);
    if (line->cover == COVER_YES)
        return ERR_OK;
    date_format(day, on);
    return fault_set(fault, ERR_CONFLICT, "The entitlement %s does not cover the unit on %s: %s",
                     id, day, cover_name(line->cover));
}
