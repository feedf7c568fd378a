/* SPDX-License-Identifier: Apache-2.0 */
/* Grammar of what an event carries. For event.c. */
#ifndef ASSAY_RULES_EVENT_FIELD_H
#define ASSAY_RULES_EVENT_FIELD_H

#include "gateway/rules/event.h"

/* NUL-terminated within `size` bytes; 1 to `max` bytes of UTF-8 without control characters (C0,
 * DEL, C1) and without a space at either end. */
bool event_text_valid(const char *value, size_t size, size_t max) MUST_CHECK;

/* The value of a known field against its grammar; the fault names event, field and rule. */
enum err event_field_check(const struct event *event, const struct event_field *field,
                           struct fault *fault) MUST_CHECK;

/* Fields that go together or not: the fields of a covered repair, of an adjustment. They were
 * checked one by one. */
enum err event_fields_agree(const struct event *event, struct fault *fault) MUST_CHECK;

/* END_OWNERSHIP: the claim code dies too. */
bool event_ends_claim(const struct event *event);

/* The day of `at` at the product's offset. */
civil_day event_day_recorded(const struct event *event);
/* FIELD_ON, else the day of `at` at the product's offset. The fields were checked. */
civil_day event_day(const struct event *event);

#endif
