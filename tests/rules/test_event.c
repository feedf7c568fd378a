/* SPDX-License-Identifier: Apache-2.0 */
/* What each event changes in a unit, member by member, and what a refusal says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/rules/event_case.h"

struct row {
    const char *label;
    enum event_type type;
    enum role role;
    enum unit_state state;
    unsigned conditions;
    const char *fields;
    const char *changes; /* of case_diff; nothing else changes */
};

#define AS(type_, role_, state_) EVENT_##type_, ROLE_##role_, UNIT_##state_

/* What a restock ends besides. */
#define ENDED                                                                                      \
    "owner=- transfer=- transfer_until=- recovery_at=- linked.gtin=- linked.serial=- "             \
    "adjustments=0 adjustment=-"

/* The actor is "Shop". */
static const struct row effects[] = {
    {"receive", AS(RECEIVE, RETAILER, IN_TRANSIT), 0, "location=Store 7",
     "state=in_stock location=Store 7"},
    {"receive with everything", AS(RECEIVE, OPERATOR, ISSUED), 0,
     "location=Store 7;purchase_order=PO-9;document=https://docs.example/po9",
     "state=in_stock location=Store 7 purchase_order=PO-9 document=https://docs.example/po9"},
    {"a stolen unit turns up: its condition stays", AS(RECEIVE, OPERATOR, IN_TRANSIT),
     CONDITION_STOLEN, "location=Dock", "state=in_stock location=Dock"},
    {"ship today", AS(SHIP, OPERATOR, IN_STOCK), 0, "location=Store 7",
     "state=in_transit shipped_on=2026-11-22 location=Store 7"},
    {"ship with everything", AS(SHIP, OPERATOR, ISSUED), CONDITION_COPY_SUSPECTED,
     "location=Store 7;sales_order=SO-9;document=https://docs.example/so9;on=2026-11-20",
     "state=in_transit shipped_on=2026-11-20 location=Store 7 sales_order=SO-9 "
     "document=https://docs.example/so9"},
    {"move", AS(MOVE, RETAILER, IN_STOCK), 0, "location=Shelf 3", "location=Shelf 3"},
    {"move what is held", AS(MOVE, OPERATOR, IN_STOCK), CONDITION_HELD, "location=Cage",
     "location=Cage"},
    {"sell today", AS(SELL, RETAILER, IN_STOCK), 0, "", "state=sold sold_on=2026-11-22"},
    {"sell with everything", AS(SELL, OPERATOR, ISSUED), 0,
     "on=2026-11-21;sales_order=SO-9;document=https://docs.example/inv9",
     "state=sold sold_on=2026-11-21 sales_order=SO-9 document=https://docs.example/inv9"},
    {"sell tomorrow: somewhere it is", AS(SELL, RETAILER, IN_TRANSIT), 0, "on=2026-11-23",
     "state=sold sold_on=2026-11-23"},
    {"return", AS(RETURN, RETAILER, SOLD), 0, "reference=RMA-1;reason=does not heat",
     "state=returned"},
    {"restock ends the ownership", AS(RESTOCK, RETAILER, RETURNED), 0, "",
     "state=in_stock claim=- sold_on=- activated_on=- seller=- sales_order=- document=- " ENDED},
    {"restock at a place", AS(RESTOCK, OPERATOR, RETURNED), CONDITION_COPY_SUSPECTED,
     "location=Store 7",
     "state=in_stock claim=- sold_on=- activated_on=- location=Store 7 seller=- sales_order=- "
     "document=- " ENDED},
    {"retire", AS(RETIRE, SERVICE, SOLD), CONDITION_HELD, "reason=label damaged;reference=T-1",
     "state=retired"},
    {"stolen from its owner", AS(REPORT_STOLEN, OWNER, SOLD), 0,
     "location=Train;on=2026-11-19;reference=POL 77/26;reason=bag",
     "conditions=1 provisional=1 provisional_until=2026-12-22T12:00:00Z recovery_at=-"},
    {"stolen after it was lost", AS(REPORT_STOLEN, OPERATOR, SOLD), CONDITION_LOST, "",
     "conditions=3"},
    {"lost by a shop", AS(REPORT_LOST, RETAILER, IN_STOCK), CONDITION_COPY_SUSPECTED, "",
     "conditions=10 provisional=2 provisional_until=2026-12-22T12:00:00Z"},
    {"recover ends both reports", AS(RECOVER, OPERATOR, SOLD), CONDITION_ALL,
     "reason=found by police", "conditions=12 provisional=0 provisional_until=-"},
    {"hold", AS(HOLD, SERVICE, SOLD), CONDITION_STOLEN, "reason=seal broken", "conditions=5"},
    {"release", AS(RELEASE, OPERATOR, RETIRED), CONDITION_ALL, "", "conditions=11"},
    {"suspect", AS(SUSPECT, OPERATOR, SOLD), 0, "reason=two countries in one hour", "conditions=8"},
    {"clear", AS(CLEAR, OPERATOR, SOLD), CONDITION_ALL, "reason=a travelling owner",
     "conditions=7"},
};

