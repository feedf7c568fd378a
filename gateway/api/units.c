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
static bool
read_after(const struct request *request, uint64_t *after, struct response *response)
{
    char cursor[24] = "";
    *after = 0;
    if (request->query.len == 0)
        return true;
    if (query_value(cursor, sizeof cursor, request->query, "cursor") &&
        slice_number(after, slice_of(cursor), 1, UINT32_MAX))
        return true;
    response_problem(response, 400, "invalid", "The input is not valid",
                     "The only parameter is cursor, from `next` of the page before", NULL);
    return false;
}

static void
put_page(struct text *out, const struct event *page, size_t count, uint64_t after,
         const struct caller *caller)
{
    text_put(out, "{\"events\":[");
    for (size_t i = 0; i < count; i++) {
        json_put(out, NULL, "");
        staff_event_json(out, &page[i], after + i + 1, caller);
    }
    text_char(out, ']');
}

void
api_unit_events(struct worker *worker, const struct request *request, struct response *response)
{
    struct unit unit;
    struct unit_key key;
    uint64_t after = 0;
    size_t count = 0;
    if (!unit_of_path(worker, request, &key, &unit, response) ||
        !read_after(request, &after, response))
        return;
    struct event *page = calloc(PAGE_EVENTS, sizeof *page);
    enum err err = ERR_MEMORY;
    if (page != NULL)
        err = registry_events(worker->session, &key, after, page, PAGE_EVENTS, &count);
    if (err == ERR_OK) {
        char next[24] = "";
        response->content_type = json_type;
        put_page(&response->body, page, count, after, &worker->caller);
        if (count == PAGE_EVENTS)
            (void)snprintf(next, sizeof next, "%" PRIu64, after + count);
        json_put_text(&response->body, "next", next);
        text_put(&response->body, "}\n");
    } else {
        write_problem(response, err, NULL);
    }
    free(page);
}
