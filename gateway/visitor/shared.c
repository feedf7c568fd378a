/* SPDX-License-Identifier: Apache-2.0 */
/* What several pages show: the item, a day, a link that is a secret. */
#include "gateway/visitor/visit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/pages/link.h"
#include "gateway/pages/qr.h"

enum { VERIFY_BODY_MAX = 8 * 1024, ADDRESS_MAX = 1024, TEXT_MAX = 2048 };

/* ---- members ---- */

void
visit_put_text(struct visit *visit, const char *name, const struct json_node *node)
{
    char text[TEXT_MAX];
    if (json_is(node, JSON_STRING) && slice_copy(text, sizeof text, json_string(node)))
        json_put_text(&visit->document, name, text);
}

void
visit_put_day(struct visit *visit, const char *name, const struct json_node *node)
{
    char words[PAGE_DATE_MAX + 1];
    civil_day day = CIVIL_NONE;
    struct slice text = json_string(node);
    if (!date_parse(&day, slice_take_until(&text, 'T')))
        return;
    pages_day(words, visit->worker->app->pages, visit->language, day);
    json_put_text(&visit->document, name, words);
}

static void
put_safe_link(struct visit *visit, const char *name, const struct json_node *node, unsigned kinds)
{
    char link[TEXT_MAX];
    if (slice_copy(link, sizeof link, json_string(node)) && (1U << link_kind(link) & kinds) != 0)
        json_put_text(&visit->document, name, link);
}

void
visit_put_product(struct visit *visit, const struct json_node *product)
{
    static const char *const names[] = {"brand", "name", "model"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        visit_put_text(visit, names[i], json_member_of(product, names[i]));
    put_safe_link(visit, "picture", json_member_of(product, "picture"), 1U << LINK_LOCAL);
    put_safe_link(visit, "support", json_member_of(product, "support"),
                  1U << LINK_WEB | 1U << LINK_CONTACT);
}

/* ---- the item ---- */

static bool
take_key(struct visit *visit, struct slice gtin, struct slice serial)
{
    struct item *item = &visit->item;
    return gtin_valid(gtin) && gs1_value_valid(serial) &&
           slice_copy(item->gtin, sizeof item->gtin, gtin) &&
           slice_copy(item->serial, sizeof item->serial, serial);
}

/* What the answer means is a word of this gateway. */
static void
put_meaning(struct visit *visit)
{
    char key[sizeof visit->item.reason + 16];
    (void)snprintf(key, sizeof key, "reason %s.means", visit->item.reason);
    if (visit->item.reason[0] != '\0')
        json_put_text(&visit->document, "means", key);
}

static void
put_item(struct visit *visit, const struct json_node *root)
{
    struct text *out = &visit->document;
    const struct json_node *reasons = json_member_of(root, "reasons");
    const struct json_node *unit = json_member_of(root, "unit");
    json_put(out, "item", "{");
    json_put_text(out, "code", visit->item.code);
    json_put_text(out, "gtin", visit->item.gtin);
    json_put_text(out, "serial", visit->item.serial);
    visit_put_product(visit, json_member_of(root, "product"));
    visit_put_text(visit, "canonical", json_member_of(json_member_of(root, "code"), "canonical"));
    visit_put_text(visit, "verdict", json_member_of(root, "verdict"));
    if (!slice_copy(visit->item.reason, sizeof visit->item.reason,
                    json_string(json_member_of(json_first(reasons), "code"))))
        visit->item.reason[0] = '\0';
    json_put_text(out, "reason", visit->item.reason);
    put_meaning(visit);
    visit_put_text(visit, "sentence", json_member_of(json_first(reasons), "text"));
    visit_put_day(visit, "checked_on", json_member_of(root, "checked_at"));
    json_put_bool(out, "registered", json_true(json_member_of(unit, "registered")));
    text_char(out, '}');
}

/* The code as the API reads it, and its verdict. */
static bool
look_at(struct visit *visit, bool needed)
{
    struct text body;
    struct reply reply;
    text_init(&body, VERIFY_BODY_MAX);
    text_char(&body, '{');
    json_put_text(&body, "code", visit->item.code);
    text_char(&body, '}');
    visit_ask(visit, &(struct question){METHOD_POST, "/v1/verify", body.data, NULL}, &reply);
    text_free(&body);
    const struct json_node *code = reply.root == NULL ? NULL : json_member_of(reply.root, "code");
    bool answered = reply_good(&reply) || reply.status == 429; /* a verdict, too */
    bool found = answered && take_key(visit, json_string(json_member_of(code, "gtin")),
                                      json_string(json_member_of(code, "serial")));
    visit->item.as_it_is = found && json_member_of(code, "repaired") == NULL;
    if (found)
        put_item(visit, reply.root);
    else
        put_item(visit, NULL);
    if (!found && reply.status >= 500)
        visit_problem(visit, &reply);
    else if (!found && needed)
        visit_error(visit, 404, "not_a_code", "code");
    reply_close(&reply);
    return found;
}

bool
visit_item(struct visit *visit, bool needed)
{
    char gtin[GTIN_DIGITS + 1];
    char serial[GS1_VALUE_MAX + 1];
    const struct input inputs[] = {{"code", visit->item.code, sizeof visit->item.code},
                                   {"gtin", gtin, sizeof gtin},
                                   {"serial", serial, sizeof serial},
                                   {NULL, NULL, 0}};
    if (!visit_read(visit, "unit", inputs))
        return false;
    if (visit->item.code[0] != '\0')
        return look_at(visit, needed);
    if (take_key(visit, slice_of(gtin), slice_of(serial))) {
        put_item(visit, NULL);
        return true;
    }
    if (needed || gtin[0] != '\0' || serial[0] != '\0')
        visit_error(visit, 400, "no_item", "code");
    return false;
}

/* ---- links that are secrets ---- */

void
visit_put_link(struct visit *visit, enum visit_link kind, const char *secret)
{
    struct text link;
    text_init(&link, ADDRESS_MAX);
    text_put(&link, visit->worker->app->config->base_url);
    text_printf(&link,
                kind == VISIT_OWNER ? "/owner/%s/" : "/redeem?gtin=%s&serial=", visit->item.gtin);
    text_percent(&link, slice_of(visit->item.serial));
    text_printf(&link, "#%s", secret);
    if (text_ok(&link)) {
        json_put_text(&visit->document, "link", link.data);
        page_put_qr(&visit->document, link.data); /* else the text and the link are there */
        sodium_memzero(link.data, link.capacity);
    }
    text_free(&link);
}
