/* SPDX-License-Identifier: Apache-2.0 */
/* Which promise covers, and why the others do not. Dates by hand. */
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

/* One entitlement, one unit, one question. "" is no date. */
struct row {
    const char *label;
    uint8_t starts[4];
    uint16_t months;
    bool requires_activation;
    enum unit_state state;
    const char *sold, *activated, *shipped, *made;
    const char *on;
    const char *cover, *started_by, *starts_on, *ends_on;
};

#define ONE(start)                                                                                 \
    {                                                                                              \
        START_##start                                                                              \
    }
#define ALL                                                                                        \
    {                                                                                              \
        START_SALE, START_ACTIVATION, START_SHIPMENT, START_MANUFACTURE                            \
    }

static const struct row date_rows[] = {
    {"two years from the sale", ONE(SALE), 24, false, UNIT_SOLD, "2026-05-01", "", "", "",
     "2026-11-22", "covered", "sale", "2026-05-01", "2028-05-01"},
    {"on the first day", ONE(SALE), 24, false, UNIT_SOLD, "2026-05-01", "", "", "", "2026-05-01",
     "covered", "sale", "2026-05-01", "2028-05-01"},
    {"through the last day", ONE(SALE), 24, false, UNIT_SOLD, "2026-05-01", "", "", "",
     "2028-05-01", "covered", "sale", "2026-05-01", "2028-05-01"},
    {"the day after", ONE(SALE), 24, false, UNIT_SOLD, "2026-05-01", "", "", "", "2028-05-02",
     "ended", "sale", "2026-05-01", "2028-05-01"},
    {"the day before it starts", ONE(SALE), 24, false, UNIT_SOLD, "2026-05-01", "", "", "",
     "2026-04-30", "before_start", "sale", "2026-05-01", "2028-05-01"},
    {"31 January and a month, leap year", ONE(SALE), 1, false, UNIT_SOLD, "2024-01-31", "", "", "",
     "2024-02-29", "covered", "sale", "2024-01-31", "2024-02-29"},
    {"31 January and a month, other year", ONE(SALE), 1, false, UNIT_SOLD, "2026-01-31", "", "", "",
     "2026-03-01", "ended", "sale", "2026-01-31", "2026-02-28"},
    {"29 February and a year", ONE(SALE), 12, false, UNIT_SOLD, "2024-02-29", "", "", "",
     "2025-02-28", "covered", "sale", "2024-02-29", "2025-02-28"},
    {"29 February and four years", ONE(SALE), 48, false, UNIT_SOLD, "2024-02-29", "", "", "",
     "2028-02-29", "covered", "sale", "2024-02-29", "2028-02-29"},
    {"28 February is not moved to the 29th", ONE(SALE), 12, false, UNIT_SOLD, "2023-02-28", "", "",
     "", "2024-02-29", "ended", "sale", "2023-02-28", "2024-02-28"},
    {"31 August and six months", ONE(SALE), 6, false, UNIT_SOLD, "2026-08-31", "", "", "",
     "2027-02-28", "covered", "sale", "2026-08-31", "2027-02-28"},
    {"31 May and one month", ONE(SALE), 1, false, UNIT_SOLD, "2026-05-31", "", "", "", "2026-06-30",
     "covered", "sale", "2026-05-31", "2026-06-30"},
    {"across the year", ONE(SALE), 2, false, UNIT_SOLD, "2026-12-31", "", "", "", "2027-01-15",
     "covered", "sale", "2026-12-31", "2027-02-28"},
    {"the longest, a hundred years", ONE(SALE), 1200, false, UNIT_SOLD, "2000-02-29", "", "", "",
     "2100-02-28", "covered", "sale", "2000-02-29", "2100-02-28"},
};

