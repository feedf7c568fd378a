/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that registry.h limits, one step over the limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/registry/contract.h"

#define FILL(member) memset(member, 'x', sizeof(member)) /* no NUL */

/* Arguments that are good until a row spoils one. */
struct good {
    struct unit_key key;
    struct unit fresh;
    struct change changes[2];
    struct operation operation;
    struct product product;
    struct lot lot;
    struct recall recall;
    struct credential credential;
    struct unit_filter filter;
    size_t count, max;
};

enum call {
    GET,
    VIEW,
    EVENTS,
    COMMISSION,
    APPLY,
    PRODUCT,
    LOT,
    RECALL,
    CREDENTIAL,
    LIST,
    PRODUCTS,
    RECALLS,
    CREDENTIALS
};

struct row {
    const char *label;
    enum call call;
    void (*spoil)(struct good *good);
};

/* clang-format off */
#define SPOIL(name, statement) static void name(struct good *good) { statement; }
SPOIL(key_check_digit, good->key.gtin[13] ^= 1)
SPOIL(key_gtin_short, good->key.gtin[13] = '\0')
SPOIL(key_gtin_letter, good->key.gtin[3] = 'A')
SPOIL(key_gtin_endless, good->key.gtin[14] = '1')
SPOIL(key_serial_absent, good->key.serial[0] = '\0')
SPOIL(key_serial_space, good->key.serial[1] = ' ')
SPOIL(key_serial_endless, FILL(good->key.serial))
SPOIL(unit_gtin, good->fresh.id.gtin[13] ^= 1)
SPOIL(unit_serial, good->fresh.id.serial[0] = '#')
SPOIL(unit_variant, good->fresh.id.variant[0] = '\n')
SPOIL(unit_lot, FILL(good->fresh.id.lot))
SPOIL(unit_version, good->fresh.version = 1)
SPOIL(unit_state, good->fresh.state = UNIT_IN_STOCK)
SPOIL(unit_state_none, good->fresh.state = UNIT_NONE)
SPOIL(unit_conditions, good->fresh.conditions = CONDITION_HELD)
SPOIL(unit_shipped, good->fresh.shipped_on = 0)
SPOIL(unit_sold, good->fresh.sold_on = 0)
SPOIL(unit_activated, good->fresh.activated_on = 0)
SPOIL(unit_location, good->fresh.location[0] = 'x')
SPOIL(unit_seller, good->fresh.seller[0] = 'x')
SPOIL(unit_purchase_order, good->fresh.purchase_order[0] = 'x')
SPOIL(unit_sales_order, good->fresh.sales_order[0] = 'x')
SPOIL(unit_document, good->fresh.document[0] = 'x')
SPOIL(unit_reported, good->fresh.provisional = CONDITION_STOLEN)
SPOIL(unit_reported_until, good->fresh.provisional_until = 1)
SPOIL(unit_owner, good->fresh.owner[3] = 1)
SPOIL(unit_unproven, good->fresh.unproven = true)
SPOIL(unit_transfer, good->fresh.transfer[15] = 1)
SPOIL(unit_transfer_until, good->fresh.transfer_until = 1)
SPOIL(unit_recovery, good->fresh.recovery_at = 1)
SPOIL(unit_linked_gtin, good->fresh.linked.gtin[0] = '0')
SPOIL(unit_linked_serial, good->fresh.linked.serial[0] = 'A')
SPOIL(unit_adjusted, good->fresh.adjustment_count = 1)
SPOIL(no_units, good->count = 0)
SPOIL(too_many_units, good->count = COMMISSION_MAX + 1)
SPOIL(operation_id, memset(good->operation.id, 0, sizeof good->operation.id))
SPOIL(operation_at, good->operation.at = 0)
SPOIL(operation_no_role, good->operation.role = (enum role)0)
SPOIL(operation_two_roles, good->operation.role = (enum role)(ROLE_OPERATOR | ROLE_ADMIN))
SPOIL(operation_actor, FILL(good->operation.actor))
SPOIL(operation_note, FILL(good->operation.note))
SPOIL(operation_utf8, good->operation.note[0] = (char)0xFF)
SPOIL(no_changes, good->count = 0)
SPOIL(too_many_changes, good->count = APPLY_MAX + 1)
SPOIL(change_twice, good->changes[1] = good->changes[0]; good->count = 2)
SPOIL(change_gtin, good->changes[0].unit.id.gtin[0] = '1')
SPOIL(change_serial, good->changes[0].unit.id.serial[0] = '\0')
SPOIL(change_version, good->changes[0].unit.version = UINT32_MAX)
SPOIL(change_state, good->changes[0].unit.state = UNIT_STATE_COUNT)
SPOIL(change_conditions, good->changes[0].unit.conditions = CONDITION_ALL + 1)
SPOIL(change_location, FILL(good->changes[0].unit.location))
SPOIL(change_seller, FILL(good->changes[0].unit.seller))
SPOIL(change_purchase_order, FILL(good->changes[0].unit.purchase_order))
SPOIL(change_sales_order, FILL(good->changes[0].unit.sales_order))
SPOIL(change_document, good->changes[0].unit.document[0] = (char)0x80)
SPOIL(change_provisional, good->changes[0].unit.provisional = CONDITION_LOST)
SPOIL(change_provisional_until, good->changes[0].unit.provisional_until = -1)
SPOIL(change_transfer_until, good->changes[0].unit.transfer_until = -1)
SPOIL(change_recovery, good->changes[0].unit.recovery_at = -1)
SPOIL(change_unproven_nobody, good->changes[0].unit.unproven = true)
SPOIL(change_linked_gtin, FILL(good->changes[0].unit.linked.gtin))
SPOIL(change_linked_serial, FILL(good->changes[0].unit.linked.serial))
SPOIL(change_adjustments, good->changes[0].unit.adjustment_count = ADJUSTMENTS_MAX + 1)
SPOIL(change_adjusted, good->changes[0].unit.adjustment_count = 1;
      FILL(good->changes[0].unit.adjustments[0].entitlement))
