/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/rules/notice.h"
#include "gateway/staff/console.h"
#include "gateway/staff/page.h"

enum { VALUE_MAX = 80, QUERY_TEXT_MAX = 640, VERSION_CHARS = 20, BODY_JSON_MAX = 1024 };

/* ---- the list ---- */

static void
put_parameter(struct text *out, const struct page *page, const char *name)
{
    char value[VALUE_MAX];
    if (!page_query(page, name, value, sizeof value) || value[0] == '\0')
        return;
    text_printf(out, "%s%s=", out->len == 0 ? "" : "&", name);
    text_percent(out, slice_of(value));
}

/* Open ones, unless ?open=false asks for all. */
void
staff_inbox(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct text query;
    char open[VALUE_MAX];
    page_begin(&page, worker, request, response, "staff title.inbox");
    text_init(&query, QUERY_TEXT_MAX);
    bool all = page_query(&page, "open", open, sizeof open) && strcmp(open, "false") == 0;
    text_put(&query, all ? "" : "open=true");
    json_put_bool(&page.document, "all", all);
    put_parameter(&query, &page, "kind");
    put_parameter(&query, &page, "cursor");
    int status = text_ok(&query) ? page_get(&page, "inbox", "/v1/notices", query.data) : 400;
    if (status != 200)
        page.status = status;
    text_free(&query);
    page_show(&page, "inbox");
}

/* ---- one ---- */

static bool
read_reference(char out[static VALUE_MAX], const struct request *request)
{
    return segment_value(out, VALUE_MAX, request->segments[2]);
}

static void
ask_unit(struct page *page, const struct json_node *notice)
{
    char gtin[GTIN_DIGITS + 1];
    char serial[GS1_VALUE_MAX + 1];
    char path[PAGE_PATH_MAX + 1] = "";
    struct question question = {.method = METHOD_GET, .path = path, .optional = true};
    const char *const values[] = {gtin, serial};
    if (!slice_copy(gtin, sizeof gtin, json_string(json_member_of(notice, "gtin"))) ||
        !slice_copy(serial, sizeof serial, json_string(json_member_of(notice, "serial"))) ||
        gtin[0] == '\0' || serial[0] == '\0')
        return;
    if (page_path(path, "/v1/units/{}/{}", values))
        (void)page_ask(page, "unit", &question);
    if (page_path(path, "/v1/units/{}/{}/situation", values))
        (void)page_ask(page, "situation", &question);
}

static void
show(struct page *page, const char *reference)
{
    char path[PAGE_PATH_MAX + 1] = "";
    struct json_doc *doc = NULL;
    int status = 404;
    if (page_path(path, "/v1/notices/{}", (const char *[]){reference}))
        status = page_get(page, "notice", path, NULL);
    const struct question again = {.method = METHOD_GET, .path = path, .optional = true};
    if (status == 200 && page_read(page, &again, &doc) == 200)
        ask_unit(page, json_root(doc));
    json_free(doc);
    if (status != 200 && page->status == 200)
        page->status = status;
    page_show(page, "notice");
}

void
staff_notice(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char reference[VALUE_MAX];
    page_begin(&page, worker, request, response, "staff title.notice");
    show(&page, read_reference(reference, request) ? reference : "0");
}

/* ---- closing ---- */

static int
close_notice(struct page *page, const char *reference)
{
    char outcome[NOTICE_PLACE_MAX + 1];
    char version[VERSION_CHARS + 1];
    char path[PAGE_PATH_MAX + 1] = "";
    struct text body;
    int status = 400;
    struct question question = {.method = METHOD_POST, .path = path};
    bool good = page_field(page, "outcome", outcome, sizeof outcome) &&
                page_field(page, "version", version, sizeof version) &&
                page_path(path, "/v1/notices/{}/close", (const char *[]){reference});
    question.has_version =
        good && slice_number(&question.version, slice_of(version), 1, UINT32_MAX);
    text_init(&body, BODY_JSON_MAX);
    text_char(&body, '{');
    json_put(&body, "outcome", "");
    text_json(&body, slice_of(good ? outcome : ""));
    text_char(&body, '}');
    question.body = text_ok(&body) ? body.data : "";
    if (path[0] != '\0')
        status = page_ask(page, NULL, &question);
    text_free(&body);
    return status;
}

void
staff_notice_close(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char reference[VALUE_MAX];
    page_begin(&page, worker, request, response, "staff title.notice");
    if (!read_reference(reference, request))
        memcpy(reference, "0", 2);
    int status = close_notice(&page, reference);
    if (status == 200) {
        page_go(&page, "/console/inbox?done=1");
        return;
    }
    page.status = status;
    show(&page, reference);
}
