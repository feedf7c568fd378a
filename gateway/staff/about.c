/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/staff/about.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_MAX = 24, QUERY_TEXT_MAX = 80 };

void
about_key(struct unit_key *key, const struct request *request, size_t first)
{
    memset(key, 0, sizeof *key);
    if (!segment_value(key->gtin, sizeof key->gtin, request->segments[first]) ||
        !segment_value(key->serial, sizeof key->serial, request->segments[first + 1]))
        memset(key, 0, sizeof *key);
}

int
about_ask(struct page *page, const struct unit_key *key, const char *name, const char *tail,
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
    char cursor[VALUE_MAX];
    char query[QUERY_TEXT_MAX];
    uint64_t number = 0;
    if (!page_query(page, "cursor", cursor, sizeof cursor) ||
        !slice_number(&number, slice_of(cursor), 1, UINT32_MAX))
        number = 0;
    (void)snprintf(query, sizeof query, "order=newest");
    if (number > 0)
        (void)snprintf(query, sizeof query, "order=newest&cursor=%" PRIu64, number);
    (void)about_ask(page, key, "history", "/events", query);
}

int
about_unit(struct page *page, const struct unit_key *key, const char *on)
{
    char query[QUERY_TEXT_MAX];
    int status = about_ask(page, key, "unit", "", NULL);
    if (status != 200 && page->status == 200)
        page->status = status;
    if (status != 200)
        return status;
    (void)snprintf(query, sizeof query, "on=%s", on);
    (void)about_ask(page, key, "situation", "/situation", NULL);
    (void)about_ask(page, key, "warranty", "/warranty", on[0] == '\0' ? NULL : query);
    ask_history(page, key);
    ask_product(page, key->gtin);
    return status;
}

void
about_since(struct page *page, const struct acting *acting)
{
    char query[QUERY_TEXT_MAX];
    if (acting->version == 0)
        return;
    (void)snprintf(query, sizeof query, "cursor=%" PRIu64, acting->version);
    (void)about_ask(page, &acting->key, "since", "/events", query);
}

bool
about_confirmed(const struct page *page)
{
    char value[VALUE_MAX];
    return page_field(page, "confirm", value, sizeof value) && strcmp(value, "yes") == 0;
}
