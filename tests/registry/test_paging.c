/* SPDX-License-Identifier: Apache-2.0 */
/* Paging while others write: four threads register, move, hold and sell units as fast as they can,
 * two walk the lists page by page. Every row that nobody touched appears exactly once in each walk,
 * in order, and no row twice. The checker is shown a planted skip and a planted repeat first. */
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
#include <time.h>

#include "tests/registry/support.h"

enum {
    STILL = 150, /* units that nobody touches; as many are touched, and lie between them */
    WRITERS = 4,
    READERS = 2,
    WALKS = 40,      /* of each reader, at least */
    CHANGES = 600,   /* of all writers while the readers walk, at least */
    FRESH_MAX = 100, /* units that each writer registers */
    PAGE_MAX = 60,
    TEXT_MAX = GS1_VALUE_MAX + 1
};

struct shared {
    struct registry *registry;
    char gtin[GTIN_DIGITS + 1];
    atomic_uint numbers; /* of operations */
    atomic_uint changes, walks[READERS];
    atomic_bool stop;
};

struct thread {
    pthread_t thread;
    struct shared *shared;
    unsigned number, fresh;
    uint64_t random;
    _Atomic(const char *) trouble; /* NULL: none. cmocka's asserts are for the main thread */
};

/* "U00017S" stands still, "U00017T" is touched, "U00017F2-9" is fresh: each between two that stand
 * still. */
static void
name_unit(char out[static TEXT_MAX], unsigned number, const char *what)
{
    (void)snprintf(out, TEXT_MAX, "U%05u%.8s", number % 100000U, what);
}

/* ---- the checker ---- */

/* One walk so far. */
struct walk {
    unsigned seen[STILL];
    char last[GS1_VALUE_MAX + 1];
    const char *trouble;
};

static void
walk_row(struct walk *walk, const char *serial)
{
    unsigned number = 0;
    char still[TEXT_MAX];
    int order = strcmp(walk->last, serial);
    if (order >= 0 && walk->trouble == NULL)
        walk->trouble = order == 0 ? "a row is repeated" : "a row is out of order";
    (void)snprintf(walk->last, sizeof walk->last, "%s", serial);
    for (const char *c = serial + 1; *c >= '0' && *c <= '9'; c++)
        number = number * 10 + (unsigned)(*c - '0');
    name_unit(still, number, "S");
    if (strcmp(still, serial) == 0 && number < STILL)
        walk->seen[number]++;
}

/* NULL: every row that nobody touched was there once. */
static const char *
walk_end(const struct walk *walk)
{
    for (size_t i = 0; walk->trouble == NULL && i < STILL; i++)
        if (walk->seen[i] != 1)
            return walk->seen[i] == 0 ? "an unchanged row is skipped" : "a row is repeated";
    return walk->trouble;
}

static const char *
walk_planted(unsigned skipped, unsigned repeated, bool swapped)
{
    struct walk walk = {.trouble = NULL};
    char serial[TEXT_MAX];
    for (unsigned i = 0; i < STILL; i++) {
        unsigned shown = swapped && i < 2 ? 1 - i : i;
        name_unit(serial, shown, "S");
        for (unsigned times = i == skipped ? 0 : 1 + (i == repeated); times > 0; times--)
            walk_row(&walk, serial);
        name_unit(serial, shown, "T");
        if (!swapped)
            walk_row(&walk, serial);
    }
    return walk_end(&walk);
}

static void
the_checker_sees_what_is_planted(void **state)
{
    (void)state;
    assert_null(walk_planted(STILL, STILL, false));
    for (unsigned i = 0; i < STILL; i++) {
        assert_string_equal(walk_planted(i, STILL, false), "an unchanged row is skipped");
        assert_string_equal(walk_planted(STILL, i, false), "a row is repeated");
    }
    assert_string_equal(walk_planted(STILL, STILL, true), "a row is out of order");
}

/* ---- writers ---- */

