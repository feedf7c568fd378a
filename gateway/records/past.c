/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/records/past.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/rules/history.h"

enum { PAGE_EVENTS = 32 };

enum err
past_each(struct registry_session *session, const struct unit_key *key, past_taker *take,
          void *context)
{
    size_t count = PAGE_EVENTS;
    enum err err = ERR_OK;
    struct event *page = calloc(PAGE_EVENTS, sizeof *page);
    if (page == NULL)
        return ERR_MEMORY;
    for (uint64_t after = 1; err == ERR_OK && count == PAGE_EVENTS; after += count) {
        err = registry_events(session, key, after, page, PAGE_EVENTS, &count);
        for (size_t i = 0; err == ERR_OK && i < count; i++)
            err = take(context, &page[i], after + i + 1);
    }
    free(page);
    return err;
}

/* ---- who did what ---- */

struct reading_past {
    struct past *past;
    struct past_facts before; /* the last event: what an undo goes back to */
    const uint8_t *operation;
};

static struct past_actor *
fact_of(struct past_facts *facts, enum event_type type)
{
    const struct {
        enum event_type type;
        struct past_actor *actor;
    } rows[] = {
        {EVENT_REPORT_STOLEN, &facts->stolen},
        {EVENT_REPORT_LOST, &facts->lost},
        {EVENT_HOLD, &facts->held},
        {EVENT_RETURN, &facts->returned},
        {EVENT_ACTIVATE, &facts->registered},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].type == type)
            return rows[i].actor;
    return NULL;
}

static void
take_actor(struct past_actor *out, const struct event *event)
{
    out->role = event->role;
    memcpy(out->actor, event->actor, sizeof out->actor);
}

/* Who has the unit now. A return says nothing of a place, and a restock need not: then it stays at
 * the counter to which it was brought, whoever of the brand has it put back on the shelf there. */
static void
take_keeper(struct past_facts *facts, const struct event *event)
{
    static const enum event_type puts[] = {EVENT_RECEIVE, EVENT_MOVE, EVENT_RESTOCK, EVENT_RETURN};
    bool placed = event_value(event, FIELD_LOCATION)[0] != '\0';
    for (size_t i = 0; i < sizeof puts / sizeof puts[0]; i++) {
        if (puts[i] != event->type)
            continue;
        facts->unplaced = !placed;
        if (placed || event->role == ROLE_RETAILER)
            take_actor(&facts->keeper, event);
    }
}

static enum err
take_facts(void *context, const struct event *event, uint64_t number)
{
    struct reading_past *reading = context;
    struct past *past = reading->past;
    if (reading->operation != NULL &&
        memcmp(event->operation, reading->operation, OPERATION_ID_BYTES) == 0) {
        past->number = number;
        past->type = event->type;
    }
    if (event->type == EVENT_UNDO) {
        past->facts = reading->before;
        return ERR_OK;
    }
    reading->before = past->facts;
    struct past_actor *fact = fact_of(&past->facts, event->type);
    if (fact != NULL)
        take_actor(fact, event);
    take_keeper(&past->facts, event);
    if (event->type == EVENT_SHIP &&
        !slice_copy(past->facts.addressee, sizeof past->facts.addressee,
                    slice_of(event_value(event, FIELD_TO))))
        return ERR_CORRUPT;
    return ERR_OK;
}

enum err
past_read(struct registry_session *session, const struct unit_key *key, const uint8_t *operation,
          struct past *out)
{
    struct reading_past reading = {.past = out, .operation = operation};
    memset(out, 0, sizeof *out);
    return past_each(session, key, take_facts, &reading);
}

static bool
same_actor(const struct past_actor *actor, const struct event *event)
{
    return actor->role == event->role && strcmp(actor->actor, event->actor) == 0;
}

bool
past_ends_own(const struct past *past, const struct unit *unit, const struct event *event)
{
    const struct past_facts *facts = &past->facts;
    bool stolen = (unit->conditions & CONDITION_STOLEN) != 0;
    bool lost = (unit->conditions & CONDITION_LOST) != 0;
    if (event->type == EVENT_RECOVER)
        return (!stolen || same_actor(&facts->stolen, event)) &&
               (!lost || same_actor(&facts->lost, event));
    if (event->type == EVENT_RELEASE)
        return same_actor(&facts->held, event);
    return event->type == EVENT_RESTOCK && same_actor(&facts->returned, event);
}

/* ---- what the unit was ---- */

struct rewinding {
    struct replay replay;
    uint64_t version;
    struct fault *fault;
};

static enum err
take_step(void *context, const struct event *event, uint64_t number)
{
    struct rewinding *rewinding = context;
    if (number > rewinding->version)
        return ERR_OK;
    /* What is recorded follows from what was before, or the record is damaged. */
    enum err err = replay_step(&rewinding->replay, event, rewinding->fault);
    return err == ERR_OK ? ERR_OK : ERR_CORRUPT;
}

enum err
past_unit(struct registry_session *session, const struct unit *now, uint64_t version,
          struct unit *out, struct fault *fault)
{
    struct unit_key key;
    struct rewinding *rewinding = calloc(1, sizeof *rewinding);
    if (rewinding == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    memcpy(key.gtin, now->id.gtin, sizeof key.gtin);
    memcpy(key.serial, now->id.serial, sizeof key.serial);
    rewinding->version = version;
    rewinding->fault = fault;
    unit_rewind(out, now);
    replay_begin(&rewinding->replay, out);
    enum err err = past_each(session, &key, take_step, rewinding);
    *out = rewinding->replay.now;
    free(rewinding);
    return err;
}
