/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of the answers: JSON, pages, headers, keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/api/gateway.h"

static struct label
sold_unit(struct gateway *g)
{
    struct identity id = identity_of(LOT, "UNIT0");
    struct unit unit = registered(g, PLANT_A, &id, 100);
    happen(g, &unit, EVENT_SELL, 200); /* 2023-11-14T22:16:40Z, a quarter past eleven there */
    return label_of(g, PLANT_A, &id);
}

static void
kid_text(char out[static 2 * KID_BYTES + 1], const struct gateway *g, enum signer signer)
{
    for (size_t i = 0; i < KID_BYTES; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", g->kids[signer][i]);
}

/* The whole text, so that a new member is a decision and not an accident. Dates by hand: support.h
 * makes units on day 20000 and lets them expire on 23650; sold on 2023-11-14 for 24 months. */
static void
the_whole_json(void **state)
{
    struct gateway *g = *state;
    struct label label = sold_unit(g);
    char kid[2 * KID_BYTES + 1];
    char expected[2000];
    kid_text(kid, g, PLANT_A);
    ask_label(g, &label);
    (void)snprintf(
        expected, sizeof expected,
        "{\"verdict\":\"ok\",\"reasons\":[{\"code\":\"genuine\",\"class\":\"ok\",\"text\":\"This "
        "label is genuine, and its item is on record.\"}],\"label\":{\"result\":\"genuine\","
        "\"kid\":\"%s\",\"issuer\":{\"organisation\":\"Example Brand\"}},\"code\":{\"kind\":"
        "\"digital_link\",\"gtin\":\"09506000134352\",\"lot\":\"L24A0917\",\"serial\":\"UNIT0\","
        "\"canonical\":\"https://id.gs1.org/01/09506000134352/10/L24A0917/21/UNIT0\"},\"product\":"
        "{\"gtin\":\"09506000134352\",\"item\":\"AC-100\",\"brand\":\"Example\",\"name\":\"Angle "
        "grinder, 18 V\",\"model\":\"AG18\",\"support\":\"https://example.com/help\"},\"unit\":"
        "{\"lot\":\"L24A0917\",\"made_on\":\"2024-10-04\",\"expires_on\":\"2034-10-02\","
        "\"registered\":false},\"warranty\":{\"covered\":false,\"asked_for\":\"2026-11-22\","
        "\"entitlements\":[{\"id\":"
        "\"standard\",\"title\":\"Manufacturer's warranty\",\"covers\":\"parts, labour\","
        "\"starts_on\":\"2023-11-14\",\"ends_on\":\"2025-11-14\",\"why\":\"ended\"}]},"
        "\"checked_at\":\"2026-11-22T14:33:20Z\"}\n",
        kid);
    assert_string_equal(g->response.body.data, expected);
}

static void
what_is_asked_for(void **state)
{
    static const struct {
        const char *label, *accept;
        bool html;
    } rows[] = {
        {"a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true},
        {"a program", "application/json", false},
        {"no header", NULL, false},
        {"anything", "*/*", false},
        {"rather JSON", "text/html;q=0.5,application/json", false},
        {"rather a page", "text/html,application/json;q=0.5", true},
    };
    struct gateway *g = *state;
    struct label label = sold_unit(g);
    char query[3 + TOKEN_CHARS];
    (void)snprintf(query, sizeof query, "S=%s", label.token);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask(g, &(struct question){.handle = api_digital_link,
                                  .path = label.path,
                                  .query = query,
                                  .accept = rows[i].accept,
                                  .accept_language = "xx, en;q=0.5"});
        const char *type = rows[i].html ? "text/html; charset=utf-8" : "application/json";
        if (strcmp(g->response.content_type, type) != 0)
            fail_msg("%s: %s", rows[i].label, g->response.content_type);
        assert_int_equal(g->response.status, 200);
        assert_string_equal(answer_header(g, "Vary"), "Accept, Accept-Language");
        assert_string_equal(answer_header(g, "Cache-Control"), "no-store");
        assert_string_equal(answer_header(g, "Content-Language"), "en");
    }
}

static void
front_page(void **state)
{
    struct gateway *g = *state;
    ask(g, &(struct question){.handle = api_home, .path = "/"});
    assert_int_equal(g->response.status, 200);
    assert_string_equal(g->response.content_type, "text/html; charset=utf-8");
    assert_true(answer_holds(g, "action=\"/check\""));
    assert_string_equal(answer_header(g, "Vary"), "Accept, Accept-Language");
    assert_string_equal(answer_header(g, "Content-Language"), "en");
}

static void
keys(void **state)
{
    struct gateway *g = *state;
    char kid[2 * KID_BYTES + 1];
    ask(g, &(struct question){.handle = api_keys, .path = "/.well-known/jwks.json"});
    assert_int_equal(g->response.status, 200);
    assert_string_equal(g->response.content_type, "application/jwk-set+json");
    assert_string_equal(answer_header(g, "Cache-Control"), "public, max-age=60");
    kid_text(kid, g, PLANT_A);
    assert_string_equal(answer_text(g, "keys/0/kid"), kid);
    assert_string_equal(answer_text(g, "keys/0/kty"), "OKP");
    assert_string_equal(answer_text(g, "keys/0/crv"), "Ed25519");
    assert_string_equal(answer_text(g, "keys/1/status"), "revoked");
    assert_string_equal(answer_text(g, "keys/3/status"), "retired");
    assert_string_equal(answer_text(g, "keys/4/kid"), "");
    kid_text(kid, g, PIRATE);
    assert_false(answer_holds(g, kid));
}

/* A link that no page would show is not handed to programs either. */
static void
links(void **state)
{
    struct gateway *g = *state;
    struct label label = sold_unit(g);
    struct product product;
    struct operation operation;
    assert_int_equal(registry_get_product(g->worker.session, GTIN, &product), ERR_OK);
    strcpy(product.support, "javascript:alert(1)");
    strcpy(product.picture, "//elsewhere.example/a.png");
    test_operation(&operation, 300);
    enum err err = registry_put_product(g->worker.session, &product, &operation, NULL);
    assert_int_equal(err, ERR_OK);
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "product/name"), "Angle grinder, 18 V");
    assert_string_equal(answer_text(g, "product/support"), "");
    assert_string_equal(answer_text(g, "product/picture"), "");
}

static void
hostile_names(void **state)
{
    struct gateway *g = *state;
    struct label label = sold_unit(g);
    struct product product;
    struct operation operation;
    assert_int_equal(registry_get_product(g->worker.session, GTIN, &product), ERR_OK);
    strcpy(product.name, "</title><script>alert(\"1\\\")</script>\xE2\x80\xAE");
    test_operation(&operation, 300);
    enum err err = registry_put_product(g->worker.session, &product, &operation, NULL);
    assert_int_equal(err, ERR_OK);
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "product/name"), product.name);
    char query[3 + TOKEN_CHARS];
    (void)snprintf(query, sizeof query, "S=%s", label.token);
    ask(g,
        &(struct question){
            .handle = api_digital_link, .path = label.path, .query = query, .accept = "text/html"});
    assert_false(answer_holds(g, "<script"));
    assert_true(answer_holds(g, "&#60;script&#62;"));
}

int
main(void)
{
#define WITH_GATEWAY(test) cmocka_unit_test_setup_teardown(test, gateway_set_up, gateway_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_GATEWAY(the_whole_json), WITH_GATEWAY(what_is_asked_for),
        WITH_GATEWAY(front_page),     WITH_GATEWAY(keys),
        WITH_GATEWAY(links),          WITH_GATEWAY(hostile_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
