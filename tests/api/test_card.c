/* SPDX-License-Identifier: Apache-2.0 */
/* The card in the box against who registered without it (rules/event.h), the end of an ownership by
 * the brand, and whose stock may be registered before the sale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/api/story.h"

static const struct story_row rows[] = {
    {"the shop to itself, then the card", "xma", 201, ""},
    {"a service center, then the card", "xna", 201, ""},
    {"the one with the card looks", "xmag", 200, ""},
    {"the secret of before is dead", "xmap", 403, "denied"},
    {"the secret of before offers it", "xmaO", 403, "denied"},
    {"the secret of before reports it stolen", "xmaZ", 403, "denied"},
    {"a wrong code displaces nobody", "xmA", 403, "code_refused"},
    {"the card a second time", "xmaa", 409, "already_registered"},
    {"the shop with the card's code: it stays", "xYa", 409, "already_registered"},
    {"a shop brings the card for the customer", "xnY", 201, ""},
    {"another shop with the card in hand", "xmK", 201, ""},
    {"the shop again without the code", "xmm", 409, "already_registered"},
    {"a service center after the shop, without the code", "xmn", 409, "already_registered"},
    {"with the card, then the shop without it", "xam", 409, "already_registered"},
    {"the shop hands on what it registered to itself", "xmo", 409, "conflict"},
    {"with the card it is handed on", "xmaot", 201, ""},
    {"and then the card is dead", "xmaota", 403, "code_refused"},
    {"who has the card waits for nothing", "xmr", 409, "not_needed"},
    {"the shop begins a recovery itself and objects: the card wins", "xmjca", 201, ""},
    {"while the recovery waits", "xmja", 201, ""},
    {"after it", "xmjwwa", 201, ""},
    {"an owner with the card whose secret the shop says is lost: the card wins", "xajwwma", 201,
     ""},
    {"the shop reports it stolen: that is for the brand to decide", "xmza", 409,
     "already_registered"},
    {"held", "xmha", 409, "already_registered"},
    {"returned", "xmba", 409, "conflict"},
    {"restocked, sold again: the card is dead", "xmbyxa", 403, "code_refused"},
    {"and the shop registers it: no card is missing", "xmbyxmo", 201, ""},

    {"the brand ends the ownership", "xmEg", 403, "denied"},
    {"then the card", "xmEa", 201, ""},
    {"then the shop, to itself again, and the card", "xmEma", 201, ""},
    {"of an owner with the card", "xaEg", 403, "denied"},
    {"who comes back with it", "xaEa", 201, ""},
    {"the brand ends the claim code, too", "xaDa", 403, "code_refused"},
    {"the shop registers the customer anew", "xaDm", 201, ""},
    {"for whom no card is missing", "xaDmot", 201, ""},
    {"an offer ends with the ownership", "xaoEt", 403, "code_refused"},
    {"a recovery ends with it", "xajEm", 201, ""},
};

static void
the_card_wins_over_who_came_without_it(void **state)
{
    struct gateway *g = *state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        story_play(&rows[i], g, i + 1);
    test_undamaged(g->worker.session);
}

static void
before_the_sale_only_own_stock(void **state)
{
    static const struct story_row early[] = {
        {"in its own stock", "sm", 201, ""},
        {"in another shop's stock", "Sm", 403, "denied"},
        {"that shop", "SM", 201, ""},
        {"in another shop's stock, with the card in hand", "SY", 403, "denied"},
        {"that shop, with the card in hand", "SK", 201, ""},
        {"in its own stock, with the card in hand", "sY", 201, ""},
        {"from the plant, with the card in hand", "Y", 201, ""},
        {"on its way to another shop, with the card in hand", "BY", 403, "denied"},
        {"in another shop's stock, the buyer with the card", "Sa", 201, ""},
        {"in a shop's stock, a service center", "Sn", 201, ""},
        {"from the plant, nobody's stock", "m", 201, ""},
        {"on its way to another shop", "Bm", 403, "denied"},
        {"on its way to it", "BM", 201, ""},
        {"on its way to nobody who is named", "Hm", 201, ""},
        {"the shop to itself before the sale, then the card", "sma", 201, ""},
    };
    struct gateway *g = *state;
    story_allow_early(g);
    for (unsigned i = 0; i < sizeof early / sizeof early[0]; i++)
        story_play(&early[i], g, i + 1);
    test_undamaged(g->worker.session);
}

/* ---- what is told ---- */

