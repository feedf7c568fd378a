/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/api/story.h"

static const struct story_row rows[] = {
    {"bought and registered", "xa", 201, ""},
    {"with the day of purchase", "xf", 201, ""},
    {"a wrong claim code", "xA", 403, "code_refused"},
    {"a serial that does not exist", "xu", 403, "code_refused"},
    {"a wrong code before the right one", "xa", 201, ""},
    {"not sold, and the product does not allow it", "a", 409, "conflict"},
    {"not sold, in stock", "sa", 409, "conflict"},
    {"wrong code of a unit that is not sold: nothing is told", "A", 403, "code_refused"},
    {"twice", "xaa", 409, "already_registered"},
    {"wrong code of a registered unit: nothing is told", "xaA", 403, "code_refused"},
    {"stolen", "xka", 409, "conflict"},
    {"held", "xha", 409, "conflict"},
    {"taken out of use", "xqa", 409, "conflict"},
    {"wrong code of a stolen unit: nothing is told", "xkA", 403, "code_refused"},
    {"brought back", "xba", 409, "conflict"},
    {"brought back and on the shelf: the old code is dead", "xbya", 403, "code_refused"},
    {"sold again: the old code stays dead", "xbyxa", 403, "code_refused"},
    {"sold again: the shop registers it", "xbyxm", 201, ""},
    {"the old owner after a return", "xabyg", 403, "denied"},
    {"the shop that sold it", "xm", 201, ""},
    {"another shop", "xM", 403, "denied"},
    {"a service center", "xn", 201, ""},
    {"a service center, of no unit", "xN", 404, "not_found"},
    {"the shop, of a registered unit", "xam", 409, "already_registered"},

    {"looking", "xag", 200, ""},
    {"somebody else looks", "xaG", 403, "denied"},
    {"looking at a serial that does not exist", "xaP", 403, "denied"},
    {"nobody's unit", "xG", 403, "denied"},

    {"offered", "xao", 201, ""},
    {"offered by somebody else", "xal", 403, "denied"},
    {"offered, of a serial that does not exist", "xaL", 403, "denied"},
    {"offered while held", "xaho", 409, "conflict"},
    {"offered while stolen", "xazo", 409, "conflict"},
    {"handed on", "xaot", 201, ""},
    {"a wrong transfer code", "xaoT", 403, "code_refused"},
    {"a right one of a serial that does not exist", "xaoV", 403, "code_refused"},
    {"no offer", "xaT", 403, "code_refused"},
    {"redeemed twice", "xaott", 403, "code_refused"},
    {"after six days", "xaoddddddt", 201, ""},
    {"after a week", "xaowt", 409, "conflict"},
    {"offered again after a week", "xaowot", 201, ""},
    {"the offer before the last", "xaoov", 403, "code_refused"},
    {"the last of two offers", "xaoot", 201, ""},
    {"stolen while offered", "xaokt", 409, "conflict"},
    {"the new owner looks", "xaotg", 200, ""},
    {"the old owner looks", "xaotp", 403, "denied"},
    {"the old owner offers it again", "xaotO", 403, "denied"},
    {"the old owner reports it stolen", "xaotZ", 403, "denied"},
    {"the new owner hands it on", "xaotot", 201, ""},
    {"an offer lasts not beyond a return", "xaobyt", 403, "code_refused"},

    {"the secret is lost", "xar", 202, ""},
    {"said with a wrong code", "xaR", 403, "code_refused"},
    {"said of a serial that does not exist", "xaU", 403, "code_refused"},
    {"said of a unit that nobody registered", "xr", 409, "conflict"},
    {"said twice", "xarr", 409, "conflict"},
    {"too early for another secret", "xara", 409, "already_registered"},
    {"a day too early", "xarwdddddda", 409, "already_registered"},
    {"after two weeks", "xarwwa", 201, ""},
    {"after two weeks with a wrong code", "xarwwA", 403, "code_refused"},
    {"the old secret is dead then", "xarwwap", 403, "denied"},
    {"it works until then", "xarwwg", 200, ""},
    {"the owner objects", "xarc", 201, ""},
    {"the owner objected", "xarcwwa", 409, "already_registered"},
    {"the owner did something else", "xarowwa", 409, "already_registered"},
    {"looking is no objection", "xargwwa", 201, ""},
    {"objecting to nothing", "xac", 409, "conflict"},
    {"said again after an objection", "xarcrwwa", 201, ""},

    {"after a transfer the claim code is dead", "xaota", 403, "code_refused"},
    {"and begins no recovery", "xaotr", 403, "code_refused"},
    {"a recovery begun before the transfer is over", "xarotwwa", 403, "code_refused"},
    {"the shop that sold it begins one without the code", "xaotj", 202, ""},
    {"another shop", "xaotJ", 403, "denied"},
    {"a service center", "xaoti", 202, ""},
    {"a service center, of no unit", "xaotI", 404, "not_found"},
    {"the shop, of a unit that nobody registered", "xj", 409, "conflict"},
    {"the shop, of what is not sold", "sj", 409, "conflict"},
    {"a service center, of what is stolen", "xaki", 409, "conflict"},
    {"said by the shop and by the workshop", "xaotji", 409, "conflict"},
    {"the shop, too early for another secret", "xaotjwm", 409, "already_registered"},
    {"the shop, after two weeks", "xaotjwwm", 201, ""},
    {"another shop, after two weeks", "xaotjwwM", 403, "denied"},
    {"the service center, after two weeks", "xaotiwwn", 201, ""},
    {"the claim code, after two weeks, stays dead", "xaotjwwa", 403, "code_refused"},
    {"the secret of before is dead then", "xaotjwwmp", 403, "denied"},
    {"the new one is good", "xaotjwwmg", 200, ""},
    {"the owner objects to the shop", "xaotjcwwm", 409, "already_registered"},
    {"without a transfer the card goes on", "xajwwa", 201, ""},

    {"the owner reports it stolen", "xaz", 201, ""},
    {"the owner has it back", "xaze", 201, ""},
    {"the owner cannot take back what the brand said", "xake", 403, "denied"},
    {"found again and handed on", "xazeot", 201, ""},
};

