/* SPDX-License-Identifier: Apache-2.0 */
/* What a page about one unit asks, at the console and at the service desk alike. */
#ifndef ASSAY_STAFF_ABOUT_H
#define ASSAY_STAFF_ABOUT_H

#include "gateway/staff/acting.h"

/* The unit that the path names by its segments `first` and the next. Broken ones leave an empty
 * key, of which the API knows no unit. */
void about_key(struct unit_key *key, const struct request *request, size_t first);

/* GET /v1/units/{gtin}/{serial}TAIL as the member `name`. Without a tail a refusal is the page's
 * problem; with one the page does without. The status, as page_ask. */
int about_ask(struct page *page, const struct unit_key *key, const char *name, const char *tail,
              const char *query);

/* "unit" and, of one that is registered, "situation", "warranty", "history" (newest first, on from
 * ?cursor=) and "product". `on` is the day that the warranty is asked for, as it was written; "" is
 * today. The status of the unit; of the page too, unless that had a bad one. */
int about_unit(struct page *page, const struct unit_key *key, const char *on);

/* "since": what others did since the version that this person saw, when the form stated one. */
void about_since(struct page *page, const struct acting *acting);

/* Does the form that was sent say yes to what is not taken back? */
bool about_confirmed(const struct page *page);

#endif
