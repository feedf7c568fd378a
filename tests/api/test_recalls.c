/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/catalogue.h"
#include "tests/api/call.h"

#define PATH "/v1/recalls"
#define RECALL(id, more) "{\"id\":\"" id "\",\"gtin\":\"" GTIN "\",\"text\":\"Stop.\"" more "}"
#define LIMIT(name, value) ",\"" name "\":\"" value "\""

static struct call
opening(const char *body)
{
    return (struct call){
        .handle = api_recall_open, .method = METHOD_POST, .path = PATH, .body = body};
}

static struct call
lifting(const char *path)
{
    return (struct call){.handle = api_recall_lift, .method = METHOD_POST, .path = path};
}

/* ---- opening ---- */

/* One after the other, on one gateway. */
static const struct row {
    const char *label, *query, *body;
    int status;
    const char *code;
} rows[] = {
    {"a product", NULL, RECALL("R-1", ""), 201, NULL},
    {"the same number again", NULL, RECALL("R-1", ""), 409, "conflict"},
    {"the same number, only asked", "dry_run=true", RECALL("R-1", ""), 409, "conflict"},
    {"a lot, to be used no more", "dry_run=false",
     RECALL("R-2", LIMIT("lot", LOT) ",\"stop_use\":true"), 201, NULL},
    {"a range of serials", NULL, RECALL("R.3", LIMIT("serial_from", "A1") LIMIT("serial_to", "A9")),
     201, NULL},
    {"made between", NULL,
     RECALL("R_4", LIMIT("made_from", "2026-01-01") LIMIT("made_to", "2026-01-31")), 201, NULL},
    {"with a link", NULL, RECALL("R-5", LIMIT("link", "https://example.com/r5")), 201, NULL},
    {"only asked", "dry_run=true", RECALL("R-6", ""), 200, NULL},
    {"dry_run mistyped", "dryrun=true", RECALL("R-6", ""), 400, "invalid"},
    {"dry_run without a value", "dry_run", RECALL("R-6", ""), 400, "invalid"},
    {"dry_run in capitals", "dry_run=TRUE", RECALL("R-6", ""), 400, "invalid"},
    {"dry_run is both", "dry_run=true&dry_run=false", RECALL("R-6", ""), 400, "invalid"},
    {"a product nobody knows", NULL,
     "{\"id\":\"R-6\",\"gtin\":\"09506000134369\",\"text\":\"Stop.\"}", 422, "product_unknown"},
    {"a product nobody knows, only asked", "dry_run=true",
     "{\"id\":\"R-6\",\"gtin\":\"09506000134369\",\"text\":\"Stop.\"}", 422, "product_unknown"},
    {"no text", NULL, "{\"id\":\"R-6\",\"gtin\":\"" GTIN "\"}", 400, "invalid"},
    {"a mistyped limit, which would recall every lot", NULL, RECALL("R-6", LIMIT("lots", LOT)), 400,
     "invalid"},
    {"an empty limit", NULL, RECALL("R-6", LIMIT("lot", "")), 400, "invalid"},
    {"a range that ends before it begins", NULL,
     RECALL("R-6", LIMIT("serial_from", "B") LIMIT("serial_to", "A")), 400, "invalid"},
    {"a link that is a script", NULL, RECALL("R-6", LIMIT("link", "javascript:1")), 400, "invalid"},
    {"no JSON", NULL, "R-6", 400, "invalid"},
    {"an array", NULL, "[" RECALL("R-6", "") "]", 400, "invalid"},
    {"nothing", NULL, NULL, 400, "invalid"},
};

static void
recalls_are_opened(void **state)
{
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct call asked = opening(rows[i].body);
        asked.query = rows[i].query;
        call_expecting(g, &asked, &(struct expected){rows[i].label, rows[i].status, rows[i].code});
    }
    call(g, GETTING(api_recalls, PATH, NULL));
    static const char *const ids[] = {"R-1", "R-2", "R-5", "R.3", "R_4", ""};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        char place[32];
        (void)snprintf(place, sizeof place, "recalls/%zu/id", i);
        assert_string_equal(answer_text(g, place), ids[i]);
    }
    assert_string_equal(answer_text(g, "next"), "");
    call_expecting(g, GETTING(api_recalls, PATH, "open=true"),
                   &(struct expected){"an unknown filter", 400, "invalid"});
}