static void
every_story_ends_as_it_should(void **state)
{
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        story_play(&rows[i], *state, i + 1);
    struct gateway *g = *state;
    test_undamaged(g->worker.session);
}

static void
a_product_may_allow_registering_before_the_sale(void **state)
{
    static const struct story_row early[] = {
        {"not sold", "a", 201, ""},
        {"in the shop that has it", "sm", 201, ""},
        {"twice", "aa", 409, "already_registered"},
        {"stolen from the shelf", "ka", 409, "conflict"},
        {"a wrong code", "A", 403, "code_refused"},
        {"then sold: somebody has it already", "aot", 201, ""},
    };
    story_allow_early(*state);
    for (unsigned i = 0; i < sizeof early / sizeof early[0]; i++)
        story_play(&early[i], *state, i + 1);
}

/* Status, headers and body: nobody learns whether a serial exists. */
static void
whole_answer(const struct gateway *g, char *out, size_t size)
{
    int used = snprintf(out, size, "%d %s %s", g->response.status, g->response.content_type,
                        g->response.body.data);
    for (size_t i = 0; i < g->response.header_count; i++)
        used += snprintf(out + used, size - (size_t)used, "\n%s: %s", g->response.headers[i].name,
                         g->response.headers[i].value);
    assert_true(used > 0 && (size_t)used < size);
}

static void
a_wrong_serial_and_a_wrong_code_answer_the_same(void **state)
{
    static const struct {
        const char *label, *first, *second; /* stories whose last answers are compared */
    } pairs[] = {
        {"registering", "xA", "xu"},
        {"registering what is registered", "xaA", "xau"},
        {"registering what is stolen", "xkA", "xku"},
        {"registering what is not sold", "A", "u"},
        {"a dead code", "xbya", "xbyu"},
        {"recovering", "xaR", "xaU"},
        {"recovering what nobody owns", "xR", "xU"},
        {"redeeming", "xaoT", "xaoV"},
        {"redeeming without an offer", "xaT", "xaV"},
        {"offering", "xal", "xaL"},
        {"looking", "xaG", "xaP"},
    };
    struct gateway *g = *state;
    unsigned number = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char answers[2][2000];
        const char *stories[] = {pairs[i].first, pairs[i].second};
        for (size_t j = 0; j < 2; j++) {
            struct story story;
            story_begin(&story, g, ++number);
            for (const char *c = stories[j]; *c != '\0'; c++)
                (void)story_step(&story, *c);
            whole_answer(g, answers[j], sizeof answers[j]);
        }
        if (g->response.status != 403 || strcmp(answers[0], answers[1]) != 0)
            fail_msg("%s:\n%s\n%s", pairs[i].label, answers[0], answers[1]);
    }
}

