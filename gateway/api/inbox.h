/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's inbox, what the public puts into it, and the verdicts of each day. */
#ifndef ASSAY_API_INBOX_H
#define ASSAY_API_INBOX_H

#include "gateway/api/app.h"

/* GET /v1/notices: {"notices": [], "next"}, newest first. ?kind=looks_fake (notice_kind_name),
 * ?open=true: only those, ?cursor= to go on. A page may be empty and yet have a next one. One:
 * {"reference", "kind", "open", "version", "gtin", "serial", "answer": code of the worst reason
 * that was answered then, "first_at", "last_at", "count", "role" and "organisation" of who caused
 * it the last time, "place", "text", and of the last time that it was closed "closed_at",
 * "closed_by", "outcome"}.
 * GET /v1/notices/{reference}: one, with its ETag; the reference as people type it. */
handler api_notices, api_notice;
/* POST /v1/notices/{reference}/close {"outcome": what came of it}, with If-Match or without: 200
 * with the notice and its ETag; 409 when it is closed already. */
handler api_notice_close;

/* POST /v1/reports {"code"?: a label's link or anything scanned or typed, or "gtin"?, "serial"?;
 * "place"?, "text"?}: "this looks fake". 201 {"reference", "received_at"}; there has to be a code,
 * a serial or a text. What the code would be answered at this moment is kept with the report; what
 * names no unit is kept as it was scanned, behind the text. Names no person. Of the public's
 * reports so many are taken (notices.h): 429 with Retry-After in seconds. */
handler api_report_fake;

/* GET /v1/tallies?from=&to=, civil days in UTC, both included, up to 400; to is today unless said,
 * and from 29 days before: {"days": [{"day", "verdicts": {"ok", "caution", "bad", "unchecked"},
 * "reasons": {code: how often it was the worst}}]}, oldest first. Days without a verdict are left
 * out. Today's last seconds may not be in it yet. */
handler api_tallies;

#endif
