/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/staff/desk.h"

#include <string.h>

#include "gateway/identify/reading.h"
#include "gateway/json/write.h"
#include "gateway/staff/codes.h"

enum { SCAN_JSON_MAX = 8 * 1024, TYPED_MAX = 1024 };

void
desk_begin(struct desk *desk, struct worker *worker, const struct request *request,
           struct response *response)
{
    memset(desk, 0, sizeof *desk);
    page_begin(&desk->page, worker, request, response, "staff title.service");
    desk->page.camera = true;
}

/* ---- which unit ---- */

static bool
is_of(const struct reading *reading, const struct unit_key *key)
{
    return reading->error == READ_OK && strcmp(reading->id.gtin, key->gtin) == 0 &&
           strcmp(reading->id.serial, key->serial) == 0;
}

void
desk_of_path(struct desk *desk)
{
    struct reading reading;
    const struct page *page = &desk->page;
    bool sent = page->request->method == METHOD_POST;
    about_key(&desk->key, page->request, 1);
    if (!(sent ? page_field : page_query)(page, "code", desk->code, sizeof desk->code) ||
        reading_identify(&reading, slice_of(desk->code), NULL, NULL) != READ_OK ||
        !is_of(&reading, &desk->key))
        desk->code[0] = '\0';
}

/* ---- what the code is ---- */

static bool
has_reason(const struct json_node *root, const char *code)
{
    const struct json_node *reason = json_first(json_member_of(root, "reasons"));
    while (reason != NULL && !slice_equal(json_string(json_member_of(reason, "code")), code))
        reason = json_next(reason);
    return reason != NULL;
}

/* As in gateway/api/warranty.c: staff see the record that a forged label names, and it proves
 * nothing about the item in their hands. */
bool
desk_may_claim(const struct json_node *result)
{
    return json_member_of(result, "record") != NULL &&
           (has_reason(result, "genuine") || has_reason(result, "lot_mismatch") ||
            has_reason(result, "no_signature"));
}

/* A key that is too long was not one: of it there is no record. */
static void
take_key(struct desk *desk, const struct json_node *from)
{
    if (!slice_copy(desk->key.gtin, sizeof desk->key.gtin,
                    json_string(json_member_of(from, "gtin"))) ||
        !slice_copy(desk->key.serial, sizeof desk->key.serial,
                    json_string(json_member_of(from, "serial"))))
        memset(&desk->key, 0, sizeof desk->key);
}

/* The unit is shown when there may be a claim, and is asked for too when only its serial was typed:
 * then the API says that there is no such record. */
static void
judge(struct desk *desk, const struct json_node *root)
{
    struct text *out = &desk->page.document;
    const struct json_node *code = json_member_of(root, "code");
    bool shown = desk_may_claim(root);
    bool bare = has_reason(root, "no_signature");
    bool bad = slice_equal(json_string(json_member_of(root, "verdict")), "bad");
    memset(&desk->key, 0, sizeof desk->key);
    if (shown || bare)
        take_key(desk, code);
    if (bare && desk->key.gtin[0] == '\0')
        json_put_bool(out, "needs_product", true);
    else if (bare)
        desk->code[0] = '\0'; /* no label */
    if (!shown && bad)
        json_put_bool(out, "no_claim", true);
    desk->bad = bad;
}

static void
scan(struct desk *desk)
{
    struct text body;
    char gtin[GTIN_DIGITS + 1];
    struct json_doc *doc = NULL;
    struct question question = {.method = METHOD_POST, .path = "/v1/verify"};
    if (!page_query(&desk->page, "gtin", gtin, sizeof gtin))
        gtin[0] = '\0';
    text_init(&body, SCAN_JSON_MAX);
    text_put(&body, "{\"code\":");
    if (desk->code[0] != '\0')
        codes_put(&body, gtin, slice_of(desk->code));
    else
        codes_put(&body, desk->key.gtin, slice_of(desk->key.serial));
    text_char(&body, '}');
    question.body = text_ok(&body) ? body.data : "";
    question.optional = desk->code[0] == '\0';
    int status = page_look(&desk->page, "scan", &question, &doc);
    if (status == 200)
        judge(desk, json_root(doc));
    else if (desk->code[0] != '\0')
        desk->page.status = desk->page.status == 200 ? status : desk->page.status;
    json_free(doc);
    text_free(&body);
}

