/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "gateway/rules/crowd.h"

#define S BUCKET_SECOND
#define NOON (INT64_C(1795348800) * S)

enum { SIZE = 5, THREADS = 4 };

/* Five at once, then one every two seconds. */
static const struct bucket_rate rate = {2 * S, SIZE};
static struct crowd crowd;

static int
start(void **state)
{
    (void)state;
    memset(&crowd, 0, sizeof crowd);
    return 0;
}

/* Who is in cell `a` of the first row and cell `b` of the second. */
static uint64_t
who(unsigned a, unsigned b)
{
    return (uint64_t)b << 16 | a;
}

static unsigned
drain(uint64_t hash, int64_t now)
{
    unsigned taken = 0;
    while (crowd_take(&crowd, hash, &rate, now) != 0)
        taken++;
    return taken;
}

static void
test_one(void **state)
{
    (void)state;
    assert_int_equal(crowd_wait(&crowd, who(1, 2), &rate, NOON), 0);
    assert_int_equal(drain(who(1, 2), NOON), SIZE);
    assert_int_equal(crowd_wait(&crowd, who(1, 2), &rate, NOON), 2 * S);
    assert_int_equal(drain(who(1, 2), NOON + 2 * S), 1);
    assert_int_equal(drain(who(1, 2), NOON + 3 * S), 0);
    assert_int_equal(drain(who(1, 2), NOON + 6 * S), 2);
    assert_int_equal(drain(who(1, 2), NOON + 600 * S), SIZE);
}

/* Who shares one bucket with somebody has the other; who shares both shares all. */
static void
test_sharing(void **state)
{
    (void)state;
    assert_int_equal(drain(who(1, 2), NOON), SIZE);
    assert_int_equal(drain(who(1, 3), NOON), SIZE);
    assert_int_equal(drain(who(4, 2), NOON), SIZE);
    assert_int_equal(drain(who(4, 3), NOON), 0);
    assert_int_equal(drain(who(5, 6), NOON), SIZE);
    assert_int_equal(drain(UINT64_MAX << 32 | who(5, 6), NOON), 0); /* the rest is not looked at */
}

/* What is given back goes where it came from: a stranger cannot fill the bucket that he emptied
 * with another by taking from and giving back to his own. */
static void
test_give_back(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        unsigned rows = crowd_take(&crowd, who(1, 2), &rate, NOON);
        assert_int_equal(rows, 3);
        crowd_give_back(&crowd, who(1, 2), &rate, rows);
    }
    assert_int_equal(drain(who(1, 2), NOON), SIZE);
    for (int i = 0; i < 1000; i++) {
        unsigned rows = crowd_take(&crowd, who(1, 7), &rate, NOON);
        assert_int_equal(rows, 2); /* the second row only */
        crowd_give_back(&crowd, who(1, 7), &rate, rows);
    }
    assert_int_equal(drain(who(1, 2), NOON), 0);
    crowd_give_back(&crowd, who(1, 2), &rate, 0);
    assert_int_equal(drain(who(1, 2), NOON), 0);
}

static void *
take_all(void *context)
{
    unsigned *taken = context;
    for (int i = 0; i < 20000; i++)
        *taken += crowd_take(&crowd, who(8, 9), &rate, NOON) != 0;
    return NULL;
}

static void
test_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    unsigned taken[THREADS] = {0};
    unsigned sum = 0;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_all, &taken[i]), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        sum += taken[i];
    }
    /* Two that race may take from one row each; none takes twice. */
    assert_in_range(sum, SIZE, 2 * SIZE);
    assert_int_equal(drain(who(8, 9), NOON), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_one, start),
        cmocka_unit_test_setup(test_sharing, start),
        cmocka_unit_test_setup(test_give_back, start),
        cmocka_unit_test_setup(test_threads, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
