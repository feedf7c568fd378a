/* SPDX-License-Identifier: Apache-2.0 */
/* The return desk, for a retailer: may this come back, and the record that it did. Without
 * JavaScript one code at a time; nothing of a session is kept here. */
#ifndef ASSAY_STAFF_RETAIL_H
#define ASSAY_STAFF_RETAIL_H

#include "gateway/api/app.h"

/* GET /retail: the field. ?done=TYPE&gtin=&serial= tells what was recorded of a unit, and offers
 * what may follow. POST with `code`: accept, refuse or review (POST /v1/screen), and the form that
 * records the return; the status is 200 whatever the answer, 400 without a code. POST with `event`
 * (return, restock or undo), `gtin`, `serial` and its fields: 303, or the page and why not; 409
 * `second_return` when the unit is back with somebody already. */
handler staff_retail, staff_retail_act;
/* GET /retail/scanner: a printed code whose characters are known, and a field that says what the
 * scanner makes of it. */
handler staff_retail_scanner;

#endif
