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

#define SEAT "09506000134369"
#define AT(gtin) "/v1/products/" gtin
#define NAMED(gtin, name, more) "{\"gtin\":\"" gtin "\",\"name\":\"" name "\"" more "}"

/* One after the other, on one gateway. */
static const struct row {
    const char *label, *path, *if_match, *body;
    int status;
    const char *code, *etag;
} rows[] = {
    {"a new one", AT(SEAT), NULL, NAMED(SEAT, "Seat", ""), 201, NULL, "\"1\""},
    {"new again, without a version", AT(SEAT), NULL, NAMED(SEAT, "Seat", ""), 409, "conflict",
     "\"1\""},
    {"changed, by If-Match", AT(SEAT), "\"1\"", NAMED(SEAT, "Child seat", ""), 200, NULL, "\"2\""},
    {"changed by who saw the first one", AT(SEAT), "\"1\"", NAMED(SEAT, "Chair", ""), 409,
     "conflict", "\"2\""},
    {"changed, by the version in the body", AT(SEAT), NULL,
     NAMED(SEAT, "Safe seat", ",\"version\":2"), 200, NULL, "\"3\""},
    {"the same, late", AT(SEAT), NULL, NAMED(SEAT, "Safe seat", ",\"version\":2"), 409, "conflict",
     "\"3\""},
    {"both versions, the same", AT(SEAT), "\"3\"", NAMED(SEAT, "Safest seat", ",\"version\":3"),
     200, NULL, "\"4\""},
    {"both versions, one wrong", AT(SEAT), "\"4\"", NAMED(SEAT, "Seat", ",\"version\":3"), 400,
     "invalid", ""},
    {"new, and says so", AT("09506000134376"), NULL,
     NAMED("09506000134376", "Cream", ",\"version\":0"), 201, NULL, "\"1\""},
    {"GTIN of the address written with %", "/v1/products/0950600013436%39", "\"4\"",
     NAMED(SEAT, "Seat", ""), 200, NULL, "\"5\""},
    {"a version of what is not there", AT("09506000134383"), "\"1\"",
     NAMED("09506000134383", "Lamp", ""), 404, "not_found", ""},
    {"If-Match without quotes", AT(SEAT), "5", NAMED(SEAT, "Seat", ""), 400, "invalid", ""},
    {"If-Match with anything", AT(SEAT), "*", NAMED(SEAT, "Seat", ""), 400, "invalid", ""},
    {"another GTIN than the address", AT(SEAT), "\"5\"", NAMED(GTIN, "Drill", ""), 400, "invalid",
     ""},
    {"no GTIN in the address", AT("seat"), "\"5\"", NAMED(SEAT, "Seat", ""), 400, "invalid", ""},
    {"no name", AT(SEAT), "\"5\"", "{\"gtin\":\"" SEAT "\"}", 400, "invalid", ""},
    {"an unknown member", AT(SEAT), "\"5\"", NAMED(SEAT, "Seat", ",\"colour\":\"red\""), 400,
     "invalid", ""},
    {"no JSON", AT(SEAT), "\"5\"", "Seat", 400, "invalid", ""},
    {"nothing", AT(SEAT), "\"5\"", NULL, 400, "invalid", ""},
};

static void
products_are_put_by_version(void **state)
{
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        const struct call put = {.handle = api_product_put,
                                 .method = METHOD_PUT,
                                 .path = row->path,
                                 .if_match = row->if_match,
                                 .body = row->body};
        const struct expected expected = {row->label, row->status, row->code};
        call_expecting(g, &put, &expected);
        if (strcmp(answer_header(g, "ETag"), row->etag) != 0)
            fail_msg("%s: ETag %s", row->label, answer_header(g, "ETag"));
        if (strcmp(answer_header(g, "Location"), row->status == 201 ? row->path : "") != 0)
            fail_msg("%s: Location %s", row->label, answer_header(g, "Location"));
    }
    call(g, GETTING(api_product, AT(SEAT), NULL));
    assert_string_equal(g->response.body.data,
                        "{\"gtin\":\"" SEAT "\",\"version\":5,\"name\":\"Seat\","
                        "\"offset_minutes\":0,\"activation_before_sale\":false,"
                        "\"returns_from_any\":false,\"entitlements\":[]}\n");
    assert_string_equal(answer_header(g, "ETag"), "\"5\"");
}

