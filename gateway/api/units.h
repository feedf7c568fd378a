/* SPDX-License-Identifier: Apache-2.0 */
/* What else there is to ask about a unit, for who looks at it on a page. */
#ifndef ASSAY_API_UNITS_H
#define ASSAY_API_UNITS_H

#include "gateway/api/app.h"

/* GET /v1/units/{gtin}/{serial}/situation: {"version", "verdict" and "reasons": [{"code", "class"}]
 * that its own label would be answered now, without counting it as a verification, "recalls":
 * [{"id", "stop_use"}] that cover it, "actions": [{"type", "required": [], "optional": []}]: what
 * POST /v1/events would take from the caller, as far as role, state and conditions say, with the
 * fields of each, "undoes": number of the last event, when the caller may take it back}. */
handler api_unit_situation;

/* GET /v1/units/{gtin}/{serial}/scans: as scans_json (records.h), for operators and auditors. A
 * unit at which nobody looked has no sessions. */
handler api_unit_scans;

/* GET /v1/suspected: {"units": [{"gtin", "serial", "name" of the product, "suspected_at", "rule"
 * and "figure" unless an operator suspects it, "sessions", "last_at", "countries": ["DE", …]}],
 * newest suspicion first, "countries": [{"country", "units", "sessions"}], most units first,
 * "total": units, at most 500, "more": there are others}. */
handler api_suspected;

/* GET /v1/missing: {"units": [{"unit": as unit_json (records.h), "item", "name" of its product,
 * "pending": the report waits to be confirmed or dismissed, "days_left" until it counts as
 * confirmed, "reporter": {"role", "actor"} of the last report}], "next"}, in the order of the
 * report. ?condition=stolen (else) or lost; ?pending=true or false: only those; ?cursor=. As with
 * the report, a page may be empty and yet have a next one. */
handler api_missing;

#endif
