/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "gateway/identify/identity.h"
#include "gateway/json/write.h"
#include "gateway/pages/tree.h"
#include "gateway/staff/console.h"
#include "gateway/staff/page.h"

enum {
    CODES_MAX = 10000,
    CHUNK = 200, /* codes that are asked about at once: their answers are long */
    CHUNK_JSON_MAX = 1 << 20,
    CODE_MAX = 1024,
    SHOWN_MAX = 120
};

/* One form under way. */
struct find {
    struct page *page;
    struct slice left;          /* lines that were not read yet */
    char gtin[GTIN_DIGITS + 1]; /* of bare serials; "" */
    size_t count, chunk;
    struct slice lines[CHUNK]; /* of the chunk */
};

/* ---- asking ---- */

/* Without the blanks around it, and the CR that a browser puts before each LF. */
static struct slice
take_line(struct slice *left)
{
    struct slice line = slice_trim(slice_take_until(left, '\n'));
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line = slice_trim(slice_make(line.data, line.len - 1));
    return line;
}

/* A serial by itself is that of the product that the form names. */
static void
put_code(struct find *f, struct text *body, struct slice line)
{
    struct text link;
    bool bare = f->gtin[0] != '\0' && gs1_value_valid(line) && slice_find(line, ':') == line.len;
    text_init(&link, CODE_MAX);
    if (bare) {
        text_printf(&link, "https://id.gs1.org/01/%s/21/", f->gtin);
        text_percent(&link, line);
    }
    json_put(body, NULL, "");
    text_json(body, bare && text_ok(&link) ? text_slice(&link) : line);
    text_free(&link);
}

static bool
next_line(struct find *f, struct slice *line)
{
    while (f->left.len > 0) {
        *line = take_line(&f->left);
        if (line->len > 0)
            return true;
    }
    return false;
}

static void
take_chunk(struct find *f, struct text *body)
{
    struct slice line;
    f->chunk = 0;
    text_put(body, "{\"codes\":[");
    while (f->chunk < CHUNK && next_line(f, &line)) {
        f->lines[f->chunk++] = line;
        put_code(f, body, line);
    }
    text_put(body, "]}");
}

/* ---- showing ---- */

static void
copy_text(struct text *out, const struct json_node *from, const char *name)
{
    struct slice value = json_string(json_member_of(from, name));
    if (value.len == 0)
        return;
    json_put(out, name, "");
    text_json(out, value);
}

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

/* What was pasted may be anything: as much of it as tells it apart, cut between characters. */
static void
put_line(struct text *out, struct slice line)
{
    size_t len = line.len < SHOWN_MAX ? line.len : SHOWN_MAX;
    while (len < line.len && len > 0 && ((unsigned char)line.data[len] & 0xC0) == 0x80)
        len--;
    json_put(out, "code", "");
    text_json(out, slice_make(line.data, len));
    if (len < line.len)
        json_put_bool(out, "cut", true);
}

static void
put_row(struct find *f, struct slice line, const struct json_node *result)
{
    struct text *out = &f->page->document;
    const struct json_node *record = json_member_of(result, "record");
    const struct json_node *product = json_member_of(result, "product");
    json_put(out, NULL, "{");
    json_put_number(out, "line", (int64_t)++f->count);
    put_line(out, line);
    copy_text(out, result, "verdict");
    copy_text(out, result, "detail");
    copy_texts(out, "reasons", json_member_of(result, "reasons"), "code");
    copy_text(out, product, "name");
    copy_text(out, record, "gtin");
    copy_text(out, record, "serial");
    copy_text(out, record, "state");
    text_char(out, '}');
}

/* One chunk. The status of the answer; 200 when there was none to ask about. */
static int
ask_chunk(struct find *f)
{
    struct text body;
    struct json_doc *doc = NULL;
    int status = 200;
    text_init(&body, CHUNK_JSON_MAX);
    take_chunk(f, &body);
    struct question question = {.method = METHOD_POST, .path = "/v1/verify"};
    question.body = text_ok(&body) ? body.data : "";
    if (f->chunk > 0)
        status = page_read(f->page, &question, &doc);
    const struct json_node *results = json_member_of(json_root(doc), "results");
    const struct json_node *result = json_first(results);
    for (size_t i = 0; status == 200 && i < f->chunk && result != NULL; i++) {
        put_row(f, f->lines[i], result);
        result = json_next(result);
    }
    json_free(doc);
    text_free(&body);
    return status;
}

static int
answer_all(struct find *f)
{
    int status = 200;
    json_put(&f->page->document, "rows", "[");
    do
        status = ask_chunk(f);
    while (status == 200 && f->chunk == CHUNK && f->count < CODES_MAX);
    text_char(&f->page->document, ']');
    return status;
}

/* ---- the form ---- */

static void
refuse(struct page *page, const char *word)
{
    struct text *out = &page->document;
    json_put(out, "problem", "{");
    json_put_text(out, "code", "invalid");
    json_put_text(out, "detail", pages_text(page->worker->app->pages, page->language, word));
    text_char(out, '}');
    page->has_problem = true;
    page->status = 400;
}

static bool
is_right_many(struct slice text)
{
    size_t lines = 0;
    while (text.len > 0)
        lines += take_line(&text).len > 0;
    return lines > 0 && lines <= CODES_MAX;
}

static void
answer(struct find *f, struct slice codes)
{
    struct page *page = f->page;
    if (!page_field(page, "gtin", f->gtin, sizeof f->gtin) ||
        (f->gtin[0] != '\0' && !gtin_valid(slice_of(f->gtin)))) {
        refuse(page, "staff find.bad_gtin");
        return;
    }
    f->left = codes;
    if (!slice_utf8(codes) || !is_right_many(codes)) {
        refuse(page, "staff find.bad_codes");
        return;
    }
    int status = answer_all(f);
    json_put_number(&page->document, "count", (int64_t)f->count);
    if (status != 200)
        page->status = status;
}

void
staff_units_find(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct find *f = calloc(1, sizeof *f);
    char *codes = malloc(request->body.len + 1);
    page_begin(&page, worker, request, response, "staff title.find");
    if (f == NULL || codes == NULL || !page_field(&page, "codes", codes, request->body.len + 1)) {
        refuse(&page, "staff find.bad_codes");
    } else {
        f->page = &page;
        answer(f, slice_of(codes));
    }
    page_show(&page, "find");
    free(codes);
    free(f);
}
