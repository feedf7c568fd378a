/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions, notices and tallies from many threads at once, as commits in common see them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/registry/support.h"

enum { THREADS = 8, EACH = 25, NOW = 1700000000, DAY = 20000 };

static const char credential[] = "7K3M9Q2X";
static const char reference[] = "7K3M9Q2XBT";

struct worker {
    struct registry_session *session;
    unsigned number; /* of the thread, from 1 */
    bool failed;
};

/* Each signs in, is seen, and every fifth signs out. */
static bool
sign_in(struct worker *worker, unsigned i)
{
    struct session browser;
    test_browser(&browser, credential, worker->number * 1000 + i, NOW);
    browser.seal[0] = (uint8_t)worker->number;
    browser.seal[1] = (uint8_t)i;
    bool good = registry_put_session(worker->session, &browser, NOW) == ERR_OK;
    browser.seen_at = NOW + 1;
    enum err seen = registry_put_session(worker->session, &browser, NOW + 1);
    if (i % 5 == 0)
        good = good && registry_end_sessions(worker->session, credential, browser.seal) == ERR_OK;
    return good && (seen == ERR_OK || seen == ERR_NOT_FOUND); /* the others pushed it out */
}

static bool
count(struct worker *worker)
{
    const struct tally tally = {.day = DAY, .verdicts = {[VERDICT_OK] = 3}};
    return registry_add_tally(worker->session, &tally) == ERR_OK;
}

/* As the gateway counts up what it finds. */
static bool
count_up(struct worker *worker, unsigned i)
{
    struct notice notice;
    struct operation operation;
    enum err err = ERR_CONFLICT;
    for (unsigned tries = 0; err == ERR_CONFLICT; tries++) {
        enum err found = registry_get_notice(worker->session, reference, &notice);
        if (found == ERR_NOT_FOUND)
            test_notice(&notice, reference, NOW);
        else if (found == ERR_OK)
            notice.count++;
        else
            return false;
        test_operation(&operation, worker->number * 1000000ULL + i * 1000ULL + tries);
        err = registry_put_notice(worker->session, &notice, &operation, NULL);
    }
    return err == ERR_OK;
}

static void *
work(void *context)
{
    struct worker *worker = context;
    for (unsigned i = 0; i < EACH; i++)
        if (!sign_in(worker, i) || !count(worker) || !count_up(worker, i))
            worker->failed = true;
    return NULL;
}

static void
nothing_is_lost(void **state)
{
    struct test_place place;
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    struct notice notice;
    struct tally tally;
    size_t found = 0;
    (void)state;
    test_place_make(&place);
    struct registry *registry = test_open(place.url);
    for (unsigned i = 0; i < THREADS; i++)
        workers[i] = (struct worker){test_session(registry), i + 1, false};
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    struct registry_session *session = workers[0].session;
    for (size_t i = 0; i < THREADS; i++)
        assert_false(workers[i].failed);
    assert_int_equal(registry_tallies(session, DAY, DAY, &tally, 1, &found), ERR_OK);
    assert_int_equal(tally.verdicts[VERDICT_OK], 3 * THREADS * EACH);
    assert_int_equal(registry_get_notice(session, reference, &notice), ERR_OK);
    assert_int_equal(notice.count, THREADS * EACH);
    assert_int_equal(notice.version, THREADS * EACH);
    assert_int_equal(registry_count_sessions(session, credential, NOW + 1, &found), ERR_OK);
    assert_in_range(found, SESSIONS_PER_CREDENTIAL - THREADS, SESSIONS_PER_CREDENTIAL);
    test_undamaged(session);
    for (size_t i = 0; i < THREADS; i++)
        registry_session_close(workers[i].session);
    registry_close(registry);
    test_place_remove(&place);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_lost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
