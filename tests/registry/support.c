/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/registry/support.h"

const uint8_t test_record_key[RECORD_KEY_BYTES] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
                                                   0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F};

void
test_place_make(struct test_place *place)
{
    const char *temporary = getenv("TMPDIR");
    bool fits = temporary != NULL && strlen(temporary) < 40;
    (void)snprintf(place->directory, sizeof place->directory, "%s/registry.XXXXXX",
                   fits ? temporary : "/tmp");
    assert_non_null(mkdtemp(place->directory));
    (void)snprintf(place->path, sizeof place->path, "%s/data", place->directory);
    (void)snprintf(place->url, sizeof place->url, "lmdb:%s?map=268435456", place->path);
}

static void
remove_files(const char *directory)
{
    DIR *dir = opendir(directory);
    if (dir == NULL)
        return;
    const struct dirent *entry = NULL;
    while ((entry = readdir(dir)) != NULL) {
        char path[512];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        (void)unlink(path);
    }
    (void)closedir(dir);
    (void)rmdir(directory);
}

void
test_place_remove(const struct test_place *place)
{
    remove_files(place->path);
    remove_files(place->directory);
}

int
test_place_set_up(void **state)
{
    struct test_place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    test_place_make(place);
    *state = place;
    return 0;
}

int
test_place_tear_down(void **state)
{
    test_place_remove(*state);
    free(*state);
    return 0;
}

struct registry *
test_open(const char *url)
{
    const struct registry_options options = {.record_key = test_record_key};
    struct registry *registry = NULL;
    struct fault fault = {ERR_OK, ""};
    if (registry_open(url, &options, &registry, &fault) != ERR_OK)
        fail_msg("%s: %s", url, fault.text);
    return registry;
}

struct registry_session *
test_session(struct registry *registry)
{
    struct registry_session *session = NULL;
    struct fault fault = {ERR_OK, ""};
    if (registry_session_open(registry, &session, &fault) != ERR_OK)
        fail_msg("%s", fault.text);
    return session;
}

void
test_gtin(char out[static GTIN_DIGITS + 1], unsigned number)
{
    unsigned sum = 0;
    (void)snprintf(out, GTIN_DIGITS + 1, "0950600%06u0", number % 1000000U);
    for (size_t i = 0; i < GTIN_DIGITS - 1; i++)
        sum += (unsigned)(out[i] - '0') * (i % 2 == 0 ? 3 : 1);
    out[GTIN_DIGITS - 1] = (char)('0' + (10 - sum % 10) % 10);
}

static void
put(char *out, size_t size, const char *text)
{
    assert_true(slice_copy(out, size, slice_of(text)));
}

#define PUT(member, text) put(member, sizeof(member), text)

/* Bytes that differ from serial to serial, never all zero. */
static void
mix(uint8_t *out, size_t len, const char *text, uint8_t salt)
{
    uint8_t state = salt;
    for (size_t i = 0; i < len; i++) {
        state = (uint8_t)(state * 31U + (uint8_t)text[i % strlen(text)] + 1U);
        out[i] = state;
    }
    out[0] = salt;
}

void
test_unit(struct unit *out, const char *gtin, const char *serial)
{
    memset(out, 0, sizeof *out);
    PUT(out->id.gtin, gtin);
    PUT(out->id.serial, serial);
    PUT(out->id.lot, "L24A0917");
    out->state = UNIT_ISSUED;
    mix(out->kid, sizeof out->kid, "kid", 1);
    mix(out->seal, sizeof out->seal, serial, 2);
    mix(out->claim, sizeof out->claim, serial, 3);
    out->made_on = 20000;
    out->expires_on = 23650;
    out->shipped_on = CIVIL_NONE;
    out->sold_on = CIVIL_NONE;
    out->activated_on = CIVIL_NONE;
}

static bool
same_texts(const struct unit *a, const struct unit *b)
{
    return strcmp(a->id.gtin, b->id.gtin) == 0 && strcmp(a->id.serial, b->id.serial) == 0 &&
           strcmp(a->id.variant, b->id.variant) == 0 && strcmp(a->id.lot, b->id.lot) == 0 &&
           strcmp(a->location, b->location) == 0 && strcmp(a->seller, b->seller) == 0 &&
           strcmp(a->purchase_order, b->purchase_order) == 0 &&
           strcmp(a->sales_order, b->sales_order) == 0 && strcmp(a->document, b->document) == 0;
}

bool
test_same_unit(const struct unit *a, const struct unit *b)
{
    bool bytes = memcmp(a->kid, b->kid, sizeof a->kid) == 0 &&
                 memcmp(a->seal, b->seal, sizeof a->seal) == 0 &&
                 memcmp(a->claim, b->claim, sizeof a->claim) == 0;
    bool numbers = a->version == b->version && a->state == b->state &&
                   a->conditions == b->conditions && a->registered_at == b->registered_at;
    bool days = a->made_on == b->made_on && a->expires_on == b->expires_on &&
                a->shipped_on == b->shipped_on && a->sold_on == b->sold_on &&
                a->activated_on == b->activated_on;
    return bytes && numbers && days && same_texts(a, b);
}

