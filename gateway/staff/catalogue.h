/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's console, as far as it is about recalls and products: for operator and auditor, who
 * changes nothing. Forms that the API refuses come back with what was typed: 400, 404, 409, 422. */
#ifndef ASSAY_STAFF_CATALOGUE_H
#define ASSAY_STAFF_CATALOGUE_H

#include "gateway/api/app.h"

/* GET /console/recalls: open ones and lifted ones, ?cursor=. */
handler staff_recalls;
/* GET /console/recalls/{id}: one; ?count=1 counts its units. POST: fields `confirm`, the id typed
 * once more, and `version`: lifts it, 303. */
handler staff_recall, staff_recall_lift;
/* GET /console/recalls/new: the form of a new one, ?gtin= and ?lot= filled in. POST with its
 * fields: 200 with the number of units that it would cover; with `confirm`, that number or the id,
 * opens it, 303; with `edit` the form again. */
handler staff_recall_new, staff_recall_open;

/* GET /console/products: the catalogue, ?cursor=. */
handler staff_products;
/* GET /console/products/new and /console/products/{gtin}: the form of one, with its entitlements as
 * rows, a spare one at the end; ?lot= shows that lot below. POST: the same fields and `version`, 0
 * for a new one: 303; 409 shows beside each field what others stored meanwhile. */
handler staff_product_new, staff_product, staff_product_put;
/* POST /console/products/{gtin}/lot: fields `lot`, `made_on`, `expires_on`, `version`: 303. */
handler staff_lot_put;

#endif
