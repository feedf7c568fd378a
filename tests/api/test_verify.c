/* SPDX-License-Identifier: Apache-2.0 */
/* Codes as they arrive: links that are opened, bodies, the form; what is a verdict and what is not
 * a code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tests/api/gateway.h"

/* In the rows, $ stands for the token of the unit. */

static struct label
unit_label(struct gateway *g)
{
    struct identity id = identity_of(LOT, "UNIT0");
    (void)registered(g, PLANT_A, &id, 100);
    return label_of(g, PLANT_A, &id);
}

static void
assert_outcome(const struct gateway *g, const char *label, int status, const char *code)
{
    const char *found = answer_text(g, status == 200 ? "reasons/0/code" : "code");
    if (g->response.status != status || strcmp(found, code) != 0)
        fail_msg("%s: %d, %s", label, g->response.status, g->response.body.data);
}

#define UNIT "/01/09506000134352/10/L24A0917/21/UNIT0"

static void
opened_links(void **state)
{
    static const struct {
        const char *label, *path, *query;
        int status;
        const char *code;
    } rows[] = {
        {"as printed", UNIT, "S=$", 200, "genuine"},
        {"a slash at the end", UNIT "/", "S=$", 200, "genuine"},
        {"a percent-encoded serial", "/01/09506000134352/10/L24A0917/21/%55NIT0", "S=$", 200,
         "genuine"},
        {"a parameter of a campaign", UNIT, "utm_source=mail&S=$", 200, "genuine"},
        {"without a signature", UNIT, NULL, 200, "signature_needed"},
        {"another parameter only", UNIT, "x=1", 200, "signature_needed"},
        {"a lower-case parameter", UNIT, "s=$", 200, "signature_needed"},
        {"a signature cut short", UNIT, "S=ABCDEFGH", 200, "label_malformed"},
        {"an empty signature", UNIT, "S=", 200, "label_malformed"},
        {"a character too many", UNIT, "S=$A", 200, "label_malformed"},
        {"two signatures", UNIT, "S=$&S=$", 200, "label_malformed"},
        {"an AI in the query", UNIT, "21=UNIT1&S=$", 200, "label_malformed"},
        {"a broken percent sign in the query", UNIT, "x=%zz&S=$", 200, "label_malformed"},
        {"a semicolon", UNIT, "a=1;S=$", 200, "label_malformed"},
        {"a wrong check digit", "/01/09506000134353/21/UNIT0", "S=$", 404, "not_a_code"},
        {"thirteen digits", "/01/9506000134352/21/UNIT0", "S=$", 404, "not_a_code"},
        {"a wrong order", "/01/09506000134352/21/UNIT0/10/L24A0917", "S=$", 404, "not_a_code"},
        {"no serial", "/01/09506000134352", NULL, 404, "not_a_code"},
        {"an empty serial", "/01/09506000134352/21/", "S=$", 404, "not_a_code"},
        {"two identifiers", UNIT UNIT, "S=$", 404, "not_a_code"},
        {"a serial of 21", "/01/09506000134352/21/123456789012345678901", NULL, 404, "not_a_code"},
        {"an encoded NUL", "/01/09506000134352/21/UNIT0%00", "S=$", 404, "not_a_code"},
    };
    struct gateway *g = *state;
    struct label label = unit_label(g);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char query[600] = "";
        if (rows[i].query != NULL)
            fill_in(query, sizeof query, rows[i].query, label.token);
        ask(g,
            &(struct question){.handle = api_digital_link, .path = rows[i].path, .query = query});
        assert_outcome(g, rows[i].label, rows[i].status, rows[i].code);
    }
}

#define LINK "https://ID.EXAMPLE.COM" UNIT

