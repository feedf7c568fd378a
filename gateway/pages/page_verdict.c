/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/pages/link.h"
#include "gateway/pages/page_action.h"

enum { CODES_MAX = REASON_COUNT * 24, NUMBER_MAX = 10 };

/* What a view points to and nobody else keeps, and what the lists need. */
struct sheet {
    const struct verdict_page *model;
    const struct page_visit *visit;
    const struct pages *pages;
    const struct vocabulary *words;
    const struct language *language;
    struct page_links links;
    struct text codes;
    char registered[PAGE_DATE_MAX + 1];
    char made_on[PAGE_DATE_MAX + 1], expires_on[PAGE_DATE_MAX + 1];
    char starts_on[PAGE_DATE_MAX + 1], ends_on[PAGE_DATE_MAX + 1];
    char checked_on[PAGE_DATE_MAX + 1], checked_at[TIME_TEXT_MAX];
    char kid[2 * KID_BYTES + 1];
    char figure[NUMBER_MAX + 1];
};

static void
put(struct view *view, enum page_field field, const char *value)
{
    view->values[field] = slice_of(value);
}

static void
put_date(struct view *view, enum page_field field, struct sheet *sheet,
         char buffer[static PAGE_DATE_MAX + 1], civil_day day)
{
    page_date(buffer, sheet->words, sheet->language, day);
    put(view, field, buffer);
}

/* ---- the verdict ---- */

/* Genuine is the last of all reasons. Beside a bad one it is not said aloud: who reads only a
 * little must not take it for the answer. How it was checked says it still. */
static size_t
reasons_shown(const struct verdict *verdict)
{
    size_t count = verdict->reason_count;
    bool ends_well = count > 1 && verdict->reasons[count - 1] == REASON_GENUINE;
    return ends_well && verdict->class == VERDICT_BAD ? count - 1 : count;
}

static void
put_verdict(struct view *view, const struct sheet *sheet)
{
    const struct verdict *verdict = sheet->model->verdict;
    enum verdict_class class = verdict->reason_count > 0 ? verdict->class : VERDICT_UNCHECKED;
    const struct reason_words *words = &sheet->words->reasons[page_worst(verdict)];
    put(view, PAGE_CLASS, verdict_class_name(class));
    view->chosen[PAGE_WORD] = sheet->words->class_word[class];
    view->chosen[PAGE_ICON] = sheet->words->class_icon[class];
    view->chosen[PAGE_SENTENCE] = words->sentence;
    view->chosen[PAGE_MEANS] = words->means;
    view->chosen[PAGE_NEXT] = words->next;
    put(view, PAGE_ALSO, reasons_shown(verdict) > 1 ? "yes" : "");
    if (sheet->model->reading == NULL && page_worst(verdict) == REASON_LABEL_MALFORMED)
        view->chosen[PAGE_PROBLEM] = sheet->words->problems[sheet->model->error];
}

static void
put_copy(struct view *view, struct sheet *sheet)
{
    const struct copy_shown *copy = &sheet->model->copy;
    if (!verdict_has(sheet->model->verdict, REASON_COPY_SUSPECTED) ||
        (unsigned)copy->rule >= COPY_RULES)
        return;
    (void)snprintf(sheet->figure, sizeof sheet->figure, "%" PRIu32,
                   copy->rule == COPY_TRAVEL ? copy->countries : copy->about);
    view->chosen[PAGE_COPY] = sheet->words->copies[copy->rule];
    put(view, PAGE_COPY_FIGURE, sheet->figure);
}

/* ---- what may be done: one button, and small links below it ---- */

static void
put_action(struct view *view, struct sheet *sheet)
{
    struct page_links *links = &sheet->links;
    page_links_open(links, sheet->model, sheet->visit, sheet->language->tag);
    view->chosen[PAGE_ACTION] = sheet->words->actions[links->action];
    view->values[PAGE_ACTION_LINK] = text_slice(&links->action_link);
    view->values[PAGE_OWNER_LINK] = text_slice(&links->owner_link);
    view->values[PAGE_REPORT_LINK] = text_slice(&links->report_link);
}

/* ---- the thing ---- */