static void
change_one(struct thread *thread, struct registry_session *session)
{
    static const enum event_type types[] = {EVENT_RECEIVE, EVENT_MOVE,    EVENT_MOVE, EVENT_HOLD,
                                            EVENT_CLEAR,   EVENT_SUSPECT, EVENT_SHIP, EVENT_SELL};
    static const char *const places[] = {"Berlin", "Oslo", "Porto"};
    enum { TYPES = sizeof types / sizeof types[0] };
    struct unit_key key;
    struct unit unit;
    struct change change;
    struct operation operation;
    /* A unit sold or held is at its end here; writers begin anew with one that they registered. */
    unsigned span = STILL + thread->fresh;
    unsigned number = test_random(&thread->random) % span;
    char what[TEXT_MAX] = "T";
    if (number >= STILL)
        (void)snprintf(what, sizeof what, "F%u-%u", thread->number, number - STILL);
    memcpy(key.gtin, thread->shared->gtin, sizeof key.gtin);
    name_unit(key.serial, number % STILL, what);
    if (registry_get(session, &key, &unit) != ERR_OK) {
        thread->trouble = "a unit is lost";
        return;
    }
    test_operation(&operation, atomic_fetch_add(&thread->shared->numbers, 1));
    if (!test_try_change(&change, &unit, types[test_random(&thread->random) % TYPES], &operation,
                         places[test_random(&thread->random) % 3]))
        return;
    enum err err = registry_apply(session, &change, 1, &operation, NULL, NULL);
    if (err == ERR_OK)
        atomic_fetch_add(&thread->shared->changes, 1);
    else if (err != ERR_CONFLICT)
        thread->trouble = "a change failed";
}

static void
register_one(struct thread *thread, struct registry_session *session)
{
    struct unit unit;
    struct operation operation;
    enum err result = ERR_UNKNOWN;
    bool same = false;
    char serial[TEXT_MAX];
    char what[TEXT_MAX];
    (void)snprintf(what, sizeof what, "F%u-%u", thread->number, thread->fresh);
    name_unit(serial, (STILL + thread->fresh) % STILL, what);
    test_unit(&unit, thread->shared->gtin, serial);
    test_operation(&operation, atomic_fetch_add(&thread->shared->numbers, 1));
    if (registry_commission(session, &unit, 1, &operation, &result, &same) != ERR_OK ||
        result != ERR_OK)
        thread->trouble = "a unit was not registered";
    thread->fresh++;
}

static void *
write_on(void *context)
{
    struct thread *thread = context;
    struct registry_session *session = NULL;
    struct fault fault;
    if (registry_session_open(thread->shared->registry, &session, &fault) != ERR_OK) {
        thread->trouble = "no session";
        return NULL;
    }
    while (thread->trouble == NULL && !atomic_load(&thread->shared->stop)) {
        if (thread->fresh < FRESH_MAX && test_random(&thread->random) % 8 == 0)
            register_one(thread, session);
        else
            change_one(thread, session);
    }
    registry_session_close(session);
    return NULL;
}

/* ---- readers ---- */

/* The rows that stand still are in each of these. */
static void
some_filter(struct thread *thread, struct unit_filter *out)
{
    memset(out, 0, sizeof *out);
    switch (test_random(&thread->random) % 5) {
    case 0:
        memcpy(out->location, "Berlin", sizeof "Berlin");
        break;
    case 1:
        out->state = UNIT_IN_STOCK;
        break;
    case 2:
        memcpy(out->lot, "L24A0917", sizeof "L24A0917");
        break;
    case 3:
        memcpy(out->gtin, thread->shared->gtin, sizeof out->gtin);
        break;
    default:
        break;
    }
}

static const char *
walk_once(struct thread *thread, struct registry_session *session, struct unit *page)
{
    struct walk walk = {.trouble = NULL};
    struct unit_filter filter;
    struct cursor cursor = {""};
    some_filter(thread, &filter);
    do {
        size_t count = 0;
        size_t max = 1 + test_random(&thread->random) % PAGE_MAX;
        if (registry_list(session, &filter, &cursor, page, max, &count) != ERR_OK)
            return "a page could not be read";
        for (size_t i = 0; i < count; i++)
            walk_row(&walk, page[i].id.serial);
    } while (cursor.text[0] != '\0');
    return walk_end(&walk);
}

