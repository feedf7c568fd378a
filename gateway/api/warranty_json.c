/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/warranty_json.h"

#include "gateway/json/write.h"

static void
put_line(struct text *out, const struct cover_line *line)
{
    const struct entitlement *entitlement = line->entitlement;
    json_put(out, NULL, "{");
    json_put_text(out, "id", entitlement->id);
    json_put_text(out, "title", entitlement->title);
    json_put_text(out, "covers", entitlement->covers);
    json_put_words(out, "countries", entitlement->countries);
    json_put(out, "starts", "[");
    for (size_t i = 0; i < sizeof entitlement->starts && entitlement->starts[i] != 0; i++)
        json_put_text(out, NULL,
                      entitlement_start_name((enum entitlement_start)entitlement->starts[i]));
    text_char(out, ']');
    json_put_number(out, "months", entitlement->months);
    json_put_bool(out, "requires_activation", entitlement->requires_activation);
    json_put_text(out, "why", cover_name(line->cover));
    if (line->started_by != 0)
        json_put_text(out, "started_by", entitlement_start_name(line->started_by));
    json_put_day(out, "starts_on", line->starts_on);
    json_put_day(out, "ends_on", line->ends_on);
    text_char(out, '}');
}

static void
put_adjustment(struct text *out, const struct adjustment *adjustment)
{
    json_put(out, NULL, "{");
    json_put_text(out, "entitlement", adjustment->entitlement);
    if (adjustment->excluded)
        json_put_bool(out, "excluded", true);
    if (adjustment->months > 0)
        json_put_number(out, "months", adjustment->months);
    json_put_day(out, "ends_on", adjustment->ends_on);
    text_char(out, '}');
}

/* Everything of the records that the answer came from. */
static void
put_inputs(struct text *out, const struct product *product, const struct unit *unit)
{
    json_put(out, "inputs", "{");
    json_put_text(out, "state", unit_state_name(unit->state));
    json_put_day(out, "sold_on", unit->sold_on);
    json_put_day(out, "activated_on", unit->activated_on);
    json_put_day(out, "shipped_on", unit->shipped_on);
    json_put_day(out, "made_on", unit->made_on);
    json_put(out, "adjustments", "[");
    for (size_t i = 0; i < unit->adjustment_count && i < ADJUSTMENTS_MAX; i++)
        put_adjustment(out, &unit->adjustments[i]);
    text_char(out, ']');
    json_put_number(out, "offset_minutes", product->offset_minutes);
    json_put_number(out, "unit_version", (int64_t)unit->version);
    json_put_number(out, "product_version", (int64_t)product->version);
    text_char(out, '}');
}

void
warranty_json(struct text *out, const struct product *product, const struct unit *unit,
              civil_day on)
{
    struct warranty warranty;
    warranty_evaluate(&warranty, product, unit, on);
    bool covered = warranty.best != NULL && warranty.best->cover == COVER_YES;
    json_put_bool(out, "covered", covered);
    if (covered)
        json_put_text(out, "by", warranty.best->entitlement->id);
    json_put_day(out, "asked_for", on);
    json_put(out, "entitlements", "[");
    for (size_t i = 0; i < warranty.count; i++)
        put_line(out, &warranty.lines[i]);
    text_char(out, ']');
    put_inputs(out, product, unit);
}
