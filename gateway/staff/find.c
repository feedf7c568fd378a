/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json/write.h"
#include "gateway/staff/codes.h"
#include "gateway/staff/console.h"

struct rows {
    struct text *out;
    size_t count;
};

static void
copy_texts(struct text *out, const char *name, const struct json_node *list, const char *member)
{
    json_put(out, name, "[");
    for (const struct json_node *item = json_first(list); item != NULL; item = json_next(item)) {
        json_put(out, NULL, "");
        text_json(out, json_string(member == NULL ? item : json_member_of(item, member)));
    }
    text_char(out, ']');
}

static void
put_row(void *context, struct slice line, const struct json_node *result)
{
    struct rows *rows = context;
    struct text *out = rows->out;
    const struct json_node *record = json_member_of(result, "record");
    json_put(out, NULL, "{");
    json_put_number(out, "line", (int64_t)++rows->count);
    codes_put_line(out, line);
    json_copy_text(out, result, "verdict");
    json_copy_text(out, result, "detail");
    copy_texts(out, "reasons", json_member_of(result, "reasons"), "code");
    if (codes_is_unknown(result))
        json_put_bool(out, "unknown", true);
    json_copy_text(out, json_member_of(result, "product"), "name");
    json_copy_text(out, record, "gtin");
    json_copy_text(out, record, "serial");
    json_copy_text(out, record, "state");
    text_char(out, '}');
}

void
staff_units_find(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct text rows;
    struct rows taken = {&rows, 0};
    page_begin(&page, worker, request, response, "staff title.find");
    text_init(&rows, PAGE_DOCUMENT_MAX);
    text_char(&rows, '[');
    size_t count = codes_each(&page, put_row, &taken);
    text_char(&rows, ']');
    if (count > 0)
        json_put_number(&page.document, "count", (int64_t)count);
    json_put(&page.document, "rows", "");
    text_slice_put(&page.document, text_slice(&rows));
    if (!text_ok(&rows))
        page.document.failed = true;
    text_free(&rows);
    page_show(&page, "find");
}
