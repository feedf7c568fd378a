/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway notices by itself, and how often it writes that down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/notices.h"
#include "tests/api/gateway.h"

/* ---- how often ---- */

static struct inbox *
open_inbox(void)
{
    struct inbox *inbox = NULL;
    assert_int_equal(inbox_open(&inbox, NULL), ERR_OK);
    return inbox;
}

static void
once_a_minute_for_each(void **state)
{
    static const struct {
        const char *label;
        enum notice_kind kind;
        const char *reference;
        int64_t after;
        bool taken;
    } steps[] = {
        {"the first", NOTICE_NEVER_ISSUED, "0000000000", 0, true},
        {"at once again", NOTICE_NEVER_ISSUED, "0000000000", 0, false},
        {"another", NOTICE_NEVER_ISSUED, "0000000001", 0, true},
        {"the first, a second before", NOTICE_NEVER_ISSUED, "0000000000", 59, false},
        {"after a minute", NOTICE_NEVER_ISSUED, "0000000000", 60, true},
        {"and again", NOTICE_NEVER_ISSUED, "0000000000", 119, false},
        {"and after that", NOTICE_NEVER_ISSUED, "0000000000", 120, true},
        {"a clock that was set back", NOTICE_NEVER_ISSUED, "0000000000", 10, true},
    };
    struct inbox *inbox = open_inbox();
    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (inbox_take(inbox, steps[i].kind, steps[i].reference, NOW + steps[i].after) !=
            steps[i].taken)
            fail_msg("%s", steps[i].label);
    inbox_close(inbox);
    inbox_close(NULL);
}

/* How many of `count` different ones are taken. */
static unsigned
take_many(struct inbox *inbox, enum notice_kind kind, unsigned count, int64_t now)
{
    unsigned taken = 0;
    for (unsigned i = 0; i < count; i++) {
        char reference[NOTICE_REFERENCE_CHARS + 1];
        (void)snprintf(reference, sizeof reference, "%u%03u%06u", (unsigned)kind % 10,
                       (unsigned)(now % 1000), i % 1000000U);
        taken += inbox_take(inbox, kind, reference, now);
    }
    return taken;
}

static void
so_many_of_a_kind(void **state)
{
    struct inbox *inbox = open_inbox();
    (void)state;
    assert_int_equal(take_many(inbox, NOTICE_NEVER_ISSUED, 5000, NOW), 100);
    assert_int_equal(take_many(inbox, NOTICE_NEVER_ISSUED, 5000, NOW + 1), 0);
    assert_int_equal(take_many(inbox, NOTICE_SECOND_RETURN, 5, NOW), 5); /* not kept out by it */
    assert_int_equal(take_many(inbox, NOTICE_NEVER_ISSUED, 5000, NOW + 10), 1);
    assert_int_equal(take_many(inbox, NOTICE_NEVER_ISSUED, 5000, NOW + 50), 4);
    inbox_close(inbox);
}

static void
so_many_reports(void **state)
{
    struct inbox *inbox = open_inbox();
    int64_t wait = 0;
    (void)state;
    for (unsigned i = 0; i < 200; i++)
        assert_true(inbox_take_report(inbox, NOW, &wait));
    assert_int_equal(wait, 0);
    assert_false(inbox_take_report(inbox, NOW, &wait));
    assert_int_equal(wait, 5);
    assert_false(inbox_take_report(inbox, NOW + 4, &wait));
    assert_int_equal(wait, 1);
    assert_true(inbox_take_report(inbox, NOW + 5, &wait));
    assert_int_equal(wait, 0);
    inbox_close(inbox);
}

struct crowd {
    struct inbox *inbox;
    atomic_uint taken;
};

static void *
crowd_in(void *context)
{
    struct crowd *crowd = context;
    atomic_fetch_add(&crowd->taken, take_many(crowd->inbox, NOTICE_NEVER_ISSUED, 2000, NOW));
    return NULL;
}

static void
threads_take_no_more(void **state)
{
    struct crowd crowd = {.inbox = open_inbox()};
    pthread_t threads[4];
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, crowd_in, &crowd), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&crowd.taken), 100);
    inbox_close(crowd.inbox);
}

/* ---- what is noticed ---- */

