/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/assess.h"
#include "gateway/api/event_write.h"
#include "gateway/api/unit_path.h"
#include "gateway/api/units.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/rules/event_offer.h"

/* What POST /v1/events takes; undo is told apart, for it rests on the last event. */
static const enum event_type offered[] = {
    EVENT_RECEIVE, EVENT_SHIP,          EVENT_MOVE,        EVENT_SELL,        EVENT_RETURN,
    EVENT_RESTOCK, EVENT_HOLD,          EVENT_RELEASE,     EVENT_SUSPECT,     EVENT_CLEAR,
    EVENT_SERVICE, EVENT_ADJUST,        EVENT_CONFIRM,     EVENT_DISMISS,     EVENT_RECOVER,
    EVENT_RETIRE,  EVENT_REPORT_STOLEN, EVENT_REPORT_LOST, EVENT_LOSE_SECRET, EVENT_END_OWNERSHIP,
};

/* ---- what a label of the unit would be answered ---- */

static struct label_trust
trust_of(const struct keyset *keyset, const struct unit *unit)
{
    const struct keyset_entry *entry = NULL;
    struct label_trust trust = {LABEL_ISSUER_UNKNOWN, NULL};
    for (size_t n = 0; (entry = keyset_find(keyset, unit->kid, n)) != NULL; n++) {
        if (keyset_scope_allows(entry, unit->id.gtin))
            return (struct label_trust){LABEL_GENUINE, entry};
        trust.result = LABEL_ISSUER_OUT_OF_SCOPE;
    }
    return trust;
}

static void
decide(struct verdict *out, const struct worker *worker, const struct keyset *keyset, int64_t now)
{
    struct reading reading;
    const struct unit_view *view = &worker->view;
    struct label_trust trust = trust_of(keyset, &view->unit);
    memset(&reading, 0, sizeof reading);
    reading.kind = READING_DIGITAL_LINK;
    reading.id = view->unit.id;
    struct verdict_input in = {
        .role = worker->caller.role,
        .label = trust.result,
        .signer = trust.signer,
        .reading = &reading,
        .unit = &view->unit,
        .product = view->has_product ? &view->product : NULL,
        .lot = view->has_lot ? &view->lot : NULL,
        .recalls = view->recalls,
        .recall_count = view->recall_count,
        .now = now,
    };
    verdict_decide(out, &in);
}

static void
put_reasons(struct text *out, const struct verdict *verdict)
{
    json_put_text(out, "verdict", verdict_class_name(verdict->class));
    json_put(out, "reasons", "[");
    for (size_t i = 0; i < verdict->reason_count; i++) {
        const struct reason_info *info = reason_info(verdict->reasons[i]);
        json_put(out, NULL, "{");
        json_put_text(out, "code", info->code);
        json_put_text(out, "class", verdict_class_name(info->class));
        text_char(out, '}');
    }
    text_char(out, ']');
}

static void
put_recalls(struct text *out, const struct unit_view *view)
{
    json_put(out, "recalls", "[");
    for (size_t i = 0; i < view->recall_count; i++) {
        json_put(out, NULL, "{");
        json_put_text(out, "id", view->recalls[i].id);
        json_put_bool(out, "stop_use", view->recalls[i].stop_use);
        text_char(out, '}');
    }
    text_char(out, ']');
}

/* ---- what the caller may do ---- */

static void
put_fields(struct text *out, const char *name, unsigned fields)
{
    json_put(out, name, "[");
    for (unsigned id = 1; id < FIELD_ID_COUNT; id++)
        if ((fields & 1U << id) != 0)
            json_put_text(out, NULL, event_field_name((enum event_field_id)id));
    text_char(out, ']');
}

static void
put_actions(struct text *out, const struct unit *unit, enum role role, int64_t now)
{
    unsigned required = 0;
    unsigned optional = 0;
    json_put(out, "actions", "[");
    for (size_t i = 0; i < sizeof offered / sizeof offered[0]; i++) {
        if (!event_offered(unit, offered[i], role, now))
            continue;
        event_fields_of(offered[i], &required, &optional);
        json_put(out, NULL, "{");
        json_put_text(out, "type", event_type_name(offered[i]));
        put_fields(out, "required", required);
        put_fields(out, "optional", optional);
        text_char(out, '}');
    }
    text_char(out, ']');
}

/* The rules say whether the last event can be taken back: it is tried, and nothing is written. */
static bool
can_undo(struct worker *worker, const struct request *request, const struct unit_key *key,
         uint64_t version)
{
    struct outcome outcome;
    struct operation operation;
    struct event_row row = {.key = *key, .version = version};
    const struct event_call call = {worker, request, &row, &operation, true};
    row.event.type = EVENT_UNDO;
    row.event.field_count = 1;
    row.event.fields[0].id = FIELD_UNDOES;
    (void)snprintf(row.event.fields[0].value, sizeof row.event.fields[0].value, "%" PRIu64,
                   version);
    memset(&operation, 0, sizeof operation);
    operation.at = request->now;
    event_write(&call, &outcome);
    return outcome.status == 200;
}

/* ---- the answer ---- */

/* The view is the worker's, and trying to undo reads another one into it: it comes last. */
static void
answer(struct worker *worker, const struct request *request, const struct unit_key *key,
       struct response *response)
{
    struct verdict verdict;
    struct text *out = &response->body;
    const struct unit_view *view = &worker->view;
    uint64_t version = view->unit.version;
    const struct keyset *keyset = keyring_acquire(worker->app->keyring);
    decide(&verdict, worker, keyset, request->now);
    response->content_type = "application/json";
    text_char(out, '{');
    json_put_number(out, "version", (int64_t)version);
    put_reasons(out, &verdict);
    put_recalls(out, view);
    keyring_release(worker->app->keyring, keyset);
    put_actions(out, &view->unit, worker->caller.role, request->now);
    if (version > 1 && event_offered(&view->unit, EVENT_UNDO, worker->caller.role, request->now) &&
        can_undo(worker, request, key, version))
        json_put_number(out, "undoes", (int64_t)version);
    text_put(out, "}\n");
}

void
api_unit_situation(struct worker *worker, const struct request *request, struct response *response)
{
    struct unit unit;
    struct unit_key key;
    if (!unit_of_path(worker, request, &key, &unit, response))
        return;
    enum err err = registry_view(worker->session, &key, &worker->view);
    if (err == ERR_OK && worker->view.has_unit)
        answer(worker, request, &key, response);
    else
        write_problem(response, err == ERR_OK ? ERR_UNAVAILABLE : err, NULL);
}
