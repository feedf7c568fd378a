/* SPDX-License-Identifier: Apache-2.0 */
/* What one unit has beyond or without its product's promises. Dates by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/rules/warranty.h"

static civil_day
day(const char *text)
{
    civil_day d = CIVIL_NONE;
    if (text[0] != '\0')
        assert_true(date_parse(&d, slice_of(text)));
    return d;
}

#define ONE(start)                                                                                 \
    {                                                                                              \
        START_##start                                                                              \
    }

/* "std" of 12 months from the sale, and what the unit has beyond it. */
static const struct adjusted_row {
    const char *label;
    struct {
        const char *entitlement;
        bool excluded;
        uint16_t months;
        const char *ends_on;
    } a[3];
    const char *sold, *on;
    const char *cover, *ends_on;
} adjusted_rows[] = {
    {"none", {{NULL, false, 0, NULL}}, "2026-01-31", "2026-02-28", "covered", "2027-01-31"},
    {"six months more",
     {{"std", false, 6, ""}},
     "2026-01-31",
     "2027-07-31",
     "covered",
     "2027-07-31"},
    {"the day after", {{"std", false, 6, ""}}, "2026-01-31", "2027-08-01", "ended", "2027-07-31"},
    {"to every one", {{"", false, 1, ""}}, "2026-01-31", "2027-02-28", "covered", "2027-02-28"},
    {"clamped once: 12 + 1 + 1 months",
     {{"std", false, 1, ""}, {"", false, 1, ""}},
     "2026-01-31",
     "2027-03-31",
     "covered",
     "2027-03-31"},
    {"of another entitlement",
     {{"plus", false, 6, ""}},
     "2026-01-31",
     "2027-02-01",
     "ended",
     "2027-01-31"},
    {"excluded", {{"std", true, 0, ""}}, "2026-01-31", "2026-06-01", "excluded", "2027-01-31"},
    {"all excluded", {{"", true, 0, ""}}, "2026-01-31", "2026-06-01", "excluded", "2027-01-31"},
    {"another one is excluded",
     {{"plus", true, 0, ""}},
     "2026-01-31",
     "2026-06-01",
     "covered",
     "2027-01-31"},
    {"excluded beats months",
     {{"std", false, 60, ""}, {"", true, 0, ""}},
     "2026-01-31",
     "2026-06-01",
     "excluded",
     "2032-01-31"},
    {"an end of its own",
     {{"std", false, 0, "2026-05-05"}},
     "2026-01-31",
     "2026-05-05",
     "covered",
     "2026-05-05"},
    {"an end of its own is over",
     {{"std", false, 0, "2026-05-05"}},
     "2026-01-31",
     "2026-05-06",
     "ended",
     "2026-05-05"},
    {"a later end of its own",
     {{"std", false, 0, "2029-05-05"}},
     "2026-01-31",
     "2029-05-05",
     "covered",
     "2029-05-05"},
    {"months are added to the end of its own",
     {{"std", false, 1, "2026-08-31"}},
     "2026-01-31",
     "2026-09-30",
     "covered",
     "2026-09-30"},
    {"the end for this one beats that for all",
     {{"", false, 0, "2028-01-01"}, {"std", false, 0, "2026-05-05"}, {"", false, 2, ""}},
     "2026-01-31",
     "2026-07-05",
     "covered",
     "2026-07-05"},
    {"in the other order",
     {{"std", false, 0, "2026-05-05"}, {"", false, 2, "2028-01-01"}},
     "2026-01-31",
     "2026-07-06",
     "ended",
     "2026-07-05"},
    {"not begun: months begin with it",
     {{"std", false, 6, ""}},
     "",
     "2026-06-01",
     "not_started",
     ""},
    {"not begun, not sold: an end alone begins nothing",
     {{"std", false, 0, "2029-05-05"}},
     "",
     "2026-06-01",
     "not_started",
     ""},
};

