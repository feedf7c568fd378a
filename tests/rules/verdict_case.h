/* SPDX-License-Identifier: Apache-2.0 */
/* One point of the verdict's table, said in words, and the input that means it. */
#ifndef ASSAY_TESTS_VERDICT_CASE_H
#define ASSAY_TESTS_VERDICT_CASE_H

#include "gateway/rules/verdict.h"

/* The key whose signature is on the label. Registered is the second of the unit's registration. */
enum case_key {
    CASE_ACTIVE,
    CASE_RETIRED,
    CASE_REVOKED_LATER,     /* compromised one second after the unit was registered */
    CASE_REVOKED_SAME_TIME, /* compromised in that second */
    CASE_REVOKED_EARLIER,
    CASE_KEY_COUNT
};
/* How the label compares with the one that was registered. */
enum case_match { CASE_SAME, CASE_OTHER_LOT, CASE_OTHER_KEY, CASE_MATCH_COUNT };
enum case_recall { CASE_NO_RECALL, CASE_RECALL, CASE_STOP_USE, CASE_RECALL_COUNT };
/* Whose expiry date is over. When none is, the unit's is today and the lot's was long ago. */
enum case_expiry { CASE_FRESH, CASE_UNIT_OVER, CASE_LOT_OVER, CASE_EXPIRY_COUNT };
enum case_country { CASE_UNKNOWN, CASE_INSIDE, CASE_OUTSIDE, CASE_COUNTRY_COUNT };

struct verdict_case {
    enum label_result label;
    enum role role;
    enum unit_state state; /* UNIT_NONE: not registered */
    unsigned conditions;
    enum case_key key;
    enum case_match match;
    enum case_recall recall;
    enum case_expiry expiry;
    enum case_country country;
    bool registry_failed, rate_limited;
};

/* Everything the input points to. It must not be moved once it is set. */
struct verdict_scene {
    struct verdict_input in;
    struct keyset_entry signer;
    struct reading reading;
    struct unit unit;
    struct product product;
    struct lot lot;
    struct recall recalls[3]; /* one that does not cover the unit, a plain one, a stop-use one */
};

/* A unit of a product with one entitlement, at SCENE_NOW; then scene_set as often as wanted. */
void scene_start(struct verdict_scene *scene);
void scene_set(struct verdict_scene *scene, const struct verdict_case *c);
/* The verdict, into memory that held something else. */
struct verdict scene_decide(const struct verdict_scene *scene);

/* A genuine label of a sold unit, asked for by the public. */
extern const struct verdict_case case_good;
/* The scene with `c` set, for a test to change; the same one each time. */
struct verdict_scene *scene_of(const struct verdict_case *c);

enum {
    SCENE_NOW = 1795348800,        /* 2026-11-22T12:00:00Z, by `date -u` */
    SCENE_TODAY = 20779,           /* 2026-11-22, by Python's datetime */
    SCENE_REGISTERED = 1767225600, /* 2026-01-01T00:00:00Z */
    SCENE_SOLD = 20574             /* 2026-05-01 */
};

#endif
