/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/date.h"

/* 1900-01-01 is 70 years of 365 days and 17 leap days before 1970; 3000-01-01 is 1030 years and
 * 250 leap days after it (257 multiples of four, less 10 centuries, plus 3 fourth ones). */
enum { FIRST_DAY = -25567, LAST_DAY = 1030 * 365 + 250 - 1 };

static struct tm
tm_of(int64_t unix_seconds)
{
    time_t seconds = unix_seconds;
    struct tm tm;
    assert_non_null(gmtime_r(&seconds, &tm));
    return tm;
}

static void
every_day_is_as_in_the_c_library(void **state)
{
    (void)state;
    for (civil_day day = FIRST_DAY; day <= LAST_DAY; day++) {
        char expected[32];
        char made[DATE_TEXT_MAX];
        struct tm tm = tm_of((int64_t)day * 86400);
        assert_int_not_equal(strftime(expected, sizeof expected, "%Y-%m-%d", &tm), 0);
        date_format(made, day);
        if (strcmp(made, expected) != 0)
            fail_msg("day %d: %s, not %s", day, made, expected);
        civil_day again = 0;
        if (!date_parse(&again, slice_of(expected)) || again != day)
            fail_msg("%s is day %d, not %d", expected, day, again);
    }
    civil_day first = 0;
    civil_day last = 0;
    assert_true(date_parse(&first, slice_of("1900-01-01")));
    assert_true(date_parse(&last, slice_of("2999-12-31")));
    assert_int_equal(first, FIRST_DAY);
    assert_int_equal(last, LAST_DAY);
}

static void
every_day_that_is_none_is_refused(void **state)
{
    (void)state;
    int accepted = 0;
    for (int year = 1890; year <= 3010; year++) {
        for (int month = 0; month <= 13; month++) {
            for (int day = 0; day <= 32; day++) {
                char text[64];
                civil_day out = 0;
                (void)snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                accepted += date_parse(&out, slice_of(text)) ? 1 : 0;
            }
        }
    }
    assert_int_equal(accepted, LAST_DAY - FIRST_DAY + 1);
}

static const struct {
    const char *label, *text;
} bad_dates[] = {
    {"empty", ""},
    {"29 February 1900", "1900-02-29"},
    {"29 February 2023", "2023-02-29"},
    {"30 February 2024", "2024-02-30"},
    {"31 April", "2024-04-31"},
    {"1899", "1899-12-31"},
    {"3000", "3000-01-01"},
    {"no leading zero", "2024-1-1"},
    {"two digits of year", "24-01-01"},
    {"slashes", "2024/01/01"},
    {"no hyphens", "20240101"},
    {"day first", "01-01-2024"},
    {"space before", " 2024-01-01"},
    {"space after", "2024-01-01 "},
    {"with a time", "2024-01-01T00:00:00Z"},
    {"sign", "+024-01-01"},
    {"sign in the month", "2024-+1-01"},
    {"blank in the day", "2024-01- 1"},
    {"letter", "2024-01-0a"},
    {"cut", "2024-01-0"},
};

static void
bad_dates_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_dates / sizeof bad_dates[0]; i++) {
        civil_day day = 0;
        if (date_parse(&day, slice_of(bad_dates[i].text)))
            fail_msg("%s: accepted", bad_dates[i].label);
    }
    civil_day day = 0;
    assert_false(date_parse(&day, slice_make("2024-01-01\0", 11)));
}

