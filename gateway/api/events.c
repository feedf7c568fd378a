/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api.h"

#include <stdio.h>
#include <string.h>

#include "gateway/api/etag.h"
#include "gateway/api/event_write.h"
#include "gateway/api/record.h"
#include "gateway/api/staff_json.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"

enum { ROWS_MAX = 10000, BODY_JSON_MAX = 4 * 1024 * 1024 };

static const char json_type[] = "application/json";
static const char lines_type[] = "application/x-ndjson";

/* One request under way. */
struct events {
    struct worker *worker;
    const struct request *request;
    struct response *response;
    bool dry_run;
    bool lines; /* NDJSON: pointers are relative to the line */
    size_t rows, applied;
};

/* ---- one row ---- */

static void
refuse_row(struct outcome *out, const struct fault *fault)
{
    out->status = err_info(fault->err)->http_status;
    out->code = err_info(fault->err)->code;
    out->title = err_info(fault->err)->title;
    out->fault = *fault;
}

/* False: the response holds the problem, which is one of the header fields. */
static bool
do_row(struct events *e, const struct event_row *row, struct outcome *out)
{
    struct operation operation;
    struct text text;
    text_init(&text, EVENT_ROW_TEXT_MAX);
    event_row_text(&text, row);
    if (!text_ok(&text)) {
        /* Part of a row would be another operation's. */
        const struct fault fault = {ERR_MEMORY, "out of memory"};
        text_free(&text);
        refuse_row(out, &fault);
        return true;
    }
    bool good =
        operation_of(&operation, e->worker, e->request, e->rows, text_slice(&text), e->response);
    struct event_call call = {e->worker, e->request, row, &operation, e->dry_run};
    if (good)
        event_write(&call, out);
    text_free(&text);
    return good;
}

/* ---- many ---- */

static void
put_row(struct events *e, const struct event_row *row, const struct outcome *out)
{
    struct text *body = &e->response->body;
    char pointer[POINTER_MAX + 24];
    (void)snprintf(pointer, sizeof pointer, "/%zu%s", e->rows, out->pointer);
    json_put(body, NULL, "{");
    json_put_number(body, "row", (int64_t)e->rows);
    json_put_number(body, "status", out->status);
    json_put_text(body, "code", out->code);
    json_put_text(body, "gtin", row->key.gtin);
    json_put_text(body, "serial", row->key.serial);
    if (out->has_unit)
        json_put_number(body, "version", (int64_t)out->unit.version);
    if (out->status >= 400) {
        json_put_text(body, "pointer",
                      e->lines || out->pointer[0] == '\0' ? out->pointer : pointer);
        json_put_text(body, "detail", out->fault.text);
    }
    text_char(body, '}');
}

static bool
take_row(struct events *e, const struct json_node *node)
{
    struct event_row row;
    struct outcome out;
    struct fault fault = {ERR_OK, ""};
    memset(&out, 0, sizeof out);
    if (event_row_read(&row, node, out.pointer, &fault) != ERR_OK)
        refuse_row(&out, &fault);
    else if (!do_row(e, &row, &out))
        return false;
    put_row(e, &row, &out);
    e->applied += out.status < 400;
    e->rows++;
    return true;
}

static void
refuse_many(struct events *e)
{
    response_problem(e->response, 413, "too_large", "Content too large",
                     "A request has at most 10000 events", NULL);
}

static void
begin_results(struct events *e)
{
    e->response->content_type = json_type;
    text_put(&e->response->body, "{\"results\":[");
}

static void
end_results(struct events *e)
{
    struct text *body = &e->response->body;
    text_char(body, ']');
    json_put_number(body, "applied", (int64_t)e->applied);
    json_put_number(body, "refused", (int64_t)(e->rows - e->applied));
    json_put_bool(body, "dry_run", e->dry_run);
    text_put(body, "}\n");
}

static void
do_array(struct events *e, const struct json_node *array)
{
    if (json_length(array) > ROWS_MAX) {
        refuse_many(e);
        return;
    }
    begin_results(e);
    for (const struct json_node *item = json_first(array); item != NULL; item = json_next(item))
        if (!take_row(e, item))
            return;
    end_results(e);
}

static size_t
count_lines(struct slice body)
{
    size_t count = 0;
    for (; body.len > 0; count++)
        (void)slice_take_until(&body, '\n');
    return count;
}

