/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "crypto/apikey.h"
#include "crypto/claim.h"
#include "gateway/api/auth.h"
#include "gateway/api/limits.h"
#include "tests/api/story.h"

static const char no_serial[] = "NEVER-MADE";
static const char foreign[] = "owner_00000000000000000000000000W4RE";

/* ---- the gateway ---- */

int
story_set_up(void **state)
{
    if (gateway_set_up(state) != 0)
        return -1;
    struct gateway *g = *state;
    strcpy(g->config.log, "error");
    memset(g->secrets.claim_key, 9, sizeof g->secrets.claim_key);
    assert_int_equal(limits_open(&g->app.limits, NULL), ERR_OK);
    return 0;
}

int
story_tear_down(void **state)
{
    struct gateway *g = *state;
    limits_close(g->app.limits);
    return gateway_tear_down(state);
}

void
story_allow_early(struct gateway *g)
{
    struct product product;
    struct operation operation;
    assert_int_equal(registry_get_product(g->worker.session, GTIN, &product), ERR_OK);
    product.activation_before_sale = true;
    test_operation(&operation, 900000);
    assert_int_equal(registry_put_product(g->worker.session, &product, &operation, NULL), ERR_OK);
}

void
story_begin(struct story *story, struct gateway *g, unsigned number)
{
    struct unit unit;
    char serial[GS1_VALUE_MAX + 1];
    memset(story, 0, sizeof *story);
    story->g = g;
    story->now = NOW;
    strcpy(story->code[0], "7777-7777-7777"); /* before there is any */
    strcpy(story->code[1], "8888-8888-8888");
    (void)snprintf(serial, sizeof serial, "UNIT%u", number);
    (void)snprintf(story->claim, sizeof story->claim, "7K3M9-%05u", number);
    test_unit(&unit, GTIN, serial);
    char code[CLAIM_CHARS + 1];
    assert_true(claim_parse(code, story->claim, strlen(story->claim)));
    claim_seal(unit.claim, g->secrets.claim_key, GTIN, serial, code);
    test_commission(g->worker.session, &unit, 1000 + number);
    story->key = test_key(&unit);
}

struct unit
story_unit(const struct story *story)
{
    struct unit unit;
    assert_int_equal(registry_get(story->g->worker.session, &story->key, &unit), ERR_OK);
    return unit;
}

/* ---- what happens ---- */

static const struct {
    char step;
    enum event_type type;
    enum role role;
    const char *actor;
    enum event_field_id field, other; /* "Counter 7", and `value` */
    const char *value;
} events[] = {
    {'x', EVENT_SELL, ROLE_RETAILER, "Shop", FIELD_NONE, FIELD_NONE, ""},
    {'k', EVENT_REPORT_STOLEN, ROLE_OPERATOR, "Shop", FIELD_NONE, FIELD_NONE, ""},
    {'h', EVENT_HOLD, ROLE_OPERATOR, "Shop", FIELD_REASON, FIELD_NONE, ""},
    {'b', EVENT_RETURN, ROLE_RETAILER, "Shop", FIELD_NONE, FIELD_NONE, ""},
    {'y', EVENT_RESTOCK, ROLE_RETAILER, "Shop", FIELD_NONE, FIELD_NONE, ""},
    {'q', EVENT_RETIRE, ROLE_OPERATOR, "Shop", FIELD_REASON, FIELD_NONE, ""},
    {'s', EVENT_RECEIVE, ROLE_RETAILER, "Shop", FIELD_LOCATION, FIELD_NONE, ""},
    {'S', EVENT_RECEIVE, ROLE_RETAILER, "Stall", FIELD_LOCATION, FIELD_NONE, ""},
    {'B', EVENT_SHIP, ROLE_OPERATOR, "Brand", FIELD_LOCATION, FIELD_TO, "Stall"},
    {'H', EVENT_SHIP, ROLE_OPERATOR, "Brand", FIELD_LOCATION, FIELD_NONE, ""},
    {'E', EVENT_END_OWNERSHIP, ROLE_OPERATOR, "Brand", FIELD_REASON, FIELD_NONE, ""},
    {'D', EVENT_END_OWNERSHIP, ROLE_OPERATOR, "Brand", FIELD_REASON, FIELD_ENDS_CLAIM, "yes"},
};

static void
carry(struct event *event, enum event_field_id id, const char *value)
{
    if (id == FIELD_NONE)
        return;
    event->fields[event->field_count].id = id;
    strcpy(event->fields[event->field_count++].value, value);
}

