/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/api/gateway.h"

enum { UNITS = 60, PAGE = 7 };

static void
report(struct gateway *g, const char *query, const char *accept)
{
    ask(g, &(struct question){
               .handle = api_report, .path = "/v1/units", .query = query, .accept = accept});
}

/* A01 and A02 in stock, A03 sold and stolen, B01 of another lot. */
static void
fill(struct gateway *g)
{
    uint64_t n = 10;
    const char *const serials[] = {"A01", "A02", "A03", "A04"};
    for (size_t i = 0; i < 4; i++) {
        struct identity id = identity_of(LOT, serials[i]);
        struct unit unit = registered(g, PLANT_A, &id, n++);
        if (i < 2)
            happen(g, &unit, EVENT_RECEIVE, n++);
        if (i == 2)
            happen(g, &unit, EVENT_SELL, n++);
        if (i == 2)
            happen(g, &unit, EVENT_REPORT_STOLEN, n++);
    }
    struct identity other = identity_of("L2", "B01");
    (void)registered(g, PLANT_A, &other, n);
}

static const struct {
    const char *label, *query;
    const char *serials; /* of the rows, with blanks between */
} rows[] = {
    {"everything", "", "A01 A02 A03 A04 B01"},
    {"this product", "gtin=" GTIN, "A01 A02 A03 A04 B01"},
    {"another product", "gtin=09506000134369", ""},
    {"a lot", "lot=L2", "B01"},
    {"a lot that nobody made", "lot=L3", ""},
    {"in stock", "state=in_stock", "A01 A02"},
    {"issued", "state=issued", "A04 B01"},
    {"stolen", "condition=stolen", "A03"},
    {"stolen and held", "condition=stolen,held", ""},
    {"a lot and a state", "lot=" LOT "&state=issued", "A04"},
    {"location", "location=a+reason", "A01 A02"},
    {"location, percent-encoded", "location=a%20reason", "A01 A02"},
    {"free text", "q=b01", "B01"},
    {"free text with a look-alike", "q=bo1", "B01"},
    {"free text that nothing holds", "q=XYW", ""},
    {"an empty filter is any", "lot=&state=&q=", "A01 A02 A03 A04 B01"},
    {"limit", "limit=2", "A01 A02"},
};

static void
collect(const struct gateway *g, char *out)
{
    char path[40];
    *out = '\0';
    for (unsigned i = 0; i < 100; i++) {
        (void)snprintf(path, sizeof path, "units/%u/serial", i);
        const char *serial = answer_text(g, path);
        if (*serial == '\0')
            return;
        (void)sprintf(out + strlen(out), "%s%s", i == 0 ? "" : " ", serial);
    }
}

static void
filters_lead_to_their_units(void **state)
{
    struct gateway *g = *state;
    char serials[500];
    fill(g);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        report(g, rows[i].query, "application/json");
        collect(g, serials);
        if (g->response.status != 200 || strcmp(serials, rows[i].serials) != 0)
            fail_msg("%s: %d %s", rows[i].label, g->response.status, g->response.body.data);
    }
    report(g, "q=B01", NULL);
    assert_string_equal(answer_text(g, "units/0/lot"), "L2");
    assert_string_equal(answer_text(g, "units/0/state"), "issued");
    assert_string_equal(answer_text(g, "next"), "");
    assert_string_equal(answer_header(g, "Link"), "");
}

static const struct {
    const char *label, *query, *says;
} refused[] = {
    {"unknown parameter", "colour=red", "no parameter colour"},
    {"the name of a column", "purchase_order=1", "no parameter purchase_order"},
    {"nearly a parameter", "stat=sold", "did you mean state?"},
    {"capital", "Lot=L1", "no parameter Lot"},
    {"an encoded name", "l%6ft=L1", "no parameter l?6ft"},
    {"no name", "=1", "no parameter"},
    {"an ampersand alone", "&", "no parameter"},
    {"given twice", "lot=L1&lot=L2", "lot is given twice"},
    {"a broken escape", "lot=%zz", "lot is given twice, too long or not UTF-8"},
    {"not UTF-8", "location=%FF", "not UTF-8"},
    {"gtin of 13 digits", "gtin=9506000134352", "gtin has to be 14 digits"},
    {"no such state", "state=broken", "state has to be issued"},
    {"no such condition", "condition=recalled", "condition has to be"},
    {"limit 0", "limit=0", "limit has to be a number from 1 to 10000"},
    {"limit too high", "limit=10001", "limit has to be"},
    {"limit that is no number", "limit=all", "limit has to be"},
    {"no such format", "format=xls", "format has to be csv or json"},
    {"a cursor that nobody made", "cursor=abc", "cursor is not what"},
    {"a cursor that is too long",
     "cursor=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaa",
     "cursor has to be"},
};

static void
what_it_does_not_know_it_names(void **state)
{
    struct gateway *g = *state;
    fill(g);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        report(g, refused[i].query, "application/json");
        if (g->response.status != 400 || !answer_holds(g, refused[i].says))
            fail_msg("%s: %d %s", refused[i].label, g->response.status, g->response.body.data);
        assert_string_equal(answer_text(g, "code"), "invalid");
    }
}

static void
a_cursor_belongs_to_its_filter(void **state)
{
    struct gateway *g = *state;
    char query[200];
    fill(g);
    report(g, "limit=1", NULL);
    (void)snprintf(query, sizeof query, "lot=%s&cursor=%s", LOT, answer_text(g, "next"));
    report(g, query, NULL);
    assert_int_equal(g->response.status, 400);
}

