/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/records/records.h"

#define LINE(rule, figure, limit, more)                                                            \
    "{\"rule\":\"" rule "\",\"figure\":" figure ",\"limit\":" limit "," more "}"
#define QUIET "\"fires\":false"

static void
assert_written(const struct scans *scans, const struct copy_limits *limits, const char *expected)
{
    struct text out;
    text_init(&out, 4096);
    scans_json(&out, scans, limits);
    assert_true(text_ok(&out));
    assert_string_equal(out.data, expected);
    text_free(&out);
}

static void
nobody_looked(void **state)
{
    const struct scans scans = {.first_at = 0};
    (void)state;
    assert_written(
        &scans, &(struct copy_limits){{0}},
        "{\"sessions\":0,\"sessions_error\":0,\"clients\":0,\"clients_error\":13,"
        "\"countries\":[],\"elsewhere\":0,\"country_unknown\":0,\"evidence\":[" LINE(
            "sessions", "0", "40",
            QUIET) "," LINE("travel", "0", "5",
                            QUIET) "," LINE("unshipped", "0", "\"off\"",
                                            QUIET) "," LINE("retired", "0", "12",
                                                            QUIET) "," LINE("two_owners", "0", "3",
                                                                            QUIET) "," LINE("stock",
                                                                                            "0",
                                                                                            "300",
                                                                                            QUIET) "]}");
}

/* 2026-11-22T12:00:00Z is 1795348800, day 20779. */
static void
many_did(void **state)
{
    const struct scans scans = {
        .first_at = 1795348800,
        .last_at = 1795348801,
        .sessions = 100,
        .countries = {{"DE", 60, 1795348801}, {"FR", 5, 1795348800}},
        .elsewhere = 30,
        .evidence = {[COPY_SESSIONS] = 70, [COPY_TRAVEL] = 5, [COPY_UNSHIPPED] = 9},
        .evidence_on = {[COPY_SESSIONS] = 20779, [COPY_TRAVEL] = 20778, [COPY_UNSHIPPED] = 20777},
        .cleared_at = 1795348802,
    };
    const struct copy_limits limits = {{[COPY_SESSIONS] = 71, [COPY_STOCK] = COPY_OFF}};
    (void)state;
    assert_written(
        &scans, &limits,
        "{\"first_at\":\"2026-11-22T12:00:00Z\",\"last_at\":\"2026-11-22T12:00:01Z\","
        "\"sessions\":100,\"sessions_error\":16,\"clients\":0,\"clients_error\":13,"
        "\"countries\":[{\"country\":\"DE\",\"sessions\":60,\"last_at\":\"2026-11-22T12:00:01Z\"},"
        "{\"country\":\"FR\",\"sessions\":5,\"last_at\":\"2026-11-22T12:00:00Z\"}],"
        "\"elsewhere\":30,\"country_unknown\":5,\"evidence\":[" LINE("sessions", "70", "71", "\"last_on\":\"2026-11-22\"," QUIET) "," LINE(
            "travel", "5", "5",
            "\"last_on\":\"2026-11-21\",\"fires\":true") "," LINE("unshipped", "9", "\"off\"",
                                                                  "\"last_on\":\"2026-11-"
                                                                  "20\"," QUIET) "," LINE("retired",
                                                                                          "0", "12",
                                                                                          QUIET) "," LINE("two_owners",
                                                                                                          "0",
                                                                                                          "3",
                                                                                                          QUIET) "," LINE("stock",
                                                                                                                          "0",
                                                                                                                          "\"off\"",
                                                                                                                          QUIET) "],\"rule\":\"travel\",\"cleared_at\":\"2026-11-22T12:00:02Z\"}");
}

static void
about(void **state)
{
    static const struct {
        uint32_t figure, about;
    } rows[] = {{0, 0},
                {1, 1},
                {9, 9},
                {10, 10},
                {14, 10},
                {15, 20},
                {40, 40},
                {44, 40},
                {45, 50},
                {95, 100},
                {99, 100},
                {100, 100},
                {149, 100},
                {150, 200},
                {5000, 5000},
                {9500, 10000},
                {UINT32_MAX, 4000000000U}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(scans_about(rows[i].figure), rows[i].about);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_looked),
        cmocka_unit_test(many_did),
        cmocka_unit_test(about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
