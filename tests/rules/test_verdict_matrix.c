/* SPDX-License-Identifier: Apache-2.0 */
/* Every combination of the verdict's inputs against a second statement of the rules: one predicate
 * a reason, each true or false on its own, where the source adds reasons up step by step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/rules/verdict_case.h"

typedef bool predicate(const struct verdict_case *c);

static bool
answered(const struct verdict_case *c)
{
    return !c->registry_failed && !c->rate_limited;
}

static bool
staff(const struct verdict_case *c)
{
    return c->role == ROLE_SERVICE || c->role == ROLE_RETAILER || c->role == ROLE_ISSUER ||
           c->role == ROLE_OPERATOR || c->role == ROLE_AUDITOR || c->role == ROLE_ADMIN;
}

static bool
registered(const struct verdict_case *c)
{
    return c->state != UNIT_NONE;
}

static bool
revoked(const struct verdict_case *c)
{
    return c->key == CASE_REVOKED_LATER || c->key == CASE_REVOKED_SAME_TIME ||
           c->key == CASE_REVOKED_EARLIER;
}

static bool
good_signature(const struct verdict_case *c)
{
    return answered(c) && c->label == LABEL_GENUINE;
}

static bool
is_registry_unavailable(const struct verdict_case *c)
{
    return c->registry_failed;
}

static bool
is_rate_limited(const struct verdict_case *c)
{
    return c->rate_limited && !c->registry_failed;
}

static bool
is_malformed(const struct verdict_case *c)
{
    return answered(c) && c->label == LABEL_MALFORMED;
}

static bool
is_forged(const struct verdict_case *c)
{
    return answered(c) && c->label == LABEL_FORGED;
}

static bool
is_issuer_unknown(const struct verdict_case *c)
{
    return answered(c) && c->label == LABEL_ISSUER_UNKNOWN;
}

static bool
is_out_of_scope(const struct verdict_case *c)
{
    return answered(c) && c->label == LABEL_ISSUER_OUT_OF_SCOPE;
}

static bool
is_genuine(const struct verdict_case *c)
{
    return good_signature(c) && registered(c) && c->match == CASE_SAME &&
           (!revoked(c) || c->key == CASE_REVOKED_LATER);
}

static bool
is_issuer_revoked(const struct verdict_case *c)
{
    return good_signature(c) && revoked(c) && !is_genuine(c);
}

static bool
is_never_issued(const struct verdict_case *c)
{
    return good_signature(c) && !revoked(c) && (!registered(c) || c->match == CASE_OTHER_KEY);
}

/* Signed by a trusted key, the registered one, but for another lot. */
static bool
is_twin(const struct verdict_case *c)
{
    return good_signature(c) && !revoked(c) && registered(c) && c->match == CASE_OTHER_LOT;
}

static bool
visible(const struct verdict_case *c)
{
    if (!answered(c) || !registered(c) || c->label == LABEL_UNCHECKED ||
        c->label == LABEL_MALFORMED)
        return false;
    return staff(c) || is_genuine(c) || is_twin(c);
}

static bool
is_stolen(const struct verdict_case *c)
{
    return visible(c) && (c->conditions & 1) != 0;
}

static bool
is_lost(const struct verdict_case *c)
{
    return visible(c) && (c->conditions & 2) != 0;
}

static bool
is_held(const struct verdict_case *c)
{
    return visible(c) && (c->conditions & 4) != 0;
}

static bool
is_copy_suspected(const struct verdict_case *c)
{
    return visible(c) && (c->conditions & 8) != 0;
}

static bool
is_retired(const struct verdict_case *c)
{
    return visible(c) && c->state == UNIT_RETIRED;
}

static bool
is_returned(const struct verdict_case *c)
{
    return visible(c) && c->state == UNIT_RETURNED;
}

static bool
is_stop_use(const struct verdict_case *c)
{
    return visible(c) && c->recall == CASE_STOP_USE;
}

static bool
is_recalled(const struct verdict_case *c)
{
    return visible(c) && c->recall == CASE_RECALL;
}

static bool
is_expired(const struct verdict_case *c)
{
    return visible(c) && c->expiry != CASE_FRESH;
}

