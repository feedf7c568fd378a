/* SPDX-License-Identifier: Apache-2.0 */
/* Events that need more than one record: replaying a history, taking back the last event, and
 * replacing one unit by another. Pure. */
#ifndef ASSAY_RULES_HISTORY_H
#define ASSAY_RULES_HISTORY_H

#include "gateway/rules/event.h"

/* The unit as its commission left it, version 1. The claim code, which a restock, a transfer or the
 * end of an ownership destroys, is as it is now: no event but the undoing of a restock or of such
 * an end sets it, and what is undone carries it. So no rule may ask whether there is a claim code.
 */
void unit_rewind(struct unit *out, const struct unit *record);

/* A history, applied event by event; the members are for history.c but `now`, the unit so far.
 * `now.version` counts: the commission is 1, and the event that makes it N has the number N. */
struct replay {
    struct unit now, before; /* `before` the last event */
    struct {
        enum event_type type; /* EVENT_NONE: nothing can be undone */
        int64_t at;
        char actor[ORGANISATION_MAX + 1];
        uint8_t seal[SEAL_BYTES];
    } last;
};
void replay_begin(struct replay *replay, const struct unit *commissioned);
/* As event_apply, and also for REPLACE and UNDO. After an error the replay is as it was before. */
enum err replay_step(struct replay *replay, const struct event *event,
                     struct fault *fault) MUST_CHECK;

/* The same at once: `events` are all that followed the commission, oldest first. The fault begins
 * with "event N: ", and `out` is written on ERR_OK only. */
enum err event_replay(struct unit *out, const struct unit *commissioned, const struct event *events,
                      size_t count, struct fault *fault) MUST_CHECK;

struct undoing {
    const struct unit *now;       /* the record */
    const struct unit *before;    /* the replay of the history without its last event */
    const struct event *last;     /* that event, number now->version; NULL: there is none */
    const struct event *undo;     /* its field `undoes` is that number */
    const struct lot *lot;        /* of the unit; NULL: no record */
    const struct recall *recalls; /* of the product */
    size_t recall_count;
};

/* `after` is `before` with the version of `now`. ERR_DENIED: not the organisation that made the
 * last event; an actor without a name made nothing. ERR_INVALID as event_apply. ERR_CONFLICT: the
 * unit is recalled, expired, stolen or retired; the last event is older than UNDO_SECONDS, is not
 * the one that `undoes` names, is the commission, a replacement or an undo. */
enum err event_undo(struct unit *after, const struct undoing *in, struct fault *fault) MUST_CHECK;

/* A claim with the faulty and the replacement serial. */
struct replacement {
    const struct unit *old_unit, *new_unit; /* as they are; not the same one */
    const struct product *old_product, *new_product;
    const struct event *event; /* REPLACE: who, when, why; without the fields other_* */
};

/* What one transaction has to hold: both units as they are after, same versions, and the event of
 * each, which names the other unit. */
struct replaced {
    struct unit old_unit, new_unit;
    struct event old_event, new_event;
};

/* The old unit is retired; the new one is sold in its place: sale, activation, seller, sales order
 * and owner are inherited, and each entitlement of the old one as it stands, as an adjustment. An
 * owner who came without the claim code gives way to who has the card of the new unit, if it has
 * one. Errors as event_apply, for the old unit before the new one. ERR_CONFLICT also when the new
 * product lacks the entitlement by which the old unit is covered that day: the term would be lost.
 */
enum err event_replace(struct replaced *out, const struct replacement *in,
                       struct fault *fault) MUST_CHECK;

#endif
