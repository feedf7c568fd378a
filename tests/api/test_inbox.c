/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's inbox over HTTP, what the public puts into it, and the verdicts of each day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/inbox.h"
#include "tests/api/call.h"

#define NOTICES "/v1/notices"
#define REPORTS "/v1/reports"

/* ---- reports ---- */

static struct call
reporting(const char *body)
{
    return (struct call){.handle = api_report_fake,
                         .method = METHOD_POST,
                         .path = REPORTS,
                         .body = body,
                         .role = ROLE_PUBLIC};
}

/* The notice that the last answer names. */
static struct notice
reported(struct gateway *g)
{
    struct notice notice;
    assert_int_equal(g->response.status, 201);
    assert_int_equal(registry_get_notice(g->worker.session, answer_text(g, "reference"), &notice),
                     ERR_OK);
    return notice;
}

/* $ is a label of the unit ONE, which is registered. What is kept of it. */
static const struct report_row {
    const char *label, *body;
    const char *gtin, *serial, *answer, *place, *text;
} kept[] = {
    {"a genuine label", "{\"code\":\"$\",\"place\":\"Corner shop\",\"text\":\"thin box\"}", GTIN,
     "ONE", "genuine", "Corner shop", "thin box"},
    {"a label alone", "{\"code\":\"$\"}", GTIN, "ONE", "genuine", "", ""},
    {"a label with a broken signature", "{\"code\":\"$A\"}", GTIN, "ONE", "label_malformed", "",
     "scanned: $A"},
    {"product and serial, typed", "{\"gtin\":\"" GTIN "\",\"serial\":\"ONE\"}", GTIN, "ONE",
     "signature_needed", "", ""},
    {"a serial that does not exist is answered the same",
     "{\"gtin\":\"" GTIN "\",\"serial\":\"TWO\"}", GTIN, "TWO", "signature_needed", "", ""},
    {"a serial alone", "{\"serial\":\"ONE\"}", "", "ONE", "", "", ""},
    {"a serial as a code", "{\"code\":\"ONE\"}", "", "ONE", "signature_needed", "", ""},
    {"the address of a forger", "{\"code\":\"https://evil.example/x\",\"text\":\"a shop\"}", "", "",
     "", "", "a shop\nscanned: https://evil.example/x"},
    {"a text alone", "{\"text\":\"there is no label\"}", "", "", "", "", "there is no label"},
    {"as a form sends it", "{\"text\":\" \\r\\n two\\r\\n\\r\\nlines \\r\\n\",\"place\":\" x \"}",
     "", "", "", "x", "two\n\nlines"},
    {"empty members", "{\"code\":\"\",\"gtin\":\"\",\"serial\":\"\",\"place\":\"\",\"text\":\"x\"}",
     "", "", "", "", "x"},
    {"hostile text", "{\"text\":\"<script>alert('1')</script> =cmd|' /C calc'!A0\"}", "", "", "",
     "", "<script>alert('1')</script> =cmd|' /C calc'!A0"},
    {"a code that cannot be kept as text", "{\"code\":\"a\\tb\\u0007c\",\"text\":\"x\"}", "", "",
     "", "", "x"},
};

static void
expect_kept(struct gateway *g, const struct report_row *row, const char *label)
{
    char text[NOTICE_TEXT_MAX + 1];
    struct notice notice = reported(g);
    fill_in(text, sizeof text, row->text, label);
    bool same = strcmp(notice.gtin, row->gtin) == 0 && strcmp(notice.serial, row->serial) == 0 &&
                strcmp(notice.answer, row->answer) == 0 && strcmp(notice.place, row->place) == 0 &&
                strcmp(notice.text, text) == 0;
    if (!same)
        fail_msg("%s: %s %s %s %s %s", row->label, notice.gtin, notice.serial, notice.answer,
                 notice.place, notice.text);
    assert_int_equal(notice.kind, NOTICE_LOOKS_FAKE);
    assert_int_equal(notice.count, 1);
    assert_int_equal(notice.role, ROLE_PUBLIC);
    assert_int_equal(notice.first_at, NOW);
    assert_string_equal(answer_text(g, "received_at"), "2026-11-22T14:33:20Z");
}

static void
link_of_one(struct gateway *g, char *out, size_t size)
{
    struct identity id = identity_of(LOT, "ONE");
    struct label label = label_of(g, PLANT_A, &id);
    (void)snprintf(out, size, "https://id.example.com%s?S=%s", label.path, label.token);
}

