/* SPDX-License-Identifier: Apache-2.0 */
/* Why a unit is suspected to be a copy, as far as the caller may know it. */
#ifndef ASSAY_API_SCANS_H
#define ASSAY_API_SCANS_H

#include "gateway/api/assess.h"

/* Of the unit in worker->view, when the verdict suspects it: reads who looked at it. Without an
 * answer of the registry there is nothing to show, and the verdict is the same. */
void scans_read(struct assessment *assessment, struct worker *worker);
/* COPY_NONE: it is not suspected, or by an operator, or the limits were raised since. */
struct copy_shown scans_shown(const struct assessment *assessment, const struct worker *worker);
/* The members "copy": {"rule", "about", "countries"} and, for operators and auditors, "scans": as
 * scans_json (records.h); or nothing. */
void scans_put(struct text *out, const struct assessment *assessment, const struct worker *worker);

#endif
