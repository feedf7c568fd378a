/* SPDX-License-Identifier: Apache-2.0 */
/* What shares a commit. The test holds LMDB's write lock, so that calls gather behind it: the
 * writer thread holds the first one in its hand, and the others become one group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/registry/lmdb_engine.h"
#include "tests/registry/support.h"

static const char gtin[] = "09506000134352";

enum { CALLS_MAX = 20 };

/* One call of one thread. */
struct call {
    pthread_t thread;
    struct registry *registry;
    uint64_t number;  /* of its operation */
    size_t units;     /* to register, named after the number; 0: to change the unit "SAME" */
    const char *text; /* of the change */
    enum err err;
    struct unit current;
};

static enum err
commission(struct registry_session *session, const struct call *call)
{
    struct operation operation;
    struct unit *units = calloc(call->units, sizeof *units);
    enum err *results = calloc(call->units, sizeof *results);
    bool *same = calloc(call->units, sizeof *same);
    enum err err = ERR_MEMORY;
    for (size_t i = 0; units != NULL && i < call->units; i++) {
        char serial[24];
        (void)snprintf(serial, sizeof serial, "C%u-%u", (unsigned)call->number, (unsigned)i);
        test_unit(&units[i], gtin, serial);
    }
    test_operation(&operation, call->number);
    if (units != NULL && results != NULL && same != NULL)
        err = registry_commission(session, units, call->units, &operation, results, same);
    free(units);
    free(results);
    free(same);
    return err;
}

static enum err
change(struct registry_session *session, struct call *call)
{
    struct unit unit;
    struct change wanted;
    struct operation operation;
    test_unit(&unit, gtin, "SAME");
    struct unit_key key = test_key(&unit);
    test_operation(&operation, call->number);
    if (registry_get(session, &key, &unit) != ERR_OK ||
        !test_try_change(&wanted, &unit, EVENT_RECEIVE, &operation, call->text))
        return ERR_COUNT;
    return registry_apply(session, &wanted, 1, &operation, NULL, &call->current);
}

static void *
run(void *context)
{
    struct call *call = context;
    struct registry_session *session = NULL;
    struct fault fault;
    call->err = registry_session_open(call->registry, &session, &fault);
    if (call->err == ERR_OK)
        call->err = call->units > 0 ? commission(session, call) : change(session, call);
    registry_session_close(session);
    return NULL;
}

static size_t
length_of(const struct lmdb_line *line)
{
    size_t count = 0;
    for (const struct lmdb_request *at = line->first; at != NULL; at = at->next)
        count++;
    return count;
}

/* The writer has a group in its hand, and so many calls wait behind it. */
static bool
gathered(struct lmdb_registry *registry, size_t expected)
{
    struct lmdb_queue *queue = &registry->writer.queue;
    (void)pthread_mutex_lock(&queue->lock);
    size_t count = length_of(&queue->light) + length_of(&queue->heavy);
    bool busy = queue->busy;
    (void)pthread_mutex_unlock(&queue->lock);
    return busy && count == expected;
}

/* Lets the calls gather in their order, then go. The first is a group of its own. */
static void
gather(struct registry *registry, struct call *calls, size_t count)
{
    struct lmdb_registry *inside = (struct lmdb_registry *)(void *)registry;
    const struct timespec pause = {0, 1000000};
    MDB_txn *txn = NULL;
    assert_int_equal(mdb_txn_begin(inside->env, NULL, 0, &txn), 0);
    for (size_t i = 0; i < count; i++) {
        calls[i].registry = registry;
        assert_int_equal(pthread_create(&calls[i].thread, NULL, run, &calls[i]), 0);
        while (!gathered(inside, i))
            (void)nanosleep(&pause, NULL);
    }
    mdb_txn_abort(txn);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_join(calls[i].thread, NULL), 0);
}

struct scene {
    struct test_place place;
    char url[128];
    struct registry *registry;
    struct registry_session *session;
    struct registry_health before;
};

static int
make_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    struct unit unit;
    assert_non_null(scene);
    test_place_make(&scene->place);
    (void)snprintf(scene->url, sizeof scene->url, "lmdb:%s?map=1048576", scene->place.path);
    scene->registry = test_open(scene->url);
    scene->session = test_session(scene->registry);
    test_unit(&unit, gtin, "SAME");
    test_commission(scene->session, &unit, 1);
    assert_int_equal(registry_health(scene->session, &scene->before), ERR_OK);
    *state = scene;
    return 0;
}

static int
remove_scene(void **state)
{
    struct scene *scene = *state;
    test_undamaged(scene->session);
    registry_session_close(scene->session);
    registry_close(scene->registry);
    test_place_remove(&scene->place);
    free(scene);
    return 0;
}

static void
reopen(struct scene *scene, const char *url)
{
    registry_session_close(scene->session);
    registry_close(scene->registry);
    scene->registry = test_open(url);
    scene->session = test_session(scene->registry);
    assert_int_equal(registry_health(scene->session, &scene->before), ERR_OK);
}

static void
expect_commits(struct scene *scene, uint64_t commits, uint64_t calls)
{
    struct registry_health after;
    assert_int_equal(registry_health(scene->session, &after), ERR_OK);
    assert_int_equal(after.commits - scene->before.commits, commits);
    assert_int_equal(after.commit_calls - scene->before.commit_calls, calls);
}

