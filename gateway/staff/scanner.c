/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json/write.h"
#include "gateway/label/label.h"
#include "gateway/label/runs.h"
#include "gateway/staff/page.h"
#include "gateway/staff/retail.h"

enum { DARK_MAX = 64 * 1024 };

/* Every character that a code of ours may have and a wrong setting changes. The group separator
 * stands where its loss shows, and the end tells a code that was cut from one that was not. */
static const char test_code[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-_/?=:%&\x1D"
                                "END";

static void
put_dark(void *context, const struct qr_run *run)
{
    text_printf(context, "M%u %uh%uv%uh-%uz", run->x + QR_QUIET, run->y + QR_QUIET, run->width,
                run->height, run->width);
}

static enum err
put_qr(struct page *page)
{
    struct qr qr;
    struct text dark;
    struct fault fault = {ERR_OK, ""};
    enum err err = qr_encode(&qr, test_code, &fault);
    if (err != ERR_OK)
        return err;
    text_init(&dark, DARK_MAX);
    qr_runs(&qr, put_dark, &dark);
    json_put(&page->document, "qr", "{");
    json_put_number(&page->document, "side", qr.size + 2 * QR_QUIET);
    json_put_text(&page->document, "dark", text_ok(&dark) ? dark.data : "");
    text_char(&page->document, '}');
    text_free(&dark);
    return ERR_OK;
}

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
    if (put_qr(&page) != ERR_OK)
        page.status = 500;
    put_expected(&page, "expected", "\xE2\x90\x9D");
    put_expected(&page, "shown", "<GS>");
    page_show(&page, "scanner");
}