static void
a_repeat_changes_nothing(void **state)
{
    struct gateway *g = *state;
    struct call put = {.handle = api_product_put,
                       .method = METHOD_PUT,
                       .path = AT(SEAT),
                       .idempotency_key = "seat-1",
                       .body = NAMED(SEAT, "Seat", "")};
    for (int i = 0; i < 2; i++) {
        call_expecting(g, &put, &(struct expected){"the same key and body", 201, NULL});
        assert_string_equal(answer_header(g, "ETag"), "\"1\"");
    }
    put.body = NAMED(SEAT, "Chair", "");
    call_expecting(g, &put, &(struct expected){"another body", 422, "idempotency_key_reused"});
    put.idempotency_key = "a b";
    call_expecting(g, &put, &(struct expected){"a key with a blank", 400, "invalid"});
    call(g, GETTING(api_product, AT(SEAT), NULL));
    assert_string_equal(answer_text(g, "name"), "Seat");
}

static void
what_is_not_there_is_404(void **state)
{
    struct gateway *g = *state;
    static const struct {
        const char *label, *path;
        int status;
        const char *code;
    } asked[] = {
        {"there", AT(GTIN), 200, NULL},
        {"there, written with %", "/v1/products/%309506000134352", 200, NULL},
        {"not there", AT(SEAT), 404, "not_found"},
        {"wrong check digit", AT("09506000134353"), 404, "not_found"},
        {"13 digits", AT("9506000134352"), 404, "not_found"},
        {"broken %", AT("0950600013435%3"), 404, "not_found"},
        {"a NUL", AT("09506000134352%00"), 404, "not_found"},
    };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        call_expecting(g, GETTING(api_product, asked[i].path, NULL),
                       &(struct expected){asked[i].label, asked[i].status, asked[i].code});
}

/* Pages of 100 in the order of the GTINs: 250 products, each once. */
static void
the_list_has_every_product_once(void **state)
{
    struct gateway *g = *state;
    char gtin[GTIN_DIGITS + 1];
    char query[16 + CURSOR_MAX] = "";
    char last[GTIN_DIGITS + 1] = "";
    size_t count = 0;
    size_t pages = 0;
    for (unsigned i = 0; i < 249; i++) {
        struct product product;
        struct operation operation;
        test_gtin(gtin, i + 500000);
        test_product(&product, gtin);
        test_operation(&operation, 1000 + i);
        assert_int_equal(registry_put_product(g->worker.session, &product, &operation, NULL),
                         ERR_OK);
    }
    do {
        call(g, GETTING(api_products, "/v1/products", query));
        assert_int_equal(g->response.status, 200);
        for (size_t i = 0; i < 100; i++) {
            char place[32];
            (void)snprintf(place, sizeof place, "products/%zu/gtin", i);
            const char *found = answer_text(g, place);
            if (found[0] == '\0')
                break;
            assert_true(strcmp(last, found) < 0);
            strcpy(last, found);
            count++;
        }
        (void)snprintf(query, sizeof query, "cursor=%s", answer_text(g, "next"));
        pages++;
    } while (query[strlen("cursor=")] != '\0');
    assert_int_equal(count, 250);
    assert_int_equal(pages, 3);
}

static void
other_queries_of_the_list_are_refused(void **state)
{
    struct gateway *g = *state;
    static const char *const queries[] = {"cursor=x", "page=2", "cursor=%", "cursor=&cursor="};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
        call_expecting(g, GETTING(api_products, "/v1/products", queries[i]),
                       &(struct expected){queries[i], 400, "invalid"});
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(products_are_put_by_version, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_repeat_changes_nothing, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_404, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(the_list_has_every_product_once, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(other_queries_of_the_list_are_refused, gateway_set_up,
                                        gateway_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
