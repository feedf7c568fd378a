/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/public_json.h"

#include "gateway/json/write.h"
#include "gateway/pages/link.h"

void
public_product_json(struct text *out, const struct public_product *of)
{
    json_put(out, "product", "");
    product_words_put(out, of->words, of->product);
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
put_entitlement(struct text *out, const struct public_product *of, const struct cover_line *line,
                bool terms)
{
    json_put(out, NULL, "");
    product_words_put_entitlement(out, of->words, of->product,
                                  (size_t)(line->entitlement - of->product->entitlements));
    json_put_day(out, "starts_on", line->starts_on);
    json_put_day(out, "ends_on", line->ends_on);
    json_put_text(out, "why", cover_name(line->cover));
    if (terms)
        put_terms(out, line);
    text_char(out, '}');
}

void
public_warranty_json(struct text *out, const struct public_product *of,
                     const struct warranty *warranty, bool terms)
{
    bool covered = warranty->best != NULL && warranty->best->cover == COVER_YES;
    json_put(out, "warranty", "{");
    json_put_bool(out, "covered", covered);
    json_put_day(out, "asked_for", warranty->asked_for);
    json_put(out, "entitlements", "[");
    for (size_t i = 0; i < warranty->count; i++)
        put_entitlement(out, of, &warranty->lines[i], terms);
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
    json_put_text(out, "link", link_kind(recall->link) == LINK_NONE ? "" : recall->link);
    text_char(out, '}');
}