struct unit_key
test_key(const struct unit *unit)
{
    struct unit_key key;
    memcpy(key.gtin, unit->id.gtin, sizeof key.gtin);
    memcpy(key.serial, unit->id.serial, sizeof key.serial);
    return key;
}

void
test_operation(struct operation *out, uint64_t number)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < 8; i++)
        out->id[8 + i] = (uint8_t)(number >> (56 - 8 * i));
    out->id[0] = 0xA5;
    memcpy(out->digest, out->id, sizeof out->digest);
    out->digest[0] = 0x5A;
    out->at = 1700000000 + (int64_t)number;
    out->role = ROLE_OPERATOR;
    PUT(out->actor, "Example Brand");
    (void)snprintf(out->note, sizeof out->note, "operation %llu", (unsigned long long)number);
}

void
test_product(struct product *out, const char *gtin)
{
    memset(out, 0, sizeof *out);
    PUT(out->gtin, gtin);
    PUT(out->item, "AC-100");
    PUT(out->brand, "Example");
    PUT(out->name, "Angle grinder, 18 V");
    PUT(out->model, "AG18");
    PUT(out->support, "https://example.com/help");
    PUT(out->markets, "DE FR NL");
    out->offset_minutes = 60;
    out->entitlement_count = 1;
    PUT(out->entitlements[0].id, "standard");
    PUT(out->entitlements[0].title, "Manufacturer's warranty");
    out->entitlements[0].starts[0] = START_SALE;
    out->entitlements[0].starts[1] = START_SHIPMENT;
    out->entitlements[0].months = 24;
    PUT(out->entitlements[0].covers, "parts, labour");
}

void
test_lot(struct lot *out, const char *gtin, const char *lot)
{
    memset(out, 0, sizeof *out);
    PUT(out->gtin, gtin);
    PUT(out->lot, lot);
    out->made_on = 19999;
    out->expires_on = CIVIL_NONE;
}

void
test_recall(struct recall *out, const char *gtin, const char *id)
{
    memset(out, 0, sizeof *out);
    PUT(out->gtin, gtin);
    PUT(out->id, id);
    out->made_from = CIVIL_NONE;
    out->made_to = CIVIL_NONE;
    PUT(out->text, "The guard may come loose.");
    PUT(out->link, "https://example.com/recall");
    out->opened_at = 1700000000;
}

void
test_credential(struct credential *out, const char *id)
{
    memset(out, 0, sizeof *out);
    PUT(out->id, id);
    out->role = ROLE_RETAILER;
    PUT(out->name, "till 3");
    PUT(out->organisation, "Example Shop");
    out->location_count = 1;
    PUT(out->locations[0], "Berlin 1");
    out->made_at = 1700000000;
    out->used_on = CIVIL_NONE;
    mix(out->secrets[0].seal, SEAL_BYTES, id, 4);
    out->secrets[0].made_at = 1700000000;
}

void
test_browser(struct session *out, const char *credential, unsigned number, int64_t at)
{
    char text[16];
    (void)snprintf(text, sizeof text, "browser %u", number);
    memset(out, 0, sizeof *out);
    PUT(out->credential, credential);
    mix(out->seal, SEAL_BYTES, text, 5);
    mix(out->key, SEAL_BYTES, "key", 6);
    out->seal[SEAL_BYTES - 1] = (uint8_t)number;
    out->made_at = at;
    out->seen_at = at;
}

void
test_notice(struct notice *out, const char *reference, int64_t at)
{
    memset(out, 0, sizeof *out);
    PUT(out->reference, reference);
    out->kind = NOTICE_NEVER_ISSUED;
    PUT(out->gtin, "09506000134352");
    PUT(out->serial, "7K3M9Q2XBT4H");
    PUT(out->answer, "never_issued");
    out->first_at = at;
    out->last_at = at;
    out->count = 1;
    out->role = ROLE_PUBLIC;
    PUT(out->text, "Our signature is on it.");
}

