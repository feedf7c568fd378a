/* SPDX-License-Identifier: Apache-2.0 */
/* A customer's ownership at the desk: the registration, and a secret that is lost. */
#include <sodium.h>
#include <string.h>

#include "gateway/api/app.h"
#include "gateway/json/write.h"
#include "gateway/pages/qr.h"
#include "gateway/staff/desk.h"

enum { OWNER_JSON_MAX = 1024, ADDRESS_MAX = 1024, SECRET_MAX = 64, VALUE_MAX = 64 };

/* ---- asking ---- */

static bool
put_field(const struct page *page, struct text *body, const char *name)
{
    char value[VALUE_MAX + 1];
    if (!page_field(page, name, value, sizeof value))
        return false;
    json_put_text(body, name, value);
    return true;
}

/* {"gtin", "serial"} and those of `fields` that were filled in. */
static bool
write_body(struct text *body, const struct desk *desk, const char *const *fields)
{
    bool good = true;
    text_init(body, OWNER_JSON_MAX);
    text_char(body, '{');
    json_put_text(body, "gtin", desk->key.gtin);
    json_put_text(body, "serial", desk->key.serial);
    for (size_t i = 0; good && fields[i] != NULL; i++)
        good = put_field(&desk->page, body, fields[i]);
    text_char(body, '}');
    return good && text_ok(body);
}

/* ---- registering ---- */

static void
put_secret(struct desk *desk, const char *secret)
{
    struct text link;
    struct text *out = &desk->page.document;
    text_init(&link, ADDRESS_MAX);
    text_put(&link, desk->page.worker->app->config->base_url);
    text_printf(&link, "/owner/%s/", desk->key.gtin);
    text_percent(&link, slice_of(desk->key.serial));
    text_printf(&link, "#%s", secret);
    json_put_text(out, "secret", secret);
    if (text_ok(&link)) {
        json_put_text(out, "link", link.data);
        page_put_qr(out, link.data);
        sodium_memzero(link.data, link.capacity);
    }
    text_free(&link);
}

/* Shown once, to be handed over: a page of its own, without anything else of the unit. */
static void
hand_over(struct desk *desk, const struct json_node *root)
{
    char secret[SECRET_MAX];
    if (!slice_copy(secret, sizeof secret, json_string(json_member_of(root, "owner_secret"))))
        secret[0] = '\0';
    put_secret(desk, secret);
    sodium_memzero(secret, sizeof secret);
    struct text path;
    text_init(&path, DESK_LINK_MAX);
    desk_path(&path, desk, &desk->key);
    json_put_text(&desk->page.document, "self", text_ok(&path) ? path.data : "");
    text_free(&path);
    (void)about_unit(&desk->page, &desk->key, "");
    page_show(&desk->page, "service_secret");
}

void
desk_activate(struct desk *desk, const struct acting *acting)
{
    static const char *const fields[] = {"claim_code", "purchased_on", NULL};
    struct text body;
    struct json_doc *doc = NULL;
    int status = 400;
    if (write_body(&body, desk, fields))
        status = page_read(
            &desk->page,
            &(struct question){.method = METHOD_POST, .path = "/v1/activations", .body = body.data},
            &doc);
    else
        page_refuse(&desk->page, "staff unit.broken");
    text_free(&body);
    if (status == 201) {
        hand_over(desk, json_root(doc));
    } else {
        desk->page.status = status;
        desk_show(desk, acting->type);
    }
    json_free(doc);
}

/* ---- a secret that is lost ---- */

void
desk_recover(struct desk *desk, const struct acting *acting)
{
    static const char *const fields[] = {"claim_code", NULL};
    struct text body;
    int status = 400;
    if (write_body(&body, desk, fields))
        status = page_ask(
            &desk->page, "recovery",
            &(struct question){.method = METHOD_POST, .path = "/v1/recoveries", .body = body.data});
    else
        page_refuse(&desk->page, "staff unit.broken");
    text_free(&body);
    if (status != 202)
        desk->page.status = status;
    desk_show(desk, status == 202 ? EVENT_NONE : acting->type);
}
