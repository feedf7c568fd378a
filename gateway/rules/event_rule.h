/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the rules: the table of who may do what from which state to which, and what an event
 * does to a unit beyond its state and conditions. */
#ifndef ASSAY_RULES_EVENT_RULE_H
#define ASSAY_RULES_EVENT_RULE_H

#include "gateway/rules/event.h"

enum { GRANTS_MAX = 3 };

enum effect {
    EFFECT_NONE = 0,
    EFFECT_SHIP,
    EFFECT_SELL,
    EFFECT_RESTOCK,
    EFFECT_REPORT,
    EFFECT_RECOVER,
    EFFECT_ACTIVATE,
    EFFECT_OFFER,
    EFFECT_TRANSFER,
    EFFECT_LOSE_SECRET,
    EFFECT_GIVE_WAY, /* the unit is replaced */
    EFFECT_INHERIT,  /* the unit replaces another */
    EFFECT_CONFIRM,
    EFFECT_DISMISS,
    EFFECT_ADJUST,
    EFFECT_END_OWNERSHIP,
    EFFECT_COUNT
};

enum seal_rule { SEAL_NONE = 0, SEAL_OPTIONAL, SEAL_REQUIRED };

struct rule {
    struct {
        unsigned roles, from; /* these roles, from these states */
    } grants[GRANTS_MAX];
    enum unit_state to; /* UNIT_NONE: stays */
    unsigned lacks;     /* conditions none of which may be set */
    unsigned has;       /* conditions one of which has to be set; 0: whatever */
    unsigned sets, clears;
    unsigned required, optional; /* fields */
    unsigned keeps;              /* fields that become the unit's own */
    unsigned if_allowed;         /* states from which it takes the product's leave */
    unsigned only_seller;        /* roles that have to be the one who sold it */
    unsigned only_own;           /* roles that may end only what they began: event.ends_own */
    enum seal_rule seal;
    enum effect effect;
};

/* Never NULL. A rule without grants changes no unit. */
const struct rule *rule_of(const struct event *event);
/* The states from which the role may do this; 0: it may not at all. */
unsigned rule_states_for(const struct rule *rule, enum role role);

/* Does the unit allow this effect? ERR_CONFLICT. */
enum err effect_check(enum effect effect, const struct unit *unit, const struct event *event,
                      struct fault *fault) MUST_CHECK;
/* Changes the unit, whose state and conditions are those of after the event already. */
void effect_take(enum effect effect, struct unit *unit, const struct event *event);

/* As those two, for EFFECT_ADJUST. */
enum err adjust_check(const struct unit *unit, const struct event *event,
                      struct fault *fault) MUST_CHECK;
void adjust_take(struct unit *unit, const struct event *event);

/* As event_apply, and for REPLACE and UNDO too: of an UNDO it checks all but what the last event
 * was, and leaves the unit as it is. */
enum err event_apply_any(struct unit *after, const struct unit *before, const struct event *event,
                         struct fault *fault) MUST_CHECK;

#endif