static void
trying_codes_is_limited(void **state)
{
    static const char tries[] = {'A', 'u', 'R', 'U', 'T', 'V'};
    struct gateway *g = *state;
    unsigned number = 0;
    for (size_t i = 0; i < sizeof tries; i++) {
        struct story story;
        story_begin(&story, g, ++number);
        story.now += (int64_t)i * 1000;
        (void)story_step(&story, 'x');
        unsigned refused = 0;
        while (story_step(&story, tries[i]) == 403)
            refused++;
        assert_int_equal(g->response.status, 429);
        assert_int_equal(refused, 100);
        assert_string_equal(answer_text(g, "code"), "rate_limited");
        assert_string_equal(answer_header(g, "Retry-After"), "1");
        bool here = tries[i] == 'A' || tries[i] == 'R' || tries[i] == 'T';
        assert_int_equal(story_step(&story, 'a'), here ? 429 : 201); /* right, and refused */
        assert_int_equal(story_step(&story, 'n'), here ? 201 : 409); /* nothing is guessed here */
        assert_int_equal(story_step(&story, 'g'), 200);
        story.now += 1;
        /* Looked at again: the card wins over who came without it, not over its like. */
        assert_int_equal(story_step(&story, 'a'), here ? 201 : 409);
    }
}

/* As transfers were recorded before they ended the claim code: the registry is sound, the code goes
 * on until the next transfer. */
static void
a_transfer_of_before_is_no_damage(void **state)
{
    struct gateway *g = *state;
    struct story story;
    struct fault fault = {ERR_OK, ""};
    story_begin(&story, g, 1);
    for (const char *c = "xao"; *c != '\0'; c++)
        (void)story_step(&story, *c);
    struct change change = {
        .unit = story_unit(&story),
        .event = {.type = EVENT_TRANSFER, .at = story.now, .role = ROLE_PUBLIC}};
    struct operation operation = {.id = {7}, .at = story.now, .role = ROLE_PUBLIC};
    memcpy(change.event.operation, operation.id, sizeof operation.id);
    owner_seal(change.event.seal, g->secrets.claim_key, story.secret[0]);
    assert_int_equal(event_apply(&change.unit, &change.unit, &change.event, &fault), ERR_OK);
    assert_int_equal(registry_apply(g->worker.session, &change, 1, &operation, NULL, NULL), ERR_OK);
    test_undamaged(g->worker.session);
    for (const char *c = "rwwa"; *c != '\0'; c++)
        assert_true(story_step(&story, *c) < 300);
    test_undamaged(g->worker.session);
    for (const char *c = "ot"; *c != '\0'; c++)
        assert_int_equal(story_step(&story, *c), 201);
    assert_int_equal(story_step(&story, 'r'), 403);
    assert_true(seal_is_none(story_unit(&story).claim));
    test_undamaged(g->worker.session);
}

/* An owner's view holds what the contract says and nothing of those before. */
static void
an_owner_sees_this_ownership(void **state)
{
    struct gateway *g = *state;
    struct story story;
    story_begin(&story, g, 1);
    for (const char *c = "sxazeoti"; *c != '\0'; c++)
        (void)story_step(&story, *c);
    assert_int_equal(story_step(&story, 'g'), 200);
    assert_string_equal(answer_text(g, "unit/serial"), "UNIT1");
    assert_string_equal(answer_text(g, "unit/state"), "sold");
    assert_string_equal(answer_text(g, "product/name"), "Angle grinder, 18 V");
    assert_string_equal(answer_text(g, "warranty/covered"), "true");
    assert_string_equal(answer_text(g, "warranty/entitlements/0/starts_on"), "2026-11-22");
    assert_string_equal(answer_text(g, "warranty/entitlements/0/ends_on"), "2028-11-22");
    assert_string_equal(answer_text(g, "recovery_at"), "2026-12-06T14:33:20Z");
    assert_string_equal(answer_text(g, "events/0/type"), "transfer");
    assert_string_equal(answer_text(g, "events/1/type"), "lose_secret");
    assert_string_equal(answer_text(g, "events/1/by"), "service");
    assert_string_equal(answer_text(g, "events/2/type"), "");
    static const char *const hidden[] = {"Shop", "Counter 7", "report_stolen", "seller"};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (answer_holds(g, hidden[i]))
            fail_msg("shows %s: %s", hidden[i], g->response.body.data);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_story_ends_as_it_should, story_set_up,
                                        story_tear_down),
        cmocka_unit_test_setup_teardown(a_product_may_allow_registering_before_the_sale,
                                        story_set_up, story_tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_serial_and_a_wrong_code_answer_the_same,
                                        story_set_up, story_tear_down),
        cmocka_unit_test_setup_teardown(trying_codes_is_limited, story_set_up, story_tear_down),
        cmocka_unit_test_setup_teardown(a_transfer_of_before_is_no_damage, story_set_up,
                                        story_tear_down),
        cmocka_unit_test_setup_teardown(an_owner_sees_this_ownership, story_set_up,
                                        story_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
