/* SPDX-License-Identifier: Apache-2.0 */
/* A shop asks about what came back; the rules have a table of their own (tests/rules). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/api/claim.h"

enum { BODY_MAX_TEST = 4096, MANY = 10000, BODY_ROOM = 1024 * 1024 };

static void
screen(struct gateway *g, const char *body)
{
    call(g, &(struct call){.handle = api_screen,
                           .method = METHOD_POST,
                           .path = "/v1/screen",
                           .body = body,
                           .role = ROLE_RETAILER});
}

/* "refuse: stolen genuine" of one row. */
static void
row_of(char *out, size_t size, const struct gateway *g, size_t row)
{
    char path[64];
    (void)snprintf(path, sizeof path, "results/%zu/outcome", row);
    int len = snprintf(out, size, "%s:", answer_text(g, path));
    for (size_t i = 0; len > 0 && (size_t)len < size; i++) {
        (void)snprintf(path, sizeof path, "results/%zu/reasons/%zu/code", row, i);
        const char *code = answer_text(g, path);
        if (code[0] == '\0')
            return;
        len += snprintf(out + len, size - (size_t)len, " %s", code);
    }
}

/* One unit for each situation, and the code that is scanned. */
enum situation { SOLD_HERE, ELSEWHERE, STOLEN, HELD, RETURNED, RETIRED, ON_SHELF, SITUATIONS };

static void
make_units(struct gateway *g, struct unit units[static SITUATIONS])
{
    units[SOLD_HERE] = sold_unit(g, "HERE", 100);
    units[ELSEWHERE] = sold_elsewhere(g, "THERE", 110);
    units[STOLEN] = sold_unit(g, "STOLEN", 120);
    happen(g, &units[STOLEN], EVENT_REPORT_STOLEN, 125);
    units[HELD] = sold_unit(g, "HELD", 130);
    happen(g, &units[HELD], EVENT_HOLD, 135);
    units[RETURNED] = sold_unit(g, "BACK", 140);
    happen(g, &units[RETURNED], EVENT_RETURN, 145);
    units[RETIRED] = sold_unit(g, "GONE", 150);
    happen(g, &units[RETIRED], EVENT_RETIRE, 155);
    units[ON_SHELF] = issued_unit(g, "SHELF", 160);
}

static void
situations(void **state)
{
    static const struct {
        const char *label;
        enum situation unit;
        enum signer signer;
        const char *row;
    } rows[] = {
        {"sold here", SOLD_HERE, PLANT_A, "accept: genuine sold_here"},
        {"sold by another shop", ELSEWHERE, PLANT_A, "refuse: sold_elsewhere genuine"},
        {"reported stolen", STOLEN, PLANT_A, "refuse: stolen genuine sold_here"},
        {"held", HELD, PLANT_A, "review: held genuine sold_here"},
        {"its return is open", RETURNED, PLANT_A, "refuse: returned genuine"},
        {"retired", RETIRED, PLANT_A, "refuse: retired genuine"},
        {"never sold", ON_SHELF, PLANT_A, "review: not_sold genuine"},
        {"signed by nobody we know", SOLD_HERE, PIRATE, "refuse: issuer_unknown sold_here"},
        {"signed by another key of ours", SOLD_HERE, OLD, "refuse: never_issued sold_here"},
        {"signed by a stolen key", SOLD_HERE, PLANT_B, "refuse: issuer_revoked sold_here"},
        {"signed by another plant", SOLD_HERE, PLANT_C, "refuse: issuer_out_of_scope sold_here"},
    };
    struct gateway *g = *state;
    struct unit units[SITUATIONS];
    make_units(g, units);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char code[400];
        char body[500];
        char row[200];
        link_of(code, sizeof code, g, rows[i].signer, &units[rows[i].unit]);
        (void)snprintf(body, sizeof body, "{\"codes\":[\"%s\"]}", code);
        screen(g, body);
        row_of(row, sizeof row, g, 0);
        if (strcmp(row, rows[i].row) != 0)
            fail_msg("%s: %s", rows[i].label, g->response.body.data);
    }
}