/* ---- the warranty ---- */

static bool
is_text(const struct json_node *from, const char *name, struct slice value)
{
    struct slice own = json_string(json_member_of(from, name));
    return own.len == value.len && (own.len == 0 || memcmp(own.data, value.data, own.len) == 0);
}

/* Days as they are written are in the order of their letters. */
static bool
ends_later(const struct json_node *line, const struct json_node *than)
{
    struct slice a = json_string(json_member_of(line, "ends_on"));
    struct slice b = json_string(json_member_of(than, "ends_on"));
    return a.len > 0 && (b.len != a.len || memcmp(a.data, b.data, a.len) > 0);
}

const struct json_node *
desk_deciding(const struct json_node *warranty)
{
    const struct json_node *best = NULL;
    const struct json_node *line = json_first(json_member_of(warranty, "entitlements"));
    bool covered = json_true(json_member_of(warranty, "covered"));
    for (; line != NULL; line = json_next(line))
        if ((!covered || is_text(line, "why", slice_of("covered"))) &&
            (best == NULL || ends_later(line, best)))
            best = line;
    return best;
}

static void
put_cover(struct text *out, const struct json_node *warranty, bool bad)
{
    static const char *const names[] = {"id",        "title",   "covers",     "why",
                                        "starts_on", "ends_on", "started_by", NULL};
    const struct json_node *line = desk_deciding(warranty);
    bool covered = json_true(json_member_of(warranty, "covered"));
    json_put(out, "cover", "{");
    if (covered)
        json_put_bool(out, "covered", true);
    json_put_text(out, "class", covered && !bad ? "ok" : "none");
    if (covered && bad)
        json_put_bool(out, "but_bad", true);
    for (size_t i = 0; names[i] != NULL; i++)
        json_copy_text(out, line, names[i]);
    text_char(out, '}');
}

/* What a claim may rest on; and what was chosen, although it does not cover any more. */
static void
put_claim(struct desk *desk, const struct json_node *warranty)
{
    struct text *out = &desk->page.document;
    char sent[TYPED_MAX];
    struct slice by = json_string(json_member_of(warranty, "by"));
    const struct json_node *line = json_first(json_member_of(warranty, "entitlements"));
    if (!page_field(&desk->page, "claim", sent, sizeof sent))
        sent[0] = '\0';
    struct slice chosen = slice_of(sent);
    if (slice_take(&chosen, "by:") || chosen.len > 0)
        by = chosen;
    json_put(out, "claim", "{");
    json_put_bool(out, "no", strcmp(sent, "no") == 0 || by.len == 0);
    json_put(out, "choices", "[");
    for (; line != NULL; line = json_next(line)) {
        bool is_chosen = by.len > 0 && is_text(line, "id", by);
        if (!is_chosen && !is_text(line, "why", slice_of("covered")))
            continue;
        json_put(out, NULL, "{");
        json_copy_text(out, line, "id");
        json_copy_text(out, line, "title");
        json_copy_text(out, line, "ends_on");
        json_copy_text(out, line, "why");
        json_put_bool(out, "chosen", is_chosen && strcmp(sent, "no") != 0);
        text_char(out, '}');
    }
    text_put(out, "]}");
}