static const struct row start_rows[] = {
    {"first of the list", ALL, 12, false, UNIT_SOLD, "2026-04-01", "2026-03-01", "2026-02-01",
     "2026-01-01", "2026-11-22", "covered", "sale", "2026-04-01", "2027-04-01"},
    {"second, as the first is missing", ALL, 12, false, UNIT_SOLD, "", "2026-03-01", "2026-02-01",
     "2026-01-01", "2026-11-22", "covered", "activation", "2026-03-01", "2027-03-01"},
    {"third", ALL, 12, false, UNIT_IN_STOCK, "", "", "2026-02-01", "2026-01-01", "2026-11-22",
     "covered", "shipment", "2026-02-01", "2027-02-01"},
    {"fourth", ALL, 12, false, UNIT_ISSUED, "", "", "", "2026-01-01", "2026-11-22", "covered",
     "manufacture", "2026-01-01", "2027-01-01"},
    {"none of the list", ALL, 12, false, UNIT_ISSUED, "", "", "", "", "2026-11-22", "not_started",
     "none", "", ""},
    {"a date that is not in the list does not count", ONE(SALE), 12, false, UNIT_IN_STOCK, "", "",
     "2026-02-01", "2026-01-01", "2026-11-22", "not_started", "none", "", ""},
    {"the order is the entitlement's, not ours",
     {START_MANUFACTURE, START_SALE},
     12,
     false,
     UNIT_SOLD,
     "2026-04-01",
     "",
     "",
     "2026-01-01",
     "2026-11-22",
     "covered",
     "manufacture",
     "2026-01-01",
     "2027-01-01"},
    {"zero ends the list",
     {START_SALE, 0, START_MANUFACTURE},
     12,
     false,
     UNIT_IN_STOCK,
     "",
     "",
     "",
     "2026-01-01",
     "2026-11-22",
     "not_started",
     "none",
     "",
     ""},
    {"an empty list never starts",
     {0},
     12,
     false,
     UNIT_SOLD,
     "2026-04-01",
     "",
     "",
     "",
     "2026-11-22",
     "not_started",
     "none",
     "",
     ""},
    {"an unknown start is passed over",
     {9, START_SALE},
     12,
     false,
     UNIT_SOLD,
     "2026-04-01",
     "",
     "",
     "",
     "2026-11-22",
     "covered",
     "sale",
     "2026-04-01",
     "2027-04-01"},
    {"no months is no promise", ONE(SALE), 0, false, UNIT_SOLD, "2026-04-01", "", "", "",
     "2026-04-01", "none", "sale", "2026-04-01", "2026-04-01"},
};

static const struct row activation_rows[] = {
    {"needed and missing", ONE(SALE), 12, true, UNIT_SOLD, "2026-04-01", "", "", "", "2026-11-22",
     "needs_activation", "sale", "2026-04-01", "2027-04-01"},
    {"needed and there", ONE(SALE), 12, true, UNIT_SOLD, "2026-04-01", "2026-06-01", "", "",
     "2026-11-22", "covered", "sale", "2026-04-01", "2027-04-01"},
    {"activated later than the day asked for: covers from its start", ONE(SALE), 12, true,
     UNIT_SOLD, "2026-04-01", "2026-06-01", "", "", "2026-05-01", "covered", "sale", "2026-04-01",
     "2027-04-01"},
    {"starts by activation, not activated", ONE(ACTIVATION), 12, true, UNIT_SOLD, "2026-04-01", "",
     "", "", "2026-11-22", "needs_activation", "none", "", ""},
    {"starts by activation, not needed otherwise", ONE(ACTIVATION), 12, false, UNIT_SOLD,
     "2026-04-01", "", "", "", "2026-11-22", "not_started", "none", "", ""},
    {"starts by activation", ONE(ACTIVATION), 12, true, UNIT_SOLD, "2026-04-01", "2026-06-01", "",
     "", "2026-11-22", "covered", "activation", "2026-06-01", "2027-06-01"},
    {"ended without activation: activating would not help", ONE(SALE), 12, true, UNIT_SOLD,
     "2026-04-01", "", "", "", "2027-04-02", "ended", "sale", "2026-04-01", "2027-04-01"},
    {"not activated, before the start", ONE(SALE), 12, true, UNIT_SOLD, "2026-04-01", "", "", "",
     "2026-03-01", "needs_activation", "sale", "2026-04-01", "2027-04-01"},
};

