/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/verdict_json.h"

#include <string.h>

#include "gateway/api/public_json.h"
#include "gateway/api/scans.h"
#include "gateway/api/staff_json.h"
#include "gateway/json/write.h"
#include "gateway/records/past.h"

/* ---- parts ---- */

static void
put_reasons(struct text *out, const struct verdict *verdict, const struct pages *pages,
            const char *language)
{
    json_put(out, "reasons", "[");
    for (size_t i = 0; i < verdict->reason_count; i++) {
        json_put(out, NULL, "");
        text_slice_put(out, pages_reason_json(pages, language, verdict->reasons[i]));
    }
    text_char(out, ']');
}

static void
put_label(struct text *out, const struct assessment *assessment)
{
    enum label_result result = assessed_label(assessment);
    const struct keyset_entry *signer = assessment->trust.signer;
    json_put(out, "label", "{");
    json_put_text(out, "result", assessed_label_name(assessment));
    if (assessment->reading.error == READ_OK && assessment->reading.has_token) {
        json_put(out, "kid", "\"");
        text_hex(out, assessment->reading.token.kid, KID_BYTES);
        text_char(out, '"');
    }
    if (result == LABEL_GENUINE && signer != NULL) {
        json_put(out, "issuer", "{");
        json_put_text(out, "organisation", signer->organisation);
        text_char(out, '}');
    }
    text_char(out, '}');
}

static void
put_code(struct text *out, const struct reading *reading)
{
    json_put(out, "code", "{");
    if (reading->error != READ_OK) {
        json_put_text(out, "problem", reading_error_info(reading->error)->code);
        text_char(out, '}');
        return;
    }
    json_put_text(out, "kind", reading_kind_name(reading->kind));
    json_put_text(out, "gtin", reading->id.gtin);
    json_put_text(out, "variant", reading->id.variant);
    json_put_text(out, "lot", reading->id.lot);
    json_put_text(out, "serial", reading->id.serial);
    json_put_text(out, "canonical", reading->canonical);
    if (reading->repair != REPAIR_NONE)
        json_put_text(out, "repaired", repair_name(reading->repair));
    text_char(out, '}');
}

static void
put_unit(struct text *out, const struct unit_view *view)
{
    const struct unit *unit = &view->unit;
    bool of_lot = view->has_lot;
    json_put(out, "unit", "{");
    json_put_text(out, "variant", unit->id.variant);
    json_put_text(out, "lot", unit->id.lot);
    json_put_day(out, "made_on",
                 unit->made_on == CIVIL_NONE && of_lot ? view->lot.made_on : unit->made_on);
    json_put_day(out, "expires_on",
                 unit->expires_on == CIVIL_NONE && of_lot ? view->lot.expires_on
                                                          : unit->expires_on);
    json_put_bool(out, "registered", !seal_is_none(unit->owner));
    text_char(out, '}');
}

enum { SEES_TERMS = ROLE_SERVICE | ROLE_OPERATOR | ROLE_AUDITOR };

/* ---- repairs ---- */

struct repairs {
    struct text *out;
    const struct caller *caller;
};

static enum err
put_repair(void *context, const struct event *event, uint64_t number)
{
    const struct repairs *repairs = context;
    if (event->type != EVENT_SERVICE && event->type != EVENT_REPLACE)
        return ERR_OK;
    json_put(repairs->out, NULL, "");
    staff_event_json(repairs->out, event, number, repairs->caller);
    return ERR_OK;
}

/* A history that cannot be read must not look like one without repairs. */
static void
put_repairs(struct text *out, struct worker *worker)
{
    struct text lines;
    struct unit_key key;
    struct repairs repairs = {&lines, &worker->caller};
    memcpy(key.gtin, worker->view.unit.id.gtin, sizeof key.gtin);
    memcpy(key.serial, worker->view.unit.id.serial, sizeof key.serial);
    text_init(&lines, out->max);
    text_char(&lines, '[');
    enum err err = past_each(worker->session, &key, put_repair, &repairs);
    text_char(&lines, ']');
    if (err == ERR_OK && text_ok(&lines)) {
        json_put(out, "history", "");
        text_slice_put(out, text_slice(&lines));
    }
    out->failed = out->failed || !text_ok(&lines);
    text_free(&lines);
}

/* Everything that comes from a record: nothing of it without shows_unit. */
static void
put_record(struct text *out, const struct assessment *assessment, struct worker *worker,
           bool history)
{
    const struct verdict *verdict = &assessment->verdict;
    const struct caller *caller = &worker->caller;
    const struct unit_view *view = &worker->view;
    const struct public_product product = {&view->product, worker->app->product_words};
    bool terms = ((unsigned)caller->role & SEES_TERMS) != 0;
    if (view->has_product)
        public_product_json(out, &product);
    put_unit(out, view);
    if (verdict->has_warranty)
        public_warranty_json(out, &product, &verdict->warranty, terms);
    if (!role_is_staff(caller->role))
        return;
    json_put(out, "record", "");
    staff_unit_json(out, &view->unit, caller, assessment->now);
    if (history && terms)
        put_repairs(out, worker);
}

void
verdict_json(struct text *out, const struct assessment *assessment, struct worker *worker,
             const char *language, bool history)
{
    const struct verdict *verdict = &assessment->verdict;
    text_char(out, '{');
    json_put_text(out, "verdict", verdict_class_name(verdict->class));
    put_reasons(out, verdict, worker->app->pages, language);
    put_label(out, assessment);
    if (assessment->reading.error != READ_OK || assessment->reading.kind != READING_NONE)
        put_code(out, &assessment->reading);
    bool shown = verdict->shows_unit && assessment->consulted;
    if (shown && verdict->recall != NULL)
        public_recall_json(out, "recall", verdict->recall, language);
    if (shown)
        scans_put(out, assessment, worker);
    if (shown)
        put_record(out, assessment, worker, history);
    json_put_time(out, "checked_at", assessment->now);
    text_char(out, '}');
}
