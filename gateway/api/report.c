/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "gateway/api/api.h"
#include "gateway/base/suggest.h"
#include "gateway/json/write.h"
#include "gateway/records/report.h"

enum {
    ROWS_MAX = 10000,
    ROWS_DEFAULT = 1000,
    BODY_ENOUGH = 8 * 1024 * 1024, /* a batch more fits into every answer */
    SHORT_MAX = 30, /* calls that find nothing, for one answer: a tenth of a second */
    PARAMETER_MAX = 40,
    VALUE_MAX = 256,
    QUERY_TEXT_MAX = 1000
};

static const char *const others[] = {"cursor", "limit", "format", NULL};

struct report {
    struct unit_filter filter;
    struct cursor cursor;
    uint64_t limit;
    bool csv;
};

/* ---- what is asked for ---- */

static bool
refuse(struct response *response, const char *detail)
{
    response_problem(response, 400, "invalid", "The input is not valid", detail, NULL);
    return false;
}

static bool
is_one_of(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static bool
refuse_unknown(struct response *response, const char *name)
{
    struct suggestion near;
    char hint[FAULT_TEXT_MAX];
    char detail[FAULT_TEXT_MAX + 100];
    suggest_begin(&near, name);
    for (const char *const *known = report_filters; *known != NULL; known++)
        suggest_offer(&near, *known);
    for (const char *const *known = others; *known != NULL; known++)
        suggest_offer(&near, *known);
    suggest_text(hint, &near, "");
    (void)snprintf(detail, sizeof detail, "There is no parameter %s%s", name, hint);
    return refuse(response, detail);
}

static bool
is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/* A name as it stands in the query; what a name is not made of becomes a question mark. */
static void
name_of(char out[static PARAMETER_MAX + 1], struct slice pair)
{
    struct slice name = slice_take_until(&pair, '=');
    size_t len = 0;
    for (; len < name.len && len < PARAMETER_MAX; len++)
        out[len] = (char)(is_name_byte(name.data[len]) ? name.data[len] : '?');
    out[len] = '\0';
}

static bool
refuse_value(struct response *response, const char *name)
{
    char detail[PARAMETER_MAX + 60];
    (void)snprintf(detail, sizeof detail, "%s is given twice, too long or not UTF-8", name);
    return refuse(response, detail);
}

static bool
set_other(struct report *report, const char *name, const char *value, struct response *response)
{
    if (strcmp(name, "limit") == 0)
        return slice_number(&report->limit, slice_of(value), 1, ROWS_MAX) ||
               refuse(response, "limit has to be a number from 1 to 10000");
    if (strcmp(name, "cursor") == 0)
        return slice_copy(report->cursor.text, sizeof report->cursor.text, slice_of(value)) ||
               refuse(response, "cursor has to be what the page before gave as next");
    report->csv = strcmp(value, "csv") == 0;
    return report->csv || strcmp(value, "json") == 0 ||
           refuse(response, "format has to be csv or json");
}

static bool
set_parameter(struct report *report, const struct request *request, struct slice pair,
              struct response *response)
{
    char name[PARAMETER_MAX + 1];
    char value[VALUE_MAX];
    struct fault fault = {ERR_OK, ""};
    name_of(name, pair);
    bool filters = is_one_of(report_filters, name);
    if (!filters && !is_one_of(others, name))
        return refuse_unknown(response, name);
    if (!query_value(value, sizeof value, request->query, name))
        return refuse_value(response, name);
    if (!filters)
        return set_other(report, name, value, response);
    return report_filter_set(&report->filter, name, value, &fault) == ERR_OK ||
           refuse(response, fault.text);
}

static bool
read_query(struct report *report, const struct request *request, struct response *response)
{
    struct slice rest = request->query;
    memset(report, 0, sizeof *report);
    report->limit = ROWS_DEFAULT;
    report->csv = request_wants_csv(request);
    while (rest.len > 0)
        if (!set_parameter(report, request, slice_take_until(&rest, '&'), response))
            return false;
    return true;
}

/* ---- the answer ---- */

static void
put_json(const struct report_row *row, void *context)
{
    struct text *out = context;
    json_put(out, NULL, "");
    report_json(out, row);
}

static void
put_csv(const struct report_row *row, void *context)
{
    report_csv(context, row);
}

/* Page after page of the registry into one answer. When a call finds few, the next have to look
 * through much, and who asks may be content with what there is: they go on only for the first. */
static enum err
put_rows(struct worker *worker, const struct request *request, struct report *report,
         struct text *out)
{
    const struct report_source source = {.session = worker->session,
                                         .filter = &report->filter,
                                         .now = request->now,
                                         .row = report->csv ? put_csv : put_json,
                                         .context = out};
    uint64_t left = report->limit;
    bool more = true;
    for (unsigned shorts = 0; more && shorts < SHORT_MAX;) {
        size_t asked = left < REPORT_BATCH ? (size_t)left : (size_t)REPORT_BATCH;
        size_t count = 0;
        enum err err = report_read(&source, &report->cursor, asked, &count);
        if (err != ERR_OK)
            return err;
        left -= count;
        shorts += count < asked;
        bool none = left == report->limit;
        more = (count == asked || none) && left > 0 && out->len < BODY_ENOUGH &&
               report->cursor.text[0] != '\0';
    }
    return ERR_OK;
}

/* RFC 8288. A reference to this same path, so that it stays right behind a proxy. */
static void
link_next(const struct report *report, struct response *response)
{
    struct text query;
    text_init(&query, QUERY_TEXT_MAX);
    report_filter_query(&query, &report->filter);
    text_printf(&query, "%slimit=%llu&format=%s&cursor=", query.len == 0 ? "" : "&",
                (unsigned long long)report->limit, report->csv ? "csv" : "json");
    text_percent(&query, slice_of(report->cursor.text));
    if (text_ok(&query))
        response_header(response, "Link", "</v1/units?%s>; rel=\"next\"", query.data);
    text_free(&query);
}

static void
answer_problem(struct response *response, enum err err)
{
    const struct err_info *info = err_info(err);
    if (err == ERR_INVALID)
        (void)refuse(response, "cursor is not what the page before gave as next, or the filters "
                               "are others");
    else
        response_problem(response, info->http_status, info->code, info->title, info->title, NULL);
}

/* The first page of a table has the header, so that pages one after the other are one table. */
static void
begin(const struct report *report, struct response *response)
{
    bool first = report->cursor.text[0] == '\0';
    if (!report->csv) {
        response->content_type = "application/json";
        text_char(&response->body, '{');
        json_put(&response->body, "units", "[");
        return;
    }
    response->content_type = first ? "text/csv; charset=utf-8; header=present"
                                   : "text/csv; charset=utf-8; header=absent";
    response_header(response, "Content-Disposition", "attachment; filename=\"units.csv\"");
    text_put(&response->body, "");
    if (first)
        report_csv_header(&response->body);
}

static void
end(const struct report *report, struct response *response)
{
    if (!report->csv) {
        text_char(&response->body, ']');
        json_put_text(&response->body, "next", report->cursor.text);
        text_put(&response->body, "}\n");
    }
    if (report->cursor.text[0] != '\0')
        link_next(report, response);
}

void
api_report(struct worker *worker, const struct request *request, struct response *response)
{
    struct report report;
    if (!read_query(&report, request, response))
        return;
    if (worker->session == NULL) {
        answer_problem(response, ERR_UNAVAILABLE);
        return;
    }
    begin(&report, response);
    enum err err = put_rows(worker, request, &report, &response->body);
    if (err == ERR_OK) {
        end(&report, response);
        return;
    }
    response->header_count = 0;
    answer_problem(response, err);
}