static void
what_is_kept_of_a_report(void **state)
{
    struct gateway *g = *state;
    struct identity id = identity_of(LOT, "ONE");
    char link[400];
    registered(g, PLANT_A, &id, 2);
    link_of_one(g, link, sizeof link);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        char body[1000];
        fill_in(body, sizeof body, kept[i].body, link);
        struct call asked = reporting(body);
        call_expecting(g, &asked, &(struct expected){kept[i].label, 201, NULL});
        expect_kept(g, &kept[i], link);
    }
}

static void
reports_that_are_refused(void **state)
{
    static const struct {
        const char *label, *body, *pointer;
        int status;
    } rows[] = {
        {"nothing", "{}", "/text", 400},
        {"a place alone", "{\"place\":\"Kiel\"}", "/text", 400},
        {"a product alone", "{\"gtin\":\"" GTIN "\"}", "/text", 400},
        {"blanks", "{\"text\":\" \\n \"}", "/text", 400},
        {"a code and a serial", "{\"code\":\"x\",\"serial\":\"ONE\"}", "/code", 400},
        {"a wrong check digit", "{\"gtin\":\"09506000134353\",\"serial\":\"ONE\"}", "/gtin", 400},
        {"a serial with a blank", "{\"serial\":\"O NE\"}", "/serial", 400},
        {"a serial of 21", "{\"serial\":\"123456789012345678901\"}", "/serial", 400},
        {"a place of two lines", "{\"place\":\"a\\nb\",\"text\":\"x\"}", "/place", 400},
        {"a control character", "{\"text\":\"a\\u0007b\"}", "/text", 400},
        {"a number", "{\"text\":7}", "/text", 400},
        {"another member", "{\"text\":\"x\",\"name\":\"Jo\"}", "/name", 400},
        {"no JSON", "text=x", "", 400},
    };
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct call asked = reporting(rows[i].body);
        call_expecting(g, &asked, &(struct expected){rows[i].label, rows[i].status, "invalid"});
        if (strcmp(answer_text(g, "errors/0/pointer"), rows[i].pointer) != 0)
            fail_msg("%s: %s", rows[i].label, g->response.body.data);
    }
    char long_text[NOTICE_TEXT_MAX + 40];
    (void)snprintf(long_text, sizeof long_text, "{\"text\":\"%01001d\"}", 1);
    struct call asked = reporting(long_text);
    call_expecting(g, &asked, &(struct expected){"a text of 1,001", 400, "invalid"});
    (void)snprintf(long_text, sizeof long_text, "{\"text\":\"%01000d\"}", 1);
    call_expecting(g, &asked, &(struct expected){"a text of 1,000", 201, NULL});
}

static void
a_double_click_is_one_report(void **state)
{
    struct gateway *g = *state;
    char reference[NOTICE_REFERENCE_CHARS + 1];
    struct call asked = reporting("{\"text\":\"x\"}");
    struct registry_health health;
    asked.idempotency_key = "click-1";
    call_expecting(g, &asked, &(struct expected){"the first", 201, NULL});
    strcpy(reference, answer_text(g, "reference"));
    asked.now = NOW + 60;
    call_expecting(g, &asked, &(struct expected){"the second", 201, NULL});
    assert_string_equal(answer_text(g, "reference"), reference);
    assert_string_equal(answer_text(g, "received_at"), "2026-11-22T14:33:20Z");
    asked.body = "{\"text\":\"y\"}";
    call_expecting(g, &asked, &(struct expected){"another", 422, "idempotency_key_reused"});
    asked.idempotency_key = NULL;
    call_expecting(g, &asked, &(struct expected){"without a key", 201, NULL});
    assert_string_not_equal(answer_text(g, "reference"), reference);
    assert_int_equal(registry_health(g->worker.session, &health), ERR_OK);
    assert_int_equal(health.notices, 2);
}