static int
set_up(void **state)
{
    if (gateway_set_up(state) != 0)
        return -1;
    strcpy(((struct gateway *)*state)->config.log, "error");
    return 0;
}

static size_t
notices_of(struct gateway *g, struct notice *out, size_t max)
{
    static const struct notice_filter all = {NOTICE_NONE, false};
    struct cursor cursor = {""};
    size_t count = 0;
    assert_int_equal(registry_list_notices(g->worker.session, &all, &cursor, out, max, &count),
                     ERR_OK);
    return count;
}

static void
scan(struct gateway *g, enum signer signer, const char *serial, int64_t now)
{
    struct identity id = identity_of(LOT, serial);
    struct label label = label_of(g, signer, &id);
    char query[3 + TOKEN_CHARS];
    (void)snprintf(query, sizeof query, "S=%s", label.token);
    struct request request = {
        .method = METHOD_GET, .path = slice_of(label.path), .query = slice_of(query), .now = now};
    text_reset(&g->response.body);
    g->response.status = 200;
    g->response.header_count = 0;
    api_digital_link(&g->worker, &request, &g->response);
}

static void
a_label_that_nobody_registered(void **state)
{
    struct gateway *g = *state;
    struct notice notices[4];
    struct operation operation;
    scan(g, PLANT_A, "NEVER1", NOW);
    assert_string_equal(answer_text(g, "reasons/0/code"), "never_issued");
    assert_int_equal(notices_of(g, notices, 4), 1);
    assert_int_equal(notices[0].kind, NOTICE_NEVER_ISSUED);
    assert_string_equal(notices[0].gtin, GTIN);
    assert_string_equal(notices[0].serial, "NEVER1");
    assert_string_equal(notices[0].answer, "never_issued");
    assert_string_equal(notices[0].text, "signed by key plant-a, and not registered");
    assert_int_equal(notices[0].role, ROLE_PUBLIC);
    assert_int_equal(notices[0].count, 1);
    scan(g, PLANT_A, "NEVER1", NOW + 59);
    assert_int_equal(notices_of(g, notices, 4), 1);
    assert_int_equal(notices[0].count, 1);

    notices[0].closed_at = NOW + 60;
    strcpy(notices[0].closed_by, "Example Brand");
    strcpy(notices[0].outcome, "a test print");
    test_operation(&operation, 77);
    assert_int_equal(registry_put_notice(g->worker.session, &notices[0], &operation, NULL), ERR_OK);
    scan(g, PLANT_A, "NEVER1", NOW + 61);
    assert_int_equal(notices_of(g, notices, 4), 1);
    assert_int_equal(notices[0].count, 2);
    assert_int_equal(notices[0].first_at, NOW);
    assert_int_equal(notices[0].last_at, NOW + 61);
    assert_int_equal(notices[0].closed_at, 0);
    assert_string_equal(notices[0].outcome, "a test print");

    scan(g, PLANT_A, "NEVER2", NOW + 61);
    assert_int_equal(notices_of(g, notices, 4), 2);
}

/* Other answers are no news. */
static void
nothing_else_is_noticed(void **state)
{
    struct gateway *g = *state;
    struct identity id = identity_of(LOT, "GOOD");
    struct notice notices[2];
    struct unit unit = registered(g, PLANT_A, &id, 2);
    scan(g, PLANT_A, "GOOD", NOW);
    assert_string_equal(answer_text(g, "verdict"), "ok");
    scan(g, PIRATE, "GOOD", NOW);
    scan(g, PIRATE, "NEVER1", NOW);
    scan(g, PLANT_B, "NEVER1", NOW);
    scan(g, PLANT_C, "NEVER1", NOW);
    happen(g, &unit, EVENT_REPORT_STOLEN, 3);
    scan(g, PLANT_A, "GOOD", NOW);
    assert_string_equal(answer_text(g, "reasons/0/code"), "stolen");
    assert_int_equal(notices_of(g, notices, 2), 0);
}