SPOIL(event_seller, good->changes[0].event.inherits = true;
      FILL(good->changes[0].event.inherited.seller))
SPOIL(event_sales_order, good->changes[0].event.inherits = true;
      FILL(good->changes[0].event.inherited.sales_order))
SPOIL(event_adjustments, good->changes[0].event.inherits = true;
      good->changes[0].event.inherited.adjustment_count = ADJUSTMENTS_MAX + 1)
SPOIL(event_none, good->changes[0].event.type = EVENT_NONE)
SPOIL(event_commission, good->changes[0].event.type = EVENT_COMMISSION)
SPOIL(event_unknown, good->changes[0].event.type = EVENT_TYPE_COUNT)
SPOIL(event_role, good->changes[0].event.role = (enum role)3)
SPOIL(event_actor, FILL(good->changes[0].event.actor))
SPOIL(event_operation, good->changes[0].event.operation[5] ^= 1)
SPOIL(event_fields, good->changes[0].event.field_count = EVENT_FIELDS_MAX + 1)
SPOIL(event_field_none, good->changes[0].event.fields[0].id = FIELD_NONE)
SPOIL(event_field_unknown, good->changes[0].event.fields[0].id = FIELD_ID_COUNT)
SPOIL(event_field_value, FILL(good->changes[0].event.fields[0].value))
SPOIL(event_field_twice, good->changes[0].event.fields[1] = good->changes[0].event.fields[0];
      good->changes[0].event.field_count = 2)