static void
bodies(void **state)
{
    static const struct {
        const char *label, *body;
        int status;
        const char *code;
    } rows[] = {
        {"a link", "{\"code\":\"" LINK "?S=$\"}", 200, "genuine"},
        {"blanks around it", " { \"code\" : \" " LINK "?S=$\\r\\n\" } ", 200, "genuine"},
        {"of another host", "{\"code\":\"http://localhost:8080" UNIT "?S=$\"}", 200, "genuine"},
        {"escaped slashes",
         "{\"code\":\"https:\\/\\/id.example.com\\/01\\/09506000134352\\/10\\/"
         "L24A0917\\/21\\/UNIT0?S=$\"}",
         200, "genuine"},
        {"an element string", "{\"code\":\"(01)09506000134352(10)L24A0917(21)UNIT0\"}", 200,
         "signature_needed"},
        {"with a separator", "{\"code\":\"010950600013435210L24A0917\\u001d21UNIT0\"}", 200,
         "signature_needed"},
        {"a serial", "{\"code\":\"UNIT0\"}", 200, "signature_needed"},
        {"a signature cut short", "{\"code\":\"" LINK "?S=ABC\"}", 200, "label_malformed"},
        {"a fragment behind the signature", "{\"code\":\"" LINK "?S=$#x\"}", 200,
         "label_malformed"},
        {"words", "{\"code\":\"is this genuine, please?\"}", 404, "not_a_code"},
        {"another website", "{\"code\":\"https://example.com/?S=$\"}", 404, "not_a_code"},
        {"a product", "{\"code\":\"09506000134352\"}", 404, "not_a_code"},
        {"nothing", "{\"code\":\"\"}", 404, "not_a_code"},
        {"no body", "", 400, "invalid"},
        {"no JSON", "code=" LINK, 400, "invalid"},
        {"an array", "[\"" LINK "?S=$\"]", 400, "invalid"},
        {"no code", "{}", 400, "invalid"},
        {"a number", "{\"code\":9506000134352}", 400, "invalid"},
        {"null", "{\"code\":null}", 400, "invalid"},
        {"another member", "{\"code\":\"UNIT0\",\"role\":\"operator\"}", 400, "invalid"},
        {"the code twice", "{\"code\":\"UNIT0\",\"code\":\"UNIT1\"}", 400, "invalid"},
        {"text after it", "{\"code\":\"UNIT0\"}x", 400, "invalid"},
        {"a NUL", "{\"code\":\"UNIT0\\u0000\"}", 400, "invalid"},
    };
    struct gateway *g = *state;
    struct label label = unit_label(g);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char body[1000];
        fill_in(body, sizeof body, rows[i].body, label.token);
        ask(g, &(struct question){.handle = api_verify, .path = "/v1/verify", .body = body});
        assert_outcome(g, rows[i].label, rows[i].status, rows[i].code);
        const char *type = rows[i].status == 200 ? "application/json" : "application/problem+json";
        assert_string_equal(g->response.content_type, type);
    }
}

static void
places_of_mistakes(void **state)
{
    static const struct {
        const char *label, *body, *pointer;
    } rows[] = {
        {"no code of an item", "{\"code\":\"not a code\"}", "/code"},
        {"a wrong type", "{\"code\":1}", "/code"},
        {"an unknown member", "{\"code\":\"UNIT0\",\"x\":1}", "/x"},
    };
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask(g, &(struct question){.handle = api_verify, .path = "/", .body = rows[i].body});
        if (strcmp(answer_text(g, "errors/0/pointer"), rows[i].pointer) != 0)
            fail_msg("%s: %s", rows[i].label, g->response.body.data);
    }
}

static void
a_code_that_is_too_long(void **state)
{
    struct gateway *g = *state;
    char body[2 * SCAN_TEXT_MAX] = "{\"code\":\"";
    size_t len = strlen(body);
    memset(body + len, 'A', SCAN_TEXT_MAX + 1);
    strcpy(body + len + SCAN_TEXT_MAX + 1, "\"}");
    ask(g, &(struct question){.handle = api_verify, .path = "/v1/verify", .body = body});
    assert_outcome(g, "too long", 404, "not_a_code");
    assert_true(answer_holds(g, "longer than any code"));
}

