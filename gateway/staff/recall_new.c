/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/rules/unit.h"
#include "gateway/staff/catalogue.h"
#include "gateway/staff/form.h"

enum { BODY_JSON_MAX = 16 * 1024, TYPED_MAX = 64, NUMBER_MAX = 24 };

static const struct form_field what[] = {
    {"id", FORM_TEXT, true, true, ITEM_MAX},
    {"gtin", FORM_TEXT, true, true, GTIN_DIGITS},
    {NULL, FORM_TEXT, false, false, 0},
};
static const struct form_field limits[] = {
    {"lot", FORM_TEXT, false, false, GS1_VALUE_MAX},
    {"serial_from", FORM_TEXT, false, false, GS1_VALUE_MAX},
    {"serial_to", FORM_TEXT, false, false, GS1_VALUE_MAX},
    {"made_from", FORM_DATE, false, false, 0},
    {"made_to", FORM_DATE, false, false, 0},
    {NULL, FORM_TEXT, false, false, 0},
};
static const struct form_field says[] = {
    {"text", FORM_AREA, true, true, RECALL_TEXT_MAX},
    {"link", FORM_LINK, false, true, LINK_MAX},
    {"stop_use", FORM_CHECK, false, false, 0},
    {NULL, FORM_TEXT, false, false, 0},
};
static const struct form_field translation[] = {
    {"language", FORM_TEXT, false, true, RECALL_LANGUAGE_MAX},
    {"text", FORM_AREA, false, false, RECALL_TEXT_MAX},
    {NULL, FORM_TEXT, false, false, 0},
};

/* ---- the form ---- */

static struct form
form_of(struct page *page, const struct form_field *fields)
{
    return (struct form){page, fields, NULL, NULL, "", FORM_NO_ROW, FORM_NO_ROW, NULL};
}

/* Rows that are filled come first, so that their places are those of the API. */
static void
put_translations(struct page *page)
{
    int rows[FORM_ROWS_MAX];
    char pointer[24];
    struct form form = form_of(page, translation);
    size_t count = form_rows(page, translation, rows);
    form.pointer = pointer;
    form.prefix = "translation_";
    json_put(&page->document, "translations", "[");
    for (int i = 0; i < RECALL_TEXTS_MAX; i++) {
        (void)snprintf(pointer, sizeof pointer, "/texts/%d", i);
        form.row = (size_t)i < count ? rows[i] : FORM_ROWS_MAX;
        form.shown = i;
        form_put(&form, NULL);
    }
    text_char(&page->document, ']');
    json_put_bool(&page->document, "translated", count > 0);
}

/* `record` fills it in; NULL: what was sent does. */
static void
put_form(struct page *page, const struct json_node *record)
{
    struct form form = form_of(page, what);
    form.record = record;
    form_put(&form, "what");
    form.fields = limits;
    form_put(&form, "limits");
    form.fields = says;
    form_put(&form, "says");
    put_translations(page);
}

/* A link from a product or lot brings them along. */
static void
put_beginning(struct page *page)
{
    char gtin[GTIN_DIGITS + 1];
    char lot[GS1_VALUE_MAX + 1];
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    struct text text;
    if (!page_query(page, "gtin", gtin, sizeof gtin))
        gtin[0] = '\0';
    if (!page_query(page, "lot", lot, sizeof lot))
        lot[0] = '\0';
    text_init(&text, BODY_JSON_MAX);
    text_char(&text, '{');
    json_put_text(&text, "gtin", gtin);
    json_put_text(&text, "lot", lot);
    text_char(&text, '}');
    if (json_parse(text_slice(&text), BODY_JSON_MAX, &doc, &fault) == ERR_OK)
        put_form(page, json_root(doc));
    json_free(doc);
    text_free(&text);
}

void
staff_recall_new(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.recall_new");
    put_beginning(&page);
    page_show(&page, "recall_new");
}

/* ---- opening ---- */

