/* SPDX-License-Identifier: Apache-2.0 */
/* Eight clients sell, transfer, return, steal, recover and replace the same few units at once, and
 * move on to fresh ones, for a replaced unit is at its end. At
 * every moment a unit has one state and at most one owner, and in the end each history leads to its
 * record. ASSAY_STEPS sets how many changes are tried. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/rules/history.h"
#include "tests/registry/support.h"

enum { CLIENTS = 8, HOT = 8, STEPS_A_UNIT = 100, STEPS = 8000, AT = 1700000000 };

struct world {
    struct registry *registry;
    char gtin[GTIN_DIGITS + 1];
    struct product product;
    atomic_uint numbers; /* of operations */
    unsigned steps, units;
    atomic_uint steps_done;
    atomic_uint applied[EVENT_TYPE_COUNT], conflicts;
};

struct client {
    pthread_t thread;
    struct world *world;
    uint64_t random;
    const char *trouble; /* NULL: none. cmocka's asserts are for the main thread */
    struct change changes[2];
    struct unit units[2];
    struct replaced replaced;
};

/* What a client tries, and as whom. The shop is the only seller, so that it may take back. */
static const struct move {
    enum event_type type;
    enum role role;
    const char *actor;
    enum event_field_id field;
    const char *value;
} moves[] = {
    {EVENT_SELL, ROLE_RETAILER, "Shop", FIELD_NONE, ""},
    {EVENT_ACTIVATE, ROLE_PUBLIC, "", FIELD_NONE, ""},
    {EVENT_ACTIVATE, ROLE_SERVICE, "Bench", FIELD_NONE, ""},
    {EVENT_END_OWNERSHIP, ROLE_OPERATOR, "Brand", FIELD_REASON, "by itself"},
    {EVENT_OFFER, ROLE_OWNER, "", FIELD_NONE, ""},
    {EVENT_TRANSFER, ROLE_PUBLIC, "", FIELD_NONE, ""},
    {EVENT_OFFER, ROLE_OWNER, "", FIELD_NONE, ""},
    {EVENT_TRANSFER, ROLE_PUBLIC, "", FIELD_NONE, ""},
    {EVENT_RETURN, ROLE_RETAILER, "Shop", FIELD_REFERENCE, "RMA-1"},
    {EVENT_RESTOCK, ROLE_RETAILER, "Shop", FIELD_NONE, ""},
    {EVENT_REPORT_STOLEN, ROLE_OPERATOR, "Brand", FIELD_REFERENCE, "P-1"},
    {EVENT_RECOVER, ROLE_OPERATOR, "Brand", FIELD_NONE, ""},
    {EVENT_REPLACE, ROLE_SERVICE, "Bench", FIELD_REASON, "worn"},
};

static bool
carries_secret(enum event_type type)
{
    return type == EVENT_ACTIVATE || type == EVENT_OFFER || type == EVENT_TRANSFER;
}

static void
make_event(struct event *out, const struct move *move, const struct operation *operation)
{
    memset(out, 0, sizeof *out);
    out->type = move->type;
    out->role = move->role;
    out->at = operation->at;
    memcpy(out->operation, operation->id, sizeof out->operation);
    out->ends_claim = move->type == EVENT_TRANSFER && operation->id[0] % 2 == 0;
    (void)snprintf(out->actor, sizeof out->actor, "%s", move->actor);
    if (move->field != FIELD_NONE) {
        out->field_count = 1;
        out->fields[0].id = move->field;
        (void)snprintf(out->fields[0].value, sizeof out->fields[0].value, "%s", move->value);
    }
    if (carries_secret(move->type))
        randombytes_buf(out->seal, sizeof out->seal);
}

/* One state, and an owner only while there is a buyer; an offer only by an owner. */
static const char *
broken_rule(const struct unit *unit)
{
    bool owned = !seal_is_none(unit->owner);
    bool bought = unit->state == UNIT_SOLD || unit->state == UNIT_RETURNED;
    if (unit->state <= UNIT_NONE || unit->state >= UNIT_STATE_COUNT)
        return "a unit without a state";
    if (owned && !bought && unit->state != UNIT_RETIRED)
        return "an owner of what nobody bought";
    if (!seal_is_none(unit->transfer) && !owned)
        return "an offer without an owner";
    if (unit->unproven && (!owned || seal_is_none(unit->claim) || !seal_is_none(unit->transfer)))
        return "an owner who gives way to no card, or hands on what is not proven";
    if ((unit->provisional & ~unit->conditions) != 0)
        return "a report of nothing";
    return NULL;
}

static void
name_unit(char serial[static GS1_VALUE_MAX + 1], unsigned number)
{
    (void)snprintf(serial, GS1_VALUE_MAX + 1, "U%06u", number % 1000000U);
}

static struct unit_key
some_unit(struct client *client)
{
    struct unit_key key;
    memcpy(key.gtin, client->world->gtin, sizeof key.gtin);
    unsigned first = atomic_load(&client->world->steps_done) / STEPS_A_UNIT;
    name_unit(key.serial, first + test_random(&client->random) % (unsigned)HOT);
    return key;
}

/* The number of changes that the rules allow now: 0, 1 or, for a replacement, 2. */
static size_t
prepare(struct client *client, const struct move *move, const struct operation *operation)
{
    struct event event;
    struct unit *units = client->units;
    struct change *changes = client->changes;
    make_event(&event, move, operation);
    bool card = event.type == EVENT_ACTIVATE && !seal_is_none(units[0].claim);
    event.without_claim = card && event.role == ROLE_SERVICE;
    event.displaces = card && event.role == ROLE_PUBLIC && units[0].unproven;
    if (move->type != EVENT_REPLACE) {
        bool allowed = event_apply(&changes[0].unit, &units[0], &event, NULL) == ERR_OK;
        changes[0].event = event;
        return allowed ? 1 : 0;
    }
    const struct replacement in = {&units[0], &units[1], &client->world->product,
                                   &client->world->product, &event};
    if (strcmp(units[0].id.serial, units[1].id.serial) == 0 ||
        event_replace(&client->replaced, &in, NULL) != ERR_OK)
        return 0;
    changes[0] = (struct change){client->replaced.old_unit, client->replaced.old_event};
    changes[1] = (struct change){client->replaced.new_unit, client->replaced.new_event};
    return 2;
}

