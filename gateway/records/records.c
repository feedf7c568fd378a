/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/records/records.h"

#include <inttypes.h>
#include <string.h>

/* A comma unless it is the first member of its object or array. */
static void
separate(struct text *out)
{
    char last = out->len > 0 ? out->data[out->len - 1] : '{';
    if (last != '{' && last != '[')
        text_char(out, ',');
}

static void
put_name(struct text *out, const char *name)
{
    separate(out);
    text_printf(out, "\"%s\":", name);
}

static void
put_text(struct text *out, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    put_name(out, name);
    text_json(out, slice_of(value));
}

static void
put_number(struct text *out, const char *name, int64_t value)
{
    put_name(out, name);
    text_printf(out, "%" PRId64, value);
}

static void
put_bool(struct text *out, const char *name, bool value)
{
    put_name(out, name);
    text_put(out, value ? "true" : "false");
}

static void
put_day(struct text *out, const char *name, civil_day day)
{
    char value[DATE_TEXT_MAX];
    date_format(value, day);
    put_text(out, name, value);
}

static void
put_time(struct text *out, const char *name, int64_t at)
{
    char value[TIME_TEXT_MAX];
    if (at == 0)
        return;
    time_format(value, at);
    put_text(out, name, value);
}

static void
put_hex(struct text *out, const char *name, const uint8_t *bytes, size_t len)
{
    put_name(out, name);
    text_char(out, '"');
    text_hex(out, bytes, len);
    text_char(out, '"');
}

/* "DE AT" as ["DE","AT"]; everywhere, which is "", is left out. */
static void
put_countries(struct text *out, const char *name, const char *countries)
{
    struct slice rest = slice_of(countries);
    if (rest.len == 0)
        return;
    put_name(out, name);
    text_char(out, '[');
    while (rest.len > 0) {
        separate(out);
        text_json(out, slice_take_until(&rest, ' '));
    }
    text_char(out, ']');
}

static void
put_conditions(struct text *out, uint8_t conditions)
{
    put_name(out, "conditions");
    text_char(out, '[');
    for (unsigned bit = 1; bit < CONDITION_ALL; bit <<= 1) {
        if ((conditions & bit) == 0)
            continue;
        separate(out);
        text_printf(out, "\"%s\"", unit_condition_name((enum unit_condition)bit));
    }
    text_char(out, ']');
}

void
unit_json(struct text *out, const struct unit *unit)
{
    static const uint8_t no_claim[SEAL_BYTES];
    text_char(out, '{');
    put_text(out, "gtin", unit->id.gtin);
    put_text(out, "serial", unit->id.serial);
    put_text(out, "variant", unit->id.variant);
    put_text(out, "lot", unit->id.lot);
    put_number(out, "version", (int64_t)unit->version);
    put_text(out, "state", unit_state_name(unit->state));
    put_conditions(out, unit->conditions);
    put_hex(out, "kid", unit->kid, KID_BYTES);
    put_bool(out, "claim_code", memcmp(unit->claim, no_claim, SEAL_BYTES) != 0);
    put_time(out, "registered_at", unit->registered_at);
    put_day(out, "made_on", unit->made_on);
    put_day(out, "expires_on", unit->expires_on);
    put_day(out, "shipped_on", unit->shipped_on);
    put_day(out, "sold_on", unit->sold_on);
    put_day(out, "activated_on", unit->activated_on);
    put_text(out, "location", unit->location);
    put_text(out, "seller", unit->seller);
    put_text(out, "purchase_order", unit->purchase_order);
    put_text(out, "sales_order", unit->sales_order);
    put_text(out, "document", unit->document);
    text_char(out, '}');
}

void
event_json(struct text *out, const struct event *event)
{
    text_char(out, '{');
    put_text(out, "type", event_type_name(event->type));
    put_time(out, "at", event->at);
    put_text(out, "role", role_name(event->role));
    put_text(out, "actor", event->actor);
    put_hex(out, "operation", event->operation, OPERATION_ID_BYTES);
    put_name(out, "fields");
    text_char(out, '{');
    for (size_t i = 0; i < event->field_count && i < EVENT_FIELDS_MAX; i++)
        put_text(out, event_field_name(event->fields[i].id), event->fields[i].value);
    text_put(out, "}}");
}

static void
put_entitlement(struct text *out, const struct entitlement *entitlement)
{
    separate(out);
    text_char(out, '{');
    put_text(out, "id", entitlement->id);
    put_text(out, "title", entitlement->title);
    put_name(out, "starts");
    text_char(out, '[');
    for (size_t i = 0; i < sizeof entitlement->starts && entitlement->starts[i] != 0; i++) {
        separate(out);
        text_printf(out, "\"%s\"",
                    entitlement_start_name((enum entitlement_start)entitlement->starts[i]));
    }
    text_char(out, ']');
    put_number(out, "months", entitlement->months);
    put_bool(out, "requires_activation", entitlement->requires_activation);
    put_text(out, "covers", entitlement->covers);
    put_countries(out, "countries", entitlement->countries);
    text_char(out, '}');
}

void
product_json(struct text *out, const struct product *product)
{
    text_char(out, '{');
    put_text(out, "gtin", product->gtin);
    put_number(out, "version", (int64_t)product->version);
    put_text(out, "item", product->item);
    put_text(out, "brand", product->brand);
    put_text(out, "name", product->name);
    put_text(out, "model", product->model);
    put_text(out, "picture", product->picture);
    put_text(out, "support", product->support);
    put_countries(out, "markets", product->markets);
    put_number(out, "offset_minutes", product->offset_minutes);
    put_name(out, "entitlements");
    text_char(out, '[');
    for (size_t i = 0; i < product->entitlement_count && i < ENTITLEMENTS_MAX; i++)
        put_entitlement(out, &product->entitlements[i]);
    text_put(out, "]}");
}

void
recall_json(struct text *out, const struct recall *recall)
{
    text_char(out, '{');
    put_text(out, "id", recall->id);
    put_number(out, "version", (int64_t)recall->version);
    put_text(out, "gtin", recall->gtin);
    put_text(out, "lot", recall->lot);
    put_text(out, "serial_from", recall->serial_from);
    put_text(out, "serial_to", recall->serial_to);
    put_day(out, "made_from", recall->made_from);
    put_day(out, "made_to", recall->made_to);
    put_bool(out, "stop_use", recall->stop_use);
    put_text(out, "text", recall->text);
    put_text(out, "link", recall->link);
    put_time(out, "opened_at", recall->opened_at);
    put_time(out, "lifted_at", recall->lifted_at);
    text_char(out, '}');
}
