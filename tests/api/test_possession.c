/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/api/story.h"

static void
a_repeat_gives_the_same_answer(void **state)
{
    static const struct {
        const char *label, *before, *step, *after; /* step, after, and step again */
        int status;                                /* of the repeat */
        const char *code;
    } cases[] = {
        {"registered", "x", "a", "", 201, ""},
        {"registered, asked almost a day later", "x", "a", "g", 201, ""},
        {"registered, asked a day later", "x", "a", "d", 409, "already_done"},
        {"registered by the shop", "x", "m", "", 201, ""},
        {"registered and stolen", "x", "a", "k", 201, ""},
        {"registered and brought back", "x", "a", "b", 201, ""},
        {"registered, brought back, on the shelf", "x", "a", "by", 409, "already_done"},
        {"offered", "xa", "o", "", 201, ""},
        {"offered and held", "xa", "o", "h", 201, ""},
        {"offered a day ago", "xa", "o", "d", 409, "already_done"},
        {"redeemed", "xao", "t", "", 201, ""},
        {"recovering", "xa", "r", "", 202, ""},
        {"recovering, and the owner objected", "xa", "r", "c", 409, "already_done"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct gateway *g = *state;
        struct story story;
        char first[2000];
        story_begin(&story, g, i + 1);
        for (const char *c = cases[i].before; *c != '\0'; c++)
            (void)story_step(&story, *c);
        story.idempotency_key = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
        assert_true(story_step(&story, *cases[i].step) < 300);
        assert_true(slice_copy(first, sizeof first, text_slice(&g->response.body)));
        story.idempotency_key = NULL;
        for (const char *c = cases[i].after; *c != '\0'; c++)
            (void)story_step(&story, *c);
        uint64_t version = story_unit(&story).version;
        story.idempotency_key = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
        int status = story_step(&story, *cases[i].step);
        bool same = strcmp(first, g->response.body.data) == 0;
        if (status != cases[i].status || same != (status < 300) ||
            strcmp(answer_text(g, "code"), cases[i].code) != 0)
            fail_msg("%s: %s", cases[i].label, g->response.body.data);
        assert_int_equal(story_unit(&story).version, version);
    }
}

static void
a_key_is_of_one_request(void **state)
{
    struct gateway *g = *state;
    struct story story;
    struct story other;
    story_begin(&story, g, 1);
    story_begin(&other, g, 2);
    (void)story_step(&story, 'x');
    (void)story_step(&other, 'x');
    story.idempotency_key = "1";
    other.idempotency_key = "1";
    assert_int_equal(story_step(&story, 'a'), 201);
    assert_int_equal(story_step(&story, 'f'), 422);
    assert_string_equal(answer_text(g, "code"), "idempotency_key_reused");
    assert_int_equal(story_step(&other, 'a'), 201); /* somebody else thought of the same key */
    assert_string_not_equal(story.secret[0], other.secret[0]);
    story.idempotency_key = "with a blank";
    assert_int_equal(story_step(&story, 'o'), 400);
}

/* Without a key nothing can be repeated, and no two secrets are alike. */
static void
secrets_are_random_without_a_key(void **state)
{
    struct story story;
    char first[24];
    story_begin(&story, *state, 1);
    (void)story_step(&story, 'x');
    assert_int_equal(story_step(&story, 'a'), 201);
    assert_int_equal(story_step(&story, 'o'), 201);
    memcpy(first, story.code[0], sizeof first);
    assert_int_equal(story_step(&story, 'o'), 201);
    assert_string_not_equal(first, story.code[0]);
}

/* $ is the serial of a unit that was sold, whose claim code is 7K3M900001. */
static const struct {
    const char *label, *body;
    int status;
    const char *code, *pointer;
} bodies[] = {
    {"not JSON", "gtin=1", 400, "invalid", ""},
    {"nothing", "{}", 400, "invalid", "/gtin"},
    {"no serial", "{\"gtin\":\"" GTIN "\",\"claim_code\":\"7K3M900001\"}", 400, "invalid",
     "/serial"},
    {"a wrong check digit",
     "{\"gtin\":\"09506000134353\",\"serial\":\"$\",\"claim_code\":\"7K3M900001\"}", 400, "invalid",
     "/gtin"},
    {"a serial with a blank",
     "{\"gtin\":\"" GTIN "\",\"serial\":\"A B\",\"claim_code\":\"7K3M900001\"}", 400, "invalid",
     "/serial"},
    {"no claim code", "{\"gtin\":\"" GTIN "\",\"serial\":\"$\"}", 400, "invalid", "/claim_code"},
    {"a claim code that is too short",
     "{\"gtin\":\"" GTIN "\",\"serial\":\"$\",\"claim_code\":\"7K3M90000\"}", 400, "invalid",
     "/claim_code"},
    {"a claim code with a letter that there is not",
     "{\"gtin\":\"" GTIN "\",\"serial\":\"$\",\"claim_code\":\"7K3M90000U\"}", 400, "invalid",
     "/claim_code"},
    {"a claim code that is a number",
     "{\"gtin\":\"" GTIN "\",\"serial\":\"$\",\"claim_code\":1234567890}", 400, "invalid",
     "/claim_code"},
    {"code and serial",
     "{\"code\":\"https://id.example.com/01/" GTIN "/21/$\",\"serial\":\"$\","
     "\"claim_code\":\"7K3M900001\"}",
     400, "invalid", "/code"},
    {"a code without a GTIN", "{\"code\":\"$\",\"claim_code\":\"7K3M900001\"}", 404, "not_a_code",
     "/code"},
    {"no code at all", "{\"code\":\"https://example.com/\",\"claim_code\":\"7K3M900001\"}", 404,
     "not_a_code", "/code"},
    {"an owner of one's own choice",
     "{\"gtin\":\"" GTIN "\",\"serial\":\"$\",\"claim_code\":\"7K3M900001\",\"owner\":\"x\"}", 400,
     "invalid", "/owner"},
    {"no day",
     "{\"gtin\":\"" GTIN
     "\",\"serial\":\"$\",\"claim_code\":\"7K3M900001\",\"purchased_on\":\"2026-02-30\"}",
     400, "invalid", "/purchased_on"},
    {"a day in the future",
     "{\"gtin\":\"" GTIN
     "\",\"serial\":\"$\",\"claim_code\":\"7K3M900001\",\"purchased_on\":\"2026-11-24\"}",
     400, "invalid", "/purchased_on"},
    {"a day in the future and a wrong code",
     "{\"gtin\":\"" GTIN
     "\",\"serial\":\"$\",\"claim_code\":\"7K3M900002\",\"purchased_on\":\"2026-11-24\"}",
     403, "code_refused", ""},
    {"gtin and serial", "{\"gtin\":\"" GTIN "\",\"serial\":\"$\",\"claim_code\":\"7K3M900001\"}",
     201, "", ""},
    {"small letters, blanks, a hyphen, O for 0",
     "{\"gtin\":\"" GTIN "\",\"serial\":\"$\",\"claim_code\":\" 7k3m9-oo oo1\"}", 201, "", ""},
    {"a label's link",
     "{\"code\":\"https://id.example.com/01/" GTIN "/21/$\",\"claim_code\":\"7K3M900001\"}", 201,
     "", ""},
    {"as a scanner reads it", "{\"code\":\"(01)" GTIN "(21)$\",\"claim_code\":\"7K3M900001\"}", 201,
     "", ""},
    {"tomorrow: somewhere it is",
     "{\"gtin\":\"" GTIN
     "\",\"serial\":\"$\",\"claim_code\":\"7K3M900001\",\"purchased_on\":\"2026-11-23\"}",
     201, "", ""},
};

static void
bodies_are_read_strictly(void **state)
{
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct story story;
        char body[300];
        if (i > 0) {
            assert_int_equal(story_tear_down(state), 0);
            assert_int_equal(story_set_up(state), 0);
        }
        struct gateway *g = *state;
        story_begin(&story, g, 1);
        (void)story_step(&story, 'x');
        fill_in(body, sizeof body, bodies[i].body, story.key.serial);
        int status = story_send(&story, api_activation, "/v1/activations", body);
        bool code = status < 300 || strcmp(answer_text(g, "code"), bodies[i].code) == 0;
        bool pointer = strcmp(answer_text(g, "errors/0/pointer"), bodies[i].pointer) == 0;
        if (status != bodies[i].status || !code || !pointer)
            fail_msg("%s: %s", bodies[i].label, g->response.body.data);
        assert_int_equal(story_unit(&story).version, status < 300 ? 3 : 2);
    }
}

