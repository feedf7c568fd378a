/* SPDX-License-Identifier: Apache-2.0 */
/* May a repair rest on this promise, on this day? Dates by hand. */
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
    assert_true(date_parse(&d, slice_of(text)));
    return d;
}

static const struct row {
    const char *label;
    enum unit_state state;
    const char *id, *on;
    enum err err;
    const char *says;
} rows[] = {
    {"covered", UNIT_SOLD, "standard", "2026-06-01", ERR_OK, ""},
    {"on the first day", UNIT_SOLD, "standard", "2026-01-10", ERR_OK, ""},
    {"through the last day", UNIT_SOLD, "standard", "2028-01-10", ERR_OK, ""},
    {"the other one, that still covers", UNIT_RETURNED, "battery", "2027-01-10", ERR_OK, ""},
    {"the day after", UNIT_SOLD, "standard", "2028-01-11", ERR_CONFLICT,
     "The entitlement standard does not cover the unit on 2028-01-11: ended"},
    {"the other one, ended", UNIT_SOLD, "battery", "2027-01-11", ERR_CONFLICT,
     "The entitlement battery does not cover the unit on 2027-01-11: ended"},
    {"before the sale", UNIT_SOLD, "standard", "2026-01-09", ERR_CONFLICT,
     "The entitlement standard does not cover the unit on 2026-01-09: before_start"},
    {"nobody registered it", UNIT_SOLD, "plus", "2026-06-01", ERR_CONFLICT,
     "The entitlement plus does not cover the unit on 2026-06-01: needs_activation"},
    {"out of use", UNIT_RETIRED, "standard", "2026-06-01", ERR_CONFLICT,
     "The entitlement standard does not cover the unit on 2026-06-01: retired"},
    {"excluded for this unit", UNIT_SOLD, "screen", "2026-06-01", ERR_CONFLICT,
     "The entitlement screen does not cover the unit on 2026-06-01: excluded"},
    {"no such promise", UNIT_SOLD, "gold", "2026-06-01", ERR_INVALID,
     "The product has no entitlement gold"},
    {"other letters", UNIT_SOLD, "Standard", "2026-06-01", ERR_INVALID,
     "The product has no entitlement Standard"},
    {"no id", UNIT_SOLD, "", "2026-06-01", ERR_INVALID, "The product has no entitlement "},
};

static const struct product product = {
    .entitlement_count = 4,
    .entitlements = {
        {.id = "standard", .starts = {START_SALE}, .months = 24},
        {.id = "battery", .starts = {START_SALE}, .months = 12},
        {.id = "plus", .starts = {START_SALE}, .months = 60, .requires_activation = true},
        {.id = "screen", .starts = {START_SALE}, .months = 12}}};

static void
claim(void **state)
{
    struct unit unit = {
        .sold_on = day("2026-01-10"),
        .activated_on = CIVIL_NONE,
        .shipped_on = CIVIL_NONE,
        .made_on = CIVIL_NONE,
        .adjustment_count = 1,
        .adjustments = {{.entitlement = "screen", .excluded = true, .ends_on = CIVIL_NONE}}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault = {ERR_OK, ""};
        const struct row *row = &rows[i];
        unit.state = row->state;
        enum err err = warranty_claim(&product, &unit, row->id, day(row->on), &fault);
        if (err != row->err || strcmp(fault.text, row->says) != 0)
            fail_msg("%s: %d, %s", row->label, (int)err, fault.text);
    }
}

/* A product that is not in the catalogue promises nothing. */
static void
no_product(void **state)
{
    const struct product none = {.entitlement_count = 0};
    const struct unit unit = {.state = UNIT_SOLD, .sold_on = 100};
    struct fault fault = {ERR_OK, ""};
    (void)state;
    assert_int_equal(warranty_claim(&none, &unit, "standard", 100, &fault), ERR_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claim),
        cmocka_unit_test(no_product),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