static void
put_product(struct view *view, const struct product *product)
{
    enum link_kind picture = link_kind(product->picture);
    put(view, PAGE_BRAND, product->brand);
    put(view, PAGE_NAME, product->name);
    put(view, PAGE_MODEL, product->model);
    put(view, PAGE_ITEM, product->item);
    if (picture == LINK_LOCAL)
        put(view, PAGE_PICTURE, product->picture);
    /* Loading it from elsewhere would tell that host who checks which item. */
    if (picture == LINK_WEB)
        put(view, PAGE_PICTURE_LINK, product->picture);
}

/* What the label itself says: the visitor holds it, so that it tells nothing. */
static void
put_identity(struct view *view, const struct identity *id)
{
    put(view, PAGE_GTIN, id->gtin);
    put(view, PAGE_SERIAL, id->serial);
    put(view, PAGE_LOT, id->lot);
    put(view, PAGE_VARIANT, id->variant);
}

static void
put_dates(struct view *view, struct sheet *sheet)
{
    const struct unit *unit = sheet->model->unit;
    const struct lot *lot = sheet->model->lot;
    bool of_lot = lot != NULL;
    civil_day made = unit->made_on == CIVIL_NONE && of_lot ? lot->made_on : unit->made_on;
    civil_day ends = unit->expires_on == CIVIL_NONE && of_lot ? lot->expires_on : unit->expires_on;
    put_date(view, PAGE_MADE_ON, sheet, sheet->made_on, made);
    put_date(view, PAGE_EXPIRES_ON, sheet, sheet->expires_on, ends);
}

/* ---- the warranty ---- */

static void
put_cover(struct view *view, struct sheet *sheet, const struct cover_line *line)
{
    view->chosen[PAGE_COVER] = sheet->words->covers[line->cover];
    put(view, PAGE_COVERED, line->cover == COVER_YES ? "yes" : "");
    put(view, PAGE_ENTITLEMENT, line->entitlement->title);
    put(view, PAGE_COVERS, line->entitlement->covers);
    put_date(view, PAGE_STARTS_ON, sheet, sheet->starts_on, line->starts_on);
    put_date(view, PAGE_ENDS_ON, sheet, sheet->ends_on, line->ends_on);
}

/* Cover does not speak for an item that is stolen or taken out of use. */
static bool
speaks_of_warranty(const struct verdict *verdict)
{
    return verdict->shows_unit && verdict->reason_count > 0 &&
           (verdict->class != VERDICT_BAD || page_worst(verdict) == REASON_RECALLED_STOP_USE);
}

static void
put_warranty(struct view *view, struct sheet *sheet)
{
    const struct verdict *verdict = sheet->model->verdict;
    const struct warranty *warranty = &verdict->warranty;
    if (!speaks_of_warranty(verdict))
        return;
    if (!verdict->has_warranty || warranty->count == 0) {
        view->chosen[PAGE_COVER] = sheet->words->covers[COVER_NONE];
        return;
    }
    /* The list is worth its place only when it says more than the one line. */
    put(view, PAGE_ENTITLED, warranty->count > 1 ? "yes" : "");
    put_cover(view, sheet, warranty->best != NULL ? warranty->best : &warranty->lines[0]);
}

static void
put_recall(struct view *view, const struct recall *recall, const char *language)
{
    if (recall == NULL)
        return;
    put(view, PAGE_RECALL_ID, recall->id);
    put(view, PAGE_RECALL_TEXT, recall_text_in(recall, language));
    if (link_kind(recall->link) == LINK_WEB)
        put(view, PAGE_RECALL_LINK, recall->link);
}

/* ---- how it was checked ---- */

static void
put_codes(struct view *view, struct sheet *sheet)
{
    const struct verdict *verdict = sheet->model->verdict;
    for (size_t i = 0; i < verdict->reason_count; i++)
        text_printf(&sheet->codes, "%s%s", i == 0 ? "" : ", ",
                    reason_info(verdict->reasons[i])->code);
    view->values[PAGE_CODES] = text_slice(&sheet->codes);
}

static void
put_label(struct view *view, struct sheet *sheet)
{
    const struct verdict_page *model = sheet->model;
    view->chosen[PAGE_LABEL] = sheet->words->labels[model->label];
    if (model->reading != NULL && model->reading->has_token) {
        for (size_t i = 0; i < KID_BYTES; i++)
            (void)snprintf(sheet->kid + 2 * i, 3, "%02x", model->reading->token.kid[i]);
        put(view, PAGE_KID, sheet->kid);
    }
    if (model->label == LABEL_GENUINE && model->signer != NULL) {
        put(view, PAGE_ORGANISATION, model->signer->organisation);
        view->chosen[PAGE_KEY_STATUS] = sheet->words->key_status[model->signer->status];
    }
}

