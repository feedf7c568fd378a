/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's page. The secret travels in the form of each step: there is no session. */
#include "gateway/visitor/owner.h"

#include <sodium.h>
#include <string.h>

#include "crypto/apikey.h"
#include "crypto/claim.h"
#include "gateway/visitor/visitor.h"

enum {
    TYPED_MAX = 512, /* the whole link */
    DO_MAX = 16,
    FIELD_TEXT_MAX = 300,
    OWNER_PATH_MAX = 128,
    OWNER_BODY_MAX = 2048
};

/* What an owner may do, and how that is said to the API. */
struct deed_row {
    const char *name;
    const char *event; /* NULL: an offer to transfer */
    bool asks;         /* where, when, police reference */
};

static const struct deed_row deeds[] = {
    {"stolen", "report_stolen", true}, {"lost", "report_lost", true},
    {"found", "recover", false},       {"sell", NULL, false},
    {"object", "dismiss", false},
};

/* What was sent. */
struct wish {
    char typed[TYPED_MAX];
    char secret[OWNER_SECRET_CHARS + 1];
    char what[DO_MAX];
    char sure[DO_MAX];
    char location[FIELD_TEXT_MAX], on[FIELD_TEXT_MAX], reference[FIELD_TEXT_MAX];
    const struct deed_row *deed;
};

/* ---- the secret ---- */

/* As somebody pasted or typed it: the whole link, small letters, blanks, hyphens. */
static bool
read_secret(char out[static OWNER_SECRET_CHARS + 1], const char *typed)
{
    static const char prefix[] = "owner_";
    enum { PREFIX = sizeof prefix - 1, REST = BEARER_SECRET_CHARS + BEARER_CHECK_CHARS };
    struct slice text = slice_of(typed);
    if (slice_find(text, '#') < text.len)
        (void)slice_take_until(&text, '#');
    text = slice_trim(text);
    if (text.len >= PREFIX && slice_equal_nocase(slice_make(text.data, PREFIX), prefix))
        text = slice_make(text.data + PREFIX, text.len - PREFIX);
    memcpy(out, prefix, PREFIX);
    return crockford_parse(out + PREFIX, REST, text.data, text.len) &&
           owner_secret_valid(out, strlen(out));
}

/* ---- the unit ---- */

static bool
read_unit(struct visit *visit)
{
    struct item *item = &visit->item;
    const struct request *request = visit->request;
    return request->segment_count == 3 &&
           segment_value(item->gtin, sizeof item->gtin, request->segments[1]) &&
           segment_value(item->serial, sizeof item->serial, request->segments[2]) &&
           gtin_valid(slice_of(item->gtin)) && gs1_value_valid(slice_of(item->serial));
}

static bool
begin(struct visit *visit, struct worker *worker, const struct request *request,
      struct response *response)
{
    visit_begin(visit, worker, request, response, "enter");
    if (read_unit(visit))
        return true;
    memset(&visit->item, 0, sizeof visit->item);
    visit_error(visit, 404, "no_item", NULL);
    return false;
}

/* Only what the address says: nothing is known of who asks. */
static void
put_bare_item(struct visit *visit)
{
    json_put(&visit->document, "item", "{");
    json_put_text(&visit->document, "gtin", visit->item.gtin);
    json_put_text(&visit->document, "serial", visit->item.serial);
    text_char(&visit->document, '}');
}

void
visitor_owner_form(struct worker *worker, const struct request *request, struct response *response)
{
    struct visit visit;
    if (begin(&visit, worker, request, response))
        put_bare_item(&visit);
    visit_show(&visit);
}

/* ---- doing it ---- */

static void
put_unit(struct text *out, const struct visit *visit)
{
    json_put_text(out, "gtin", visit->item.gtin);
    json_put_text(out, "serial", visit->item.serial);
}

static void
write_body(struct text *out, const struct visit *visit, const struct wish *wish)
{
    text_char(out, '{');
    if (wish->deed->event != NULL)
        json_put_text(out, "type", wish->deed->event);
    put_unit(out, visit);
    json_put_text(out, "location", wish->location);
    json_put_text(out, "on", wish->on);
    json_put_text(out, "reference", wish->reference);
    text_char(out, '}');
}