SPOIL(product_gtin, good->product.gtin[13] ^= 1)
SPOIL(product_version, good->product.version = UINT32_MAX)
SPOIL(product_item, FILL(good->product.item))
SPOIL(product_brand, FILL(good->product.brand))
SPOIL(product_name, FILL(good->product.name))
SPOIL(product_model, good->product.model[0] = (char)0xC0)
SPOIL(product_picture, FILL(good->product.picture))
SPOIL(product_support, FILL(good->product.support))
SPOIL(product_markets, FILL(good->product.markets))
SPOIL(product_west, good->product.offset_minutes = -1440)
SPOIL(product_east, good->product.offset_minutes = 1440)
SPOIL(entitlement_count, good->product.entitlement_count = ENTITLEMENTS_MAX + 1)
SPOIL(entitlement_id, good->product.entitlements[0].id[0] = '\0')
SPOIL(entitlement_title, FILL(good->product.entitlements[0].title))
SPOIL(entitlement_start, good->product.entitlements[0].starts[0] = START_MANUFACTURE + 1)
SPOIL(entitlement_gap, good->product.entitlements[0].starts[3] = START_SALE)
SPOIL(entitlement_no_months, good->product.entitlements[0].months = 0)
SPOIL(entitlement_months, good->product.entitlements[0].months = 1201)
SPOIL(entitlement_covers, FILL(good->product.entitlements[0].covers))
SPOIL(entitlement_countries, FILL(good->product.entitlements[0].countries))
SPOIL(lot_gtin, good->lot.gtin[0] = '\0')
SPOIL(lot_absent, good->lot.lot[0] = '\0')
SPOIL(lot_character, good->lot.lot[0] = '~')
SPOIL(lot_version, good->lot.version = UINT32_MAX)
SPOIL(recall_id, good->recall.id[0] = '\0')
SPOIL(recall_id_endless, FILL(good->recall.id))
SPOIL(recall_gtin, good->recall.gtin[13] ^= 1)
SPOIL(recall_version, good->recall.version = UINT32_MAX)
SPOIL(recall_lot, good->recall.lot[0] = ' ')
SPOIL(recall_from, FILL(good->recall.serial_from))
SPOIL(recall_serials, good->recall.serial_from[0] = 'B'; good->recall.serial_to[0] = 'A')
SPOIL(recall_days, good->recall.made_from = 2; good->recall.made_to = 1)
SPOIL(recall_text, FILL(good->recall.text))
SPOIL(recall_link, FILL(good->recall.link))
SPOIL(recall_opened, good->recall.opened_at = -1)
SPOIL(recall_lifted, good->recall.lifted_at = -1)
SPOIL(credential_id, good->credential.id[7] = '\0')
SPOIL(credential_id_small, good->credential.id[0] = 'a')
SPOIL(credential_id_endless, good->credential.id[8] = 'A')
SPOIL(credential_version, good->credential.version = UINT32_MAX)
SPOIL(credential_role, good->credential.role = (enum role)0)
SPOIL(credential_name, FILL(good->credential.name))
SPOIL(credential_organisation, FILL(good->credential.organisation))
SPOIL(credential_locations, good->credential.location_count = CREDENTIAL_LOCATIONS_MAX + 1)
SPOIL(credential_location, FILL(good->credential.locations[0]))
SPOIL(no_rows, good->max = 0)
SPOIL(too_many_rows, good->max = REGISTRY_PAGE_MAX + 1)
SPOIL(filter_gtin, good->filter.gtin[0] = '1')
SPOIL(filter_lot, good->filter.lot[0] = ' ')
SPOIL(filter_location, FILL(good->filter.location))
SPOIL(filter_purchase_order, FILL(good->filter.purchase_order))
SPOIL(filter_sales_order, good->filter.sales_order[0] = (char)0xFF)
SPOIL(filter_item, FILL(good->filter.item))
SPOIL(filter_query, FILL(good->filter.query))
SPOIL(filter_query_utf8, good->filter.query[0] = (char)0xC3)
SPOIL(filter_state, good->filter.state = UNIT_STATE_COUNT)
SPOIL(filter_conditions, good->filter.conditions = CONDITION_ALL + 1)

