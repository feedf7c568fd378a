/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's console, as far as it makes serials: for issuer and operator. */
#ifndef ASSAY_STAFF_ISSUING_H
#define ASSAY_STAFF_ISSUING_H

#include "gateway/api/app.h"

/* GET /console/issue: the form, and what was issued last. POST: fields gtin, count, lot, made_on,
 * expires_on, step. "try" shows what would be issued and asks; "issue" issues and goes to its page.
 * Without a signer either shows the command to run instead, and how to attach one. */
handler staff_issue, staff_issue_sent;
/* GET /console/issue/{id}: its labels and cards for the printer. POST: field `do`: register,
 * remove, or abandon, with sure=yes. 303, or the page and why not. */
handler staff_issued, staff_issued_act;
/* GET /console/import: a manifest as a file (with JavaScript) or pasted. POST: fields `manifest`,
 * at most 1 MiB, and `step`: "try" or "register"; the page with a row for each that is refused. */
handler staff_import, staff_import_sent;

#endif
