/* SPDX-License-Identifier: Apache-2.0 */
/* Without a good signature the answer is the same, byte for byte, whether or not there is a unit
 * with this serial, and whatever happened to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/api/gateway.h"

/* Registered and stolen; there is no unit with the other one. They have the same length. */
#define KNOWN "KNOWN-00001"
#define ABSENT "KNOWN-00002"

static const char *const accepts[] = {"application/json", "text/html"};

/* Without every `word`; the old text is freed. */
static struct text
struck_out(struct text in, const char *word)
{
    struct text out;
    const char *rest = in.data;
    text_init(&out, SIZE_MAX / 2);
    for (const char *at = NULL; (at = strstr(rest, word)) != NULL; rest = at + strlen(word)) {
        text_slice_put(&out, slice_make(rest, (size_t)(at - rest)));
        text_put(&out, "(struck out)");
    }
    text_put(&out, rest);
    text_free(&in);
    return out;
}

/* The answer with every header, and without what the asker sent: the serial, and the token of a
 * label, which a link of the page carries on. */
static struct text
blanked(const struct gateway *g, const char *serial, const char *query)
{
    struct text out;
    text_init(&out, SIZE_MAX / 2);
    text_printf(&out, "%d %s\n", g->response.status, g->response.content_type);
    for (size_t i = 0; i < g->response.header_count; i++)
        text_printf(&out, "%s: %s\n", g->response.headers[i].name, g->response.headers[i].value);
    text_slice_put(&out, text_slice(&g->response.body));
    out = struck_out(out, serial);
    if (query != NULL && strncmp(query, "S=", 2) == 0)
        out = struck_out(out, query + 2);
    assert_true(text_ok(&out));
    return out;
}

static void
make_stolen_unit(struct gateway *g)
{
    struct identity id = identity_of("", KNOWN);
    struct unit unit = registered(g, PLANT_A, &id, 100);
    happen(g, &unit, EVENT_SELL, 101);
    happen(g, &unit, EVENT_REPORT_STOLEN, 102);
}

static void
assert_same(struct gateway *g, const char *label, struct question question[2], const char *reason)
{
    for (size_t a = 0; a < sizeof accepts / sizeof accepts[0]; a++) {
        question[0].accept = accepts[a];
        question[1].accept = accepts[a];
        ask(g, &question[0]);
        struct text known = blanked(g, KNOWN, question[0].query);
        if (strstr(known.data, reason) == NULL)
            fail_msg("%s: %s", label, known.data);
        ask(g, &question[1]);
        struct text absent = blanked(g, ABSENT, question[1].query);
        if (known.len != absent.len || memcmp(known.data, absent.data, known.len) != 0)
            fail_msg("%s differs: %s", label, absent.data);
        text_free(&known);
        text_free(&absent);
    }
}

/* One question about a serial; $ in its parts stands for it. */
struct asking {
    char path[200], query[200], body[200];
    struct question question;
};

static void
asking_fill(struct asking *out, const struct question *pattern, const char *serial)
{
    out->question = *pattern;
    fill_in(out->path, sizeof out->path, pattern->path, serial);
    fill_in(out->query, sizeof out->query, pattern->query, serial);
    fill_in(out->body, sizeof out->body, pattern->body, serial);
    out->question.path = out->path;
    out->question.query = out->query;
    out->question.body = pattern->body == NULL ? NULL : out->body;
}

static void
typed_serials(void **state)
{
    static const struct {
        const char *label;
        struct question question;
    } rows[] = {
        {"a link without a signature",
         {.handle = api_digital_link, .path = "/01/09506000134352/21/$"}},
        {"an element string",
         {.handle = api_verify, .body = "{\"code\":\"(01)09506000134352(21)$\"}"}},
        {"a serial", {.handle = api_verify, .body = "{\"code\":\"$\"}"}},
        {"the form", {.handle = api_check_form, .query = "code=$"}},
    };
    struct gateway *g = *state;
    make_stolen_unit(g);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct asking known;
        struct asking absent;
        asking_fill(&known, &rows[i].question, KNOWN);
        asking_fill(&absent, &rows[i].question, ABSENT);
        struct question pair[] = {known.question, absent.question};
        assert_same(g, rows[i].label, pair, "signature_needed");
    }
}

/* The same for signatures that are not good. */
static void
bad_signatures(void **state)
{
    static const struct {
        const char *label;
        enum signer signer;
        size_t changed; /* this character of the token; 0: none */
        const char *reason;
    } rows[] = {
        {"forged", PLANT_A, 60, "label_forged"},
        {"by nobody we know", PIRATE, 0, "issuer_unknown"},
        {"by a key for other products", PLANT_C, 0, "issuer_out_of_scope"},
        {"by a stolen key", PLANT_B, 0, "issuer_revoked"},
    };
    static const char *const serials[] = {KNOWN, ABSENT};
    struct gateway *g = *state;
    make_stolen_unit(g);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char queries[2][3 + TOKEN_CHARS];
        struct label labels[2];
        struct question question[2];
        for (size_t q = 0; q < 2; q++) {
            struct identity id = identity_of("", serials[q]);
            labels[q] = label_of(g, rows[i].signer, &id);
            char *changed = &labels[q].token[rows[i].changed];
            if (rows[i].changed != 0)
                *changed = *changed == 'A' ? 'B' : 'A';
            (void)snprintf(queries[q], sizeof queries[q], "S=%s", labels[q].token);
            question[q] = (struct question){
                .handle = api_digital_link, .path = labels[q].path, .query = queries[q]};
        }
        assert_same(g, rows[i].label, question, rows[i].reason);
    }
}

/* Nobody but staff learns where a unit is, who sold it or by which order. */
static void
what_the_public_never_sees(void **state)
{
    static const char *const hidden[] = {"Hall 7", "seller",   "location", "order",
                                         "state",  "a reason", "plant-a",  "registered_at"};
    struct gateway *g = *state;
    struct identity id = identity_of("", KNOWN);
    struct unit unit = registered(g, PLANT_A, &id, 100);
    struct change change;
    struct operation operation;
    test_operation(&operation, 101);
    test_change(&change, &unit, EVENT_RECEIVE, &operation, "Hall 7");
    assert_int_equal(registry_apply(g->worker.session, &change, 1, &operation, NULL, NULL), ERR_OK);
    struct unit_key key = test_key(&unit);
    assert_int_equal(registry_get(g->worker.session, &key, &unit), ERR_OK);
    assert_string_equal(unit.location, "Hall 7");
    happen(g, &unit, EVENT_SELL, 102);
    happen(g, &unit, EVENT_HOLD, 103);
    struct label label = label_of(g, PLANT_A, &id);
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "reasons/0/code"), "held");
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (answer_holds(g, hidden[i]))
            fail_msg("it tells %s: %s", hidden[i], g->response.body.data);
}

int
main(void)
{
#define WITH_GATEWAY(test) cmocka_unit_test_setup_teardown(test, gateway_set_up, gateway_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_GATEWAY(typed_serials),
        WITH_GATEWAY(bad_signatures),
        WITH_GATEWAY(what_the_public_never_sees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
