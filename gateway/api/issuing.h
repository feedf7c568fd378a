/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers by which serials are issued where a signer is attached (config: `signer`).
 *
 * An issue is {"id", "gtin", "count", "lot", "made_on", "expires_on", "key", "kid", "by", "at",
 * "registered": bool, "registered_at", "files": are its labels and cards still here,
 * "files_removed_at"}. A run that was signed is on disk before it is registered; when it could not
 * be registered, `registered` is false and `detail` says why, and …/register does it later,
 * harmlessly twice. */
#ifndef ASSAY_API_ISSUING_H
#define ASSAY_API_ISSUING_H

#include "gateway/api/app.h"

/* GET /v1/signer: {"configured": bool, "attached": bool, "detail"? why not, "signer"?: {"key",
 * "kid", "organisation", "status", "gtin_prefixes": [], "max_batch", "used", "used_today",
 * "quota"?, "left"?, "per_day"?, "left_today"?}}; no "left" is no limit. */
handler api_signer;

/* POST /v1/issues {"gtin", "count", "lot"?, "made_on"?, "expires_on"?}: 201 with the issue. With an
 * Idempotency-Key a repeat answers the issue that there is, for ever. ?dry_run=true: 200
 * {"dry_run", "gtin", "count", …} when it would go, signs nothing. 422 `product_unknown`; 409
 * `no_signer`; 409 with the signer's own code when it refuses (signer.h); 503 `signer_unavailable`.
 * GET: {"issues": []}, the last 200, the newest first. */
handler api_issue_new, api_issues;
/* GET one. DELETE: removes its files, the units stay; 409 `not_registered` unless it is registered,
 * or ?abandon=true says that its labels are thrown away. POST …/register: registers what is not. */
handler api_issue, api_issue_remove, api_issue_register;

/* GET /v1/issues/{id}/labels and …/cards ?format=csv (unless given), pdf or zpl. A PDF: &sheet=
 * (avery-l7163; cards-a4 for cards), &start_at=, &copies=, &module_mm=. ZPL: &dpi=, &width=,
 * &height=, &across=, &copies=, &module_mm=. PDF and ZPL hold up to 1,000 of them, &from= on. 404
 * when the files are removed; 400 says what does not fit. Cards are secret. */
handler api_issue_labels, api_issue_cards;

#endif