static void
changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++) {
        const struct row *row = &effects[i];
        struct unit before = case_unit(row->state, row->conditions);
        struct unit after;
        struct event event = case_event(row->type, row->role, "Shop", row->fields);
        struct fault fault = {ERR_OK, ""};
        char diff[CASE_DIFF_MAX];
        if (event_apply(&after, &before, &event, &fault) != ERR_OK)
            fail_msg("%s: %s", row->label, fault.text);
        case_diff(diff, &before, &after);
        if (strcmp(diff, row->changes) != 0)
            fail_msg("%s: %s", row->label, diff);
        /* In place the same. */
        assert_int_equal(event_apply(&before, &before, &event, &fault), ERR_OK);
        case_diff(diff, &before, &after);
        assert_string_equal(diff, "");
    }
}

/* The actor is "Other". */
static const struct {
    struct row row; /* `changes` is the fault */
    enum err err;
} refusals[] = {
    {{"the public sells nothing", AS(SELL, PUBLIC, IN_STOCK), 0, "",
      "sell: not for the role public"},
     ERR_DENIED},
    {{"the role is told before the fields", AS(SHIP, RETAILER, IN_STOCK), 0, "reason=x",
      "ship: not for the role retailer"},
     ERR_DENIED},
    {{"the fields are told before the state", AS(SHIP, OPERATOR, SOLD), 0, "",
      "ship: location is missing"},
     ERR_INVALID},
    {{"the state is told before the condition", AS(SELL, RETAILER, RETIRED), CONDITION_STOLEN, "",
      "sell: not while the unit is retired"},
     ERR_CONFLICT},
    {{"sold already", AS(SELL, RETAILER, SOLD), 0, "", "sell: not while the unit is sold"},
     ERR_CONFLICT},
    {{"stolen goods are not sold", AS(SELL, OPERATOR, IN_STOCK), CONDITION_STOLEN | CONDITION_HELD,
      "", "sell: not while the unit is stolen"},
     ERR_CONFLICT},
    {{"held goods are not shipped", AS(SHIP, OPERATOR, IN_STOCK), CONDITION_HELD, "location=A",
      "ship: not while the unit is held"},
     ERR_CONFLICT},
    {{"a second return", AS(RETURN, RETAILER, RETURNED), 0, "",
      "return: not while the unit is returned"},
     ERR_CONFLICT},
    {{"return of a lost unit", AS(RETURN, RETAILER, SOLD), CONDITION_LOST, "",
      "return: not while the unit is lost"},
     ERR_CONFLICT},
    {{"return to a shop that did not sell it", AS(RETURN, RETAILER, SOLD), 0, "",
      "return: only for who sold the unit"},
     ERR_DENIED},
    {{"restock by a shop that did not sell it", AS(RESTOCK, RETAILER, RETURNED), 0, "",
      "restock: only for who sold the unit"},
     ERR_DENIED},
    {{"reported already", AS(REPORT_STOLEN, OWNER, SOLD), CONDITION_STOLEN, "",
      "report_stolen: not while the unit is stolen"},
     ERR_CONFLICT},
    {{"nothing to recover", AS(RECOVER, OPERATOR, SOLD), CONDITION_HELD, "",
      "recover: the unit is not stolen"},
     ERR_CONFLICT},
    {{"recover what another reported", AS(RECOVER, OWNER, SOLD), CONDITION_STOLEN, "",
      "recover: only for who began it, or the operator"},
     ERR_DENIED},
    {{"release what another holds", AS(RELEASE, SERVICE, SOLD), CONDITION_HELD, "",
      "release: only for who began it, or the operator"},
     ERR_DENIED},
    {{"not held", AS(RELEASE, OPERATOR, SOLD), 0, "", "release: the unit is not held"},
     ERR_CONFLICT},
    {{"a zeroed record", AS(HOLD, OPERATOR, NONE), 0, "reason=x",
      "hold: not while the unit is none"},
     ERR_CONFLICT},
};

