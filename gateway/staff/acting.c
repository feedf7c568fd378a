/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/staff/acting.h"

#include "gateway/json/write.h"
#include "gateway/rules/event_offer.h"

enum { BODY_JSON_MAX = 16 * 1024, EVENT_NAME_MAX = 24, VERSION_CHARS = 20 };

/* Fields that are not one line of text. */
static const struct {
    enum event_field_id id;
    const char *input;
} inputs[] = {
    {FIELD_DOCUMENT, "url"},    {FIELD_ON, "date"},       {FIELD_COVERED, "choice"},
    {FIELD_EXCLUDED, "choice"}, {FIELD_MONTHS, "number"}, {FIELD_ENDS_CLAIM, "choice"},
};

static const char *
input_of(enum event_field_id id)
{
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
        if (inputs[i].id == id)
            return inputs[i].input;
    return "text";
}

bool
acting_irreversible(enum event_type type)
{
    return type == EVENT_RETIRE || type == EVENT_REPORT_STOLEN || type == EVENT_END_OWNERSHIP;
}

bool
acting_read(struct acting *out, const struct page *page)
{
    char name[EVENT_NAME_MAX + 1];
    char version[VERSION_CHARS + 1];
    *out = (struct acting){.type = EVENT_NONE};
    if (!page_field(page, "event", name, sizeof name) ||
        !page_field(page, "version", version, sizeof version) ||
        !event_type_parse(&out->type, slice_of(name)))
        return false;
    return version[0] == '\0' || slice_number(&out->version, slice_of(version), 1, UINT32_MAX);
}

/* One choice stands for two fields that go together. */
static bool
put_claim(const struct page *page, struct text *body)
{
    char claim[EVENT_VALUE_MAX + 1];
    if (!page_field(page, "claim", claim, sizeof claim))
        return false;
    struct slice chosen = slice_of(claim);
    bool covered = slice_take(&chosen, "by:");
    if (!covered && chosen.len > 0 && !slice_equal(chosen, "no"))
        return false;
    if (covered || chosen.len > 0)
        json_put_text(body, "covered", covered ? "yes" : "no");
    if (covered)
        json_put_text(body, "entitlement", chosen.data);
    return true;
}

static bool
has_claim(const struct page *page)
{
    char claim[EVENT_VALUE_MAX + 1];
    return !page_field(page, "claim", claim, sizeof claim) || claim[0] != '\0';
}

/* An empty field is an absent one. */
bool
acting_put_sent(const struct page *page, struct text *body)
{
    char value[EVENT_VALUE_MAX + 1];
    bool claims = has_claim(page);
    for (unsigned id = 1; id < FIELD_ID_COUNT; id++) {
        const char *name = event_field_name((enum event_field_id)id);
        if (claims && (id == FIELD_COVERED || id == FIELD_ENTITLEMENT))
            continue;
        if (!page_field(page, name, value, sizeof value))
            return false;
        json_put_text(body, name, value);
    }
    return !claims || put_claim(page, body);
}

int
acting_send(struct page *page, const struct acting *acting, bool dry_run)
{
    int status = 400;
    struct text body;
    text_init(&body, BODY_JSON_MAX);
    text_char(&body, '{');
    json_put_text(&body, "type", event_type_name(acting->type));
    json_put_text(&body, "gtin", acting->key.gtin);
    json_put_text(&body, "serial", acting->key.serial);
    bool good = acting->type != EVENT_NONE && acting_put_sent(page, &body);
    text_char(&body, '}');
    if (good && text_ok(&body)) {
        const struct question question = {.method = METHOD_POST,
                                          .path = "/v1/events",
                                          .query = dry_run ? "dry_run=true" : NULL,
                                          .body = body.data,
                                          .has_version = acting->version != 0,
                                          .version = acting->version};
        status = page_ask(page, NULL, &question);
    } else {
        page_refuse(page, "staff unit.broken");
    }
    text_free(&body);
    return status;
}

static void
put_field(struct page *page, enum event_field_id id, bool required)
{
    struct text *out = &page->document;
    char value[EVENT_VALUE_MAX + 1];
    const char *name = event_field_name(id);
    json_put(out, NULL, "{");
    json_put_text(out, "name", name);
    json_put_text(out, "input", input_of(id));
    json_put_bool(out, "required", required);
    if (page_field(page, name, value, sizeof value))
        json_put_text(out, "value", value);
    text_char(out, '}');
}

static void
put_fields(struct page *page, unsigned fields, bool required)
{
    for (unsigned id = 1; id < FIELD_ID_COUNT; id++)
        if ((fields & 1U << id) != 0)
            put_field(page, (enum event_field_id)id, required);
}

void
acting_put(struct page *page, const char *name, enum event_type type)
{
    struct text *out = &page->document;
    unsigned required = 0;
    unsigned optional = 0;
    event_fields_of(type, &required, &optional);
    json_put(out, name, "{");
    json_put_text(out, "type", event_type_name(type));
    json_put_bool(out, "irreversible", acting_irreversible(type));
    json_put(out, "fields", "[");
    put_fields(page, required, true);
    put_fields(page, optional, false);
    text_put(out, "]}");
}
