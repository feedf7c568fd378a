/* SPDX-License-Identifier: Apache-2.0 */
/* A process that registers and changes units is killed at a random moment, again and again: what it
 * was told is done is there afterwards, and nothing is damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/registry/child.h"

enum { ROUNDS = 20, BATCH = 40, ACKNOWLEDGED_MAX = 20000 };

/* What the child does, one after the other: step n registers BATCH units when n is even, and
 * changes BATCH of them, two at a time, when it is odd. Every call is acknowledged by its number.
 */

static void
name_unit(struct unit *unit, uint64_t batch, uint64_t i)
{
    char gtin[GTIN_DIGITS + 1];
    char serial[24];
    test_gtin(gtin, 1 + (unsigned)(batch % 3));
    /* Not in order. */
    (void)snprintf(serial, sizeof serial, "S%05u-%02u", (unsigned)(batch * 7919 % 100000),
                   (unsigned)i);
    test_unit(unit, gtin, serial);
}

enum { CALLS = 1 + BATCH / 2 }; /* of a batch: one commission, then applies of two units */

static enum err
commission(struct registry_session *session, uint64_t batch, const struct operation *operation)
{
    static struct unit units[BATCH];
    static enum err results[BATCH];
    static bool same[BATCH];
    for (uint64_t i = 0; i < BATCH; i++)
        name_unit(&units[i], batch, i);
    return registry_commission(session, units, BATCH, operation, results, same);
}

static enum err
receive_pair(struct registry_session *session, uint64_t batch, uint64_t first,
             const struct operation *operation)
{
    struct change changes[2];
    for (uint64_t i = 0; i < 2; i++) {
        struct unit unit;
        name_unit(&unit, batch, first + i);
        struct unit_key key = test_key(&unit);
        enum err err = registry_get(session, &key, &unit);
        if (err != ERR_OK)
            return err;
        if (unit.version == 1 &&
            !test_try_change(&changes[i], &unit, EVENT_RECEIVE, operation, "Berlin 1"))
            return ERR_CONFLICT;
        if (unit.version != 1)
            return ERR_OK; /* done before the kill, and not acknowledged */
    }
    return registry_apply(session, changes, 2, operation, NULL, NULL);
}

static enum err
call(struct registry_session *session, uint64_t number)
{
    struct operation operation;
    uint64_t batch = number / CALLS;
    uint64_t within = number % CALLS;
    test_operation(&operation, 1 + number);
    if (within == 0)
        return commission(session, batch, &operation);
    return receive_pair(session, batch, (within - 1) * 2, &operation);
}

static int
work(const char *url)
{
    struct order order;
    struct registry *registry = test_open(url);
    struct registry_session *session = test_session(registry);
    if (!child_order(&order))
        return 1;
    for (uint64_t number = order.number; call(session, number) == ERR_OK; number++)
        child_answer((int)number);
    return 2;
}

/* Every call up to `number` was acknowledged. */
static void
expect_done(struct registry_session *session, uint64_t from, uint64_t number)
{
    for (uint64_t done = from; done <= number; done++) {
        uint64_t batch = done / CALLS;
        uint64_t within = done % CALLS;
        uint64_t first = within == 0 ? 0 : (within - 1) * 2;
        uint64_t end = within == 0 ? BATCH : first + 2;
        struct operation operation;
        test_operation(&operation, 1 + done);
        enum err err = registry_find_operation(session, operation.id, &operation);
        for (uint64_t i = first; i < end; i++) {
            struct unit unit;
            name_unit(&unit, batch, i);
            struct unit_key key = test_key(&unit);
            uint64_t least = within == 0 ? 1 : 2;
            if (err != ERR_OK || registry_get(session, &key, &unit) != ERR_OK ||
                unit.version < least)
                fail_msg("call %llu was acknowledged and is not there", (unsigned long long)done);
        }
    }
}

/* Reads acknowledgements until the time is over, kills, then reads the rest; returns the last. */
static int64_t
kill_after(struct child *child, uint64_t first, unsigned microseconds)
{
    int64_t last = (int64_t)first;
    const struct timespec time = {0, (long)microseconds * 1000};
    assert_int_equal(child_ask(child, "from", first), (int)first);
    (void)nanosleep(&time, NULL);
    assert_int_equal(kill(child->pid, SIGKILL), 0);
    for (int number = child_next(child); number >= 0; number = child_next(child)) {
        assert_int_equal(number, last + 1);
        last = number;
    }
    int status = child_end(child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return last;
}

static void
survives_kills(void **state)
{
    struct test_place place;
    uint64_t random = 20240917;
    uint64_t next = 0;
    (void)state;
    test_place_make(&place);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct child child;
        child_start(&child, "work", place.url);
        int64_t last = kill_after(&child, next, 1 + test_random(&random) % 60000);
        struct registry *registry = test_open(place.url);
        struct registry_session *session = test_session(registry);
        expect_done(session, next, (uint64_t)last);
        test_undamaged(session);
        registry_session_close(session);
        registry_close(registry);
        next = (uint64_t)last + 1;
    }
    print_message("  %u calls were acknowledged\n", (unsigned)next);
    assert_true(next > ROUNDS);
    struct registry *registry = test_open(place.url);
    struct registry_session *session = test_session(registry);
    expect_done(session, 0, next - 1);
    registry_session_close(session);
    registry_close(registry);
    test_place_remove(&place);
}

int
main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "work") == 0)
        return work(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_kills),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