static size_t
notices_of(struct gateway *g, struct notice *out, size_t max)
{
    static const struct notice_filter filter = {NOTICE_OWNER_DISPLACED, false};
    struct cursor cursor = {""};
    size_t count = 0;
    assert_int_equal(registry_list_notices(g->worker.session, &filter, &cursor, out, max, &count),
                     ERR_OK);
    return count;
}

static void
tell(struct story *story, const char *letters)
{
    for (const char *c = letters; *c != '\0'; c++)
        assert_true(story_step(story, *c) < 300);
}

static void
the_operator_is_told(void **state)
{
    struct gateway *g = *state;
    struct story story;
    struct notice notices[3];
    story_begin(&story, g, 1);
    tell(&story, "xm");
    assert_int_equal(notices_of(g, notices, 3), 0);
    assert_int_equal(story_step(&story, 'A'), 403);
    assert_int_equal(notices_of(g, notices, 3), 0);
    tell(&story, "a");
    assert_int_equal(notices_of(g, notices, 3), 1);
    assert_string_equal(notices[0].serial, "UNIT1");
    assert_string_equal(notices[0].text,
                        "registered with the claim code; before that without it, by Shop");
    assert_int_equal(notices[0].role, ROLE_PUBLIC);
    story_begin(&story, g, 2);
    tell(&story, "xa");
    story_begin(&story, g, 3);
    tell(&story, "xmEa");
    assert_int_equal(notices_of(g, notices, 3), 1);
}

/* Once: a repeat of the request shows the same secret and tells nobody again. */
static void
a_repeat_displaces_nobody_again(void **state)
{
    struct gateway *g = *state;
    struct story story;
    struct notice notices[2];
    story_begin(&story, g, 1);
    tell(&story, "xm");
    story.idempotency_key = "once";
    assert_int_equal(story_step(&story, 'a'), 201);
    char secret[OWNER_SECRET_CHARS + 1];
    assert_true(slice_copy(secret, sizeof secret, slice_of(answer_text(g, "owner_secret"))));
    story.now += 3600;
    assert_int_equal(story_step(&story, 'a'), 201);
    assert_string_equal(answer_text(g, "owner_secret"), secret);
    assert_int_equal(notices_of(g, notices, 2), 1);
    assert_int_equal(notices[0].count, 1);
    assert_int_equal(story_unit(&story).version, 4);
}

static void
owner_and_shop_are_told(void **state)
{
    struct gateway *g = *state;
    struct story story;
    story_begin(&story, g, 1);
    tell(&story, "x");
    assert_int_equal(story_step(&story, 'm'), 201);
    assert_string_equal(answer_text(g, "without_claim_code"), "true");
    assert_int_equal(story_step(&story, 'g'), 200);
    assert_string_equal(answer_text(g, "unit/without_claim_code"), "true");
    assert_string_equal(answer_text(g, "events/0/without_claim_code"), "true");
    assert_string_equal(answer_text(g, "events/0/displaced_owner"), "");
    assert_int_equal(story_step(&story, 'a'), 201);
    assert_string_equal(answer_text(g, "without_claim_code"), "");
    assert_int_equal(story_step(&story, 'g'), 200);
    assert_string_equal(answer_text(g, "unit/without_claim_code"), "");
    assert_string_equal(answer_text(g, "events/0/without_claim_code"), "");
    assert_string_equal(answer_text(g, "events/0/displaced_owner"), "true");
    assert_string_equal(answer_text(g, "events/1/type"), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_card_wins_over_who_came_without_it, story_set_up,
                                        story_tear_down),
        cmocka_unit_test_setup_teardown(before_the_sale_only_own_stock, story_set_up,
                                        story_tear_down),
        cmocka_unit_test_setup_teardown(the_operator_is_told, story_set_up, story_tear_down),
        cmocka_unit_test_setup_teardown(a_repeat_displaces_nobody_again, story_set_up,
                                        story_tear_down),
        cmocka_unit_test_setup_teardown(owner_and_shop_are_told, story_set_up, story_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
