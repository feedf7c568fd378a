/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/registry/arguments.h"

#include <sodium.h>
#include <string.h>

#include "crypto/claim.h"

/* A version is stored in four bytes, and is to rise by one. */
static const uint64_t version_end = UINT32_MAX;

enum { OFFSET_MINUTES_MAX = 24 * 60 - 1, MONTHS_MAX = 1200 };

static bool
text_argument(const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);
    return end != NULL && slice_utf8(slice_make(text, (size_t)(end - text)));
}

#define TEXT_ARGUMENT(member) text_argument(member, sizeof(member))

static bool
role_argument(enum role role)
{
    return strcmp(role_name(role), "none") != 0;
}

bool
gtin_argument(const char gtin[static GTIN_DIGITS + 1])
{
    return gtin[GTIN_DIGITS] == '\0' && gtin_valid(slice_make(gtin, GTIN_DIGITS));
}

bool
value_argument(const char value[static GS1_VALUE_MAX + 1], bool may_be_absent)
{
    const char *end = memchr(value, '\0', GS1_VALUE_MAX + 1);
    if (end == value)
        return may_be_absent;
    return end != NULL && gs1_value_valid(slice_make(value, (size_t)(end - value)));
}

bool
unit_key_argument(const struct unit_key *key)
{
    return gtin_argument(key->gtin) && value_argument(key->serial, false);
}

bool
recall_id_argument(const char id[static ITEM_MAX + 1])
{
    return id[0] != '\0' && text_argument(id, ITEM_MAX + 1);
}

bool
filter_argument(const struct unit_filter *filter)
{
    return (filter->gtin[0] == '\0' || gtin_argument(filter->gtin)) &&
           value_argument(filter->lot, true) && TEXT_ARGUMENT(filter->location) &&
           TEXT_ARGUMENT(filter->purchase_order) && TEXT_ARGUMENT(filter->sales_order) &&
           TEXT_ARGUMENT(filter->item) && TEXT_ARGUMENT(filter->query) &&
           (unsigned)filter->state < UNIT_STATE_COUNT && (filter->conditions & ~CONDITION_ALL) == 0;
}

static bool
identity_argument(const struct identity *id)
{
    return gtin_argument(id->gtin) && value_argument(id->variant, true) &&
           value_argument(id->lot, true) && value_argument(id->serial, false);
}

static bool
adjustments_argument(const struct adjustment *adjustments, size_t count)
{
    if (count > ADJUSTMENTS_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!TEXT_ARGUMENT(adjustments[i].entitlement))
            return false;
    return true;
}

static bool
ownership_argument(const struct unit *unit)
{
    return (unit->provisional & ~unit->conditions) == 0 && unit->provisional_until >= 0 &&
           unit->transfer_until >= 0 && unit->recovery_at >= 0 &&
           (!unit->unproven || !sodium_is_zero(unit->owner, SEAL_BYTES)) &&
           TEXT_ARGUMENT(unit->linked.gtin) && TEXT_ARGUMENT(unit->linked.serial);
}

bool
unit_argument(const struct unit *unit)
{
    return identity_argument(&unit->id) && unit->version < version_end && unit->state > UNIT_NONE &&
           unit->state < UNIT_STATE_COUNT && (unit->conditions & ~CONDITION_ALL) == 0 &&
           TEXT_ARGUMENT(unit->location) && TEXT_ARGUMENT(unit->seller) &&
           TEXT_ARGUMENT(unit->purchase_order) && TEXT_ARGUMENT(unit->sales_order) &&
           TEXT_ARGUMENT(unit->document) && ownership_argument(unit) &&
           adjustments_argument(unit->adjustments, unit->adjustment_count);
}

bool
fresh_unit_argument(const struct unit *unit)
{
    bool untouched = unit->version == 0 && unit->state == UNIT_ISSUED && unit->conditions == 0 &&
                     unit->shipped_on == CIVIL_NONE && unit->sold_on == CIVIL_NONE &&
                     unit->activated_on == CIVIL_NONE;
    bool nowhere = unit->location[0] == '\0' && unit->seller[0] == '\0' &&
                   unit->purchase_order[0] == '\0' && unit->sales_order[0] == '\0' &&
                   unit->document[0] == '\0';
    bool nobody = unit->provisional == 0 && unit->provisional_until == 0 &&
                  unit->transfer_until == 0 && unit->recovery_at == 0 && !unit->unproven &&
                  sodium_is_zero(unit->owner, SEAL_BYTES) &&
                  sodium_is_zero(unit->transfer, SEAL_BYTES) && unit->linked.gtin[0] == '\0' &&
                  unit->linked.serial[0] == '\0' && unit->adjustment_count == 0;
    return untouched && nowhere && nobody && identity_argument(&unit->id);
}

static bool
fields_argument(const struct event *event)
{
    unsigned seen = 0;
    if (event->field_count > EVENT_FIELDS_MAX)
        return false;
    for (size_t i = 0; i < event->field_count; i++) {
        const struct event_field *field = &event->fields[i];
        unsigned bit = (unsigned)field->id < FIELD_ID_COUNT ? 1U << field->id : 0;
        if (field->id == FIELD_NONE || bit == 0 || (seen & bit) != 0 ||
            !TEXT_ARGUMENT(field->value))
            return false;
        seen |= bit;
    }
    return true;
}

static bool
inherited_argument(const struct event *event)
{
    const struct inheritance *inherited = &event->inherited;
    return !event->inherits ||
           (TEXT_ARGUMENT(inherited->seller) && TEXT_ARGUMENT(inherited->sales_order) &&
            adjustments_argument(inherited->adjustments, inherited->adjustment_count));
}

