/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at one label, when and from where: made up by seeded draws, then told to the rules. */
#ifndef ASSAY_TESTS_SCANS_STORY_H
#define ASSAY_TESTS_SCANS_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/rules/scan.h"

/* SplitMix64. */
uint64_t draw(uint64_t *seed);
unsigned draw_in(uint64_t *seed, unsigned least, unsigned most); /* both included */
bool draw_chance(uint64_t *seed, unsigned percent);
double draw_normal(uint64_t *seed);

/* What the shop tells the registry of the unit. */
enum records {
    RECORDS_ALL,     /* received, and sold when it was, or some days late */
    RECORDS_SHIPPED, /* the shop tells nothing */
    RECORDS_NOTHING  /* nor does the brand: the unit is `issued` for ever */
};

struct look {
    struct sighting sighting;
    enum unit_state state; /* of the unit as the registry knew it */
    int copy;              /* whose holder looks: 0 the genuine one, 1, 2, … a copy */
};

struct story {
    uint64_t *seed;
    unsigned days;
    enum records records;
    unsigned sold_on, sale_told_on, retired_on; /* days from the start; >= days: not within it */
    const char *country;                        /* of the attack */
    struct look *looks;
    size_t count, room;
};

enum { STORY_START = 20454 }; /* 2026-01-01, a day number */

/* Where the people of the stories live, by how many; and where attackers sell. */
const char *home_country(uint64_t *seed);
const char *far_country(uint64_t *seed);

/* One look at a moment of that day between 7 and 23 h. Days beyond the end are left out. */
void story_look(struct story *story, unsigned day, uint64_t client, const char *country, int copy);
/* Somebody gives the claim code of the unit, which is registered already. */
void story_claim(struct story *story, unsigned day);
/* An address that is this person's on this day. */
uint64_t story_client(uint64_t person, unsigned day);
void story_forget(struct story *story);

/* Told in the order of time until a rule fires. */
struct outcome {
    enum copy_rule rule; /* COPY_NONE: never suspected */
    size_t sessions;     /* different clients of a day, until then */
    size_t after_all;    /* of them after every copy had been looked at once; 0: before that */
    bool all_seen;       /* every copy was looked at before the alarm, or before the end */
};
void story_tell(struct story *story, const struct copy_limits *limits, int copies,
                struct outcome *out);

#endif