static void
too_many_reports(void **state)
{
    struct gateway *g = *state;
    struct call asked = reporting("{\"text\":\"x\"}");
    asked.idempotency_key = "first";
    call_expecting(g, &asked, &(struct expected){"the first", 201, NULL});
    asked.idempotency_key = NULL;
    for (unsigned i = 1; i < 200; i++)
        call_expecting(g, &asked, &(struct expected){"one of 200", 201, NULL});
    call_expecting(g, &asked, &(struct expected){"one more", 429, "rate_limited"});
    assert_string_equal(answer_header(g, "Retry-After"), "5");
    asked.idempotency_key = "first";
    call_expecting(g, &asked, &(struct expected){"a repeat costs nothing", 201, NULL});
    asked.idempotency_key = NULL;
    asked.role = ROLE_SERVICE;
    call_expecting(g, &asked, &(struct expected){"staff", 201, NULL});
    asked.role = ROLE_PUBLIC;
    asked.now = NOW + 5;
    call_expecting(g, &asked, &(struct expected){"after a while", 201, NULL});
}

static void
without_a_registry(void **state)
{
    struct gateway *g = *state;
    struct registry_session *session = g->worker.session;
    struct call asked = reporting("{\"text\":\"x\"}");
    g->worker.session = NULL;
    call_expecting(g, &asked, &(struct expected){"no session", 503, "unavailable"});
    g->worker.session = session;
}

/* ---- the inbox ---- */

static void
fill_inbox(struct gateway *g)
{
    static const struct {
        const char *reference;
        enum notice_kind kind;
        bool closed;
    } rows[] = {{"A000000001", NOTICE_LOOKS_FAKE, false},
                {"A000000002", NOTICE_NEVER_ISSUED, false},
                {"A000000003", NOTICE_LOOKS_FAKE, true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct notice notice;
        struct operation operation;
        test_notice(&notice, rows[i].reference, EPOCH + (int64_t)i);
        notice.kind = rows[i].kind;
        notice.closed_at = rows[i].closed ? NOW : 0;
        strcpy(notice.closed_by, rows[i].closed ? "Example Brand" : "");
        test_operation(&operation, 100 + i);
        assert_int_equal(registry_put_notice(g->worker.session, &notice, &operation, NULL), ERR_OK);
    }
}

static void
lists(void **state)
{
    static const struct {
        const char *label, *query;
        int status;
        const char *references[3];
    } rows[] = {
        {"all, newest first", NULL, 200, {"A000000003", "A000000002", "A000000001"}},
        {"open", "open=true", 200, {"A000000002", "A000000001", ""}},
        {"open or not", "open=false", 200, {"A000000003", "A000000002", "A000000001"}},
        {"of a kind", "kind=looks_fake", 200, {"A000000003", "A000000001", ""}},
        {"both", "kind=looks_fake&open=true", 200, {"A000000001", "", ""}},
        {"of a kind that there is none of", "kind=second_return", 200, {"", "", ""}},
        {"a form without a choice",
         "kind=&open=&cursor=",
         200,
         {"A000000003", "A000000002", "A000000001"}},
        {"an unknown kind", "kind=fake", 400, {"", "", ""}},
        {"no kind", "kind=none", 400, {"", "", ""}},
        {"an unknown parameter", "state=open", 400, {"", "", ""}},
        {"one that begins with a known one", "opens=true", 400, {"", "", ""}},
        {"neither true nor false", "open=1", 400, {"", "", ""}},
        {"a parameter twice", "open=true&open=true", 400, {"", "", ""}},
        {"a cursor of nobody", "cursor=abcd", 400, {"", "", ""}},
    };
    struct gateway *g = *state;
    fill_inbox(g);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        call_expecting(g, GETTING(api_notices, NOTICES, rows[i].query),
                       &(struct expected){rows[i].label, rows[i].status, NULL});
        for (size_t n = 0; n < 3; n++) {
            char path[32];
            (void)snprintf(path, sizeof path, "notices/%zu/reference", n);
            if (strcmp(answer_text(g, path), rows[i].references[n]) != 0)
                fail_msg("%s: %s", rows[i].label, g->response.body.data);
        }
    }
}

static void
a_page_after_the_other(void **state)
{
    struct gateway *g = *state;
    char query[100];
    for (unsigned i = 0; i < 101; i++) {
        char reference[NOTICE_REFERENCE_CHARS + 1];
        struct notice notice;
        struct operation operation;
        (void)snprintf(reference, sizeof reference, "%010u", i);
        test_notice(&notice, reference, EPOCH + i);
        test_operation(&operation, 100 + i);
        assert_int_equal(registry_put_notice(g->worker.session, &notice, &operation, NULL), ERR_OK);
    }
    call(g, GETTING(api_notices, NOTICES, "open=true"));
    assert_string_equal(answer_text(g, "notices/99/reference"), "0000000001");
    (void)snprintf(query, sizeof query, "open=true&cursor=%s", answer_text(g, "next"));
    call(g, GETTING(api_notices, NOTICES, query));
    assert_string_equal(answer_text(g, "notices/0/reference"), "0000000000");
    assert_string_equal(answer_text(g, "notices/1/reference"), "");
    assert_string_equal(answer_text(g, "next"), "");
    (void)snprintf(query, sizeof query, "open=false&cursor=x");
    call_expecting(g, GETTING(api_notices, NOTICES, query),
                   &(struct expected){"a cursor of another filter", 400, "invalid"});
}

