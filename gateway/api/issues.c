/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/api/enrolling.h"
#include "gateway/api/issuing.h"
#include "gateway/api/issuing_inside.h"
#include "gateway/api/record.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/log/log.h"

enum { PAGE_ISSUES = 100 };

/* ---- an issue as an answer ---- */

void
issue_put(struct text *out, const struct issued *issued, const char *detail)
{
    json_put(out, NULL, "{");
    json_put_text(out, "id", issued->id);
    json_put_text(out, "gtin", issued->gtin);
    json_put_number(out, "count", (int64_t)issued->count);
    json_put_text(out, "lot", issued->lot);
    json_put_day(out, "made_on", issued->made_on);
    json_put_day(out, "expires_on", issued->expires_on);
    json_put_text(out, "key", issued->key);
    json_put_text(out, "kid", issued->kid);
    json_put_text(out, "by", issued->by);
    json_put_time(out, "at", issued->at);
    json_put_bool(out, "registered", issued->registered_at != 0);
    json_put_time(out, "registered_at", issued->registered_at);
    json_put_bool(out, "files", issued->removed_at == 0);
    json_put_time(out, "files_removed_at", issued->removed_at);
    json_put_text(out, "detail", detail);
    text_char(out, '}');
}

void
issue_answer(struct response *response, int status, const struct issued *issued, const char *detail)
{
    response->status = status;
    response->content_type = "application/json";
    issue_put(&response->body, issued, detail);
    text_char(&response->body, '\n');
}

bool
issue_of_path(const struct worker *worker, const struct request *request, struct issued *out,
              struct response *response)
{
    char id[ISSUE_ID_CHARS + 1];
    uint8_t bytes[OPERATION_ID_BYTES];
    struct fault fault = {ERR_OK, ""};
    enum err err = ERR_NOT_FOUND;
    if (segment_value(id, sizeof id, request->segments[2]) &&
        slice_hex(bytes, sizeof bytes, slice_of(id)) && strpbrk(id, "ABCDEF") == NULL)
        err = issued_read(worker->app->config->data, id, out, &fault);
    if (err == ERR_OK)
        return true;
    record_missing(response, err, "There is no such issue");
    return false;
}

/* ---- registering ---- */

static void
first_refusal(const struct enroll_row *row, void *context)
{
    struct fault *fault = context;
    if (row->outcome == ENROLL_REFUSED && fault->text[0] == '\0')
        (void)fault_set(fault, ERR_INVALID, "line %llu: %s", (unsigned long long)row->line,
                        row->reason);
}

static enum err
enroll_file(struct worker *worker, const struct issued *issued, const char *path,
            struct fault *fault)
{
    struct fault refusal = {ERR_OK, ""};
    struct enrolling enrolling = {.worker = worker,
                                  .file = fopen(path, "rbe"),
                                  .options = {.row = first_refusal, .context = &refusal}};
    if (enrolling.file == NULL)
        return fault_set(fault, ERR_UNAVAILABLE, "the manifest of this issue cannot be read");
    enum err err = enroll_run(&enrolling, fault);
    (void)fclose(enrolling.file);
    if (err == ERR_OK && enrolling.summary.refused > 0)
        return fault_set(fault, ERR_INVALID, "%s", refusal.text);
    if (err == ERR_OK && (!enrolling.summary.vouched || enrolling.summary.rows != issued->count))
        return fault_set(fault, ERR_INVALID, "the signer's manifest is not that of this issue");
    return err;
}

bool
issue_register(struct worker *worker, const struct request *request, struct issued *issued,
               struct fault *fault)
{
    char path[ISSUED_PATH_MAX];
    static const char *const done[] = {issued_manifest, NULL};
    const char *data = worker->app->config->data;
    if (!issued_path(path, data, issued->id, issued_manifest) ||
        enroll_file(worker, issued, path, fault) != ERR_OK)
        return false;
    issued->registered_at = request->now;
    if (issued_write(data, issued, fault) != ERR_OK) {
        issued->registered_at = 0;
        return false;
    }
    /* What stays of it when this fails goes with the other files. */
    enum err err = issued_remove(data, issued->id, done, fault);
    (void)err;
    return true;
}

