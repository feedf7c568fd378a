/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/staff/export.h"

#include "gateway/json/write.h"
#include "gateway/records/report.h"
#include "gateway/staff/page.h"

enum { COLUMNS_MAX = 18, VALUE_CHARS = 1100 };

/* A column is a member of a row; "a.b" is the member b of its member a. */
static const struct list {
    const char *name, *path, *member;
    const char *columns[COLUMNS_MAX];
} lists[] = {
    {"inbox",
     "/v1/notices",
     "notices",
     {"reference", "kind", "open", "gtin", "serial", "answer", "count", "first_at", "last_at",
      "role", "organisation", "place", "text", "closed_at", "closed_by", "outcome"}},
    {"recalls",
     "/v1/recalls",
     "recalls",
     {"id", "gtin", "lot", "serial_from", "serial_to", "made_from", "made_to", "stop_use", "text",
      "link", "opened_at", "lifted_at"}},
    {"products",
     "/v1/products",
     "products",
     {"gtin", "item", "brand", "name", "model", "support", "markets", "offset_minutes",
      "activation_before_sale", "returns_from_any"}},
    {"issues",
     "/v1/issues",
     "issues",
     {"id", "gtin", "count", "lot", "made_on", "expires_on", "key", "kid", "by", "at",
      "registered_at", "files_removed_at"}},
    {"keys",
     "/v1/system",
     "keyset.keys",
     {"name", "kid", "organisation", "gtin_prefixes", "status", "not_before", "not_after",
      "compromised_since", "reason"}},
    {"credentials",
     "/v1/credentials",
     "credentials",
     {"id", "role", "name", "organisation", "locations", "state", "made_at", "expires_at",
      "revoked_at", "used_on"}},
    {"verifications",
     "/v1/tallies",
     "days",
     {"day", "verdicts.ok", "verdicts.caution", "verdicts.bad", "verdicts.unchecked"}},
};

static const struct list *
list_of(struct slice name)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (slice_equal(name, lists[i].name))
            return &lists[i];
    return NULL;
}

/* ---- cells ---- */

static const struct json_node *
value_of(const struct json_node *row, const char *column)
{
    char name[32];
    struct slice rest = slice_of(column);
    while (row != NULL && rest.len > 0)
        row = slice_copy(name, sizeof name, slice_take_until(&rest, '.'))
                  ? json_member_of(row, name)
                  : NULL;
    return row;
}

/* Texts of a list with blanks between. */
static void
put_words(struct text *out, const struct json_node *list)
{
    for (const struct json_node *word = json_first(list); word != NULL; word = json_next(word)) {
        text_put(out, out->len == 0 ? "" : " ");
        text_slice_put(out, json_string(word));
    }
}

static void
put_cell(struct text *out, const struct json_node *value)
{
    int64_t number = 0;
    struct text cell;
    text_init(&cell, VALUE_CHARS);
    if (json_is(value, JSON_STRING))
        text_slice_put(&cell, json_string(value));
    else if (json_integer(&number, value, INT64_MIN, INT64_MAX))
        text_number(&cell, number);
    else if (json_is(value, JSON_BOOL))
        text_put(&cell, json_true(value) ? "true" : "false");
    else
        put_words(&cell, value);
    report_csv_cell(out, cell.len == 0 ? "" : cell.data);
    out->failed = out->failed || !text_ok(&cell);
    text_free(&cell);
}

static void
put_row(struct text *out, const struct list *list, const struct json_node *row)
{
    for (size_t i = 0; i < COLUMNS_MAX && list->columns[i] != NULL; i++) {
        text_put(out, i == 0 ? "" : ",");
        put_cell(out, value_of(row, list->columns[i]));
    }
    text_char(out, '\n');
}

static void
put_head(struct text *out, const struct list *list)
{
    for (size_t i = 0; i < COLUMNS_MAX && list->columns[i] != NULL; i++)
        text_printf(out, "%s%s", i == 0 ? "" : ",", list->columns[i]);
    text_char(out, '\n');
}

/* ---- pages of the API, one after the other ---- */

/* The filters of who asks, and where the page before ended. */
static bool
make_query(const struct page *page, const char *next, struct text *out)
{
    text_reset(out);
    text_slice_put(out, page->request->query);
    if (next[0] != '\0') {
        text_printf(out, "%scursor=", out->len == 0 ? "" : "&");
        text_percent(out, slice_of(next));
    }
    return text_ok(out);
}

static int
put_page(struct page *page, const struct list *list, const char *query,
         char next[static CURSOR_MAX + 1])
{
    struct json_doc *doc = NULL;
    const struct question question = {.method = METHOD_GET, .path = list->path, .query = query};
    int status = page_read(page, &question, &doc);
    const struct json_node *rows = value_of(json_root(doc), list->member);
    for (const struct json_node *row = json_first(rows); row != NULL; row = json_next(row))
        put_row(&page->response->body, list, row);
    if (!slice_copy(next, CURSOR_MAX + 1, json_string(json_member_of(json_root(doc), "next"))))
        status = 500;
    json_free(doc);
    return status;
}

static int
put_list(struct page *page, const struct list *list)
{
    struct text query;
    char next[CURSOR_MAX + 1] = "";
    int status = 200;
    text_init(&query, PAGE_PATH_MAX);
    put_head(&page->response->body, list);
    do {
        status = make_query(page, next, &query) ? put_page(page, list, query.data, next) : 400;
        if (page->response->body.len > EXPORT_BYTES || !text_ok(&page->response->body))
            status = 413;
    } while (status == 200 && next[0] != '\0');
    text_free(&query);
    return status;
}

static void
refuse(struct response *response, int status)
{
    static const struct {
        int status;
        const char *code, *title, *detail;
    } problems[] = {
        {413, "too_large", "Too long", "The list is too long for one file: ask for less of it"},
        {403, "forbidden", "Not allowed", "Your role may not see this list"},
        {503, "unavailable", "Unavailable", "The registry does not answer now"},
        {400, "invalid", "Invalid request", "The filters of the list were not understood"},
    };
    enum { LAST = sizeof problems / sizeof problems[0] - 1 };
    size_t i = 0;
    while (i < LAST && problems[i].status != status)
        i++;
    response_problem(response, status, problems[i].code, problems[i].title, problems[i].detail,
                     NULL);
}

void
staff_export(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    const struct list *list = list_of(request->segments[2]);
    if (list == NULL) {
        response_problem(response, 404, "not_found", "Not found", "There is no such list", NULL);
        return;
    }
    page_begin(&page, worker, request, response, "staff title.overview");
    int status = put_list(&page, list);
    text_free(&page.document);
    if (status != 200) {
        text_reset(&response->body);
        refuse(response, status);
        return;
    }
    response->content_type = "text/csv; charset=utf-8";
    response_header(response, "Content-Disposition", "attachment; filename=\"%s.csv\"", list->name);
}
