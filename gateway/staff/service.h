/* SPDX-License-Identifier: Apache-2.0 */
/* The service desk, for a service center: is this covered, until when and why, and the record of
 * what was done about it. */
#ifndef ASSAY_STAFF_SERVICE_H
#define ASSAY_STAFF_SERVICE_H

#include "gateway/api/app.h"

/* GET /service: the field. ?code= anything scanned or typed (&gtin= of a serial alone): the answer
 * about it; ?on=YYYY-MM-DD asks the warranty for that day; ?do=TYPE opens a form; ?done=TYPE says
 * what was recorded; ?cursor= for older events. 404 for what is no code. */
handler staff_service;
/* GET /service/{gtin}/{serial}: the same of a unit without its label. 404: not registered. */
handler staff_service_unit;
/* POST /service/{gtin}/{serial}: fields `event`, `version`, `code` (the label that was scanned) and
 * those of the event. 303 back when it happened; else the page with what was typed: 200 to confirm
 * what is not taken back, or a preview of a replacement (then `confirm` is "yes"), 409 with what
 * others did in between. Events: service, hold, release, retire, undo; replace with `new_code`;
 * activate with `claim_code`, `purchased_on`: 200 with the owner secret, once; lose_secret: 200
 * with the day when a new one can be given. */
handler staff_service_act;
/* POST /service/many: fields `codes`, one a line, up to 10,000, and `gtin`, of lines that are a
 * serial alone. A table: verdict, product, covered or not, by what, until when, why not; with `as`
 * "csv" as text/csv. 400 for what cannot be asked. */
handler staff_service_many;

#endif
