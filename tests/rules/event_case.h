/* SPDX-License-Identifier: Apache-2.0 */
/* Units and events for the tests of the lifecycle, and what changed in a unit, in words. */
#ifndef ASSAY_TESTS_EVENT_CASE_H
#define ASSAY_TESTS_EVENT_CASE_H

#include "gateway/rules/event.h"

enum {
    CASE_AT = 1795348800, /* 2026-11-22T12:00:00Z */
    CASE_SEAL = 0x5E,
    CASE_DIFF_MAX = 2048
};

/* A unit in which every field has a value, sold by "Shop". */
struct unit case_unit(enum unit_state state, unsigned conditions);

/* "name=value name=value": owner, transfer, claim: a byte, - none; recovery, transfer_until,
 * provisional_until: seconds after CASE_AT, - none; provisional: a set of conditions; sold_on,
 * activated_on, seller: - none; unproven: yes. */
void case_set(struct unit *unit, const char *values);

/* An event of `actor` at CASE_AT, with a seal (CASE_SEAL) when it takes one; `fields` is
 * "name=value;name=value", without ';' in values. */
struct event case_event(enum event_type type, enum role role, const char *actor,
                        const char *fields);

/* Every member that differs, "name=value" in the order of struct unit, separated by blanks; absent
 * values are "-". */
void case_diff(char out[static CASE_DIFF_MAX], const struct unit *before, const struct unit *after);

#endif
