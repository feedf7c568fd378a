/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence of copying: what counts, what does not, and what is enough. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/rules/event.h"
#include "gateway/rules/scan.h"

enum { DAY = 20000, LOOKS = 4 };

struct moment {
    double day;
    uint64_t client;
    const char *country;
};

static struct unit
unit_in(enum unit_state state)
{
    struct unit unit;
    memset(&unit, 0, sizeof unit);
    unit.state = state;
    unit.shipped_on = state == UNIT_ISSUED ? CIVIL_NONE : DAY - 10;
    return unit;
}

static void
look(struct scans *scans, const struct unit *unit, const struct moment *moment)
{
    struct sighting sighting = {
        .at = (int64_t)(DAY * (double)DAY_SECONDS + moment->day * DAY_SECONDS),
        .client = moment->client};
    memcpy(sighting.country, moment->country, strlen(moment->country) + 1);
    (void)!scan_add(scans, &sighting, unit);
}

static void
claim(struct scans *scans, const struct unit *unit, double day)
{
    struct sighting sighting = {.at = (int64_t)(DAY * (double)DAY_SECONDS + day * DAY_SECONDS),
                                .second_owner = true};
    (void)!scan_add(scans, &sighting, unit);
}

static void
the_state_says_what_a_session_is_evidence_of(void **state)
{
    static const struct {
        enum unit_state state;
        enum copy_rule rule;
        unsigned unshipped;
    } rows[] = {
        {UNIT_ISSUED, COPY_SESSIONS, 1},   {UNIT_IN_TRANSIT, COPY_SESSIONS, 0},
        {UNIT_IN_STOCK, COPY_STOCK, 0},    {UNIT_SOLD, COPY_SESSIONS, 0},
        {UNIT_RETURNED, COPY_SESSIONS, 0}, {UNIT_RETIRED, COPY_RETIRED, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct unit unit = unit_in(rows[i].state);
        struct scans scans = {.first_at = 0};
        for (unsigned k = 1; k <= 3; k++)
            look(&scans, &unit, &(struct moment){0.5, k, "DE"});
        for (unsigned rule = 0; rule < COPY_RULES; rule++) {
            unsigned want = rule == rows[i].rule ? 3 : 0;
            if (rule == COPY_UNSHIPPED)
                want = rows[i].unshipped;
            if (scans.evidence[rule] != want)
                fail_msg("%s: %s %u", unit_state_name(rows[i].state),
                         copy_rule_name((enum copy_rule)rule), scans.evidence[rule]);
        }
    }
}

static void
a_unit_of_unknown_shipment_that_was_shipped_once(void **state)
{
    struct unit unit = unit_in(UNIT_ISSUED);
    struct scans scans = {.first_at = 0};
    (void)state;
    unit.shipped_on = DAY - 1;
    look(&scans, &unit, &(struct moment){0.5, 1, "DE"});
    assert_int_equal(scans.evidence[COPY_UNSHIPPED], 0);
}

/* Hours that a traveller needs: (gap - 500 km) / 1,000 km/h. */
static void
nobody_travels_so_fast(void **state)
{
    static const struct {
        const char *label;
        struct moment looks[LOOKS];
        unsigned evidence;
    } rows[] = {
        {"far, within an hour", {{0.50, 1, "DE"}, {0.54, 2, "JP"}}, 1},
        {"the other way round", {{0.50, 1, "JP"}, {0.54, 2, "DE"}}, 1},
        {"told late", {{0.54, 1, "JP"}, {0.50, 2, "DE"}}, 1},
        {"far, a day later", {{0.50, 1, "DE"}, {1.50, 2, "JP"}}, 0},
        {"far, over night", {{0.90, 1, "US"}, {1.01, 2, "AU"}}, 1},
        {"over the border", {{0.50, 1, "DE"}, {0.50, 2, "FR"}}, 0},
        {"neighbours that are huge", {{0.50, 1, "RU"}, {0.50, 2, "KP"}}, 0},
        {"an island off the coast", {{0.50, 1, "ES"}, {0.50, 2, "MA"}}, 0},
        {"half of Europe", {{0.50, 1, "DE"}, {0.50, 2, "GR"}}, 1},
        {"half of Europe, by air", {{0.50, 1, "DE"}, {0.55, 2, "GR"}}, 0},
        {"the same country", {{0.50, 1, "US"}, {0.50, 2, "US"}}, 0},
        {"not known from where", {{0.50, 1, "DE"}, {0.50, 2, ""}}, 0},
        {"a code that is none", {{0.50, 1, "DE"}, {0.50, 2, "ZZ"}}, 0},
        {"twice in a day is once", {{0.5, 1, "DE"}, {0.5, 2, "JP"}, {0.6, 3, "DE"}}, 1},
        {"on two days", {{0.5, 1, "DE"}, {0.5, 2, "JP"}, {1.5, 1, "DE"}, {1.5, 2, "JP"}}, 2},
        {"the first of three", {{0.5, 1, "DE"}, {0.51, 2, "FR"}, {0.52, 3, "AU"}}, 1},
        {"not the last, but the one before", {{0.50, 1, "AU"}, {0.52, 2, ""}, {0.54, 3, "DE"}}, 1},
    };
    struct unit unit = unit_in(UNIT_SOLD), stock = unit_in(UNIT_IN_STOCK);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scans scans = {.first_at = 0}, shop = {.first_at = 0};
        for (size_t k = 0; k < LOOKS && rows[i].looks[k].country != NULL; k++) {
            look(&scans, &unit, &rows[i].looks[k]);
            look(&shop, &stock, &rows[i].looks[k]);
        }
        if (scans.evidence[COPY_TRAVEL] != rows[i].evidence)
            fail_msg("%s: %u", rows[i].label, scans.evidence[COPY_TRAVEL]);
        assert_int_equal(shop.evidence[COPY_TRAVEL], 0);
    }
}

