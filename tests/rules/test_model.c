/* SPDX-License-Identifier: Apache-2.0 */
/* Random interleavings of every event by several shops, service desks and people on a handful of
 * units, beside a model that knows only who holds which secret. At every moment a unit has one
 * state and at most one owner, the one of the model; nobody's secret opens two units; a refused
 * event changes nothing; and the history leads to the record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/rules/history.h"
#include "tests/rules/event_case.h"

enum {
    ATTEMPTS = 100000,
    UNITS = 5,
    PEOPLE = 4,
    HISTORY_MAX = 120, /* then the unit is replayed from its first event and made anew */
    NOBODY = -1
};

struct subject {
    struct unit commissioned, record;
    struct replay replay;
    struct event history[HISTORY_MAX];
    size_t events;
    int owner, owner_before; /* index of a person; the second before the last event */
    /* What the last event gave a new secret for: undoing it makes the old one good again. */
    int exchanged_by;
    uint8_t exchanged[SEAL_BYTES];
};

struct world {
    uint64_t random;
    int64_t now;
    uint32_t secrets; /* how many were made */
    struct product product;
    struct subject subjects[UNITS];
    /* What each person was given for each unit; a code of an offer is told to one person. */
    uint8_t secret[PEOPLE][UNITS][SEAL_BYTES];
    unsigned applied[EVENT_TYPE_COUNT];
};

/* xorshift64*, Vigna 2014. */
static uint32_t
chance(struct world *world, uint32_t below)
{
    world->random ^= world->random >> 12;
    world->random ^= world->random << 25;
    world->random ^= world->random >> 27;
    return (uint32_t)(world->random * 2685821657736338717ULL >> 40) % below;
}