static void
formats_what_has_no_date(void **state)
{
    (void)state;
    static const struct {
        civil_day day;
        const char *expected;
    } rows[] = {
        {CIVIL_NONE, ""}, {0, "1970-01-01"},       {-1, "1969-12-31"}, {-719528, "0000-01-01"},
        {-719529, ""},    {2932896, "9999-12-31"}, {2932897, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char made[DATE_TEXT_MAX] = "?";
        date_format(made, rows[i].day);
        assert_string_equal(made, rows[i].expected);
    }
}

static const struct {
    const char *label, *from;
    int months;
    const char *expected;
} month_rows[] = {
    {"none", "2024-01-31", 0, "2024-01-31"},
    {"end of January, leap year", "2024-01-31", 1, "2024-02-29"},
    {"end of January", "2023-01-31", 1, "2023-02-28"},
    {"two from the end of January", "2023-01-31", 2, "2023-03-31"},
    {"31st to a month of 30", "2023-03-31", 1, "2023-04-30"},
    {"over the end of the year", "2023-12-15", 1, "2024-01-15"},
    {"December stays December", "2023-12-31", 12, "2024-12-31"},
    {"leap day, a year later", "2024-02-29", 12, "2025-02-28"},
    {"leap day, four years later", "2024-02-29", 48, "2028-02-29"},
    {"leap day to a century without", "2096-02-29", 48, "2100-02-28"},
    {"leap day to a century with", "1996-02-29", 48, "2000-02-29"},
    {"24 months of warranty", "2024-05-31", 24, "2026-05-31"},
    {"back over the year", "2024-01-15", -1, "2023-12-15"},
    {"back a year", "2024-02-29", -12, "2023-02-28"},
    {"before 1970", "1969-10-31", 4, "1970-02-28"},
    {"a hundred years", "1950-08-30", 1206, "2051-02-28"},
};

static void
adds_months(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof month_rows / sizeof month_rows[0]; i++) {
        civil_day from = 0;
        char made[DATE_TEXT_MAX];
        assert_true(date_parse(&from, slice_of(month_rows[i].from)));
        date_format(made, date_add_months(from, month_rows[i].months));
        if (strcmp(made, month_rows[i].expected) != 0)
            fail_msg("%s: %s", month_rows[i].label, made);
    }
    assert_int_equal(date_add_months(CIVIL_NONE, 12), CIVIL_NONE);
}

/* The month is the right one, and the day is the same or the last of its month. */
static void
adds_months_to_every_day(void **state)
{
    (void)state;
    static const int steps[] = {1, 6, 12, 24, 37};
    for (civil_day day = FIRST_DAY; day <= LAST_DAY; day += 3) {
        struct tm from = tm_of((int64_t)day * 86400);
        int months = steps[(day - FIRST_DAY) / 3 % 5];
        civil_day to_day = date_add_months(day, months);
        struct tm to = tm_of((int64_t)to_day * 86400);
        struct tm next = tm_of((int64_t)(to_day + 1) * 86400);
        int elapsed = (to.tm_year - from.tm_year) * 12 + to.tm_mon - from.tm_mon;
        bool clamped = to.tm_mday < from.tm_mday && next.tm_mday == 1;
        if (elapsed != months || (to.tm_mday != from.tm_mday && !clamped))
            fail_msg("day %d and %d months: day %d", day, months, to_day);
    }
}

