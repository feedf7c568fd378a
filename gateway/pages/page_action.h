/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the verdict page: what somebody may do next, by the worst reason and the unit's state,
 * and where that is. */
#ifndef ASSAY_PAGES_PAGE_ACTION_H
#define ASSAY_PAGES_PAGE_ACTION_H

#include "gateway/pages/pages.h"
#include "gateway/pages/vocabulary.h"

struct page_links {
    const struct verdict_page *model;
    const struct page_visit *visit;
    const char *tag;         /* of the language */
    enum page_action action; /* the one button */
    enum page_action owners; /* for who owns the item: REGISTER, OWN, or COUNT for nothing */
    struct text action_link;
    /* In small; "" when it is the button already, or nothing for this answer. */
    struct text owner_link, report_link;
};

void page_links_open(struct page_links *links, const struct verdict_page *model,
                     const struct page_visit *visit, const char *tag);
bool page_links_ok(const struct page_links *links) MUST_CHECK;
void page_links_close(struct page_links *links);

/* A verdict without a reason was never decided: it says that nothing was checked. */
enum reason page_worst(const struct verdict *verdict);
/* NULL when the verdict does not speak of it. */
const struct product *page_product(const struct verdict_page *model);

#endif
