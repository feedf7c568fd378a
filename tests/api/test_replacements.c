/* SPDX-License-Identifier: Apache-2.0 */
/* A faulty unit and the one that takes its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/api/claim.h"

#define OLD_UNIT "\"old\":{\"gtin\":\"" GTIN "\",\"serial\":\"FAULTY\"}"
#define NEW_UNIT "\"new\":{\"gtin\":\"" GTIN "\",\"serial\":\"FRESH\"}"
#define WHY "\"reason\":\"does not start\""

static struct call
question(const char *body)
{
    return (struct call){.handle = api_replacements,
                         .method = METHOD_POST,
                         .path = "/v1/replacements",
                         .body = body,
                         .role = ROLE_SERVICE};
}

/* The product also promises "long", 60 months from the sale: covered until 2028-11-14. */
static void
two_promises(struct gateway *g)
{
    struct product product;
    test_product(&product, GTIN);
    strcpy(product.entitlements[1].id, "long");
    strcpy(product.entitlements[1].title, "Five years");
    product.entitlements[1].starts[0] = START_SALE;
    product.entitlements[1].months = 60;
    product.entitlement_count = 2;
    change_product(g, &product, 1, 90);
}

static void
make_pair(struct gateway *g)
{
    two_promises(g);
    (void)sold_unit(g, "FAULTY", 100);
    (void)issued_unit(g, "FRESH", 110);
}

static struct unit
record(struct gateway *g, const char *serial)
{
    struct unit unit;
    struct unit_key key = {.gtin = GTIN};
    strcpy(key.serial, serial);
    assert_int_equal(registry_get(g->worker.session, &key, &unit), ERR_OK);
    return unit;
}

static void
both_units_change_together(void **state)
{
    struct gateway *g = *state;
    make_pair(g);
    struct call asked =
        question("{" OLD_UNIT "," NEW_UNIT "," WHY ",\"fault\":\"motor\",\"covered\":\"yes\","
                 "\"entitlement\":\"long\",\"reference\":\"C-17\"}");
    call_expecting(g, &asked, &(struct expected){"the claim", 201, NULL});
    assert_string_equal(answer_text(g, "old/state"), "retired");
    assert_string_equal(answer_text(g, "new/state"), "sold");
    assert_string_equal(answer_text(g, "new/serial"), "FRESH");
    assert_string_equal(answer_text(g, "at"), "2026-11-22T14:33:20Z");
    assert_true(answer_holds(g, "\"serial\":\"FAULTY\",\"version\":3,"));
    assert_true(answer_holds(g, "\"serial\":\"FRESH\",\"version\":2,"));
    struct unit old = record(g, "FAULTY");
    struct unit new = record(g, "FRESH");
    assert_int_equal(old.state, UNIT_RETIRED);
    assert_int_equal(new.state, UNIT_SOLD);
    assert_string_equal(old.linked.serial, "FRESH");
    assert_string_equal(new.linked.serial, "FAULTY");
    assert_string_equal(new.seller, SELLER);
    assert_int_equal(new.sold_on, old.sold_on);
    test_undamaged(g->worker.session);
}

/* The remaining term, not a new one: 60 months from 2023-11-14. */
static void
the_new_unit_has_the_remaining_term(void **state)
{
    struct gateway *g = *state;
    make_pair(g);
    struct call asked = question("{" OLD_UNIT "," NEW_UNIT "," WHY "}");
    call_expecting(g, &asked, &(struct expected){"the claim", 201, NULL});
    const struct call covered = {.handle = api_warranty,
                                 .method = METHOD_GET,
                                 .path = "/v1/units/" GTIN "/FRESH/warranty",
                                 .query = "on=2028-11-14",
                                 .role = ROLE_SERVICE};
    call(g, &covered);
    assert_string_equal(answer_text(g, "by"), "long");
    assert_string_equal(answer_text(g, "inputs/sold_on"), SOLD_ON);
    struct call over = covered;
    over.query = "on=2028-11-15";
    call(g, &over);
    assert_string_equal(answer_text(g, "covered"), "false");
    over.path = "/v1/units/" GTIN "/FAULTY/warranty";
    over.query = "on=2026-11-22";
    call(g, &over);
    assert_string_equal(answer_text(g, "entitlements/1/why"), "retired");
}

