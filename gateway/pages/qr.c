/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/qr.h"

#include <sodium.h>

#include "gateway/json/write.h"
#include "gateway/label/label.h"
#include "gateway/label/runs.h"

enum { DARK_MAX = 64 * 1024 };

static void
put_dark(void *context, const struct qr_run *run)
{
    text_printf(context, "M%u %uh%uv%uh-%uz", run->x + QR_QUIET, run->y + QR_QUIET, run->width,
                run->height, run->width);
}

void
page_put_qr(struct text *out, const char *content)
{
    struct qr qr;
    struct text dark;
    if (qr_encode(&qr, content, NULL) != ERR_OK)
        return;
    text_init(&dark, DARK_MAX);
    qr_runs(&qr, put_dark, &dark);
    json_put(out, "qr", "{");
    json_put_number(out, "side", qr.size + 2 * QR_QUIET);
    json_put_text(out, "dark", text_ok(&dark) ? dark.data : "");
    text_char(out, '}');
    sodium_memzero(&qr, sizeof qr);
    if (dark.data != NULL)
        sodium_memzero(dark.data, dark.capacity);
    text_free(&dark);
}