static void
a_second_owner_counts_once_a_day(void **state)
{
    static const double days[] = {0.1, 0.2, 0.9, 1.1, 1.2, 5.5};
    struct unit unit = unit_in(UNIT_SOLD);
    struct scans scans = {.first_at = 0};
    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        claim(&scans, &unit, days[i]);
    assert_int_equal(scans.evidence[COPY_TWO_OWNERS], 3);
    assert_int_equal(scans.sessions, 0);
    assert_int_equal(scan_clients(&scans), 0);
    assert_int_equal(scan_judge(&scans, &(struct copy_limits){{0}}), COPY_TWO_OWNERS);
}

/* ---- time ---- */

/* One look a week for five years is ordinary use; four a week are not. */
static void
evidence_leaks_away(void **state)
{
    struct unit unit = unit_in(UNIT_SOLD);
    struct scans weekly = {.first_at = 0}, often = {.first_at = 0};
    (void)state;
    for (unsigned week = 0; week < 260; week++) {
        look(&weekly, &unit, &(struct moment){week * 7.0, 1, "DE"});
        for (unsigned i = 0; i < 4; i++)
            look(&often, &unit, &(struct moment){week * 7.0 + i, 1, "DE"});
        assert_true(weekly.evidence[COPY_SESSIONS] <= 5);
    }
    assert_int_equal(weekly.sessions, 260);
    /* 260 weeks with four looks, less four for each of the 64 whole months before the last. */
    assert_int_equal(often.evidence[COPY_SESSIONS], 1040 - 4 * 64);
}

static void
a_suspicion_stays_until_it_is_cleared(void **state)
{
    struct unit unit = unit_in(UNIT_SOLD);
    struct scans scans = {.first_at = 0};
    const struct copy_limits limits = {{0}};
    (void)state;
    for (unsigned i = 1; i <= 40; i++)
        look(&scans, &unit, &(struct moment){i * 0.2, i, "DE"});
    assert_int_equal(scan_judge(&scans, &limits), COPY_SESSIONS);
    unit.conditions = CONDITION_COPY_SUSPECTED;
    look(&scans, &unit, &(struct moment){2000, 1, "DE"});
    assert_int_equal(scans.evidence[COPY_SESSIONS], 41);
    struct scans before = scans;
    scan_clear(&scans, (DAY + 2001) * (int64_t)DAY_SECONDS);
    assert_int_equal(scan_judge(&scans, &limits), COPY_NONE);
    assert_int_equal(scans.sessions, before.sessions);
    assert_int_equal(scans.cleared_at, (DAY + 2001) * (int64_t)DAY_SECONDS);
    unit.conditions = 0;
    look(&scans, &unit, &(struct moment){2002, 1, "DE"});
    assert_int_equal(scans.evidence[COPY_SESSIONS], 1);
}