/* The answer is there already as "warranty"; here it is read. */
static void
weigh(struct desk *desk)
{
    char path[PAGE_PATH_MAX + 1];
    char query[DATE_TEXT_MAX + 4] = "on=";
    struct json_doc *doc = NULL;
    struct question question = {.method = METHOD_GET, .optional = true};
    if (!page_path(path, "/v1/units/{}/{}/warranty",
                   (const char *[]){desk->key.gtin, desk->key.serial}))
        return;
    memcpy(query + 3, desk->on, sizeof desk->on);
    question.path = path;
    question.query = desk->on[0] == '\0' ? NULL : query;
    if (page_read(&desk->page, &question, &doc) == 200) {
        put_cover(&desk->page.document, json_root(doc), desk->bad);
        put_claim(desk, json_root(doc));
    }
    json_free(doc);
}

static void
read_day(struct desk *desk)
{
    civil_day day = CIVIL_NONE;
    bool broken = !page_query(&desk->page, "on", desk->on, sizeof desk->on);
    if (!broken && desk->on[0] != '\0')
        broken = !date_parse(&day, slice_of(desk->on));
    if (!broken)
        return;
    desk->on[0] = '\0';
    page_refuse(&desk->page, "staff service.bad_day");
}

/* ---- the page ---- */

static void
put_typed(struct desk *desk)
{
    static const char *const others[] = {"new_code", "claim", "claim_code", "purchased_on", NULL};
    struct text *out = &desk->page.document;
    char value[TYPED_MAX];
    json_put(out, "typed", "{");
    for (unsigned id = 1; id < FIELD_ID_COUNT; id++)
        if (page_field(&desk->page, event_field_name((enum event_field_id)id), value, sizeof value))
            json_put_text(out, event_field_name((enum event_field_id)id), value);
    for (size_t i = 0; others[i] != NULL; i++)
        if (page_field(&desk->page, others[i], value, sizeof value))
            json_put_text(out, others[i], value);
    text_char(out, '}');
}

void
desk_path(struct text *out, const struct desk *desk, const struct unit_key *key)
{
    bool own = strcmp(key->gtin, desk->key.gtin) == 0 && strcmp(key->serial, desk->key.serial) == 0;
    text_put(out, "/service?code=");
    text_percent(out, slice_of(desk->code));
    text_char(out, '&');
    if (own && desk->code[0] != '\0' && text_ok(out) && out->len < DESK_PATH_MAX)
        return;
    text_reset(out);
    text_put(out, "/service/");
    text_percent(out, slice_of(key->gtin));
    text_char(out, '/');
    text_percent(out, slice_of(key->serial));
    text_char(out, '?');
}

void
desk_go(struct desk *desk, const struct unit_key *key, enum event_type done)
{
    struct text path;
    text_init(&path, DESK_LINK_MAX);
    desk_path(&path, desk, key);
    text_printf(&path, "done=%s", event_type_name(done));
    page_go(&desk->page, text_ok(&path) ? path.data : "/service");
    text_free(&path);
}

static void
put_paths(struct desk *desk)
{
    struct text path;
    char here[PAGE_PATH_MAX + 1];
    struct text *out = &desk->page.document;
    text_init(&path, DESK_LINK_MAX);
    desk_path(&path, desk, &desk->key);
    json_put_text(out, "self", text_ok(&path) ? path.data : "");
    text_free(&path);
    if (page_path(here, "/service/{}/{}", (const char *[]){desk->key.gtin, desk->key.serial}))
        json_put_text(out, "here", here);
}

static void
put_unit(struct desk *desk)
{
    read_day(desk);
    put_paths(desk);
    if (about_unit(&desk->page, &desk->key, desk->on) == 200)
        weigh(desk);
}

void
desk_show(struct desk *desk, enum event_type act)
{
    struct page *page = &desk->page;
    put_typed(desk);
    if (act != EVENT_NONE)
        acting_put(page, "act", act);
    if (desk->code[0] != '\0' || desk->key.gtin[0] != '\0')
        scan(desk);
    json_put_text(&page->document, "scanned", desk->code);
    if (desk->key.gtin[0] != '\0')
        put_unit(desk);
    else
        json_put_bool(&page->document, "no_answer", true);
    (void)page_ask(
        page, "catalogue",
        &(struct question){.method = METHOD_GET, .path = "/v1/products", .optional = true});
    page_show(page, "service");
}
