/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/enrolling.h"
#include "gateway/api/record.h"
#include "gateway/api/writes.h"
#include "gateway/exchange/body.h"
#include "gateway/json/write.h"
#include "gateway/manifest/spool.h"

enum { LISTED_BYTES_MAX = 4 * 1024 * 1024 };

static const char *const outcomes[] = {
    [ENROLL_REGISTERED] = "registered",
    [ENROLL_ALREADY] = "already",
    [ENROLL_REFUSED] = "refused",
};

/* One import under way; the rows are written into the answer as they are settled. */
struct import {
    struct worker *worker;
    const struct request *request;
    struct text *out;
    bool dry_run, all_rows;
    bool received; /* the whole of it */
    uint64_t left_out;
};

static void
take_row(const struct enroll_row *row, void *context)
{
    struct import *import = context;
    struct text *out = import->out;
    if (!import->all_rows && row->outcome != ENROLL_REFUSED)
        return;
    if (out->len > LISTED_BYTES_MAX) {
        import->left_out++;
        return;
    }
    json_put(out, NULL, "{");
    json_put_number(out, "line", (int64_t)row->line);
    json_put_text(out, "outcome", outcomes[row->outcome]);
    json_put_text(out, "gtin", row->key.gtin);
    json_put_text(out, "serial", row->key.serial);
    if (row->outcome == ENROLL_REFUSED) {
        json_put_text(out, "code", row->code);
        json_put_text(out, "reason", row->reason);
    }
    text_char(out, '}');
}

enum err
enroll_run(struct enrolling *enrolling, struct fault *fault)
{
    const struct worker *worker = enrolling->worker;
    struct enroll_options *options = &enrolling->options;
    /* Not when the request began, which may be hours ago: compromised_since is held to it. */
    options->now = worker->app->now();
    options->role = worker->caller.role;
    memcpy(options->actor, worker->caller.organisation, sizeof options->actor);
    const struct keyset *keyset = keyring_acquire(worker->app->keyring);
    const struct enroll_target target = {worker->session, keyset, worker->app->secrets};
    enum err err =
        enroll_manifest(enrolling->file, "manifest", &target, options, &enrolling->summary, fault);
    keyring_release(worker->app->keyring, keyset);
    return err;
}

static enum err
enroll(struct import *import, FILE *file, struct enroll_summary *summary, struct fault *fault)
{
    struct enrolling enrolling = {
        .worker = import->worker,
        .file = file,
        .options = {.dry_run = import->dry_run, .row = take_row, .context = import},
    };
    enum err err = enroll_run(&enrolling, fault);
    *summary = enrolling.summary;
    return err;
}

/* It is read twice, because its signature stands at its end and nothing is registered before that
 * is seen: a client that breaks off has registered nothing. */
static enum err
receive(struct spool *spool, const struct request *request, struct fault *fault)
{
    struct body_reader reader = body_read(request);
    enum err err = ERR_OK;
    for (size_t got = 1; err == ERR_OK && got > 0;) {
        size_t room = 0;
        char *at = spool_room(spool, &room);
        err = body_pull(&reader, at, room, &got);
        err = err == ERR_OK ? spool_put(spool, got, fault)
                            : fault_set(fault, err, "the manifest did not arrive in time");
    }
    return err;
}

static enum err
enroll_body(struct import *import, struct enroll_summary *summary, struct fault *fault)
{
    struct spool *spool = NULL;
    FILE *file = NULL;
    const char *data = import->worker->app->config->data;
    enum err err = spool_open(data, body_length(import->request), &spool, fault);
    if (err == ERR_OK)
        err = receive(spool, import->request, fault);
    if (err == ERR_OK)
        err = spool_read(spool, &file, fault);
    import->received = err == ERR_OK;
    if (err == ERR_OK)
        err = enroll(import, file, summary, fault);
    if (file != NULL)
        (void)fclose(file);
    spool_close(spool);
    return err;
}

static void
put_summary(const struct import *import, const struct enroll_summary *summary)
{
    struct text *out = import->out;
    json_put(out, "summary", "{");
    json_put_number(out, "rows", (int64_t)summary->rows);
    json_put_number(out, "registered", (int64_t)summary->registered);
    json_put_number(out, "already", (int64_t)summary->already);
    json_put_number(out, "refused", (int64_t)summary->refused);
    json_put_bool(out, "vouched", summary->vouched);
    json_put_bool(out, "dry_run", import->dry_run);
    text_char(out, '}');
}

/* What was settled before it stopped stays, and the one who sent it has to know. */
static void
answer_stopped(const struct enroll_summary *summary, const struct fault *fault,
               struct response *response)
{
    char detail[FAULT_TEXT_MAX];
    const struct err_info *info = err_info(fault->err);
    if (fault->err == ERR_DENIED) {
        response_problem(response, 422, "manifest_untrusted", "The manifest is not trusted",
                         fault->text, NULL);
        return;
    }
    if (info->http_status < 500) {
        response_fault(response, fault);
        return;
    }
    (void)snprintf(detail, sizeof detail,
                   "It stopped; at least %" PRIu64 " rows are registered. Send the manifest again",
                   summary->registered);
    response_problem(response, info->http_status, info->code, info->title, detail, NULL);
}

static void
run(struct import *import, struct response *response)
{
    struct enroll_summary summary = {.rows = 0};
    struct fault fault = {ERR_OK, ""};
    text_char(import->out, '{');
    json_put(import->out, "rows", "[");
    if (enroll_body(import, &summary, &fault) != ERR_OK) {
        if (import->received)
            answer_stopped(&summary, &fault, response);
        else
            response_fault(response, &fault);
        return;
    }
    response->content_type = "application/json";
    text_char(import->out, ']');
    json_put_number(import->out, "left_out", (int64_t)import->left_out);
    put_summary(import, &summary);
    text_put(import->out, "}\n");
}

void
api_manifests(struct worker *worker, const struct request *request, struct response *response)
{
    struct import import = {.worker = worker, .request = request, .out = &response->body};
    struct operation operation; /* only against the same request twice at once */
    const struct query_switch switches[] = {{"dry_run", "false", "true", &import.dry_run},
                                            {"rows", "refused", "all", &import.all_rows},
                                            {NULL, NULL, NULL, NULL}};
    if (!query_switches(request, switches, response) ||
        !operation_of(&operation, worker, request, 0, request->body, response) ||
        !operation_begin(worker, &operation, request, response))
        return;
    run(&import, response);
    operation_end(worker, &operation, request);
}
