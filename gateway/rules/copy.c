/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/scan.h"

static const char *const names[COPY_RULES] = {
    [COPY_NONE] = "none",           [COPY_SESSIONS] = "sessions", [COPY_TRAVEL] = "travel",
    [COPY_UNSHIPPED] = "unshipped", [COPY_RETIRED] = "retired",   [COPY_TWO_OWNERS] = "two_owners",
    [COPY_STOCK] = "stock",
};

/* Found with the simulator (tests/scans): each is the smallest round number that keeps its distance
 * from what honest people do, and 50 copies that are each looked at once pass it. Unshipped is off:
 * a brand that records no shipments would suspect its buyers. */
static const struct copy_limits defaults = {{
    [COPY_SESSIONS] = 40,
    [COPY_TRAVEL] = 5,
    [COPY_UNSHIPPED] = COPY_OFF,
    [COPY_RETIRED] = 12,
    [COPY_TWO_OWNERS] = 3,
    [COPY_STOCK] = 300,
}};

/* Gravest first: what a copy alone can explain before what a crowd does. */
static const enum copy_rule order[] = {COPY_TWO_OWNERS, COPY_UNSHIPPED, COPY_RETIRED,
                                       COPY_TRAVEL,     COPY_SESSIONS,  COPY_STOCK};

const char *
copy_rule_name(enum copy_rule rule)
{
    return names[(unsigned)rule < COPY_RULES ? (unsigned)rule : COPY_NONE];
}

bool
copy_rule_parse(enum copy_rule *out, struct slice s)
{
    unsigned found = COPY_NONE;
    for (unsigned rule = COPY_NONE + 1; rule < COPY_RULES; rule++)
        if (slice_equal(s, names[rule]))
            found = rule;
    *out = (enum copy_rule)found;
    return found != COPY_NONE;
}

uint16_t
copy_limit(const struct copy_limits *limits, enum copy_rule rule)
{
    if ((unsigned)rule >= COPY_RULES || rule == COPY_NONE)
        return COPY_OFF;
    return limits->at[rule] != 0 ? limits->at[rule] : defaults.at[rule];
}

enum copy_rule
scan_judge(const struct scans *scans, const struct copy_limits *limits)
{
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        uint16_t limit = copy_limit(limits, order[i]);
        if (limit != COPY_OFF && scans->evidence[order[i]] >= limit)
            return order[i];
    }
    return COPY_NONE;
}