/* The offer goes to whoever it is shown to: the page's only task is to show it. */
static void
put_offer(struct visit *visit, const struct json_node *root)
{
    char code[TYPED_MAX];
    if (!slice_copy(code, sizeof code, json_string(json_member_of(root, "transfer_code"))))
        code[0] = '\0';
    json_put_text(&visit->document, "transfer_code", code);
    visit_put_day(visit, "until", json_member_of(root, "expires_at"));
    visit_put_link(visit, VISIT_REDEEM, code);
    visit->name = "offer";
    sodium_memzero(code, sizeof code);
}

static void
do_it(struct visit *visit, const struct wish *wish)
{
    struct text body;
    struct reply reply;
    bool offer = wish->deed->event == NULL;
    text_init(&body, OWNER_BODY_MAX);
    write_body(&body, visit, wish);
    const struct question question = {METHOD_POST, offer ? "/v1/transfers" : "/v1/events",
                                      body.data, wish->secret};
    visit_ask(visit, &question, &reply);
    text_free(&body);
    if (!reply_good(&reply)) {
        visit->name = "confirm";
        visit_problem(visit, &reply);
    } else if (offer) {
        put_offer(visit, reply.root);
    } else {
        json_put_text(&visit->document, "done", wish->deed->name);
    }
    reply_close(&reply);
}

/* ---- the page ---- */

static void
look(struct visit *visit, const struct wish *wish)
{
    struct text path;
    struct reply reply;
    text_init(&path, OWNER_PATH_MAX);
    text_printf(&path, "/v1/units/%s/", visit->item.gtin);
    text_percent(&path, slice_of(visit->item.serial));
    text_put(&path, "/owner");
    visit_ask(visit, &(struct question){METHOD_GET, path.data, NULL, wish->secret}, &reply);
    text_free(&path);
    if (reply_good(&reply)) {
        owner_put(visit, reply.root);
    } else {
        visit->name = "enter";
        visit_problem(visit, &reply);
        put_bare_item(visit);
    }
    reply_close(&reply);
}

static bool
read_wish(struct visit *visit, struct wish *wish)
{
    const struct input secret[] = {{"secret", wish->typed, sizeof wish->typed}, {NULL, NULL, 0}};
    const struct input fields[] = {{"do", wish->what, sizeof wish->what},
                                   {"sure", wish->sure, sizeof wish->sure},
                                   {"location", wish->location, sizeof wish->location},
                                   {"on", wish->on, sizeof wish->on},
                                   {"reference", wish->reference, sizeof wish->reference},
                                   {NULL, NULL, 0}};
    bool typed = visit_read(visit, "typed", secret);
    bool read = visit_read(visit, "form", fields) && typed;
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
        if (strcmp(wish->what, deeds[i].name) == 0)
            wish->deed = &deeds[i];
    if (!read_secret(wish->secret, wish->typed)) {
        visit_error(visit, 400, wish->typed[0] == '\0' ? "no_secret" : "bad_secret", "secret");
        read = false;
    }
    return read;
}

static void
put_deed(struct visit *visit, const struct deed_row *deed)
{
    json_put_text(&visit->document, "deed", deed->name);
    json_put_bool(&visit->document, "reports", deed->asks);
}

static void
answer(struct visit *visit, struct wish *wish)
{
    bool read = read_wish(visit, wish);
    if (!read) {
        put_bare_item(visit);
        return;
    }
    json_put_text(&visit->document, "secret", wish->secret);
    if (wish->deed != NULL)
        put_deed(visit, wish->deed);
    visit->name = "owner";
    if (wish->deed != NULL)
        visit->name = "confirm";
    if (wish->deed != NULL && wish->sure[0] != '\0') {
        visit->name = "owner";
        do_it(visit, wish);
    }
    look(visit, wish);
    if (strcmp(visit->name, "confirm") == 0)
        visit->title = wish->deed->name;
}

void
visitor_owner(struct worker *worker, const struct request *request, struct response *response)
{
    struct visit visit;
    struct wish wish;
    memset(&wish, 0, sizeof wish);
    if (begin(&visit, worker, request, response))
        answer(&visit, &wish);
    visit_show(&visit);
    sodium_memzero(&wish, sizeof wish);
}
