/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/json/write.h"
#include "gateway/staff/issuing.h"
#include "gateway/staff/page.h"

enum { PASTED_MAX = 1024 * 1024, STEP_MAX = 16 };

void
staff_import(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.import");
    page_show(&page, "import");
}

/* A browser sends the lines of a form with CR LF and drops the last one's; a manifest's signature
 * is over lines that end with LF. */
static void
put_lines(struct text *out, const char *typed)
{
    struct slice rest = slice_of(typed);
    while (rest.len > 0) {
        struct slice line = slice_take_until(&rest, '\n');
        if (line.len > 0 && line.data[line.len - 1] == '\r')
            line.len--;
        text_slice_put(out, line);
        text_char(out, '\n');
    }
}

static bool
read_manifest(struct text *out, const struct page *page)
{
    size_t size = page->request->body.len + 1;
    char *typed = malloc(size);
    bool good = typed != NULL && page_field(page, "manifest", typed, size) && typed[0] != '\0';
    if (good)
        put_lines(out, typed);
    if (typed != NULL) {
        memset(typed, 0, size);
        free(typed);
    }
    return good && text_ok(out);
}

static void
send(struct page *page, const struct text *manifest, bool for_real)
{
    const struct question question = {.method = METHOD_POST,
                                      .path = "/v1/manifests",
                                      .query = for_real ? NULL : "dry_run=true",
                                      .body = manifest->data,
                                      .type = "text/csv"};
    int status = page_ask(page, "result", &question);
    if (status != 200)
        page->status = status;
    /* It is sent again to be registered, or mended. */
    if (status != 200 || !for_real)
        json_put_text(&page->document, "manifest", manifest->data);
    if (status == 200 && !for_real)
        json_put_bool(&page->document, "tried", true);
}

void
staff_import_sent(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct text manifest;
    char step[STEP_MAX];
    page_begin(&page, worker, request, response, "staff title.import");
    text_init(&manifest, PASTED_MAX);
    if (read_manifest(&manifest, &page) && page_field(&page, "step", step, sizeof step)) {
        send(&page, &manifest, strcmp(step, "register") == 0);
    } else {
        json_put_bool(&page.document, "unread", true);
        page.status = 400;
    }
    file_wipe(&manifest);
    page_show(&page, "import");
}