static bool
put_body(struct page *page, struct text *body)
{
    int rows[FORM_ROWS_MAX];
    struct form form = form_of(page, what);
    text_char(body, '{');
    bool good = form_json(&form, body);
    form.fields = limits;
    good = good && form_json(&form, body);
    form.fields = says;
    good = good && form_json(&form, body);
    form.fields = translation;
    size_t count = form_rows(page, translation, rows);
    json_put(body, "texts", "[");
    for (size_t i = 0; i < count && good; i++) {
        form.row = rows[i];
        json_put(body, NULL, "{");
        good = form_json(&form, body);
        text_char(body, '}');
    }
    text_put(body, "]}");
    return good && text_ok(body);
}

/* One form under way. */
struct opening {
    struct page *page;
    struct text body;
    char id[ITEM_MAX + 1];
    char confirm[TYPED_MAX]; /* "": not yet */
    int64_t affected;
};

/* How many units it would cover. `quiet`: a refusal is not shown. */
static int
preview(struct opening *o, bool quiet)
{
    struct json_doc *doc = NULL;
    const struct question question = {.method = METHOD_POST,
                                      .path = "/v1/recalls",
                                      .query = "dry_run=true",
                                      .body = o->body.data,
                                      .optional = quiet};
    int status = page_read(o->page, &question, &doc);
    if (!json_integer(&o->affected, json_member_of(json_root(doc), "affected"), 0,
                      JSON_INTEGER_MAX))
        o->affected = 0;
    json_free(doc);
    return status;
}

static bool
is_confirmed(const struct opening *o)
{
    char number[NUMBER_MAX];
    (void)snprintf(number, sizeof number, "%" PRId64, o->affected);
    return strcmp(o->confirm, o->id) == 0 || strcmp(o->confirm, number) == 0;
}

static int
open_recall(struct opening *o)
{
    const struct question question = {
        .method = METHOD_POST, .path = "/v1/recalls", .body = o->body.data};
    return page_ask(o->page, NULL, &question);
}

static void
show_preview(struct opening *o)
{
    json_put(&o->page->document, "preview", "{");
    json_put_number(&o->page->document, "affected", o->affected);
    text_char(&o->page->document, '}');
}

static bool
refuse_typed(struct opening *o)
{
    page_refuse(o->page, "staff recall.wrong_number");
    show_preview(o);
    return false;
}

/* True: it is open. A number that is taken may be this form's own, sent twice: the opening says
 * whether it is. */
static bool
confirmed(struct opening *o)
{
    int status = preview(o, true);
    if (status == 200 && !is_confirmed(o))
        return refuse_typed(o);
    status = status == 200 || status == 409 ? open_recall(o) : preview(o, false);
    o->page->status = status;
    return status == 201;
}

static bool
decide(struct opening *o)
{
    if (o->confirm[0] != '\0' && !form_says(o->page, "edit", "1"))
        return confirmed(o);
    int status = preview(o, false);
    if (status != 200)
        o->page->status = status;
    else if (!form_says(o->page, "edit", "1"))
        show_preview(o);
    return false;
}

static void
go_to(struct page *page, const char *id)
{
    char path[PAGE_PATH_MAX + 1] = "";
    if (!page_path(path, "/console/recalls/{}?done=opened", (const char *[]){id}))
        path[0] = '\0';
    page_go(page, path);
}

void
staff_recall_open(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct opening o = {.page = &page};
    page_begin(&page, worker, request, response, "staff title.recall_new");
    text_init(&o.body, BODY_JSON_MAX);
    bool good = page_field(&page, "id", o.id, sizeof o.id) &&
                page_field(&page, "confirm", o.confirm, sizeof o.confirm) &&
                put_body(&page, &o.body);
    if (good && decide(&o)) {
        go_to(&page, o.id);
    } else {
        if (!good)
            page_refuse(&page, "staff form.broken");
        put_form(&page, NULL);
        page_show(&page, "recall_new");
    }
    text_free(&o.body);
}