/* Who may do it and who may not, and with what; what is rare by itself is there more than once. */
static const struct kind {
    enum event_type type;
    enum role roles[3];
    const char *fields;
} kinds[] = {
    {EVENT_RECEIVE, {ROLE_OPERATOR, ROLE_RETAILER, ROLE_RETAILER}, "location=Store"},
    {EVENT_SHIP, {ROLE_OPERATOR, ROLE_OPERATOR, ROLE_RETAILER}, "location=Store"},
    {EVENT_MOVE, {ROLE_OPERATOR, ROLE_RETAILER, ROLE_SERVICE}, "location=Shelf"},
    {EVENT_SELL, {ROLE_RETAILER, ROLE_RETAILER, ROLE_OPERATOR}, "sales_order=SO"},
    {EVENT_SELL, {ROLE_RETAILER, ROLE_RETAILER, ROLE_RETAILER}, ""},
    {EVENT_RETURN, {ROLE_RETAILER, ROLE_RETAILER, ROLE_OWNER}, "reference=RMA"},
    {EVENT_RETURN, {ROLE_RETAILER, ROLE_RETAILER, ROLE_RETAILER}, ""},
    {EVENT_RESTOCK, {ROLE_RETAILER, ROLE_OPERATOR, ROLE_SERVICE}, ""},
    {EVENT_RESTOCK, {ROLE_OPERATOR, ROLE_OPERATOR, ROLE_OPERATOR}, "location=Store"},
    {EVENT_RETIRE, {ROLE_PUBLIC, ROLE_RETAILER, ROLE_ISSUER}, "reason=x"},
    {EVENT_REPORT_STOLEN, {ROLE_OWNER, ROLE_RETAILER, ROLE_OPERATOR}, ""},
    {EVENT_REPORT_LOST, {ROLE_OWNER, ROLE_RETAILER, ROLE_AUDITOR}, ""},
    {EVENT_RECOVER, {ROLE_OWNER, ROLE_RETAILER, ROLE_OPERATOR}, ""},
    {EVENT_RECOVER, {ROLE_OPERATOR, ROLE_OPERATOR, ROLE_OPERATOR}, ""},
    {EVENT_HOLD, {ROLE_SERVICE, ROLE_RETAILER, ROLE_PUBLIC}, "reason=x"},
    {EVENT_RELEASE, {ROLE_SERVICE, ROLE_RETAILER, ROLE_OPERATOR}, ""},
    {EVENT_RELEASE, {ROLE_OPERATOR, ROLE_OPERATOR, ROLE_OPERATOR}, ""},
    {EVENT_SUSPECT, {ROLE_OPERATOR, ROLE_RETAILER, ROLE_AUDITOR}, "reason=x"},
    {EVENT_CLEAR, {ROLE_OPERATOR, ROLE_OPERATOR, ROLE_ADMIN}, "reason=x"},
    {EVENT_ACTIVATE, {ROLE_PUBLIC, ROLE_RETAILER, ROLE_SERVICE}, ""},
    {EVENT_OFFER, {ROLE_OWNER, ROLE_OWNER, ROLE_OWNER}, ""},
    {EVENT_OFFER, {ROLE_OWNER, ROLE_OWNER, ROLE_OWNER}, ""},
    {EVENT_OFFER, {ROLE_OWNER, ROLE_OWNER, ROLE_OWNER}, ""},
    {EVENT_TRANSFER, {ROLE_PUBLIC, ROLE_PUBLIC, ROLE_PUBLIC}, ""},
    {EVENT_TRANSFER, {ROLE_PUBLIC, ROLE_PUBLIC, ROLE_PUBLIC}, ""},
    {EVENT_TRANSFER, {ROLE_PUBLIC, ROLE_PUBLIC, ROLE_PUBLIC}, ""},
    {EVENT_LOSE_SECRET, {ROLE_PUBLIC, ROLE_RETAILER, ROLE_OPERATOR}, ""},
    {EVENT_SERVICE, {ROLE_SERVICE, ROLE_SERVICE, ROLE_RETAILER}, "fault=x;covered=no"},
    {EVENT_REPLACE, {ROLE_SERVICE, ROLE_SERVICE, ROLE_RETAILER}, "reason=x"},
    {EVENT_CONFIRM, {ROLE_OPERATOR, ROLE_OWNER, ROLE_RETAILER}, ""},
    {EVENT_DISMISS, {ROLE_OPERATOR, ROLE_OWNER, ROLE_RETAILER}, ""},
    {EVENT_ADJUST, {ROLE_OPERATOR, ROLE_OPERATOR, ROLE_SERVICE}, "reason=x;months=1"},
    {EVENT_ADJUST, {ROLE_OPERATOR, ROLE_OPERATOR, ROLE_SERVICE}, "reason=x;excluded=yes"},
    {EVENT_END_OWNERSHIP, {ROLE_OPERATOR, ROLE_OPERATOR, ROLE_RETAILER}, "reason=x"},
    {EVENT_END_OWNERSHIP, {ROLE_OPERATOR, ROLE_OWNER, ROLE_SERVICE}, "reason=x;ends_claim=yes"},
    {EVENT_UNDO, {ROLE_OPERATOR, ROLE_RETAILER, ROLE_SERVICE}, ""},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* ---- the model ---- */

static void
commission(struct world *world, size_t u)
{
    struct subject *subject = &world->subjects[u];
    struct unit issued = case_unit(UNIT_ISSUED, 0);
    issued.expires_on = CIVIL_NONE; /* the steps take centuries */
    unit_rewind(&subject->commissioned, &issued);
    (void)snprintf(subject->commissioned.id.serial, sizeof subject->commissioned.id.serial,
                   "S%zuN%u", u, (unsigned)world->secrets);
    subject->record = subject->commissioned;
    subject->events = 0;
    subject->owner = subject->owner_before = subject->exchanged_by = NOBODY;
    replay_begin(&subject->replay, &subject->commissioned);
    for (size_t p = 0; p < PEOPLE; p++)
        memset(world->secret[p][u], 0, SEAL_BYTES);
}

static void
check_owner(const struct world *world, size_t u)
{
    const struct unit *unit = &world->subjects[u].record;
    int owner = world->subjects[u].owner;
    if (seal_is_none(unit->owner) != (owner == NOBODY))
        fail_msg("unit %zu: owner %d", u, owner);
    if (owner == NOBODY)
        return;
    for (int p = 0; p < PEOPLE; p++)
        if (seal_equal(world->secret[p][u], unit->owner) != (p == owner))
            fail_msg("unit %zu is not only %d's", u, owner);
    for (size_t other = 0; other < UNITS; other++)
        if (other != u && seal_equal(world->subjects[other].record.owner, unit->owner))
            fail_msg("units %zu and %zu have one owner secret", u, other);
    if (unit->state != UNIT_SOLD && unit->state != UNIT_RETURNED && unit->state != UNIT_RETIRED)
        fail_msg("unit %zu is owned and %s", u, unit_state_name(unit->state));
}

static void
check_record(const struct world *world, size_t u)
{
    const struct subject *subject = &world->subjects[u];
    const struct unit *unit = &subject->record;
    char diff[CASE_DIFF_MAX];
    assert_in_range(unit->state, UNIT_ISSUED, UNIT_RETIRED);
    assert_int_equal(unit->provisional & ~unit->conditions, 0);
    assert_true((unit->provisional == 0) == (unit->provisional_until == 0));
    assert_true(seal_is_none(unit->transfer) == (unit->transfer_until == 0));
    assert_true(seal_is_none(unit->transfer) || !seal_is_none(unit->owner));
    assert_true(unit->recovery_at == 0 || !seal_is_none(unit->owner));
    /* Only while there is a card may it be what the owner lacks; and nobody hands that on. */
    assert_true(!unit->unproven || (!seal_is_none(unit->owner) && !seal_is_none(unit->claim)));
    assert_true(!unit->unproven || seal_is_none(unit->transfer));
    assert_in_range(unit->adjustment_count, 0, ADJUSTMENTS_MAX);
    assert_int_equal(unit->version, subject->events + 1);
    case_diff(diff, unit, &subject->replay.now);
    assert_string_equal(diff, "");
}

/* All at once from the first event, and from what is left of the commission in the record. */
static void
check_history(const struct world *world, size_t u)
{
    const struct subject *subject = &world->subjects[u];
    struct unit rewound;
    struct unit unit;
    struct fault fault = {ERR_OK, ""};
    char diff[CASE_DIFF_MAX];
    const struct unit *starts[] = {&subject->commissioned, &rewound};
    unit_rewind(&rewound, &subject->record);
    for (size_t i = 0; i < 2; i++) {
        if (event_replay(&unit, starts[i], subject->history, subject->events, &fault) != ERR_OK)
            fail_msg("unit %zu: %s", u, fault.text);
        case_diff(diff, &subject->record, &unit);
        assert_string_equal(diff, "");
    }
}

/* ---- one step ---- */

static void
make_secret(struct world *world, uint8_t out[static SEAL_BYTES])
{
    memset(out, 0, SEAL_BYTES);
    world->secrets++;
    for (size_t i = 0; i < 4; i++)
        out[i] = (uint8_t)(world->secrets >> 8 * i);
    out[4] = 1;
}

/* What the gateway finds out: staff come with the claim code or without, the public has it. */
static void
complete(struct event *event, const struct unit *unit, uint32_t how)
{
    bool card = !seal_is_none(unit->claim);
    bool brought = card && (event->role == ROLE_PUBLIC || how == 0);
    bool ends = strcmp(event_value(event, FIELD_ENDS_CLAIM), "yes") == 0;
    if (event->type == EVENT_RESTOCK || (event->type == EVENT_END_OWNERSHIP && ends))
        memcpy(event->seal, unit->claim, SEAL_BYTES);
    if (event->type != EVENT_ACTIVATE)
        return;
    event->without_claim = card && !brought;
    event->displaces = brought && unit->unproven;
}

static struct event
make_event(struct world *world, const struct kind *kind, size_t u)
{
    static const char *const actors[] = {"Brand", "Shop", "Other"};
    static const enum role all[] = {ROLE_PUBLIC, ROLE_OWNER,    ROLE_SERVICE, ROLE_RETAILER,
                                    ROLE_ISSUER, ROLE_OPERATOR, ROLE_AUDITOR, ROLE_ADMIN};
    enum role role = chance(world, 8) == 0 ? all[chance(world, 8)] : kind->roles[chance(world, 3)];
    bool named = role != ROLE_PUBLIC && role != ROLE_OWNER;
    struct event event =
        case_event(kind->type, role, named ? actors[chance(world, 3)] : "", kind->fields);
    event.at = world->now;
    event.ends_own = chance(world, 2) == 0;
    event.product_allows = chance(world, 4) == 0;
    event.ends_claim = event.type == EVENT_TRANSFER && chance(world, 2) == 0;
    if (event.seal[0] != 0)
        make_secret(world, event.seal);
    complete(&event, &world->subjects[u].record, chance(world, 2));
    return event;
}

static void
record_event(struct world *world, size_t u, const struct unit *after, const struct event *event)
{
    struct subject *subject = &world->subjects[u];
    struct fault fault = {ERR_OK, ""};
    subject->record = *after;
    subject->record.version++;
    subject->history[subject->events++] = *event;
    if (replay_step(&subject->replay, event, &fault) != ERR_OK)
        fail_msg("unit %zu: %s", u, fault.text);
    world->applied[event->type]++;
}

/* Who owns the unit after an event of its own by the person `p`. */
static int
next_owner(struct subject *subject, const struct event *event, int p)
{
    if (event->type == EVENT_ACTIVATE || event->type == EVENT_TRANSFER)
        return p;
    bool ends = event->type == EVENT_RESTOCK || event->type == EVENT_END_OWNERSHIP;
    return ends ? NOBODY : subject->owner;
}

static void
step_one(struct world *world, size_t u, const struct event *event, int p)
{
    struct subject *subject = &world->subjects[u];
    struct unit after;
    /* The gateway lets nobody act as owner without the secret. */
    if (event->role == ROLE_OWNER && !seal_equal(world->secret[p][u], subject->record.owner))
        return;
    if (event_apply(&after, &subject->record, event, NULL) != ERR_OK)
        return;
    int owner = next_owner(subject, event, p);
    record_event(world, u, &after, event);
    subject->exchanged_by = NOBODY;
    if (event->type == EVENT_ACTIVATE || event->type == EVENT_TRANSFER) {
        subject->exchanged_by = p;
        memcpy(subject->exchanged, world->secret[p][u], SEAL_BYTES);
        memcpy(world->secret[p][u], event->seal, SEAL_BYTES);
    }
    subject->owner_before = subject->owner;
    subject->owner = owner;
}

static void
step_undo(struct world *world, size_t u, struct event *event)
{
    struct subject *subject = &world->subjects[u];
    struct unit before;
    struct unit after;
    struct undoing in = {.now = &subject->record, .before = &before, .undo = event};
    size_t count = subject->events;
    event->fields[0].id = FIELD_UNDOES;
    event->field_count = 1;
    (void)snprintf(event->fields[0].value, sizeof event->fields[0].value, "%zu", count + 1);
    if (count > 0)
        in.last = &subject->history[count - 1];
    if (count > 0 && chance(world, 4) != 0)
        memcpy(event->actor, in.last->actor, sizeof event->actor);
    assert_int_equal(event_replay(&before, &subject->commissioned, subject->history,
                                  count > 0 ? count - 1 : 0, NULL),
                     ERR_OK);
    if (event_undo(&after, &in, NULL) != ERR_OK)
        return;
    int owner = subject->owner;
    record_event(world, u, &after, event);
    if (subject->exchanged_by != NOBODY)
        memcpy(world->secret[subject->exchanged_by][u], subject->exchanged, SEAL_BYTES);
    subject->exchanged_by = NOBODY;
    subject->owner = subject->owner_before;
    subject->owner_before = owner;
}

static void
step_replace(struct world *world, size_t u, const struct event *event)
{
    struct replaced out;
    size_t v = (u + 1 + chance(world, UNITS - 1)) % UNITS;
    struct subject *was = &world->subjects[u];
    struct subject *is = &world->subjects[v];
    struct replacement in = {&was->record, &is->record, &world->product, &world->product, event};
    if (is->events == HISTORY_MAX || event_replace(&out, &in, NULL) != ERR_OK)
        return;
    record_event(world, u, &out.old_unit, &out.old_event);
    record_event(world, v, &out.new_unit, &out.new_event);
    for (size_t p = 0; p < PEOPLE; p++)
        memcpy(world->secret[p][v], world->secret[p][u], SEAL_BYTES);
    is->exchanged_by = was->exchanged_by = NOBODY;
    is->owner_before = is->owner;
    is->owner = was->owner;
    was->owner_before = was->owner;
    was->owner = NOBODY;
    assert_string_equal(was->record.linked.serial, is->record.id.serial);
    assert_string_equal(is->record.linked.serial, was->record.id.serial);
}

static void
step(struct world *world)
{
    size_t u = chance(world, UNITS);
    int p = (int)chance(world, PEOPLE);
    const struct kind *kind = &kinds[chance(world, KINDS)];
    struct event event = make_event(world, kind, u);
    /* Mostly it is the owner who comes with an owner secret. */
    if (event.role == ROLE_OWNER && chance(world, 8) != 0 && world->subjects[u].owner != NOBODY)
        p = world->subjects[u].owner;
    world->now += chance(world, 16) == 0 ? chance(world, 20 * DAY_SECONDS) : chance(world, 3600);
    event.at = world->now;
    if (kind->type == EVENT_UNDO)
        step_undo(world, u, &event);
    if (kind->type == EVENT_REPLACE)
        step_replace(world, u, &event);
    if (kind->type != EVENT_UNDO && kind->type != EVENT_REPLACE)
        step_one(world, u, &event, p);
}

static void
settle(struct world *world, size_t u)
{
    struct subject *subject = &world->subjects[u];
    bool over = subject->record.state == UNIT_RETIRED && chance(world, 20) == 0;
    check_record(world, u);
    check_owner(world, u);
    if (subject->events < HISTORY_MAX && !over)
        return;
    check_history(world, u);
    commission(world, u);
}

static void
every_interleaving(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    (void)state;
    assert_non_null(world);
    world->random = 20261122;
    world->now = CASE_AT;
    world->product = (struct product){
        .entitlement_count = 2,
        .entitlements = {{.id = "std", .starts = {START_SALE}, .months = 24},
                         {.id = "made", .starts = {START_MANUFACTURE}, .months = 60}}};
    for (size_t u = 0; u < UNITS; u++)
        commission(world, u);
    for (size_t i = 0; i < ATTEMPTS; i++) {
        step(world);
        for (size_t u = 0; u < UNITS; u++)
            settle(world, u);
    }
    for (size_t u = 0; u < UNITS; u++)
        check_history(world, u);
    /* Nothing that could happen was left out. */
    for (size_t i = 0; i < KINDS; i++)
        if (world->applied[kinds[i].type] < 50)
            fail_msg("%s happened %u times", event_type_name(kinds[i].type),
                     world->applied[kinds[i].type]);
    free(world);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_interleaving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