/* What Caps Lock does: ASCII letters differ from those of the other case in one bit. */
static void
swap_case(char *text)
{
    for (; *text != '\0'; text++)
        if (isalpha((unsigned char)*text) != 0)
            *text = (char)(*text ^ ' ');
}

/* Scanner faults are mended when the signature then verifies, and only then. */
static void
mended_readings(void **state)
{
    struct gateway *g = *state;
    struct label label = unit_label(g);
    char link[600];
    char body[700];
    (void)snprintf(link, sizeof link, LINK "?S=%s", label.token);
    swap_case(link);
    (void)snprintf(body, sizeof body, "{\"code\":\"%s\"}", link);
    const struct question question = {.handle = api_verify, .path = "/", .body = body};
    ask(g, &question);
    assert_outcome(g, "Caps Lock", 200, "genuine");
    assert_string_equal(answer_text(g, "code/repaired"), "caps_lock");
    assert_string_equal(answer_text(g, "code/serial"), "UNIT0");

    char *last = &body[strlen(body) - 3];
    *last = *last == 'a' ? 'b' : 'a';
    ask(g, &question);
    assert_int_not_equal(g->response.status, 0);
    assert_string_not_equal(answer_text(g, "verdict"), "ok");
    assert_string_equal(answer_text(g, "code/repaired"), "");
}

static void
the_form(void **state)
{
    static const struct {
        const char *label, *query;
        int status;
        const char *shown;
    } rows[] = {
        {"a link",
         "code=https%3A%2F%2FID.EXAMPLE.COM%2F01%2F09506000134352%2F10%2FL24A0917%2F21"
         "%2FUNIT0%3FS%3D$",
         200, "<body class=\"ok\">"},
        {"a serial", "code=UNIT0", 200, "<body class=\"unchecked\">"},
        {"words", "code=no+code%3Cb%3E", 404, "value=\"no code&#60;b&#62;\""},
        {"an empty field", "code=", 404, "Nothing was entered."},
        {"no field", NULL, 404, "Nothing was entered."},
        {"another field", "cod=UNIT0", 404, "This is not a label code"},
        {"the field twice", "code=UNIT0&code=UNIT1", 404, "This is not a label code"},
        {"not UTF-8", "code=%FF", 404, "another character that no code contains"},
    };
    struct gateway *g = *state;
    struct label label = unit_label(g);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char query[600] = "";
        if (rows[i].query != NULL)
            fill_in(query, sizeof query, rows[i].query, label.token);
        ask(g,
            &(struct question){
                .handle = api_check_form, .path = "/check", .query = query, .accept = "text/html"});
        assert_string_equal(g->response.content_type, "text/html; charset=utf-8");
        if (g->response.status != rows[i].status || !answer_holds(g, rows[i].shown))
            fail_msg("%s: %d, %s", rows[i].label, g->response.status, g->response.body.data);
    }
}

/* The page of what is no code holds the link, to be mended by hand. */
static void
a_page_for_no_code(void **state)
{
    struct gateway *g = *state;
    ask(g, &(struct question){.handle = api_digital_link,
                              .path = "/01/09506000134353/21/A%22b",
                              .query = "S=x&y",
                              .accept = "text/html"});
    assert_int_equal(g->response.status, 404);
    assert_true(answer_holds(g, "The product number holds a wrong digit."));
    assert_true(
        answer_holds(g, "value=\"https://id.example.com/01/09506000134353/21/A%22b?S=x&#38;y\""));
    assert_string_equal(answer_header(g, "Content-Language"), "en");
}

int
main(void)
{
#define WITH_GATEWAY(test) cmocka_unit_test_setup_teardown(test, gateway_set_up, gateway_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_GATEWAY(opened_links),       WITH_GATEWAY(bodies),
        WITH_GATEWAY(places_of_mistakes), WITH_GATEWAY(a_code_that_is_too_long),
        WITH_GATEWAY(mended_readings),    WITH_GATEWAY(the_form),
        WITH_GATEWAY(a_page_for_no_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
