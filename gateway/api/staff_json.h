/* SPDX-License-Identifier: Apache-2.0 */
/* Units and events as each role may see them. Nobody but operator and auditor sees locations,
 * orders, documents and who else acted. */
#ifndef ASSAY_API_STAFF_JSON_H
#define ASSAY_API_STAFF_JSON_H

#include "gateway/base/text.h"
#include "gateway/rules/credential.h"
#include "gateway/rules/event.h"

/* Operator and auditor see everything (unit_json of records.h). The others {"gtin", "serial",
 * "variant", "lot", "version", "state", "conditions": [], "provisional": [], "made_on",
 * "expires_on"} and besides:
 *   service, owner   "sold_on", "activated_on", "linked": {"gtin", "serial"}
 *   retailer         "sold_here": bool, "open_return": bool, and "sold_on" when it sold the unit */
void staff_unit_json(struct text *out, const struct unit *unit, const struct caller *caller,
                     int64_t now);

/* {"number", "type", "at", "role", "own": bool, "actor", "operation", "fields": {}}: for operator
 * and auditor; the others see the actor of their own events only, no operation, and
 *   any staff        on, reason, undoes, other_gtin, other_serial, and reference of their own
 *   service          also fault, work, parts, covered, entitlement, months, excluded */
void staff_event_json(struct text *out, const struct event *event, uint64_t number,
                      const struct caller *caller);

#endif
