/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/page_action.h"

#include <string.h>

#include "gateway/pages/link.h"

enum { LINK_TEXT_MAX = 1024 };

/* ---- what the page may speak of ---- */

enum reason
page_worst(const struct verdict *verdict)
{
    return verdict->reason_count > 0 ? verdict->reasons[0] : REASON_REGISTRY_UNAVAILABLE;
}

const struct product *
page_product(const struct verdict_page *model)
{
    return model->verdict->shows_unit ? model->product : NULL;
}

/* ---- where the buttons and links lead ---- */

static void
put_language(struct text *out, const struct page_links *links, const char *separator)
{
    if (links->visit->asked)
        text_printf(out, "%slang=%s", separator, links->tag);
}

/* The path of the label, with its signature. False: the code could not be read. */
static bool
put_label_path(struct text *out, const struct page_links *links)
{
    static const char host[] = "https://id.gs1.org";
    const struct reading *reading = links->model->reading;
    struct slice path = slice_of(reading == NULL ? "" : reading->canonical);
    if (reading == NULL || !slice_take(&path, host))
        return false;
    text_slice_put(out, path);
    if (reading->has_token) {
        char token[TOKEN_CHARS + 1];
        token_format(token, &reading->token);
        text_printf(out, "?S=%s", token);
    }
    return true;
}

/* The same question once more. */
static void
put_retry(struct text *out, const struct page_links *links)
{
    if (!put_label_path(out, links))
        text_char(out, '/');
    put_language(out, links, slice_find(text_slice(out), '?') < out->len ? "&" : "?");
}

/* A page about this label: "/report?code=…". */
static void
put_about(struct text *out, const struct page_links *links, const char *page)
{
    struct text code;
    text_init(&code, LINK_TEXT_MAX);
    text_put(&code, "https://id.gs1.org");
    text_printf(out, "%s?", page);
    if (put_label_path(&code, links)) {
        text_put(out, "code=");
        text_percent(out, text_slice(&code));
        put_language(out, links, "&");
    } else {
        put_language(out, links, "");
    }
    out->failed |= !text_ok(&code);
    text_free(&code);
}

static void
put_owner(struct text *out, const struct page_links *links)
{
    const struct identity *id = &links->model->reading->id;
    text_printf(out, "/owner/%s/", id->gtin);
    text_percent(out, slice_of(id->serial));
    put_language(out, links, "?");
}

/* ---- the action: one, for the worst reason ---- */

static const struct {
    enum reason reason;
    enum page_action action;
} action_table[] = {
    {REASON_REGISTRY_UNAVAILABLE, ACTION_RETRY},
    {REASON_RATE_LIMITED, ACTION_RETRY},
    {REASON_LABEL_MALFORMED, ACTION_ANOTHER},
    {REASON_SIGNATURE_NEEDED, ACTION_ANOTHER},
    {REASON_NO_SIGNATURE, ACTION_ANOTHER},
    {REASON_LABEL_FORGED, ACTION_REPORT},
    {REASON_ISSUER_UNKNOWN, ACTION_REPORT},
    {REASON_ISSUER_REVOKED, ACTION_REPORT},
    {REASON_ISSUER_OUT_OF_SCOPE, ACTION_REPORT},
    {REASON_NEVER_ISSUED, ACTION_REPORT},
    {REASON_RETIRED, ACTION_REPORT},
    {REASON_LOT_MISMATCH, ACTION_REPORT},
    {REASON_STOLEN, ACTION_FOUND},
    {REASON_LOST, ACTION_FOUND},
    {REASON_RECALLED_STOP_USE, ACTION_RECALL},
    {REASON_RECALLED, ACTION_RECALL},
    {REASON_GENUINE, ACTION_OWN},
};

static enum page_action
wanted_action(enum reason reason)
{
    for (size_t i = 0; i < sizeof action_table / sizeof action_table[0]; i++)
        if (action_table[i].reason == reason)
            return action_table[i].action;
    return ACTION_CONTACT;
}

/* What whoever owns the item would do with it: look at it, or register it. Neither of an unread
 * label, nor of an item that is not to be had. */
static enum page_action
owners_action(const struct verdict_page *model)
{
    const struct unit *unit = model->unit;
    if (!model->verdict->shows_unit || model->label != LABEL_GENUINE || unit == NULL ||
        model->reading == NULL)
        return ACTION_COUNT;
    if (unit->state == UNIT_SOLD)
        return seal_is_none(unit->owner) ? ACTION_REGISTER : ACTION_OWN;
    bool before = unit->state != UNIT_RETURNED && unit->state != UNIT_RETIRED;
    bool allowed = model->product != NULL && model->product->activation_before_sale;
    return before && allowed ? ACTION_REGISTER : ACTION_COUNT;
}

/* Where the button of `action` leads; nothing when this answer has no such place. */
static void
put_target(struct text *out, const struct page_links *links, enum page_action action)
{
    const struct product *product = page_product(links->model);
    const struct recall *recall = links->model->verdict->recall;
    switch (action) {
    case ACTION_CONTACT:
        if (product != NULL && link_kind(product->support) != LINK_NONE)
            text_put(out, product->support);
        return;
    case ACTION_RECALL:
        if (recall != NULL && link_kind(recall->link) == LINK_WEB)
            text_put(out, recall->link);
        return;
    case ACTION_RETRY:
        put_retry(out, links);
        return;
    case ACTION_REGISTER:
        put_about(out, links, "/register");
        return;
    case ACTION_OWN:
        put_owner(out, links);
        return;
    case ACTION_REPORT:
    case ACTION_FOUND:
        put_about(out, links, "/report");
        return;
    case ACTION_ANOTHER:
    case ACTION_COUNT:
        break;
    }
    text_char(out, '/');
    put_language(out, links, "?");
}

static enum page_action
choose_action(struct page_links *links)
{
    enum page_action action = wanted_action(page_worst(links->model->verdict));
    if (action == ACTION_OWN)
        action = links->owners;
    if (action == ACTION_COUNT)
        action = ACTION_CONTACT;
    put_target(&links->action_link, links, action);
    if (links->action_link.len == 0 && action == ACTION_RECALL) {
        action = ACTION_CONTACT;
        put_target(&links->action_link, links, action);
    }
    if (links->action_link.len == 0) {
        action = ACTION_ANOTHER;
        put_target(&links->action_link, links, action);
    }
    return action;
}

/* ---- all of it ---- */

static void
put_small_links(struct page_links *links)
{
    if (links->owners != ACTION_COUNT && links->owners != links->action)
        put_target(&links->owner_link, links, links->owners);
    if (links->action != ACTION_REPORT && links->action != ACTION_FOUND &&
        links->action != ACTION_RETRY)
        put_target(&links->report_link, links, ACTION_REPORT);
}

void
page_links_open(struct page_links *links, const struct verdict_page *model,
                const struct page_visit *visit, const char *tag)
{
    *links = (struct page_links){.model = model, .visit = visit, .tag = tag};
    text_init(&links->action_link, LINK_TEXT_MAX);
    text_init(&links->owner_link, LINK_TEXT_MAX);
    text_init(&links->report_link, LINK_TEXT_MAX);
    links->owners = owners_action(model);
    links->action = choose_action(links);
    put_small_links(links);
}

bool
page_links_ok(const struct page_links *links)
{
    return text_ok(&links->action_link) && text_ok(&links->owner_link) &&
           text_ok(&links->report_link);
}

void
page_links_close(struct page_links *links)
{
    text_free(&links->action_link);
    text_free(&links->owner_link);
    text_free(&links->report_link);
}
