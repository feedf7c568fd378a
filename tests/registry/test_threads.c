/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads on one registry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/registry/support.h"

enum { RACERS = 8, VERSIONS = 60, WRITERS = 32, CHANGES = 6, READERS = 2, ROUNDS = 10 };

struct shared {
    struct registry *registry;
    char gtin[GTIN_DIGITS + 1];
    atomic_uint wins[VERSIONS + 2]; /* by the version that was won */
    atomic_uint numbers;            /* of operations */
    atomic_bool stop;
    atomic_uint reads;
};

struct thread {
    pthread_t thread;
    struct shared *shared;
    unsigned number;
    const char *trouble; /* NULL: none. cmocka's asserts are for the main thread */
};

static struct shared *
start(const struct test_place *place, unsigned sessions)
{
    struct shared *shared = calloc(1, sizeof *shared);
    const struct registry_options options = {.record_key = test_record_key, .sessions = sessions};
    struct fault fault = {ERR_OK, ""};
    assert_non_null(shared);
    assert_int_equal(registry_open(place->url, &options, &shared->registry, &fault), ERR_OK);
    test_gtin(shared->gtin, 1);
    return shared;
}

static void
run_threads(struct shared *shared, struct thread *threads, size_t count, void *(*run)(void *))
{
    for (size_t i = 0; i < count; i++) {
        threads[i] = (struct thread){.shared = shared, .number = (unsigned)i};
        assert_int_equal(pthread_create(&threads[i].thread, NULL, run, &threads[i]), 0);
    }
}

static void
join_threads(const struct thread *threads, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_join(threads[i].thread, NULL), 0);
    for (size_t i = 0; i < count; i++)
        if (threads[i].trouble != NULL)
            fail_msg("thread %zu: %s", i, threads[i].trouble);
}

static struct registry_session *
session_in_thread(struct thread *thread)
{
    struct registry_session *session = NULL;
    struct fault fault;
    if (registry_session_open(thread->shared->registry, &session, &fault) != ERR_OK)
        thread->trouble = "no session";
    return session;
}

static void
add_unit(struct shared *shared, const char *serial, uint64_t number)
{
    struct unit unit;
    struct registry_session *session = test_session(shared->registry);
    test_unit(&unit, shared->gtin, serial);
    test_commission(session, &unit, number);
    registry_session_close(session);
}

static struct unit_key
key_of_serial(const struct shared *shared, const char *serial)
{
    struct unit unit;
    test_unit(&unit, shared->gtin, serial);
    return test_key(&unit);
}

/* Receives it first, then moves it. */
static bool
next_change(const struct unit *unit, const struct operation *operation, struct change *out)
{
    return test_try_change(out, unit, unit->version == 1 ? EVENT_RECEIVE : EVENT_MOVE, operation,
                           "Berlin 1");
}

/* ---- exactly one wins each version ---- */

static void *
race(void *context)
{
    struct thread *thread = context;
    struct shared *shared = thread->shared;
    struct unit_key key = key_of_serial(shared, "RACE");
    struct unit unit;
    struct registry_session *session = session_in_thread(thread);
    enum err err = session == NULL ? ERR_MEMORY : registry_get(session, &key, &unit);
    while (err == ERR_OK && unit.version <= VERSIONS) {
        struct change change;
        struct operation operation;
        struct unit current;
        test_operation(&operation, 1000 + atomic_fetch_add(&shared->numbers, 1));
        if (!next_change(&unit, &operation, &change))
            thread->trouble = "the rules refuse the change";
        err = registry_apply(session, &change, 1, &operation, NULL, &current);
        if (err == ERR_OK)
            atomic_fetch_add(&shared->wins[unit.version], 1);
        if (err == ERR_CONFLICT && current.version <= unit.version)
            thread->trouble = "a conflict with an older version";
        if (err == ERR_OK || err == ERR_CONFLICT)
            err = registry_get(session, &key, &unit);
    }
    if (err != ERR_OK)
        thread->trouble = err_info(err)->code;
    registry_session_close(session);
    return NULL;
}

