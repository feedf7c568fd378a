/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/rules/event_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit
case_unit(enum unit_state state, unsigned conditions)
{
    return (struct unit){.id = {"09506000134352", "V1", "L1", "7K3M9Q2X"},
                         .version = 5,
                         .state = state,
                         .conditions = (uint8_t)conditions,
                         .kid = {1, 2, 3, 4, 5},
                         .seal = {6},
                         .claim = {7},
                         .registered_at = 1767225600,
                         .made_on = 20400,
                         .expires_on = 22000,
                         .shipped_on = 20500,
                         .sold_on = 20600,
                         .activated_on = 20610,
                         .location = "Plant",
                         .seller = "Shop",
                         .purchase_order = "PO-1",
                         .sales_order = "SO-1",
                         .document = "https://docs.example/1",
                         .provisional = conditions & (CONDITION_STOLEN | CONDITION_LOST),
                         .provisional_until =
                             (conditions & (CONDITION_STOLEN | CONDITION_LOST)) != 0 ? CASE_AT + 100
                                                                                     : 0,
                         .owner = {8},
                         .transfer = {9},
                         .transfer_until = CASE_AT + 200,
                         .recovery_at = CASE_AT + 300,
                         .linked = {"09506000134369", "OLD1"},
                         .adjustment_count = 1,
                         .adjustments = {{"std", true, 3, 21000}}};
}

static void
set_bytes(uint8_t seal[static SEAL_BYTES], const char *value)
{
    memset(seal, 0, SEAL_BYTES);
    if (value[0] != '-')
        seal[0] = (uint8_t)strtoul(value, NULL, 10);
}

static void
set_time(int64_t *time, const char *value)
{
    bool none = strcmp(value, "-") == 0;
    *time = none ? 0 : (int64_t)CASE_AT + strtoll(value, NULL, 10);
}

static void
set_one(struct unit *unit, const char *name, const char *value)
{
    if (strcmp(name, "owner") == 0)
        set_bytes(unit->owner, value);
    else if (strcmp(name, "transfer") == 0)
        set_bytes(unit->transfer, value);
    else if (strcmp(name, "claim") == 0)
        set_bytes(unit->claim, value);
    else if (strcmp(name, "recovery") == 0)
        set_time(&unit->recovery_at, value);
    else if (strcmp(name, "transfer_until") == 0)
        set_time(&unit->transfer_until, value);
    else if (strcmp(name, "provisional_until") == 0)
        set_time(&unit->provisional_until, value);
    else if (strcmp(name, "provisional") == 0)
        unit->provisional = (uint8_t)strtoul(value, NULL, 10);
    else if (strcmp(name, "sold_on") == 0)
        unit->sold_on = CIVIL_NONE;
    else if (strcmp(name, "activated_on") == 0)
        unit->activated_on = CIVIL_NONE;
    else if (strcmp(name, "seller") == 0)
        unit->seller[0] = '\0';
    else if (strcmp(name, "unproven") == 0)
        unit->unproven = true;
    else
        fail_msg("no %s", name);
}

void
case_set(struct unit *unit, const char *values)
{
    struct slice rest = slice_of(values);
    while (rest.len > 0) {
        char name[32];
        char text[32];
        struct slice value = slice_take_until(&rest, ' ');
        assert_true(slice_copy(name, sizeof name, slice_take_until(&value, '=')));
        assert_true(slice_copy(text, sizeof text, value));
        set_one(unit, name, text);
    }
}

struct event
case_event(enum event_type type, enum role role, const char *actor, const char *fields)
{
    struct event event = {.type = type, .role = role, .at = CASE_AT};
    struct slice rest = slice_of(fields);
    if (type == EVENT_ACTIVATE || type == EVENT_OFFER || type == EVENT_TRANSFER)
        event.seal[0] = CASE_SEAL;
    assert_true(slice_copy(event.actor, sizeof event.actor, slice_of(actor)));
    while (rest.len > 0) {
        struct slice value = slice_take_until(&rest, ';');
        struct slice name = slice_take_until(&value, '=');
        struct event_field *field = &event.fields[event.field_count++];
        assert_true(event_field_parse(&field->id, name));
        assert_true(slice_copy(field->value, sizeof field->value, value));
    }
    return event;
}

struct diff {
    char *out;
    size_t len;
};

static void
put(struct diff *diff, const char *name, const char *value)
{
    diff->len += (size_t)snprintf(diff->out + diff->len, CASE_DIFF_MAX - diff->len, "%s%s=%s",
                                  diff->len == 0 ? "" : " ", name, value[0] == '\0' ? "-" : value);
}

static void
put_text(struct diff *diff, const char *name, const char *before, const char *after)
{
    if (strcmp(before, after) != 0)
        put(diff, name, after);
}

