/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at a unit: a summary in fixed memory, and the rules by which it may be a copy. Pure;
 * the clock is an argument, and what is random is the client's hash.
 *
 * A session is one client, one unit, one day (UTC), however often: refreshing a page, or checking
 * the same watch twenty times, is one. A client is a hash of an address under a salt that is
 * thrown away every day, so that nobody can be followed from one day to the next, us included: one
 * person on two days is two clients. */
#ifndef ASSAY_RULES_SCAN_H
#define ASSAY_RULES_SCAN_H

#include "gateway/rules/unit.h"

enum {
    SCAN_EXACT = 32,        /* sessions of a day that are counted one by one */
    SCAN_COUNTRIES = 8,     /* of which a unit keeps figures; later ones are counted together */
    SCAN_SKETCH_BYTES = 32, /* of the estimate of distinct clients */
    COUNTRY_CHARS = 2
};

/* Somebody looked: the public, or an owner, at a good label. Staff are not: they look at units all
 * day; and forged labels are no unit's. */
struct sighting {
    int64_t at;                      /* Unix seconds */
    uint64_t client;                 /* salted hash of that day; 0: unknown, which counts as one */
    char country[COUNTRY_CHARS + 1]; /* ISO 3166-1 alpha-2; "" unknown */
    bool second_owner; /* nobody looked, but gave the claim code of a unit that is somebody's */
};

/* Values are stored: only append. */
enum copy_rule {
    COPY_NONE = 0,
    COPY_SESSIONS,   /* sessions: more than one thing in somebody's hands gets */
    COPY_TRAVEL,     /* days on which it was in two countries faster than anything travels */
    COPY_UNSHIPPED,  /* days on which the public scanned it before it left the factory */
    COPY_RETIRED,    /* sessions after it was taken out of use */
    COPY_TWO_OWNERS, /* days on which somebody else had the claim code, too */
    COPY_STOCK,      /* sessions while it was in a shop's stock: more than a shop window gets */
    COPY_RULES
};
_Static_assert((int)COPY_RULES == (int)COPY_LIMITS, "a limit for every rule");
const char *copy_rule_name(enum copy_rule rule); /* "sessions", …; "none" */
bool copy_rule_parse(enum copy_rule *out, struct slice s) MUST_CHECK;

/* What a unit keeps. Zeroed: nobody looked. */
struct scans {
    int64_t first_at, last_at;
    uint64_t sessions; /* see below */
    uint8_t sketch[SCAN_SKETCH_BYTES];
    civil_day day; /* of the clients below */
    uint8_t level; /* they are those of that day of which one in 2^level is kept */
    uint8_t today; /* how many there are */
    uint32_t clients[SCAN_EXACT];
    struct {
        char code[COUNTRY_CHARS + 1]; /* "" ends the list */
        uint32_t sessions;
        int64_t last_at;
    } countries[SCAN_COUNTRIES];
    uint32_t elsewhere; /* sessions in countries for which there was no room */
    /* Evidence by rule since the last clear, less what leaks away: everything is looked at now and
     * then, and what took years is no crowd. */
    uint32_t evidence[COPY_RULES];
    civil_day evidence_on[COPY_RULES]; /* when it last grew; of no meaning while it is 0 */
    civil_day leaked_on;
    int64_t cleared_at;
};

/* Adds one sighting of a unit that is as `unit` says. False when nothing changed, so that nothing
 * has to be written: the session was known, or is one that is not kept. Out of order is welcome,
 * but a day that is over has forgotten its clients, so a late session of it is not counted.
 *
 * Sessions are exact on days with up to SCAN_EXACT of them. Beyond, only clients whose hash ends in
 * `level` zero bits are kept and count 2^level each, and the level rises whenever there is no room
 * (P. B. Gibbons, "Distinct Sampling for Highly-Accurate Answers to Distinct Values Queries",
 * VLDB 2001). A client adds 2^level with probability 2^-level, and the level depends on earlier
 * clients only: unbiased. Its variance is the sum of 2^level - 1; with levels that rise at
 * 32, 64, … clients, that is at most 3/4 * n^2 / 32 at n = 4/3 of such a step: a standard error of
 * 15.3 % of that day's sessions at worst, and days add up as independent ones do. Besides clients,
 * a sighting of a known client is left out by the same rule, so a crowd costs few writes. */
bool scan_add(struct scans *scans, const struct sighting *sighting,
              const struct unit *unit) MUST_CHECK;

/* Distinct clients, estimated by the sketch (HyperLogLog, Flajolet et al. 2007, 64 registers of 4
 * bits): a standard error of 1.04 / sqrt(64) = 13 %, less below 160. */
uint64_t scan_clients(const struct scans *scans);

/* The rule that fires now, the gravest first; COPY_NONE. A unit that is suspected already, or
 * retired by whatever rule, is judged like any other: the caller knows what is new. */
enum copy_rule scan_judge(const struct scans *scans, const struct copy_limits *limits);
/* What the rule takes for this product; COPY_OFF: nothing is enough. */
uint16_t copy_limit(const struct copy_limits *limits, enum copy_rule rule);

/* The operator found that it is no copy: evidence begins anew, the figures stay. */
void scan_clear(struct scans *scans, int64_t now);

#endif
