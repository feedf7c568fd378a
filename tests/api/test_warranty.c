/* SPDX-License-Identifier: Apache-2.0 */
/* Is it covered, by what and why, for one unit and for many. The product promises "standard", 24
 * months from sale or shipment; the units were sold on 2023-11-14. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/api/claim.h"

enum { MANY = 10000, BODY_ROOM = 1024 * 1024 };

#define PATH "/v1/units/" GTIN "/UNIT0/warranty"

static void
ask_one(struct gateway *g, const char *path, const char *query)
{
    call(g, &(struct call){.handle = api_warranty,
                           .method = METHOD_GET,
                           .path = path,
                           .query = query,
                           .role = ROLE_SERVICE});
}

static void
ask_many(struct gateway *g, const char *body)
{
    call(g, &(struct call){.handle = api_warranties,
                           .method = METHOD_POST,
                           .path = "/v1/warranty",
                           .body = body,
                           .role = ROLE_SERVICE});
}

static void
on_any_day(void **state)
{
    static const struct {
        const char *label, *query, *covered, *why, *asked_for;
    } rows[] = {
        {"the day before", "on=2023-11-13", "false", "before_start", "2023-11-13"},
        {"the day of the sale", "on=2023-11-14", "true", "covered", "2023-11-14"},
        {"the last day", "on=2025-11-14", "true", "covered", "2025-11-14"},
        {"the day after", "on=2025-11-15", "false", "ended", "2025-11-15"},
        {"a leap day", "on=2024-02-29", "true", "covered", "2024-02-29"},
        {"today", NULL, "false", "ended", "2026-11-22"},
    };
    struct gateway *g = *state;
    (void)sold_unit(g, "UNIT0", 100);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask_one(g, PATH, rows[i].query);
        assert_int_equal(g->response.status, 200);
        if (strcmp(answer_text(g, "covered"), rows[i].covered) != 0 ||
            strcmp(answer_text(g, "entitlements/0/why"), rows[i].why) != 0 ||
            strcmp(answer_text(g, "asked_for"), rows[i].asked_for) != 0)
            fail_msg("%s: %s", rows[i].label, g->response.body.data);
    }
}

static void
questions_about_no_day_or_no_unit(void **state)
{
    static const struct {
        const char *label, *path, *query;
        int status;
    } rows[] = {
        {"a day that is not", PATH, "on=2025-02-29", 400},
        {"an American day", PATH, "on=11/14/2025", 400},
        {"a time", PATH, "on=2025-11-14T00:00:00Z", 400},
        {"no day", PATH, "on=", 400},
        {"two days", PATH, "on=2025-11-14&on=2025-11-15", 400},
        {"something else", PATH, "at=2025-11-14", 400},
        {"another serial", "/v1/units/" GTIN "/UNIT1/warranty", NULL, 404},
        {"another letter case", "/v1/units/" GTIN "/unit0/warranty", NULL, 404},
        {"another product", "/v1/units/04006381333931/UNIT0/warranty", NULL, 404},
        {"a wrong check digit", "/v1/units/09506000134353/UNIT0/warranty", NULL, 404},
        {"a broken percent sign", "/v1/units/" GTIN "/UNIT%0/warranty", NULL, 404},
        {"an encoded NUL", "/v1/units/" GTIN "/UNIT0%00/warranty", NULL, 404},
    };
    struct gateway *g = *state;
    (void)sold_unit(g, "UNIT0", 100);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask_one(g, rows[i].path, rows[i].query);
        if (g->response.status != rows[i].status)
            fail_msg("%s: %d %s", rows[i].label, g->response.status, g->response.body.data);
    }
}

/* "standard" runs 24 months from the sale; "plus" covers 5 years when registered; "carry" began
 * when the unit was made, 2024-10-04 by support.h, and "spare" when it is shipped, which it never
 * was. */
static void
several_promises(struct product *product)
{
    static const struct entitlement more[] = {
        {.id = "plus",
         .title = "Plus",
         .starts = {START_SALE},
         .months = 60,
         .requires_activation = true,
         .countries = "DE AT"},
        {.id = "carry", .title = "Carry-in", .starts = {START_MANUFACTURE}, .months = 36},
        {.id = "spare", .title = "Spare parts", .starts = {START_SHIPMENT}, .months = 120},
    };
    test_product(product, GTIN);
    memcpy(&product->entitlements[1], more, sizeof more);
    product->entitlement_count = 4;
}