static struct unit
adjusted_unit(const struct adjusted_row *row)
{
    struct unit unit = {.state = UNIT_SOLD,
                        .sold_on = day(row->sold),
                        .activated_on = CIVIL_NONE,
                        .shipped_on = CIVIL_NONE,
                        .made_on = CIVIL_NONE};
    for (size_t n = 0; n < 3 && row->a[n].entitlement != NULL; n++) {
        struct adjustment *a = &unit.adjustments[unit.adjustment_count++];
        assert_true(
            slice_copy(a->entitlement, sizeof a->entitlement, slice_of(row->a[n].entitlement)));
        a->excluded = row->a[n].excluded;
        a->months = row->a[n].months;
        a->ends_on = day(row->a[n].ends_on);
    }
    return unit;
}

static void
adjusted(void **state)
{
    struct product product = {.entitlement_count = 1,
                              .entitlements = {{.id = "std", .starts = ONE(SALE), .months = 12}}};
    (void)state;
    for (size_t i = 0; i < sizeof adjusted_rows / sizeof adjusted_rows[0]; i++) {
        const struct adjusted_row *row = &adjusted_rows[i];
        struct unit unit = adjusted_unit(row);
        struct warranty w;
        warranty_evaluate(&w, &product, &unit, day(row->on));
        const struct cover_line *line = &w.lines[0];
        if (strcmp(cover_name(line->cover), row->cover) != 0 || line->ends_on != day(row->ends_on))
            fail_msg("%s: %s until day %d", row->label, cover_name(line->cover),
                     (int)line->ends_on);
    }
}

/* What a replacement inherits from a unit whose cover began when it was made or shipped. */
static void
inherited_end_begins_with_the_sale(void **state)
{
    struct product product = {
        .entitlement_count = 2,
        .entitlements = {{.id = "made", .starts = ONE(MANUFACTURE), .months = 60},
                         {.id = "sent", .starts = ONE(SHIPMENT), .months = 60}}};
    struct unit unit = {.state = UNIT_SOLD,
                        .sold_on = 200,
                        .made_on = 300,
                        .shipped_on = CIVIL_NONE,
                        .activated_on = CIVIL_NONE,
                        .adjustment_count = 2,
                        .adjustments = {{"made", false, 0, 1000}, {"sent", false, 0, 1001}}};
    struct warranty w;
    (void)state;
    warranty_evaluate(&w, &product, &unit, 250);
    assert_int_equal(w.lines[0].cover, COVER_BEFORE_START);
    assert_int_equal(w.lines[1].cover, COVER_YES);
    assert_int_equal(w.lines[1].started_by, START_SALE);
    assert_int_equal(w.lines[1].starts_on, 200);
    warranty_evaluate(&w, &product, &unit, 1001);
    assert_int_equal(w.lines[0].cover, COVER_ENDED);
    assert_int_equal(w.lines[1].cover, COVER_YES);
    assert_true(w.best == &w.lines[1]);
    unit.adjustments[1].excluded = true;
    warranty_evaluate(&w, &product, &unit, 1001);
    assert_true(w.best == &w.lines[0]);
    unit.state = UNIT_RETIRED;
    warranty_evaluate(&w, &product, &unit, 1001);
    assert_int_equal(w.lines[1].cover, COVER_RETIRED);
}

/* A count that no record has is not read past the end. */
static void
more_adjustments_than_there_can_be(void **state)
{
    struct product product = {.entitlement_count = 1,
                              .entitlements = {{.id = "std", .starts = ONE(SALE), .months = 12}}};
    struct unit unit = {.state = UNIT_SOLD, .sold_on = 100, .adjustment_count = 999};
    struct warranty w;
    (void)state;
    for (size_t i = 0; i < ADJUSTMENTS_MAX; i++)
        unit.adjustments[i].ends_on = CIVIL_NONE;
    warranty_evaluate(&w, &product, &unit, 100);
    assert_int_equal(w.lines[0].cover, COVER_YES);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adjusted),
        cmocka_unit_test(inherited_end_begins_with_the_sale),
        cmocka_unit_test(more_adjustments_than_there_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
