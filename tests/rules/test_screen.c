/* SPDX-License-Identifier: Apache-2.0 */
/* What a shop is told at the counter: each row is somebody who brings a unit back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "gateway/rules/screen.h"
#include "tests/rules/verdict_case.h"

#define AT(label_, state_) .label = LABEL_##label_, .role = ROLE_RETAILER, .state = UNIT_##state_
#define US "Example Shop"
#define THEM "Other Shop"

struct row {
    const char *label;
    struct verdict_case at;
    const char *seller;
    bool from_any; /* the product may come back to any shop */
    const char *answer;
};

static const struct row accepted[] = {
    {"sold here, genuine", {AT(GENUINE, SOLD)}, US, false, "accept: genuine sold_here"},
    {"sold here, any shop may", {AT(GENUINE, SOLD)}, US, true, "accept: genuine sold_here"},
    {"sold elsewhere, any shop may",
     {AT(GENUINE, SOLD)},
     THEM,
     true,
     "accept: genuine returns_from_any"},
    {"sold by somebody, any shop may",
     {AT(GENUINE, SOLD)},
     "",
     true,
     "accept: genuine returns_from_any"},
    {"its key was retired since",
     {AT(GENUINE, SOLD), .key = CASE_RETIRED},
     US,
     false,
     "accept: genuine sold_here"},
    {"its key was stolen after it was registered",
     {AT(GENUINE, SOLD), .key = CASE_REVOKED_LATER},
     US,
     false,
     "accept: genuine sold_here"},
    {"on the last day before it expires",
     {AT(GENUINE, SOLD), .expiry = CASE_FRESH},
     US,
     false,
     "accept: genuine sold_here"},
};

static const struct row refused[] = {
    {"sold by another shop", {AT(GENUINE, SOLD)}, THEM, false, "refuse: sold_elsewhere genuine"},
    {"a shop whose name begins with ours",
     {AT(GENUINE, SOLD)},
     US " 2",
     false,
     "refuse: sold_elsewhere genuine"},
    {"other letters", {AT(GENUINE, SOLD)}, "example shop", false, "refuse: sold_elsewhere genuine"},
    {"stolen",
     {AT(GENUINE, SOLD), .conditions = CONDITION_STOLEN},
     US,
     false,
     "refuse: stolen genuine sold_here"},
    {"stolen, any shop may",
     {AT(GENUINE, SOLD), .conditions = CONDITION_STOLEN},
     THEM,
     true,
     "refuse: stolen genuine returns_from_any"},
    {"stolen from the shelf",
     {AT(GENUINE, IN_STOCK), .conditions = CONDITION_STOLEN},
     "",
     false,
     "refuse: stolen not_sold genuine"},
    {"retired", {AT(GENUINE, RETIRED)}, US, true, "refuse: retired genuine"},
    {"an open return", {AT(GENUINE, RETURNED)}, US, false, "refuse: returned genuine"},
    {"an open return elsewhere", {AT(GENUINE, RETURNED)}, THEM, true, "refuse: returned genuine"},
    {"signed, never registered", {AT(GENUINE, NONE)}, "", false, "refuse: never_issued"},
    {"signed by another key than registered",
     {AT(GENUINE, SOLD), .match = CASE_OTHER_KEY},
     US,
     false,
     "refuse: never_issued sold_here"},
    {"signed by a stolen key",
     {AT(GENUINE, SOLD), .key = CASE_REVOKED_EARLIER},
     US,
     true,
     "refuse: issuer_revoked sold_here"},
    {"forged", {AT(FORGED, SOLD)}, US, false, "refuse: label_forged sold_here"},
    {"forged, of a unit that is not there", {AT(FORGED, NONE)}, "", false, "refuse: label_forged"},
    {"of somebody unknown",
     {AT(ISSUER_UNKNOWN, SOLD)},
     US,
     true,
     "refuse: issuer_unknown sold_here"},
    {"out of scope",
     {AT(ISSUER_OUT_OF_SCOPE, SOLD)},
     US,
     false,
     "refuse: issuer_out_of_scope sold_here"},
    {"malformed", {AT(MALFORMED, SOLD)}, US, true, "refuse: label_malformed"},
    {"a serial that is not there",
     {AT(NO_SIGNATURE, NONE)},
     "",
     true,
     "refuse: not_registered no_signature"},
    {"a serial, sold elsewhere",
     {AT(NO_SIGNATURE, SOLD)},
     THEM,
     false,
     "refuse: sold_elsewhere no_signature"},
    {"nobody checked the label", {AT(UNCHECKED, SOLD)}, US, true, "refuse: not_checked"},
    {"everything at once",
     {AT(GENUINE, RETURNED), .conditions = CONDITION_ALL, .recall = CASE_STOP_USE,
      .expiry = CASE_UNIT_OVER, .country = CASE_OUTSIDE},
     US,
     false,
     "refuse: stolen returned recalled copy_suspected held lost expired not_in_market genuine"},
};

