/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/records/records.h"

#include <string.h>

#include "gateway/json/write.h"

void
conditions_json(struct text *out, const char *name, unsigned conditions)
{
    json_put(out, name, "[");
    for (unsigned bit = 1; bit < CONDITION_ALL; bit <<= 1)
        if ((conditions & bit) != 0)
            json_put_text(out, NULL, unit_condition_name((enum unit_condition)bit));
    text_char(out, ']');
}

void
unit_linked_json(struct text *out, const struct unit *unit)
{
    if (unit->linked.serial[0] == '\0')
        return;
    json_put(out, "linked", "{");
    json_put_text(out, "gtin", unit->linked.gtin);
    json_put_text(out, "serial", unit->linked.serial);
    text_char(out, '}');
}

void
unit_json(struct text *out, const struct unit *unit)
{
    static const uint8_t no_claim[SEAL_BYTES];
    text_char(out, '{');
    json_put_text(out, "gtin", unit->id.gtin);
    json_put_text(out, "serial", unit->id.serial);
    json_put_text(out, "variant", unit->id.variant);
    json_put_text(out, "lot", unit->id.lot);
    json_put_number(out, "version", (int64_t)unit->version);
    json_put_text(out, "state", unit_state_name(unit->state));
    conditions_json(out, "conditions", unit->conditions);
    if (unit->provisional != 0)
        conditions_json(out, "provisional", unit->provisional);
    json_put_time(out, "provisional_until", unit->provisional_until);
    json_put_hex(out, "kid", unit->kid, KID_BYTES);
    json_put_bool(out, "claim_code", memcmp(unit->claim, no_claim, SEAL_BYTES) != 0);
    json_put_time(out, "registered_at", unit->registered_at);
    json_put_day(out, "made_on", unit->made_on);
    json_put_day(out, "expires_on", unit->expires_on);
    json_put_day(out, "shipped_on", unit->shipped_on);
    json_put_day(out, "sold_on", unit->sold_on);
    json_put_day(out, "activated_on", unit->activated_on);
    json_put_text(out, "location", unit->location);
    json_put_text(out, "seller", unit->seller);
    json_put_text(out, "purchase_order", unit->purchase_order);
    json_put_text(out, "sales_order", unit->sales_order);
    json_put_text(out, "document", unit->document);
    if (!seal_is_none(unit->owner))
        json_put_bool(out, "owned", true);
    unit_card_json(out, unit);
    unit_linked_json(out, unit);
    text_char(out, '}');
}

void
unit_card_json(struct text *out, const struct unit *unit)
{
    if (unit->unproven)
        json_put_bool(out, "without_claim_code", true);
}

void
event_card_json(struct text *out, const struct event *event)
{
    if (event->without_claim)
        json_put_bool(out, "without_claim_code", true);
    if (event->displaces)
        json_put_bool(out, "displaced_owner", true);
}

void
event_json(struct text *out, const struct event *event)
{
    text_char(out, '{');
    json_put_text(out, "type", event_type_name(event->type));
    json_put_time(out, "at", event->at);
    json_put_text(out, "role", role_name(event->role));
    json_put_text(out, "actor", event->actor);
    json_put_hex(out, "operation", event->operation, OPERATION_ID_BYTES);
    event_card_json(out, event);
    json_put(out, "fields", "{");
    for (size_t i = 0; i < event->field_count && i < EVENT_FIELDS_MAX; i++)
        json_put_text(out, event_field_name(event->fields[i].id), event->fields[i].value);
    text_put(out, "}}");
}

static void
put_entitlement(struct text *out, const struct entitlement *entitlement)
{
    json_put(out, NULL, "{");
    json_put_text(out, "id", entitlement->id);
    json_put_text(out, "title", entitlement->title);
    json_put(out, "starts", "[");
    for (size_t i = 0; i < sizeof entitlement->starts && entitlement->starts[i] != 0; i++) {
        json_put(out, NULL, "");
        text_printf(out, "\"%s\"",
                    entitlement_start_name((enum entitlement_start)entitlement->starts[i]));
    }
    text_char(out, ']');
    json_put_number(out, "months", entitlement->months);
    json_put_bool(out, "requires_activation", entitlement->requires_activation);
    json_put_text(out, "covers", entitlement->covers);
    json_put_words(out, "countries", entitlement->countries);
    text_char(out, '}');
}

void
product_json(struct text *out, const struct product *product)
{
    text_char(out, '{');
    json_put_text(out, "gtin", product->gtin);
    json_put_number(out, "version", (int64_t)product->version);
    json_put_text(out, "item", product->item);
    json_put_text(out, "brand", product->brand);
    json_put_text(out, "name", product->name);
    json_put_text(out, "model", product->model);
    json_put_text(out, "picture", product->picture);
    json_put_text(out, "support", product->support);
    json_put_words(out, "markets", product->markets);
    json_put_number(out, "offset_minutes", product->offset_minutes);
    json_put_bool(out, "activation_before_sale", product->activation_before_sale);
    json_put_bool(out, "returns_from_any", product->returns_from_any);
    copy_limits_json(out, &product->copy_limits);
    json_put(out, "entitlements", "[");
    for (size_t i = 0; i < product->entitlement_count && i < ENTITLEMENTS_MAX; i++)
        put_entitlement(out, &product->entitlements[i]);
    text_put(out, "]}");
}

void
lot_json(struct text *out, const struct lot *lot)
{
    text_char(out, '{');
    json_put_text(out, "gtin", lot->gtin);
    json_put_text(out, "lot", lot->lot);
    json_put_number(out, "version", (int64_t)lot->version);
    json_put_day(out, "made_on", lot->made_on);
    json_put_day(out, "expires_on", lot->expires_on);
    text_char(out, '}');
}

static void
put_texts(struct text *out, const struct recall *recall)
{
    json_put(out, "texts", "[");
    for (size_t i = 0; i < recall->text_count && i < RECALL_TEXTS_MAX; i++) {
        json_put(out, NULL, "{");
        json_put_text(out, "language", recall->texts[i].language);
        json_put_text(out, "text", recall->texts[i].text);
        text_char(out, '}');
    }
    text_char(out, ']');
}

void
recall_json(struct text *out, const struct recall *recall)
{
    text_char(out, '{');
    json_put_text(out, "id", recall->id);
    json_put_number(out, "version", (int64_t)recall->version);
    json_put_text(out, "gtin", recall->gtin);
    json_put_text(out, "lot", recall->lot);
    json_put_text(out, "serial_from", recall->serial_from);
    json_put_text(out, "serial_to", recall->serial_to);
    json_put_day(out, "made_from", recall->made_from);
    json_put_day(out, "made_to", recall->made_to);
    json_put_bool(out, "stop_use", recall->stop_use);
    json_put_text(out, "text", recall->text);
    json_put_text(out, "link", recall->link);
    json_put_time(out, "opened_at", recall->opened_at);
    json_put_time(out, "lifted_at", recall->lifted_at);
    if (recall->text_count > 0)
        put_texts(out, recall);
    text_char(out, '}');
}