/* One of those who race for a unit; each is a worker with a session of its own. */
struct racer {
    struct gateway gateway;
    struct story story;
    char step;
    int status;
};

static void *
race(void *context)
{
    struct racer *racer = context;
    racer->status = story_step(&racer->story, racer->step);
    return NULL;
}

static unsigned
winners(const struct story *story, char step)
{
    enum { RACERS = 4 };
    static struct racer racers[RACERS];
    pthread_t threads[RACERS];
    unsigned won = 0;
    for (size_t i = 0; i < RACERS; i++) {
        racers[i].gateway = *story->g;
        racers[i].gateway.worker.session = test_session(story->g->registry);
        text_init(&racers[i].gateway.response.body, 65536);
        racers[i].story = *story;
        racers[i].story.g = &racers[i].gateway;
        racers[i].step = step;
    }
    for (size_t i = 0; i < RACERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    for (size_t i = 0; i < RACERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        won += racers[i].status == 201;
        registry_session_close(racers[i].gateway.worker.session);
        text_free(&racers[i].gateway.response.body);
    }
    return won;
}

static void
of_those_who_race_for_a_unit_one_wins(void **state)
{
    static const struct {
        const char *before;
        char step;
        uint64_t version; /* one more than before */
    } races[] = {{"x", 'a', 3}, {"xao", 't', 5}, {"xarww", 'a', 5}};
    struct gateway *g = *state;
    for (size_t i = 0; i < 60; i++) {
        struct story story;
        size_t which = i % (sizeof races / sizeof races[0]);
        story_begin(&story, g, (unsigned)i + 1);
        for (const char *c = races[which].before; *c != '\0'; c++)
            assert_true(story_step(&story, *c) < 300);
        assert_int_equal(winners(&story, races[which].step), 1);
        assert_int_equal(story_unit(&story).version, races[which].version);
    }
    test_undamaged(g->worker.session);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_repeat_gives_the_same_answer, story_set_up,
                                        story_tear_down),
        cmocka_unit_test_setup_teardown(a_key_is_of_one_request, story_set_up, story_tear_down),
        cmocka_unit_test_setup_teardown(secrets_are_random_without_a_key, story_set_up,
                                        story_tear_down),
        cmocka_unit_test_setup_teardown(bodies_are_read_strictly, story_set_up, story_tear_down),
        cmocka_unit_test_setup_teardown(of_those_who_race_for_a_unit_one_wins, story_set_up,
                                        story_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