bool
event_argument(const struct event *event, const struct operation *operation)
{
    return event->type > EVENT_COMMISSION && event->type < EVENT_TYPE_COUNT &&
           role_argument(event->role) && TEXT_ARGUMENT(event->actor) &&
           memcmp(event->operation, operation->id, OPERATION_ID_BYTES) == 0 &&
           fields_argument(event) && inherited_argument(event);
}

bool
operation_argument(const struct operation *operation)
{
    return !sodium_is_zero(operation->id, OPERATION_ID_BYTES) && operation->at > 0 &&
           role_argument(operation->role) && TEXT_ARGUMENT(operation->actor) &&
           TEXT_ARGUMENT(operation->note);
}

static bool
entitlement_argument(const struct entitlement *entitlement)
{
    bool ended = false;
    for (size_t i = 0; i < sizeof entitlement->starts; i++) {
        if (entitlement->starts[i] > START_MANUFACTURE || (ended && entitlement->starts[i] != 0))
            return false;
        ended = entitlement->starts[i] == 0;
    }
    return entitlement->months >= 1 && entitlement->months <= MONTHS_MAX &&
           entitlement->id[0] != '\0' && TEXT_ARGUMENT(entitlement->id) &&
           TEXT_ARGUMENT(entitlement->title) && TEXT_ARGUMENT(entitlement->covers) &&
           TEXT_ARGUMENT(entitlement->countries);
}

bool
product_argument(const struct product *product)
{
    bool texts = TEXT_ARGUMENT(product->item) && TEXT_ARGUMENT(product->brand) &&
                 TEXT_ARGUMENT(product->name) && TEXT_ARGUMENT(product->model) &&
                 TEXT_ARGUMENT(product->picture) && TEXT_ARGUMENT(product->support) &&
                 TEXT_ARGUMENT(product->markets);
    if (!texts || !gtin_argument(product->gtin) || product->version >= version_end ||
        product->offset_minutes < -OFFSET_MINUTES_MAX ||
        product->offset_minutes > OFFSET_MINUTES_MAX ||
        product->entitlement_count > ENTITLEMENTS_MAX || product->copy_limits.at[0] != 0)
        return false;
    for (size_t i = 0; i < product->entitlement_count; i++)
        if (!entitlement_argument(&product->entitlements[i]))
            return false;
    return true;
}

bool
lot_argument(const struct lot *lot)
{
    return gtin_argument(lot->gtin) && value_argument(lot->lot, false) &&
           lot->version < version_end;
}

/* A range that ends before it begins would cover nothing, and nobody would notice. */
static bool
ranges_argument(const struct recall *recall)
{
    bool serials = recall->serial_from[0] == '\0' || recall->serial_to[0] == '\0' ||
                   strcmp(recall->serial_from, recall->serial_to) <= 0;
    bool days = recall->made_from == CIVIL_NONE || recall->made_to == CIVIL_NONE ||
                recall->made_from <= recall->made_to;
    return serials && days;
}

static bool
texts_argument(const struct recall *recall)
{
    if (recall->text_count > RECALL_TEXTS_MAX)
        return false;
    for (size_t i = 0; i < recall->text_count; i++)
        if (!TEXT_ARGUMENT(recall->texts[i].language) || !TEXT_ARGUMENT(recall->texts[i].text))
            return false;
    return true;
}

bool
recall_argument(const struct recall *recall)
{
    return recall_id_argument(recall->id) && gtin_argument(recall->gtin) &&
           recall->version < version_end && value_argument(recall->lot, true) &&
           value_argument(recall->serial_from, true) && value_argument(recall->serial_to, true) &&
           ranges_argument(recall) && TEXT_ARGUMENT(recall->text) && texts_argument(recall) &&
           TEXT_ARGUMENT(recall->link) && recall->opened_at >= 0 && recall->lifted_at >= 0;
}

bool
credential_id_argument(const char *id)
{
    size_t len = 0;
    while (len <= APIKEY_ID_CHARS &&
           ((id[len] >= '0' && id[len] <= '9') || (id[len] >= 'A' && id[len] <= 'Z')))
        len++;
    return len == APIKEY_ID_CHARS && id[len] == '\0';
}

bool
credential_argument(const struct credential *credential)
{
    if (!credential_id_argument(credential->id) || credential->version >= version_end ||
        !role_argument(credential->role) || !TEXT_ARGUMENT(credential->name) ||
        !TEXT_ARGUMENT(credential->organisation) ||
        credential->location_count > CREDENTIAL_LOCATIONS_MAX)
        return false;
    for (size_t i = 0; i < credential->location_count; i++)
        if (!TEXT_ARGUMENT(credential->locations[i]))
            return false;
    return true;
}

bool
session_argument(const struct session *session, int64_t now)
{
    return credential_id_argument(session->credential) && !seal_is_none(session->seal) &&
           session_live(session, now);
}

bool
notice_reference_argument(const char *reference)
{
    struct slice s = slice_of(reference);
    return s.len == NOTICE_REFERENCE_CHARS && crockford_valid(s.data, s.len);
}

bool
notice_argument(const struct notice *notice)
{
    return notice->version < version_end && notice_check(notice, NULL) == ERR_OK;
}

bool
sighting_argument(const struct sighting *sighting)
{
    const char *country = sighting->country;
    bool known = country[0] >= 'A' && country[0] <= 'Z' && country[1] >= 'A' && country[1] <= 'Z' &&
                 country[COUNTRY_CHARS] == '\0';
    return sighting->at > 0 && (known || country[0] == '\0');
}