static bool
read_units(struct client *client, struct registry_session *session)
{
    for (size_t i = 0; i < 2; i++) {
        struct unit_key key = some_unit(client);
        if (registry_get(session, &key, &client->units[i]) != ERR_OK)
            client->trouble = "a unit is lost";
        else if (broken_rule(&client->units[i]) != NULL)
            client->trouble = broken_rule(&client->units[i]);
    }
    return client->trouble == NULL;
}

static void
step(struct client *client, struct registry_session *session)
{
    struct world *world = client->world;
    struct operation operation;
    size_t choice = test_random(&client->random) % (sizeof moves / sizeof moves[0]);
    if (!read_units(client, session))
        return;
    test_operation(&operation, atomic_fetch_add(&world->numbers, 1));
    operation.at = AT;
    size_t count = prepare(client, &moves[choice], &operation);
    if (count == 0)
        return;
    enum err err = registry_apply(session, client->changes, count, &operation, NULL, NULL);
    if (err == ERR_OK)
        atomic_fetch_add(&world->applied[moves[choice].type], 1);
    else if (err == ERR_CONFLICT)
        atomic_fetch_add(&world->conflicts, 1);
    else
        client->trouble = err_info(err)->code;
}

static void *
run_client(void *context)
{
    struct client *client = context;
    struct registry_session *session = NULL;
    struct fault fault;
    if (registry_session_open(client->world->registry, &session, &fault) != ERR_OK) {
        client->trouble = "no session";
        return NULL;
    }
    while (client->trouble == NULL &&
           atomic_fetch_add(&client->world->steps_done, 1) < client->world->steps)
        step(client, session);
    registry_session_close(session);
    return NULL;
}

static void
commission_all(struct world *world, struct registry_session *session)
{
    for (unsigned i = 0; i < world->units; i++) {
        struct unit unit;
        char serial[GS1_VALUE_MAX + 1];
        name_unit(serial, i);
        test_unit(&unit, world->gtin, serial);
        test_commission(session, &unit, atomic_fetch_add(&world->numbers, 1));
    }
}

/* Every unit has its own owner or none, and the check replays each history to its record. */
static void
assert_settled(const struct world *world, struct registry_session *session)
{
    struct unit *units = calloc(world->units, sizeof *units);
    assert_non_null(units);
    for (unsigned i = 0; i < world->units; i++) {
        struct unit_key key;
        memcpy(key.gtin, world->gtin, sizeof key.gtin);
        name_unit(key.serial, i);
        assert_int_equal(registry_get(session, &key, &units[i]), ERR_OK);
        assert_null(broken_rule(&units[i]));
        for (unsigned j = 0; j < i && units[i].state != UNIT_RETIRED; j++)
            if (units[j].state != UNIT_RETIRED && !seal_is_none(units[i].owner))
                assert_memory_not_equal(units[i].owner, units[j].owner, SEAL_BYTES);
    }
    free(units);
    test_undamaged(session);
}

static unsigned
steps_wanted(void)
{
    uint64_t steps = STEPS;
    const char *asked = getenv("ASSAY_STEPS"); /* NOLINT(concurrency-mt-unsafe): before threads */
    if (asked != NULL)
        assert_true(slice_number(&steps, slice_of(asked), 1, 100000000));
    return (unsigned)steps;
}

static void
one_owner_one_state(void **state)
{
    static struct client clients[CLIENTS];
    static struct world world;
    struct test_place place;
    const struct registry_options options = {.record_key = test_record_key,
                                             .sessions = CLIENTS + 1};
    struct fault fault = {ERR_OK, ""};
    (void)state;
    test_place_make(&place);
    assert_int_equal(registry_open(place.url, &options, &world.registry, &fault), ERR_OK);
    test_gtin(world.gtin, 1);
    test_product(&world.product, world.gtin);
    atomic_store(&world.numbers, 1);
    world.steps = steps_wanted();
    world.units = world.steps / STEPS_A_UNIT + HOT + 1;
    struct registry_session *session = test_session(world.registry);
    commission_all(&world, session);
    for (unsigned i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.world = &world, .random = 7 + i};
        assert_int_equal(pthread_create(&clients[i].thread, NULL, run_client, &clients[i]), 0);
    }
    for (unsigned i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_join(clients[i].thread, NULL), 0);
    for (unsigned i = 0; i < CLIENTS; i++)
        if (clients[i].trouble != NULL)
            fail_msg("client %u: %s", i, clients[i].trouble);
    assert_settled(&world, session);
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
        print_message("%-14s %u\n", event_type_name(moves[i].type),
                      atomic_load(&world.applied[moves[i].type]));
    print_message("%-14s %u\n", "conflicts", atomic_load(&world.conflicts));
    assert_true(atomic_load(&world.applied[EVENT_SELL]) > 0);
    assert_true(atomic_load(&world.applied[EVENT_END_OWNERSHIP]) > 0);
    assert_true(atomic_load(&world.applied[EVENT_TRANSFER]) > 0);
    assert_true(atomic_load(&world.applied[EVENT_REPLACE]) > 0);
    registry_session_close(session);
    registry_close(world.registry);
    test_place_remove(&place);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_owner_one_state)};
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
