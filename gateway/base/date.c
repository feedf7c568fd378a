/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/base/date.h"

#include <string.h>

enum { SECONDS_A_DAY = 86400 };

struct civil {
    int year, month, day;
};

/* Days from 1970-01-01, by counting eras of 400 years that begin in March: then the leap day is the
 * last day of a year and month lengths follow one formula. */
static civil_day
to_days(struct civil c)
{
    int year = c.month <= 2 ? c.year - 1 : c.year;
    int era = year / 400;
    int year_of_era = year - era * 400;
    int month_from_march = (c.month + 9) % 12;
    int day_of_year = (153 * month_from_march + 2) / 5 + c.day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static struct civil
from_days(civil_day day)
{
    int shifted = day + 719468;
    int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int day_of_era = shifted - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    struct civil c = {.day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
                      .month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9};
    c.year = year_of_era + era * 400 + (c.month <= 2 ? 1 : 0);
    return c;
}

static int
days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* `width` digits and nothing else, in [min, max]. */
static bool
take_digits(int *out, struct slice *s, size_t width, int min, int max)
{
    int value = 0;
    if (s->len < width)
        return false;
    for (size_t i = 0; i < width; i++) {
        if (s->data[i] < '0' || s->data[i] > '9')
            return false;
        value = value * 10 + (s->data[i] - '0');
    }
    *s = slice_make(s->data + width, s->len - width);
    *out = value;
    return value >= min && value <= max;
}

static bool
take_date(civil_day *out, struct slice *s)
{
    struct civil c = {0, 0, 0};
    if (!take_digits(&c.year, s, 4, 1900, 2999) || !slice_take(s, "-") ||
        !take_digits(&c.month, s, 2, 1, 12) || !slice_take(s, "-") ||
        !take_digits(&c.day, s, 2, 1, days_in_month(c.year, c.month)))
        return false;
    *out = to_days(c);
    return true;
}

bool
date_parse(civil_day *out, struct slice s)
{
    return take_date(out, &s) && s.len == 0;
}

/* By hand: an answer has several, and printf costs more than all else that it takes to write one.
 */
static void
put_two(char *out, int number)
{
    out[0] = (char)('0' + number / 10 % 10);
    out[1] = (char)('0' + number % 10);
}

static void
put_clock(char out[static 8], int64_t unix_seconds, civil_day day)
{
    int rest = (int)(unix_seconds - (int64_t)day * SECONDS_A_DAY);
    put_two(out, rest / 3600);
    out[2] = ':';
    put_two(out + 3, rest / 60 % 60);
    out[5] = ':';
    put_two(out + 6, rest % 60);
}

void
date_format(char out[static DATE_TEXT_MAX], civil_day day)
{
    out[0] = '\0';
    if (day == CIVIL_NONE)
        return;
    struct civil c = from_days(day);
    if (c.year < 0 || c.year > 9999)
        return;
    put_two(out, c.year / 100);
    put_two(out + 2, c.year % 100);
    out[4] = '-';
    put_two(out + 5, c.month);
    out[7] = '-';
    put_two(out + 8, c.day);
    out[10] = '\0';
}

civil_day
date_of(int64_t unix_seconds, int offset_minutes)
{
    int64_t local = unix_seconds + (int64_t)offset_minutes * 60;
    int64_t days = local / SECONDS_A_DAY;
    if (local % SECONDS_A_DAY < 0)
        days--;
    return (civil_day)days;
}

civil_day
date_add_months(civil_day day, int months)
{
    if (day == CIVIL_NONE)
        return CIVIL_NONE;
    struct civil c = from_days(day);
    int month_index = c.year * 12 + (c.month - 1) + months;
    c.year = month_index / 12;
    c.month = month_index % 12 + 1;
    int last = days_in_month(c.year, c.month);
    if (c.day > last)
        c.day = last;
    return to_days(c);
}

void
time_format(char out[static TIME_TEXT_MAX], int64_t unix_seconds)
{
    civil_day day = date_of(unix_seconds, 0);
    date_format(out, day);
    size_t len = strlen(out);
    out[len] = 'T';
    put_clock(out + len + 1, unix_seconds, day);
    memcpy(out + len + 9, "Z", 2);
}

void
http_date_format(char out[static HTTP_DATE_MAX], int64_t unix_seconds)
{
    static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    civil_day day = date_of(unix_seconds, 0);
    struct civil c = from_days(day);
    out[0] = '\0';
    if (day < 0 || c.year > 9999)
        return;
    memcpy(out, days[day % 7], 3);
    memcpy(out + 3, ", 00 Mon 0000 00:00:00 GMT", 27);
    put_two(out + 5, c.day);
    memcpy(out + 8, months[c.month - 1], 3);
    put_two(out + 12, c.year / 100);
    put_two(out + 14, c.year % 100);
    put_clock(out + 17, unix_seconds, day);
}

bool
time_parse(int64_t *out, struct slice s)
{
    civil_day day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_date(&day, &s) || !slice_take(&s, "T") || !take_digits(&hour, &s, 2, 0, 23) ||
        !slice_take(&s, ":") || !take_digits(&minute, &s, 2, 0, 59) || !slice_take(&s, ":") ||
        !take_digits(&second, &s, 2, 0, 59) || !slice_equal(s, "Z"))
        return false;
    *out = (int64_t)day * SECONDS_A_DAY + ((int64_t)hour * 60 + minute) * 60 + second;
    return true;
}
