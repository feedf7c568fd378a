/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "gateway/base/pool.h"

enum { MANY = 5000 };

static void
count_call(void *context, size_t index)
{
    unsigned *calls = context;
    calls[index]++;
}

static const struct {
    const char *label;
    unsigned threads;
    size_t count;
} rows[] = {
    {"nothing to do", 2, 0},       {"one index", 2, 1},
    {"fewer than threads", 7, 3},  {"one thread", 1, MANY},
    {"as many as cores", 0, MANY}, {"more threads than allowed", 1000, MANY},
};

/* Each index once, whatever the number of threads; and again, for a pool is used many times. */
static void
each_index_is_worked_on_once(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct pool *pool = NULL;
        unsigned *calls = calloc(MANY, sizeof *calls);
        assert_non_null(calls);
        assert_int_equal(pool_open(rows[r].threads, &pool, NULL), ERR_OK);
        for (unsigned round = 1; round <= 3; round++) {
            pool_start(pool, rows[r].count, count_call, calls);
            pool_wait(pool);
            for (size_t i = 0; i < MANY; i++)
                if (calls[i] != (i < rows[r].count ? round : 0))
                    fail_msg("%s: index %zu was called %u times", rows[r].label, i, calls[i]);
        }
        pool_close(pool);
        free(calls);
    }
}

static void
add_one(void *context, size_t index)
{
    size_t *sums = context;
    sums[index] += index;
}

/* pool_start waits for the batch before, so batches over the same data do not overlap. */
static void
batches_follow_each_other(void **state)
{
    (void)state;
    struct pool *pool = NULL;
    size_t sums[64] = {0};
    assert_int_equal(pool_open(4, &pool, NULL), ERR_OK);
    for (int round = 0; round < 200; round++)
        pool_start(pool, 64, add_one, sums);
    pool_close(pool);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(sums[i], 200 * i);
}

static void
closing_nothing_is_allowed(void **state)
{
    (void)state;
    pool_close(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_index_is_worked_on_once),
        cmocka_unit_test(batches_follow_each_other),
        cmocka_unit_test(closing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
