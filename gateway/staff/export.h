/* SPDX-License-Identifier: Apache-2.0 */
/* The console's lists as files for a spreadsheet. */
#ifndef ASSAY_STAFF_EXPORT_H
#define ASSAY_STAFF_EXPORT_H

#include "gateway/api/app.h"

/* GET /console/export/{list}: inbox, recalls, products, issues, keys, credentials, or
 * verifications, whole, as CSV (report.h of records), with the filters that the list's route of the
 * API has. A problem of the API stays one; 413 when the list is longer than EXPORT_BYTES: a part of
 * it would look like all of it. */
enum { EXPORT_BYTES = 16 * 1024 * 1024 };
handler staff_export;

#endif
