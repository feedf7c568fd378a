/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's console, as far as it is about units: for operator and auditor. An auditor sees
 * the same and may change nothing: the API offers it no action. */
#ifndef ASSAY_STAFF_CONSOLE_H
#define ASSAY_STAFF_CONSOLE_H

#include "gateway/api/app.h"

/* GET /console: verifications by verdict of ?days=7, 30 (else) or 90, drawn and as a table, what
 * the gateway noticed, open reports and recalls, suspected copies. */
handler staff_overview;
/* GET /console/inbox: notices, ?kind=, ?open=false for closed ones too, ?cursor=. */
handler staff_inbox;
/* GET /console/inbox/{reference}: one, with its unit. POST: fields `outcome` and `version`: closes
 * it, 303; or the page and why not. */
handler staff_notice, staff_notice_close;
/* GET /console/units: the serial report as a page, with the filters of GET /v1/units and ?cursor=.
 * 400 with the page for filters that the report refuses. */
handler staff_units;
/* POST /console/units/find: fields `codes`, one a line, up to 10,000, and `gtin`, of lines that are
 * a serial alone: the page tells of each what it is. 400 for what cannot be asked. */
handler staff_units_find;
/* GET /console/units/{gtin}/{serial}: one unit, ?cursor= for its older events, ?do=TYPE with the
 * form of that event. POST: fields `event`, `version` and those of the event. 303 back when it
 * happened; else the page with what was typed: 200 to confirm what is not taken back (then
 * `confirm` is "yes"), 409 with what others did in between. 404: not registered. */
handler staff_unit, staff_unit_act;
/* GET /console/copies: units that are suspected to be copied, newest first, and from where they were
 * looked at. */
handler staff_copies;
/* GET /console/stolen: stolen (?condition=lost: lost) units, those first whose report nobody
 * confirmed; ?waiting= and ?others= are the cursors of the two lists. POST: fields `event`
 * (confirm, dismiss or recover), `gtin`, `serial`, `version`, `reason`: 303, or the page and why
 * not. */
handler staff_stolen, staff_stolen_act;

#endif
