/* SPDX-License-Identifier: Apache-2.0 */
/* What counts as a look, and what the gateway does when looks say that a label was copied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/copies.h"
#include "gateway/api/sightings.h"
#include "tests/api/story.h"

static int64_t
clock_now(void)
{
    return NOW;
}

static int
set_up(void **state)
{
    char salt[96];
    struct sightings *board = NULL;
    if (story_set_up(state) != 0)
        return -1;
    struct gateway *g = *state;
    (void)snprintf(salt, sizeof salt, "%s/salt", g->place.directory);
    assert_int_equal(sightings_open(&board, salt, NOW, NULL), ERR_OK);
    g->app.sightings = board;
    g->app.now = clock_now;
    return 0;
}

static int
tear_down(void **state)
{
    struct gateway *g = *state;
    sightings_close(g->app.sightings);
    return story_tear_down(state);
}

static uint64_t
taken(const struct gateway *g)
{
    struct sightings_figures figures;
    sightings_figures(g->app.sightings, &figures);
    return figures.taken;
}

static void
flush(struct gateway *g)
{
    const struct sightings_alarm alarm = {copies_raise, &g->worker};
    g->worker.caller = copies_caller;
    assert_int_equal(sightings_flush(g->app.sightings, g->worker.session, &alarm, NOW), ERR_OK);
    g->worker.caller.role = ROLE_PUBLIC;
}

/* ---- what is a look ---- */

static void
who_counts(void **state)
{
    static const struct {
        const char *label, *lot, *serial;
        enum signer signer;
        enum role role;
        unsigned looks;
    } rows[] = {
        {"the public, with a good label", LOT, "GOOD", PLANT_A, ROLE_PUBLIC, 1},
        {"an owner", LOT, "OWNED", PLANT_A, ROLE_OWNER, 1},
        {"a service center", LOT, "GOOD2", PLANT_A, ROLE_SERVICE, 0},
        {"a shop", LOT, "GOOD2", PLANT_A, ROLE_RETAILER, 0},
        {"an operator", LOT, "GOOD2", PLANT_A, ROLE_OPERATOR, 0},
        {"a pirate's label", LOT, "GOOD2", PIRATE, ROLE_PUBLIC, 0},
        {"a label of a key for other products", LOT, "GOOD2", PLANT_C, ROLE_PUBLIC, 0},
        {"the public, again with a good label", LOT, "GOOD2", PLANT_A, ROLE_PUBLIC, 1},
        {"a unit that nobody registered", LOT, "NOBODY", PLANT_A, ROLE_PUBLIC, 0},
    };
    struct gateway *g = *state;
    const char *serials[] = {"GOOD", "OWNED", "GOOD2"};
    for (unsigned i = 0; i < 3; i++) {
        struct identity id = identity_of(LOT, serials[i]);
        (void)registered(g, PLANT_A, &id, 100 + i);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct identity id = identity_of(rows[i].lot, rows[i].serial);
        struct label label = label_of(g, rows[i].signer, &id);
        uint64_t before = taken(g);
        g->worker.caller.role = rows[i].role;
        ask_label(g, &label);
        if (taken(g) - before != rows[i].looks)
            fail_msg("%s: %d", rows[i].label, (int)(taken(g) - before));
    }
}

/* Whoever types a serial has seen no label. */
static void
a_typed_serial_is_no_look(void **state)
{
    struct gateway *g = *state;
    struct identity id = identity_of(LOT, "GOOD");
    (void)registered(g, PLANT_A, &id, 100);
    ask(g, &(struct question){.handle = api_verify,
                              .path = "/v1/verify",
                              .body = "{\"code\":\"(01)" GTIN "(21)GOOD\"}",
                              .accept = "application/json"});
    assert_int_equal(taken(g), 0);
}

static void
a_second_owner_is_evidence(void **state)
{
    static const struct {
        const char *label, *steps;
        uint32_t evidence;
    } rows[] = {
        {"the first owner", "xa", 0},          {"the code a second time", "xaa", 1},
        {"and often, on one day", "xaaaa", 1}, {"a wrong code", "xaA", 0},
        {"a shop that has no card", "xam", 0},
    };
    struct gateway *g = *state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story story;
        struct scans scans;
        story_begin(&story, g, 1 + i);
        for (const char *step = rows[i].steps; *step != '\0'; step++)
            (void)story_step(&story, *step);
        flush(g);
        enum err err = registry_get_scans(g->worker.session, &story.key, &scans);
        assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
        if (scans.evidence[COPY_TWO_OWNERS] != rows[i].evidence)
            fail_msg("%s: %d", rows[i].label, (int)scans.evidence[COPY_TWO_OWNERS]);
    }
}

/* ---- what happens then ---- */