static void
one_wins_each_version(void **state)
{
    struct thread threads[RACERS];
    struct shared *shared = start(*state, RACERS + 1);
    add_unit(shared, "RACE", 1);
    run_threads(shared, threads, RACERS, race);
    join_threads(threads, RACERS);
    for (size_t version = 1; version <= VERSIONS; version++)
        if (atomic_load(&shared->wins[version]) != 1)
            fail_msg("version %zu was won %u times", version, atomic_load(&shared->wins[version]));
    assert_int_equal(atomic_load(&shared->wins[VERSIONS + 1]), 0);
    struct registry_session *session = test_session(shared->registry);
    test_undamaged(session);
    registry_session_close(session);
    registry_close(shared->registry);
    free(shared);
}

/* ---- one commit carries many calls, and readers see whole ones ---- */

static void *
write_own(void *context)
{
    struct thread *thread = context;
    struct shared *shared = thread->shared;
    char serial[16];
    (void)snprintf(serial, sizeof serial, "OWN%u", thread->number);
    struct unit_key key = key_of_serial(shared, serial);
    struct unit unit;
    struct registry_session *session = session_in_thread(thread);
    for (unsigned i = 0; i < CHANGES && thread->trouble == NULL; i++) {
        struct change change;
        struct operation operation;
        test_operation(&operation, 5000 + thread->number * CHANGES + i);
        if (registry_get(session, &key, &unit) != ERR_OK || unit.version != i + 1)
            thread->trouble = "what was acknowledged is not there";
        else if (!next_change(&unit, &operation, &change))
            thread->trouble = "the rules refuse the change";
        else if (registry_apply(session, &change, 1, &operation, NULL, NULL) != ERR_OK)
            thread->trouble = "the change was refused";
    }
    registry_session_close(session);
    return NULL;
}

/* The pair changes together: one view never holds one of them changed. */
static bool
pair_is_whole(struct registry_session *session, const struct unit_key *pair, uint64_t *version)
{
    struct unit units[2];
    enum err results[2];
    if (registry_get_many(session, pair, 2, units, results) != ERR_OK || results[0] != ERR_OK ||
        results[1] != ERR_OK)
        return false;
    bool whole = units[0].version == units[1].version && units[0].version >= *version;
    *version = units[0].version;
    return whole;
}

static void *
read_pair(void *context)
{
    struct thread *thread = context;
    struct shared *shared = thread->shared;
    const struct unit_key pair[2] = {key_of_serial(shared, "PAIR1"),
                                     key_of_serial(shared, "PAIR2")};
    uint64_t version = 0;
    struct registry_session *session = session_in_thread(thread);
    while (!atomic_load(&shared->stop) && thread->trouble == NULL) {
        if (!pair_is_whole(session, pair, &version))
            thread->trouble = "half of a change was seen, or an old one";
        atomic_fetch_add(&shared->reads, 1);
    }
    registry_session_close(session);
    return NULL;
}

static void *
write_pair(void *context)
{
    struct thread *thread = context;
    struct shared *shared = thread->shared;
    const struct unit_key pair[2] = {key_of_serial(shared, "PAIR1"),
                                     key_of_serial(shared, "PAIR2")};
    struct registry_session *session = session_in_thread(thread);
    for (unsigned i = 0; i < 30 && thread->trouble == NULL; i++) {
        struct unit units[2];
        enum err results[2];
        struct change changes[2];
        struct operation operation;
        test_operation(&operation, 7000 + i);
        bool ready = registry_get_many(session, pair, 2, units, results) == ERR_OK &&
                     next_change(&units[0], &operation, &changes[0]) &&
                     next_change(&units[1], &operation, &changes[1]);
        if (!ready || registry_apply(session, changes, 2, &operation, NULL, NULL) != ERR_OK)
            thread->trouble = "the pair could not be changed";
    }
    registry_session_close(session);
    return NULL;
}

