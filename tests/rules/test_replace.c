/* SPDX-License-Identifier: Apache-2.0 */
/* A claim with the faulty and the replacement serial: who, from which states, and what goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/rules/history.h"
#include "gateway/rules/warranty.h"
#include "tests/rules/event_case.h"

struct scene {
    struct unit old_unit, new_unit;
    struct product old_product, new_product;
    struct event event;
    struct replacement in;
    struct replaced out;
    struct fault fault;
};

static civil_day
day(const char *text)
{
    civil_day d = CIVIL_NONE;
    assert_true(date_parse(&d, slice_of(text)));
    return d;
}

/* Sold 2026-05-01, registered 2026-05-03, made 2025-12-01; asked on 2026-11-22. */
static void
start(struct scene *scene)
{
    memset(scene, 0, sizeof *scene);
    scene->old_unit = case_unit(UNIT_SOLD, 0);
    scene->old_unit.sold_on = day("2026-05-01");
    scene->old_unit.activated_on = day("2026-05-03");
    scene->old_unit.made_on = day("2025-12-01");
    scene->old_unit.adjustment_count = 0;
    memset(scene->old_unit.adjustments, 0, sizeof scene->old_unit.adjustments);
    unit_rewind(&scene->new_unit, &scene->old_unit);
    memcpy(scene->new_unit.id.serial, "NEW1", sizeof "NEW1");
    scene->new_unit.made_on = day("2026-10-01");
    scene->old_product = (struct product){
        .gtin = "09506000134352",
        .entitlement_count = 4,
        .entitlements = {
            {.id = "std", .starts = {START_SALE}, .months = 24},
            {.id = "made", .starts = {START_MANUFACTURE}, .months = 6},
            {.id = "plus", .starts = {START_ACTIVATION}, .months = 36, .requires_activation = true},
            {.id = "sent", .starts = {START_SHIPMENT}, .months = 12}}};
    scene->new_product = scene->old_product;
    scene->old_unit.shipped_on = CIVIL_NONE;
    scene->event = case_event(EVENT_REPLACE, ROLE_SERVICE, "Repairs", "fault=dead;reference=T-1");
    scene->in = (struct replacement){&scene->old_unit, &scene->new_unit, &scene->old_product,
                                     &scene->new_product, &scene->event};
}

static enum err
run(struct scene *scene)
{
    return event_replace(&scene->out, &scene->in, &scene->fault);
}

static void
both_units_change(void **state)
{
    static struct scene scene;
    char diff[CASE_DIFF_MAX];
    (void)state;
    start(&scene);
    assert_int_equal(run(&scene), ERR_OK);
    case_diff(diff, &scene.old_unit, &scene.out.old_unit);
    assert_string_equal(diff, "state=retired owner=- transfer=- transfer_until=- recovery_at=- "
                              "linked.gtin=09506000134352 linked.serial=NEW1");
    case_diff(diff, &scene.new_unit, &scene.out.new_unit);
    assert_string_equal(diff, "state=sold sold_on=2026-05-01 activated_on=2026-05-03 seller=Shop "
                              "sales_order=SO-1 owner=08 linked.gtin=09506000134352 "
                              "linked.serial=7K3M9Q2X adjustments=3 "
                              "adjustment=std:+0>2028-05-01 adjustment=made:+0>2026-06-01 "
                              "adjustment=plus:+0>2029-05-03");
    assert_string_equal(event_value(&scene.out.old_event, FIELD_OTHER_SERIAL), "NEW1");
    assert_string_equal(event_value(&scene.out.new_event, FIELD_OTHER_SERIAL), "7K3M9Q2X");
    assert_false(scene.out.old_event.inherits);
    assert_true(scene.out.new_event.inherits);
}

/* Each event alone leads its own unit to its record. */
static void
each_history_replays(void **state)
{
    static struct scene scene;
    struct replay replay;
    char diff[CASE_DIFF_MAX];
    (void)state;
    start(&scene);
    assert_int_equal(run(&scene), ERR_OK);
    replay_begin(&replay, &scene.old_unit);
    assert_int_equal(replay_step(&replay, &scene.out.old_event, NULL), ERR_OK);
    case_diff(diff, &scene.out.old_unit, &replay.now);
    assert_string_equal(diff, "version=6");
    replay_begin(&replay, &scene.new_unit);
    assert_int_equal(replay_step(&replay, &scene.out.new_event, NULL), ERR_OK);
    case_diff(diff, &scene.out.new_unit, &replay.now);
    assert_string_equal(diff, "version=2");
}