static const struct row state_rows[] = {
    {"retired", ONE(SALE), 12, false, UNIT_RETIRED, "2026-04-01", "", "", "", "2026-11-22",
     "retired", "sale", "2026-04-01", "2027-04-01"},
    {"retired and over", ONE(SALE), 12, false, UNIT_RETIRED, "2026-04-01", "", "", "", "2030-01-01",
     "retired", "sale", "2026-04-01", "2027-04-01"},
    {"retired and never sold", ONE(SALE), 12, true, UNIT_RETIRED, "", "", "", "", "2026-11-22",
     "retired", "none", "", ""},
    {"returned, until it is restocked", ONE(SALE), 12, false, UNIT_RETURNED, "2026-04-01", "", "",
     "", "2026-11-22", "covered", "sale", "2026-04-01", "2027-04-01"},
};

static struct unit
unit_of(const struct row *row)
{
    return (struct unit){.state = row->state,
                         .sold_on = day(row->sold),
                         .activated_on = day(row->activated),
                         .shipped_on = day(row->shipped),
                         .made_on = day(row->made),
                         .expires_on = CIVIL_NONE};
}

static void
check_row(const struct row *row)
{
    struct warranty w;
    struct product product = {.entitlement_count = 1};
    struct entitlement *e = &product.entitlements[0];
    memcpy(e->starts, row->starts, sizeof e->starts);
    e->months = row->months;
    e->requires_activation = row->requires_activation;
    struct unit unit = unit_of(row);
    memset(&w, 0xA5, sizeof w);
    warranty_evaluate(&w, &product, &unit, day(row->on));
    const struct cover_line *line = &w.lines[0];
    bool best = line->cover == COVER_YES || line->cover == COVER_ENDED;
    if (w.count != 1 || w.asked_for != day(row->on) || line->entitlement != e ||
        strcmp(cover_name(line->cover), row->cover) != 0 ||
        (unsigned)line->started_by > START_MANUFACTURE ||
        strcmp(entitlement_start_name(line->started_by), row->started_by) != 0 ||
        line->starts_on != day(row->starts_on) || line->ends_on != day(row->ends_on) ||
        w.best != (best ? line : NULL))
        fail_msg("%s: %s by %s, day %d to %d", row->label, cover_name(line->cover),
                 entitlement_start_name(line->started_by), (int)line->starts_on,
                 (int)line->ends_on);
}

#define TABLE(name)                                                                                \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        for (size_t i = 0; i < sizeof name##_rows / sizeof name##_rows[0]; i++)                    \
            check_row(&name##_rows[i]);                                                            \
    }

TABLE(date)
TABLE(start)
TABLE(activation)
TABLE(state)

/* Several promises of one product. The unit was sold on 2026-01-10 and shipped on 2026-01-01. */
enum { NOBODY = -1 };