static void
a_repeat_answers_the_same(void **state)
{
    struct gateway *g = *state;
    char first[1000];
    make_pair(g);
    struct call asked = question("{" OLD_UNIT "," NEW_UNIT "," WHY "}");
    asked.idempotency_key = "claim-17";
    call_expecting(g, &asked, &(struct expected){"the first", 201, NULL});
    assert_true(slice_copy(first, sizeof first, text_slice(&g->response.body)));
    struct unit new = record(g, "FRESH");
    happen(g, &new, EVENT_HOLD, 150);
    asked.now = NOW + 3600;
    call_expecting(g, &asked, &(struct expected){"an hour later", 201, NULL});
    assert_string_equal(g->response.body.data, first);
    asked.body = "{" OLD_UNIT "," NEW_UNIT ",\"reason\":\"something else\"}";
    call_expecting(g, &asked, &(struct expected){"another body", 422, "idempotency_key_reused"});
    asked.idempotency_key = "claim 18";
    call_expecting(g, &asked, &(struct expected){"a broken key", 400, "invalid"});
    assert_int_equal(record(g, "FRESH").version, 3);
}

static const struct {
    const char *label, *body;
    int status;
    const char *code, *pointer;
} refused[] = {
    {"no body", "", 400, "invalid", ""},
    {"no reason", "{" OLD_UNIT "," NEW_UNIT "}", 400, "invalid", "/reason"},
    {"an empty reason", "{" OLD_UNIT "," NEW_UNIT ",\"reason\":\"\"}", 400, "invalid", "/reason"},
    {"no new unit", "{" OLD_UNIT "," WHY "}", 400, "invalid", "/new"},
    {"no serial", "{\"old\":{\"gtin\":\"" GTIN "\"}," NEW_UNIT "," WHY "}", 400, "invalid",
     "/old/serial"},
    {"a wrong check digit",
     "{" OLD_UNIT ",\"new\":{\"gtin\":\"09506000134353\",\"serial\":\"FRESH\"}," WHY "}", 400,
     "invalid", "/new/gtin"},
    {"version 0",
     "{\"old\":{\"gtin\":\"" GTIN "\",\"serial\":\"FAULTY\",\"version\":0}," NEW_UNIT "," WHY "}",
     400, "invalid", "/old/version"},
    {"an actor", "{" OLD_UNIT "," NEW_UNIT "," WHY ",\"actor\":\"me\"}", 400, "invalid", "/actor"},
    {"covered by nothing", "{" OLD_UNIT "," NEW_UNIT "," WHY ",\"covered\":\"yes\"}", 400,
     "invalid", "/entitlement"},
    {"covered perhaps", "{" OLD_UNIT "," NEW_UNIT "," WHY ",\"covered\":\"maybe\"}", 400, "invalid",
     "/covered"},
    {"by what the product does not promise",
     "{" OLD_UNIT "," NEW_UNIT "," WHY ",\"covered\":\"yes\",\"entitlement\":\"gold\"}", 400,
     "invalid", "/entitlement"},
    {"by what has ended",
     "{" OLD_UNIT "," NEW_UNIT "," WHY ",\"covered\":\"yes\",\"entitlement\":\"standard\"}", 409,
     "conflict", "/entitlement"},
    {"a unit for itself",
     "{" OLD_UNIT ",\"new\":{\"gtin\":\"" GTIN "\",\"serial\":\"FAULTY\"}," WHY "}", 400, "invalid",
     NULL},
    {"the other way round",
     "{\"old\":{\"gtin\":\"" GTIN "\",\"serial\":\"FRESH\"},\"new\":{\"gtin\":\"" GTIN
     "\",\"serial\":\"FAULTY\"}," WHY "}",
     409, "conflict", NULL},
    {"by one that is sold",
     "{" OLD_UNIT ",\"new\":{\"gtin\":\"" GTIN "\",\"serial\":\"SOLD\"}," WHY "}", 409, "conflict",
     NULL},
    {"an old unit that is not there",
     "{\"old\":{\"gtin\":\"" GTIN "\",\"serial\":\"NOWHERE\"}," NEW_UNIT "," WHY "}", 404,
     "not_found", "/old"},
    {"a new unit that is not there",
     "{" OLD_UNIT ",\"new\":{\"gtin\":\"" GTIN "\",\"serial\":\"NOWHERE\"}," WHY "}", 404,
     "not_found", "/new"},
    {"an old unit that changed",
     "{\"old\":{\"gtin\":\"" GTIN "\",\"serial\":\"FAULTY\",\"version\":1}," NEW_UNIT "," WHY "}",
     409, "conflict", "/old"},
    {"a new unit that changed",
     "{" OLD_UNIT ",\"new\":{\"gtin\":\"" GTIN "\",\"serial\":\"FRESH\",\"version\":2}," WHY "}",
     409, "conflict", "/new"},
    {"a stolen one", "{\"old\":{\"gtin\":\"" GTIN "\",\"serial\":\"STOLEN\"}," NEW_UNIT "," WHY "}",
     409, "conflict", NULL},
};

