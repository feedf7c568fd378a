/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/rules/event_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
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
                         .document = "https://docs.example/1"};
}

struct event
case_event(enum event_type type, enum role role, const char *actor, const char *fields)
{
    struct event event = {.type = type, .role = role, .at = CASE_AT};
    struct slice rest = slice_of(fields);
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
}
