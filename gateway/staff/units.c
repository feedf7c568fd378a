/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json/write.h"
#include "gateway/records/report.h"
#include "gateway/staff/console.h"
#include "gateway/staff/page.h"

enum { VALUE_MAX = 256, QUERY_TEXT_MAX = 4096 };

/* What the address of the page says, said to the report. A value that is too long goes along as far
 * as a name without one, which the report refuses. */
static void
put_parameter(struct text *out, const struct page *page, const char *name)
{
    char value[VALUE_MAX];
    if (!page_query(page, name, value, sizeof value)) {
        text_printf(out, "&%s", name);
        return;
    }
    if (value[0] == '\0')
        return;
    text_printf(out, "&%s=", name);
    text_percent(out, slice_of(value));
}

/* The member `filters`: what the page's links carry on, "&lot=A1&state=sold". */
static int
ask_report(struct page *page)
{
    int status = 400;
    struct text filters;
    struct text query;
    text_init(&filters, QUERY_TEXT_MAX);
    text_init(&query, QUERY_TEXT_MAX);
    text_put(&filters, "");
    for (const char *const *name = report_filters; *name != NULL; name++)
        put_parameter(&filters, page, *name);
    text_put(&query, "limit=50");
    text_slice_put(&query, text_slice(&filters));
    put_parameter(&query, page, "cursor");
    if (text_ok(&filters) && text_ok(&query)) {
        json_put_text(&page->document, "filters", filters.data);
        status = page_get(page, "report", "/v1/units", query.data);
    }
    text_free(&query);
    text_free(&filters);
    return status;
}

void
staff_units(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.units");
    int status = ask_report(&page);
    if (status != 200)
        page.status = status;
    page_show(&page, "units");
}
