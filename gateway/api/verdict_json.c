/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/verdict_json.h"

#include "gateway/pages/link.h"

/* ---- members ---- */

/* A comma unless it is the first of its object or array. */
static void
separate(struct text *out)
{
    char last = '{';
    if (out->len > 0)
        last = out->data[out->len - 1];
    if (last != '{' && last != '[')
        text_char(out, ',');
}

/* The name of a member, or NULL for an item of an array; then the opening bracket or value. */
static void
open_value(struct text *out, const char *name, const char *bracket)
{
    separate(out);
    if (name != NULL)
        text_printf(out, "\"%s\":", name);
    text_put(out, bracket);
}

static void
put_text(struct text *out, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    open_value(out, name, "");
    text_json(out, slice_of(value));
}

static void
put_bool(struct text *out, const char *name, bool value)
{
    open_value(out, name, value ? "true" : "false");
}

static void
put_day(struct text *out, const char *name, civil_day day)
{
    char value[DATE_TEXT_MAX];
    date_format(value, day);
    put_text(out, name, value);
}

/* A link that no page would show is none that a program should follow. */
static void
put_link(struct text *out, const char *name, const char *link)
{
    put_text(out, name, link_kind(link) == LINK_NONE ? "" : link);
}

/* ---- parts ---- */

static void
put_reasons(struct text *out, const struct verdict *verdict, const struct pages *pages,
            const char *language)
{
    open_value(out, "reasons", "[");
    for (size_t i = 0; i < verdict->reason_count; i++) {
        enum reason reason = verdict->reasons[i];
        open_value(out, NULL, "{");
        put_text(out, "code", reason_info(reason)->code);
        put_text(out, "class", verdict_class_name(reason_info(reason)->class));
        put_text(out, "text", pages_reason_sentence(pages, language, reason));
        text_char(out, '}');
    }
    text_char(out, ']');
}

static void
put_label(struct text *out, const struct assessment *assessment)
{
    enum label_result result = assessed_label(assessment);
    const struct keyset_entry *signer = assessment->trust.signer;
    open_value(out, "label", "{");
    put_text(out, "result", assessed_label_name(assessment));
    if (assessment->reading.error == READ_OK && assessment->reading.has_token) {
        open_value(out, "kid", "\"");
        text_hex(out, assessment->reading.token.kid, KID_BYTES);
        text_char(out, '"');
    }
    if (result == LABEL_GENUINE && signer != NULL) {
        open_value(out, "issuer", "{");
        put_text(out, "organisation", signer->organisation);
        text_char(out, '}');
    }
    text_char(out, '}');
}

static void
put_code(struct text *out, const struct reading *reading)
{
    open_value(out, "code", "{");
    if (reading->error != READ_OK) {
        put_text(out, "problem", reading_error_info(reading->error)->code);
        text_char(out, '}');
        return;
    }
    put_text(out, "kind", reading_kind_name(reading->kind));
    put_text(out, "gtin", reading->id.gtin);
    put_text(out, "variant", reading->id.variant);
    put_text(out, "lot", reading->id.lot);
    put_text(out, "serial", reading->id.serial);
    put_text(out, "canonical", reading->canonical);
    if (reading->repair != REPAIR_NONE)
        put_text(out, "repaired", repair_name(reading->repair));
    text_char(out, '}');
}

static void
put_product(struct text *out, const struct product *product)
{
    open_value(out, "product", "{");
    put_text(out, "gtin", product->gtin);
    put_text(out, "item", product->item);
    put_text(out, "brand", product->brand);
    put_text(out, "name", product->name);
    put_text(out, "model", product->model);
    put_link(out, "picture", product->picture);
    put_link(out, "support", product->support);
    text_char(out, '}');
}

static void
put_unit(struct text *out, const struct unit_view *view)
{
    const struct unit *unit = &view->unit;
    bool of_lot = view->has_lot;
    open_value(out, "unit", "{");
    put_text(out, "variant", unit->id.variant);
    put_text(out, "lot", unit->id.lot);
    put_day(out, "made_on",
            unit->made_on == CIVIL_NONE && of_lot ? view->lot.made_on : unit->made_on);
    put_day(out, "expires_on",
            unit->expires_on == CIVIL_NONE && of_lot ? view->lot.expires_on : unit->expires_on);
    text_char(out, '}');
}

static void
put_entitlement(struct text *out, const struct cover_line *line)
{
    open_value(out, NULL, "{");
    put_text(out, "id", line->entitlement->id);
    put_text(out, "title", line->entitlement->title);
    put_text(out, "covers", line->entitlement->covers);
    put_day(out, "starts_on", line->starts_on);
    put_day(out, "ends_on", line->ends_on);
    put_text(out, "why", cover_name(line->cover));
    text_char(out, '}');
}

static void
put_warranty(struct text *out, const struct warranty *warranty)
{
    bool covered = warranty->best != NULL && warranty->best->cover == COVER_YES;
    open_value(out, "warranty", "{");
    put_bool(out, "covered", covered);
    put_day(out, "asked_for", warranty->asked_for);
    open_value(out, "entitlements", "[");
    for (size_t i = 0; i < warranty->count; i++)
        put_entitlement(out, &warranty->lines[i]);
    text_put(out, "]}");
}

static void
put_recall(struct text *out, const struct recall *recall)
{
    open_value(out, "recall", "{");
    put_text(out, "id", recall->id);
    put_bool(out, "stop_use", recall->stop_use);
    put_text(out, "text", recall->text);
    put_link(out, "link", recall->link);
    text_char(out, '}');
}

/* Everything that comes from a record: nothing of it without shows_unit. */
static void
put_record(struct text *out, const struct verdict *verdict, const struct unit_view *view)
{
    if (view->has_product)
        put_product(out, &view->product);
    put_unit(out, view);
    if (verdict->has_warranty)
        put_warranty(out, &verdict->warranty);
    if (verdict->recall != NULL)
        put_recall(out, verdict->recall);
}

void
verdict_json(struct text *out, const struct assessment *assessment, const struct unit_view *view,
             const struct pages *pages, const char *language)
{
    const struct verdict *verdict = &assessment->verdict;
    char checked_at[TIME_TEXT_MAX];
    time_format(checked_at, assessment->now);
    text_char(out, '{');
    put_text(out, "verdict", verdict_class_name(verdict->class));
    put_reasons(out, verdict, pages, language);
    put_label(out, assessment);
    put_code(out, &assessment->reading);
    if (verdict->shows_unit && assessment->consulted)
        put_record(out, verdict, view);
    put_text(out, "checked_at", checked_at);
    text_put(out, "}\n");
}