static void
a_recall_is_told_as_it_is_stored(void **state)
{
    struct gateway *g = *state;
    struct call asked = opening(RECALL("R-1", LIMIT("lot", LOT) ",\"stop_use\":true"));
    static const char told[] = "{\"id\":\"R-1\",\"version\":1,\"gtin\":\"" GTIN "\",\"lot\":\"" LOT
                               "\",\"stop_use\":true,\"text\":\"Stop.\","
                               "\"opened_at\":\"2026-11-22T14:33:20Z\"}\n";
    asked.idempotency_key = "one";
    for (int i = 0; i < 2; i++) {
        asked.now = NOW + i; /* the repeat tells when it was opened */
        call_expecting(g, &asked, &(struct expected){"opened", 201, NULL});
        assert_string_equal(g->response.body.data, told);
        assert_string_equal(answer_header(g, "Location"), PATH "/R-1");
        assert_string_equal(answer_header(g, "ETag"), "\"1\"");
    }
    call(g, GETTING(api_recall, PATH "/R-1", NULL));
    assert_string_equal(g->response.body.data, told);
    struct call lift = lifting(PATH "/R-1/lift");
    call_expecting(g, &lift, &(struct expected){"lifted", 200, NULL});
    call_expecting(g, &asked, &(struct expected){"opened, which was answered", 201, NULL});
    assert_string_equal(g->response.body.data, told);
    assert_string_equal(answer_header(g, "ETag"), "\"1\"");
    asked.body = RECALL("R-2", "");
    call_expecting(g, &asked, &(struct expected){"the key again", 422, "idempotency_key_reused"});
    static const char *const unknown[] = {PATH "/R-2", PATH "/r-1", PATH "/R%201", PATH "/R%ZZ",
                                          PATH "/%00"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        call_expecting(g, GETTING(api_recall, unknown[i], NULL),
                       &(struct expected){unknown[i], 404, "not_found"});
}

/* ---- whom it concerns ---- */

/* Five units: A1 to A3 of LOT, B1 and B2 of L2. Made on 2024-10-04, which is day 20000. */
static void
register_five(struct gateway *g)
{
    static const char *const units[][2] = {
        {LOT, "A1"}, {LOT, "A2"}, {LOT, "A3"}, {"L2", "B1"}, {"L2", "B2"}};
    for (size_t i = 0; i < 5; i++) {
        const struct identity id = identity_of(units[i][0], units[i][1]);
        (void)registered(g, PLANT_A, &id, 10 + i);
    }
}

static const struct {
    const char *limits, *affected;
} counts[] = {
    {"", "5"},
    {LIMIT("lot", LOT), "3"},
    {LIMIT("lot", "L2"), "2"},
    {LIMIT("lot", "L3"), "0"},
    {LIMIT("serial_from", "A2"), "4"},
    {LIMIT("serial_to", "A2"), "2"},
    {LIMIT("serial_from", "A3") LIMIT("serial_to", "B1"), "2"},
    {LIMIT("lot", LOT) LIMIT("serial_from", "A3") LIMIT("serial_to", "B1"), "1"},
    {LIMIT("made_to", "2024-10-03"), "0"},
    {LIMIT("made_to", "2024-10-04"), "5"},
    {LIMIT("made_from", "2024-10-04"), "5"},
    {LIMIT("made_from", "2024-10-05"), "0"},
};

static void
a_dry_run_counts_and_writes_nothing(void **state)
{
    struct gateway *g = *state;
    register_five(g);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char body[400];
        char expected[64];
        fill_in(body, sizeof body, RECALL("R-1", "$"), counts[i].limits);
        struct call asked = opening(body);
        asked.query = "dry_run=true";
        call_expecting(g, &asked, &(struct expected){counts[i].limits, 200, NULL});
        (void)snprintf(expected, sizeof expected, "{\"dry_run\":true,\"affected\":%s}\n",
                       counts[i].affected);
        if (strcmp(g->response.body.data, expected) != 0)
            fail_msg("%s: %s", counts[i].limits, g->response.body.data);
    }
    call_expecting(g, GETTING(api_recall, PATH "/R-1", NULL),
                   &(struct expected){"not written", 404, "not_found"});
}

static void
assert_verdicts(struct gateway *g, const char *of_lot, const char *of_other)
{
    const struct identity id = identity_of(LOT, "A1");
    const struct identity other = identity_of("L2", "B1");
    const struct label label = label_of(g, PLANT_A, &id);
    const struct label other_label = label_of(g, PLANT_A, &other);
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "reasons/0/code"), of_lot);
    ask_label(g, &other_label);
    assert_string_equal(answer_text(g, "reasons/0/code"), of_other);
}

