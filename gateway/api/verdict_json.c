/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/verdict_json.h"

#include <string.h>

#include "gateway/api/staff_json.h"
#include "gateway/json/write.h"
#include "gateway/pages/link.h"
#include "gateway/records/past.h"

/* A link that no page would show is none that a program should follow. */
static void
put_link(struct text *out, const char *name, const char *link)
{
    json_put_text(out, name, link_kind(link) == LINK_NONE ? "" : link);
}

/* ---- parts ---- */

static void
put_reasons(struct text *out, const struct verdict *verdict, const struct pages *pages,
            const char *language)
{
    json_put(out, "reasons", "[");
    for (size_t i = 0; i < verdict->reason_count; i++) {
        enum reason reason = verdict->reasons[i];
        json_put(out, NULL, "{");
        json_put_text(out, "code", reason_info(reason)->code);
        json_put_text(out, "class", verdict_class_name(reason_info(reason)->class));
        json_put_text(out, "text", pages_reason_sentence(pages, language, reason));
        text_char(out, '}');
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
put_product(struct text *out, const struct product *product)
{
    json_put(out, "product", "{");
    json_put_text(out, "gtin", product->gtin);
    json_put_text(out, "item", product->item);
    json_put_text(out, "brand", product->brand);
    json_put_text(out, "name", product->name);
    json_put_text(out, "model", product->model);
    put_link(out, "picture", product->picture);
    put_link(out, "support", product->support);
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

/* For who has to decide on a claim. */
static void
put_terms(struct text *out, const struct cover_line *line)
{
    const struct entitlement *entitlement = line->entitlement;
    json_put_number(out, "months", entitlement->months);
    json_put_bool(out, "requires_activation", entitlement->requires_activation);
    if (line->started_by != 0)
        json_put_text(out, "started_by", entitlement_start_name(line->started_by));
    json_put_words(out, "countries", entitlement->countries);
}

static void
put_entitlement(struct text *out, const struct cover_line *line, bool terms)
{
    json_put(out, NULL, "{");
    json_put_text(out, "id", line->entitlement->id);
    json_put_text(out, "title", line->entitlement->title);
    json_put_text(out, "covers", line->entitlement->covers);
    json_put_day(out, "starts_on", line->starts_on);
    json_put_day(out, "ends_on", line->ends_on);
    json_put_text(out, "why", cover_name(line->cover));
    if (terms)
        put_terms(out, line);
    text_char(out, '}');
}

static void
put_warranty(struct text *out, const struct warranty *warranty, bool terms)
{
    bool covered = warranty->best != NULL && warranty->best->cover == COVER_YES;
    json_put(out, "warranty", "{");
    json_put_bool(out, "covered", covered);
    json_put_day(out, "asked_for", warranty->asked_for);
    json_put(out, "entitlements", "[");
    for (size_t i = 0; i < warranty->count; i++)
        put_entitlement(out, &warranty->lines[i], terms);
    text_put(out, "]}");
}

static void
put_recall(struct text *out, const struct recall *recall, const char *language)
{
    json_put(out, "recall", "{");
    json_put_text(out, "id", recall->id);
    json_put_bool(out, "stop_use", recall->stop_use);
    json_put_text(out, "text", recall_text_in(recall, language));
    put_link(out, "link", recall->link);
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
    bool terms = ((unsigned)caller->role & SEES_TERMS) != 0;
    if (view->has_product)
        put_product(out, &view->product);
    put_unit(out, view);
    if (verdict->has_warranty)
        put_warranty(out, &verdict->warranty, terms);
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
    put_code(out, &assessment->reading);
    bool shown = verdict->shows_unit && assessment->consulted;
    if (shown && verdict->recall != NULL)
        put_recall(out, verdict->recall, language);
    if (shown)
        put_record(out, assessment, worker, history);
    json_put_time(out, "checked_at", assessment->now);
    text_char(out, '}');
}
