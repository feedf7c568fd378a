/* SPDX-License-Identifier: Apache-2.0 */
/* What the table of test_verdict.c holds fixed: dates, markets, recalls and warranty. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/rules/verdict_case.h"

/* 2026-11-22 is day 20779; its midnight UTC is 20779 * 86400 = 1795305600. */
static void
expiry_is_the_end_of_the_day_at_the_product(void **state)
{
    static const struct {
        const char *label;
        civil_day unit, lot;
        int64_t now;
        int16_t offset;
        bool expired;
    } rows[] = {
        {"no date", CIVIL_NONE, CIVIL_NONE, 1795305600, 0, false},
        {"last second of the day", 20779, CIVIL_NONE, 1795391999, 0, false},
        {"first second of the next", 20779, CIVIL_NONE, 1795392000, 0, true},
        {"UTC+2: midnight comes two hours earlier", 20779, CIVIL_NONE, 1795384799, 120, false},
        {"UTC+2: over", 20779, CIVIL_NONE, 1795384800, 120, true},
        {"UTC-8: still the same day", 20779, CIVIL_NONE, 1795420799, -480, false},
        {"UTC-8: over", 20779, CIVIL_NONE, 1795420800, -480, true},
        {"the lot's date", CIVIL_NONE, 20778, 1795305600, 0, true},
        {"the lot's last day", CIVIL_NONE, 20779, 1795305600, 0, false},
        {"the unit's date wins, later", 20800, 20000, 1795305600, 0, false},
        {"the unit's date wins, earlier", 20000, 20800, 1795305600, 0, true},
        {"before 1970", -1, CIVIL_NONE, 0, 0, true},
        {"a day before 1970, not yet over", -1, CIVIL_NONE, -1, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct verdict_scene *scene = scene_of(&case_good);
        scene->unit.expires_on = rows[i].unit;
        scene->lot.expires_on = rows[i].lot;
        scene->in.now = rows[i].now;
        scene->product.offset_minutes = rows[i].offset;
        struct verdict v = scene_decide(scene);
        if (verdict_has(&v, REASON_EXPIRED) != rows[i].expired)
            fail_msg("%s", rows[i].label);
    }
}

static void
without_product_or_lot(void **state)
{
    (void)state;
    struct verdict_scene *scene = scene_of(&case_good);
    scene->in.product = NULL;
    scene->in.lot = NULL;
    scene->in.recalls = NULL;
    scene->in.recall_count = 0;
    scene->in.country = "US";
    struct verdict v = scene_decide(scene);
    assert_int_equal(v.class, VERDICT_OK);
    assert_true(v.shows_unit);
    assert_false(v.has_warranty);
    /* UTC, when no product says otherwise. */
    scene->in.now = ((int64_t)SCENE_TODAY + 1) * 86400;
    v = scene_decide(scene);
    assert_true(verdict_has(&v, REASON_EXPIRED));
}

static void
markets(void **state)
{
    static const struct {
        const char *label;
        const char *markets;
        const char *country;
        bool outside;
    } rows[] = {
        {"sold everywhere", "", "US", false},
        {"only blanks is everywhere", "  ", "US", false},
        {"asker unknown", "DE FR", "", false},
        {"asker not given", "DE FR", NULL, false},
        {"first of the list", "DE FR IT", "DE", false},
        {"last of the list", "DE FR IT", "IT", false},
        {"the only one", "DE", "DE", false},
        {"written in small letters", "DE FR", "fr", false},
        {"two blanks between", "DE  FR", "FR", false},
        {"not in the list", "DE FR", "IT", true},
        {"across a border of two codes", "DE FR", "EF", true},
        {"half a code", "DE FR", "D", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct verdict_scene *scene = scene_of(&case_good);
        memset(scene->product.markets, 0, sizeof scene->product.markets);
        memcpy(scene->product.markets, rows[i].markets, strlen(rows[i].markets));
        scene->in.country = rows[i].country;
        struct verdict v = scene_decide(scene);
        if (verdict_has(&v, REASON_NOT_IN_MARKET) != rows[i].outside)
            fail_msg("%s", rows[i].label);
    }
}

/* Recalls of the scene: [0] covers another lot, [1] and [2] cover the unit. */
static void
worst_recall_is_told(void **state)
{
    static const struct {
        const char *label;
        int64_t opened_at[2];
        int told; /* index, -1 none */
        bool stop_use[2];
        bool lifted[2];
    } rows[] = {
        {"stop-use before plain", {200, 100}, 2, {false, true}, {false, false}},
        {"stop-use before plain, other order", {100, 200}, 1, {true, false}, {false, false}},
        {"the latest of two plain ones", {100, 200}, 2, {false, false}, {false, false}},
        {"the latest, other order", {200, 100}, 1, {false, false}, {false, false}},
        {"the latest of two stop-use ones", {100, 200}, 2, {true, true}, {false, false}},
        {"of equals the first", {100, 100}, 1, {false, false}, {false, false}},
        {"a lifted one is over", {100, 200}, 1, {false, true}, {false, true}},
        {"all lifted", {100, 200}, -1, {false, true}, {true, true}},
    };
    const struct verdict_case c = {
        .label = LABEL_GENUINE, .role = ROLE_PUBLIC, .state = UNIT_SOLD, .recall = CASE_STOP_USE};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct verdict_scene *scene = scene_of(&c);
        for (size_t r = 0; r < 2; r++) {
            scene->recalls[r + 1].stop_use = rows[i].stop_use[r];
            scene->recalls[r + 1].opened_at = rows[i].opened_at[r];
            scene->recalls[r + 1].lifted_at = rows[i].lifted[r] ? 300 : 0;
        }
        struct verdict v = scene_decide(scene);
        const struct recall *told = rows[i].told < 0 ? NULL : &scene->recalls[rows[i].told];
        bool stop = told != NULL && told->stop_use;
        if (v.recall != told || verdict_has(&v, REASON_RECALLED_STOP_USE) != stop ||
            verdict_has(&v, REASON_RECALLED) != (told != NULL && !stop))
            fail_msg("%s", rows[i].label);
    }
}

/* The scene's unit was sold on 2026-05-01 with 24 months of cover, and it is 2026-11-22. */
static void
warranty_comes_with_the_unit(void **state)
{
    (void)state;
    struct verdict_scene *scene = scene_of(&case_good);
    struct verdict v;
    verdict_decide(&v, &scene->in);
    assert_true(v.has_warranty);
    assert_int_equal(v.warranty.asked_for, SCENE_TODAY);
    assert_ptr_equal(v.warranty.best, &v.warranty.lines[0]);
    assert_int_equal(v.warranty.best->cover, COVER_YES);
    assert_int_equal(v.warranty.best->ends_on, SCENE_SOLD + 731); /* 2028-05-01, one leap day */

    scene->product.offset_minutes = 12 * 60; /* noon UTC is midnight there */
    verdict_decide(&v, &scene->in);
    assert_int_equal(v.warranty.asked_for, SCENE_TODAY + 1);

    scene->product.entitlement_count = 0;
    verdict_decide(&v, &scene->in);
    assert_false(v.has_warranty);

    scene->product.entitlement_count = 1;
    scene->in.label = LABEL_FORGED;
    verdict_decide(&v, &scene->in);
    assert_false(v.has_warranty);
    assert_int_equal(v.warranty.count, 0);
}

/* A report counts all the same; that nobody confirmed it is told besides, to everybody who sees the
 * unit. */
static void
provisional_reports(void **state)
{
    static const struct {
        const char *label;
        unsigned conditions, provisional;
        int64_t until; /* seconds from now */
        enum label_result trust;
        enum verdict_class class;
        bool told;
    } rows[] = {
        {"stolen", CONDITION_STOLEN, CONDITION_STOLEN, 1, LABEL_GENUINE, VERDICT_BAD, true},
        {"confirmed by time", CONDITION_STOLEN, CONDITION_STOLEN, 0, LABEL_GENUINE, VERDICT_BAD,
         false},
        {"confirmed", CONDITION_STOLEN, 0, 0, LABEL_GENUINE, VERDICT_BAD, false},
        {"lost", CONDITION_LOST, CONDITION_LOST, 1, LABEL_GENUINE, VERDICT_CAUTION, true},
        {"stolen for sure, lost perhaps", CONDITION_STOLEN | CONDITION_LOST, CONDITION_LOST, 1,
         LABEL_GENUINE, VERDICT_BAD, false},
        {"stolen perhaps, lost for sure", CONDITION_STOLEN | CONDITION_LOST, CONDITION_STOLEN, 1,
         LABEL_GENUINE, VERDICT_BAD, true},
        {"neither", CONDITION_HELD, CONDITION_ALL, 1, LABEL_GENUINE, VERDICT_CAUTION, false},
        {"a label that fails tells nothing", CONDITION_STOLEN, CONDITION_STOLEN, 1, LABEL_FORGED,
         VERDICT_BAD, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct verdict_case c = case_good;
        c.conditions = rows[i].conditions;
        c.label = rows[i].trust;
        struct verdict_scene *scene = scene_of(&c);
        scene->unit.provisional = (uint8_t)rows[i].provisional;
        scene->unit.provisional_until = SCENE_NOW + rows[i].until;
        struct verdict v = scene_decide(scene);
        bool stolen = (rows[i].conditions & CONDITION_STOLEN) != 0 && v.shows_unit;
        if (v.provisional != rows[i].told || v.class != rows[i].class ||
            verdict_has(&v, REASON_STOLEN) != stolen)
            fail_msg("%s", rows[i].label);
    }
}

/* Who asks with the owner secret, and staff, learn that somebody else waits for the unit. */
static void
a_lost_secret_is_told_to_the_owner(void **state)
{
    static const struct {
        enum role role;
        bool told;
    } rows[] = {
        {ROLE_PUBLIC, false},  {ROLE_OWNER, true},    {ROLE_SERVICE, true},
        {ROLE_RETAILER, true}, {ROLE_OPERATOR, true}, {(enum role)0, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct verdict_case c = case_good;
        c.role = rows[i].role;
        struct verdict_scene *scene = scene_of(&c);
        struct verdict v = scene_decide(scene);
        assert_false(v.recovery_pending);
        scene->unit.recovery_at = SCENE_NOW + 1;
        v = scene_decide(scene);
        assert_int_equal(v.recovery_pending, rows[i].told);
        assert_int_equal(v.class, VERDICT_OK);
        scene->unit.recovery_at = SCENE_NOW - 1;
        v = scene_decide(scene);
        assert_int_equal(v.recovery_pending, rows[i].told);
        scene->in.label = LABEL_NO_SIGNATURE;
        v = scene_decide(scene);
        assert_int_equal(v.recovery_pending, role_is_staff(rows[i].role));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expiry_is_the_end_of_the_day_at_the_product),
        cmocka_unit_test(without_product_or_lot),
        cmocka_unit_test(markets),
        cmocka_unit_test(worst_recall_is_told),
        cmocka_unit_test(warranty_comes_with_the_unit),
        cmocka_unit_test(provisional_reports),
        cmocka_unit_test(a_lost_secret_is_told_to_the_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