static void
the_answer_does_not_depend_on_it(void **state)
{
    struct gateway *g = *state;
    const struct registry_options options = {.record_key = test_record_key, .read_only = true};
    char with[2000];
    struct inbox *inbox = g->app.inbox;
    struct notice notices[2];
    g->app.inbox = NULL;
    scan(g, PLANT_A, "NEVER1", NOW);
    (void)snprintf(with, sizeof with, "%s", g->response.body.data);
    assert_int_equal(notices_of(g, notices, 2), 0);
    g->app.inbox = inbox;
    registry_session_close(g->worker.session);
    registry_close(g->registry);
    assert_int_equal(registry_open(g->place.url, &options, &g->registry, NULL), ERR_OK);
    g->worker.session = test_session(g->registry);
    scan(g, PLANT_A, "NEVER1", NOW); /* cannot be written; the log says so */
    assert_string_equal(g->response.body.data, with);
    assert_int_equal(notices_of(g, notices, 2), 0);
}

/* ---- events ---- */

static int
act(struct gateway *g, const char *organisation, const char *query, const char *type)
{
    char body[200];
    (void)snprintf(body, sizeof body, "{\"type\":\"%s\",\"gtin\":\"" GTIN "\",\"serial\":\"ONE\"}",
                   type);
    struct request request = {.method = METHOD_POST,
                              .path = slice_of("/v1/events"),
                              .query = slice_of(query),
                              .content_type = slice_of("application/json"),
                              .body = slice_of(body),
                              .now = NOW};
    memset(&g->worker.caller, 0, sizeof g->worker.caller);
    g->worker.caller.role = ROLE_RETAILER;
    strcpy(g->worker.caller.id, "01234567");
    strcpy(g->worker.caller.organisation, organisation);
    text_reset(&g->response.body);
    g->response.status = 200;
    g->response.header_count = 0;
    api_events(&g->worker, &request, &g->response);
    return g->response.status;
}

static void
a_second_return(void **state)
{
    struct gateway *g = *state;
    struct identity id = identity_of(LOT, "ONE");
    struct notice notices[2];
    struct unit unit = registered(g, PLANT_A, &id, 2);
    happen(g, &unit, EVENT_RECEIVE, 3);
    assert_int_equal(act(g, "Shop", NULL, "sell"), 201);
    assert_int_equal(act(g, "Shop", NULL, "return"), 201);
    assert_int_equal(act(g, "Other Shop", "dry_run=true", "return"), 409);
    assert_int_equal(notices_of(g, notices, 2), 0);
    assert_int_equal(act(g, "Other Shop", NULL, "return"), 409);
    assert_string_equal(answer_text(g, "code"), "second_return");
    assert_int_equal(notices_of(g, notices, 2), 1);
    assert_int_equal(notices[0].kind, NOTICE_SECOND_RETURN);
    assert_string_equal(notices[0].serial, "ONE");
    assert_string_equal(notices[0].text, "returned to Other Shop while its return to Shop is open");
    assert_string_equal(notices[0].organisation, "Other Shop");
    assert_int_equal(notices[0].role, ROLE_RETAILER);
    assert_string_equal(notices[0].answer, "");
}

static void
a_report_by_somebody_who_may_not(void **state)
{
    struct gateway *g = *state;
    struct identity id = identity_of(LOT, "ONE");
    struct notice notices[2];
    struct unit unit = registered(g, PLANT_A, &id, 2);
    happen(g, &unit, EVENT_RECEIVE, 3);
    assert_int_equal(act(g, "Shop", NULL, "sell"), 201);
    assert_int_equal(act(g, "Other Shop", "dry_run=true", "report_stolen"), 409);
    assert_int_equal(notices_of(g, notices, 2), 0);
    assert_int_equal(act(g, "Other Shop", NULL, "report_stolen"), 409);
    assert_int_equal(notices_of(g, notices, 2), 1);
    assert_int_equal(notices[0].kind, NOTICE_REPORT_REFUSED);
    assert_string_equal(notices[0].organisation, "Other Shop");
    assert_string_equal(notices[0].text, "report_stolen: Not as the unit is now");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, gateway_tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_a_minute_for_each), cmocka_unit_test(so_many_of_a_kind),
        cmocka_unit_test(so_many_reports),        cmocka_unit_test(threads_take_no_more),
        TEST(a_label_that_nobody_registered),     TEST(nothing_else_is_noticed),
        TEST(the_answer_does_not_depend_on_it),   TEST(a_second_return),
        TEST(a_report_by_somebody_who_may_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