static void *
read_on(void *context)
{
    struct thread *thread = context;
    struct registry_session *session = NULL;
    struct fault fault;
    struct unit *page = calloc(PAGE_MAX, sizeof *page);
    if (page == NULL || registry_session_open(thread->shared->registry, &session, &fault) != ERR_OK)
        thread->trouble = "no session";
    while (thread->trouble == NULL && !atomic_load(&thread->shared->stop)) {
        thread->trouble = walk_once(thread, session, page);
        atomic_fetch_add(&thread->shared->walks[thread->number], 1);
    }
    registry_session_close(session);
    free(page);
    return NULL;
}

/* ---- the test ---- */

static void
fill(struct shared *shared, struct registry_session *session)
{
    static const char *const kinds[] = {"S", "T"};
    for (unsigned i = 0; i < 2 * STILL; i++) {
        struct unit unit;
        struct change change;
        struct operation operation;
        char serial[TEXT_MAX];
        name_unit(serial, i / 2, kinds[i % 2]);
        test_unit(&unit, shared->gtin, serial);
        test_commission(session, &unit, atomic_fetch_add(&shared->numbers, 1));
        struct unit_key key = test_key(&unit);
        assert_int_equal(registry_get(session, &key, &unit), ERR_OK);
        test_operation(&operation, atomic_fetch_add(&shared->numbers, 1));
        test_change(&change, &unit, EVENT_RECEIVE, &operation, "Berlin");
        assert_int_equal(registry_apply(session, &change, 1, &operation, NULL, NULL), ERR_OK);
    }
}

static bool
enough(const struct shared *shared)
{
    for (size_t i = 0; i < READERS; i++)
        if (atomic_load(&shared->walks[i]) < WALKS)
            return false;
    return atomic_load(&shared->changes) >= CHANGES;
}

static bool
troubled(struct thread *threads)
{
    for (size_t i = 0; i < WRITERS + READERS; i++)
        if (threads[i].trouble != NULL)
            return true;
    return false;
}

static void
no_row_is_skipped_or_repeated(void **state)
{
    static struct shared shared;
    static struct thread threads[WRITERS + READERS];
    const struct registry_options options = {.record_key = test_record_key,
                                             .sessions = WRITERS + READERS + 1};
    struct test_place place;
    struct fault fault = {ERR_OK, ""};
    (void)state;
    test_place_make(&place);
    assert_int_equal(registry_open(place.url, &options, &shared.registry, &fault), ERR_OK);
    struct registry_session *session = test_session(shared.registry);
    test_gtin(shared.gtin, 1);
    atomic_store(&shared.numbers, 1);
    fill(&shared, session);
    for (unsigned i = 0; i < WRITERS + READERS; i++) {
        bool writes = i < WRITERS;
        threads[i] = (struct thread){
            .shared = &shared, .number = writes ? i : i - WRITERS, .random = 20261122 + i};
        assert_int_equal(
            pthread_create(&threads[i].thread, NULL, writes ? write_on : read_on, &threads[i]), 0);
    }
    while (!enough(&shared) && !troubled(threads))
        (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    atomic_store(&shared.stop, true);
    for (size_t i = 0; i < WRITERS + READERS; i++)
        assert_int_equal(pthread_join(threads[i].thread, NULL), 0);
    for (size_t i = 0; i < WRITERS + READERS; i++)
        if (threads[i].trouble != NULL)
            fail_msg("thread %zu: %s", i, threads[i].trouble);
    print_message("%u changes, %u and %u walks\n", atomic_load(&shared.changes),
                  atomic_load(&shared.walks[0]), atomic_load(&shared.walks[1]));
    test_undamaged(session);
    registry_session_close(session);
    registry_close(shared.registry);
    test_place_remove(&place);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checker_sees_what_is_planted),
        cmocka_unit_test(no_row_is_skipped_or_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
