/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers for service centers and shops: is it covered, may it come back, what takes its place. */
#ifndef ASSAY_API_CLAIMS_H
#define ASSAY_API_CLAIMS_H

#include "gateway/api/app.h"

/* GET /v1/units/{gtin}/{serial}/warranty?on=YYYY-MM-DD: 200 {"gtin", "serial", "checked_at"} and
 * this, which holds all that is needed to ask the same again later; without `on` it is today, where
 * the product's days begin:
 *   "covered": bool, "by": id of the entitlement that covers, "asked_for",
 *   "entitlements": [{"id", "title", "covers", "countries": [], "starts": [], "months",
 *       "requires_activation", "why", "started_by", "starts_on", "ends_on"}],   why as cover_name
 *   "inputs": {"state", "sold_on", "activated_on", "shipped_on", "made_on",
 *       "adjustments": [{"entitlement", "excluded", "months", "ends_on"}], "offset_minutes",
 *       "unit_version", "product_version"}
 * POST /v1/warranty {"on"?, "units": [{"gtin", "serial"}]} or {"on"?, "codes": ["…"]}, up to
 * 10,000: 200 {"results": [{"row", "status", "code", "gtin", "serial", …}], "checked_at"}, a row
 * for each in order. Status 200 and code "ok": with the members above; of a code also "verdict" and
 * "reasons": []. A label that fails has no claim: its first reason as code, and covered false. Else
 * "detail": 404 not_found or not_a_code, 400 invalid with "pointer", 503 unavailable. 413 too when
 * the answer would be too large, of products with many long promises. */
handler api_warranty, api_warranties;

/* POST /v1/screen {"codes": ["…"]}, up to 10,000: may the caller's shop take these back and sell
 * them again? 200 {"results": [{"row", "outcome", "reasons": [{"code", "outcome", "text"}], "gtin",
 * "lot", "serial", "repaired"}], "accepted", "refused", "to_review", "checked_at"}: outcomes and
 * reasons as in rules/screen.h, worst first, the text for who stands at the counter; `repeated` has
 * also "row", that of the first code of the same unit, however each was spelled. What cannot be read
 * has "problem" (reading_error_info) in place of gtin to repaired. Asking changes nothing. */
handler api_screen;

/* POST /v1/replacements {"old": {"gtin", "serial", "version"?}, "new": the same, "reason",
 * "fault"?, "covered"?: "yes" | "no", "entitlement"?, "reference"?}: the faulty unit is retired and
 * another one takes its place with its sale, owner and remaining warranty (event_replace of
 * history.h), both in one write. 201 {"old": {"gtin", "serial", "version", "state"}, "new": the
 * same, "at", "operation"}; a repeat with the same Idempotency-Key answers the same. 409 when the
 * rules do not allow it now, a version that was stated is not that of the record any more, the
 * entitlement does not cover the old unit today, or the new one is recalled from use or past its
 * date; 404 when one of them is not registered. ?dry_run=true writes nothing and answers 200 {"code":
 * "would_apply", "old", "new", "at"} as it would be, or the same problems. */
handler api_replacements;

#endif
