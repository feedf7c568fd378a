/* SPDX-License-Identifier: Apache-2.0 */
/* What units share is kept decoded: every view has to show what was committed last, whoever asks
 * and however many products there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "tests/registry/support.h"

enum { PRODUCTS = 150, STEPS = 1500, READERS = 3, ROUNDS = 100 };

struct world {
    struct test_place place;
    struct registry *registry;
    struct registry_session *writer, *reader;
    uint64_t operations;
};

static void
build(struct world *world)
{
    memset(world, 0, sizeof *world);
    test_place_make(&world->place);
    world->registry = test_open(world->place.url);
    world->writer = test_session(world->registry);
    world->reader = test_session(world->registry);
}

static void
tear_down(struct world *world)
{
    registry_session_close(world->writer);
    registry_session_close(world->reader);
    registry_close(world->registry);
    test_place_remove(&world->place);
}

static struct operation
next_operation(struct world *world)
{
    struct operation operation;
    test_operation(&operation, ++world->operations);
    return operation;
}

static void
ok(enum err err)
{
    assert_int_equal(err, ERR_OK);
}

static struct unit_key
add_unit(struct world *world, unsigned number)
{
    struct unit unit;
    char gtin[GTIN_DIGITS + 1];
    test_gtin(gtin, number);
    test_unit(&unit, gtin, "A1");
    test_commission(world->writer, &unit, ++world->operations);
    return test_key(&unit);
}

static void
put_product(struct world *world, struct product *product, const char *gtin, uint32_t name)
{
    struct operation operation = next_operation(world);
    if (product->version == 0)
        test_product(product, gtin);
    (void)snprintf(product->name, sizeof product->name, "Name %u", name);
    ok(registry_put_product(world->writer, product, &operation, NULL));
    product->version++;
}

static void
put_recall(struct world *world, struct recall *recall, const char *gtin, unsigned number)
{
    struct operation operation = next_operation(world);
    if (recall->version == 0) {
        char id[16];
        (void)snprintf(id, sizeof id, "R-%u", number);
        test_recall(recall, gtin, id);
        *recall = (struct recall){.opened_at = recall->opened_at,
                                  .made_from = CIVIL_NONE,
                                  .made_to = CIVIL_NONE,
                                  .text = "Do not use"};
        memcpy(recall->id, id, sizeof id);
        memcpy(recall->gtin, gtin, sizeof recall->gtin);
    }
    recall->lifted_at = recall->version % 2 == 0 ? 0 : 1800000000;
    ok(registry_put_recall(world->writer, recall, &operation, NULL));
    recall->version++;
}

static void
put_lot(struct world *world, const struct unit_key *key, civil_day expires_on)
{
    struct operation operation = next_operation(world);
    struct unit unit;
    struct lot lot;
    ok(registry_get(world->writer, key, &unit));
    ok(registry_get_lot(world->writer, key->gtin, unit.id.lot, &lot));
    lot.expires_on = expires_on;
    ok(registry_put_lot(world->writer, &lot, &operation, NULL));
}

/* More products than places, changed in every way, each change looked for at once. */
static void
each_view_shows_the_last_change(void **state)
{
    (void)state;
    static struct world world;
    static struct unit_view view;
    static struct product products[PRODUCTS];
    static struct recall recalls[PRODUCTS];
    static struct unit_key keys[PRODUCTS];
    civil_day expires[PRODUCTS];
    uint64_t random = 7;
    build(&world);
    for (unsigned i = 0; i < PRODUCTS; i++) {
        keys[i] = add_unit(&world, i + 1);
        ok(registry_view(world.reader, &keys[i], &view));
        assert_false(view.has_product);
        expires[i] = view.lot.expires_on;
    }
    for (unsigned step = 0; step < STEPS; step++) {
        uint32_t at = test_random(&random) % PRODUCTS;
        uint32_t what = test_random(&random) % 8;
        if (what == 0)
            put_product(&world, &products[at], keys[at].gtin, step);
        if (what == 1)
            put_recall(&world, &recalls[at], keys[at].gtin, at);
        if (what == 2)
            put_lot(&world, &keys[at], expires[at] = (civil_day)(20000 + step));
        ok(registry_view(world.reader, &keys[at], &view));
        bool covered = recalls[at].version > 0 && recalls[at].lifted_at == 0;
        assert_true(view.has_unit && view.has_lot);
        assert_int_equal(view.has_product, products[at].version > 0);
        assert_string_equal(view.product.name, products[at].name);
        assert_int_equal(view.product.version, products[at].version);
        assert_int_equal(view.lot.expires_on, expires[at]);
        assert_int_equal(view.recall_count, covered ? 1 : 0);
    }
    tear_down(&world);
}

/* ---- while others look ---- */

struct looking {
    struct world *world;
    const struct unit_key *key;
    atomic_uint *committed; /* the product's version, as far as it was answered */
    atomic_bool *stop;
    unsigned wrong;
};

static void *
look(void *context)
{
    struct looking *looking = context;
    struct registry_session *session = test_session(looking->world->registry);
    struct unit_view view;
    while (!atomic_load(looking->stop)) {
        unsigned least = atomic_load(looking->committed);
        bool good = registry_view(session, looking->key, &view) == ERR_OK;
        looking->wrong += !good || view.product.version < least;
    }
    registry_session_close(session);
    return NULL;
}

static void
a_change_is_seen_by_every_view_begun_after_it(void **state)
{
    (void)state;
    static struct world world;
    static struct product product;
    static struct looking looking[READERS];
    static atomic_uint committed;
    static atomic_bool stop;
    pthread_t threads[READERS];
    build(&world);
    struct unit_key key = add_unit(&world, 1);
    for (size_t i = 0; i < READERS; i++) {
        looking[i] = (struct looking){&world, &key, &committed, &stop, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, look, &looking[i]), 0);
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        put_product(&world, &product, key.gtin, round);
        atomic_store(&committed, (unsigned)product.version);
    }
    atomic_store(&stop, true);
    for (size_t i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(looking[i].wrong, 0);
    }
    tear_down(&world);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_view_shows_the_last_change),
        cmocka_unit_test(a_change_is_seen_by_every_view_begun_after_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