/* ---- limits ---- */

static void
what_is_enough(void **state)
{
    static const struct {
        const char *label;
        struct copy_limits limits;
        uint32_t evidence[COPY_RULES];
        enum copy_rule fires;
    } rows[] = {
        {"nothing", {{0}}, {0}, COPY_NONE},
        {"one less", {{0}}, {[COPY_SESSIONS] = 39}, COPY_NONE},
        {"just enough", {{0}}, {[COPY_SESSIONS] = 40}, COPY_SESSIONS},
        {"more", {{0}}, {[COPY_SESSIONS] = UINT32_MAX}, COPY_SESSIONS},
        {"the graver", {{0}}, {[COPY_SESSIONS] = 40, [COPY_TRAVEL] = 5}, COPY_TRAVEL},
        {"the gravest", {{0}}, {0, 40, 5, 9, 12, 3, 300}, COPY_TWO_OWNERS},
        {"stock", {{0}}, {[COPY_STOCK] = 300}, COPY_STOCK},
        {"retired", {{0}}, {[COPY_RETIRED] = 12}, COPY_RETIRED},
        {"unshipped is off", {{0}}, {[COPY_UNSHIPPED] = 60000}, COPY_NONE},
        {"unshipped is on", {{[COPY_UNSHIPPED] = 1}}, {[COPY_UNSHIPPED] = 1}, COPY_UNSHIPPED},
        {"off", {{[COPY_SESSIONS] = COPY_OFF}}, {[COPY_SESSIONS] = 70000}, COPY_NONE},
        {"off, but not the other",
         {{[COPY_TRAVEL] = COPY_OFF}},
         {[COPY_SESSIONS] = 40, [COPY_TRAVEL] = 9},
         COPY_SESSIONS},
        {"its own", {{[COPY_SESSIONS] = 100}}, {[COPY_SESSIONS] = 99}, COPY_NONE},
        {"what is no rule", {{0}}, {[COPY_NONE] = 99999}, COPY_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scans scans = {.first_at = 1};
        memcpy(scans.evidence, rows[i].evidence, sizeof scans.evidence);
        if (scan_judge(&scans, &rows[i].limits) != rows[i].fires)
            fail_msg("%s", rows[i].label);
    }
}

static void
rules_have_names(void **state)
{
    static const char *const names[COPY_RULES] = {"none",    "sessions",   "travel", "unshipped",
                                                  "retired", "two_owners", "stock"};
    enum copy_rule rule;
    (void)state;
    for (unsigned i = 0; i < COPY_RULES; i++) {
        assert_string_equal(copy_rule_name((enum copy_rule)i), names[i]);
        assert_int_equal(copy_rule_parse(&rule, slice_of(names[i])), i != COPY_NONE);
        assert_int_equal(rule, i);
    }
    assert_string_equal(copy_rule_name((enum copy_rule)COPY_RULES), "none");
    assert_false(copy_rule_parse(&rule, slice_of("Sessions")));
    assert_false(copy_rule_parse(&rule, slice_of("")));
    assert_int_equal(copy_limit(&(struct copy_limits){{0}}, COPY_NONE), COPY_OFF);
    assert_int_equal(copy_limit(&(struct copy_limits){{0}}, (enum copy_rule)COPY_RULES), COPY_OFF);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_says_what_a_session_is_evidence_of),
        cmocka_unit_test(a_unit_of_unknown_shipment_that_was_shipped_once),
        cmocka_unit_test(nobody_travels_so_fast),
        cmocka_unit_test(a_second_owner_counts_once_a_day),
        cmocka_unit_test(evidence_leaks_away),
        cmocka_unit_test(a_suspicion_stays_until_it_is_cleared),
        cmocka_unit_test(what_is_enough),
        cmocka_unit_test(rules_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