static const struct row rows[] = {
    {"key: wrong check digit", GET, key_check_digit},
    {"key: GTIN of 13", GET, key_gtin_short},
    {"key: GTIN with a letter", GET, key_gtin_letter},
    {"key: GTIN of 15", GET, key_gtin_endless},
    {"key: no serial", GET, key_serial_absent},
    {"key: serial with a space", GET, key_serial_space},
    {"key: serial of 21", GET, key_serial_endless},
    {"view: wrong check digit", VIEW, key_check_digit},
    {"view: no serial", VIEW, key_serial_absent},
    {"events: wrong check digit", EVENTS, key_check_digit},
    {"events: no serial", EVENTS, key_serial_absent},
    {"events: room for none", EVENTS, no_rows},
    {"events: room for too many", EVENTS, too_many_rows},
    {"fresh unit: GTIN", COMMISSION, unit_gtin},
    {"fresh unit: serial", COMMISSION, unit_serial},
    {"fresh unit: variant", COMMISSION, unit_variant},
    {"fresh unit: lot", COMMISSION, unit_lot},
    {"fresh unit: version", COMMISSION, unit_version},
    {"fresh unit: in stock", COMMISSION, unit_state},
    {"fresh unit: no state", COMMISSION, unit_state_none},
    {"fresh unit: held", COMMISSION, unit_conditions},
    {"fresh unit: shipped", COMMISSION, unit_shipped},
    {"fresh unit: sold", COMMISSION, unit_sold},
    {"fresh unit: activated", COMMISSION, unit_activated},
    {"fresh unit: location", COMMISSION, unit_location},
    {"fresh unit: seller", COMMISSION, unit_seller},
    {"fresh unit: purchase order", COMMISSION, unit_purchase_order},
    {"fresh unit: sales order", COMMISSION, unit_sales_order},
    {"fresh unit: document", COMMISSION, unit_document},
    {"fresh unit: reported", COMMISSION, unit_reported},
    {"fresh unit: reported until", COMMISSION, unit_reported_until},
    {"fresh unit: owned", COMMISSION, unit_owner},
    {"fresh unit: owned without the claim code", COMMISSION, unit_unproven},
    {"fresh unit: offered", COMMISSION, unit_transfer},
    {"fresh unit: offered until", COMMISSION, unit_transfer_until},
    {"fresh unit: secret lost", COMMISSION, unit_recovery},
    {"fresh unit: linked", COMMISSION, unit_linked_gtin},
    {"fresh unit: linked to a serial", COMMISSION, unit_linked_serial},
    {"fresh unit: adjusted", COMMISSION, unit_adjusted},
    {"commission: no units", COMMISSION, no_units},
    {"commission: too many units", COMMISSION, too_many_units},
    {"operation: id of zeros", COMMISSION, operation_id},
    {"operation: no time", COMMISSION, operation_at},
    {"operation: no role", COMMISSION, operation_no_role},
    {"operation: two roles", COMMISSION, operation_two_roles},
    {"operation: actor too long", COMMISSION, operation_actor},
    {"operation: note too long", COMMISSION, operation_note},
    {"operation: note is not UTF-8", COMMISSION, operation_utf8},
    {"apply: operation", APPLY, operation_at},
    {"apply: no changes", APPLY, no_changes},
    {"apply: too many changes", APPLY, too_many_changes},
    {"apply: a unit twice", APPLY, change_twice},
    {"change: GTIN", APPLY, change_gtin},
    {"change: serial", APPLY, change_serial},
    {"change: last version there can be", APPLY, change_version},
    {"change: state", APPLY, change_state},
    {"change: conditions", APPLY, change_conditions},
    {"change: location", APPLY, change_location},
    {"change: seller", APPLY, change_seller},
    {"change: purchase order", APPLY, change_purchase_order},
    {"change: sales order", APPLY, change_sales_order},
    {"change: document", APPLY, change_document},
    {"change: reported but not lost", APPLY, change_provisional},
    {"change: reported until before 1970", APPLY, change_provisional_until},
    {"change: offered until before 1970", APPLY, change_transfer_until},
    {"change: recovered before 1970", APPLY, change_recovery},
    {"change: nobody owns it, and without the claim code", APPLY, change_unproven_nobody},
    {"change: linked GTIN", APPLY, change_linked_gtin},
    {"change: linked serial", APPLY, change_linked_serial},
    {"change: nine adjustments", APPLY, change_adjustments},
    {"change: adjusted entitlement", APPLY, change_adjusted},
    {"event: inherited seller", APPLY, event_seller},
    {"event: inherited sales order", APPLY, event_sales_order},
    {"event: nine inherited adjustments", APPLY, event_adjustments},
    {"event: none", APPLY, event_none},
    {"event: commission", APPLY, event_commission},
    {"event: unknown", APPLY, event_unknown},
    {"event: two roles", APPLY, event_role},
    {"event: actor", APPLY, event_actor},
    {"event: another operation", APPLY, event_operation},
    {"event: too many fields", APPLY, event_fields},
    {"event: field none", APPLY, event_field_none},
    {"event: field unknown", APPLY, event_field_unknown},
    {"event: value too long", APPLY, event_field_value},
    {"event: field twice", APPLY, event_field_twice},
    {"product: operation", PRODUCT, operation_id},
    {"product: GTIN", PRODUCT, product_gtin},
    {"product: last version there can be", PRODUCT, product_version},
    {"product: item", PRODUCT, product_item},
    {"product: brand", PRODUCT, product_brand},
    {"product: name", PRODUCT, product_name},
    {"product: model is not UTF-8", PRODUCT, product_model},
    {"product: picture", PRODUCT, product_picture},
    {"product: support", PRODUCT, product_support},
    {"product: markets", PRODUCT, product_markets},
    {"product: a day west", PRODUCT, product_west},
    {"product: a day east", PRODUCT, product_east},
    {"product: nine entitlements", PRODUCT, entitlement_count},
    {"entitlement: id", PRODUCT, entitlement_id},
    {"entitlement: title", PRODUCT, entitlement_title},
    {"entitlement: unknown start", PRODUCT, entitlement_start},
    {"entitlement: start behind the end", PRODUCT, entitlement_gap},
    {"entitlement: no months", PRODUCT, entitlement_no_months},
    {"entitlement: 1201 months", PRODUCT, entitlement_months},
    {"entitlement: covers", PRODUCT, entitlement_covers},
    {"entitlement: countries", PRODUCT, entitlement_countries},
    {"lot: operation", LOT, operation_id},
    {"lot: GTIN", LOT, lot_gtin},
    {"lot: absent", LOT, lot_absent},
    {"lot: character", LOT, lot_character},
    {"lot: last version there can be", LOT, lot_version},
    {"recall: operation", RECALL, operation_id},
    {"recall: no id", RECALL, recall_id},
    {"recall: id too long", RECALL, recall_id_endless},
    {"recall: GTIN", RECALL, recall_gtin},
    {"recall: last version there can be", RECALL, recall_version},
    {"recall: lot", RECALL, recall_lot},
    {"recall: first serial", RECALL, recall_from},
    {"recall: serials backwards", RECALL, recall_serials},
    {"recall: days backwards", RECALL, recall_days},
    {"recall: text", RECALL, recall_text},
    {"recall: link", RECALL, recall_link},
    {"recall: opened before 1970", RECALL, recall_opened},
    {"recall: lifted before 1970", RECALL, recall_lifted},
    {"credential: operation", CREDENTIAL, operation_id},
    {"credential: id of 7", CREDENTIAL, credential_id},
    {"credential: id with a small letter", CREDENTIAL, credential_id_small},
    {"credential: id of 9", CREDENTIAL, credential_id_endless},
    {"credential: last version there can be", CREDENTIAL, credential_version},
    {"credential: no role", CREDENTIAL, credential_role},
    {"credential: name", CREDENTIAL, credential_name},
    {"credential: organisation", CREDENTIAL, credential_organisation},
    {"credential: seventeen locations", CREDENTIAL, credential_locations},
    {"credential: location", CREDENTIAL, credential_location},
    {"list: room for none", LIST, no_rows},
    {"list: room for too many", LIST, too_many_rows},
    {"list: GTIN", LIST, filter_gtin},
    {"list: lot", LIST, filter_lot},
    {"list: location", LIST, filter_location},
    {"list: purchase order", LIST, filter_purchase_order},
    {"list: sales order", LIST, filter_sales_order},
    {"list: item", LIST, filter_item},
    {"list: query", LIST, filter_query},
    {"list: query is not UTF-8", LIST, filter_query_utf8},
    {"list: state", LIST, filter_state},
    {"list: conditions", LIST, filter_conditions},
    {"products: room for none", PRODUCTS, no_rows},
    {"products: room for too many", PRODUCTS, too_many_rows},
    {"recalls: room for none", RECALLS, no_rows},
    {"recalls: room for too many", RECALLS, too_many_rows},
    {"credentials: room for none", CREDENTIALS, no_rows},
    {"credentials: room for too many", CREDENTIALS, too_many_rows},
};
/* clang-format on */

