/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/label/sheet.h"
#include "gateway/staff/issuing.h"
#include "gateway/staff/page.h"

enum { FIELDS = 5, VALUE_MAX = 64, BODY_JSON_MAX = 1024, COMMAND_MAX = 2048 };

#define SHEET_USUAL "avery-l7163"

static const char *const names[FIELDS] = {"gtin", "count", "lot", "made_on", "expires_on"};

/* What was typed. */
struct order {
    char values[FIELDS][VALUE_MAX];
};

static bool
read_order(struct order *out, const struct page *page)
{
    bool good = true;
    for (size_t i = 0; i < FIELDS; i++)
        good = page_field(page, names[i], out->values[i], VALUE_MAX) && good;
    return good;
}

static void
put_order(struct page *page, const struct order *order)
{
    json_put(&page->document, "form", "{");
    for (size_t i = 0; i < FIELDS; i++)
        json_put_text(&page->document, names[i], order->values[i]);
    text_char(&page->document, '}');
}

/* A count that is no number goes along as it is: the API says what is wrong with it. */
static void
put_body(struct text *out, const struct order *order)
{
    uint64_t count = 0;
    text_char(out, '{');
    for (size_t i = 0; i < FIELDS; i++) {
        bool is_number = strcmp(names[i], "count") == 0 &&
                         slice_number(&count, slice_of(order->values[i]), 0, JSON_INTEGER_MAX);
        if (is_number)
            json_put_number(out, names[i], (int64_t)count);
        else
            json_put_text(out, names[i], order->values[i]);
    }
    text_char(out, '}');
}

/* ---- without a signer ---- */

/* In single quotes: whatever a lot may hold is one word of a shell. */
static void
put_quoted(struct text *out, const char *value)
{
    text_char(out, '\'');
    for (; *value != '\0'; value++)
        if (*value == '\'')
            text_put(out, "'\\''");
        else
            text_char(out, *value);
    text_char(out, '\'');
}

static void
put_command(struct page *page, const struct order *order)
{
    static const char *const flags[FIELDS] = {"gtin", "count", "lot", "made-on", "expires-on"};
    struct text out;
    text_init(&out, COMMAND_MAX);
    text_put(&out, "assay issue");
    for (size_t i = 0; i < FIELDS; i++) {
        if (order->values[i][0] == '\0')
            continue;
        text_printf(&out, " --%s ", flags[i]);
        put_quoted(&out, order->values[i]);
    }
    text_printf(&out, " --base-url %s --key NAME -o RUN", page->worker->app->config->base_url);
    if (text_ok(&out))
        json_put_text(&page->document, "command", out.data);
    text_free(&out);
}

/* ---- the page ---- */

static void
put_sheets(struct page *page, uint64_t count)
{
    struct sheet_print print = {.sheet = *sheet_find(SHEET_USUAL), .start_at = 1, .copies = 1};
    json_put_number(&page->document, "sheets_needed", (int64_t)sheet_pages(&print, count));
    json_put_text(&page->document, "sheet_about", print.sheet.about);
}

/* Its name, when the catalogue has it. */
static void
ask_product(struct page *page, const char *gtin)
{
    char path[PAGE_PATH_MAX + 1];
    const struct question question = {.method = METHOD_GET, .path = path, .optional = true};
    if (gtin[0] != '\0' && page_path(path, "/v1/products/{}", (const char *[]){gtin}))
        (void)page_ask(page, "product", &question);
}

static void
show(struct page *page)
{
    char query[PAGE_PATH_MAX + 1] = "";
    char cursor[CURSOR_MAX + 1];
    if (page_query(page, "cursor", cursor, sizeof cursor) && cursor[0] != '\0' &&
        !page_path(query, "cursor={}", (const char *[]){cursor}))
        query[0] = '\0';
    const struct question issues = {
        .method = METHOD_GET, .path = "/v1/issues", .query = query, .optional = true};
    const struct question products = {
        .method = METHOD_GET, .path = "/v1/products", .optional = true};
    (void)page_get(page, "state", "/v1/signer", NULL);
    (void)page_ask(page, "catalogue", &products);
    (void)page_ask(page, "history", &issues);
    page_show(page, "issue");
}

void
staff_issue(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.issue");
    show(&page);
}

/* True when the page went on to the issue. */
static bool
issue(struct page *page, const char *body)
{
    char path[PAGE_PATH_MAX + 1];
    char id[VALUE_MAX] = "";
    struct json_doc *doc = NULL;
    const struct question question = {.method = METHOD_POST, .path = "/v1/issues", .body = body};
    int status = page_read(page, &question, &doc);
    bool named = doc != NULL &&
                 slice_copy(id, sizeof id, json_string(json_member_of(json_root(doc), "id"))) &&
                 page_path(path, "/console/issue/{}", (const char *[]){id});
    json_free(doc);
    if (named)
        page_go(page, path);
    else
        page->status = status;
    return named;
}

static void
try_out(struct page *page, const char *body, const struct order *order)
{
    uint64_t count = 0;
    const struct question question = {
        .method = METHOD_POST, .path = "/v1/issues", .query = "dry_run=true", .body = body};
    int status = page_ask(page, "trial", &question);
    if (status == 200 && slice_number(&count, slice_of(order->values[1]), 1, JSON_INTEGER_MAX))
        put_sheets(page, count);
    if (status != 200)
        page->status = status;
}

/* Without a signer there is nothing to ask: the page says what to run. */
static bool
send(struct page *page, const struct order *order, bool for_real)
{
    struct text body;
    bool gone = false;
    if (page->worker->app->config->signer[0] == '\0') {
        put_command(page, order);
        return false;
    }
    text_init(&body, BODY_JSON_MAX);
    put_body(&body, order);
    if (!text_ok(&body))
        page->status = 400;
    else if (for_real)
        gone = issue(page, body.data);
    else
        try_out(page, body.data, order);
    text_free(&body);
    return gone;
}

void
staff_issue_sent(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct order order = {{""}};
    char step[VALUE_MAX];
    page_begin(&page, worker, request, response, "staff title.issue");
    bool good = read_order(&order, &page) && page_field(&page, "step", step, sizeof step);
    put_order(&page, &order);
    ask_product(&page, order.values[0]);
    if (!good || order.values[0][0] == '\0' || order.values[1][0] == '\0') {
        page.status = 400;
        json_put_bool(&page.document, "incomplete", true);
    } else if (send(&page, &order, strcmp(step, "issue") == 0)) {
        return;
    }
    show(&page);
}