static const struct several {
    const char *label;
    size_t count;
    struct {
        uint8_t start;
        uint16_t months;
        bool requires_activation;
    } e[4];
    const char *on;
    int best;
} several_rows[] = {
    {"a short add-on is not the end",
     2,
     {{START_SALE, 24, false}, {START_SALE, 1, false}},
     "2026-01-20",
     0},
    {"a short add-on first", 2, {{START_SALE, 1, false}, {START_SALE, 24, false}}, "2026-01-20", 1},
    {"one that covers beats a longer one that does not",
     2,
     {{START_SALE, 60, true}, {START_SALE, 12, false}},
     "2026-05-01",
     1},
    {"one that covers beats a later one that has ended",
     3,
     {{START_SALE, 1, false}, {START_SALE, 2, false}, {START_SHIPMENT, 12, false}},
     "2026-05-01",
     2},
    {"none covers: the one that ended last",
     3,
     {{START_SALE, 1, false}, {START_SALE, 3, false}, {START_SALE, 2, false}},
     "2026-12-01",
     1},
    {"later start, later end",
     2,
     {{START_SHIPMENT, 12, false}, {START_SALE, 12, false}},
     "2026-05-01",
     1},
    {"of equals the first", 2, {{START_SALE, 12, false}, {START_SALE, 12, false}}, "2026-05-01", 0},
    {"ended beats one that waits for activation",
     2,
     {{START_SALE, 60, true}, {START_SALE, 1, false}},
     "2026-05-01",
     1},
    {"none started",
     2,
     {{START_ACTIVATION, 12, false}, {START_MANUFACTURE, 12, false}},
     "2026-05-01",
     NOBODY},
    {"none begun yet", 1, {{START_SALE, 12, false}}, "2025-01-01", NOBODY},
    {"no promise at all", 0, {{0, 0, false}}, "2026-05-01", NOBODY},
};

static struct product
product_of(const struct several *row)
{
    struct product product = {.entitlement_count = (uint8_t)row->count};
    for (size_t n = 0; n < row->count; n++) {
        product.entitlements[n].starts[0] = row->e[n].start;
        product.entitlements[n].months = row->e[n].months;
        product.entitlements[n].requires_activation = row->e[n].requires_activation;
    }
    return product;
}

static void
best_of_several(void **state)
{
    const struct unit unit = {.state = UNIT_SOLD,
                              .sold_on = day("2026-01-10"),
                              .shipped_on = day("2026-01-01"),
                              .activated_on = CIVIL_NONE,
                              .made_on = CIVIL_NONE};
    (void)state;
    for (size_t i = 0; i < sizeof several_rows / sizeof several_rows[0]; i++) {
        const struct several *row = &several_rows[i];
        struct product product = product_of(row);
        struct warranty w;
        warranty_evaluate(&w, &product, &unit, day(row->on));
        if (w.count != row->count || w.best != (row->best == NOBODY ? NULL : &w.lines[row->best]))
            fail_msg("%s", row->label);
    }
}

/* Countries say where a claim is served; they are for display and do not decide. */
static void
countries_do_not_decide(void **state)
{
    struct product product = {
        .entitlement_count = 1,
        .entitlements = {{.starts = ONE(SALE), .months = 12, .countries = "DE FR"}}};
    struct unit unit = {.state = UNIT_SOLD, .sold_on = 100, .activated_on = CIVIL_NONE};
    struct warranty w;
    (void)state;
    warranty_evaluate(&w, &product, &unit, 100);
    assert_int_equal(w.lines[0].cover, COVER_YES);
    assert_string_equal(w.lines[0].entitlement->countries, "DE FR");
}

static void
more_entitlements_than_there_can_be(void **state)
{
    struct product product = {.entitlement_count = 255};
    struct unit unit = {.state = UNIT_SOLD};
    struct warranty w;
    (void)state;
    warranty_evaluate(&w, &product, &unit, 0);
    assert_int_equal(w.count, ENTITLEMENTS_MAX);
}

static void
cover_names(void **state)
{
    static const char *const names[] = {"none",  "not_started", "needs_activation", "before_start",
                                        "ended", "retired",     "excluded",         "covered"};
    (void)state;
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_string_equal(cover_name((enum cover)i), names[i]);
    assert_string_equal(cover_name((enum cover)8), "none");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(date),
        cmocka_unit_test(start),
        cmocka_unit_test(activation),
        cmocka_unit_test(state),
        cmocka_unit_test(best_of_several),
        cmocka_unit_test(countries_do_not_decide),
        cmocka_unit_test(more_entitlements_than_there_can_be),
        cmocka_unit_test(cover_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