static const struct row reviewed[] = {
    {"a copy is suspected",
     {AT(GENUINE, SOLD), .conditions = CONDITION_COPY_SUSPECTED},
     US,
     false,
     "review: copy_suspected genuine sold_here"},
    {"held",
     {AT(GENUINE, SOLD), .conditions = CONDITION_HELD},
     US,
     false,
     "review: held genuine sold_here"},
    {"lost",
     {AT(GENUINE, SOLD), .conditions = CONDITION_LOST},
     US,
     false,
     "review: lost genuine sold_here"},
    {"recalled",
     {AT(GENUINE, SOLD), .recall = CASE_RECALL},
     US,
     false,
     "review: recalled genuine sold_here"},
    {"recalled, stop use: take it from the customer",
     {AT(GENUINE, SOLD), .recall = CASE_STOP_USE},
     US,
     false,
     "review: recalled genuine sold_here"},
    {"its date is over",
     {AT(GENUINE, SOLD), .expiry = CASE_UNIT_OVER},
     US,
     false,
     "review: expired genuine sold_here"},
    {"another lot than registered",
     {AT(GENUINE, SOLD), .match = CASE_OTHER_LOT},
     US,
     false,
     "review: lot_mismatch sold_here"},
    {"no signature", {AT(NO_SIGNATURE, SOLD)}, US, false, "review: no_signature sold_here"},
    {"no signature, any shop may",
     {AT(NO_SIGNATURE, SOLD)},
     THEM,
     true,
     "review: no_signature returns_from_any"},
    {"nobody knows who sold it", {AT(GENUINE, SOLD)}, "", false, "review: seller_unknown genuine"},
    {"not sold: on the shelf", {AT(GENUINE, IN_STOCK)}, "", false, "review: not_sold genuine"},
    {"not sold: on its way", {AT(GENUINE, IN_TRANSIT)}, "", true, "review: not_sold genuine"},
    {"not sold: just issued", {AT(GENUINE, ISSUED)}, "", false, "review: not_sold genuine"},
    {"put back on the shelf after our sale",
     {AT(GENUINE, IN_STOCK)},
     US,
     false,
     "review: not_sold genuine"},
    {"the registry does not answer",
     {AT(GENUINE, SOLD), .registry_failed = true},
     US,
     true,
     "review: registry_unavailable"},
    {"too many questions",
     {AT(GENUINE, SOLD), .rate_limited = true},
     US,
     true,
     "review: rate_limited"},
};

static void
say(char *out, size_t size, const struct screening *s)
{
    int len = snprintf(out, size, "%s:", screen_outcome_name(s->outcome));
    for (size_t i = 0; i < s->reason_count; i++) {
        assert_true(s->reasons[i]->sentence[0] != '\0');
        len += snprintf(out + len, size - (size_t)len, " %s", s->reasons[i]->code);
    }
}

static void
screen_again(struct screening *out, struct verdict_scene *scene, bool asked, bool repeated)
{
    struct verdict verdict;
    verdict_decide(&verdict, &scene->in);
    const struct screen_input in = {.verdict = &verdict,
                                    .asked = asked,
                                    .unit = scene->in.unit,
                                    .product = scene->in.product,
                                    .organisation = US,
                                    .repeated = repeated};
    memset(out, 0xA5, sizeof *out);
    screen_decide(out, &in);
}

static void
screen(struct screening *out, struct verdict_scene *scene, bool asked)
{
    screen_again(out, scene, asked, false);
}

static void
check_rows(const struct row *rows, size_t count)
{
    static struct verdict_scene scene;
    for (size_t i = 0; i < count; i++) {
        struct screening found;
        char said[400];
        scene_start(&scene);
        scene_set(&scene, &rows[i].at);
        strcpy(scene.unit.seller, rows[i].seller);
        scene.product.returns_from_any = rows[i].from_any;
        screen(&found, &scene, true);
        say(said, sizeof said, &found);
        if (strcmp(said, rows[i].answer) != 0)
            fail_msg("%s: %s", rows[i].label, said);
    }
}

static void
taken_back(void **state)
{
    (void)state;
    check_rows(accepted, sizeof accepted / sizeof accepted[0]);
}

static void
not_taken_back(void **state)
{
    (void)state;
    check_rows(refused, sizeof refused / sizeof refused[0]);
}

