/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/rules/product.h"
#include "gateway/staff/catalogue.h"
#include "gateway/staff/form.h"

enum { BODY_JSON_MAX = 64 * 1024 };
_Static_assert((int)FORM_ROWS_MAX >= (int)ENTITLEMENTS_MAX, "every entitlement has its row");

static const struct form_field naming[] = {
    {"gtin", FORM_TEXT, true, true, GTIN_DIGITS},
    {"name", FORM_TEXT, true, false, NAME_MAX_BYTES},
    {"brand", FORM_TEXT, false, false, NAME_MAX_BYTES},
    {"model", FORM_TEXT, false, false, NAME_MAX_BYTES},
    {"item", FORM_TEXT, false, true, ITEM_MAX},
    {"picture", FORM_LINK, false, true, LINK_MAX},
    {"support", FORM_LINK, false, true, LINK_MAX},
    {NULL, FORM_TEXT, false, false, 0},
};
static const struct form_field policies[] = {
    {"markets", FORM_WORDS, false, true, COUNTRIES_MAX},
    {"offset_minutes", FORM_NUMBER, false, true, 4},
    {"activation_before_sale", FORM_CHECK, false, false, 0},
    {"returns_from_any", FORM_CHECK, false, false, 0},
    {NULL, FORM_TEXT, false, false, 0},
};
/* By the names of enum copy_rule. What is empty is the default. */
static const struct form_field copying[] = {
    {"sessions", FORM_NUMBER, false, false, 5},   {"travel", FORM_NUMBER, false, false, 5},
    {"unshipped", FORM_NUMBER, false, true, 5},   {"retired", FORM_NUMBER, false, false, 5},
    {"two_owners", FORM_NUMBER, false, false, 5}, {"stock", FORM_NUMBER, false, true, 5},
    {NULL, FORM_TEXT, false, false, 0},
};
static const struct form_field entitlement[] = {
    {"id", FORM_TEXT, false, true, ITEM_MAX},
    {"title", FORM_TEXT, false, false, NAME_MAX_BYTES},
    {"months", FORM_NUMBER, false, false, 4},
    {"starts", FORM_WORDS, false, true, 60},
    {"covers", FORM_TEXT, false, true, COVERS_MAX},
    {"countries", FORM_WORDS, false, true, COUNTRIES_MAX},
    {"requires_activation", FORM_CHECK, false, false, 0},
    {NULL, FORM_TEXT, false, false, 0},
};
static const struct form_field dates[] = {
    {"made_on", FORM_DATE, false, false, 0},
    {"expires_on", FORM_DATE, false, false, 0},
    {NULL, FORM_TEXT, false, false, 0},
};

/* ---- the list ---- */

void
staff_products(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.products");
    int status = form_list(&page, "list", "/v1/products", NULL);
    if (status != 200)
        page.status = status;
    page_show(&page, "products");
}

/* ---- one, as a form ---- */

static void
put_entitlement(struct form form, int row, int shown)
{
    char pointer[40];
    char name[16];
    struct text *out = &form.page->document;
    (void)snprintf(pointer, sizeof pointer, "/entitlements/%d", shown);
    (void)snprintf(name, sizeof name, "remove_%d", shown);
    form.fields = entitlement;
    form.prefix = "entitlement_";
    form.pointer = pointer;
    form.row = row;
    form.shown = shown;
    json_put(out, NULL, "{");
    json_put_number(out, "number", shown + 1);
    if (form.record != NULL || row < FORM_ROWS_MAX)
        json_put_text(out, "remove", name);
    form_put(&form, "row");
    text_char(out, '}');
}

/* Those that there are, and a spare one. */
static void
put_entitlements(const struct form *product)
{
    int rows[FORM_ROWS_MAX];
    int count = 0;
    int sent = 0;
    struct form form = *product;
    form.stored = NULL;
    json_put(&form.page->document, "entitlements", "[");
    if (product->record == NULL)
        sent = (int)form_rows(form.page, entitlement, rows);
    for (; count < sent; count++)
        put_entitlement(form, rows[count], count);
    const struct json_node *list = json_member_of(product->record, "entitlements");
    for (form.record = json_first(list); form.record != NULL && count < ENTITLEMENTS_MAX;
         form.record = json_next(form.record))
        put_entitlement(form, FORM_NO_ROW, count++);
    form.record = NULL;
    if (count < ENTITLEMENTS_MAX)
        put_entitlement(form, FORM_ROWS_MAX, count);
    text_char(&form.page->document, ']');
}