static enum err
read_call(struct registry_session *session, enum call call, const struct good *good)
{
    struct unit unit;
    struct unit_view view;
    struct event event;
    struct product product;
    struct recall recall;
    struct credential credential;
    struct cursor cursor = {""};
    size_t count = 99;
    switch (call) {
    case GET:
        return registry_get(session, &good->key, &unit);
    case VIEW:
        return registry_view(session, &good->key, &view);
    case EVENTS:
        return registry_events(session, &good->key, 0, &event, good->max, &count);
    case LIST:
        return registry_list(session, &good->filter, &cursor, &unit, good->max, &count);
    case PRODUCTS:
        return registry_list_products(session, &cursor, &product, good->max, &count);
    case RECALLS:
        return registry_list_recalls(session, &cursor, &recall, good->max, &count);
    case CREDENTIALS:
        return registry_list_credentials(session, &cursor, &credential, good->max, &count);
    case COMMISSION:
    case APPLY:
    case PRODUCT:
    case LOT:
    case RECALL:
    case CREDENTIAL:
        break;
    }
    return ERR_COUNT;
}

static enum err
write_call(struct registry_session *session, enum call call, const struct good *good)
{
    static enum err results[COMMISSION_MAX + 1];
    static bool same[COMMISSION_MAX + 1];
    switch (call) {
    case COMMISSION:
        return registry_commission(session, &good->fresh, good->count, &good->operation, results,
                                   same);
    case APPLY:
        return registry_apply(session, good->changes, good->count, &good->operation, NULL, NULL);
    case PRODUCT:
        return registry_put_product(session, &good->product, &good->operation, NULL);
    case LOT:
        return registry_put_lot(session, &good->lot, &good->operation, NULL);
    case RECALL:
        return registry_put_recall(session, &good->recall, &good->operation, NULL);
    case CREDENTIAL:
        return registry_put_credential(session, &good->credential, &good->operation, NULL);
    case GET:
    case VIEW:
    case EVENTS:
    case LIST:
    case PRODUCTS:
    case RECALLS:
    case CREDENTIALS:
        break;
    }
    return read_call(session, call, good);
}

