/* SPDX-License-Identifier: Apache-2.0 */
/* The two figures by which the default limits are judged, on a part of the full simulation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "tests/scans/simulate.h"

static const struct setting setting = {.seed = 7, .days = 60, .units = 20000, .trials = 100};

static void
fifty_copies_are_noticed_in_time(void **state)
{
    unsigned judged = 0;
    (void)state;
    for (size_t i = 0; i < ATTACKS; i++) {
        struct attack_result result;
        if (!attack_judged(&attacks[i]))
            continue;
        judged++;
        simulate_attack(&setting, &attacks[i], &result);
        if (result.in_time * 100 < setting.trials * 95)
            fail_msg("%s: in time in %u of %u", attacks[i].name, result.in_time, setting.trials);
    }
    assert_int_equal(judged, 8);
}

static void
honest_people_are_left_alone(void **state)
{
    struct habit_result results[HABITS];
    unsigned units = 0, suspected = 0;
    (void)state;
    simulate_habits(&setting, results);
    for (size_t i = 0; i < HABITS; i++) {
        units += results[i].units;
        suspected += results[i].suspected;
        assert_true(results[i].units > 0 || habits[i].share < 10);
    }
    assert_int_equal(units, setting.units);
    if (suspected * 10000 > units * 5)
        fail_msg("%u of %u honest units suspected", suspected, units);
}

/* So that neither figure can be had by a rule that always or never fires. */
static void
limits_matter(void **state)
{
    struct setting strict = setting, blind = setting;
    struct habit_result results[HABITS];
    struct attack_result result;
    unsigned suspected = 0;
    (void)state;
    for (unsigned rule = COPY_NONE + 1; rule < COPY_RULES; rule++) {
        strict.limits.at[rule] = 1;
        blind.limits.at[rule] = COPY_OFF;
    }
    simulate_habits(&strict, results);
    for (size_t i = 0; i < HABITS; i++)
        suspected += results[i].suspected;
    assert_true(suspected > setting.units / 10);
    simulate_attack(&blind, &attacks[3], &result);
    assert_int_equal(result.suspected, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fifty_copies_are_noticed_in_time),
        cmocka_unit_test(honest_people_are_left_alone),
        cmocka_unit_test(limits_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
