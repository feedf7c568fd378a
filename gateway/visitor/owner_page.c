/* SPDX-License-Identifier: Apache-2.0 */
/* What an owner sees, from what the API answers. */
#include "gateway/visitor/owner.h"

#include "gateway/pages/link.h"

enum { EVENTS_SHOWN = 12, LINK_TEXT_MAX = 512 };

static bool
holds(const struct json_node *array, const char *text)
{
    for (const struct json_node *item = json_first(array); item != NULL; item = json_next(item))
        if (slice_equal(json_string(item), text))
            return true;
    return false;
}

static void
put_item(struct visit *visit, const struct json_node *root)
{
    struct text *out = &visit->document;
    json_put(out, "item", "{");
    json_put_text(out, "gtin", visit->item.gtin);
    json_put_text(out, "serial", visit->item.serial);
    visit_put_product(visit, json_member_of(root, "product"));
    text_char(out, '}');
}

/* What the owner may do now. The API decides; what it would refuse is not offered. */
static void
put_state(struct visit *visit, const struct json_node *root)
{
    struct text *out = &visit->document;
    const struct json_node *unit = json_member_of(root, "unit");
    const struct json_node *conditions = json_member_of(unit, "conditions");
    bool sold = slice_equal(json_string(json_member_of(unit, "state")), "sold");
    bool stolen = holds(conditions, "stolen");
    bool lost = holds(conditions, "lost");
    bool held = holds(conditions, "held");
    bool unproven = json_true(json_member_of(unit, "without_claim_code"));
    json_put(out, "is", "{");
    json_put_bool(out, "stolen", stolen);
    json_put_bool(out, "lost", lost);
    json_put_bool(out, "held", held);
    json_put_bool(out, "suspected", holds(conditions, "copy_suspected"));
    json_put_bool(out, "over", !sold);
    json_put_bool(out, "unproven", sold && unproven);
    text_char(out, '}');
    json_put(out, "can", "{");
    json_put_bool(out, "stolen", sold && !stolen);
    json_put_bool(out, "lost", sold && !lost && !stolen);
    json_put_bool(out, "found", sold && (stolen || lost));
    json_put_bool(out, "sell", sold && !stolen && !held && !unproven);
    json_put_bool(out, "object", sold && json_member_of(root, "recovery_at") != NULL);
    text_char(out, '}');
    visit_put_day(visit, "sold_on", json_member_of(unit, "sold_on"));
    visit_put_day(visit, "registered_on", json_member_of(unit, "activated_on"));
    visit_put_day(visit, "expires_on", json_member_of(unit, "expires_on"));
    visit_put_day(visit, "provisional_on", json_member_of(root, "provisional_until"));
    visit_put_day(visit, "recovery_on", json_member_of(root, "recovery_at"));
    visit_put_day(visit, "offer_on", json_member_of(root, "offer_until"));
}

static void
put_warranty(struct visit *visit, const struct json_node *root)
{
    struct text *out = &visit->document;
    const struct json_node *lines =
        json_member_of(json_member_of(root, "warranty"), "entitlements");
    json_put(out, "warranty", "[");
    for (const struct json_node *line = json_first(lines); line != NULL; line = json_next(line)) {
        json_put(out, NULL, "{");
        visit_put_text(visit, "entitlement", json_member_of(line, "title"));
        visit_put_text(visit, "covers", json_member_of(line, "covers"));
        visit_put_text(visit, "why", json_member_of(line, "why"));
        visit_put_day(visit, "starts_on", json_member_of(line, "starts_on"));
        visit_put_day(visit, "ends_on", json_member_of(line, "ends_on"));
        text_char(out, '}');
    }
    text_char(out, ']');
}

static void
put_recalls(struct visit *visit, const struct json_node *root)
{
    struct text *out = &visit->document;
    char link[LINK_TEXT_MAX];
    const struct json_node *recalls = json_member_of(root, "recalls");
    json_put(out, "recalls", "[");
    for (const struct json_node *one = json_first(recalls); one != NULL; one = json_next(one)) {
        json_put(out, NULL, "{");
        visit_put_text(visit, "id", json_member_of(one, "id"));
        visit_put_text(visit, "text", json_member_of(one, "text"));
        json_put_bool(out, "stop_use", json_true(json_member_of(one, "stop_use")));
        if (slice_copy(link, sizeof link, json_string(json_member_of(one, "link"))) &&
            link_kind(link) == LINK_WEB)
            json_put_text(out, "link", link);
        text_char(out, '}');
    }
    text_char(out, ']');
}

static void
put_event(struct visit *visit, const struct json_node *event)
{
    static const char *const shown[] = {"location", "reference", "fault", "work"};
    const struct json_node *fields = json_member_of(event, "fields");
    json_put(&visit->document, NULL, "{");
    if (json_true(json_member_of(event, "displaced_owner")))
        json_put_text(&visit->document, "type", "displaced");
    else
        visit_put_text(visit, "type", json_member_of(event, "type"));
    visit_put_day(visit, "at", json_member_of(event, "at"));
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        visit_put_text(visit, shown[i], json_member_of(fields, shown[i]));
    text_char(&visit->document, '}');
}

static void
put_events(struct visit *visit, const struct json_node *root)
{
    const struct json_node *events = json_member_of(root, "events");
    size_t count = json_length(events);
    size_t skip = count > EVENTS_SHOWN ? count - EVENTS_SHOWN : 0;
    json_put(&visit->document, "events", "[");
    for (const struct json_node *event = json_first(events); event != NULL;
         event = json_next(event)) {
        if (skip > 0)
            skip--;
        else
            put_event(visit, event);
    }
    text_char(&visit->document, ']');
}

void
owner_put(struct visit *visit, const struct json_node *root)
{
    put_item(visit, root);
    put_state(visit, root);
    put_warranty(visit, root);
    put_recalls(visit, root);
    put_events(visit, root);
}
