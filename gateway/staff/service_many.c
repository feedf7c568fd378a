/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/pages/tree.h"
#include "gateway/records/report.h"
#include "gateway/staff/codes.h"
#include "gateway/staff/desk.h"
#include "gateway/staff/service.h"

enum { TABLE_MAX = 16 * 1024 * 1024, KEY_TEXT_MAX = 80, AS_MAX = 8 };

/* One form under way: rows for the page, or lines for a spreadsheet. */
struct many {
    struct page *page;
    struct text out;
    size_t count;
};

static struct slice
text_of(const struct json_node *from, const char *name)
{
    return json_string(json_member_of(from, name));
}

/* NULL: there is no claim from this line. */
static const struct json_node *
warranty_of(const struct json_node *result)
{
    return desk_may_claim(result) ? json_member_of(result, "warranty") : NULL;
}

static bool
is_covered(const struct json_node *result)
{
    return json_true(json_member_of(warranty_of(result), "covered"));
}

/* ---- the page ---- */

static void
copy(struct text *out, const char *name, struct slice value)
{
    if (value.len == 0)
        return;
    json_put(out, name, "");
    text_json(out, value);
}

static void
put_row(void *context, struct slice line, const struct json_node *result)
{
    struct many *many = context;
    struct text *out = &many->out;
    bool named = desk_may_claim(result);
    const struct json_node *record = named ? json_member_of(result, "record") : NULL;
    const struct json_node *decides = desk_deciding(warranty_of(result));
    const struct json_node *reason = json_first(json_member_of(result, "reasons"));
    json_put(out, NULL, "{");
    json_put_number(out, "line", (int64_t)++many->count);
    codes_put_line(out, line);
    copy(out, "verdict", text_of(result, "verdict"));
    copy(out, "detail", text_of(result, "detail"));
    json_put(out, "reasons", "[");
    for (; reason != NULL; reason = json_next(reason)) {
        json_put(out, NULL, "");
        text_json(out, text_of(reason, "code"));
    }
    text_char(out, ']');
    copy(out, "name", text_of(json_member_of(result, "product"), "name"));
    copy(out, "gtin", text_of(record, "gtin"));
    copy(out, "serial", text_of(record, "serial"));
    if (codes_is_unknown(result))
        json_put_bool(out, "unknown", true);
    if (is_covered(result))
        json_put_bool(out, "covered", true);
    copy(out, "by", text_of(decides, "title"));
    copy(out, "ends_on", text_of(decides, "ends_on"));
    copy(out, "why", text_of(decides, "why"));
    text_char(out, '}');
}

static void
show(struct many *many)
{
    struct page *page = many->page;
    text_char(&many->out, '[');
    size_t count = codes_each(page, put_row, many);
    text_char(&many->out, ']');
    if (count > 0)
        json_put_number(&page->document, "count", (int64_t)count);
    json_put(&page->document, "rows", "");
    text_slice_put(&page->document, text_slice(&many->out));
    if (!text_ok(&many->out))
        page->document.failed = true;
    page_show(page, "service_many");
}

/* ---- the table ---- */

static void
put_cell(struct many *many, struct slice value)
{
    char cell[CODE_LINK_MAX + 1];
    size_t len = value.len < CODE_LINK_MAX ? value.len : CODE_LINK_MAX;
    while (len < value.len && len > 0 && ((unsigned char)value.data[len] & 0xC0) == 0x80)
        len--;
    if (!slice_copy(cell, sizeof cell, slice_make(value.data, len)))
        cell[0] = '\0';
    text_char(&many->out, ',');
    report_csv_cell(&many->out, cell);
}

/* A word of the language, by its value: "staff cover" and "ended". */
static const char *
word(const struct many *many, const char *section, struct slice value)
{
    struct text key;
    const char *found = NULL;
    text_init(&key, KEY_TEXT_MAX);
    text_printf(&key, "%s.", section);
    text_slice_put(&key, value);
    if (value.len > 0 && text_ok(&key))
        found = pages_text(many->page->worker->app->pages, many->page->language, key.data);
    text_free(&key);
    return found == NULL ? "" : found;
}

static void
put_reasons(struct many *many, const struct json_node *result)
{
    struct text reasons;
    const struct json_node *reason = json_first(json_member_of(result, "reasons"));
    text_init(&reasons, CODE_LINK_MAX);
    text_slice_put(&reasons, text_of(result, "detail"));
    for (; reason != NULL; reason = json_next(reason)) {
        text_put(&reasons, reasons.len == 0 ? "" : "; ");
        text_put(&reasons, word(many, "staff reason", text_of(reason, "code")));
    }
    if (codes_is_unknown(result)) {
        text_put(&reasons, "; ");
        text_put(&reasons, word(many, "staff service", slice_of("unknown")));
    }
    put_cell(many, text_slice(&reasons));
    text_free(&reasons);
}

static void
put_line(void *context, struct slice line, const struct json_node *result)
{
    struct many *many = context;
    bool named = desk_may_claim(result);
    const struct json_node *record = named ? json_member_of(result, "record") : NULL;
    const struct json_node *decides = desk_deciding(warranty_of(result));
    const struct json_node *verdict = json_member_of(result, "verdict");
    const char *covered = is_covered(result) ? "yes" : "no";
    text_printf(&many->out, "%zu", ++many->count);
    put_cell(many, line);
    put_cell(many, slice_of(word(many, "staff verdict", json_string(verdict))));
    put_reasons(many, result);
    put_cell(many, text_of(json_member_of(result, "product"), "name"));
    put_cell(many, text_of(record, "gtin"));
    put_cell(many, text_of(record, "serial"));
    put_cell(many, slice_of(word(many, "staff choice", slice_of(covered))));
    put_cell(many, text_of(decides, "title"));
    put_cell(many, text_of(decides, "ends_on"));
    put_cell(
        many,
        slice_of(is_covered(result) ? "" : word(many, "staff cover", text_of(decides, "why"))));
    text_char(&many->out, '\n');
}

static void
answer_csv(struct many *many)
{
    struct page *page = many->page;
    struct response *response = page->response;
    text_put(&many->out,
             "line,code,verdict,reasons,product,gtin,serial,covered,by,until,why_not\n");
    size_t count = codes_each(page, put_line, many);
    if (count == 0 || page->status != 200) {
        page_show(page, "service_many");
        return;
    }
    text_free(&page->document);
    text_reset(&response->body);
    text_slice_put(&response->body, text_slice(&many->out));
    if (!text_ok(&many->out))
        response->body.failed = true;
    response->content_type = "text/csv; charset=utf-8";
    response_header(response, "Content-Language", "%s", page->language);
    response_header(response, "Content-Disposition", "attachment; filename=\"warranty.csv\"");
}

void
staff_service_many(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct many many = {.page = &page};
    char as[AS_MAX];
    page_begin(&page, worker, request, response, "staff title.service_many");
    text_init(&many.out, TABLE_MAX);
    if (page_field(&page, "as", as, sizeof as) && strcmp(as, "csv") == 0)
        answer_csv(&many);
    else
        show(&many);
    text_free(&many.out);
}