/* What an event carries here: the text, with something before it or something else in its place. */
static const struct {
    enum event_type type;
    enum event_field_id field;
    const char *format;
} carried[] = {
    {EVENT_RECEIVE, FIELD_LOCATION, "%s"},
    {EVENT_RECEIVE, FIELD_PURCHASE_ORDER, "PO %s"},
    {EVENT_SHIP, FIELD_LOCATION, "%s"},
    {EVENT_MOVE, FIELD_LOCATION, "%s"},
    {EVENT_SELL, FIELD_SALES_ORDER, "SO %s"},
    {EVENT_RETIRE, FIELD_REASON, "%s"},
    {EVENT_HOLD, FIELD_REASON, "%s"},
    {EVENT_SUSPECT, FIELD_REASON, "%s"},
    {EVENT_CLEAR, FIELD_REASON, "%s"},
    {EVENT_SERVICE, FIELD_FAULT, "%s"},
    {EVENT_SERVICE, FIELD_COVERED, "no"},
    {EVENT_ADJUST, FIELD_REASON, "%s"},
    {EVENT_ADJUST, FIELD_MONTHS, "6"},
    {EVENT_END_OWNERSHIP, FIELD_REASON, "%s"},
    {EVENT_END_OWNERSHIP, FIELD_ENDS_CLAIM, "yes"},
};

/* Who does it, where it is not the operator. */
static const struct {
    enum event_type type;
    enum role role;
} roles[] = {
    {EVENT_RETURN, ROLE_RETAILER}, {EVENT_ACTIVATE, ROLE_SERVICE},   {EVENT_OFFER, ROLE_OWNER},
    {EVENT_TRANSFER, ROLE_PUBLIC}, {EVENT_LOSE_SECRET, ROLE_PUBLIC}, {EVENT_SERVICE, ROLE_SERVICE},
};

static void
add_fields(struct event *event, const char *text)
{
    for (size_t i = 0; text[0] != '\0' && i < sizeof carried / sizeof carried[0]; i++) {
        if (carried[i].type != event->type)
            continue;
        struct event_field *field = &event->fields[event->field_count++];
        const char *before = carried[i].format;
        size_t at = strcspn(before, "%");
        field->id = carried[i].field;
        memcpy(field->value, before, at);
        if (before[at] == '%')
            put(field->value + at, sizeof field->value - at, text);
    }
}

static void
add_seal(struct event *event, const struct unit *before, const char *text)
{
    if (event->type == EVENT_RESTOCK || event->type == EVENT_END_OWNERSHIP)
        memcpy(event->seal, before->claim, SEAL_BYTES);
    if (event->type == EVENT_ACTIVATE || event->type == EVENT_OFFER ||
        event->type == EVENT_TRANSFER)
        mix(event->seal, SEAL_BYTES, text, (uint8_t)event->type);
}

/* Zeroes what is left of a longer text behind the NUL, so that records can be compared as bytes. */
static void
tidy(char *text, size_t size)
{
    size_t len = strlen(text);
    memset(text + len, 0, size - len);
}

#define TIDY(member) tidy(member, sizeof(member))

static bool
build_change(struct change *out, const struct unit *before, enum event_type type,
             const struct operation *operation, struct fault *fault, const char *text)
{
    struct event *event = &out->event;
    memset(event, 0, sizeof *event);
    event->type = type;
    event->at = operation->at;
    event->role = operation->role;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (roles[i].type == type)
            event->role = roles[i].role;
    PUT(event->actor, operation->actor);
    memcpy(event->operation, operation->id, sizeof event->operation);
    event->offset_minutes = 60;
    event->ends_own = type == EVENT_RELEASE;
    event->product_allows = type == EVENT_ACTIVATE;
    event->ends_claim = type == EVENT_TRANSFER;
    add_fields(event, text);
    add_seal(event, before, text);
    if (event_apply(&out->unit, before, event, fault) != ERR_OK)
        return false;
    TIDY(out->unit.location);
    TIDY(out->unit.seller);
    TIDY(out->unit.purchase_order);
    TIDY(out->unit.sales_order);
    TIDY(out->unit.document);
    return true;
}

bool
test_try_change(struct change *out, const struct unit *before, enum event_type type,
                const struct operation *operation, const char *text)
{
    struct fault fault = {ERR_OK, ""};
    return build_change(out, before, type, operation, &fault, text);
}

void
test_change(struct change *out, const struct unit *before, enum event_type type,
            const struct operation *operation, const char *text)
{
    struct fault fault = {ERR_OK, ""};
    if (!build_change(out, before, type, operation, &fault, text))
        fail_msg("%s: %s", event_type_name(type), fault.text);
}

void
test_commission(struct registry_session *session, const struct unit *unit, uint64_t number)
{
    struct operation operation;
    enum err result = ERR_UNKNOWN;
    bool same = true;
    test_operation(&operation, number);
    assert_int_equal(registry_commission(session, unit, 1, &operation, &result, &same), ERR_OK);
    assert_int_equal(result, ERR_OK);
    assert_false(same);
}

static void
tell(const char *what, void *context)
{
    (void)context;
    print_error("damage: %s\n", what);
}

void
test_undamaged(struct registry_session *session)
{
    const struct registry_checker checker = {.found = tell};
    assert_int_equal(registry_check(session, &checker), ERR_OK);
}

uint32_t
test_random(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}
