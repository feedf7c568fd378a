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

#define AT(lot) "/v1/lots/" GTIN "/" lot
#define MADE(lot, more) "{\"gtin\":\"" GTIN "\",\"lot\":\"" lot "\"" more "}"
#define UNKNOWN "09506000134369"

/* One after the other, on one gateway. */
static const struct row {
    const char *label, *path, *if_match, *body;
    int status;
    const char *code, *etag;
} rows[] = {
    {"a new one", AT("L1"), NULL, MADE("L1", ",\"made_on\":\"2026-01-12\""), 201, NULL, "\"1\""},
    {"new again", AT("L1"), NULL, MADE("L1", ""), 409, "conflict", "\"1\""},
    {"changed", AT("L1"), "\"1\"", MADE("L1", ",\"expires_on\":\"2026-06-30\""), 200, NULL,
     "\"2\""},
    {"changed late", AT("L1"), "\"1\"", MADE("L1", ""), 409, "conflict", "\"2\""},
    {"with a slash and a percent sign", AT("A%2FB%25"), NULL, MADE("A/B%", ""), 201, NULL, "\"1\""},
    {"the slash not written as %2F", AT("A"), NULL, MADE("A/B%", ""), 400, "invalid", ""},
    {"by the version in the body", AT("A%2FB%25"), NULL, MADE("A/B%", ",\"version\":1"), 200, NULL,
     "\"2\""},
    {"both versions, one wrong", AT("L1"), "\"2\"", MADE("L1", ",\"version\":1"), 400, "invalid",
     ""},
    {"of a product nobody knows", "/v1/lots/" UNKNOWN "/L1", NULL,
     "{\"gtin\":\"" UNKNOWN "\",\"lot\":\"L1\"}", 404, "not_found", ""},
    {"of another product than the address", "/v1/lots/" UNKNOWN "/L1", NULL, MADE("L1", ""), 400,
     "invalid", ""},
    {"another lot than the address", AT("L2"), NULL, MADE("L1", ""), 400, "invalid", ""},
    {"in small letters it is another lot", AT("l1"), NULL, MADE("l1", ""), 201, NULL, "\"1\""},
    {"expired before it was made", AT("L3"), NULL,
     MADE("L3", ",\"made_on\":\"2026-01-02\",\"expires_on\":\"2026-01-01\""), 400, "invalid", ""},
    {"no such day", AT("L3"), NULL, MADE("L3", ",\"made_on\":\"2026-02-30\""), 400, "invalid", ""},
    {"a version of what is not there", AT("L3"), "\"1\"", MADE("L3", ""), 404, "not_found", ""},
};

static void
lots_are_put_by_version(void **state)
{
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        const struct call put = {.handle = api_lot_put,
                                 .method = METHOD_PUT,
                                 .path = row->path,
                                 .if_match = row->if_match,
                                 .body = row->body};
        const struct expected expected = {row->label, row->status, row->code};
        call_expecting(g, &put, &expected);
        if (strcmp(answer_header(g, "ETag"), row->etag) != 0)
            fail_msg("%s: ETag %s", row->label, answer_header(g, "ETag"));
    }
    call(g, GETTING(api_lot, AT("L1"), NULL));
    assert_string_equal(g->response.body.data,
                        MADE("L1", ",\"version\":2,\"expires_on\":\"2026-06-30\"") "\n");
    assert_string_equal(answer_header(g, "ETag"), "\"2\"");
    call_expecting(g, GETTING(api_lot, AT("L3"), NULL),
                   &(struct expected){"never put", 404, "not_found"});
    call_expecting(g, GETTING(api_lot, AT("A%20B"), NULL),
                   &(struct expected){"no lot number", 404, "not_found"});
}

/* A unit that states no dates of its own. */
static void
register_undated(struct gateway *g, const struct identity *id, const struct label *label)
{
    char canonical[CANONICAL_MAX + 1];
    struct token token;
    struct unit unit;
    size_t len = canonical_link(canonical, id);
    assert_true(token_parse(&token, label->token, strlen(label->token)));
    test_unit(&unit, id->gtin, id->serial);
    unit.id = *id;
    unit.made_on = CIVIL_NONE;
    unit.expires_on = CIVIL_NONE;
    memcpy(unit.kid, token.kid, KID_BYTES);
    label_seal(unit.seal, g->secrets.label_key, canonical, len, &token);
    test_commission(g->worker.session, &unit, 10);
}

static void
a_lot_that_expires_is_seen_at_once(void **state)
{
    struct gateway *g = *state;
    const struct identity id = identity_of(LOT, "A1");
    const struct label label = label_of(g, PLANT_A, &id);
    struct call put = {.handle = api_lot_put, .method = METHOD_PUT, .path = AT(LOT)};
    register_undated(g, &id, &label);
    call_expecting(g, GETTING(api_lot, AT(LOT), NULL),
                   &(struct expected){"made with its first unit", 200, NULL});
    assert_string_equal(answer_header(g, "ETag"), "\"1\"");
    put.if_match = "\"1\"";
    put.body = MADE(LOT, ",\"expires_on\":\"2026-11-22\"");
    call_expecting(g, &put, &(struct expected){"the last day is today", 200, NULL});
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "reasons/0/code"), "genuine");
    put.if_match = "\"2\"";
    put.body = MADE(LOT, ",\"expires_on\":\"2026-11-21\"");
    call_expecting(g, &put, &(struct expected){"the last day was yesterday", 200, NULL});
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "reasons/0/code"), "expired");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lots_are_put_by_version, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_lot_that_expires_is_seen_at_once, gateway_set_up,
                                        gateway_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