static struct unit_key
looked_at(struct gateway *g, const char *serial, uint64_t number)
{
    struct identity id = identity_of(LOT, serial);
    struct unit unit = registered(g, PLANT_A, &id, number);
    struct label label = label_of(g, PLANT_A, &id);
    g->worker.caller.role = ROLE_PUBLIC;
    ask_label(g, &label);
    flush(g);
    return test_key(&unit);
}

static struct unit
stored(struct gateway *g, const struct unit_key *key)
{
    struct unit unit;
    assert_int_equal(registry_get(g->worker.session, key, &unit), ERR_OK);
    return unit;
}

static size_t
notices_of(struct gateway *g, struct notice *out)
{
    static const struct notice_filter filter = {NOTICE_COPY_SUSPECTED, false};
    struct cursor cursor = {""};
    struct notice found[4];
    size_t count = 0;
    assert_int_equal(registry_list_notices(g->worker.session, &filter, &cursor, found, 4, &count),
                     ERR_OK);
    if (count > 0)
        *out = found[0];
    return count;
}

static void
an_event_and_a_notice(void **state)
{
    static const char why[] = "rule travel: 0, and 5 are enough; sessions: 1 since 2026-11-22, "
                              "clients: about 1, countries: 0";
    struct gateway *g = *state;
    struct event events[4];
    struct notice notice;
    size_t count = 0;
    struct unit_key key = looked_at(g, "COPIED", 100);
    g->worker.caller = copies_caller;
    assert_int_equal(copies_raise(&g->worker, &key, COPY_TRAVEL), ERR_OK);
    assert_int_equal(stored(g, &key).conditions, CONDITION_COPY_SUSPECTED);
    assert_int_equal(copies_raise(&g->worker, &key, COPY_TRAVEL), ERR_OK); /* as it is already */
    assert_int_equal(registry_events(g->worker.session, &key, 0, events, 4, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(events[1].type, EVENT_SUSPECT);
    assert_int_equal(events[1].role, ROLE_OPERATOR);
    assert_string_equal(events[1].actor, "");
    assert_int_equal(events[1].at, NOW);
    assert_string_equal(event_value(&events[1], FIELD_REASON), why);
    assert_int_equal(notices_of(g, &notice), 1);
    assert_string_equal(notice.text, why);
    assert_string_equal(notice.answer, "copy_suspected");
    assert_string_equal(notice.serial, "COPIED");
    assert_int_equal(notice.count, 1);
    test_undamaged(g->worker.session);
}

static void
what_cannot_be_suspected(void **state)
{
    struct gateway *g = *state;
    struct notice notice;
    struct unit_key nobody = {GTIN, "NOBODY"};
    g->worker.caller = copies_caller;
    assert_int_equal(copies_raise(&g->worker, &nobody, COPY_TRAVEL), ERR_NOT_FOUND);
    struct identity id = identity_of(LOT, "UNSEEN");
    struct unit unit = registered(g, PLANT_A, &id, 100);
    struct unit_key unseen = test_key(&unit);
    assert_int_equal(copies_raise(&g->worker, &unseen, COPY_TRAVEL), ERR_NOT_FOUND);
    assert_int_equal(stored(g, &unseen).conditions, 0);
    assert_int_equal(notices_of(g, &notice), 0);
}

/* The longest there can be still fits an event's reason. */
static void
the_largest_figures(void **state)
{
    struct gateway *g = *state;
    struct event events[4];
    size_t count = 0;
    struct unit_key key = looked_at(g, "COPIED", 100);
    struct scan_seen seen[SCAN_COUNTRIES + 1];
    enum copy_rule suspected[SCAN_COUNTRIES + 1];
    for (size_t i = 0; i <= SCAN_COUNTRIES; i++) {
        seen[i] = (struct scan_seen){.key = key, .sighting = {NOW, i << 32 | (i + 7), "", false}};
        seen[i].sighting.country[0] = 'A';
        seen[i].sighting.country[1] = (char)('A' + i);
    }
    const struct scan_flush many = {1, 1, seen, SCAN_COUNTRIES + 1};
    assert_int_equal(registry_scan_flush(g->worker.session, &many, suspected), ERR_OK);
    g->worker.caller = copies_caller;
    assert_int_equal(copies_raise(&g->worker, &key, COPY_TWO_OWNERS), ERR_OK);
    assert_int_equal(registry_events(g->worker.session, &key, 1, events, 4, &count), ERR_OK);
    assert_int_equal(count, 1);
    const char *why = event_value(&events[0], FIELD_REASON);
    assert_non_null(strstr(why, "countries: 8+")); /* there is room for eight */
    assert_true(strlen(why) < EVENT_VALUE_MAX);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(who_counts),
        TEST(a_typed_serial_is_no_look),
        TEST(a_second_owner_is_evidence),
        TEST(an_event_and_a_notice),
        TEST(what_cannot_be_suspected),
        TEST(the_largest_figures),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
