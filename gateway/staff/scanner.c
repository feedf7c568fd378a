/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json/write.h"
#include "gateway/pages/qr.h"
#include "gateway/staff/page.h"
#include "gateway/staff/retail.h"

/* Every character that a code of ours may have and a wrong setting changes. The group separator
 * stands where its loss shows, and the end tells a code that was cut from one that was not. */
static const char test_code[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-_/?=:%&\x1D"
                                "END";

/* HTML has no way to write a group separator: `sign` stands for it. */
static void
put_expected(struct page *page, const char *name, const char *sign)
{
    struct text shown;
    text_init(&shown, sizeof test_code + 8);
    for (const char *c = test_code; *c != '\0'; c++) {
        if (*c == '\x1D')
            text_put(&shown, sign);
        else
            text_char(&shown, *c);
    }
    json_put(&page->document, name, "");
    text_json(&page->document, text_slice(&shown));
    text_free(&shown);
}

void
staff_retail_scanner(struct worker *worker, const struct request *request,
                     struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.scanner");
    page_put_qr(&page.document, test_code);
    put_expected(&page, "expected", "\xE2\x90\x9D");
    put_expected(&page, "shown", "<GS>");
    page_show(&page, "scanner");
}