static void
refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct row *row = &refusals[i].row;
        struct unit before = case_unit(row->state, row->conditions);
        struct unit after = before;
        struct event event = case_event(row->type, row->role, "Other", row->fields);
        struct fault fault = {ERR_OK, ""};
        char diff[CASE_DIFF_MAX];
        enum err err = event_apply(&after, &before, &event, &fault);
        if (err != refusals[i].err || fault.err != err || strcmp(fault.text, row->changes) != 0)
            fail_msg("%s: %s", row->label, fault.text);
        assert_int_equal(event_apply(&after, &before, &event, NULL), err);
        case_diff(diff, &before, &after);
        assert_string_equal(diff, "");
    }
}

/* Which civil day a sale is of: 12:00 UTC is the next day from UTC+12 on. */
static void
days_are_those_of_the_product(void **state)
{
    static const struct {
        const char *label;
        int16_t offset;
        const char *fields;
        const char *sold_on; /* "" refused */
    } rows[] = {
        {"UTC", 0, "", "2026-11-22"},
        {"UTC+11:59", 719, "", "2026-11-22"},
        {"UTC+12", 720, "", "2026-11-23"},
        {"UTC-12", -720, "", "2026-11-22"},
        {"UTC-12:01", -721, "", "2026-11-21"},
        {"the day that is said wins", 720, "on=2026-01-31", "2026-01-31"},
        {"the day after", 0, "on=2026-11-23", "2026-11-23"},
        {"two days after", 0, "on=2026-11-24", ""},
        {"the day after, there", 720, "on=2026-11-24", "2026-11-24"},
        {"two days after, there", -721, "on=2026-11-23", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct unit unit = case_unit(UNIT_IN_STOCK, 0);
        struct event event = case_event(EVENT_SELL, ROLE_RETAILER, "Shop", rows[i].fields);
        struct fault fault = {ERR_OK, ""};
        char day[DATE_TEXT_MAX] = "";
        event.offset_minutes = rows[i].offset;
        if (event_apply(&unit, &unit, &event, &fault) == ERR_OK)
            date_format(day, unit.sold_on);
        if (strcmp(day, rows[i].sold_on) != 0)
            fail_msg("%s: %s %s", rows[i].label, day, fault.text);
    }
}

static void
seller_is_who_sells(void **state)
{
    struct unit unit = case_unit(UNIT_IN_STOCK, 0);
    struct event event = case_event(EVENT_SELL, ROLE_RETAILER, "Zürich Uhren AG", "");
    struct fault fault;
    (void)state;
    assert_int_equal(event_apply(&unit, &unit, &event, &fault), ERR_OK);
    assert_string_equal(unit.seller, "Zürich Uhren AG");
    event = case_event(EVENT_RETURN, ROLE_RETAILER, "Zürich Uhren AG", "");
    assert_int_equal(event_apply(&unit, &unit, &event, &fault), ERR_OK);
}

/* A unit that nobody sold is not taken back by an actor without a name. */
static void
nobody_is_not_the_seller(void **state)
{
    struct unit unit = case_unit(UNIT_SOLD, 0);
    struct event event = case_event(EVENT_RETURN, ROLE_RETAILER, "", "");
    struct fault fault;
    (void)state;
    unit.seller[0] = '\0';
    assert_int_equal(event_apply(&unit, &unit, &event, &fault), ERR_DENIED);
    unit = case_unit(UNIT_IN_STOCK, 0);
    event = case_event(EVENT_SELL, ROLE_RETAILER, "", "");
    assert_int_equal(event_apply(&unit, &unit, &event, &fault), ERR_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes),
        cmocka_unit_test(refused),
        cmocka_unit_test(days_are_those_of_the_product),
        cmocka_unit_test(seller_is_who_sells),
        cmocka_unit_test(nobody_is_not_the_seller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
