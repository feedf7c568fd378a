/* SPDX-License-Identifier: Apache-2.0 */
/* What honest people do, and what counterfeiters do. */
#ifndef ASSAY_TESTS_SCANS_HABITS_H
#define ASSAY_TESTS_SCANS_HABITS_H

#include "tests/scans/story.h"

struct habit {
    const char *name;
    unsigned share; /* of 100,000 honest units */
    void (*live)(struct story *story);
};
enum { HABITS = 14 };
extern const struct habit habits[HABITS];

enum source {
    FROM_BOUGHT,   /* the counterfeiter bought the unit, and the registry knows as much as usual */
    FROM_UNTOLD,   /* the same, but the shop tells nothing */
    FROM_STOCK,    /* photographed in a shop, which keeps the unit */
    FROM_SCRAPPED, /* of a unit that was taken out of use */
};

/* One label, copied. */
struct attack {
    const char *name;
    int copies;
    enum source source;
    unsigned days;        /* over which the copies are sold, evenly */
    unsigned buyers_look; /* per cent of the buyers of copies who look at all */
    bool once;            /* each of them exactly once: the least that can be seen */
    bool abroad;          /* in many countries; else in one */
    bool registers;       /* the card was copied, too, and each buyer tries its claim code */
};
void attack_live(const struct attack *attack, struct story *story);

#endif