/* The term is the old one's on every day, whatever the new unit's own dates say. */
static void
the_remaining_term(void **state)
{
    static struct scene scene;
    (void)state;
    start(&scene);
    scene.old_unit.adjustment_count = 2;
    scene.old_unit.adjustments[0] = (struct adjustment){"std", false, 6, CIVIL_NONE};
    scene.old_unit.adjustments[1] = (struct adjustment){"plus", true, 0, CIVIL_NONE};
    assert_int_equal(run(&scene), ERR_OK);
    for (civil_day on = day("2026-01-01"); on < day("2032-01-01"); on++) {
        struct warranty was;
        struct warranty is;
        warranty_evaluate(&was, &scene.old_product, &scene.old_unit, on);
        warranty_evaluate(&is, &scene.new_product, &scene.out.new_unit, on);
        for (size_t i = 0; i < was.count; i++) {
            if (was.lines[i].ends_on != is.lines[i].ends_on)
                fail_msg("entitlement %zu ends on %d", i, (int)is.lines[i].ends_on);
            /* A unit made later cannot have been covered before; from the claim on all is equal. */
            if (on >= day("2026-11-22") && was.lines[i].cover != is.lines[i].cover)
                fail_msg("entitlement %zu, day %d: %s", i, (int)on, cover_name(is.lines[i].cover));
        }
    }
}

/* An owner who came without the claim code does not become one who has it; and where the new unit
 * has no card that could be brought, none is missing. */
static void
who_came_without_the_card(void **state)
{
    static struct scene scene;
    (void)state;
    start(&scene);
    assert_int_equal(run(&scene), ERR_OK);
    assert_false(scene.out.new_unit.unproven || scene.out.new_event.without_claim);
    scene.old_unit.unproven = true;
    assert_int_equal(run(&scene), ERR_OK);
    assert_true(scene.out.new_unit.unproven && scene.out.new_event.without_claim);
    assert_false(scene.out.old_unit.unproven || scene.out.old_event.without_claim);
    memset(scene.new_unit.claim, 0, sizeof scene.new_unit.claim);
    assert_int_equal(run(&scene), ERR_OK);
    assert_false(scene.out.new_unit.unproven || scene.out.new_event.without_claim);
}

/* A replacement of a replacement, by a unit of another product. */
static void
chains(void **state)
{
    static struct scene scene;
    struct unit second;
    (void)state;
    start(&scene);
    assert_int_equal(run(&scene), ERR_OK);
    scene.old_unit = scene.out.new_unit;
    memcpy(scene.new_unit.id.gtin, "09506000134369", sizeof scene.new_unit.id.gtin);
    memcpy(scene.new_product.gtin, "09506000134369", sizeof scene.new_product.gtin);
    scene.new_product.entitlements[0].months = 60;
    assert_int_equal(run(&scene), ERR_OK);
    second = scene.out.new_unit;
    assert_int_equal(second.owner[0], 8);
    assert_string_equal(second.linked.serial, "NEW1");
    assert_int_equal(second.adjustments[0].ends_on, day("2028-05-01"));
}

struct refusal {
    const char *label;
    enum role role;
    enum unit_state old_state, new_state;
    unsigned old_conditions, new_conditions;
    enum err err;
    const char *fault;
};

