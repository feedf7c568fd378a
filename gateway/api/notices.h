/* SPDX-License-Identifier: Apache-2.0 */
/* Putting something into the operator's inbox (rules/notice.h): what the gateway noticed by itself,
 * and how often that, and what people report, may cost a write. */
#ifndef ASSAY_API_NOTICES_H
#define ASSAY_API_NOTICES_H

#include "gateway/api/app.h"
#include "gateway/records/noticing.h"
#include "gateway/rules/bucket.h"

/* Fixed memory; thread-safe. A unit's notice of one kind is written once a minute at most, and all
 * of a kind 100 times at once and then every ten seconds (8,640 a day): whoever scans a thousand
 * labels made with a stolen key, or reports a thousand units stolen, fills neither the disk nor the
 * inbox, and keeps out no notice of another kind. What comes faster is in the log alone, and is not
 * counted. Reports by the public: 200 at once, then one every five seconds, in all. */
enum { INBOX_UNITS = 1024, INBOX_UNIT_SECONDS = 60 };
extern const struct bucket_rate inbox_kind_rate, inbox_report_rate;

struct inbox; /* opaque */

enum err inbox_open(struct inbox **out, struct fault *fault) MUST_CHECK;
void inbox_close(struct inbox *inbox); /* NULL is allowed */

/* May this notice be written now? `reference` as in notice_reference_of. */
bool inbox_take(struct inbox *inbox, enum notice_kind kind, const char *reference,
                int64_t now) MUST_CHECK;
/* One report by the public. False: *wait is in how many seconds (1 or more) to try again. */
bool inbox_take_report(struct inbox *inbox, int64_t now, int64_t *wait) MUST_CHECK;

/* notice_write. Who caused it is the worker's caller. Never fails: what could
 * not be written is logged as `notice_failed`, and the request goes on. Without an inbox nothing
 * happens. worker->view stays as it is. */
void notice_raise(struct worker *worker, const struct noticed *noticed, int64_t now);

#endif
