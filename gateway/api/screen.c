/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/screen.h"

#include <sodium.h>
#include <string.h>

#include "gateway/api/api.h"
#include "gateway/api/assess.h"
#include "gateway/api/batch.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/rules/repeats.h"

/* One request under way. */
struct screens {
    struct worker *worker;
    const struct keyset *keyset;
    struct text *out;
    struct repeats *repeats;
    struct assessment assessed; /* of the row */
    size_t rows;
    size_t first; /* row about the same unit; the row itself when there was none before */
    size_t outcomes[SCREEN_ACCEPT + 1]; /* rows with each outcome */
};

static void
screen_unit(struct screening *out, const struct screens *s)
{
    const struct assessment *assessed = &s->assessed;
    const struct unit_view *view = &s->worker->view;
    bool asked = assessed->consulted && !assessed->registry_failed;
    const struct screen_input in = {
        .verdict = &assessed->verdict,
        .asked = asked,
        .unit = asked && view->has_unit ? &view->unit : NULL,
        .product = asked && view->has_product ? &view->product : NULL,
        .organisation = s->worker->caller.organisation,
        .repeated = s->first != s->rows,
    };
    screen_decide(out, &in);
}

static void
put_code(struct text *out, const struct reading *reading)
{
    if (reading->error != READ_OK) {
        json_put_text(out, "problem", reading_error_info(reading->error)->code);
        return;
    }
    json_put_text(out, "gtin", reading->id.gtin);
    json_put_text(out, "lot", reading->id.lot);
    json_put_text(out, "serial", reading->id.serial);
    if (reading->repair != REPAIR_NONE)
        json_put_text(out, "repaired", repair_name(reading->repair));
}

static void
put_row(struct text *out, const struct screening *screening, const struct screens *s)
{
    json_put(out, NULL, "{");
    json_put_number(out, "row", (int64_t)s->rows);
    json_put_text(out, "outcome", screen_outcome_name(screening->outcome));
    json_put(out, "reasons", "[");
    for (size_t i = 0; i < screening->reason_count; i++) {
        const struct screen_reason *reason = screening->reasons[i];
        json_put(out, NULL, "{");
        json_put_text(out, "code", reason->code);
        json_put_text(out, "outcome", screen_outcome_name(reason->outcome));
        json_put_text(out, "text", reason->sentence);
        if (strcmp(reason->code, "repeated") == 0)
            json_put_number(out, "row", (int64_t)s->first);
        text_char(out, '}');
    }
    text_char(out, ']');
    put_code(out, &s->assessed.reading);
    text_char(out, '}');
}

static void
screen_rows(struct screens *s, const struct json_node *codes)
{
    for (const struct json_node *item = json_first(codes); item != NULL; item = json_next(item)) {
        struct screening screening;
        const struct reading *reading = &s->assessed.reading;
        assess_code(&s->assessed, s->worker, s->keyset, json_string(item));
        s->first =
            reading->error == READ_OK ? repeats_first(s->repeats, &reading->id, s->rows) : s->rows;
        screen_unit(&screening, s);
        put_row(s->out, &screening, s);
        s->outcomes[screening.outcome]++;
        s->rows++;
    }
}

static void
answer(struct worker *worker, const struct request *request, struct response *response,
       const struct json_node *codes)
{
    struct keyring *keyring = worker->app->keyring;
    uint8_t key[REPEATS_KEY_BYTES];
    struct screens s = {.worker = worker, .out = &response->body};
    randombytes_buf(key, sizeof key);
    if (repeats_open(&s.repeats, BATCH_ROWS_MAX, key) != ERR_OK) {
        write_problem(response, ERR_MEMORY, NULL);
        return;
    }
    s.keyset = keyring_acquire(keyring);
    s.assessed.role = worker->caller.role;
    s.assessed.now = request->now;
    response->content_type = "application/json";
    text_put(s.out, "{\"results\":[");
    screen_rows(&s, codes);
    text_char(s.out, ']');
    json_put_number(s.out, "accepted", (int64_t)s.outcomes[SCREEN_ACCEPT]);
    json_put_number(s.out, "refused", (int64_t)s.outcomes[SCREEN_REFUSE]);
    json_put_number(s.out, "to_review", (int64_t)s.outcomes[SCREEN_REVIEW]);
    json_put_time(s.out, "checked_at", request->now);
    text_put(s.out, "}\n");
    keyring_release(keyring, s.keyset);
    repeats_close(s.repeats);
}

void
api_screen(struct worker *worker, const struct request *request, struct response *response)
{
    static const struct json_member members[] = {{"codes", JSON_ARRAY, true}, {NULL, 0, false}};
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    enum err err = json_parse(request->body, BATCH_BODY_MAX, &doc, &fault);
    if (err == ERR_OK)
        err = json_check_object(json_root(doc), "", members, &fault);
    if (err != ERR_OK) {
        response_fault(response, &fault);
        json_free(doc);
        return;
    }
    const struct json_node *codes = json_member_of(json_root(doc), "codes");
    if (batch_check(codes, "codes", JSON_STRING, response))
        answer(worker, request, response, codes);
    json_free(doc);
}