static void
put_day(struct diff *diff, const char *name, civil_day before, civil_day after)
{
    char text[DATE_TEXT_MAX];
    date_format(text, after);
    if (before != after)
        put(diff, name, text);
}

static void
put_bytes(struct diff *diff, const char *name, const uint8_t *before, const uint8_t *after,
          size_t len)
{
    static const uint8_t zero[SEAL_BYTES];
    if (memcmp(before, after, len) != 0)
        put(diff, name, memcmp(after, zero, len) == 0 ? "-" : "changed");
}

static void
put_number(struct diff *diff, const char *name, uint64_t before, uint64_t after)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)after);
    if (before != after)
        put(diff, name, text);
}

/* As an RFC 3339 time. */
static void
put_time(struct diff *diff, const char *name, int64_t before, int64_t after)
{
    char text[TIME_TEXT_MAX] = "";
    if (after != 0)
        time_format(text, after);
    if (before != after)
        put(diff, name, text);
}

/* The first byte in hex stands for the whole. */
static void
put_seal(struct diff *diff, const char *name, const uint8_t *before, const uint8_t *after)
{
    char text[8] = "";
    if (after[0] != 0)
        (void)snprintf(text, sizeof text, "%02x", after[0]);
    if (memcmp(before, after, SEAL_BYTES) != 0)
        put(diff, name, text);
}

/* "std:excluded+3>2027-06-30"; the empty one is "-". */
static void
put_adjustment(struct diff *diff, const struct adjustment *before, const struct adjustment *after)
{
    static const struct adjustment none;
    char day[DATE_TEXT_MAX];
    char text[CASE_DIFF_MAX / 8] = "";
    date_format(day, after->ends_on);
    if (memcmp(after, &none, sizeof none) != 0)
        (void)snprintf(text, sizeof text, "%s:%s+%u>%s", after->entitlement,
                       after->excluded ? "excluded" : "", after->months, day);
    if (strcmp(before->entitlement, after->entitlement) != 0 ||
        before->excluded != after->excluded || before->months != after->months ||
        before->ends_on != after->ends_on)
        put(diff, "adjustment", text);
}

void
case_diff(char out[static CASE_DIFF_MAX], const struct unit *before, const struct unit *after)
{
    struct diff d = {out, 0};
    out[0] = '\0';
    put_text(&d, "gtin", before->id.gtin, after->id.gtin);
    put_text(&d, "variant", before->id.variant, after->id.variant);
    put_text(&d, "lot", before->id.lot, after->id.lot);
    put_text(&d, "serial", before->id.serial, after->id.serial);
    put_number(&d, "version", before->version, after->version);
    put_text(&d, "state", unit_state_name(before->state), unit_state_name(after->state));
    put_number(&d, "conditions", before->conditions, after->conditions);
    put_bytes(&d, "kid", before->kid, after->kid, KID_BYTES);
    put_bytes(&d, "seal", before->seal, after->seal, SEAL_BYTES);
    put_bytes(&d, "claim", before->claim, after->claim, SEAL_BYTES);
    put_number(&d, "registered_at", (uint64_t)before->registered_at,
               (uint64_t)after->registered_at);
    put_day(&d, "made_on", before->made_on, after->made_on);
    put_day(&d, "expires_on", before->expires_on, after->expires_on);
    put_day(&d, "shipped_on", before->shipped_on, after->shipped_on);
    put_day(&d, "sold_on", before->sold_on, after->sold_on);
    put_day(&d, "activated_on", before->activated_on, after->activated_on);
    put_text(&d, "location", before->location, after->location);
    put_text(&d, "seller", before->seller, after->seller);
    put_text(&d, "purchase_order", before->purchase_order, after->purchase_order);
    put_text(&d, "sales_order", before->sales_order, after->sales_order);
    put_text(&d, "document", before->document, after->document);
    put_number(&d, "provisional", before->provisional, after->provisional);
    put_time(&d, "provisional_until", before->provisional_until, after->provisional_until);
    put_seal(&d, "owner", before->owner, after->owner);
    put_seal(&d, "transfer", before->transfer, after->transfer);
    put_time(&d, "transfer_until", before->transfer_until, after->transfer_until);
    put_time(&d, "recovery_at", before->recovery_at, after->recovery_at);
    put_text(&d, "unproven", before->unproven ? "yes" : "", after->unproven ? "yes" : "");
    put_text(&d, "linked.gtin", before->linked.gtin, after->linked.gtin);
    put_text(&d, "linked.serial", before->linked.serial, after->linked.serial);
    put_number(&d, "adjustments", before->adjustment_count, after->adjustment_count);
    for (size_t i = 0; i < ADJUSTMENTS_MAX; i++)
        put_adjustment(&d, &before->adjustments[i], &after->adjustments[i]);
}
