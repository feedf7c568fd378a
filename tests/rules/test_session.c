/* SPDX-License-Identifier: Apache-2.0 */
/* How long somebody stays signed in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/rules/session.h"

enum { MADE = 1700000000 };
#define HOUR INT64_C(3600)

/* Seconds after MADE. */
static const struct row {
    const char *label;
    int64_t made, seen, now;
    bool live, stale;
} rows[] = {
    {"just opened", 0, 0, 0, true, false},
    {"before it is due", 0, 0, 299, true, false},
    {"due to be written", 0, 0, 300, true, true},
    {"the last second before idle", 0, 0, HOUR - 1, true, true},
    {"idle", 0, 0, HOUR, false, false},
    {"long idle", 0, 0, 1000 * HOUR, false, false},
    {"used until now", 0, 11 * HOUR, 11 * HOUR, true, false},
    {"used, and then not for a while", 0, 11 * HOUR, 11 * HOUR + 300, true, true},
    {"the last second of a shift", 0, 12 * HOUR - 9, 12 * HOUR - 1, true, false},
    {"a shift is over", 0, 12 * HOUR - 9, 12 * HOUR, false, false},
    {"seen after it was over", 0, 13 * HOUR, 13 * HOUR, false, false},
    {"a request that began before the last one", 0, 100, 99, true, false},
    {"as long as a request may take", 0, 100, 40, true, false},
    {"a clock that was set back", 0, 100, 39, false, false},
    {"set back before it was made", 0, 0, -61, false, false},
    {"seen before it was made", 10, 9, 20, false, false},
    {"never made", -MADE, -MADE, -MADE, false, false},
    {"made before the clock began", -MADE - 1, -MADE, -MADE, false, false},
};

static void
limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        const struct session session = {.made_at = MADE + row->made, .seen_at = MADE + row->seen};
        if (session_live(&session, MADE + row->now) != row->live ||
            session_stale(&session, MADE + row->now) != row->stale)
            fail_msg("%s", row->label);
    }
}

static void
a_zeroed_one_is_over(void **state)
{
    const struct session session = {.made_at = 0};
    (void)state;
    assert_false(session_live(&session, 0));
    assert_false(session_live(&session, 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits),
        cmocka_unit_test(a_zeroed_one_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
