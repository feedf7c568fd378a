/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at a unit: a summary in fixed memory, and the rules by which it may be a copy. Pure;
 * clock and randomness are arguments.
 *
 * A session is one client, one unit, one day (UTC), however often: refreshing a page, or checking
 * the same watch twenty times, is one. A client is a hash of an address under a salt that is
 * thrown away every day, so that nobody can be followed from one day to the next, us included. */
#ifndef ASSAY_RULES_SCAN_H
#define ASSAY_RULES_SCAN_H

#include "gateway/rules/unit.h"

enum {
    SCAN_EXACT = 8,         /* sessions that are counted one by one, in all and of a day */
    SCAN_COUNTRIES = 8,     /* of which a unit keeps figures; later ones are counted together */
    SCAN_SKETCH_BYTES = 32, /* of the estimate of distinct clients */
    COUNTRY_CHARS = 2
};

/* Somebody looked. Only good labels and typed serials of staff count; forged ones are no unit's. */
struct sighting {
    int64_t at;                      /* Unix seconds */
    uint64_t client;                 /* salted hash of that day; 0: unknown, which counts as one */
    char country[COUNTRY_CHARS + 1]; /* ISO 3166-1 alpha-2; "" unknown */
};

/* Values are stored: only append. */
enum copy_rule {
    COPY_NONE = 0,
    COPY_SESSIONS,   /* more sessions than one thing gets */
    COPY_TRAVEL,     /* seen in two countries faster than anything travels */
    COPY_UNSHIPPED,  /* scanned by the public before it left the factory */
    COPY_RETIRED,    /* scanned after it was taken out of use */
    COPY_TWO_OWNERS, /* somebody else had the claim code, too */
    COPY_RULES
};
const char *copy_rule_name(enum copy_rule rule); /* "sessions", …; "none" */
bool copy_rule_parse(enum copy_rule *out, struct slice s) MUST_CHECK;

/* How much it takes for each rule, per product. 0 is the default of copy_defaults; COPY_OFF: never.
 */
enum { COPY_OFF = 65535 };
struct copy_limits {
    uint16_t at[COPY_RULES]; /* at[COPY_NONE] is 0 */
};
extern const struct copy_limits copy_defaults;

/* What a unit keeps. Zeroed: nobody looked. */
struct scans {
    int64_t first_at, last_at;
    uint64_t sessions; /* exact up to SCAN_EXACT, then an unbiased estimate */
    uint8_t sketch[SCAN_SKETCH_BYTES];
    civil_day day; /* of the clients below */
    uint8_t today; /* how many */
    uint32_t clients[SCAN_EXACT];
    struct {
        char code[COUNTRY_CHARS + 1]; /* "" ends the list */
        uint32_t sessions;
        int64_t last_at;
    } countries[SCAN_COUNTRIES];
    uint32_t elsewhere; /* sessions in countries for which there was no room */
    /* Evidence since the last clear, by rule; what COPY_SESSIONS counts is in it too. */
    uint32_t evidence[COPY_RULES];
    int64_t cleared_at;
};

/* Adds one sighting of a unit that is as `unit` says. `random` is uniform. False when nothing
 * changed, so that nothing has to be written: the session was known, or the draw left it out. A
 * sighting that is older than the last one is welcome. */
bool scan_add(struct scans *scans, const struct sighting *sighting, const struct unit *unit,
              uint64_t random) MUST_CHECK;

/* Distinct clients, estimated; the standard error is in scan.c. */
uint64_t scan_clients(const struct scans *scans);

/* The rule that fires now, the gravest first; COPY_NONE. A unit that is suspected already, or
 * retired by whatever rule, is judged like any other: the caller knows what is new. */
enum copy_rule scan_judge(const struct scans *scans, const struct copy_limits *limits);

/* The operator found that it is no copy: evidence begins anew, the figures stay. */
void scan_clear(struct scans *scans, int64_t now);

#endif
