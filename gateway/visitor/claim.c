/* SPDX-License-Identifier: Apache-2.0 */
/* Three forms that are alike: a unit, a code that proves possession, and what that gives. */
#include "gateway/visitor/visitor.h"

#include <sodium.h>
#include <string.h>

#include "gateway/visitor/visit.h"

enum { CODE_MAX = 64, DAY_MAX = 32, CLAIM_BODY_MAX = 4096, SECRET_MAX = 64 };

/* What differs. */
struct claim {
    const char *page;
    const char *path;  /* of the API */
    const char *code;  /* the field and the member */
    const char *day;   /* likewise; NULL: none is asked for */
    const char *shows; /* the page that follows */
    void (*put)(struct visit *visit, const struct json_node *root);
};

/* ---- what follows ---- */

static void
put_secret(struct visit *visit, const struct json_node *root)
{
    char secret[SECRET_MAX];
    if (!slice_copy(secret, sizeof secret, json_string(json_member_of(root, "owner_secret"))))
        secret[0] = '\0';
    json_put_text(&visit->document, "secret", secret);
    visit_put_day(visit, "activated_on", json_member_of(root, "activated_on"));
    visit_put_link(visit, VISIT_OWNER, secret);
    sodium_memzero(secret, sizeof secret);
}

static void
put_recovery(struct visit *visit, const struct json_node *root)
{
    visit_put_day(visit, "recovery_on", json_member_of(root, "recovery_at"));
}

static const struct claim registration = {"register",     "/v1/activations", "claim_code",
                                          "purchased_on", "secret",          put_secret};
static const struct claim redemption = {
    "redeem", "/v1/transfers/redeem", "transfer_code", NULL, "secret", put_secret};
static const struct claim recovery = {"recover", "/v1/recoveries", "claim_code",
                                      NULL,      "recovering",     put_recovery};

/* ---- the form ---- */

static void
show_form(const struct claim *claim, struct worker *worker, const struct request *request,
          struct response *response)
{
    struct visit visit;
    visit_begin(&visit, worker, request, response, claim->page);
    bool known = visit_item(&visit, false);
    json_put_bool(&visit.document, "known", known);
    visit_show(&visit);
}

/* The API says in one language why not now; the verdict on the label says it in all of them. */
static void
tell_conflict(struct visit *visit)
{
    static const struct {
        const char *reason, *code;
    } rows[] = {{"stolen", "stolen"}, {"held", "held"}, {"lost", "lost"}, {"genuine", "not_sold"}};
    const char *code = "conflict";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(visit->item.reason, rows[i].reason) == 0)
            code = rows[i].code;
    visit_error(visit, 409, code, NULL);
}

static void
tell_problem(struct visit *visit, const struct reply *reply)
{
    if (slice_equal(json_string(json_member_of(reply->root, "code")), "conflict"))
        tell_conflict(visit);
    else
        visit_problem(visit, reply);
}

static void
ask(struct visit *visit, const struct claim *claim, const char *code, const char *day)
{
    struct text body;
    struct reply reply;
    text_init(&body, CLAIM_BODY_MAX);
    text_char(&body, '{');
    /* Who has the label is not kept waiting by who has not. */
    if (visit->item.as_it_is) {
        json_put_text(&body, "code", visit->item.code);
    } else {
        json_put_text(&body, "gtin", visit->item.gtin);
        json_put_text(&body, "serial", visit->item.serial);
    }
    json_put_text(&body, claim->code, code);
    if (claim->day != NULL)
        json_put_text(&body, claim->day, day);
    text_char(&body, '}');
    visit_ask(visit, &(struct question){METHOD_POST, claim->path, body.data, NULL}, &reply);
    text_free(&body);
    if (reply_good(&reply)) {
        visit->name = claim->shows;
        claim->put(visit, reply.root);
    } else {
        tell_problem(visit, &reply);
    }
    reply_close(&reply);
}

static void
answer_form(const struct claim *claim, struct worker *worker, const struct request *request,
            struct response *response)
{
    struct visit visit;
    char code[CODE_MAX];
    char day[DAY_MAX];
    const struct input inputs[] = {
        {claim->code, code, sizeof code}, {claim->day, day, sizeof day}, {NULL, NULL, 0}};
    visit_begin(&visit, worker, request, response, claim->page);
    bool read = visit_read(&visit, "form", inputs);
    bool known = visit_item(&visit, true);
    json_put_bool(&visit.document, "known", known);
    if (read && known && code[0] == '\0')
        visit_error(&visit, 400, "no_code", claim->code);
    else if (read && known)
        ask(&visit, claim, code, claim->day == NULL ? "" : day);
    visit_show(&visit);
    sodium_memzero(code, sizeof code);
}

/* ---- handlers ---- */

void
visitor_register_form(struct worker *worker, const struct request *request,
                      struct response *response)
{
    show_form(&registration, worker, request, response);
}

void
visitor_register(struct worker *worker, const struct request *request, struct response *response)
{
    answer_form(&registration, worker, request, response);
}

void
visitor_redeem_form(struct worker *worker, const struct request *request, struct response *response)
{
    show_form(&redemption, worker, request, response);
}

void
visitor_redeem(struct worker *worker, const struct request *request, struct response *response)
{
    answer_form(&redemption, worker, request, response);
}

void
visitor_recover_form(struct worker *worker, const struct request *request,
                     struct response *response)
{
    show_form(&recovery, worker, request, response);
}

void
visitor_recover(struct worker *worker, const struct request *request, struct response *response)
{
    answer_form(&recovery, worker, request, response);
}