static bool
is_lot_mismatch(const struct verdict_case *c)
{
    return visible(c) && c->match == CASE_OTHER_LOT;
}

static bool
is_not_in_market(const struct verdict_case *c)
{
    return visible(c) && c->country == CASE_OUTSIDE;
}

static bool
is_signature_needed(const struct verdict_case *c)
{
    return answered(c) && c->label == LABEL_NO_SIGNATURE && !staff(c);
}

static bool
is_no_signature(const struct verdict_case *c)
{
    return answered(c) && c->label == LABEL_NO_SIGNATURE && staff(c);
}

/* In the order of design section 4, with the class it gives: U, B, C or O. */
static const struct {
    predicate *applies;
    enum reason reason;
    char class;
} oracle[REASON_COUNT] = {
    {is_registry_unavailable, REASON_REGISTRY_UNAVAILABLE, 'U'},
    {is_rate_limited, REASON_RATE_LIMITED, 'U'},
    {is_malformed, REASON_LABEL_MALFORMED, 'B'},
    {is_forged, REASON_LABEL_FORGED, 'B'},
    {is_issuer_unknown, REASON_ISSUER_UNKNOWN, 'B'},
    {is_issuer_revoked, REASON_ISSUER_REVOKED, 'B'},
    {is_out_of_scope, REASON_ISSUER_OUT_OF_SCOPE, 'B'},
    {is_never_issued, REASON_NEVER_ISSUED, 'B'},
    {is_stolen, REASON_STOLEN, 'B'},
    {is_retired, REASON_RETIRED, 'B'},
    {is_stop_use, REASON_RECALLED_STOP_USE, 'B'},
    {is_recalled, REASON_RECALLED, 'C'},
    {is_copy_suspected, REASON_COPY_SUSPECTED, 'C'},
    {is_held, REASON_HELD, 'C'},
    {is_lost, REASON_LOST, 'C'},
    {is_expired, REASON_EXPIRED, 'C'},
    {is_lot_mismatch, REASON_LOT_MISMATCH, 'C'},
    {is_not_in_market, REASON_NOT_IN_MARKET, 'C'},
    {is_returned, REASON_RETURNED, 'C'},
    {is_signature_needed, REASON_SIGNATURE_NEEDED, 'U'},
    {is_no_signature, REASON_NO_SIGNATURE, 'C'},
    {is_genuine, REASON_GENUINE, 'O'},
};

static enum verdict_class
expected_class(bool unchecked, bool bad, bool caution, bool ok)
{
    if (unchecked || !(bad || caution || ok))
        return VERDICT_UNCHECKED;
    if (bad)
        return VERDICT_BAD;
    return caution ? VERDICT_CAUTION : VERDICT_OK;
}

/* Reasons, their order and the class. */
static bool
reasons_agree(const struct verdict *v, const struct verdict_case *c)
{
    size_t n = 0;
    bool seen[128] = {false};
    for (size_t r = 0; r < REASON_COUNT; r++) {
        if (!oracle[r].applies(c))
            continue;
        if (n >= v->reason_count || v->reasons[n] != oracle[r].reason)
            return false;
        seen[(unsigned char)oracle[r].class] = true;
        n++;
    }
    return n == v->reason_count &&
           v->class == expected_class(seen['U'], seen['B'], seen['C'], seen['O']);
}

static bool
rest_agrees(const struct verdict *v, const struct verdict_case *c,
            const struct verdict_scene *scene)
{
    const struct recall *recall = c->recall == CASE_NO_RECALL ? NULL : &scene->recalls[c->recall];
    return v->shows_unit == visible(c) && v->recall == (visible(c) ? recall : NULL) &&
           v->has_warranty == visible(c) && v->warranty.count == (visible(c) ? 1U : 0U);
}

/* What must hold whatever the rules are. */
static bool
safe(const struct verdict *v, const struct verdict_case *c)
{
    bool genuine = verdict_has(v, REASON_GENUINE);
    if (c->label != LABEL_GENUINE &&
        (v->class == VERDICT_OK || genuine || verdict_has(v, REASON_NEVER_ISSUED)))
        return false;
    if (v->class == VERDICT_OK && (!genuine || v->reason_count != 1 || !registered(c)))
        return false;
    return c->label == LABEL_GENUINE || staff(c) || !v->shows_unit;
}