static void
commits_carry_many_calls(void **state)
{
    struct thread writers[WRITERS];
    struct thread readers[READERS];
    struct thread pair;
    struct registry_health before;
    struct registry_health after;
    struct shared *shared = start(*state, WRITERS + READERS + 2);
    for (unsigned i = 0; i < WRITERS; i++) {
        char serial[16];
        (void)snprintf(serial, sizeof serial, "OWN%u", i);
        add_unit(shared, serial, 1 + i);
    }
    add_unit(shared, "PAIR1", 100);
    add_unit(shared, "PAIR2", 101);
    struct registry_session *session = test_session(shared->registry);
    assert_int_equal(registry_health(session, &before), ERR_OK);
    run_threads(shared, readers, READERS, read_pair);
    run_threads(shared, &pair, 1, write_pair);
    run_threads(shared, writers, WRITERS, write_own);
    join_threads(writers, WRITERS);
    join_threads(&pair, 1);
    atomic_store(&shared->stop, true);
    join_threads(readers, READERS);
    assert_true(atomic_load(&shared->reads) > 0);
    assert_int_equal(registry_health(session, &after), ERR_OK);
    assert_int_equal(after.commit_calls - before.commit_calls, WRITERS * CHANGES + 30);
    assert_true(after.commits - before.commits < after.commit_calls - before.commit_calls);
    print_message("  %u calls in %u commits\n",
                  (unsigned)(after.commit_calls - before.commit_calls),
                  (unsigned)(after.commits - before.commits));
    test_undamaged(session);
    registry_session_close(session);
    registry_close(shared->registry);
    free(shared);
}

/* ---- one operation sent by many ---- */

static void *
send_same(void *context)
{
    struct thread *thread = context;
    struct shared *shared = thread->shared;
    struct unit_key key = key_of_serial(shared, "SAME");
    struct unit unit;
    struct registry_session *session = session_in_thread(thread);
    for (uint64_t round = 0; round < ROUNDS && thread->trouble == NULL; round++) {
        struct change change;
        struct operation operation;
        test_operation(&operation, 9000 + round);
        enum err err = registry_get(session, &key, &unit);
        /* What the first of them saw, also for those who come later: they repeat its request. */
        unit.version = 2 + round;
        if (err != ERR_OK || !next_change(&unit, &operation, &change))
            thread->trouble = "no change to send";
        else if (registry_apply(session, &change, 1, &operation, NULL, NULL) != ERR_OK)
            thread->trouble = "the repeated operation was refused";
    }
    registry_session_close(session);
    return NULL;
}

static void
an_operation_happens_once(void **state)
{
    struct thread threads[RACERS];
    struct unit unit;
    struct change change;
    struct operation operation;
    struct shared *shared = start(*state, RACERS + 1);
    add_unit(shared, "SAME", 1);
    struct unit_key key = key_of_serial(shared, "SAME");
    struct registry_session *session = test_session(shared->registry);
    assert_int_equal(registry_get(session, &key, &unit), ERR_OK);
    test_operation(&operation, 2);
    assert_true(next_change(&unit, &operation, &change));
    assert_int_equal(registry_apply(session, &change, 1, &operation, NULL, NULL), ERR_OK);
    run_threads(shared, threads, RACERS, send_same);
    join_threads(threads, RACERS);
    assert_int_equal(registry_get(session, &key, &unit), ERR_OK);
    assert_int_equal(unit.version, 2 + ROUNDS);
    test_undamaged(session);
    registry_session_close(session);
    registry_close(shared->registry);
    free(shared);
}

/* ---- a session may be handed from thread to thread ---- */

struct handed {
    struct registry_session *session;
    struct unit_key key;
    enum err err;
};

static void *
use_session(void *context)
{
    struct handed *handed = context;
    struct unit unit;
    handed->err = registry_get(handed->session, &handed->key, &unit);
    return NULL;
}

static void
sessions_move_between_threads(void **state)
{
    struct shared *shared = start(*state, 3);
    add_unit(shared, "MOVE", 1);
    struct registry_session *first = test_session(shared->registry);
    struct handed handed[2] = {
        {first, key_of_serial(shared, "MOVE"), ERR_COUNT},
        {test_session(shared->registry), key_of_serial(shared, "MOVE"), ERR_COUNT}};
    for (size_t i = 0; i < 10; i++) {
        pthread_t thread;
        (void)use_session(&handed[i % 2]); /* two sessions in one thread */
        assert_int_equal(handed[i % 2].err, ERR_OK);
        assert_int_equal(pthread_create(&thread, NULL, use_session, &handed[i % 2]), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(handed[i % 2].err, ERR_OK);
    }
    registry_session_close(handed[0].session);
    registry_session_close(handed[1].session);
    registry_close(shared->registry);
    free(shared);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_place_set_up, test_place_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(one_wins_each_version),
        TEST(commits_carry_many_calls),
        TEST(an_operation_happens_once),
        TEST(sessions_move_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
