/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/public_json.h"

#include "gateway/json/write.h"
#include "gateway/pages/link.h"

/* A link that no page would show is none that a program should follow. */
static void
put_link(struct text *out, const char *name, const char *link)
{
    json_put_text(out, name, link_kind(link) == LINK_NONE ? "" : link);
}

void
public_product_json(struct text *out, const struct product *product)
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

void
public_warranty_json(struct text *out, const struct warranty *warranty, bool terms)
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

void
public_recall_json(struct text *out, const char *name, const struct recall *recall,
                   const char *language)
{
    json_put(out, name, "{");
    json_put_text(out, "id", recall->id);
    json_put_bool(out, "stop_use", recall->stop_use);
    json_put_text(out, "text", recall_text_in(recall, language));
    put_link(out, "link", recall->link);
    text_char(out, '}');
}