static void
calls_share_a_commit(void **state)
{
    struct scene *scene = *state;
    struct call calls[CALLS_MAX];
    for (size_t i = 0; i < CALLS_MAX; i++)
        calls[i] = (struct call){.number = 100 + i, .units = 2};
    gather(scene->registry, calls, CALLS_MAX);
    for (size_t i = 0; i < CALLS_MAX; i++)
        assert_int_equal(calls[i].err, ERR_OK);
    expect_commits(scene, 2, CALLS_MAX);
}

/* After the light one in hand: one too large for a group, the light one, and two that fit. */
static void
groups_are_limited(void **state)
{
    struct scene *scene = *state;
    struct call calls[] = {
        {.number = 100, .units = 1},   {.number = 101, .units = COMMISSION_MAX / 2},
        {.number = 102, .units = 600}, {.number = 103, .units = 424},
        {.number = 104, .units = 1},
    };
    reopen(scene, scene->place.url);
    gather(scene->registry, calls, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(calls[i].err, ERR_OK);
    expect_commits(scene, 4, 5);
}

/* Nobody took it in time: it is withdrawn, and the one in hand is answered as ever. */
static void
a_call_waits_so_long_and_no_longer(void **state)
{
    struct scene *scene = *state;
    struct lmdb_registry *inside = (struct lmdb_registry *)(void *)scene->registry;
    const struct timespec pause = {0, 1000000};
    struct call first = {.registry = scene->registry, .number = 100, .units = 1};
    struct call calls[] = {
        {.registry = scene->registry, .number = 101, .text = "Berlin 1"},
        {.registry = scene->registry, .number = 102, .units = 100},
    };
    struct registry_health after;
    MDB_txn *txn = NULL;
    assert_int_equal(mdb_txn_begin(inside->env, NULL, 0, &txn), 0);
    assert_int_equal(pthread_create(&first.thread, NULL, run, &first), 0);
    while (!gathered(inside, 0))
        (void)nanosleep(&pause, NULL);
    (void)pthread_mutex_lock(&inside->writer.queue.lock);
    inside->writer.queue.patience_ms = 1;
    (void)pthread_mutex_unlock(&inside->writer.queue.lock);
    for (size_t i = 0; i < 2; i++) {
        assert_null(run(&calls[i]));
        assert_int_equal(calls[i].err, ERR_UNAVAILABLE);
    }
    assert_true(gathered(inside, 0));
    mdb_txn_abort(txn);
    assert_int_equal(pthread_join(first.thread, NULL), 0);
    assert_int_equal(first.err, ERR_OK);
    expect_commits(scene, 1, 1);
    assert_int_equal(registry_health(scene->session, &after), ERR_OK);
    assert_int_equal(after.units, scene->before.units + 1);
}

/* The second change of a unit sees the first, which is not committed yet. */
static void
the_second_sees_the_first(void **state)
{
    struct scene *scene = *state;
    struct call calls[] = {
        {.number = 100, .units = 1},
        {.number = 101, .text = "Berlin 1"},
        {.number = 102, .text = "Paris 2"},
        {.number = 101, .text = "Berlin 1"}, /* the first again */
        {.number = 103, .units = 1},
    };
    gather(scene->registry, calls, 5);
    assert_int_equal(calls[1].err, ERR_OK);
    assert_int_equal(calls[2].err, ERR_CONFLICT);
    assert_int_equal(calls[2].current.version, 2);
    assert_string_equal(calls[2].current.location, "Berlin 1");
    assert_int_equal(calls[3].err, ERR_OK);
    assert_int_equal(calls[4].err, ERR_OK);
    expect_commits(scene, 2, 3); /* the conflict and the repeat wrote nothing */
}

/* One that does not fit into the map spoils the transaction: the others of its group are run again.
 */
static void
one_that_fails_does_not_fail_the_others(void **state)
{
    struct scene *scene = *state;
    struct call calls[] = {
        {.number = 100, .units = 1},         {.number = 101, .units = 66},
        {.number = 102, .text = "Berlin 1"}, {.number = 103, .units = 890},
        {.number = 104, .text = "Paris 2"},  {.number = 105, .units = 67},
    };
    char url[160];
    (void)snprintf(url, sizeof url, "lmdb:%s?map=262144", scene->place.path);
    reopen(scene, url);
    gather(scene->registry, calls, 6);
    assert_int_equal(calls[1].err, ERR_OK);
    assert_int_equal(calls[2].err, ERR_OK);
    assert_int_equal(calls[3].err, ERR_FULL);
    assert_int_equal(calls[4].err, ERR_CONFLICT);
    assert_int_equal(calls[5].err, ERR_OK);
    expect_commits(scene, 4, 4);
    struct registry_health after;
    assert_int_equal(registry_health(scene->session, &after), ERR_OK);
    assert_int_equal(after.units, 1 + 1 + 66 + 67);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, remove_scene)
    const struct CMUnitTest tests[] = {
        TEST(calls_share_a_commit),
        TEST(groups_are_limited),
        TEST(a_call_waits_so_long_and_no_longer),
        TEST(the_second_sees_the_first),
        TEST(one_that_fails_does_not_fail_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
