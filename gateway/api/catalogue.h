/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers by which operators keep the catalogue: products, lots, recalls, and the manifests of
 * what was issued. */
#ifndef ASSAY_API_CATALOGUE_H
#define ASSAY_API_CATALOGUE_H

#include "gateway/api/app.h"

/* The catalogue: staff read it, operators change it. A PUT makes a record when it states no
 * version, and else states the one it saw, by If-Match or as `version`: 201 or 200 with the record
 * and its ETag; 409 with the ETag of what is stored. The GTIN and lot of the body are those of the
 * path. GET: the record, or {"products": [], "next"} to go on with as ?cursor=.
 * The dates of a lot hold for those of its units that state none of their own. */
handler api_products, api_product, api_product_put; /* as product_json (records.h) */
handler api_lot, api_lot_put;                       /* as lot_json */

/* POST /v1/recalls, as recall_from_json: 201 with the recall; one write whatever the number of
 * units, seen by the next verification. ?dry_run=true: {"dry_run", "affected"} counts the units
 * that it would cover, and writes nothing. 422 `product_unknown`; 409 when the id is taken.
 * GET: {"recalls": [], "next"}, or one by its id. POST …/{id}/lift, with If-Match or without: the
 * recall, over; 409 when it is over already. GET …/{id}/affected: {"affected"} counts the units that it
 * covers, or of one that is over, covered; it looks at every unit of the product or lot. */
handler api_recalls, api_recall, api_recall_open, api_recall_lift, api_recall_affected;

/* POST /v1/manifests: text/csv as manifest.h describes. 200 {"rows": [{"line", "outcome":
 * "registered" | "already" | "refused", "gtin", "serial", "code", "reason"}], "left_out",
 * "summary": {"rows", "registered", "already", "refused", "vouched", "dry_run"}}. `rows` has the
 * refused ones, with ?rows=all every one, in the order of the file as far as they fit into 24 MiB;
 * `left_out` counts the rest. ?dry_run=true registers nothing. Sending it again is harmless, so
 * that a manifest which stopped half-way is sent again as it is. 400: not a manifest, with the
 * line; 422 `manifest_untrusted`: no active key vouches for it as it claims. */
handler api_manifests;

#endif
