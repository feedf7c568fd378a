/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/staff/acting.h"
#include "gateway/staff/console.h"

enum { NAME_MAX = 24, QUERY_TEXT_MAX = 80 };

/* ---- what is shown ---- */

static int
ask_about(struct page *page, const struct unit_key *key, const char *name, const char *tail,
          const char *query)
{
    char pattern[40];
    char path[PAGE_PATH_MAX + 1];
    (void)snprintf(pattern, sizeof pattern, "/v1/units/{}/{}%s", tail);
    if (!page_path(path, pattern, (const char *[]){key->gtin, key->serial}))
        return 404;
    const struct question question = {
        .method = METHOD_GET, .path = path, .query = query, .optional = tail[0] != '\0'};
    return page_ask(page, name, &question);
}

static void
ask_product(struct page *page, const char *gtin)
{
    char path[PAGE_PATH_MAX + 1];
    struct question question = {.method = METHOD_GET, .optional = true};
    if (!page_path(path, "/v1/products/{}", (const char *[]){gtin}))
        return;
    question.path = path;
    (void)page_ask(page, "product", &question);
}

static void
ask_history(struct page *page, const struct unit_key *key)
{
    char cursor[NAME_MAX];
    char query[QUERY_TEXT_MAX];
    uint64_t number = 0;
    if (!page_query(page, "cursor", cursor, sizeof cursor) ||
        !slice_number(&number, slice_of(cursor), 1, UINT32_MAX))
        number = 0;
    (void)snprintf(query, sizeof query, "order=newest");
    if (number > 0)
        (void)snprintf(query, sizeof query, "order=newest&cursor=%" PRIu64, number);
    (void)ask_about(page, key, "history", "/events", query);
}

/* Everything about the unit; what cannot be told of it leaves its place empty. */
static void
show(struct page *page, const struct unit_key *key)
{
    int status = ask_about(page, key, "unit", "", NULL);
    if (status != 200 && page->status == 200)
        page->status = status;
    if (status == 200) {
        (void)ask_about(page, key, "situation", "/situation", NULL);
        (void)ask_about(page, key, "warranty", "/warranty", NULL);
        ask_history(page, key);
        ask_product(page, key->gtin);
    }
    page_show(page, "unit");
}

/* False: the problem is the API's, which knows no such unit either. */
static bool
read_key(struct unit_key *key, const struct request *request)
{
    memset(key, 0, sizeof *key);
    return segment_value(key->gtin, sizeof key->gtin, request->segments[2]) &&
           segment_value(key->serial, sizeof key->serial, request->segments[3]);
}

/* ---- GET ---- */

static bool
event_in_query(const struct page *page, const char *name, enum event_type *type)
{
    char value[NAME_MAX + 1];
    return page_query(page, name, value, sizeof value) && event_type_parse(type, slice_of(value));
}

void
staff_unit(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct unit_key key;
    enum event_type type = EVENT_NONE;
    page_begin(&page, worker, request, response, "staff title.unit");
    if (!read_key(&key, request))
        memset(&key, 0, sizeof key);
    if (event_in_query(&page, "done", &type))
        json_put_text(&page.document, "done", event_type_name(type));
    if (event_in_query(&page, "do", &type) && worker->caller.role == ROLE_OPERATOR)
        acting_put(&page, "act", type);
    show(&page, &key);
}

/* ---- POST ---- */

/* What others did since this person looked. */
static void
put_since(struct page *page, const struct acting *acting)
{
    char query[QUERY_TEXT_MAX];
    if (acting->version == 0)
        return;
    (void)snprintf(query, sizeof query, "cursor=%" PRIu64, acting->version);
    (void)ask_about(page, &acting->key, "since", "/events", query);
}

static void
go_back(struct page *page, const struct acting *acting)
{
    char path[PAGE_PATH_MAX + 1];
    const char *const values[] = {acting->key.gtin, acting->key.serial,
                                  event_type_name(acting->type)};
    if (!page_path(path, "/console/units/{}/{}?done={}", values))
        path[0] = '\0';
    page_go(page, path);
}

static bool
is_confirmed(const struct page *page)
{
    char value[NAME_MAX];
    return page_field(page, "confirm", value, sizeof value) && strcmp(value, "yes") == 0;
}

static void
act(struct page *page, const struct acting *acting)
{
    bool ask_first = acting_irreversible(acting->type) && !is_confirmed(page);
    int status = acting_send(page, acting, ask_first);
    if (status == 201) {
        go_back(page, acting);
        return;
    }
    if (status != 200)
        page->status = status;
    if (status == 409)
        put_since(page, acting);
    if (acting->type != EVENT_NONE)
        acting_put(page, status == 200 ? "review" : "act", acting->type);
    show(page, &acting->key);
}

void
staff_unit_act(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    struct acting acting;
    page_begin(&page, worker, request, response, "staff title.unit");
    if (!acting_read(&acting, &page))
        acting.type = EVENT_NONE;
    if (!read_key(&acting.key, request))
        memset(&acting.key, 0, sizeof acting.key);
    act(&page, &acting);
}