static void
happens(struct story *story, size_t which)
{
    struct change change = {.unit = story_unit(story)};
    struct operation operation = {.at = story->now, .role = events[which].role};
    struct event *event = &change.event;
    struct fault fault = {ERR_OK, ""};
    randombytes_buf(operation.id, sizeof operation.id);
    event->type = events[which].type;
    event->at = story->now;
    event->role = events[which].role;
    strcpy(event->actor, events[which].actor);
    memcpy(event->operation, operation.id, sizeof event->operation);
    if (event->type == EVENT_RESTOCK || events[which].step == 'D')
        memcpy(event->seal, change.unit.claim, sizeof event->seal);
    carry(event, events[which].field, "Counter 7");
    carry(event, events[which].other, events[which].value);
    if (event_apply(&change.unit, &change.unit, event, &fault) != ERR_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(registry_apply(story->g->worker.session, &change, 1, &operation, NULL, NULL),
                     ERR_OK);
}

/* ---- what is asked ---- */

enum { UNKNOWN = 1, WRONG = 2, BEFORE = 4, FOREIGN = 8, DATED = 16 };

static const struct {
    char step;
    handler *handle;
    const char *path; /* $ is the serial */
    const char *more; /* of the body; $ is the code */
    enum role role;   /* 0: by an owner secret, as the flags say */
    const char *organisation;
    unsigned flags;
} questions[] = {
    {'a', api_activation, "/v1/activations", "claim_code", ROLE_PUBLIC, "", 0},
    {'A', api_activation, "/v1/activations", "claim_code", ROLE_PUBLIC, "", WRONG},
    {'u', api_activation, "/v1/activations", "claim_code", ROLE_PUBLIC, "", UNKNOWN},
    {'f', api_activation, "/v1/activations", "claim_code", ROLE_PUBLIC, "", DATED},
    {'m', api_activation, "/v1/activations", NULL, ROLE_RETAILER, "Shop", 0},
    {'M', api_activation, "/v1/activations", NULL, ROLE_RETAILER, "Stall", 0},
    {'n', api_activation, "/v1/activations", NULL, ROLE_SERVICE, "Workshop", 0},
    {'Y', api_activation, "/v1/activations", "claim_code", ROLE_RETAILER, "Shop", 0},
    {'K', api_activation, "/v1/activations", "claim_code", ROLE_RETAILER, "Stall", 0},
    {'N', api_activation, "/v1/activations", NULL, ROLE_SERVICE, "Workshop", UNKNOWN},
    {'r', api_recovery, "/v1/recoveries", "claim_code", ROLE_PUBLIC, "", 0},
    {'R', api_recovery, "/v1/recoveries", "claim_code", ROLE_PUBLIC, "", WRONG},
    {'U', api_recovery, "/v1/recoveries", "claim_code", ROLE_PUBLIC, "", UNKNOWN},
    {'j', api_recovery, "/v1/recoveries", NULL, ROLE_RETAILER, "Shop", 0},
    {'J', api_recovery, "/v1/recoveries", NULL, ROLE_RETAILER, "Stall", 0},
    {'i', api_recovery, "/v1/recoveries", NULL, ROLE_SERVICE, "Workshop", 0},
    {'I', api_recovery, "/v1/recoveries", NULL, ROLE_SERVICE, "Workshop", UNKNOWN},
    {'c', api_events, "/v1/events", "dismiss", 0, "", 0},
    {'z', api_events, "/v1/events", "report_stolen", 0, "", 0},
    {'Z', api_events, "/v1/events", "report_stolen", 0, "", BEFORE},
    {'e', api_events, "/v1/events", "recover", 0, "", 0},
    {'o', api_transfer, "/v1/transfers", NULL, 0, "", 0},
    {'O', api_transfer, "/v1/transfers", NULL, 0, "", BEFORE},
    {'l', api_transfer, "/v1/transfers", NULL, 0, "", FOREIGN},
    {'L', api_transfer, "/v1/transfers", NULL, 0, "", UNKNOWN},
    {'t', api_transfer_redeem, "/v1/transfers/redeem", "transfer_code", ROLE_PUBLIC, "", 0},
    {'T', api_transfer_redeem, "/v1/transfers/redeem", "transfer_code", ROLE_PUBLIC, "", WRONG},
    {'v', api_transfer_redeem, "/v1/transfers/redeem", "transfer_code", ROLE_PUBLIC, "", BEFORE},
    {'V', api_transfer_redeem, "/v1/transfers/redeem", "transfer_code", ROLE_PUBLIC, "", UNKNOWN},
    {'g', api_owner, "/v1/units/" GTIN "/$/owner", NULL, 0, "", 0},
    {'p', api_owner, "/v1/units/" GTIN "/$/owner", NULL, 0, "", BEFORE},
    {'G', api_owner, "/v1/units/" GTIN "/$/owner", NULL, 0, "", FOREIGN},
    {'P', api_owner, "/v1/units/" GTIN "/$/owner", NULL, 0, "", UNKNOWN},
};

static void
make_body(char *out, size_t size, const struct story *story, size_t which)
{
    unsigned flags = questions[which].flags;
    const char *more = questions[which].more;
    const char *serial = (flags & UNKNOWN) != 0 ? no_serial : story->key.serial;
    bool transfer = questions[which].handle == api_transfer_redeem;
    const char *code = transfer ? story->code[(flags & BEFORE) != 0] : story->claim;
    if ((flags & WRONG) != 0)
        code = transfer ? "0000-0000-0000" : "0000000000";
    int used = snprintf(out, size, "{\"gtin\":\"" GTIN "\",\"serial\":\"%s\"", serial);
    if (questions[which].handle == api_events)
        used += snprintf(out + used, size - (size_t)used, ",\"type\":\"%s\"", more);
    else if (more != NULL)
        used += snprintf(out + used, size - (size_t)used, ",\"%s\":\"%s\"", more, code);
    if ((flags & DATED) != 0)
        used += snprintf(out + used, size - (size_t)used, ",\"purchased_on\":\"2026-11-01\"");
    assert_true((size_t)used + 2 < size);
    strcat(out, "}");
}

static void
split(struct request *request)
{
    struct slice rest = request->path;
    assert_true(slice_take(&rest, "/"));
    while (rest.len > 0)
        request->segments[request->segment_count++] = slice_take_until(&rest, '/');
}

static void
identify(struct story *story, size_t which, struct request *request, char *bearer, size_t size)
{
    unsigned flags = questions[which].flags;
    const char *secret = story->secret[(flags & BEFORE) != 0];
    if ((flags & FOREIGN) != 0)
        secret = foreign;
    if (questions[which].role != 0)
        return;
    (void)snprintf(bearer, size, "Bearer %s", secret);
    request->authorization = slice_of(bearer);
}

/* What the answer gave becomes the last one, unless it is a repeat. */
static void
keep(const struct story *story, char *last, char *before, size_t size, const char *name)
{
    const char *given = answer_text(story->g, name);
    if (given[0] == '\0' || strcmp(given, last) == 0)
        return;
    memcpy(before, last, size);
    assert_true(slice_copy(last, size, slice_of(given)));
}

static int
send(struct story *story, handler *handle, struct request *request, const struct caller *as)
{
    struct gateway *g = story->g;
    request->method = METHOD_POST;
    request->idempotency_key = slice_of(story->idempotency_key);
    request->content_type = slice_of("application/json");
    request->now = story->now;
    split(request);
    text_reset(&g->response.body);
    g->response.status = 200;
    g->response.content_type = NULL;
    g->response.header_count = 0;
    assert_true(authenticate(&g->worker, request, ROLE_PUBLIC | ROLE_OWNER, &g->response));
    if (as != NULL)
        g->worker.caller = *as;
    handle(&g->worker, request, &g->response);
    assert_non_null(g->response.content_type);
    assert_true(text_ok(&g->response.body));
    return g->response.status;
}

int
story_send(struct story *story, handler *handle, const char *path, const char *body)
{
    struct request request = {.path = slice_of(path), .body = slice_of(body)};
    return send(story, handle, &request, NULL);
}

static int
asks(struct story *story, size_t which)
{
    char path[80];
    char body[400];
    char bearer[80];
    bool unknown = (questions[which].flags & UNKNOWN) != 0;
    struct caller staff = {.role = questions[which].role};
    strcpy(staff.organisation, questions[which].organisation);
    fill_in(path, sizeof path, questions[which].path, unknown ? no_serial : story->key.serial);
    make_body(body, sizeof body, story, which);
    struct request request = {.path = slice_of(path), .body = slice_of(body)};
    identify(story, which, &request, bearer, sizeof bearer);
    int status = send(story, questions[which].handle, &request, staff.role != 0 ? &staff : NULL);
    if (status < 300) {
        keep(story, story->secret[0], story->secret[1], sizeof story->secret[0], "owner_secret");
        keep(story, story->code[0], story->code[1], sizeof story->code[0], "transfer_code");
    }
    return status;
}

int
story_step(struct story *story, char step)
{
    if (step == 'd' || step == 'w') {
        story->now += step == 'd' ? 86400 : 7 * 86400;
        return 0;
    }
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (events[i].step == step) {
            happens(story, i);
            return 0;
        }
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        if (questions[i].step == step)
            return asks(story, i);
    fail_msg("no step '%c'", step);
    return 0;
}

void
story_play(const struct story_row *row, struct gateway *g, unsigned number)
{
    struct story story;
    story_begin(&story, g, number);
    size_t last = strlen(row->story) - 1;
    for (size_t i = 0; i < last; i++) {
        int status = story_step(&story, row->story[i]);
        if (status >= 300)
            fail_msg("%s: step %zu: %s", row->label, i, g->response.body.data);
    }
    int status = story_step(&story, row->story[last]);
    const char *code = status < 300 ? "" : answer_text(g, "code");
    if (status != row->status || strcmp(code, row->code) != 0)
        fail_msg("%s: %s", row->label, g->response.body.data);
}
