/* SPDX-License-Identifier: Apache-2.0 */
/* Another unit takes the place of a faulty one: which, what it would inherit, and then it is done.
 */
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/staff/codes.h"
#include "gateway/staff/desk.h"

enum { CLAIM_JSON_MAX = 8 * 1024, NUMBER_CHARS = 20 };

/* The unit that is to take the place. */
struct substitute {
    struct unit_key key;
    uint64_t version;
};

/* ---- which ---- */

/* A label that fails, or a unit that nobody registered, shows no record. */
static bool
read_record(struct substitute *new, const struct json_node *result)
{
    int64_t version = 0;
    const struct json_node *record = json_member_of(result, "record");
    if (!desk_may_claim(result) ||
        !slice_copy(new->key.gtin, sizeof new->key.gtin,
                    json_string(json_member_of(record, "gtin"))) ||
        !slice_copy(new->key.serial, sizeof new->key.serial,
                    json_string(json_member_of(record, "serial"))) ||
        !json_integer(&version, json_member_of(record, "version"), 1, UINT32_MAX))
        return false;
    new->version = (uint64_t)version;
    return true;
}

/* Its label is checked as any other: the verdict is the member "other". */
static bool
find_new(struct desk *desk, struct substitute *new)
{
    struct text body;
    char code[SCANNED_MAX + 1];
    struct json_doc *doc = NULL;
    struct question question = {.method = METHOD_POST, .path = "/v1/verify"};
    if (!page_field(&desk->page, "new_code", code, sizeof code) || code[0] == '\0') {
        page_refuse(&desk->page, "staff service.no_new_code");
        return false;
    }
    text_init(&body, CLAIM_JSON_MAX);
    text_put(&body, "{\"code\":");
    codes_put(&body, desk->key.gtin, slice_of(code));
    text_char(&body, '}');
    question.body = text_ok(&body) ? body.data : "";
    int status = page_look(&desk->page, "other", &question, &doc);
    bool found = status == 200 && read_record(new, json_root(doc));
    if (status != 200)
        desk->page.status = status;
    else if (!found)
        page_refuse(&desk->page, "staff service.no_substitute");
    json_free(doc);
    text_free(&body);
    return found;
}

/* As the preview showed it: what changed since is a conflict. */
static bool
read_confirmed(const struct page *page, struct substitute *new)
{
    char version[NUMBER_CHARS + 1];
    return page_field(page, "new_gtin", new->key.gtin, sizeof new->key.gtin) &&
           page_field(page, "new_serial", new->key.serial, sizeof new->key.serial) &&
           page_field(page, "new_version", version, sizeof version) &&
           slice_number(&new->version, slice_of(version), 1, UINT32_MAX);
}

/* ---- asking ---- */

static void
put_side(struct text *body, const char *name, const struct unit_key *key, uint64_t version)
{
    json_put(body, name, "{");
    json_put_text(body, "gtin", key->gtin);
    json_put_text(body, "serial", key->serial);
    if (version != 0)
        json_put_number(body, "version", (int64_t)version);
    text_char(body, '}');
}

static int
ask(struct desk *desk, const struct acting *acting, const struct substitute *new, bool dry_run)
{
    struct text body;
    int status = 400;
    struct page *page = &desk->page;
    text_init(&body, CLAIM_JSON_MAX);
    text_char(&body, '{');
    put_side(&body, "old", &acting->key, acting->version);
    put_side(&body, "new", &new->key, new->version);
    bool good = acting_put_sent(page, &body);
    text_char(&body, '}');
    if (good && text_ok(&body))
        status = page_ask(page, dry_run ? "preview" : NULL,
                          &(struct question){.method = METHOD_POST,
                                             .path = "/v1/replacements",
                                             .query = dry_run ? "dry_run=true" : NULL,
                                             .body = body.data});
    else
        page_refuse(page, "staff unit.broken");
    text_free(&body);
    return status;
}

void
desk_replace(struct desk *desk, const struct acting *acting)
{
    struct substitute new;
    struct page *page = &desk->page;
    memset(&new, 0, sizeof new);
    bool confirmed = about_confirmed(page) && read_confirmed(page, &new);
    if (!confirmed && !find_new(desk, &new)) {
        desk_show(desk, EVENT_REPLACE);
        return;
    }
    int status = ask(desk, acting, &new, !confirmed);
    if (status == 201) {
        desk_go(desk, &new.key, EVENT_REPLACE);
        return;
    }
    if (status != 200)
        page->status = status;
    if (status == 409)
        about_since(page, acting);
    desk_show(desk, status == 200 ? EVENT_NONE : EVENT_REPLACE);
}