/* What is typed over a record that others changed meanwhile is saved over theirs when the form is
 * sent again: so it is shown beside it. */
static void
put_form(struct page *page, const struct json_node *record, const struct json_node *stored,
         uint64_t version)
{
    struct form form = {page, naming, record, stored, "", FORM_NO_ROW, FORM_NO_ROW, NULL};
    json_put_number(&page->document, "version", (int64_t)version);
    form_put(&form, "naming");
    form.fields = policies;
    form_put(&form, "policies");
    put_entitlements(&form);
    form.fields = copying;
    form.prefix = "copy_";
    form.pointer = "/copy_limits";
    form.record = json_member_of(record, "copy_limits");
    form.stored = json_member_of(stored, "copy_limits");
    form_put(&form, "copying");
}

static uint64_t
version_of(const struct json_node *record)
{
    int64_t version = 0;
    if (!json_integer(&version, json_member_of(record, "version"), 1, JSON_INTEGER_MAX))
        return 0;
    return (uint64_t)version;
}

static int
read_record(struct page *page, const char *path, bool optional, struct json_doc **out)
{
    const struct question question = {.method = METHOD_GET, .path = path, .optional = optional};
    return page_read(page, &question, out);
}

/* ---- its lots ---- */

/* The API lists no lots, so one is asked for by its name; it may be a new one. */
static void
put_lot(struct page *page, const char *gtin)
{
    char lot[GS1_VALUE_MAX + 1] = "";
    char path[PAGE_PATH_MAX + 1];
    struct json_doc *doc = NULL;
    bool sent = page->request->method == METHOD_POST;
    if (!(sent ? page_field : page_query)(page, "lot", lot, sizeof lot) || lot[0] == '\0' ||
        !page_path(path, "/v1/lots/{}/{}", (const char *[]){gtin, lot}))
        return;
    int status = read_record(page, path, true, &doc);
    const struct json_node *record = json_root(doc);
    const struct form form = {page, dates,       sent ? NULL : record, sent ? record : NULL,
                              "",   FORM_NO_ROW, FORM_NO_ROW,          NULL};
    const struct form empty = {page, dates, NULL, NULL, "", FORM_ROWS_MAX, FORM_NO_ROW, NULL};
    json_put(&page->document, "lot_form", "{");
    json_put_text(&page->document, "lot", lot);
    json_put_number(&page->document, "version", (int64_t)version_of(record));
    if (status == 200)
        json_put_bool(&page->document, "known", true);
    form_put(sent || record != NULL ? &form : &empty, "dates");
    text_char(&page->document, '}');
    json_free(doc);
}

/* The product as it is stored, and the lot that is asked for. */
static void
show_stored(struct page *page, const char *gtin)
{
    char path[PAGE_PATH_MAX + 1] = "";
    struct json_doc *doc = NULL;
    int status = 404;
    json_put_text(&page->document, "gtin", gtin);
    if (page_path(path, "/v1/products/{}", (const char *[]){gtin}))
        status = read_record(page, path, false, &doc);
    if (status != 200 && page->status == 200)
        page->status = status;
    if (status == 200) {
        char title[FORM_VALUE_MAX];
        if (slice_copy(title, sizeof title, json_string(json_member_of(json_root(doc), "name"))))
            json_put_text(&page->document, "name", title);
        json_put_bool(&page->document, "known", true);
        put_form(page, json_root(doc), NULL, version_of(json_root(doc)));
        put_lot(page, gtin);
    }
    json_free(doc);
    page_show(page, "product");
}

static void
read_gtin(const struct request *request, char gtin[static GTIN_DIGITS + 1])
{
    if (!segment_value(gtin, GTIN_DIGITS + 1, request->segments[2]))
        memcpy(gtin, "0", 2);
}

void
staff_product(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char gtin[GTIN_DIGITS + 1];
    page_begin(&page, worker, request, response, "staff title.product");
    read_gtin(request, gtin);
    show_stored(&page, gtin);
}

void
staff_product_new(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.product_new");
    put_form(&page, NULL, NULL, 0);
    page_show(&page, "product");
}

/* ---- saving ---- */