static void
a_table_is_for_spreadsheets(void **state)
{
    struct gateway *g = *state;
    fill(g);
    report(g, "q=B01", "text/csv");
    assert_int_equal(g->response.status, 200);
    assert_string_equal(g->response.content_type, "text/csv; charset=utf-8; header=present");
    assert_true(answer_holds(g, "item,name,gtin,serial,lot,"));
    assert_true(answer_holds(g, ",\"=\"\"" GTIN "\"\"\",B01,L2,"));
    report(g, "q=B01&format=csv", "application/json");
    assert_true(answer_holds(g, "item,name,"));
    report(g, "q=B01&format=json", "text/csv");
    assert_string_equal(answer_text(g, "units/0/serial"), "B01");
}

static void
next_query(const struct gateway *g, char *out, size_t size)
{
    struct slice link = slice_of(answer_header(g, "Link"));
    if (slice_take(&link, "</v1/units?"))
        assert_true(slice_copy(out, size, slice_take_until(&link, '>')));
    else
        out[0] = '\0';
}

static void
pages_of_a_table_are_one_table(void **state)
{
    struct gateway *g = *state;
    char query[1024] = "limit=2&state=issued&format=csv";
    struct text table;
    unsigned pages = 0;
    fill(g);
    text_init(&table, 10000);
    for (; query[0] != '\0' && pages < 10; pages++) {
        report(g, query, NULL);
        assert_int_equal(g->response.status, 200);
        text_slice_put(&table, text_slice(&g->response.body));
        if (pages > 0)
            assert_string_equal(g->response.content_type, "text/csv; charset=utf-8; header=absent");
        next_query(g, query, sizeof query);
        if (strcmp(query, "") != 0)
            assert_non_null(strstr(query, "state=issued&limit=2&format=csv&cursor="));
    }
    report(g, "state=issued&format=csv", NULL);
    assert_string_equal(table.data, g->response.body.data);
    assert_true(pages >= 1 && pages < 10);
    text_free(&table);
}

struct churn {
    struct unit units[UNITS];
    unsigned seen[UNITS];
    uint64_t number; /* of the next operation */
};

static struct unit
received(struct gateway *g, struct churn *churn, char letter, unsigned number)
{
    char serial[16];
    (void)snprintf(serial, sizeof serial, "%c%02u", letter, number);
    struct identity id = identity_of(LOT, serial);
    struct unit unit = registered(g, PLANT_A, &id, churn->number++);
    happen(g, &unit, EVENT_RECEIVE, churn->number++);
    return unit;
}

static void
note_seen(const struct gateway *g, struct churn *churn)
{
    char path[40];
    for (unsigned i = 0; i < PAGE; i++) {
        (void)snprintf(path, sizeof path, "units/%u/serial", i);
        struct slice serial = slice_of(answer_text(g, path));
        uint64_t number = UNITS;
        if (slice_take(&serial, "M0") || slice_take(&serial, "M"))
            assert_true(slice_number(&number, serial, 0, UNITS - 1));
        if (number < UNITS)
            churn->seen[number]++;
    }
}

/* Every other unit changes between the pages, and new ones come before and behind the cursor. */
static void
meanwhile(struct gateway *g, struct churn *churn, unsigned page)
{
    for (unsigned i = page % 10; i < UNITS; i += 10)
        if (i % 2 == 1 && (churn->units[i].conditions & CONDITION_HELD) == 0)
            happen(g, &churn->units[i], EVENT_HOLD, churn->number++);
    (void)received(g, churn, page % 2 == 0 ? 'A' : 'Z', page);
}

static void
an_unchanged_unit_comes_exactly_once(void **state)
{
    struct gateway *g = *state;
    struct churn churn = {.number = 10};
    char query[1024] = "limit=7&location=a+reason&format=json";
    unsigned pages = 0;
    for (unsigned i = 0; i < UNITS; i++)
        churn.units[i] = received(g, &churn, 'M', i);
    for (; query[0] != '\0' && pages < 100; pages++) {
        report(g, query, NULL);
        assert_int_equal(g->response.status, 200);
        note_seen(g, &churn);
        next_query(g, query, sizeof query);
        meanwhile(g, &churn, pages);
    }
    assert_true(pages > UNITS / PAGE);
    for (size_t i = 0; i < UNITS; i += 2)
        assert_int_equal(churn.seen[i], 1);
    for (size_t i = 1; i < UNITS; i += 2)
        assert_true(churn.seen[i] <= 1);
}

static void
without_a_registry_there_is_no_report(void **state)
{
    struct gateway *g = *state;
    struct registry_session *session = g->worker.session;
    g->worker.session = NULL;
    report(g, "", NULL);
    g->worker.session = session;
    assert_int_equal(g->response.status, 503);
    assert_string_equal(answer_text(g, "code"), "unavailable");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, gateway_set_up, gateway_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(filters_lead_to_their_units),           TEST(what_it_does_not_know_it_names),
        TEST(a_cursor_belongs_to_its_filter),        TEST(a_table_is_for_spreadsheets),
        TEST(pages_of_a_table_are_one_table),        TEST(an_unchanged_unit_comes_exactly_once),
        TEST(without_a_registry_there_is_no_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