/* What is refused, and that it leaves no trace. */
static void
refusals(void **state)
{
    struct gateway *g = *state;
    make_pair(g);
    (void)sold_unit(g, "SOLD", 120);
    struct unit stolen = sold_unit(g, "STOLEN", 130);
    happen(g, &stolen, EVENT_REPORT_STOLEN, 135);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct call asked = question(refused[i].body);
        call_expecting(g, &asked,
                       &(struct expected){refused[i].label, refused[i].status, refused[i].code});
        if (refused[i].pointer != NULL &&
            strcmp(answer_text(g, "errors/0/pointer"), refused[i].pointer) != 0)
            fail_msg("%s: %s", refused[i].label, g->response.body.data);
    }
    assert_int_equal(record(g, "FAULTY").version, 2);
    assert_int_equal(record(g, "FRESH").version, 1);
    test_undamaged(g->worker.session);
}

/* The table of events knows no one but the service who replaces, whatever the route lets in. */
static void
nobody_but_the_service(void **state)
{
    static const enum role roles[] = {ROLE_PUBLIC,   ROLE_OWNER,   ROLE_RETAILER, ROLE_ISSUER,
                                      ROLE_OPERATOR, ROLE_AUDITOR, ROLE_ADMIN};
    struct gateway *g = *state;
    make_pair(g);
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        struct call asked = question("{" OLD_UNIT "," NEW_UNIT "," WHY "}");
        asked.role = roles[i];
        call_expecting(g, &asked, &(struct expected){role_name(roles[i]), 403, "denied"});
    }
    assert_int_equal(record(g, "FAULTY").version, 2);
}

static void
with_the_versions_that_were_seen(void **state)
{
    struct gateway *g = *state;
    make_pair(g);
    struct call asked =
        question("{\"old\":{\"gtin\":\"" GTIN "\",\"serial\":\"FAULTY\",\"version\":2},"
                 "\"new\":{\"gtin\":\"" GTIN "\",\"serial\":\"FRESH\",\"version\":1}," WHY "}");
    call_expecting(g, &asked, &(struct expected){"both as seen", 201, NULL});
    call_expecting(g, &asked, &(struct expected){"once more", 409, "conflict"});
}

/* What the dry run promises is what then happens, and until then nothing did. */
static void
a_dry_run_writes_nothing(void **state)
{
    struct gateway *g = *state;
    struct registry_health before;
    struct registry_health after;
    make_pair(g);
    struct call asked = question("{" OLD_UNIT "," NEW_UNIT "," WHY "}");
    asked.idempotency_key = "claim-18";
    struct call rehearsed = asked;
    rehearsed.query = "dry_run=true";
    assert_int_equal(registry_health(g->worker.session, &before), ERR_OK);
    call_expecting(g, &rehearsed, &(struct expected){"rehearsed", 200, NULL});
    call_expecting(g, &rehearsed, &(struct expected){"rehearsed again", 200, NULL});
    assert_string_equal(g->response.body.data,
                        "{\"code\":\"would_apply\","
                        "\"old\":{\"gtin\":\"" GTIN "\",\"serial\":\"FAULTY\",\"version\":3,"
                        "\"state\":\"retired\"},"
                        "\"new\":{\"gtin\":\"" GTIN "\",\"serial\":\"FRESH\",\"version\":2,"
                        "\"state\":\"sold\"},\"at\":\"2026-11-22T14:33:20Z\"}\n");
    assert_int_equal(registry_health(g->worker.session, &after), ERR_OK);
    assert_int_equal(after.events, before.events);
    assert_int_equal(after.operations, before.operations);
    assert_int_equal(record(g, "FAULTY").version, 2);
    assert_int_equal(record(g, "FRESH").version, 1);
    asked.query = "dry_run=false";
    call_expecting(g, &asked, &(struct expected){"done", 201, NULL});
    assert_true(answer_holds(g, "\"serial\":\"FAULTY\",\"version\":3,\"state\":\"retired\""));
    assert_true(answer_holds(g, "\"serial\":\"FRESH\",\"version\":2,\"state\":\"sold\""));
    call_expecting(g, &rehearsed, &(struct expected){"not twice", 409, "conflict"});
}