void
api_issue_register(struct worker *worker, const struct request *request, struct response *response)
{
    struct issued issued;
    struct fault fault = {ERR_OK, ""};
    if (!issue_of_path(worker, request, &issued, response))
        return;
    if (issued.registered_at == 0 && issued.removed_at != 0) {
        response_problem(response, 409, "files_removed", "Its files are removed",
                         "This issue was abandoned: its files are removed", NULL);
        return;
    }
    if (issued.registered_at == 0 && !issue_register(worker, request, &issued, &fault)) {
        log_event(worker->app->config, LOG_ERROR, "issue_not_registered", "%s: %s", issued.id,
                  fault.text);
        response_problem(response, fault.err == ERR_INVALID || fault.err == ERR_DENIED ? 409 : 503,
                         "not_registered", "Not registered", fault.text, NULL);
        return;
    }
    issue_answer(response, 200, &issued, "");
}

/* ---- reading and removing ---- */

void
api_issue(struct worker *worker, const struct request *request, struct response *response)
{
    struct issued issued;
    if (issue_of_path(worker, request, &issued, response))
        issue_answer(response, 200, &issued, "");
}

/* "1700000000.0123…ef": when the last one of the page before was issued, and its id. */
static bool
read_after(struct issued *after, struct slice cursor)
{
    uint64_t at = 0;
    uint8_t id[OPERATION_ID_BYTES];
    struct slice seconds = slice_take_until(&cursor, '.');
    *after = (struct issued){.at = 0};
    if (!slice_number(&at, seconds, 0, INT64_MAX) || !slice_hex(id, sizeof id, cursor) ||
        !slice_copy(after->id, sizeof after->id, cursor))
        return false;
    after->at = (int64_t)at;
    return true;
}

static void
answer_issues(struct response *response, const struct issued *all, size_t count)
{
    struct cursor next = {""};
    const struct issued *last = &all[PAGE_ISSUES - 1];
    list_begin(response, "issues");
    for (size_t i = 0; i < count; i++)
        issue_put(&response->body, &all[i], "");
    if (count == PAGE_ISSUES)
        (void)snprintf(next.text, sizeof next.text, "%" PRId64 ".%s", last->at, last->id);
    list_end(response, &next);
}

void
api_issues(struct worker *worker, const struct request *request, struct response *response)
{
    struct cursor cursor;
    struct issued after;
    size_t count = 0;
    struct fault fault = {ERR_OK, ""};
    if (!list_cursor(request, &cursor, response))
        return;
    bool goes_on = cursor.text[0] != '\0';
    if (goes_on && !read_after(&after, slice_of(cursor.text))) {
        response_problem(response, 400, "invalid", "Invalid cursor",
                         "cursor has to be what the page before gave as next", NULL);
        return;
    }
    struct issued *all = calloc(PAGE_ISSUES, sizeof *all);
    enum err err = all == NULL ? ERR_MEMORY
                               : issued_list(worker->app->config->data, goes_on ? &after : NULL,
                                             all, PAGE_ISSUES, &count);
    if (err == ERR_OK)
        answer_issues(response, all, count);
    else if (fault_set(&fault, err, "What was issued cannot be listed now") != ERR_OK)
        response_fault(response, &fault);
    free(all);
}

void
api_issue_remove(struct worker *worker, const struct request *request, struct response *response)
{
    static const char *const files[] = {issued_labels, issued_cards, issued_manifest, NULL};
    struct issued issued;
    bool abandon = false;
    struct fault fault = {ERR_OK, ""};
    const struct query_switch switches[] = {{"abandon", "false", "true", &abandon},
                                            {NULL, NULL, NULL, NULL}};
    const char *data = worker->app->config->data;
    if (!query_switches(request, switches, response) ||
        !issue_of_path(worker, request, &issued, response))
        return;
    if (issued.registered_at == 0 && !abandon) {
        response_problem(response, 409, "not_registered", "Not registered yet",
                         "Without its manifest it could never be registered; register it first, or "
                         "send ?abandon=true and throw its labels away",
                         NULL);
        return;
    }
    bool before = issued.removed_at != 0;
    issued.removed_at = before ? issued.removed_at : request->now;
    if (issued_remove(data, issued.id, files, &fault) != ERR_OK ||
        (!before && issued_write(data, &issued, &fault) != ERR_OK)) {
        response_fault(response, &fault);
        return;
    }
    issue_answer(response, 200, &issued, "");
}
