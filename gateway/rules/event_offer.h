/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody may be offered to do to a unit. Pure. */
#ifndef ASSAY_RULES_EVENT_OFFER_H
#define ASSAY_RULES_EVENT_OFFER_H

#include "gateway/rules/event.h"

/* Do role, state and conditions allow this event at `now`, whatever its fields? What rests on who
 * did what before, and on the fields, event_apply decides. False for an activation of an unsold
 * unit, which takes the product's leave, and for what changes no unit by itself. */
bool event_offered(const struct unit *unit, enum event_type type, enum role role, int64_t now);

/* The fields that it has to carry, and those that it may carry besides: sets of
 * 1U << enum event_field_id. */
void event_fields_of(enum event_type type, unsigned *required, unsigned *optional);

#endif
