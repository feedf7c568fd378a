/* SPDX-License-Identifier: Apache-2.0 */
/* Honest units and copied labels by the thousand, under one set of limits. Same seed, same result.
 */
#ifndef ASSAY_TESTS_SCANS_SIMULATE_H
#define ASSAY_TESTS_SCANS_SIMULATE_H

#include "tests/scans/habits.h"

enum { ATTACKS = 15, IN_TIME = 5 };
extern const struct attack attacks[ATTACKS];

/* Those by which the limits are judged: 50 copies, of any unit but one in a shop's stock. There,
 * copies are strangers at a shop window, but for their number. */
bool attack_judged(const struct attack *attack);

struct setting {
    uint64_t seed;
    unsigned days;
    unsigned units;  /* honest ones */
    unsigned trials; /* of each attack */
    struct copy_limits limits;
};

struct habit_result {
    unsigned units, looked_at, suspected;
    unsigned by[COPY_RULES];
};
void simulate_habits(const struct setting *setting, struct habit_result out[static HABITS]);

struct attack_result {
    unsigned suspected;
    /* At most IN_TIME sessions after every copy had been looked at once, or before that; where not
     * every buyer looks: suspected at all. */
    unsigned in_time;
    unsigned by[COPY_RULES];
    size_t median, p95; /* sessions until the alarm, of those suspected */
};
void simulate_attack(const struct setting *setting, const struct attack *attack,
                     struct attack_result *out);

#endif
