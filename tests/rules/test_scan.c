/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "gateway/rules/event.h"
#include "gateway/rules/scan.h"

enum { DAY = 20000 }; /* 2024-10-04 */

static uint64_t
draw(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return (*seed >> 33) * 2654435761U + 1;
}

static struct unit
unit_in(enum unit_state state)
{
    struct unit unit;
    memset(&unit, 0, sizeof unit);
    unit.state = state;
    unit.shipped_on = state == UNIT_ISSUED ? CIVIL_NONE : DAY - 10;
    return unit;
}

static struct sighting
seen(double day, uint64_t client, const char *country)
{
    struct sighting sighting = {.at = (int64_t)(DAY * (double)DAY_SECONDS + day * DAY_SECONDS),
                                .client = client};
    memcpy(sighting.country, country, strlen(country) + 1);
    return sighting;
}

static bool
look(struct scans *scans, const struct unit *unit, double day, uint64_t client, const char *country)
{
    struct sighting sighting = seen(day, client, country);
    return scan_add(scans, &sighting, unit);
}

/* ---- sessions ---- */

static void
a_session_is_a_client_and_a_day(void **state)
{
    static const struct {
        const char *label;
        double day;
        uint64_t client;
        bool counts;
    } rows[] = {
        {"the first", 0.1, 7, true},
        {"refreshed", 0.1, 7, false},
        {"in the evening", 0.9, 7, false},
        {"somebody else", 0.91, 8, true},
        {"of whom nothing is known", 0.92, 0, true},
        {"nor of another", 0.93, 0, false},
        {"the next day", 1.0, 7, true},
        {"again", 1.999, 7, false},
        {"late news of a day that is over", 0.99, 9, false},
        {"a week later", 8.5, 8, true},
    };
    struct unit unit = unit_in(UNIT_SOLD);
    struct scans scans = {.first_at = 0};
    uint64_t sessions = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scans before = scans;
        bool counts = look(&scans, &unit, rows[i].day, rows[i].client, "");
        sessions += rows[i].counts;
        if (counts != rows[i].counts || scans.sessions != sessions)
            fail_msg("%s", rows[i].label);
        if (!counts)
            assert_memory_equal(&before, &scans, sizeof scans);
    }
    assert_int_equal(scans.first_at, seen(0.1, 0, "").at);
    assert_int_equal(scans.last_at, seen(8.5, 0, "").at);
}

static void
news_from_before_the_first_moves_it(void **state)
{
    struct unit unit = unit_in(UNIT_SOLD);
    struct scans scans = {.first_at = 0};
    (void)state;
    assert_true(look(&scans, &unit, 5.5, 1, "DE"));
    assert_true(look(&scans, &unit, 5.2, 2, "DE"));
    assert_int_equal(scans.first_at, seen(5.2, 0, "").at);
    assert_int_equal(scans.last_at, seen(5.5, 0, "").at);
    assert_true(look(&scans, &unit, 3.5, 3, "DE"));
    assert_int_equal(scans.first_at, seen(3.5, 0, "").at);
    assert_int_equal(scans.sessions, 2);
}

/* Up to SCAN_EXACT in a day nothing is lost; of more, all were counted, and a known client of a
 * crowd is known or left out. */
static void
a_day_is_exact_up_to_its_room(void **state)
{
    struct unit unit = unit_in(UNIT_SOLD);
    struct scans scans = {.first_at = 0};
    uint64_t seed = 3;
    (void)state;
    for (unsigned i = 1; i <= SCAN_EXACT; i++) {
        assert_true(look(&scans, &unit, 0.5, draw(&seed), ""));
        assert_int_equal(scans.sessions, i);
        assert_int_equal(scans.level, 0);
    }
    uint64_t again = 3;
    for (unsigned i = 1; i <= SCAN_EXACT; i++)
        assert_false(look(&scans, &unit, 0.6, draw(&again), ""));
    assert_true(look(&scans, &unit, 1.5, 1, ""));
    assert_int_equal(scans.sessions, SCAN_EXACT + 1);
    assert_int_equal(scans.today, 1);
}

static void
a_crowd_looks_twice(void **state)
{
    struct unit unit = unit_in(UNIT_SOLD);
    struct scans scans = {.first_at = 0};
    uint64_t first = 11, second = 11;
    unsigned written = 0;
    (void)state;
    for (unsigned i = 0; i < 3000; i++)
        written += look(&scans, &unit, 0.4, draw(&first), "");
    uint64_t sessions = scans.sessions;
    for (unsigned i = 0; i < 3000; i++)
        assert_false(look(&scans, &unit, 0.5, draw(&second), ""));
    assert_int_equal(scans.sessions, sessions);
    assert_true(scans.today <= SCAN_EXACT && scans.level >= 6);
    assert_true(written < 600);
}

