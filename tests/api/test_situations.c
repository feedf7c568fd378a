/* SPDX-License-Identifier: Apache-2.0 */
/* A label in every situation, through the whole gateway: signature, registry, rules, answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/api/gateway.h"

enum { AT = 100, EARLY = 400, LATE = 600 };

struct row {
    const char *label;
    enum signer signer;
    bool is_registered;
    uint64_t at;              /* registered at EPOCH + at */
    const char *labelled_lot; /* what the label says */
    enum event_type events[2];
    const char *verdict, *reason, *result;
    bool shows; /* product and unit are in the answer */
};

#define REGISTERED(at) true, (at), LOT
#define UNREGISTERED false, 0, LOT

static const struct row rows[] = {
    {"fresh", PLANT_A, REGISTERED(AT), {0}, "ok", "genuine", "genuine", true},
    {"sold", PLANT_A, REGISTERED(AT), {EVENT_SELL}, "ok", "genuine", "genuine", true},
    {"by a retired key", OLD, REGISTERED(AT), {0}, "ok", "genuine", "genuine", true},
    {"by a revoked key, in time",
     PLANT_B,
     REGISTERED(EARLY),
     {0},
     "ok",
     "genuine",
     "genuine",
     true},
    {"by a revoked key, too late",
     PLANT_B,
     REGISTERED(LATE),
     {0},
     "bad",
     "issuer_revoked",
     "signature_valid",
     false},
    {"by a revoked key, not registered",
     PLANT_B,
     UNREGISTERED,
     {0},
     "bad",
     "issuer_revoked",
     "signature_valid",
     false},
    {"not registered", PLANT_A, UNREGISTERED, {0}, "bad", "never_issued", "signature_valid", false},
    {"by nobody we know",
     PIRATE,
     UNREGISTERED,
     {0},
     "bad",
     "issuer_unknown",
     "issuer_unknown",
     false},
    {"registered, by nobody we know",
     PIRATE,
     REGISTERED(AT),
     {0},
     "bad",
     "issuer_unknown",
     "issuer_unknown",
     false},
    {"by a key for other products",
     PLANT_C,
     UNREGISTERED,
     {0},
     "bad",
     "issuer_out_of_scope",
     "issuer_out_of_scope",
     false},
    {"stolen",
     PLANT_A,
     REGISTERED(AT),
     {EVENT_SELL, EVENT_REPORT_STOLEN},
     "bad",
     "stolen",
     "genuine",
     true},
    {"retired", PLANT_A, REGISTERED(AT), {EVENT_RETIRE}, "bad", "retired", "genuine", true},
    {"lost",
     PLANT_A,
     REGISTERED(AT),
     {EVENT_SELL, EVENT_REPORT_LOST},
     "caution",
     "lost",
     "genuine",
     true},
    {"held", PLANT_A, REGISTERED(AT), {EVENT_HOLD}, "caution", "held", "genuine", true},
    {"suspected copy",
     PLANT_A,
     REGISTERED(AT),
     {EVENT_SUSPECT},
     "caution",
     "copy_suspected",
     "genuine",
     true},
    {"returned",
     PLANT_A,
     REGISTERED(AT),
     {EVENT_SELL, EVENT_RETURN},
     "caution",
     "returned",
     "genuine",
     true},
    {"another lot on the label",
     PLANT_A,
     true,
     AT,
     "OTHER",
     {0},
     "caution",
     "lot_mismatch",
     "signature_valid",
     true},
    {"no lot on the label",
     PLANT_A,
     true,
     AT,
     "",
     {0},
     "caution",
     "lot_mismatch",
     "signature_valid",
     true},
};

static struct label
build(struct gateway *g, const struct row *row, size_t number)
{
    char serial[GS1_VALUE_MAX + 1];
    (void)snprintf(serial, sizeof serial, "UNIT%zu", number);
    struct identity id = identity_of(LOT, serial);
    if (row->is_registered) {
        struct unit unit = registered(g, row->signer, &id, row->at + number);
        for (size_t e = 0; e < 2 && row->events[e] != EVENT_NONE; e++)
            happen(g, &unit, row->events[e], 1000 + 10 * number + e);
    }
    struct identity labelled = identity_of(row->labelled_lot, serial);
    return label_of(g, row->signer, &labelled);
}

static void
assert_answer(const struct gateway *g, const struct row *row)
{
    const char *const facts[][2] = {{"verdict", row->verdict},
                                    {"reasons/0/code", row->reason},
                                    {"label/result", row->result},
                                    {"product/name", row->shows ? "Angle grinder, 18 V" : ""},
                                    {"unit/lot", row->shows ? LOT : ""}};
    if (g->response.status != 200)
        fail_msg("%s: status %d", row->label, g->response.status);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        if (strcmp(answer_text(g, facts[i][0]), facts[i][1]) != 0)
            fail_msg("%s: %s is \"%s\"", row->label, facts[i][0], answer_text(g, facts[i][0]));
}

static void
labels(void **state)
{
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct label label = build(g, &rows[i], i);
        ask_label(g, &label);
        assert_answer(g, &rows[i]);
    }
}