static void
every_entitlement_is_explained(void **state)
{
    static const struct {
        const char *place, *text;
    } said[] = {
        {"covered", "true"},
        {"by", "carry"},
        {"entitlements/0/id", "standard"},
        {"entitlements/0/why", "ended"},
        {"entitlements/0/starts/1", "shipment"},
        {"entitlements/0/started_by", "sale"},
        {"entitlements/0/ends_on", "2025-11-14"},
        {"entitlements/1/why", "needs_activation"},
        {"entitlements/1/ends_on", "2028-11-14"},
        {"entitlements/1/countries/1", "AT"},
        {"entitlements/2/why", "covered"},
        {"entitlements/2/started_by", "manufacture"},
        {"entitlements/2/ends_on", "2027-10-04"},
        {"entitlements/3/why", "not_started"},
        {"entitlements/3/started_by", ""},
        {"entitlements/3/ends_on", ""},
        {"inputs/state", "sold"},
        {"inputs/sold_on", SOLD_ON},
        {"inputs/activated_on", ""},
        {"inputs/made_on", "2024-10-04"},
        {"checked_at", "2026-11-22T14:33:20Z"},
    };
    struct gateway *g = *state;
    struct product product;
    several_promises(&product);
    change_product(g, &product, 1, 90);
    (void)sold_unit(g, "UNIT0", 100);
    ask_one(g, PATH, NULL);
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        assert_string_equal(answer_text(g, said[i].place), said[i].text);
    assert_true(answer_holds(g, "\"unit_version\":2,\"product_version\":2"));
}

static void
adjusted_and_retired(void **state)
{
    struct gateway *g = *state;
    struct unit unit = sold_unit(g, "UNIT0", 100);
    happen(g, &unit, EVENT_ADJUST, 105);
    ask_one(g, PATH, NULL);
    assert_int_equal(unit.adjustment_count, 1);
    assert_true(answer_holds(g, "\"adjustments\":[{"));
    happen(g, &unit, EVENT_RETIRE, 110);
    ask_one(g, PATH, "on=2024-01-01");
    assert_string_equal(answer_text(g, "covered"), "false");
    assert_string_equal(answer_text(g, "by"), "");
    assert_string_equal(answer_text(g, "entitlements/0/why"), "retired");
}

static void
many_units(void **state)
{
    static const struct {
        const char *code, *covered, *pointer;
    } rows[] = {
        {"ok", "true", ""},
        {"not_found", "", ""},
        {"invalid", "", "/units/2/gtin"},
        {"ok", "true", ""},
        {"invalid", "", "/units/4/serial"},
        {"invalid", "", "/units/5/color"},
        {"ok", "false", ""},
    };
    struct gateway *g = *state;
    (void)sold_unit(g, "UNIT0", 100);
    (void)sold_unit(g, "UNIT1", 110);
    (void)issued_unit(g, "UNIT2", 120);
    ask_many(g, "{\"on\":\"2025-11-14\",\"units\":["
                "{\"gtin\":\"" GTIN "\",\"serial\":\"UNIT0\"},"
                "{\"gtin\":\"" GTIN "\",\"serial\":\"NOWHERE\"},"
                "{\"gtin\":\"9506000134352\",\"serial\":\"UNIT0\"},"
                "{\"serial\":\"UNIT1\",\"gtin\":\"" GTIN "\"},"
                "{\"gtin\":\"" GTIN "\",\"serial\":\"123456789012345678901\"},"
                "{\"gtin\":\"" GTIN "\",\"serial\":\"UNIT0\",\"color\":\"red\"},"
                "{\"gtin\":\"" GTIN "\",\"serial\":\"UNIT2\"}]}");
    assert_int_equal(g->response.status, 200);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[40];
        (void)snprintf(path, sizeof path, "results/%zu/code", i);
        assert_string_equal(answer_text(g, path), rows[i].code);
        (void)snprintf(path, sizeof path, "results/%zu/covered", i);
        assert_string_equal(answer_text(g, path), rows[i].covered);
        (void)snprintf(path, sizeof path, "results/%zu/pointer", i);
        assert_string_equal(answer_text(g, path), rows[i].pointer);
    }
    assert_string_equal(answer_text(g, "results/6/entitlements/0/why"), "not_started");
}

/* Over several reads, with units that are not there in between. */
static void
rows_keep_their_order(void **state)
{
    struct gateway *g = *state;
    struct text body;
    enum { ROWS = 600 };
    (void)sold_unit(g, "UNIT0", 100);
    text_init(&body, BODY_ROOM);
    text_put(&body, "{\"on\":\"2025-11-14\",\"units\":[");
    for (unsigned i = 0; i < ROWS; i++)
        text_printf(&body, "%s{\"gtin\":\"" GTIN "\",\"serial\":\"%s%u\"}", i == 0 ? "" : ",",
                    i % 7 == 0 ? "UNIT" : "X", i % 7 == 0 ? 0 : i);
    text_put(&body, "]}");
    ask_many(g, body.data);
    for (unsigned i = 250; i < 262; i++) {
        char path[40];
        (void)snprintf(path, sizeof path, "results/%u/code", i);
        assert_string_equal(answer_text(g, path), i % 7 == 0 ? "ok" : "not_found");
        (void)snprintf(path, sizeof path, "{\"row\":%u,", i);
        assert_true(answer_holds(g, path));
    }
    text_free(&body);
}