static void
prepare(struct contract *contract, const struct unit *unit, struct good *good)
{
    memset(good, 0, sizeof *good);
    contract_operation(contract, &good->operation);
    good->key = test_key(unit);
    test_unit(&good->fresh, unit->id.gtin, "FRESH");
    test_change(&good->changes[0], unit, EVENT_RECEIVE, &good->operation, "Berlin 1");
    test_product(&good->product, unit->id.gtin);
    test_lot(&good->lot, unit->id.gtin, "LOT");
    test_recall(&good->recall, unit->id.gtin, "ARGUMENTS");
    test_credential(&good->credential, "ARGVMENT");
    memcpy(good->filter.gtin, unit->id.gtin, sizeof good->filter.gtin);
    good->count = 1;
    good->max = 1;
}

/* Texts given on their own. */
static void
plain_texts(struct contract *contract, const char *gtin)
{
    struct product product;
    struct lot lot;
    struct recall recall;
    struct credential credential;
    const char long_id[] = "01234567890123456789012345678901234567890"; /* 41 */
    struct registry_session *session = contract->session;
    contract_expect("no GTIN", registry_get_product(session, "", &product), ERR_INVALID);
    contract_expect("GTIN of 15", registry_get_product(session, "095060001343521", &product),
                    ERR_INVALID);
    contract_expect("lot of another alphabet", registry_get_lot(session, gtin, "L T", &lot),
                    ERR_INVALID);
    contract_expect("no lot", registry_get_lot(session, gtin, "", &lot), ERR_INVALID);
    contract_expect("GTIN of a lot", registry_get_lot(session, "1", "L", &lot), ERR_INVALID);
    contract_expect("no id", registry_get_recall(session, "", &recall), ERR_INVALID);
    contract_expect("id of 41", registry_get_recall(session, long_id, &recall), ERR_INVALID);
    contract_expect("id of 40", registry_get_recall(session, long_id + 1, &recall), ERR_NOT_FOUND);
    contract_expect("no credential", registry_get_credential(session, "", &credential),
                    ERR_INVALID);
    contract_expect("credential of 9", registry_get_credential(session, "AAAAAAAAA", &credential),
                    ERR_INVALID);
    contract_expect("credential with a hyphen",
                    registry_get_credential(session, "AAAA-AAA", &credential), ERR_INVALID);
    contract_expect("id that is not UTF-8", registry_get_recall(session, "\xFF", &recall),
                    ERR_INVALID);
}

void
contract_arguments(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct good *good = test_calloc(1, sizeof *good);
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "THERE", &unit);
    plain_texts(contract, gtin);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        prepare(contract, &unit, good);
        rows[i].spoil(good);
        contract_expect(rows[i].label, write_call(contract->session, rows[i].call, good),
                        ERR_INVALID);
    }
    /* Unspoilt, each of these calls is good. */
    for (enum call call = GET; call <= CREDENTIALS; call++) {
        prepare(contract, &unit, good);
        contract_expect("unspoilt", write_call(contract->session, call, good), ERR_OK);
    }
    test_free(good);
}
