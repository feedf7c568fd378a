/* SPDX-License-Identifier: Apache-2.0 */
/* Civil dates in the proleptic Gregorian calendar, as a day number: 0 is 1970-01-01. */
#ifndef ASSAY_BASE_DATE_H
#define ASSAY_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

typedef int32_t civil_day;

#define CIVIL_NONE INT32_MIN /* no date is known */
enum {
    DATE_TEXT_MAX = 11,
    TIME_TEXT_MAX = 21,
    HTTP_DATE_MAX = 30
}; /* "2026-11-22", "2026-11-22T14:00:00Z", "Sun, 22 Nov 2026 14:00:00 GMT", with NUL */

/* Exactly YYYY-MM-DD, years 1900 to 2999, a day that exists. */
bool date_parse(civil_day *out, struct slice s) MUST_CHECK;
/* CIVIL_NONE gives "". */
void date_format(char out[static DATE_TEXT_MAX], civil_day day);
/* The civil day at a fixed offset from UTC, in minutes, for Unix seconds. */
civil_day date_of(int64_t unix_seconds, int offset_minutes);
/* Same day N months later, clamped to the end of a shorter month. CIVIL_NONE stays CIVIL_NONE. */
civil_day date_add_months(civil_day day, int months);
void time_format(char out[static TIME_TEXT_MAX], int64_t unix_seconds); /* RFC 3339, UTC, seconds */
void http_date_format(char out[static HTTP_DATE_MAX],
                      int64_t unix_seconds);              /* RFC 9110 §5.6.7; "" before 1970 */
bool time_parse(int64_t *out, struct slice s) MUST_CHECK; /* exactly YYYY-MM-DDTHH:MM:SSZ */

#endif
