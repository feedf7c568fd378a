/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/staff/codes.h"

#include <stdlib.h>

#include "gateway/identify/identity.h"
#include "gateway/json/write.h"

enum {
    CHUNK = 200, /* codes that are asked about at once: their answers are long */
    CHUNK_JSON_MAX = 1 << 20,
    SHOWN_MAX = 120
};

/* One form under way. */
struct codes {
    struct page *page;
    struct slice left;          /* lines that were not read yet */
    char gtin[GTIN_DIGITS + 1]; /* of bare serials; "" */
    size_t count, chunk;
    struct slice lines[CHUNK]; /* of the chunk */
    code_take *take;
    void *context;
};

/* ---- lines ---- */

/* Without the blanks around it, and the CR that a browser puts before each LF. */
static struct slice
take_line(struct slice *left)
{
    struct slice line = slice_trim(slice_take_until(left, '\n'));
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line = slice_trim(slice_make(line.data, line.len - 1));
    return line;
}

static bool
next_line(struct codes *c, struct slice *line)
{
    while (c->left.len > 0) {
        *line = take_line(&c->left);
        if (line->len > 0)
            return true;
    }
    return false;
}

void
codes_put(struct text *body, const char *gtin, struct slice line)
{
    struct text link;
    bool bare = gtin[0] != '\0' && gs1_value_valid(line) && slice_find(line, ':') == line.len;
    text_init(&link, CODE_LINK_MAX);
    if (bare) {
        text_printf(&link, "https://id.gs1.org/01/%s/21/", gtin);
        text_percent(&link, line);
    }
    text_json(body, bare && text_ok(&link) ? text_slice(&link) : line);
    text_free(&link);
}

void
codes_put_line(struct text *out, struct slice line)
{
    size_t len = line.len < SHOWN_MAX ? line.len : SHOWN_MAX;
    while (len < line.len && len > 0 && ((unsigned char)line.data[len] & 0xC0) == 0x80)
        len--;
    json_put(out, "code", "");
    text_json(out, slice_make(line.data, len));
    if (len < line.len)
        json_put_bool(out, "cut", true);
}

/* ---- asking ---- */

static void
take_chunk(struct codes *c, struct text *body)
{
    struct slice line;
    c->chunk = 0;
    text_put(body, "{\"codes\":[");
    while (c->chunk < CHUNK && next_line(c, &line)) {
        c->lines[c->chunk++] = line;
        json_put(body, NULL, "");
        codes_put(body, c->gtin, line);
    }
    text_put(body, "]}");
}

/* The status of the answer; 200 when there was none to ask about. */
static int
ask_chunk(struct codes *c)
{
    struct text body;
    struct json_doc *doc = NULL;
    int status = 200;
    text_init(&body, CHUNK_JSON_MAX);
    take_chunk(c, &body);
    struct question question = {.method = METHOD_POST, .path = "/v1/verify"};
    question.body = text_ok(&body) ? body.data : "";
    if (c->chunk > 0)
        status = page_read(c->page, &question, &doc);
    const struct json_node *results = json_member_of(json_root(doc), "results");
    const struct json_node *result = json_first(results);
    for (size_t i = 0; status == 200 && i < c->chunk && result != NULL; i++) {
        c->take(c->context, c->lines[i], result);
        c->count++;
        result = json_next(result);
    }
    json_free(doc);
    text_free(&body);
    return status;
}

/* ---- the form ---- */

static bool
is_right_many(struct slice text)
{
    size_t lines = 0;
    while (text.len > 0)
        lines += take_line(&text).len > 0;
    return lines > 0 && lines <= CODES_MAX;
}

static void
answer(struct codes *c, struct slice text)
{
    struct page *page = c->page;
    int status = 200;
    if (!page_field(page, "gtin", c->gtin, sizeof c->gtin) ||
        (c->gtin[0] != '\0' && !gtin_valid(slice_of(c->gtin)))) {
        page_refuse(page, "staff find.bad_gtin");
        return;
    }
    if (!slice_utf8(text) || !is_right_many(text)) {
        page_refuse(page, "staff find.bad_codes");
        return;
    }
    c->left = text;
    do
        status = ask_chunk(c);
    while (status == 200 && c->chunk == CHUNK && c->count < CODES_MAX);
    if (status != 200)
        page->status = status;
}

size_t
codes_each(struct page *page, code_take *take, void *context)
{
    size_t count = 0;
    size_t size = page->request->body.len + 1;
    struct codes *c = calloc(1, sizeof *c);
    char *text = malloc(size);
    if (c == NULL || text == NULL || !page_field(page, "codes", text, size)) {
        page_refuse(page, "staff find.bad_codes");
    } else {
        c->page = page;
        c->take = take;
        c->context = context;
        answer(c, slice_of(text));
        count = c->count;
    }
    free(text);
    free(c);
    return count;
}

bool
codes_is_unknown(const struct json_node *result)
{
    return slice_equal(json_string(json_member_of(result, "verdict")), "caution") &&
           json_member_of(result, "record") == NULL;
}