static void
check(struct verdict_scene *scene, const struct verdict_case *c)
{
    struct verdict v;
    memset(&v, 0xA5, sizeof v);
    scene_set(scene, c);
    verdict_decide(&v, &scene->in);
    if (reasons_agree(&v, c) && rest_agrees(&v, c, scene) && safe(&v, c))
        return;
    fail_msg("label %d role %d state %d conditions %u key %d match %d recall %d expiry %d country "
             "%d failed %d limited %d: class %d, %zu reasons, first %d",
             (int)c->label, (int)c->role, (int)c->state, c->conditions, (int)c->key, (int)c->match,
             (int)c->recall, (int)c->expiry, (int)c->country, c->registry_failed, c->rate_limited,
             (int)v.class, v.reason_count, (int)v.reasons[0]);
}

static const enum role roles[] = {
    (enum role)0,  ROLE_PUBLIC,
    ROLE_OWNER,    ROLE_SERVICE,
    ROLE_RETAILER, ROLE_ISSUER,
    ROLE_OPERATOR, ROLE_AUDITOR,
    ROLE_ADMIN,    (enum role)(ROLE_PUBLIC | ROLE_OPERATOR),
};

/* The axes of the cross product, by the number of their values. */
enum axis { ROLE, UNIT, KEY, MATCH, RECALL, EXPIRY, COUNTRY, CALM, LABEL, AXES };
static const unsigned axis_sizes[AXES] = {
    [LABEL] = LABEL_RESULT_COUNT,   [ROLE] = sizeof roles / sizeof roles[0],
    [UNIT] = 1 + 16 * UNIT_RETIRED, /* absent, or a state with a set of conditions */
    [KEY] = CASE_KEY_COUNT,         [MATCH] = CASE_MATCH_COUNT,
    [RECALL] = CASE_RECALL_COUNT,   [EXPIRY] = CASE_EXPIRY_COUNT,
    [COUNTRY] = CASE_COUNTRY_COUNT, [CALM] = 4, /* registry failed or not, rate limited or not */
};

static struct verdict_case
case_at(const unsigned at[static AXES])
{
    unsigned unit = at[UNIT] == 0 ? 0 : at[UNIT] - 1;
    return (struct verdict_case){
        .label = (enum label_result)at[LABEL],
        .role = roles[at[ROLE]],
        .state = at[UNIT] == 0 ? UNIT_NONE : (enum unit_state)(UNIT_ISSUED + unit / 16),
        .conditions = unit % 16,
        .key = (enum case_key)at[KEY],
        .match = (enum case_match)at[MATCH],
        .recall = (enum case_recall)at[RECALL],
        .expiry = (enum case_expiry)at[EXPIRY],
        .country = (enum case_country)at[COUNTRY],
        .registry_failed = (at[CALM] & 1) != 0,
        .rate_limited = (at[CALM] & 2) != 0,
    };
}

/* Counts like an odometer whose slowest wheel is the label; false after the last. The key matters
 * only under a good signature. */
static bool
next_point(unsigned at[static AXES])
{
    for (size_t axis = 0; axis < AXES; axis++) {
        bool pointless = axis == KEY && at[LABEL] != LABEL_GENUINE;
        if (!pointless && ++at[axis] < axis_sizes[axis])
            return true;
        at[axis] = 0;
    }
    return false;
}

static void
every_combination(void **state)
{
    (void)state;
    static struct verdict_scene scene;
    scene_start(&scene);
    unsigned at[AXES] = {0};
    size_t points = 0;
    do {
        struct verdict_case c = case_at(at);
        check(&scene, &c);
        points++;
    } while (next_point(at));
    /* 10 roles, 97 units, 3 x 3 x 3 x 3 matches, recalls, expiries and countries, 2 x 2 failures;
     * six labels, and a seventh under five keys. */
    assert_int_equal(points, 10 * 97 * 81 * 4 * (6 + 5));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_combination)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