static void
days_begin_at_the_offset(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        int64_t seconds;
        int offset;
        civil_day expected;
    } rows[] = {
        {"epoch", 0, 0, 0},
        {"last second of the day", 86399, 0, 0},
        {"first second of the next", 86400, 0, 1},
        {"second before the epoch", -1, 0, -1},
        {"a day before the epoch", -86400, 0, -1},
        {"a day and a second before", -86401, 0, -2},
        {"an hour east at 23:00", 82800, 60, 1},
        {"an hour east at 22:59:59", 82799, 60, 0},
        {"five hours west at 04:59:59", 17999, -300, -1},
        {"five hours west at 05:00", 18000, -300, 0},
        {"fourteen hours east", 36000, 840, 1},
        {"half hours count", 66600, 330, 1},
        {"year 2999", INT64_C(32503679999), 0, LAST_DAY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (date_of(rows[i].seconds, rows[i].offset) != rows[i].expected)
            fail_msg("%s: day %d", rows[i].label, date_of(rows[i].seconds, rows[i].offset));
}

/* A day is 86,400 seconds and begins at midnight there: cover ends with the last second of a day.
 */
static void
every_day_begins_at_every_offset(void **state)
{
    enum { FIRST = 10957, LAST = 47846 }; /* 2000-01-01, 2100-12-31 */
    (void)state;
    for (int offset = -12 * 60; offset <= 14 * 60; offset += 30)
        for (civil_day day = FIRST; day <= LAST; day++) {
            int64_t midnight = (int64_t)day * 86400 - (int64_t)offset * 60;
            if (date_of(midnight, offset) != day || date_of(midnight - 1, offset) != day - 1)
                fail_msg("day %d at %d minutes", day, offset);
        }
}

static void
times_are_as_in_the_c_library(void **state)
{
    (void)state;
    /* The step shares no factor with a day, so that every time of day comes by. */
    for (int64_t t = (int64_t)FIRST_DAY * 86400; t < (int64_t)(LAST_DAY + 1) * 86400; t += 98771) {
        char expected[32];
        char made[TIME_TEXT_MAX];
        int64_t again = 0;
        struct tm tm = tm_of(t);
        assert_int_not_equal(strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &tm), 0);
        time_format(made, t);
        if (strcmp(made, expected) != 0)
            fail_msg("%lld: %s, not %s", (long long)t, made, expected);
        if (!time_parse(&again, slice_of(expected)) || again != t)
            fail_msg("%s: read as %lld", expected, (long long)again);
    }
}

static void
http_dates_are_as_in_the_c_library(void **state)
{
    (void)state;
    char made[HTTP_DATE_MAX];
    http_date_format(made, 784111777); /* the example of RFC 9110 section 5.6.7 */
    assert_string_equal(made, "Sun, 06 Nov 1994 08:49:37 GMT");
    for (int64_t t = 0; t < (int64_t)(LAST_DAY + 1) * 86400; t += 98771) {
        char expected[32];
        struct tm tm = tm_of(t);
        assert_int_not_equal(strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", &tm),
                             0);
        http_date_format(made, t);
        if (strcmp(made, expected) != 0)
            fail_msg("%lld: %s, not %s", (long long)t, made, expected);
    }
    http_date_format(made, -1);
    assert_string_equal(made, "");
}

static const struct {
    const char *label, *text;
} bad_times[] = {
    {"empty", ""},
    {"a date", "2026-11-22"},
    {"no zone", "2026-11-22T14:00:00"},
    {"small z", "2026-11-22T14:00:00z"},
    {"small t", "2026-11-22t14:00:00Z"},
    {"space for T", "2026-11-22 14:00:00Z"},
    {"offset", "2026-11-22T14:00:00+00:00"},
    {"fraction", "2026-11-22T14:00:00.0Z"},
    {"hour 24", "2026-11-22T24:00:00Z"},
    {"minute 60", "2026-11-22T14:60:00Z"},
    {"leap second", "2026-12-31T23:59:60Z"},
    {"no seconds", "2026-11-22T14:00Z"},
    {"one digit of hour", "2026-11-22T4:00:00Z"},
    {"something after", "2026-11-22T14:00:00Z "},
    {"no such day", "2026-11-31T14:00:00Z"},
    {"year 3000", "3000-01-01T00:00:00Z"},
};

static void
bad_times_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_times / sizeof bad_times[0]; i++) {
        int64_t out = 0;
        if (time_parse(&out, slice_of(bad_times[i].text)))
            fail_msg("%s: accepted", bad_times[i].label);
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_is_as_in_the_c_library),
        cmocka_unit_test(every_day_that_is_none_is_refused),
        cmocka_unit_test(bad_dates_are_refused),
        cmocka_unit_test(formats_what_has_no_date),
        cmocka_unit_test(adds_months),
        cmocka_unit_test(adds_months_to_every_day),
        cmocka_unit_test(days_begin_at_the_offset),
        cmocka_unit_test(every_day_begins_at_every_offset),
        cmocka_unit_test(times_are_as_in_the_c_library),
        cmocka_unit_test(http_dates_are_as_in_the_c_library),
        cmocka_unit_test(bad_times_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