static void
by_code(void **state)
{
    static const struct {
        const char *label;
        enum signer signer;
        const char *code, *covered, *verdict;
    } rows[] = {
        {"its label", PLANT_A, "ok", "true", "ok"},
        {"of nobody", PIRATE, "issuer_unknown", "false", "bad"},
        {"by another key of ours", OLD, "never_issued", "false", "bad"},
        {"by a stolen key", PLANT_B, "issuer_revoked", "false", "bad"},
        {"by another plant", PLANT_C, "issuer_out_of_scope", "false", "bad"},
    };
    struct gateway *g = *state;
    struct unit unit = sold_unit(g, "UNIT0", 100);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char code[400];
        char body[500];
        link_of(code, sizeof code, g, rows[i].signer, &unit);
        (void)snprintf(body, sizeof body, "{\"codes\":[\"%s\"],\"on\":\"2025-11-14\"}", code);
        ask_many(g, body);
        if (strcmp(answer_text(g, "results/0/code"), rows[i].code) != 0 ||
            strcmp(answer_text(g, "results/0/covered"), rows[i].covered) != 0 ||
            strcmp(answer_text(g, "results/0/verdict"), rows[i].verdict) != 0)
            fail_msg("%s: %s", rows[i].label, g->response.body.data);
        assert_int_equal(answer_holds(g, "entitlements"), strcmp(rows[i].code, "ok") == 0);
    }
}

static void
by_typed_code(void **state)
{
    static const struct {
        const char *label, *code, *result, *covered;
    } rows[] = {
        {"an element string", "(01)" GTIN "(21)UNIT0", "ok", "true"},
        {"with another lot", "(01)" GTIN "(10)OTHER(21)UNIT0", "ok", "true"},
        {"one that is not there", "(01)" GTIN "(21)UNIT1", "not_found", ""},
        {"a bare serial", "UNIT0", "invalid", ""},
        {"words", "my drill", "not_a_code", ""},
        {"nothing", "", "not_a_code", ""},
    };
    struct gateway *g = *state;
    (void)sold_unit(g, "UNIT0", 100);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char body[200];
        (void)snprintf(body, sizeof body, "{\"on\":\"2025-11-14\",\"codes\":[\"%s\"]}",
                       rows[i].code);
        ask_many(g, body);
        if (strcmp(answer_text(g, "results/0/code"), rows[i].result) != 0 ||
            strcmp(answer_text(g, "results/0/covered"), rows[i].covered) != 0)
            fail_msg("%s: %s", rows[i].label, g->response.body.data);
    }
}

static void
broken_questions(void **state)
{
    static const struct {
        const char *label, *body, *pointer;
    } rows[] = {
        {"no body", "", ""},
        {"an array", "[]", ""},
        {"neither", "{\"on\":\"2025-11-14\"}", ""},
        {"both", "{\"codes\":[\"A\"],\"units\":[{}]}", "/codes"},
        {"no unit", "{\"units\":[]}", "/units"},
        {"no code", "{\"codes\":[]}", "/codes"},
        {"a string for a unit", "{\"units\":[{},\"UNIT0\"]}", "/units/1"},
        {"a number for a code", "{\"codes\":[1]}", "/codes/0"},
        {"a day that is not", "{\"codes\":[\"A\"],\"on\":\"2025-02-29\"}", "/on"},
        {"a number for a day", "{\"codes\":[\"A\"],\"on\":20251114}", "/on"},
        {"something else", "{\"codes\":[\"A\"],\"covered\":true}", "/covered"},
    };
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask_many(g, rows[i].body);
        if (g->response.status != 400 ||
            strcmp(answer_text(g, "errors/0/pointer"), rows[i].pointer) != 0)
            fail_msg("%s: %d %s", rows[i].label, g->response.status, g->response.body.data);
    }
}

static void
too_many(void **state)
{
    struct gateway *g = *state;
    struct text body;
    text_init(&body, BODY_ROOM);
    text_put(&body, "{\"units\":[{}");
    for (unsigned i = 0; i < MANY; i++)
        text_put(&body, ",{}");
    text_put(&body, "]}");
    ask_many(g, body.data);
    assert_int_equal(g->response.status, 413);
    text_free(&body);
}

/* The answer to 4,000 units does not fit into the megabyte of the tests' response. */
static void
an_answer_that_does_not_fit(void **state)
{
    struct gateway *g = *state;
    struct text body;
    (void)sold_unit(g, "UNIT0", 100);
    text_init(&body, BODY_ROOM);
    text_put(&body, "{\"units\":[");
    for (unsigned i = 0; i < 4000; i++)
        text_printf(&body, "%s{\"gtin\":\"" GTIN "\",\"serial\":\"UNIT0\"}", i == 0 ? "" : ",");
    text_put(&body, "]}");
    ask_many(g, body.data);
    assert_int_equal(g->response.status, 413);
    assert_string_equal(answer_text(g, "code"), "too_large");
    text_free(&body);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(on_any_day, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(questions_about_no_day_or_no_unit, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(every_entitlement_is_explained, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(adjusted_and_retired, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(many_units, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(rows_keep_their_order, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(by_code, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(by_typed_code, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(broken_questions, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(too_many, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(an_answer_that_does_not_fit, gateway_set_up,
                                        gateway_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