/* The page of every situation says the same as the JSON. */
static void
pages(void **state)
{
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char class[40];
        char query[3 + TOKEN_CHARS];
        struct label label = build(g, &rows[i], i);
        (void)snprintf(query, sizeof query, "S=%s", label.token);
        (void)snprintf(class, sizeof class, "<body class=\"%s\">", rows[i].verdict);
        ask(g, &(struct question){.handle = api_digital_link,
                                  .path = label.path,
                                  .query = query,
                                  .accept = "text/html,*/*;q=0.8"});
        assert_string_equal(g->response.content_type, "text/html; charset=utf-8");
        if (g->response.status != 200 || !answer_holds(g, class) ||
            !answer_holds(g, rows[i].reason) || answer_holds(g, "Angle grinder") != rows[i].shows)
            fail_msg("%s: %s", rows[i].label, g->response.body.data);
    }
}

/* Every other character at every place of the token. */
static void
one_character_changed(void **state)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct gateway *g = *state;
    struct identity id = identity_of(LOT, "UNIT0");
    (void)registered(g, PLANT_A, &id, AT);
    const struct label good = label_of(g, PLANT_A, &id);
    for (size_t at = 0; at < TOKEN_CHARS; at++) {
        struct label label = good;
        size_t digit = (size_t)(strchr(alphabet, good.token[at]) - alphabet);
        label.token[at] = alphabet[(digit + 1 + at % 31) % 32];
        ask_label(g, &label);
        assert_int_equal(g->response.status, 200);
        assert_string_equal(answer_text(g, "verdict"), "bad");
        assert_string_equal(answer_text(g, "product/name"), "");
    }
    ask_label(g, &good);
    assert_string_equal(answer_text(g, "verdict"), "ok");
}

/* A label of one unit on the path of another. */
static void
a_token_of_another_unit(void **state)
{
    struct gateway *g = *state;
    struct identity id = identity_of(LOT, "UNIT0");
    struct identity other = identity_of(LOT, "UNIT1");
    (void)registered(g, PLANT_A, &id, AT);
    (void)registered(g, PLANT_A, &other, AT + 1);
    struct label label = label_of(g, PLANT_A, &id);
    const struct label second = label_of(g, PLANT_A, &other);
    strcpy(label.token, second.token);
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "reasons/0/code"), "label_forged");
    assert_string_equal(answer_text(g, "verdict"), "bad");
}

static void
recalls(void **state)
{
    static const struct {
        const char *label;
        bool stop_use;
        const char *verdict, *text;
    } kinds[] = {
        {"go on", false, "caution", "The guard may come loose."},
        {"stop use", true, "bad", "The guard may come loose."},
    };
    struct gateway *g = *state;
    struct identity id = identity_of(LOT, "UNIT0");
    (void)registered(g, PLANT_A, &id, AT);
    struct label label = label_of(g, PLANT_A, &id);
    for (size_t i = 0; i < 2; i++) {
        struct recall recall;
        struct operation operation;
        test_recall(&recall, GTIN, i == 0 ? "R-1" : "R-2");
        recall.stop_use = kinds[i].stop_use;
        test_operation(&operation, 50 + i);
        assert_int_equal(registry_put_recall(g->worker.session, &recall, &operation, NULL), ERR_OK);
        ask_label(g, &label);
        if (strcmp(answer_text(g, "verdict"), kinds[i].verdict) != 0)
            fail_msg("%s: %s", kinds[i].label, g->response.body.data);
        assert_string_equal(answer_text(g, "reasons/0/code"), "recalled");
        assert_string_equal(answer_text(g, "recall/text"), kinds[i].text);
        assert_string_equal(answer_text(g, "recall/stop_use"),
                            kinds[i].stop_use ? "true" : "false");
        assert_string_equal(answer_text(g, "recall/link"), "https://example.com/recall");
    }
}

static void
expired(void **state)
{
    struct gateway *g = *state;
    struct identity id = identity_of(LOT, "UNIT0");
    (void)registered(g, PLANT_A, &id, AT);
    struct label label = label_of(g, PLANT_A, &id);
    char query[3 + TOKEN_CHARS];
    (void)snprintf(query, sizeof query, "S=%s", label.token);
    /* Day 23650 is the last one of a unit of support.h, and its days begin an hour before UTC's. */
    static const struct {
        const char *label;
        int64_t now;
        const char *verdict;
    } moments[] = {
        {"the last second", INT64_C(23651) * 86400 - 3601, "ok"},
        {"a second later", INT64_C(23651) * 86400 - 3600, "caution"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct request request = {.method = METHOD_GET,
                                  .path = slice_of(label.path),
                                  .query = slice_of(query),
                                  .now = moments[i].now};
        text_reset(&g->response.body);
        g->response.header_count = 0;
        api_digital_link(&g->worker, &request, &g->response);
        if (strcmp(answer_text(g, "verdict"), moments[i].verdict) != 0)
            fail_msg("%s: %s", moments[i].label, g->response.body.data);
    }
}

int
main(void)
{
#define WITH_GATEWAY(test) cmocka_unit_test_setup_teardown(test, gateway_set_up, gateway_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_GATEWAY(labels),
        WITH_GATEWAY(pages),
        WITH_GATEWAY(one_character_changed),
        WITH_GATEWAY(a_token_of_another_unit),
        WITH_GATEWAY(recalls),
        WITH_GATEWAY(expired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
