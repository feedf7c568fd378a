/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/claim.h"
#include "gateway/api/record.h"
#include "gateway/api/writes.h"
#include "gateway/json/json.h"
#include "gateway/json/write.h"

enum { PAGE_NOTICES = 100, CLOSE_JSON_MAX = 2 * 1024, REFERENCE_TYPED_MAX = 40 };

static const char unknown[] = "There is no notice with this reference";

/* ---- answers ---- */

static void
put_notice(struct text *out, const struct notice *notice)
{
    text_char(out, '{');
    json_put_text(out, "reference", notice->reference);
    json_put_text(out, "kind", notice_kind_name(notice->kind));
    json_put_bool(out, "open", notice->closed_at == 0);
    json_put_number(out, "version", (int64_t)notice->version);
    json_put_text(out, "gtin", notice->gtin);
    json_put_text(out, "serial", notice->serial);
    json_put_text(out, "answer", notice->answer);
    json_put_time(out, "first_at", notice->first_at);
    json_put_time(out, "last_at", notice->last_at);
    json_put_number(out, "count", notice->count);
    json_put_text(out, "role", role_name(notice->role));
    json_put_text(out, "organisation", notice->organisation);
    json_put_text(out, "place", notice->place);
    json_put_text(out, "text", notice->text);
    json_put_time(out, "closed_at", notice->closed_at);
    json_put_text(out, "closed_by", notice->closed_by);
    json_put_text(out, "outcome", notice->outcome);
    text_char(out, '}');
}

static void
answer_notice(struct response *response, const struct notice *notice)
{
    record_headers(response, notice->version);
    put_notice(&response->body, notice);
    text_char(&response->body, '\n');
}

/* ---- one ---- */

/* As people type it: small letters, a blank or a hyphen between. ERR_NOT_FOUND: it cannot be one.
 */
static enum err
find_notice(struct worker *worker, struct slice segment, struct notice *out)
{
    char typed[REFERENCE_TYPED_MAX + 1];
    char reference[NOTICE_REFERENCE_CHARS + 1];
    if (!segment_value(typed, sizeof typed, segment) ||
        !crockford_parse(reference, NOTICE_REFERENCE_CHARS, typed, strlen(typed)))
        return ERR_NOT_FOUND;
    return registry_get_notice(worker->session, reference, out);
}

void
api_notice(struct worker *worker, const struct request *request, struct response *response)
{
    struct notice notice;
    enum err err = find_notice(worker, request->segments[2], &notice);
    if (err == ERR_OK)
        answer_notice(response, &notice);
    else
        record_missing(response, err, unknown);
}

/* ---- many ---- */

static bool
refuse_list(struct response *response)
{
    response_problem(
        response, 400, "invalid", "The input is not valid",
        "The only parameters are kind (looks_fake, never_issued, report_refused, "
        "second_return, owner_displaced or copy_suspected), open (true or false) and cursor, from "
        "`next` of the page "
        "before",
        NULL);
    return false;
}

/* An empty value is any. */
static bool
read_parameter(const char *name, const char *value, struct notice_filter *filter,
               struct cursor *cursor)
{
    struct slice s = slice_of(value);
    if (strcmp(name, "cursor") == 0)
        return slice_copy(cursor->text, sizeof cursor->text, s);
    if (strcmp(name, "kind") == 0)
        return s.len == 0 || notice_kind_parse(&filter->kind, s);
    filter->open = slice_equal(s, "true");
    return strcmp(name, "open") == 0 && (filter->open || s.len == 0 || slice_equal(s, "false"));
}

static bool
read_filter(const struct request *request, struct notice_filter *filter, struct cursor *cursor,
            struct response *response)
{
    struct slice rest = request->query;
    while (rest.len > 0) {
        char name[8];
        char value[CURSOR_MAX + 1];
        struct slice parameter = slice_take_until(&rest, '&');
        if (!slice_copy(name, sizeof name, slice_take_until(&parameter, '=')) ||
            !query_value(value, sizeof value, request->query, name) ||
            !read_parameter(name, value, filter, cursor))
            return refuse_list(response);
    }
    return true;
}

