/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "gateway/api/in_flight.h"

static const uint8_t one[OPERATION_ID_BYTES] = {1};
static const uint8_t two[OPERATION_ID_BYTES] = {2};
static const uint8_t three[OPERATION_ID_BYTES] = {3};
static const uint8_t last_byte[OPERATION_ID_BYTES] = {[0] = 1, [15] = 1};

static void
tells_a_repeat(void **state)
{
    struct in_flight *flight = NULL;
    (void)state;
    assert_int_equal(in_flight_open(&flight, 3, NULL), ERR_OK);
    assert_true(in_flight_enter(flight, one));
    assert_false(in_flight_enter(flight, one));
    assert_true(in_flight_enter(flight, last_byte));
    assert_true(in_flight_enter(flight, two));
    in_flight_leave(flight, one);
    assert_false(in_flight_enter(flight, two));
    assert_false(in_flight_enter(flight, last_byte));
    assert_true(in_flight_enter(flight, one));
    in_flight_close(flight);
}

static void
is_full_at_its_size(void **state)
{
    struct in_flight *flight = NULL;
    (void)state;
    assert_int_equal(in_flight_open(&flight, 2, NULL), ERR_OK);
    assert_true(in_flight_enter(flight, one));
    assert_true(in_flight_enter(flight, two));
    assert_false(in_flight_enter(flight, three));
    in_flight_leave(flight, three); /* was never there */
    assert_false(in_flight_enter(flight, three));
    in_flight_leave(flight, two);
    assert_true(in_flight_enter(flight, three));
    in_flight_close(flight);
    in_flight_close(NULL);
}

enum { THREADS = 8, ROUNDS = 2000 };

struct race {
    struct in_flight *flight;
    atomic_int inside, entered, crowd;
};

static void *
enter_and_leave(void *context)
{
    struct race *race = context;
    for (int i = 0; i < ROUNDS; i++) {
        if (!in_flight_enter(race->flight, one))
            continue;
        if (atomic_fetch_add(&race->inside, 1) != 0)
            atomic_fetch_add(&race->crowd, 1);
        atomic_fetch_add(&race->entered, 1);
        atomic_fetch_sub(&race->inside, 1);
        in_flight_leave(race->flight, one);
    }
    return NULL;
}

static void
lets_one_thread_in(void **state)
{
    struct race race = {NULL, 0, 0, 0};
    pthread_t threads[THREADS];
    (void)state;
    assert_int_equal(in_flight_open(&race.flight, THREADS, NULL), ERR_OK);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, enter_and_leave, &race), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(race.crowd, 0);
    assert_true(race.entered >= ROUNDS);
    in_flight_close(race.flight);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_repeat),
        cmocka_unit_test(is_full_at_its_size),
        cmocka_unit_test(lets_one_thread_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