static void
typed_and_broken_codes(void **state)
{
    static const struct {
        const char *label, *code, *row;
    } rows[] = {
        {"an element string", "(01)" GTIN "(21)HERE", "review: no_signature sold_here"},
        {"one of another shop", "(01)" GTIN "(21)THERE", "refuse: sold_elsewhere no_signature"},
        {"a serial that is not there", "(01)" GTIN "(21)NOWHERE",
         "refuse: not_registered no_signature"},
        {"a product that is not there", "(01)04006381333931(21)HERE",
         "refuse: not_registered no_signature"},
        {"another lot", "(01)" GTIN "(10)OTHER(21)HERE",
         "review: lot_mismatch no_signature sold_here"},
        {"a bare serial", "HERE", "review: no_signature product_needed"},
        {"nothing", "", "refuse: label_malformed"},
        {"words", "is it mine?", "refuse: label_malformed"},
        {"a wrong check digit", "(01)09506000134353(21)HERE", "refuse: label_malformed"},
        {"a signature cut short", "https://id.example.com/01/" GTIN "/21/HERE?S=ABC",
         "refuse: label_malformed"},
        {"a signature of nobody",
         "https://id.example.com/01/" GTIN "/21/HERE?S="
         "AEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
         "AAA"
         "AAAAAAAAAAAAAAAAAAAA",
         "refuse: issuer_unknown sold_here"},
    };
    struct gateway *g = *state;
    (void)sold_unit(g, "HERE", 100);
    (void)sold_elsewhere(g, "THERE", 110);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char body[500];
        char row[200];
        (void)snprintf(body, sizeof body, "{\"codes\":[\"%s\"]}", rows[i].code);
        screen(g, body);
        row_of(row, sizeof row, g, 0);
        if (strcmp(row, rows[i].row) != 0)
            fail_msg("%s: %s", rows[i].label, g->response.body.data);
    }
}

static void
any_shop_may_take_it_when_the_product_says_so(void **state)
{
    struct gateway *g = *state;
    struct product product;
    char code[400];
    char body[500];
    char row[200];
    struct unit unit = sold_elsewhere(g, "THERE", 110);
    test_product(&product, GTIN);
    product.returns_from_any = true;
    change_product(g, &product, 1, 120);
    link_of(code, sizeof code, g, PLANT_A, &unit);
    (void)snprintf(body, sizeof body, "{\"codes\":[\"%s\"]}", code);
    screen(g, body);
    row_of(row, sizeof row, g, 0);
    assert_string_equal(row, "accept: genuine returns_from_any");
    open_recall(g, "R-1", true, 130);
    screen(g, body);
    row_of(row, sizeof row, g, 0);
    assert_string_equal(row, "review: recalled genuine returns_from_any");
}

/* Rows come in the order of the codes, and are counted. */
static void
a_batch(void **state)
{
    struct gateway *g = *state;
    struct unit units[SITUATIONS];
    char body[BODY_MAX_TEST] = "{\"codes\":[\"nothing here\"";
    char serial[64];
    make_units(g, units);
    for (size_t i = 0; i < SITUATIONS; i++) {
        char code[400];
        link_of(code, sizeof code, g, PLANT_A, &units[i]);
        (void)snprintf(body + strlen(body), sizeof body - strlen(body), ",\"%s\"", code);
    }
    strcat(body, "]}");
    screen(g, body);
    assert_string_equal(answer_text(g, "results/0/problem"), "bad_character");
    for (size_t i = 0; i < SITUATIONS; i++) {
        (void)snprintf(serial, sizeof serial, "results/%zu/serial", i + 1);
        assert_string_equal(answer_text(g, serial), units[i].id.serial);
    }
    assert_true(answer_holds(g, "\"accepted\":1,\"refused\":5,\"to_review\":2,"));
}