void
api_notices(struct worker *worker, const struct request *request, struct response *response)
{
    struct notice_filter filter = {NOTICE_NONE, false};
    struct cursor cursor = {""};
    size_t count = 0;
    if (!read_filter(request, &filter, &cursor, response))
        return;
    struct notice *page = calloc(PAGE_NOTICES, sizeof *page);
    enum err err = ERR_MEMORY;
    if (page != NULL)
        err = registry_list_notices(worker->session, &filter, &cursor, page, PAGE_NOTICES, &count);
    if (err != ERR_OK) {
        free(page);
        record_missing(response, err, unknown);
        return;
    }
    list_begin(response, "notices");
    for (size_t i = 0; i < count; i++) {
        json_put(&response->body, NULL, "");
        put_notice(&response->body, &page[i]);
    }
    list_end(response, &cursor);
    free(page);
}

/* ---- closing ---- */

/* The outcome, in the grammar of a notice. */
static enum err
read_outcome(const struct request *request, char *out, size_t size, struct fault *fault)
{
    static const struct json_member members[] = {{"outcome", JSON_STRING, true}, {NULL, 0, false}};
    struct json_doc *doc = NULL;
    enum err err = json_parse(request->body, CLOSE_JSON_MAX, &doc, fault);
    if (err != ERR_OK)
        return err;
    err = json_check_object(json_root(doc), "", members, fault);
    struct slice outcome = json_string(json_member_of(json_root(doc), "outcome"));
    if (err == ERR_OK && (outcome.len == 0 || !slice_copy(out, size, outcome)))
        err = fault_set(fault, ERR_INVALID,
                        "/outcome: has to be 1 to %d bytes of text: what came of it",
                        NOTICE_PLACE_MAX);
    json_free(doc);
    return err;
}

/* `seen` may be NULL: whatever version it has. *notice becomes what is stored then; a repeat finds
 * it so. */
static enum err
close_notice(struct record_write *write, const uint64_t *seen, const char *outcome,
             struct notice *notice)
{
    struct worker *worker = write->worker;
    bool repeated = false;
    enum err err = operation_repeated(worker, &write->operation, write->request, &repeated);
    if (err == ERR_OK)
        err = find_notice(worker, write->request->segments[2], notice);
    if (err != ERR_OK || repeated)
        return err;
    if (notice->closed_at != 0 || (seen != NULL && *seen != notice->version))
        return ERR_CONFLICT;
    struct notice closed = *notice;
    closed.closed_at =
        write->request->now < closed.first_at ? closed.first_at : write->request->now;
    memcpy(closed.closed_by, worker->caller.organisation, sizeof closed.closed_by);
    memset(closed.outcome, 0, sizeof closed.outcome);
    memcpy(closed.outcome, outcome, strlen(outcome));
    err = registry_put_notice(worker->session, &closed, &write->operation, notice);
    if (err != ERR_CONFLICT) {
        *notice = closed;
        notice->version++;
    }
    return err;
}

void
api_notice_close(struct worker *worker, const struct request *request, struct response *response)
{
    struct record_write write = {.worker = worker, .request = request, .response = response};
    struct notice notice = {.version = 0};
    struct fault fault = {ERR_OK, ""};
    char outcome[NOTICE_PLACE_MAX + 1];
    bool stated = false;
    uint64_t version = 0;
    if (read_outcome(request, outcome, sizeof outcome, &fault) != ERR_OK) {
        response_fault(response, &fault);
        return;
    }
    if (!if_match(request, &stated, &version, response) || !record_begin(&write))
        return;
    enum err err = close_notice(&write, stated ? &version : NULL, outcome, &notice);
    if (record_end(&write, err, notice.version)) {
        answer_notice(response, &notice);
        return;
    }
    if (err == ERR_NOT_FOUND)
        record_missing(response, err, unknown);
    if (err == ERR_CONFLICT && notice.closed_at != 0)
        response_problem(response, 409, "conflict", "It is closed",
                         "This notice was closed in the meantime", NULL);
}
