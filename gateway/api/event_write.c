/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/event_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/api/notices.h"
#include "gateway/api/writes.h"
#include "gateway/api/writing.h"
#include "gateway/log/log.h"

enum { WRITE_TRIES = 8, TAIL_CHARS = 4 };

/* ---- refusals ---- */

static const struct {
    enum err err;
    int status;
    const char *code, *title;
} refusals[] = {
    {ERR_INVALID, 400, "invalid", "The input is not valid"},
    {ERR_DENIED, 403, "denied", "Not allowed"},
    {ERR_NOT_FOUND, 404, "not_found", "Not found"},
    {ERR_CONFLICT, 409, "conflict", "Not as the unit is now"},
    {ERR_EXISTS, 422, "idempotency_key_reused",
     "This Idempotency-Key came with another request before"},
};

static void
tell_refusal(struct outcome *out, enum err err)
{
    const struct err_info *info = err_info(err);
    out->status = info->http_status;
    out->code = info->code;
    out->title = info->title;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (refusals[i].err == err) {
            out->status = refusals[i].status;
            out->code = refusals[i].code;
            out->title = refusals[i].title;
        }
    if (out->fault.text[0] == '\0' || out->status >= 500)
        (void)fault_set(&out->fault, err, "%s", out->title);
    event_row_pointer(out->pointer, &out->fault);
}

/* ---- what the operator is to see ---- */

static void
raise(const struct writing *w, enum notice_kind kind, const char *text)
{
    const struct unit_key *key = &w->row->key;
    notice_raise(
        w->worker,
        &(struct noticed){
            .kind = kind, .gtin = key->gtin, .serial = key->serial, .answer = "", .text = text},
        w->request->now);
}

static void
note_second_return(const struct writing *w)
{
    char text[CHANGE_MET_MAX];
    change_met(text, &w->event, &w->past);
    raise(w, NOTICE_SECOND_RETURN, text);
}

/* Nobody marks another's unit stolen; that somebody tried is for the operator to see. */
static void
note_refused_report(const struct writing *w)
{
    enum event_type type = w->row->event.type;
    const char *serial = w->row->key.serial;
    size_t len = strlen(serial);
    const struct caller *caller = &w->worker->caller;
    if ((type != EVENT_REPORT_STOLEN && type != EVENT_REPORT_LOST) ||
        (w->out->status != 403 && w->out->status != 404 && w->out->status != 409))
        return;
    log_event(w->worker->app->config, LOG_ERROR, "report_refused",
              "%s of %s, serial ...%s, by %s %s (%s)", event_type_name(type), w->row->key.gtin,
              serial + (len > TAIL_CHARS ? len - TAIL_CHARS : len), role_name(caller->role),
              caller->organisation, caller->id);
    char text[NOTICE_TEXT_MAX + 1];
    (void)snprintf(text, sizeof text, "%s: %s", event_type_name(type), w->out->title);
    raise(w, NOTICE_REPORT_REFUSED, text);
}

/* ---- writing ---- */

static enum err
commit(struct writing *w)
{
    struct operation operation = *w->operation;
    (void)snprintf(operation.note, sizeof operation.note, "event %s",
                   event_type_name(w->row->event.type));
    enum err err = registry_apply(w->worker->session, &w->change, 1, &operation, NULL, NULL);
    err = operation_settle(w->worker->session, &operation, err);
    if (err == ERR_OK) {
        w->out->unit = w->change.unit;
        w->out->unit.version++;
    }
    return err;
}

/* ERR_BUSY: somebody else was faster, and another try may do. */
static enum err
attempt(struct writing *w, bool dry_run)
{
    w->out->fault.text[0] = '\0';
    w->second_return = false;
    enum err err = writing_prepare(w);
    if (err != ERR_OK)
        return err;
    if (dry_run) {
        w->out->unit = w->change.unit;
        return w->second_return ? change_met_fault(&w->past, &w->out->fault) : ERR_OK;
    }
    err = commit(w);
    if (err == ERR_CONFLICT)
        return ERR_BUSY;
    return err == ERR_OK && w->second_return ? change_met_fault(&w->past, &w->out->fault) : err;
}

/* What was committed under this operation, as it was then. */
static enum err
repeat(struct writing *w)
{
    struct registry_session *session = w->worker->session;
    struct outcome *out = w->out;
    enum err err = registry_view(session, &w->row->key, &w->worker->view);
    if (err == ERR_OK)
        err = past_read(session, &w->row->key, w->operation->id, &w->past);
    if (err != ERR_OK)
        return err;
    if (w->past.number == 0)
        return ERR_CORRUPT;
    out->has_unit = true;
    err = past_unit(session, &w->worker->view.unit, w->past.number, &out->unit, &out->fault);
    w->second_return = w->row->event.type == EVENT_RETURN && w->past.type == EVENT_HOLD;
    if (err == ERR_OK && w->second_return)
        return change_met_fault(&w->past, &w->out->fault);
    return err;
}

static enum err
run(struct writing *w, bool dry_run)
{
    bool repeated = false;
    if (w->worker->session == NULL)
        return ERR_UNAVAILABLE;
    enum err err = operation_repeated(w->worker, w->operation, w->request, &repeated);
    if (err != ERR_OK)
        return err;
    if (repeated && !dry_run)
        return repeat(w);
    err = ERR_BUSY;
    for (int tries = 0; err == ERR_BUSY && tries < WRITE_TRIES; tries++)
        err = attempt(w, dry_run);
    if (w->second_return && err == ERR_CONFLICT && !dry_run)
        note_second_return(w);
    if (err != ERR_BUSY)
        return err;
    w->second_return = false;
    return writing_refuse(w, ERR_CONFLICT, "others keep changing the unit; try again");
}

void
event_write(const struct event_call *call, struct outcome *out)
{
    struct writing *w = calloc(1, sizeof *w);
    enum err err = ERR_MEMORY;
    memset(out, 0, sizeof *out);
    if (w != NULL) {
        w->worker = call->worker;
        w->request = call->request;
        w->row = call->row;
        w->operation = call->operation;
        w->out = out;
        err = run(w, call->dry_run);
    }
    out->status = call->dry_run ? 200 : 201;
    out->code = call->dry_run ? "would_apply" : "applied";
    if (err != ERR_OK)
        tell_refusal(out, err);
    if (w != NULL && w->second_return && err == ERR_CONFLICT)
        out->code = "second_return";
    if (w != NULL && err != ERR_OK && !call->dry_run)
        note_refused_report(w);
    free(w);
}