static void
the_next_verification_sees_it_opened_and_lifted(void **state)
{
    struct gateway *g = *state;
    register_five(g);
    assert_verdicts(g, "genuine", "genuine");
    struct registry_health before;
    struct registry_health after;
    assert_int_equal(registry_health(g->worker.session, &before), ERR_OK);
    struct call asked = opening(RECALL("R-1", LIMIT("lot", LOT) ",\"stop_use\":true"));
    call_expecting(g, &asked, &(struct expected){"opened", 201, NULL});
    assert_verdicts(g, "recalled", "genuine");
    asked = lifting(PATH "/R-1/lift");
    call_expecting(g, &asked, &(struct expected){"lifted", 200, NULL});
    assert_verdicts(g, "genuine", "genuine");
    assert_int_equal(registry_health(g->worker.session, &after), ERR_OK);
    assert_int_equal(after.commit_calls - before.commit_calls, 2); /* one write each */
    assert_int_equal(after.events, before.events);
}

/* Who reads English gets the English text, and not the one for everybody or for somebody else. */
static void
the_text_is_in_the_language_of_the_answer(void **state)
{
    struct gateway *g = *state;
    static const char *const accepts[] = {"application/json", "text/html"};
    const struct identity id = identity_of(LOT, "A1");
    const struct label label = label_of(g, PLANT_A, &id);
    char query[3 + TOKEN_CHARS];
    register_five(g);
    const struct call open =
        opening(RECALL("R-1", ",\"texts\":[{\"language\":\"tlh\",\"text\":\"Mev.\"},"
                              "{\"language\":\"EN\",\"text\":\"Put it down.\"}]"));
    call_expecting(g, &open, &(struct expected){"opened", 201, NULL});
    (void)snprintf(query, sizeof query, "S=%s", label.token);
    for (size_t i = 0; i < sizeof accepts / sizeof accepts[0]; i++) {
        ask(g, &(struct question){.handle = api_digital_link,
                                  .path = label.path,
                                  .query = query,
                                  .accept = accepts[i],
                                  .accept_language = "en-GB"});
        assert_true(answer_holds(g, "Put it down."));
        assert_false(answer_holds(g, "Stop."));
        assert_false(answer_holds(g, "Mev."));
    }
}

/* ---- lifting ---- */

/* One after the other, on one gateway where R-1 is open. */
static const struct {
    const char *label, *path, *if_match, *key;
    int status;
    const char *code, *etag;
} lifts[] = {
    {"one that is not there", PATH "/R-2/lift", NULL, NULL, 404, "not_found", ""},
    {"what no recall is called", PATH "/%2F/lift", NULL, NULL, 404, "not_found", ""},
    {"another version", PATH "/R-1/lift", "\"2\"", NULL, 409, "conflict", "\"1\""},
    {"a broken If-Match", PATH "/R-1/lift", "1", NULL, 400, "invalid", ""},
    {"this version", PATH "/R-1/lift", "\"1\"", "k1", 200, NULL, "\"2\""},
    {"the same request again", PATH "/R-1/lift", "\"1\"", "k1", 200, NULL, "\"2\""},
    {"lifted already", PATH "/R-1/lift", NULL, NULL, 409, "conflict", "\"2\""},
    {"lifted already, with its version", PATH "/R-1/lift", "\"2\"", NULL, 409, "conflict", "\"2\""},
};

static void
a_recall_is_lifted_once(void **state)
{
    struct gateway *g = *state;
    struct call asked = opening(RECALL("R-1", ""));
    call_expecting(g, &asked, &(struct expected){"opened", 201, NULL});
    for (size_t i = 0; i < sizeof lifts / sizeof lifts[0]; i++) {
        asked = lifting(lifts[i].path);
        asked.if_match = lifts[i].if_match;
        asked.idempotency_key = lifts[i].key;
        asked.now = NOW + (int64_t)i;
        call_expecting(g, &asked,
                       &(struct expected){lifts[i].label, lifts[i].status, lifts[i].code});
        if (strcmp(answer_header(g, "ETag"), lifts[i].etag) != 0)
            fail_msg("%s: ETag %s", lifts[i].label, answer_header(g, "ETag"));
        if (lifts[i].status == 200)
            assert_string_equal(answer_text(g, "lifted_at"), "2026-11-22T14:33:24Z");
    }
    call(g, GETTING(api_recall, PATH "/R-1", NULL));
    assert_string_equal(answer_text(g, "lifted_at"), "2026-11-22T14:33:24Z");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(recalls_are_opened, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_recall_is_told_as_it_is_stored, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_dry_run_counts_and_writes_nothing, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(the_next_verification_sees_it_opened_and_lifted,
                                        gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(the_text_is_in_the_language_of_the_answer, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_recall_is_lifted_once, gateway_set_up, gateway_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