static void
one(void **state)
{
    static const struct {
        const char *label, *path;
        int status;
    } rows[] = {
        {"as it is", NOTICES "/A000000001", 200},
        {"as people type it", NOTICES "/a0000-0ooo%20l", 200},
        {"another", NOTICES "/A000000009", 404},
        {"too short", NOTICES "/A00000000", 404},
        {"no reference", NOTICES "/A00000000U", 404},
        {"a long one", NOTICES "/A00000000100000000000000000000000000000000000000", 404},
    };
    struct gateway *g = *state;
    fill_inbox(g);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        call_expecting(g, GETTING(api_notice, rows[i].path, NULL),
                       &(struct expected){rows[i].label, rows[i].status, NULL});
    call(g, GETTING(api_notice, rows[0].path, NULL));
    assert_string_equal(answer_header(g, "ETag"), "\"1\"");
    assert_string_equal(
        g->response.body.data,
        "{\"reference\":\"A000000001\",\"kind\":\"looks_fake\",\"open\":true,\"version\":1,"
        "\"gtin\":\"" GTIN "\",\"serial\":\"7K3M9Q2XBT4H\",\"answer\":\"never_issued\","
        "\"first_at\":\"2023-11-14T22:13:20Z\",\"last_at\":\"2023-11-14T22:13:20Z\",\"count\":1,"
        "\"role\":\"public\",\"text\":\"Our signature is on it.\"}\n");
}

static void
closing(void **state)
{
    static const struct {
        const char *label, *reference, *body, *if_match, *key;
        int status;
        const char *code;
    } rows[] = {
        {"no outcome", "A000000001", "{}", NULL, NULL, 400, "invalid"},
        {"an empty one", "A000000001", "{\"outcome\":\"\"}", NULL, NULL, 400, "invalid"},
        {"two lines", "A000000001", "{\"outcome\":\"a\\nb\"}", NULL, NULL, 400, "invalid"},
        {"a blank at its end", "A000000001", "{\"outcome\":\"a \"}", NULL, NULL, 400, "invalid"},
        {"a version that is not", "A000000001", "{\"outcome\":\"told\"}", "\"7\"", NULL, 409,
         "conflict"},
        {"no ETag", "A000000001", "{\"outcome\":\"told\"}", "7", NULL, 400, "invalid"},
        {"another", "A000000009", "{\"outcome\":\"told\"}", NULL, NULL, 404, "not_found"},
        {"the version that is", "A000000001", "{\"outcome\":\"told\"}", "\"1\"", "close-1", 200,
         NULL},
        {"the same again", "A000000001", "{\"outcome\":\"told\"}", "\"1\"", "close-1", 200, NULL},
        {"with another outcome", "A000000001", "{\"outcome\":\"none\"}", "\"1\"", "close-1", 422,
         "idempotency_key_reused"},
        {"once more", "A000000001", "{\"outcome\":\"told\"}", NULL, NULL, 409, "conflict"},
        {"without a version", "a000000002", "{\"outcome\":\"key revoked\"}", NULL, NULL, 200, NULL},
    };
    struct gateway *g = *state;
    fill_inbox(g);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, NOTICES "/%s/close", rows[i].reference);
        const struct call asked = {.handle = api_notice_close,
                                   .method = METHOD_POST,
                                   .path = path,
                                   .body = rows[i].body,
                                   .if_match = rows[i].if_match,
                                   .idempotency_key = rows[i].key};
        call_expecting(g, &asked, &(struct expected){rows[i].label, rows[i].status, rows[i].code});
        if (rows[i].status != 200)
            continue;
        assert_string_equal(answer_header(g, "ETag"), "\"2\"");
        assert_string_equal(answer_text(g, "open"), "false");
        assert_string_equal(answer_text(g, "closed_at"), "2026-11-22T14:33:20Z");
        assert_string_equal(answer_text(g, "closed_by"), "Example Brand");
    }
    assert_string_equal(answer_text(g, "outcome"), "key revoked");
}

