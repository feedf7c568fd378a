/* SPDX-License-Identifier: Apache-2.0 */
/* What the API refused, in words for people: {"code", "detail", "errors": [{"detail"}]}. A JSON
 * pointer becomes the name that forms have for it, and one error is said once. */
#ifndef ASSAY_STAFF_PROBLEM_H
#define ASSAY_STAFF_PROBLEM_H

#include "gateway/staff/page.h"

/* Adds the member "problem" to the document; page->wrong is then where the first error is. `answer`
 * is application/problem+json: the page fails when it is not. */
void page_problem(struct page *page, struct slice answer);

#endif
