/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/api/tally_board.h"
#include "tests/registry/support.h"

/* 2026-11-22 12:00 UTC, the 20,779th day. */
#define NOON INT64_C(1795348800)
#define DAY INT64_C(86400)
enum { TODAY = 20779, THREADS = 4, EACH = 5000 };

struct scene {
    struct test_place place;
    struct registry *registry;
    struct registry_session *session;
    struct tally_board *board;
};

static void
open_registry(struct scene *scene, bool read_only)
{
    const struct registry_options options = {.record_key = test_record_key, .read_only = read_only};
    assert_int_equal(registry_open(scene->place.url, &options, &scene->registry, NULL), ERR_OK);
    scene->session = test_session(scene->registry);
}

static void
close_registry(struct scene *scene)
{
    registry_session_close(scene->session);
    registry_close(scene->registry);
}

static int
set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    test_place_make(&scene->place);
    open_registry(scene, false);
    assert_int_equal(tally_board_open(&scene->board, NULL), ERR_OK);
    *state = scene;
    return 0;
}

static int
tear_down(void **state)
{
    struct scene *scene = *state;
    tally_board_close(scene->board);
    close_registry(scene);
    test_place_remove(&scene->place);
    free(scene);
    return 0;
}

static void
count(struct scene *scene, enum verdict_class class, enum reason reason, int64_t now)
{
    const struct verdict verdict = {
        .class = class, .reason_count = 2, .reasons = {reason, REASON_GENUINE}};
    tally_count(scene->board, &verdict, now);
}

/* Of the day, or zeros when there is none. */
static struct tally
stored(struct scene *scene, civil_day day)
{
    struct tally tally;
    size_t found = 0;
    assert_int_equal(registry_tallies(scene->session, day, day, &tally, 1, &found), ERR_OK);
    if (found == 0)
        memset(&tally, 0, sizeof tally);
    return tally;
}

static void
flush(struct scene *scene, enum err expected)
{
    assert_int_equal(tally_flush(scene->board, scene->session), expected);
}

static void
counts_class_and_worst_reason(void **state)
{
    struct scene *scene = *state;
    const struct verdict nothing = {.reason_count = 0};
    count(scene, VERDICT_OK, REASON_GENUINE, NOON);
    count(scene, VERDICT_OK, REASON_GENUINE, NOON + 1);
    count(scene, VERDICT_CAUTION, REASON_RECALLED, NOON);
    count(scene, VERDICT_BAD, REASON_STOLEN, NOON);
    tally_count(scene->board, &nothing, NOON);
    assert_int_equal(stored(scene, TODAY).day, 0); /* nothing is written before the flush */
    flush(scene, ERR_OK);
    struct tally tally = stored(scene, TODAY);
    struct tally expected = {.day = TODAY, .verdicts = {1, 1, 1, 2}};
    expected.reasons[REASON_GENUINE] = 2;
    expected.reasons[REASON_RECALLED] = 1;
    expected.reasons[REASON_STOLEN] = 1;
    assert_memory_equal(&tally, &expected, sizeof tally);
    flush(scene, ERR_OK); /* nothing is counted twice */
    count(scene, VERDICT_OK, REASON_GENUINE, NOON + 2);
    flush(scene, ERR_OK);
    expected.verdicts[VERDICT_OK] = 3;
    expected.reasons[REASON_GENUINE] = 3;
    tally = stored(scene, TODAY);
    assert_memory_equal(&tally, &expected, sizeof tally);
}

static void
a_day_ends_at_midnight_utc(void **state)
{
    struct scene *scene = *state;
    int64_t midnight = NOON + DAY / 2;
    count(scene, VERDICT_OK, REASON_GENUINE, midnight - 1);
    count(scene, VERDICT_BAD, REASON_LABEL_FORGED, midnight);
    count(scene, VERDICT_OK, REASON_GENUINE, midnight - 1); /* answered by a slower thread */
    flush(scene, ERR_OK);
    assert_int_equal(stored(scene, TODAY).verdicts[VERDICT_OK], 2);
    assert_int_equal(stored(scene, TODAY).verdicts[VERDICT_BAD], 0);
    assert_int_equal(stored(scene, TODAY + 1).verdicts[VERDICT_BAD], 1);
}

/* What cannot be written is kept, for eight days; then what is new is left out. */
static void
what_could_not_be_written_is_kept(void **state)
{
    struct scene *scene = *state;
    close_registry(scene);
    open_registry(scene, true);
    for (unsigned day = 0; day < 9; day++) {
        count(scene, VERDICT_OK, REASON_GENUINE, NOON + day * DAY);
        flush(scene, ERR_DENIED);
        count(scene, VERDICT_OK, REASON_GENUINE, NOON + day * DAY);
        flush(scene, ERR_DENIED);
    }
    close_registry(scene);
    open_registry(scene, false);
    flush(scene, ERR_OK);
    for (int day = 0; day < 8; day++)
        assert_int_equal(stored(scene, TODAY + day).verdicts[VERDICT_OK], 2);
    assert_int_equal(stored(scene, TODAY + 8).verdicts[VERDICT_OK], 0);
    count(scene, VERDICT_OK, REASON_GENUINE, NOON + 8 * DAY);
    flush(scene, ERR_OK);
    assert_int_equal(stored(scene, TODAY + 8).verdicts[VERDICT_OK], 1);
}

static void
what_is_no_verdict_is_not_counted(void **state)
{
    struct scene *scene = *state;
    tally_board_close(NULL);
    tally_count(NULL, &(struct verdict){.class = VERDICT_OK}, NOON);
    count(scene, (enum verdict_class)(VERDICT_OK + 1), REASON_GENUINE, NOON);
    count(scene, VERDICT_OK, REASON_GENUINE, -1);
    flush(scene, ERR_OK);
    assert_int_equal(stored(scene, TODAY).day, 0);
    count(scene, VERDICT_OK, REASON_COUNT, NOON);
    flush(scene, ERR_OK);
    assert_int_equal(stored(scene, TODAY).verdicts[VERDICT_OK], 1);
}

static void *
count_many(void *context)
{
    for (unsigned i = 0; i < EACH; i++)
        count(context, i % 2 == 0 ? VERDICT_OK : VERDICT_BAD, REASON_GENUINE, NOON);
    return NULL;
}

static void
no_count_is_lost_between_threads(void **state)
{
    struct scene *scene = *state;
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_many, scene), 0);
    for (unsigned i = 0; i < 50; i++)
        flush(scene, ERR_OK);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    flush(scene, ERR_OK);
    struct tally tally = stored(scene, TODAY);
    assert_int_equal(tally.verdicts[VERDICT_OK], THREADS * EACH / 2);
    assert_int_equal(tally.verdicts[VERDICT_BAD], THREADS * EACH / 2);
    assert_int_equal(tally.reasons[REASON_GENUINE], THREADS * EACH);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(counts_class_and_worst_reason),     TEST(a_day_ends_at_midnight_utc),
        TEST(what_could_not_be_written_is_kept), TEST(what_is_no_verdict_is_not_counted),
        TEST(no_count_is_lost_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