/* A line that is no JSON is a row of its own that is refused. */
static bool
take_line(struct events *e, struct slice line)
{
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    struct event_row row;
    struct outcome out;
    bool good = true;
    memset(&row, 0, sizeof row);
    memset(&out, 0, sizeof out);
    if (json_parse(line, EVENT_ROW_TEXT_MAX, &doc, &fault) == ERR_OK) {
        good = take_row(e, json_root(doc));
    } else {
        refuse_row(&out, &fault);
        put_row(e, &row, &out);
        e->rows++;
    }
    json_free(doc);
    return good;
}

static void
do_lines(struct events *e)
{
    struct slice body = e->request->body;
    e->lines = true;
    if (count_lines(body) > ROWS_MAX) {
        refuse_many(e);
        return;
    }
    begin_results(e);
    while (body.len > 0)
        if (!take_line(e, slice_take_until(&body, '\n')))
            return;
    end_results(e);
}

/* ---- a single one ---- */

static void
answer_single(struct events *e, const struct outcome *out)
{
    struct text *body = &e->response->body;
    e->response->status = out->status;
    e->response->content_type = json_type;
    text_char(body, '{');
    json_put_text(body, "code", out->code);
    json_put_number(body, "version", (int64_t)out->unit.version);
    json_put(body, "unit", "");
    staff_unit_json(body, &out->unit, &e->worker->caller, e->request->now);
    text_put(body, "}\n");
}

/* With the record as it is, for who has to decide what to do now. */
static void
refuse_single(struct events *e, const struct outcome *out)
{
    struct response *response = e->response;
    response_problem(response, out->status, out->code, out->title, out->fault.text,
                     out->pointer[0] == '\0' ? NULL : out->pointer);
    if (!out->has_unit || !text_ok(&response->body))
        return;
    struct text whole = response->body;
    struct slice open = slice_make(whole.data, whole.len - 2); /* without "}\n" */
    text_init(&response->body, whole.max);
    text_slice_put(&response->body, open);
    json_put(&response->body, "current", "");
    staff_unit_json(&response->body, &out->unit, &e->worker->caller, e->request->now);
    text_put(&response->body, "}\n");
    text_free(&whole);
}

/* If-Match says the same as "version" in the row. */
static bool
state_version(struct events *e, struct event_row *row)
{
    bool given = false;
    uint64_t version = 0;
    if (!if_match(e->request, &given, &version, e->response))
        return false;
    if (given && row->version != 0 && row->version != version) {
        response_problem(e->response, 400, "invalid", "The input is not valid",
                         "If-Match and version state different versions", "/version");
        return false;
    }
    row->version = given ? version : row->version;
    return true;
}

static void
do_single(struct events *e, const struct json_node *node)
{
    struct event_row row;
    struct outcome out;
    struct fault fault = {ERR_OK, ""};
    memset(&out, 0, sizeof out);
    if (event_row_read(&row, node, out.pointer, &fault) != ERR_OK)
        refuse_row(&out, &fault);
    else if (!state_version(e, &row) || !do_row(e, &row, &out))
        return;
    if (out.status < 400)
        answer_single(e, &out);
    else
        refuse_single(e, &out);
    if (out.has_unit)
        etag_version(e->response, out.unit.version);
}

/* ---- the request ---- */

static bool
only_single(struct events *e)
{
    if (e->request->if_match.len == 0)
        return true;
    response_problem(e->response, 400, "invalid", "The input is not valid",
                     "If-Match goes with a single event; rows state their version", NULL);
    return false;
}

static void
do_json(struct events *e)
{
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    enum err err = json_parse(e->request->body, BODY_JSON_MAX, &doc, &fault);
    if (err != ERR_OK)
        response_fault(e->response, &fault);
    else if (!json_is(json_root(doc), JSON_ARRAY))
        do_single(e, json_root(doc));
    else if (only_single(e))
        do_array(e, json_root(doc));
    json_free(doc);
}

void
api_events(struct worker *worker, const struct request *request, struct response *response)
{
    struct events e = {.worker = worker, .request = request, .response = response};
    struct operation operation; /* of the request: the id of its first row */
    struct slice type = request->content_type;
    bool lines = slice_equal_nocase(slice_trim(slice_take_until(&type, ';')), lines_type);
    const struct query_switch switches[] = {{"dry_run", "false", "true", &e.dry_run},
                                            {NULL, NULL, NULL, NULL}};
    if (!query_switches(request, switches, response) ||
        !operation_of(&operation, worker, request, 0, slice_of(""), response) ||
        !operation_begin(worker, &operation, request, response))
        return;
    if (!lines)
        do_json(&e);
    else if (only_single(&e))
        do_lines(&e);
    operation_end(worker, &operation, request);
}
