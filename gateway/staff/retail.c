/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/staff/retail.h"

#include <string.h>

#include "gateway/identify/identity.h"
#include "gateway/json/write.h"
#include "gateway/pages/tree.h"
#include "gateway/staff/acting.h"
#include "gateway/staff/page.h"

enum { CODE_MAX = 1024, CODE_JSON_MAX = 8 * 1024, TYPE_NAME_MAX = 24 };

/* ---- about one unit ---- */

static int
ask_about(struct page *page, const struct unit_key *key, const char *name, const char *pattern)
{
    char path[PAGE_PATH_MAX + 1];
    struct question question = {.method = METHOD_GET, .path = path, .optional = true};
    if (!page_path(path, pattern, (const char *[]){key->gtin, key->serial}))
        return 404;
    return page_ask(page, name, &question);
}

/* The reason of the hold that is on the unit: after a second return it names both shops. */
static void
put_hold(struct page *page, const struct unit_key *key)
{
    char path[PAGE_PATH_MAX + 1];
    struct json_doc *doc = NULL;
    const struct question question = {
        .method = METHOD_GET, .path = path, .query = "order=newest", .optional = true};
    if (!page_path(path, "/v1/units/{}/{}/events", (const char *[]){key->gtin, key->serial}) ||
        page_read(page, &question, &doc) != 200)
        return;
    const struct json_node *event = json_first(json_member_of(json_root(doc), "events"));
    while (event != NULL && !slice_equal(json_string(json_member_of(event, "type")), "hold"))
        event = json_next(event);
    struct slice reason = json_string(json_member_of(json_member_of(event, "fields"), "reason"));
    if (reason.len > 0) {
        json_put(&page->document, "hold", "");
        text_json(&page->document, reason);
    }
    json_free(doc);
}

static void
ask_product(struct page *page, const struct unit_key *key)
{
    (void)ask_about(page, key, "product", "/v1/products/{}");
}

/* ---- screening ---- */

static bool
has_reason(const struct json_node *row, const char *code)
{
    const struct json_node *reason = json_first(json_member_of(row, "reasons"));
    while (reason != NULL && !slice_equal(json_string(json_member_of(reason, "code")), code))
        reason = json_next(reason);
    return reason != NULL;
}

static bool
read_unit(struct unit_key *key, const struct json_node *row)
{
    memset(key, 0, sizeof *key);
    return slice_copy(key->gtin, sizeof key->gtin, json_string(json_member_of(row, "gtin"))) &&
           slice_copy(key->serial, sizeof key->serial,
                      json_string(json_member_of(row, "serial"))) &&
           key->gtin[0] != '\0' && key->serial[0] != '\0';
}

/* Such a code names no unit that is registered, whatever it says. */
static bool
names_nothing(const struct json_node *row)
{
    static const char *const reasons[] = {
        "label_malformed",     "label_forged", "issuer_unknown", "issuer_revoked",
        "issuer_out_of_scope", "never_issued", "not_registered", "product_needed"};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (has_reason(row, reasons[i]))
            return true;
    return false;
}

/* What a person compares the item with. */
static void
describe(struct page *page, const struct question *question)
{
    struct unit_key key;
    struct json_doc *doc = NULL;
    if (page_read(page, question, &doc) != 200)
        return;
    const struct json_node *row = json_first(json_member_of(json_root(doc), "results"));
    if (read_unit(&key, row) && !names_nothing(row)) {
        ask_product(page, &key);
        if (has_reason(row, "held"))
            put_hold(page, &key);
    }
    json_free(doc);
}

static void
screen(struct page *page, const char *code)
{
    struct text body;
    struct question question = {.method = METHOD_POST, .path = "/v1/screen"};
    json_put_text(&page->document, "code", code);
    text_init(&body, CODE_JSON_MAX);
    text_put(&body, "{\"codes\":[");
    text_json(&body, slice_of(code));
    text_put(&body, "]}");
    question.body = text_ok(&body) ? body.data : "";
    int status = page_ask(page, "screening", &question);
    if (status == 200)
        describe(page, &question);
    else
        page->status = status;
    text_free(&body);
}

/* ---- recording ---- */

static bool
read_form(struct acting *acting, const struct page *page)
{
    return acting_read(acting, page) &&
           (acting->type == EVENT_RETURN || acting->type == EVENT_RESTOCK ||
            acting->type == EVENT_UNDO) &&
           page_field(page, "gtin", acting->key.gtin, sizeof acting->key.gtin) &&
           page_field(page, "serial", acting->key.serial, sizeof acting->key.serial);
}

static void
record(struct page *page)
{
    struct acting acting;
    char path[PAGE_PATH_MAX + 1];
    if (!read_form(&acting, page))
        acting = (struct acting){.type = EVENT_NONE};
    int status = acting_send(page, &acting, false);
    const char *const values[] = {event_type_name(acting.type), acting.key.gtin, acting.key.serial};
    if (status == 201 && page_path(path, "/retail?done={}&gtin={}&serial={}", values)) {
        page_go(page, path);
        return;
    }
    page->status = status;
    page_show(page, "retail");
}

/* ---- the page ---- */

static void
begin(struct page *page, struct worker *worker, const struct request *request,
      struct response *response)
{
    page_begin(page, worker, request, response, "staff title.retail");
    page->camera = true;
}

void
staff_retail_act(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char code[CODE_MAX + 1];
    char event[TYPE_NAME_MAX + 1];
    begin(&page, worker, request, response);
    if (!page_field(&page, "event", event, sizeof event) || event[0] != '\0') {
        record(&page);
        return;
    }
    if (!page_field(&page, "code", code, sizeof code) || code[0] == '\0')
        page_refuse(&page, "staff retail.no_code");
    else
        screen(&page, code);
    page_show(&page, "retail");
}

void
staff_retail(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct unit_key key;
    char done[TYPE_NAME_MAX + 1];
    enum event_type type = EVENT_NONE;
    begin(&page, worker, request, response);
    memset(&key, 0, sizeof key);
    if (page_query(&page, "done", done, sizeof done) && event_type_parse(&type, slice_of(done)) &&
        page_query(&page, "gtin", key.gtin, sizeof key.gtin) &&
        page_query(&page, "serial", key.serial, sizeof key.serial) && key.gtin[0] != '\0' &&
        ask_about(&page, &key, "unit", "/v1/units/{}/{}") == 200) {
        json_put_text(&page.document, "done", event_type_name(type));
        (void)ask_about(&page, &key, "situation", "/v1/units/{}/{}/situation");
        ask_product(&page, &key);
    }
    page_show(&page, "retail");
}