static bool
put_body(struct page *page, struct text *body)
{
    int rows[FORM_ROWS_MAX];
    struct form form = {page, naming, NULL, NULL, "", FORM_NO_ROW, FORM_NO_ROW, NULL};
    text_char(body, '{');
    bool good = form_json(&form, body);
    form.fields = policies;
    good = good && form_json(&form, body);
    form.fields = copying;
    json_put(body, "copy_limits", "{");
    good = good && form_json(&form, body);
    text_char(body, '}');
    form.fields = entitlement;
    size_t count = form_rows(page, entitlement, rows);
    json_put(body, "entitlements", "[");
    for (size_t i = 0; i < count && good; i++) {
        form.row = rows[i];
        json_put(body, NULL, "{");
        good = form_json(&form, body);
        text_char(body, '}');
    }
    text_put(body, "]}");
    return good && text_ok(body);
}

static int
put_product(struct page *page, const char *path, uint64_t version)
{
    int status = 400;
    struct text body;
    text_init(&body, BODY_JSON_MAX);
    if (put_body(page, &body)) {
        const struct question question = {.method = METHOD_PUT,
                                          .path = path,
                                          .body = body.data,
                                          .has_version = version > 0,
                                          .version = version};
        status = page_ask(page, NULL, &question);
    } else {
        page_refuse(page, "staff form.broken");
    }
    text_free(&body);
    return status;
}

/* What was typed, with what is stored when that is another version. */
static void
show_typed(struct page *page, int status, const char *path, uint64_t version)
{
    struct json_doc *doc = NULL;
    page->status = status;
    if (status == 409 && version > 0)
        (void)read_record(page, path, true, &doc);
    if (version > 0)
        json_put_bool(&page->document, "known", true);
    put_form(page, NULL, json_root(doc), doc == NULL ? version : version_of(json_root(doc)));
    json_free(doc);
    page_show(page, "product");
}

void
staff_product_put(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char gtin[GTIN_DIGITS + 1];
    char path[PAGE_PATH_MAX + 1] = "";
    page_begin(&page, worker, request, response, "staff title.product");
    read_gtin(request, gtin);
    bool is_new = strcmp(gtin, "new") == 0;
    uint64_t version = is_new ? 0 : form_version(&page);
    if (is_new && (!page_field(&page, "gtin", gtin, sizeof gtin) || gtin[0] == '\0'))
        memcpy(gtin, "0", 2);
    if (!is_new)
        json_put_text(&page.document, "gtin", gtin);
    int status = page_path(path, "/v1/products/{}", (const char *[]){gtin})
                     ? put_product(&page, path, version)
                     : 400;
    if (status != 200 && status != 201) {
        show_typed(&page, status, path, version);
        return;
    }
    if (!page_path(path, "/console/products/{}?done=product", (const char *[]){gtin}))
        path[0] = '\0';
    page_go(&page, path);
}

static int
put_dates(struct page *page, const char *gtin, const char *lot)
{
    char path[PAGE_PATH_MAX + 1];
    struct text body;
    const struct form form = {page, dates, NULL, NULL, "", FORM_NO_ROW, FORM_NO_ROW, NULL};
    uint64_t version = form_version(page);
    if (!page_path(path, "/v1/lots/{}/{}", (const char *[]){gtin, lot}))
        return 400;
    text_init(&body, BODY_JSON_MAX);
    text_char(&body, '{');
    json_put_text(&body, "gtin", gtin);
    json_put_text(&body, "lot", lot);
    bool good = form_json(&form, &body);
    text_char(&body, '}');
    const struct question question = {.method = METHOD_PUT,
                                      .path = path,
                                      .body = good && text_ok(&body) ? body.data : "",
                                      .has_version = version > 0,
                                      .version = version};
    int status = page_ask(page, NULL, &question);
    text_free(&body);
    return status;
}

void
staff_lot_put(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char gtin[GTIN_DIGITS + 1];
    char lot[GS1_VALUE_MAX + 1];
    page_begin(&page, worker, request, response, "staff title.product");
    read_gtin(request, gtin);
    int status = 400;
    if (page_field(&page, "lot", lot, sizeof lot) && lot[0] != '\0')
        status = put_dates(&page, gtin, lot);
    else
        page_refuse(&page, "staff product.no_lot");
    if (status == 200 || status == 201) {
        char path[PAGE_PATH_MAX + 1] = "";
        if (!page_path(path, "/console/products/{}?done=lot&lot={}#lot",
                       (const char *[]){gtin, lot}))
            path[0] = '\0';
        page_go(&page, path);
        return;
    }
    page.status = status;
    show_stored(&page, gtin);
}