static size_t
occurrences(const struct gateway *g, const char *text)
{
    size_t count = 0;
    for (const char *at = g->response.body.data; (at = strstr(at, text)) != NULL; at++)
        count++;
    return count;
}

/* The same unit again, spelled otherwise, signed by somebody else, or as it was. */
static void
a_unit_comes_twice(void **state)
{
    struct gateway *g = *state;
    struct unit here = sold_unit(g, "HERE", 100);
    struct unit there = sold_elsewhere(g, "THERE", 110);
    char code[400];
    char pirate[400];
    char other[400];
    char body[BODY_MAX_TEST];
    static const char *const rows[] = {
        "accept: genuine sold_here",
        "refuse: sold_elsewhere genuine",
        "review: no_signature repeated sold_here",
        "review: repeated genuine sold_here",
        "refuse: label_malformed",
        "refuse: label_malformed",
        "review: no_signature product_needed",
        "review: no_signature product_needed",
        "refuse: not_registered no_signature",
        "refuse: issuer_unknown repeated sold_here",
        "refuse: sold_elsewhere repeated genuine",
        "review: no_signature repeated sold_here",
    };
    link_of(code, sizeof code, g, PLANT_A, &here);
    link_of(pirate, sizeof pirate, g, PIRATE, &here);
    link_of(other, sizeof other, g, PLANT_A, &there);
    (void)snprintf(body, sizeof body,
                   "{\"codes\":[\"%s\",\"%s\",\"(01)" GTIN "(21)HERE\",\"%s\",\"is it\",\"is it\","
                   "\"HERE\",\"HERE\",\"(01)04006381333931(21)HERE\",\"%s\",\"%s\","
                   "\"https://other.example/01/" GTIN "/21/%%48ERE\"]}",
                   code, other, code, pirate, other);
    screen(g, body);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char row[200];
        row_of(row, sizeof row, g, i);
        assert_string_equal(row, rows[i]);
    }
    assert_int_equal(occurrences(g, "\"code\":\"repeated\",\"outcome\":\"review\""), 5);
    assert_int_equal(occurrences(g, ",\"row\":0}"), 4);
    assert_int_equal(occurrences(g, ",\"row\":1}"), 1);
}

static void
broken_questions(void **state)
{
    static const struct {
        const char *label, *body, *pointer;
    } rows[] = {
        {"no body", "", ""},
        {"no JSON", "codes=1", ""},
        {"an array", "[]", ""},
        {"no codes", "{}", "/codes"},
        {"no code", "{\"codes\":[]}", "/codes"},
        {"a string", "{\"codes\":\"UNIT0\"}", "/codes"},
        {"a number among them", "{\"codes\":[\"UNIT0\",7]}", "/codes/1"},
        {"null among them", "{\"codes\":[null]}", "/codes/0"},
        {"something else", "{\"codes\":[\"UNIT0\"],\"organisation\":\"Other Shop\"}",
         "/organisation"},
    };
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        screen(g, rows[i].body);
        if (g->response.status != 400 ||
            strcmp(answer_text(g, "errors/0/pointer"), rows[i].pointer) != 0)
            fail_msg("%s: %d %s", rows[i].label, g->response.status, g->response.body.data);
    }
}

static void
too_many_codes(void **state)
{
    struct gateway *g = *state;
    struct text body;
    text_init(&body, BODY_ROOM);
    text_put(&body, "{\"codes\":[\"A\"");
    for (unsigned i = 0; i < MANY; i++)
        text_put(&body, ",\"A\"");
    text_put(&body, "]}");
    screen(g, body.data);
    assert_int_equal(g->response.status, 413);
    text_free(&body);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(situations, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(typed_and_broken_codes, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(any_shop_may_take_it_when_the_product_says_so,
                                        gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_batch, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_unit_comes_twice, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(broken_questions, gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(too_many_codes, gateway_set_up, gateway_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
