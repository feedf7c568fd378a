/* SPDX-License-Identifier: Apache-2.0 */
/* Every start day of the years 2000 to 2100 with every term of 1 to 120 months, against a calendar
 * that is written out day by day: no formula of the source is used, only the lengths of the months
 * and which years are leap years. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/rules/warranty.h"

enum {
    FIRST_DAY = 10957, /* 2000-01-01: 946684800 / 86400 */
    YEARS = 111,       /* the starts, and ten years for the longest term */
    MONTHS = YEARS * 12,
    START_DAYS = 101 * 365 + 25, /* leap years 2000, 2004 … 2096, and not 2100 */
    TERM_MAX = 120
};

struct month {
    civil_day first;
    int length;
};

static int
month_length(int year, int month)
{
    switch (month) {
    case 2:
        return year % 4 == 0 && year != 2100 ? 29 : 28;
    case 4:
    case 6:
    case 9:
    case 11:
        return 30;
    default:
        return 31;
    }
}

static void
write_calendar(struct month calendar[static MONTHS])
{
    civil_day day = FIRST_DAY;
    for (int i = 0; i < MONTHS; i++) {
        calendar[i] = (struct month){day, month_length(2000 + i / 12, 1 + i % 12)};
        day += calendar[i].length;
    }
}

/* What the product promises, asked on the last day and on the day after it. */
static void
check(const struct product *product, civil_day start, civil_day last)
{
    struct warranty w;
    struct unit unit = {.state = UNIT_SOLD,
                        .made_on = CIVIL_NONE,
                        .shipped_on = CIVIL_NONE,
                        .activated_on = CIVIL_NONE,
                        .sold_on = start};
    warranty_evaluate(&w, product, &unit, last);
    bool right = w.lines[0].starts_on == start && w.lines[0].ends_on == last &&
                 w.lines[0].cover == COVER_YES && w.best == &w.lines[0];
    warranty_evaluate(&w, product, &unit, last + 1);
    right = right && w.lines[0].ends_on == last && w.lines[0].cover == COVER_ENDED;
    if (!right)
        fail_msg("day %d and %u months: %d instead of %d", (int)start,
                 product->entitlements[0].months, (int)w.lines[0].ends_on, (int)last);
}

static void
every_day_and_term(void **state)
{
    static struct month calendar[MONTHS];
    static struct product product = {.entitlement_count = 1,
                                     .entitlements = {{.starts = {START_SALE}}}};
    (void)state;
    write_calendar(calendar);
    int days = 0;
    for (int m = 0; m < 101 * 12; m++)
        for (int d = 0; d < calendar[m].length; d++, days++)
            for (int term = 1; term <= TERM_MAX; term++) {
                const struct month *end = &calendar[m + term];
                int at = d < end->length ? d : end->length - 1;
                product.entitlements[0].months = (uint16_t)term;
                check(&product, calendar[m].first + d, end->first + at);
            }
    assert_int_equal(days, START_DAYS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_day_and_term)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