/* ---- tallies ---- */

static void
add(struct gateway *g, const char *day, enum verdict_class class, enum reason reason,
    uint64_t count)
{
    struct tally tally = {.day = 0};
    assert_true(date_parse(&tally.day, slice_of(day)));
    tally.verdicts[class] = count;
    tally.reasons[reason] = count;
    assert_int_equal(registry_add_tally(g->worker.session, &tally), ERR_OK);
}

static void
days(void **state)
{
    static const struct {
        const char *label, *query;
        int status;
        const char *first, *last, *behind; /* days of the answer: [0], [1], [2] */
    } rows[] = {
        {"the last thirty", NULL, 200, "2026-10-24", "2026-11-22", ""},
        {"empty fields of a form", "from=&to=", 200, "2026-10-24", "2026-11-22", ""},
        {"from", "from=2026-10-23", 200, "2026-10-23", "2026-10-24", "2026-11-22"},
        {"to", "to=2026-10-24", 200, "2026-10-23", "2026-10-24", ""},
        {"a day", "from=2026-10-24&to=2026-10-24", 200, "2026-10-24", "", ""},
        {"400 days", "from=2025-10-19&to=2026-11-22", 200, "2026-10-23", "2026-10-24",
         "2026-11-22"},
        {"401", "from=2025-10-18&to=2026-11-22", 400, "", "", ""},
        {"ends before it begins", "from=2026-10-24&to=2026-10-23", 400, "", "", ""},
        {"no date", "from=2026-02-30", 400, "", "", ""},
        {"before the first day", "from=1969-12-31&to=1970-01-02", 400, "", "", ""},
        {"the first days", "from=1970-01-01&to=1970-01-02", 200, "", "", ""},
        {"to the first days", "to=1970-01-02", 200, "", "", ""},
        {"an unknown parameter", "day=2026-10-24", 400, "", "", ""},
        {"a day twice", "to=2026-10-24&to=2026-10-24", 400, "", "", ""},
    };
    struct gateway *g = *state;
    add(g, "2026-11-22", VERDICT_OK, REASON_GENUINE, 7);
    add(g, "2026-10-24", VERDICT_OK, REASON_GENUINE, 1);
    add(g, "2026-10-23", VERDICT_OK, REASON_GENUINE, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        call_expecting(g, GETTING(api_tallies, "/v1/tallies", rows[i].query),
                       &(struct expected){rows[i].label, rows[i].status, NULL});
        const char *const expected[] = {rows[i].first, rows[i].last, rows[i].behind, ""};
        for (size_t n = 0; n < 4; n++) {
            char path[32];
            (void)snprintf(path, sizeof path, "days/%zu/day", n);
            if (strcmp(answer_text(g, path), expected[n]) != 0)
                fail_msg("%s: %s", rows[i].label, g->response.body.data);
        }
    }
}

static void
what_a_day_says(void **state)
{
    struct gateway *g = *state;
    add(g, "2026-11-22", VERDICT_OK, REASON_GENUINE, UINT64_MAX);
    add(g, "2026-11-22", VERDICT_BAD, REASON_RECALLED_STOP_USE, 2);
    add(g, "2026-11-22", VERDICT_CAUTION, REASON_RECALLED, 3);
    add(g, "2026-11-22", VERDICT_BAD, REASON_LABEL_FORGED, 4);
    call(g, GETTING(api_tallies, "/v1/tallies", "from=2026-11-22"));
    assert_string_equal(g->response.body.data,
                        "{\"days\":[{\"day\":\"2026-11-22\",\"verdicts\":"
                        "{\"ok\":9007199254740991,\"caution\":3,\"bad\":6,\"unchecked\":0},"
                        "\"reasons\":{\"label_forged\":4,\"recalled\":5,"
                        "\"genuine\":9007199254740991}}]}\n");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, gateway_set_up, gateway_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_kept_of_a_report),
        TEST(reports_that_are_refused),
        TEST(a_double_click_is_one_report),
        TEST(too_many_reports),
        TEST(without_a_registry),
        TEST(lists),
        TEST(a_page_after_the_other),
        TEST(one),
        TEST(closing),
        TEST(days),
        TEST(what_a_day_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