/* UTC: whose clock would a page without scripts follow? */
static void
put_time(struct view *view, struct sheet *sheet)
{
    time_format(sheet->checked_at, sheet->model->now);
    put(view, PAGE_CHECKED_AT, sheet->checked_at);
    put_date(view, PAGE_CHECKED_ON, sheet, sheet->checked_on, date_of(sheet->model->now, 0));
    struct slice rest = slice_of(sheet->checked_at);
    (void)slice_take_until(&rest, 'T');
    view->values[PAGE_CLOCK] = slice_make(rest.data, rest.len < 5 ? rest.len : 5);
}

static void
put_check(struct view *view, struct sheet *sheet)
{
    const struct verdict_page *model = sheet->model;
    put_codes(view, sheet);
    put_label(view, sheet);
    if (model->verdict->shows_unit)
        view->chosen[PAGE_ON_RECORD] = sheet->words->recorded;
    if (verdict_has(model->verdict, REASON_NEVER_ISSUED))
        view->chosen[PAGE_ON_RECORD] = sheet->words->not_recorded;
    if (model->reading != NULL && model->reading->repair != REPAIR_NONE)
        put(view, PAGE_REPAIRED, "yes");
    put_time(view, sheet);
}

/* ---- lists ---- */

static bool
next_reason(struct view *view, const struct sheet *sheet, size_t index)
{
    const struct verdict *verdict = sheet->model->verdict;
    if (index + 1 >= reasons_shown(verdict))
        return false;
    const struct reason_words *words = &sheet->words->reasons[verdict->reasons[index + 1]];
    view->chosen[PAGE_SENTENCE] = words->sentence;
    view->chosen[PAGE_MEANS] = words->means;
    return true;
}

static bool
next_entitlement(struct view *view, struct sheet *sheet, size_t index)
{
    const struct warranty *warranty = &sheet->model->verdict->warranty;
    if (index >= warranty->count)
        return false;
    put_cover(view, sheet, &warranty->lines[index]);
    return true;
}

static bool
next_item(struct view *view, unsigned list, size_t index)
{
    struct sheet *sheet = view->context;
    if (list == PAGE_CHOOSER)
        return page_next_language(view, sheet->pages, index);
    return list == PAGE_REASONS ? next_reason(view, sheet, index)
                                : next_entitlement(view, sheet, index);
}

/* ---- the page ---- */

/* Since which month somebody owns it: enough for who is about to buy it from somebody else. */
static void
put_registered(struct view *view, struct sheet *sheet)
{
    const struct unit *unit = sheet->model->unit;
    if (unit == NULL || sheet->links.owners != ACTION_OWN)
        return;
    put(view, PAGE_OWNED, "yes");
    page_month(sheet->registered, sheet->words, sheet->language, unit->activated_on);
    put(view, PAGE_REGISTERED, sheet->registered);
}

static void
put_unit(struct view *view, struct sheet *sheet)
{
    const struct verdict_page *model = sheet->model;
    if (page_product(model) != NULL)
        put_product(view, model->product);
    if (model->verdict->shows_unit && model->unit != NULL)
        put_dates(view, sheet);
    put_registered(view, sheet);
    if (model->verdict->shows_unit)
        put_recall(view, model->verdict->recall, sheet->language->tag);
    put_warranty(view, sheet);
}

void
page_verdict(struct text *out, const struct pages *pages, const struct page_visit *visit,
             const struct verdict_page *model)
{
    struct sheet sheet = {
        .model = model, .visit = visit, .pages = pages, .words = &pages->vocabulary};
    sheet.language = pages_language(pages, visit->language);
    struct view view = {.next = next_item, .context = &sheet};
    text_init(&sheet.codes, CODES_MAX);
    page_put_visit(&view, pages, visit);
    put_verdict(&view, &sheet);
    put_copy(&view, &sheet);
    put_action(&view, &sheet);
    if (model->reading != NULL)
        put_identity(&view, &model->reading->id);
    put_unit(&view, &sheet);
    put_check(&view, &sheet);
    page_render(out, pages, sheet.language, "verdict.html", &view);
    out->failed |= !text_ok(&sheet.codes) || !page_links_ok(&sheet.links);
    page_links_close(&sheet.links);
    text_free(&sheet.codes);
}
