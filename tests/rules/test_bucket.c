/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/rules/bucket.h"

#define S BUCKET_SECOND

/* Five at once, then one every two seconds. */
static const struct bucket_rate rate = {2 * S, 5};
/* 2026-11-22T12:00:00Z */
static const int64_t noon = INT64_C(1795348800) * S;

/* What happens one after the other to a bucket that is full at noon. '+' is a token that is there,
 * '-' one that is not, '<' one that is given back, a digit that many seconds go by, 'm' a minute,
 * 'b' the clock is set back by an hour. */
static const struct {
    const char *label, *story;
    int64_t wait; /* in the end, until there is a token */
} rows[] = {
    {"untouched", "", 0},
    {"one", "+", 0},
    {"all but one", "++++", 0},
    {"all", "+++++", 2 * S},
    {"one too many", "+++++-", 2 * S},
    {"a refusal costs nothing", "+++++---------2+", 2 * S},
    {"not yet", "+++++1-", 1 * S},
    {"one comes back", "+++++2+-", 2 * S},
    {"two come back", "+++++4++-", 2 * S},
    {"half of the second", "+++++3+-", 1 * S},
    {"the pace of refilling", "+++++2+2+2+2+2+-", 2 * S},
    {"a little faster", "+++++2+1-1+1-1+", 2 * S},
    {"full again", "+++++m+++++-", 2 * S},
    {"never more than full", "mmm+++++-", 2 * S},
    {"a stranger who never stops leaves one every two seconds", "+++++-1-1+-1-1+-1-1+-", 2 * S},
    {"given back", "+++++<+-", 2 * S},
    {"taken and given back for ever", "+<+<+<+<+<+<+<+<+++++-", 2 * S},
    {"given back late: not more than full", "+m<+++++-", 2 * S},
    {"given back when others were taken", "++<++++-", 2 * S},
    {"set back while full", "b+++++-", 2 * S},
    {"set back while empty: full", "+++++b+++++-", 2 * S},
    {"set back while half empty: full", "++b+++++-", 2 * S},
    {"set back and a minute later", "+++++b+++++-m+++++-", 2 * S},
};

static int64_t
step(const char *label, struct bucket *bucket, int64_t now, char c)
{
    if (c == '+' || c == '-') {
        int64_t wait = bucket_wait(bucket, &rate, now);
        bool taken = bucket_take(bucket, &rate, now);
        if (taken != (c == '+') || taken != (wait == 0))
            fail_msg("%s: %s a token, wait %lld", label, taken ? "gave" : "lacked",
                     (long long)wait);
        return now;
    }
    if (c == '<')
        bucket_give_back(bucket, &rate);
    if (c == 'm')
        return now + 60 * S;
    if (c == 'b')
        return now - 3600 * S;
    return c == '<' ? now : now + (c - '0') * S;
}

static void
a_bucket_fills_at_its_pace(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bucket bucket = {0};
        int64_t now = noon;
        for (const char *c = rows[i].story; *c != '\0'; c++)
            now = step(rows[i].label, &bucket, now, *c);
        int64_t wait = bucket_wait(&bucket, &rate, now);
        if (wait != rows[i].wait)
            fail_msg("%s: wait %lld", rows[i].label, (long long)wait);
    }
}

/* Whoever asks whenever there is something gets size + time / interval, and not one more. */
static void
nobody_gets_more_than_the_rate(void **state)
{
    static const struct {
        struct bucket_rate rate;
        int64_t seconds, most;
    } greedy[] = {
        {{S, 100}, 86400, 100 + 86400},
        {{S / 100, 10000}, 3600, 10000 + 360000},
        {{3600 * S, 1}, 86400, 1 + 24},
        {{S, 1}, 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof greedy / sizeof greedy[0]; i++) {
        struct bucket bucket = {0};
        int64_t got = 0;
        for (int64_t second = 0; second <= greedy[i].seconds; second++)
            while (bucket_take(&bucket, &greedy[i].rate, noon + second * S))
                got++;
        assert_int_equal(got, greedy[i].most);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_fills_at_its_pace),
        cmocka_unit_test(nobody_gets_more_than_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
