/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/rules/notice.h"
#include "gateway/staff/console.h"
#include "gateway/staff/page.h"

enum { DAYS_DEFAULT = 30, SHOWN = 10, PAGES_MAX = 5, QUERY_TEXT_MAX = 160, DAYS_CHARS = 3 };

/* ---- verifications ---- */

static int64_t
days_asked(const struct page *page)
{
    static const char *const choices[] = {"7", "30", "90"};
    char value[DAYS_CHARS + 1];
    uint64_t days = DAYS_DEFAULT;
    if (!page_query(page, "days", value, sizeof value))
        return DAYS_DEFAULT;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        if (strcmp(choices[i], value) == 0 && slice_number(&days, slice_of(value), 1, 90))
            return (int64_t)days;
    return DAYS_DEFAULT;
}

static void
ask_tallies(struct page *page)
{
    char from[DATE_TEXT_MAX];
    char query[QUERY_TEXT_MAX];
    int64_t days = days_asked(page);
    date_format(from, date_of(page->request->now - (days - 1) * 86400, 0));
    (void)snprintf(query, sizeof query, "from=%s", from);
    json_put_number(&page->document, "days_asked", days);
    json_put_text(&page->document, "from", from);
    (void)page_get(page, "tallies", "/v1/tallies", query);
}

/* ---- lists of which a part is shown ---- */

/* One list of the API, page after page: what it shows, and how much there is. */
struct list {
    struct page *page;
    const char *path, *query, *name;
    bool (*take)(struct list *list, const struct json_node *row); /* is it one of them? */
    const char *const *members; /* of a row that are shown; NULL ends */
    size_t count;
    size_t kinds[NOTICE_KINDS];
    bool reports; /* of notices: what people reported, or else what the gateway noticed */
};

static void
put_row(struct list *list, const struct json_node *row)
{
    struct text *out = &list->page->document;
    int64_t number = 0;
    json_put(out, NULL, "{");
    for (const char *const *name = list->members; *name != NULL; name++) {
        const struct json_node *node = json_member_of(row, *name);
        if (json_integer(&number, node, 0, JSON_INTEGER_MAX))
            json_put_number(out, *name, number);
        else if (json_is(node, JSON_BOOL))
            json_put_bool(out, *name, json_true(node));
        else if (json_string(node).len > 0) {
            json_put(out, *name, "");
            text_json(out, json_string(node));
        }
    }
    text_char(out, '}');
}

static void
take_rows(struct list *list, const struct json_node *rows)
{
    for (const struct json_node *row = json_first(rows); row != NULL; row = json_next(row)) {
        if (!list->take(list, row))
            continue;
        if (list->count++ < SHOWN)
            put_row(list, row);
    }
}

/* The next page's cursor; false when this was the last one, or could not be asked. */
static bool
take_page(struct list *list, struct cursor *cursor)
{
    struct text query;
    struct json_doc *doc = NULL;
    text_init(&query, QUERY_TEXT_MAX);
    text_put(&query, list->query);
    if (cursor->text[0] != '\0') {
        text_put(&query, query.len == 0 ? "cursor=" : "&cursor=");
        text_percent(&query, slice_of(cursor->text));
    }
    const struct question question = {
        .method = METHOD_GET, .path = list->path, .query = text_ok(&query) ? query.data : ""};
    bool good = page_read(list->page, &question, &doc) == 200;
    const struct json_node *root = json_root(doc);
    take_rows(list, json_member_of(root, list->name));
    struct slice next = json_string(json_member_of(root, "next"));
    good = good && next.len > 0 && slice_copy(cursor->text, sizeof cursor->text, next);
    json_free(doc);
    text_free(&query);
    return good;
}

/* {"rows": [], "count", "more": true when there is more than was counted} */
static void
put_list(struct list *list, const char *member)
{
    struct text *out = &list->page->document;
    struct cursor cursor = {""};
    bool more = true;
    json_put(out, member, "{");
    json_put(out, "rows", "[");
    for (unsigned pages = 0; pages < PAGES_MAX && more; pages++)
        more = take_page(list, &cursor);
    text_char(out, ']');
    json_put_number(out, "count", (int64_t)list->count);
    json_put_bool(out, "more", more);
    json_put(out, "kinds", "[");
    for (unsigned kind = 1; kind < NOTICE_KINDS; kind++) {
        if (list->kinds[kind] == 0)
            continue;
        json_put(out, NULL, "{");
        json_put_text(out, "kind", notice_kind_name((enum notice_kind)kind));
        json_put_number(out, "times", (int64_t)list->kinds[kind]);
        text_char(out, '}');
    }
    text_put(out, "]}");
}

/* ---- which ---- */

static bool
take_notice(struct list *list, const struct json_node *row)
{
    enum notice_kind kind = NOTICE_NONE;
    if (!notice_kind_parse(&kind, json_string(json_member_of(row, "kind"))) ||
        list->reports != (kind == NOTICE_LOOKS_FAKE))
        return false;
    list->kinds[kind]++;
    return true;
}

static bool
take_recall(struct list *list, const struct json_node *row)
{
    (void)list;
    return json_string(json_member_of(row, "lifted_at")).len == 0;
}

static const char *const notice_members[] = {"reference", "kind",  "gtin",  "serial",
                                             "last_at",   "count", "place", NULL};
static const char *const recall_members[] = {"id", "gtin", "lot", "stop_use", "opened_at", NULL};

static void
put_lists(struct page *page)
{
    struct list alarms = {.page = page,
                          .path = "/v1/notices",
                          .query = "open=true",
                          .name = "notices",
                          .take = take_notice,
                          .members = notice_members};
    struct list reports = alarms;
    struct list recalls = {.page = page,
                           .path = "/v1/recalls",
                           .query = "",
                           .name = "recalls",
                           .take = take_recall,
                           .members = recall_members};
    reports.reports = true;
    put_list(&alarms, "alarms");
    put_list(&reports, "reports");
    put_list(&recalls, "recalls");
}

/* What was issued here last, when anything was. */
static void
put_last_issue(struct page *page)
{
    static const char *const texts[] = {"id", "gtin", "lot", "at"};
    struct json_doc *doc = NULL;
    int64_t count = 0;
    const struct question question = {.method = METHOD_GET, .path = "/v1/issues", .optional = true};
    (void)page_read(page, &question, &doc);
    const struct json_node *last = json_first(json_member_of(json_root(doc), "issues"));
    if (json_integer(&count, json_member_of(last, "count"), 1, JSON_INTEGER_MAX)) {
        json_put(&page->document, "issued", "{");
        json_put_number(&page->document, "count", count);
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            json_copy_text(&page->document, last, texts[i]);
        text_char(&page->document, '}');
    }
    json_free(doc);
}

void
staff_copies(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.copies");
    int status = page_get(&page, "suspected", "/v1/suspected", NULL);
    if (status != 200)
        page.status = status;
    page_show(&page, "copies");
}

void
staff_overview(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.overview");
    ask_tallies(&page);
    put_lists(&page);
    (void)page_get(&page, "suspected", "/v1/units", "condition=copy_suspected&limit=10");
    (void)page_get(&page, "system", "/v1/system", NULL);
    put_last_issue(&page);
    page_show(&page, "overview");
}