static const struct refusal refusals[] = {
    {"by service", ROLE_SERVICE, UNIT_SOLD, UNIT_ISSUED, 0, 0, ERR_OK, ""},
    {"by a suspected unit", ROLE_SERVICE, UNIT_SOLD, UNIT_IN_STOCK, 8, 8, ERR_OK, ""},
    {"by the operator", ROLE_OPERATOR, UNIT_SOLD, UNIT_ISSUED, 0, 0, ERR_DENIED,
     "not for the role"},
    {"by a shop", ROLE_RETAILER, UNIT_SOLD, UNIT_ISSUED, 0, 0, ERR_DENIED, "not for the role"},
    {"by the owner", ROLE_OWNER, UNIT_SOLD, UNIT_ISSUED, 0, 0, ERR_DENIED, "not for the role"},
    {"the old one is not sold", ROLE_SERVICE, UNIT_IN_STOCK, UNIT_ISSUED, 0, 0, ERR_CONFLICT,
     "replace: not while the unit is in_stock"},
    {"the old one is returned", ROLE_SERVICE, UNIT_RETURNED, UNIT_ISSUED, 0, 0, ERR_CONFLICT,
     "replace: not while the unit is returned"},
    {"the old one is replaced already", ROLE_SERVICE, UNIT_RETIRED, UNIT_ISSUED, 0, 0, ERR_CONFLICT,
     "replace: not while the unit is retired"},
    {"the new one is sold", ROLE_SERVICE, UNIT_SOLD, UNIT_SOLD, 0, 0, ERR_CONFLICT,
     "replace: not while the unit is sold"},
    {"the new one is retired", ROLE_SERVICE, UNIT_SOLD, UNIT_RETIRED, 0, 0, ERR_CONFLICT,
     "replace: not while the unit is retired"},
    {"the old one is stolen", ROLE_SERVICE, UNIT_SOLD, UNIT_ISSUED, 1, 0, ERR_CONFLICT,
     "replace: not while the unit is stolen"},
    {"the new one is lost", ROLE_SERVICE, UNIT_SOLD, UNIT_ISSUED, 0, 2, ERR_CONFLICT,
     "replace: not while the unit is lost"},
    {"the new one is held", ROLE_SERVICE, UNIT_SOLD, UNIT_IN_TRANSIT, 0, 4, ERR_CONFLICT,
     "replace: not while the unit is held"},
};

static void
refused(void **state)
{
    static struct scene scene;
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *row = &refusals[i];
        start(&scene);
        scene.event.role = row->role;
        scene.old_unit.state = row->old_state;
        scene.new_unit.state = row->new_state;
        scene.old_unit.conditions = (uint8_t)row->old_conditions;
        scene.new_unit.conditions = (uint8_t)row->new_conditions;
        if (run(&scene) != row->err || strstr(scene.fault.text, row->fault) == NULL)
            fail_msg("%s: %s", row->label, scene.fault.text);
    }
}

static void
refused_requests(void **state)
{
    static struct scene scene;
    (void)state;
    start(&scene);
    scene.in.new_unit = &scene.old_unit;
    assert_int_equal(run(&scene), ERR_INVALID);
    assert_string_equal(scene.fault.text, "replace: a unit cannot replace itself");

    start(&scene);
    scene.event.type = EVENT_RETIRE;
    assert_int_equal(run(&scene), ERR_INVALID);

    start(&scene);
    scene.event.field_count = EVENT_FIELDS_MAX - 1;
    assert_int_equal(run(&scene), ERR_INVALID);

    start(&scene);
    scene.event = case_event(EVENT_REPLACE, ROLE_SERVICE, "Repairs", "other_serial=X");
    assert_int_equal(run(&scene), ERR_INVALID);
    assert_string_equal(scene.fault.text, "replace: other_serial is given twice");

    start(&scene);
    scene.event.seal[3] = 1;
    assert_int_equal(run(&scene), ERR_INVALID);

    /* On the day of the claim plus still covers. */
    start(&scene);
    memcpy(scene.new_product.entitlements[2].id, "none", sizeof "none");
    assert_int_equal(run(&scene), ERR_CONFLICT);
    assert_non_null(strstr(scene.fault.text, "has no entitlement plus"));

    /* What has ended need not go on. */
    start(&scene);
    memcpy(scene.new_product.entitlements[1].id, "none", sizeof "none");
    assert_int_equal(run(&scene), ERR_OK);
}

/* More than there can be is read as none of it. */
static void
broken_inheritance(void **state)
{
    static struct scene scene;
    struct replay replay;
    (void)state;
    start(&scene);
    assert_int_equal(run(&scene), ERR_OK);
    scene.out.new_event.inherited.adjustment_count = ADJUSTMENTS_MAX + 1;
    replay_begin(&replay, &scene.new_unit);
    assert_int_equal(replay_step(&replay, &scene.out.new_event, NULL), ERR_INVALID);
    assert_int_equal(replay.now.state, UNIT_ISSUED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_units_change),
        cmocka_unit_test(each_history_replays),
        cmocka_unit_test(the_remaining_term),
        cmocka_unit_test(who_came_without_the_card),
        cmocka_unit_test(chains),
        cmocka_unit_test(refused),
        cmocka_unit_test(refused_requests),
        cmocka_unit_test(broken_inheritance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