static void
a_dry_run_refuses_what_would_be_refused(void **state)
{
    static const struct {
        const char *label, *query, *body;
        int status;
        const char *pointer;
    } rows[] = {
        {"not there", "dry_run=true",
         "{" OLD_UNIT ",\"new\":{\"gtin\":\"" GTIN "\",\"serial\":\"NONE\"}," WHY "}", 404, "/new"},
        {"seen otherwise", "dry_run=true",
         "{\"old\":{\"gtin\":\"" GTIN "\",\"serial\":\"FAULTY\",\"version\":1}," NEW_UNIT "," WHY
         "}",
         409, "/old"},
        {"without a reason", "dry_run=true", "{" OLD_UNIT "," NEW_UNIT "}", 400, "/reason"},
        {"mistyped", "dry_run=ture", "{" OLD_UNIT "," NEW_UNIT "," WHY "}", 400, ""},
        {"in capitals", "dry_run=TRUE", "{" OLD_UNIT "," NEW_UNIT "," WHY "}", 400, ""},
        {"misnamed", "dryrun=true", "{" OLD_UNIT "," NEW_UNIT "," WHY "}", 400, ""},
        {"twice", "dry_run=true&dry_run=true", "{" OLD_UNIT "," NEW_UNIT "," WHY "}", 400, ""},
    };
    struct gateway *g = *state;
    make_pair(g);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct call asked = question(rows[i].body);
        asked.query = rows[i].query;
        call_expecting(g, &asked, &(struct expected){rows[i].label, rows[i].status, NULL});
        assert_string_equal(answer_text(g, "errors/0/pointer"), rows[i].pointer);
    }
    assert_int_equal(record(g, "FAULTY").version, 2);
}

static void
no_dangerous_or_outdated_unit_is_given(void **state)
{
    struct gateway *g = *state;
    struct unit outdated;
    two_promises(g);
    (void)sold_unit(g, "FAULTY", 100);
    (void)issued_unit(g, "FRESH", 110);
    test_unit(&outdated, GTIN, "DUSTY");
    outdated.expires_on = 20778; /* 2026-11-21, yesterday */
    test_commission(g->worker.session, &outdated, 120);
    struct call dusty =
        question("{" OLD_UNIT ",\"new\":{\"gtin\":\"" GTIN "\",\"serial\":\"DUSTY\"}," WHY "}");
    call_expecting(g, &dusty, &(struct expected){"past its date", 409, "conflict"});
    assert_string_equal(answer_text(g, "errors/0/pointer"), "/new");
    struct call asked = question("{" OLD_UNIT "," NEW_UNIT "," WHY "}");
    open_recall(g, "R-1", true, 130);
    call_expecting(g, &asked, &(struct expected){"recalled from use", 409, "conflict"});
    assert_string_equal(answer_text(g, "errors/0/pointer"), "/new");
    assert_int_equal(record(g, "FAULTY").version, 2);
}

static void
a_plain_recall_does_not_stop_it(void **state)
{
    struct gateway *g = *state;
    make_pair(g);
    open_recall(g, "R-2", false, 130);
    struct call asked = question("{" OLD_UNIT "," NEW_UNIT "," WHY "}");
    call_expecting(g, &asked, &(struct expected){"recalled", 201, NULL});
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_units_change_together, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(the_new_unit_has_the_remaining_term, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_repeat_answers_the_same, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(refusals, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(nobody_but_the_service, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(with_the_versions_that_were_seen, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_dry_run_writes_nothing, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_dry_run_refuses_what_would_be_refused, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(no_dangerous_or_outdated_unit_is_given, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_plain_recall_does_not_stop_it, gateway_set_up,
                                        gateway_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
