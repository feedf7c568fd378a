/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/record.h"

#include <stdio.h>

#include "gateway/api/etag.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"

static bool
refuse(struct response *response, const char *detail)
{
    response_problem(response, 400, "invalid", "The input is not valid", detail, NULL);
    return false;
}

/* ---- queries ---- */

static bool
refuse_query(const struct query_switch *switches, struct response *response)
{
    char detail[FAULT_TEXT_MAX];
    struct text text;
    text_init(&text, sizeof detail - 1);
    text_put(&text, "The only parameters are");
    for (; switches->name != NULL; switches++)
        text_printf(&text, " %s (%s or %s)", switches->name, switches->on, switches->off);
    (void)snprintf(detail, sizeof detail, "%s", text_ok(&text) ? text.data : "not these");
    text_free(&text);
    return refuse(response, detail);
}

static bool
set_switch(const struct query_switch *one, struct slice value)
{
    bool on = slice_equal(value, one->on);
    if (!on && !slice_equal(value, one->off))
        return false;
    *one->value = on;
    return true;
}

bool
query_switches(const struct request *request, const struct query_switch *switches,
               struct response *response)
{
    struct slice query = request->query;
    unsigned seen = 0;
    while (query.len > 0) {
        struct slice value = slice_take_until(&query, '&');
        struct slice name = slice_take_until(&value, '=');
        unsigned i = 0;
        while (switches[i].name != NULL && !slice_equal(name, switches[i].name))
            i++;
        if (switches[i].name == NULL || (seen & 1U << i) != 0 || !set_switch(&switches[i], value))
            return refuse_query(switches, response);
        seen |= 1U << i;
    }
    return true;
}

/* ---- lists ---- */

bool
list_cursor(const struct request *request, struct cursor *out, struct response *response)
{
    out->text[0] = '\0';
    if (request->query.len == 0 ||
        query_value(out->text, sizeof out->text, request->query, "cursor"))
        return true;
    return refuse(response, "The only parameter is cursor, from `next` of the page before");
}

void
list_begin(struct response *response, const char *name)
{
    response->content_type = "application/json";
    text_char(&response->body, '{');
    json_put(&response->body, name, "[");
}

void
list_end(struct response *response, const struct cursor *cursor)
{
    text_char(&response->body, ']');
    json_put_text(&response->body, "next", cursor->text);
    text_put(&response->body, "}\n");
}

/* ---- writing ---- */

bool
put_version(const struct request *request, bool in_body, uint64_t *version,
            struct response *response)
{
    bool given = false;
    uint64_t matched = 0;
    if (!if_match(request, &given, &matched, response))
        return false;
    if (given && in_body && matched != *version)
        return refuse(response, "If-Match and the version in the body are not the same");
    if (given)
        *version = matched;
    return true;
}

bool
record_begin(struct record_write *write)
{
    return operation_of(&write->operation, write->worker, write->request, 0, write->request->body,
                        write->response) &&
           operation_begin(write->worker, &write->operation, write->request, write->response);
}

bool
record_end(struct record_write *write, enum err err, uint64_t current)
{
    err = operation_settle(write->worker->session, &write->operation, err);
    operation_end(write->worker, &write->operation, write->request);
    if (err == ERR_OK)
        return true;
    write_problem(write->response, err, NULL);
    if (err == ERR_CONFLICT)
        etag_version(write->response, current);
    return false;
}

void
record_headers(struct response *response, uint64_t version)
{
    response->content_type = "application/json";
    etag_version(response, version);
}

void
record_written(struct response *response, uint64_t version, struct slice path, const char *id)
{
    record_headers(response, version);
    if (version != 1)
        return;
    response->status = 201;
    response_header(response, "Location", "%.*s%s%s", (int)path.len, path.data,
                    id == NULL ? "" : "/", id == NULL ? "" : id);
}

void
record_missing(struct response *response, enum err err, const char *detail)
{
    if (err == ERR_NOT_FOUND)
        response_problem(response, 404, "not_found", "Not found", detail, NULL);
    else
        write_problem(response, err, NULL);
}
