/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/api/etag.h"
#include "gateway/api/staff_json.h"
#include "gateway/api/unit_path.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"

enum { PAGE_EVENTS = 100 };

static const char json_type[] = "application/json";

void
api_unit(struct worker *worker, const struct request *request, struct response *response)
{
    struct unit unit;
    struct unit_key key;
    if (!unit_of_path(worker, request, &key, &unit, response))
        return;
    response->content_type = json_type;
    staff_unit_json(&response->body, &unit, &worker->caller, request->now);
    text_char(&response->body, '\n');
    /* An unanswered report counts as confirmed some day, and nothing is written then. */
    if (unit.provisional != 0)
        etag_version_and_body(response, unit.version);
    else
        etag_version(response, unit.version);
}

/* Where to go on: the number of the last event that was shown. */
struct events_query {
    bool newest_first;
    uint64_t cursor; /* 0: from the beginning */
};

static bool
refuse_query(struct response *response)
{
    response_problem(response, 400, "invalid", "The input is not valid",
                     "The only parameters are order (newest or oldest) and cursor, from `next` of "
                     "the page before",
                     NULL);
    return false;
}

static bool
read_query(const struct request *request, struct events_query *out, struct response *response)
{
    struct slice rest = request->query;
    *out = (struct events_query){false, 0};
    while (rest.len > 0) {
        char value[24] = "";
        struct slice pair = slice_take_until(&rest, '&');
        struct slice name = slice_take_until(&pair, '=');
        bool is_order = slice_equal(name, "order");
        if ((!is_order && !slice_equal(name, "cursor")) ||
            !query_value(value, sizeof value, request->query, is_order ? "order" : "cursor"))
            return refuse_query(response);
        if (is_order && strcmp(value, "newest") != 0 && strcmp(value, "oldest") != 0)
            return refuse_query(response);
        if (is_order)
            out->newest_first = strcmp(value, "newest") == 0;
        else if (!slice_number(&out->cursor, slice_of(value), 1, UINT32_MAX))
            return refuse_query(response);
    }
    return true;
}

/* The numbers of a page: those after `after`, up to `count` of them. */
struct span {
    uint64_t after;
    size_t count;
};

/* Newest first, the cursor is the lowest number that was shown, and event 1 is the last one. */
static struct span
span_of(const struct events_query *query, uint64_t version)
{
    if (!query->newest_first)
        return (struct span){query->cursor, PAGE_EVENTS};
    uint64_t last = query->cursor == 0 ? version : query->cursor - 1;
    last = last < version ? last : version;
    uint64_t after = last > PAGE_EVENTS ? last - PAGE_EVENTS : 0;
    return (struct span){after, (size_t)(last - after)};
}

static void
put_page(struct response *response, const struct event *page, const struct span *span,
         bool newest_first, const struct caller *caller)
{
    struct text *out = &response->body;
    text_put(out, "{\"events\":[");
    for (size_t i = 0; i < span->count; i++) {
        size_t at = newest_first ? span->count - 1 - i : i;
        json_put(out, NULL, "");
        staff_event_json(out, &page[at], span->after + at + 1, caller);
    }
    text_char(out, ']');
}

static void
put_next(struct text *out, const struct span *span, bool newest_first)
{
    char next[24] = "";
    bool more = newest_first ? span->after > 0 : span->count == PAGE_EVENTS;
    if (more)
        (void)snprintf(next, sizeof next, "%" PRIu64,
                       newest_first ? span->after + 1 : span->after + span->count);
    json_put_text(out, "next", next);
    text_put(out, "}\n");
}

void
api_unit_events(struct worker *worker, const struct request *request, struct response *response)
{
    struct unit unit;
    struct unit_key key;
    struct events_query query;
    if (!unit_of_path(worker, request, &key, &unit, response) ||
        !read_query(request, &query, response))
        return;
    struct span span = span_of(&query, unit.version);
    struct event *page = calloc(PAGE_EVENTS, sizeof *page);
    enum err err = page == NULL ? ERR_MEMORY : ERR_OK;
    if (err == ERR_OK && span.count > 0)
        err = registry_events(worker->session, &key, span.after, page, span.count, &span.count);
    if (err == ERR_OK) {
        response->content_type = json_type;
        put_page(response, page, &span, query.newest_first, &worker->caller);
        put_next(&response->body, &span, query.newest_first);
    } else {
        write_problem(response, err, NULL);
    }
    free(page);
}
