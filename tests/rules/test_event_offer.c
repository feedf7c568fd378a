/* SPDX-License-Identifier: Apache-2.0 */
/* What is offered is what event_apply takes: every event that an operator may make, from every
 * state under every set of conditions, confirmed and not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/rules/event_offer.h"
#include "tests/rules/event_case.h"

static const struct {
    enum event_type type;
    const char *fields;
} rows[] = {
    {EVENT_RECEIVE, "location=A"}, {EVENT_SHIP, "location=A"},
    {EVENT_MOVE, "location=A"},    {EVENT_SELL, ""},
    {EVENT_RESTOCK, ""},           {EVENT_RETIRE, "reason=r"},
    {EVENT_REPORT_STOLEN, ""},     {EVENT_REPORT_LOST, ""},
    {EVENT_RECOVER, ""},           {EVENT_HOLD, "reason=r"},
    {EVENT_RELEASE, ""},           {EVENT_SUSPECT, "reason=r"},
    {EVENT_CLEAR, "reason=r"},     {EVENT_CONFIRM, ""},
    {EVENT_DISMISS, ""},           {EVENT_ADJUST, "reason=r;months=6"},
    {EVENT_LOSE_SECRET, ""},       {EVENT_END_OWNERSHIP, "reason=r"},
};

static void
check(const struct unit *unit, size_t row, size_t *offered)
{
    struct unit after;
    struct fault fault = {ERR_OK, ""};
    const struct event event = case_event(rows[row].type, ROLE_OPERATOR, "Brand", rows[row].fields);
    enum err err = event_apply(&after, unit, &event, &fault);
    bool offer = event_offered(unit, rows[row].type, ROLE_OPERATOR, CASE_AT);
    if (offer != (err == ERR_OK))
        fail_msg("%s of a unit %s with %u, %u: %s, and it is %s", event_type_name(rows[row].type),
                 unit_state_name(unit->state), unit->conditions, unit->provisional, fault.text,
                 offer ? "offered" : "not offered");
    *offered += offer;
    assert_false(event_offered(unit, rows[row].type, ROLE_AUDITOR, CASE_AT));
    assert_false(event_offered(unit, rows[row].type, ROLE_ADMIN, CASE_AT));
}

static void
what_is_offered_is_taken(void **state)
{
    size_t offered = 0;
    (void)state;
    for (unsigned from = UNIT_ISSUED; from < UNIT_STATE_COUNT; from++)
        for (unsigned conditions = 0; conditions <= CONDITION_ALL; conditions++)
            for (unsigned told = 0; told < 4; told++) {
                struct unit unit = case_unit((enum unit_state)from, conditions);
                unit.provisional = (uint8_t)(conditions & told);
                unit.provisional_until = unit.provisional == 0 ? 0 : CASE_AT + 1;
                for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++)
                    check(&unit, row, &offered);
            }
    assert_in_range(offered, 1000, 4000);
}

static void
not_for_a_unit_that_is_none(void **state)
{
    const struct unit none = {.state = UNIT_NONE};
    const struct unit broken = {.state = UNIT_STATE_COUNT};
    (void)state;
    for (unsigned type = 0; type <= EVENT_TYPE_COUNT; type++) {
        assert_false(event_offered(&none, (enum event_type)type, ROLE_OPERATOR, CASE_AT));
        assert_false(event_offered(&broken, (enum event_type)type, ROLE_OPERATOR, CASE_AT));
    }
}

static void
which_fields(void **state)
{
    unsigned required = 0;
    unsigned optional = 0;
    (void)state;
    event_fields_of(EVENT_RETIRE, &required, &optional);
    assert_int_equal(required, 1U << FIELD_REASON);
    assert_int_equal(optional, 1U << FIELD_REFERENCE);
    event_fields_of(EVENT_COMMISSION, &required, &optional);
    assert_int_equal(required | optional, 0);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_offered_is_taken),
        cmocka_unit_test(not_for_a_unit_that_is_none),
        cmocka_unit_test(which_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
