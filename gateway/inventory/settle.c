/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/inventory/settle.h"

#include <string.h>

#include "gateway/inventory/row.h"

enum { RACES_MAX = 5 };

enum err
job_refuse(struct job *job, const char *code)
{
    job->row.outcome = INVENTORY_REFUSED;
    job->row.code = code;
    return ERR_OK;
}

/* Products come and go with the rows; most files have long runs of one. */
static enum err
know_offset(struct settler *settler, struct job *job)
{
    struct product *product = &settler->product;
    enum err err = ERR_OK;
    if (strcmp(product->gtin, job->key.gtin) != 0)
        err = registry_get_product(settler->session, job->key.gtin, product);
    if (err == ERR_NOT_FOUND)
        memset(product, 0, sizeof *product);
    job->event.offset_minutes = product->offset_minutes;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* A receipt elsewhere is a move; nothing else of it may change. */
static bool
becomes_move(struct event *event, const struct unit *unit)
{
    struct event rest = *event;
    struct inventory_difference difference;
    if (event->type != EVENT_RECEIVE)
        return false;
    for (size_t i = 0; i < rest.field_count; i++)
        if (rest.fields[i].id == FIELD_LOCATION) {
            event->fields[0] = rest.fields[i];
            rest.fields[i] = rest.fields[--rest.field_count];
            break;
        }
    if (inventory_differs(&rest, unit, &difference))
        return false;
    event->type = EVENT_MOVE;
    event->field_count = 1;
    return true;
}

static enum err
write_change(const struct settler *settler, struct change *change, struct job *job)
{
    struct operation found;
    change->event = job->event;
    enum err err = registry_apply(settler->session, change, 1, &job->operation, NULL, NULL);
    if (err == ERR_UNKNOWN &&
        registry_find_operation(settler->session, job->operation.id, &found) == ERR_OK)
        err = ERR_OK;
    return err;
}

/* The unit has been through such an event: is it as the row wants it? True: the row is settled. */
static bool
settle_done(struct job *job, const struct unit *unit)
{
    struct inventory_difference difference;
    if (!inventory_differs(&job->event, unit, &difference)) {
        job->row.outcome = INVENTORY_ALREADY;
        return true;
    }
    if (becomes_move(&job->event, unit))
        return false;
    (void)fault_set(&job->why, ERR_CONFLICT, "already %s, with %s %s; the file has %.60s",
                    unit_state_name(unit->state), difference.name,
                    difference.is[0] == '\0' ? "not stated" : difference.is,
                    event_value(&job->event, difference.field));
    (void)job_refuse(job, "differs");
    return true;
}

static enum err
apply_row(struct settler *settler, struct job *job)
{
    struct change change;
    struct unit unit;
    memset(&change, 0, sizeof change);
    enum err err = registry_get(settler->session, &job->key, &unit);
    if (err == ERR_NOT_FOUND) {
        (void)fault_set(&job->why, err, "not registered; import its manifest first");
        return job_refuse(job, "unit_unknown");
    }
    if (err == ERR_OK)
        err = know_offset(settler, job);
    if (err != ERR_OK)
        return err;
    if (unit.state == inventory_rule(settler->options->map.kind)->state && settle_done(job, &unit))
        return ERR_OK;
    err = event_apply(&change.unit, &unit, &job->event, &job->why);
    if (err != ERR_OK)
        return job_refuse(job, err == ERR_INVALID ? "value_invalid" : "not_now");
    if (!settler->options->dry_run)
        err = write_change(settler, &change, job);
    if (err == ERR_OK)
        job->row.event = job->event.type;
    return err;
}

/* Somebody else may change the unit between reading and writing it: then it is read again. */
enum err
job_settle(struct settler *settler, struct job *job)
{
    struct operation found;
    const struct event asked = job->event;
    enum err err = registry_find_operation(settler->session, job->operation.id, &found);
    if (err == ERR_OK) {
        job->row.outcome = INVENTORY_ALREADY;
        return seal_equal(found.digest, job->operation.digest) ? ERR_OK : ERR_EXISTS;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    err = ERR_CONFLICT;
    for (unsigned tries = 0; err == ERR_CONFLICT && tries < RACES_MAX; tries++) {
        job->event = asked;
        err = apply_row(settler, job);
    }
    return err;
}