static void
looked_at_by_a_person(void **state)
{
    (void)state;
    check_rows(reviewed, sizeof reviewed / sizeof reviewed[0]);
}

static void
a_serial_without_its_product(void **state)
{
    static struct verdict_scene scene;
    const struct verdict_case typed = {AT(NO_SIGNATURE, NONE)};
    struct screening found;
    char said[400];
    (void)state;
    scene_start(&scene);
    scene_set(&scene, &typed);
    screen(&found, &scene, false);
    say(said, sizeof said, &found);
    assert_string_equal(said, "review: no_signature product_needed");
}

/* Nobody sold it to nobody: two absent names are not the same shop. */
static void
without_an_organisation_or_a_product(void **state)
{
    static struct verdict_scene scene;
    const struct verdict_case sold = {AT(GENUINE, SOLD)};
    struct verdict verdict;
    struct screening found;
    char said[400];
    (void)state;
    scene_start(&scene);
    scene_set(&scene, &sold);
    verdict_decide(&verdict, &scene.in);
    const struct screen_input in = {
        .verdict = &verdict, .asked = true, .unit = &scene.unit, .organisation = ""};
    screen_decide(&found, &in);
    say(said, sizeof said, &found);
    assert_string_equal(said, "review: seller_unknown genuine");
}

/* The second of its kind in a batch is never accepted, and never better off than the first. */
static void
check_twice(struct verdict_scene *scene, const struct screening *once)
{
    struct screening twice;
    bool told = false;
    screen_again(&twice, scene, true, true);
    enum screen_outcome expected = once->outcome == SCREEN_REFUSE ? SCREEN_REFUSE : SCREEN_REVIEW;
    for (size_t i = 0; i < twice.reason_count; i++)
        told = told || strcmp(twice.reasons[i]->code, "repeated") == 0;
    assert_true(told);
    assert_int_equal(twice.outcome, expected);
    assert_int_equal(twice.reason_count, once->reason_count + 1);
    assert_true(twice.reason_count <= SCREEN_REASONS_MAX);
}

/* Over the whole product of what a verdict is made of: only a good label on a sold unit without any
 * condition is accepted, and an outcome is always explained by its first reason. */
static void
check_one(struct verdict_scene *scene, const struct verdict_case *c)
{
    struct screening found;
    scene_set(scene, c);
    screen(&found, scene, true);
    bool sound = c->label == LABEL_GENUINE && c->state == UNIT_SOLD && c->conditions == 0 &&
                 c->key != CASE_REVOKED_EARLIER && c->key != CASE_REVOKED_SAME_TIME &&
                 c->match == CASE_SAME && c->recall == CASE_NO_RECALL && c->expiry == CASE_FRESH;
    assert_true(found.reason_count > 0 && found.reason_count <= SCREEN_REASONS_MAX);
    assert_int_equal(found.outcome == SCREEN_ACCEPT, sound);
    if (found.outcome != SCREEN_ACCEPT)
        assert_int_equal(found.reasons[0]->outcome, found.outcome);
    check_twice(scene, &found);
}

static void
nothing_else_is_accepted(void **state)
{
    static struct verdict_scene scene;
    enum { LABELS = LABEL_RESULT_COUNT, STATES = UNIT_STATE_COUNT, SETS = CONDITION_ALL + 1 };
    enum {
        ALL = LABELS * STATES * SETS * CASE_KEY_COUNT * CASE_MATCH_COUNT * CASE_RECALL_COUNT *
              CASE_EXPIRY_COUNT
    };
    (void)state;
    scene_start(&scene);
    strcpy(scene.unit.seller, US);
    for (unsigned n = 0; n < ALL; n++) {
        unsigned rest = n;
        struct verdict_case c = {.role = ROLE_RETAILER};
        c.label = (enum label_result)(rest % LABELS);
        rest /= LABELS;
        c.state = (enum unit_state)(rest % STATES);
        rest /= STATES;
        c.conditions = rest % SETS;
        rest /= SETS;
        c.key = (enum case_key)(rest % CASE_KEY_COUNT);
        rest /= CASE_KEY_COUNT;
        c.match = (enum case_match)(rest % CASE_MATCH_COUNT);
        rest /= CASE_MATCH_COUNT;
        c.recall = (enum case_recall)(rest % CASE_RECALL_COUNT);
        c.expiry = (enum case_expiry)(rest / CASE_RECALL_COUNT);
        check_one(&scene, &c);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taken_back),
        cmocka_unit_test(not_taken_back),
        cmocka_unit_test(looked_at_by_a_person),
        cmocka_unit_test(a_serial_without_its_product),
        cmocka_unit_test(without_an_organisation_or_a_product),
        cmocka_unit_test(nothing_else_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