/* The mean over seeded days is the truth within four of its standard errors, and what a day errs is
 * what the header says: 15.3 % at worst, and a quarter more for the luck of this sample. */
static void
estimates_are_unbiased(void **state)
{
    static const unsigned crowds[] = {20, 32, 33, 43, 64, 100, 171, 1000, 5000};
    enum { DAYS = 400 };
    struct unit unit = unit_in(UNIT_SOLD);
    uint64_t seed = 1;
    (void)state;
    for (size_t row = 0; row < sizeof crowds / sizeof crowds[0]; row++) {
        double sum = 0, squares = 0, n = crowds[row];
        for (unsigned i = 0; i < DAYS; i++) {
            struct scans scans = {.first_at = 0};
            for (unsigned k = 0; k < crowds[row]; k++)
                (void)!look(&scans, &unit, 0.5, draw(&seed), "");
            sum += (double)scans.sessions;
            squares += ((double)scans.sessions - n) * ((double)scans.sessions - n);
        }
        double error = sqrt(squares / DAYS);
        if (fabs(sum / DAYS - n) > 4 * error / sqrt(DAYS) || error > 1.25 * 0.153 * n ||
            (crowds[row] <= SCAN_EXACT && squares > 0))
            fail_msg("%u: mean %.2f, error %.1f %%", crowds[row], sum / DAYS, 100 * error / n);
    }
}

/* ---- the sketch ---- */

static void
distinct_clients(void **state)
{
    static const unsigned counts[] = {0, 1, 10, 50, 150, 500, 5000, 50000};
    enum { RUNS = 60 };
    struct unit unit = unit_in(UNIT_SOLD);
    uint64_t seed = 5;
    (void)state;
    for (size_t row = 0; row < sizeof counts / sizeof counts[0]; row++) {
        double n = counts[row], sum = 0, squares = 0;
        unsigned runs = counts[row] > 5000 ? 10 : RUNS;
        for (unsigned i = 0; i < runs; i++) {
            struct scans scans = {.first_at = 0};
            for (unsigned k = 0; k < counts[row]; k++)
                (void)!look(&scans, &unit, 0.5, draw(&seed), "");
            double off = (double)scan_clients(&scans) - n;
            sum += off;
            squares += off * off;
        }
        double error = sqrt(squares / runs), mean = sum / runs;
        if (error > 1.6 * 0.13 * n || fabs(mean) > 0.13 * n)
            fail_msg("%u: off by %.1f, error %.1f %%", counts[row], mean, 100 * error / n);
    }
}

static void
a_client_of_two_days_is_two(void **state)
{
    struct unit unit = unit_in(UNIT_SOLD);
    struct scans scans = {.first_at = 0};
    (void)state;
    for (unsigned day = 0; day < 10; day++)
        assert_true(look(&scans, &unit, day, 42, ""));
    assert_in_range(scan_clients(&scans), 8, 12);
}

/* ---- countries ---- */

static void
countries_have_figures(void **state)
{
    static const char *const codes[] = {"DE", "FR", "",   "DE", "GB", "IT", "ES",
                                        "PL", "AT", "CH", "NL", "BE", "DE"};
    struct unit unit = unit_in(UNIT_SOLD);
    struct scans scans = {.first_at = 0};
    (void)state;
    for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++)
        assert_true(look(&scans, &unit, i, 1, codes[i]));
    assert_string_equal(scans.countries[0].code, "DE");
    assert_int_equal(scans.countries[0].sessions, 3);
    assert_int_equal(scans.countries[0].last_at, seen(12, 0, "").at);
    assert_string_equal(scans.countries[7].code, "CH");
    assert_int_equal(scans.countries[7].sessions, 1);
    assert_int_equal(scans.elsewhere, 2);
    assert_int_equal(scans.sessions, 13);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_a_client_and_a_day),
        cmocka_unit_test(news_from_before_the_first_moves_it),
        cmocka_unit_test(a_day_is_exact_up_to_its_room),
        cmocka_unit_test(a_crowd_looks_twice),
        cmocka_unit_test(estimates_are_unbiased),
        cmocka_unit_test(distinct_clients),
        cmocka_unit_test(a_client_of_two_days_is_two),
        cmocka_unit_test(countries_have_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
