/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/history.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/rules/event_field.h"
#include "gateway/rules/event_rule.h"

void
unit_rewind(struct unit *out, const struct unit *record)
{
    struct unit unit = {.id = record->id,
                        .version = 1,
                        .state = UNIT_ISSUED,
                        .registered_at = record->registered_at,
                        .made_on = record->made_on,
                        .expires_on = record->expires_on,
                        .shipped_on = CIVIL_NONE,
                        .sold_on = CIVIL_NONE,
                        .activated_on = CIVIL_NONE};
    memcpy(unit.kid, record->kid, sizeof unit.kid);
    memcpy(unit.seal, record->seal, sizeof unit.seal);
    memcpy(unit.claim, record->claim, sizeof unit.claim);
    *out = unit;
}

/* ---- undo ---- */

/* The event that is to be taken back. */
struct last {
    enum event_type type;
    int64_t at;
    const char *actor;
    const uint8_t *seal;
};

/* Whether `undo` may take back what came last before the unit's version `version`. */
static enum err
check_undo(const struct last *last, uint64_t version, const struct event *undo, struct fault *fault)
{
    uint64_t undoes = 0;
    if (last->type == EVENT_NONE)
        return fault_set(fault, ERR_CONFLICT, "undo: there is no event to take back");
    if (last->type == EVENT_UNDO || last->type == EVENT_REPLACE)
        return fault_set(fault, ERR_CONFLICT, "undo: %s is never taken back",
                         event_type_name(last->type));
    if (!slice_number(&undoes, slice_of(event_value(undo, FIELD_UNDOES)), 0, UINT32_MAX) ||
        undoes != version)
        return fault_set(fault, ERR_CONFLICT, "undo: event %llu is not the last one, which is %llu",
                         (unsigned long long)undoes, (unsigned long long)version);
    if (undo->at - last->at > UNDO_SECONDS)
        return fault_set(fault, ERR_CONFLICT, "undo: more than %d days have passed",
                         UNDO_SECONDS / DAY_SECONDS);
    if (last->actor[0] == '\0' || strcmp(last->actor, undo->actor) != 0)
        return fault_set(fault, ERR_DENIED, "undo: only for the organisation that made the event");
    return ERR_OK;
}

static void
give_back(struct unit *after, const struct unit *before, const struct last *last, uint64_t version)
{
    *after = *before;
    after->version = version;
    bool carries = last->type == EVENT_RESTOCK || last->type == EVENT_END_OWNERSHIP;
    if (carries && !seal_is_none(last->seal))
        memcpy(after->claim, last->seal, SEAL_BYTES);
}

static bool
expired(const struct undoing *in)
{
    civil_day last = in->now->expires_on;
    if (last == CIVIL_NONE && in->lot != NULL)
        last = in->lot->expires_on;
    return last != CIVIL_NONE && event_day_recorded(in->undo) > last;
}

static enum err
check_fit(const struct undoing *in, struct fault *fault)
{
    if (expired(in))
        return fault_set(fault, ERR_CONFLICT, "undo: not while the unit is expired");
    for (size_t i = 0; i < in->recall_count; i++)
        if (recall_covers(&in->recalls[i], in->now))
            return fault_set(fault, ERR_CONFLICT, "undo: not while the unit is recalled");
    return ERR_OK;
}

enum err
event_undo(struct unit *after, const struct undoing *in, struct fault *fault)
{
    struct unit same;
    struct last last = {EVENT_NONE, 0, "", in->now->seal};
    if (in->undo->type != EVENT_UNDO)
        return fault_set(fault, ERR_INVALID, "%s: this is no undo",
                         event_type_name(in->undo->type));
    if (in->last != NULL)
        last = (struct last){in->last->type, in->last->at, in->last->actor, in->last->seal};
    enum err err = event_apply_any(&same, in->now, in->undo, fault);
    if (err == ERR_OK)
        err = check_fit(in, fault);
    if (err == ERR_OK)
        err = check_undo(&last, in->now->version, in->undo, fault);
    if (err == ERR_OK)
        give_back(after, in->before, &last, in->now->version);
    return err;
}

/* ---- replay ---- */

void
replay_begin(struct replay *replay, const struct unit *commissioned)
{
    memset(replay, 0, sizeof *replay);
    replay->now = *commissioned;
    replay->before = *commissioned;
}

/* An undone event cannot be undone again, and the one before it is the last of nothing. */
static void
remember(struct replay *replay, const struct event *event)
{
    replay->last.type = event->type;
    replay->last.at = event->at;
    memcpy(replay->last.actor, event->actor, sizeof replay->last.actor);
    memcpy(replay->last.seal, event->seal, sizeof replay->last.seal);
}

enum err
replay_step(struct replay *replay, const struct event *event, struct fault *fault)
{
    struct unit next;
    const struct last last = {replay->last.type, replay->last.at, replay->last.actor,
                              replay->last.seal};
    enum err err = event_apply_any(&next, &replay->now, event, fault);
    if (err == ERR_OK && event->type == EVENT_UNDO) {
        err = check_undo(&last, replay->now.version, event, fault);
        give_back(&next, &replay->before, &last, replay->now.version);
    }
    if (err != ERR_OK)
        return err;
    replay->before = replay->now;
    replay->now = next;
    replay->now.version++;
    remember(replay, event);
    return ERR_OK;
}

enum err
event_replay(struct unit *out, const struct unit *commissioned, const struct event *events,
             size_t count, struct fault *fault)
{
    struct replay replay;
    struct fault why = {ERR_OK, ""};
    replay_begin(&replay, commissioned);
    for (size_t i = 0; i < count; i++) {
        unsigned long long number = (unsigned long long)replay.now.version + 1;
        enum err err = replay_step(&replay, &events[i], &why);
        if (err != ERR_OK)
            return fault_set(fault, err, "event %llu: %.360s", number, why.text);
    }
    *out = replay.now;
    return ERR_OK;
}
