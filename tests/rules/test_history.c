/* SPDX-License-Identifier: Apache-2.0 */
/* Taking back the last event, and leading a history to its record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/rules/history.h"
#include "tests/rules/event_case.h"

static const struct recall other_lot = {.gtin = "09506000134352", .lot = "L9", .opened_at = 1};
static const struct recall whole_product = {
    .gtin = "09506000134352", .made_from = CIVIL_NONE, .made_to = CIVIL_NONE, .opened_at = 1};
static const struct recall lifted = {.gtin = "09506000134352",
                                     .made_from = CIVIL_NONE,
                                     .made_to = CIVIL_NONE,
                                     .opened_at = 1,
                                     .lifted_at = 2};

struct row {
    const char *label;
    enum event_type last;
    enum role role;
    enum unit_state state;
    unsigned conditions;
    const char *actor;    /* of the undo; the last event is by "Shop" */
    const char *undoes;   /* the unit has version 5 */
    int after;            /* seconds after the last event */
    civil_day expires_on; /* 0: the unit's own, far away */
    civil_day lot_expires_on;
    const struct recall *recall;
    enum err err;
    const char *fault; /* a part of it */
};

enum { TODAY = 20779, TEN_DAYS = 864000 }; /* 2026-11-22 */

#define BY_SHOP "Shop", "5", 60, 0, 0

static const struct row rows[] = {
    {"a shop's sale", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, BY_SHOP, NULL, ERR_OK, ""},
    {"by another of the organisation", EVENT_MOVE, ROLE_OPERATOR, UNIT_IN_STOCK, 0, BY_SHOP, NULL,
     ERR_OK, ""},
    {"held and lost", EVENT_HOLD, ROLE_SERVICE, UNIT_SOLD, CONDITION_HELD | CONDITION_LOST, BY_SHOP,
     NULL, ERR_OK, ""},
    {"at once", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Shop", "5", 0, 0, 0, NULL, ERR_OK, ""},
    {"after ten days", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Shop", "5", TEN_DAYS, 0, 0, NULL,
     ERR_OK, ""},
    {"after ten days and a second", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Shop", "5",
     TEN_DAYS + 1, 0, 0, NULL, ERR_CONFLICT, "more than 10 days"},
    {"by another shop", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Other", "5", 60, 0, 0, NULL,
     ERR_DENIED, "only for the organisation"},
    {"by the operator of another organisation", EVENT_SELL, ROLE_OPERATOR, UNIT_SOLD, 0, "Brand",
     "5", 60, 0, 0, NULL, ERR_DENIED, "only for the organisation"},
    {"by the owner", EVENT_SELL, ROLE_OWNER, UNIT_SOLD, 0, BY_SHOP, NULL, ERR_DENIED,
     "not for the role owner"},
    {"by the public", EVENT_SELL, ROLE_PUBLIC, UNIT_SOLD, 0, BY_SHOP, NULL, ERR_DENIED,
     "not for the role public"},
    {"by an auditor", EVENT_SELL, ROLE_AUDITOR, UNIT_SOLD, 0, BY_SHOP, NULL, ERR_DENIED,
     "not for the role auditor"},
    {"an older one", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Shop", "4", 60, 0, 0, NULL,
     ERR_CONFLICT, "event 4 is not the last one, which is 5"},
    {"one to come", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Shop", "6", 60, 0, 0, NULL,
     ERR_CONFLICT, "event 6 is not the last one"},
    {"the commission", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Shop", "1", 60, 0, 0, NULL,
     ERR_INVALID, "a number from 2"},
    {"it does not say which", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Shop", "", 60, 0, 0, NULL,
     ERR_INVALID, "undoes is missing"},
    {"there is none", EVENT_NONE, ROLE_OPERATOR, UNIT_ISSUED, 0, BY_SHOP, NULL, ERR_CONFLICT,
     "there is no event to take back"},
    {"an undo", EVENT_UNDO, ROLE_OPERATOR, UNIT_SOLD, 0, BY_SHOP, NULL, ERR_CONFLICT,
     "undo is never taken back"},
    {"a replacement", EVENT_REPLACE, ROLE_SERVICE, UNIT_SOLD, 0, BY_SHOP, NULL, ERR_CONFLICT,
     "replace is never taken back"},
    {"retired", EVENT_RETIRE, ROLE_SERVICE, UNIT_RETIRED, 0, BY_SHOP, NULL, ERR_CONFLICT,
     "not while the unit is retired"},
    {"stolen", EVENT_REPORT_STOLEN, ROLE_RETAILER, UNIT_IN_STOCK, CONDITION_STOLEN, BY_SHOP, NULL,
     ERR_CONFLICT, "not while the unit is stolen"},
    {"recalled", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, BY_SHOP, &whole_product, ERR_CONFLICT,
     "not while the unit is recalled"},
    {"another lot is recalled", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, BY_SHOP, &other_lot,
     ERR_OK, ""},
    {"no longer recalled", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, BY_SHOP, &lifted, ERR_OK, ""},
    {"on its last day", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Shop", "5", 60, TODAY, 0, NULL,
     ERR_OK, ""},
    {"expired", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Shop", "5", 60, TODAY - 1, 0, NULL,
     ERR_CONFLICT, "not while the unit is expired"},
    {"its lot is expired", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Shop", "5", 60, CIVIL_NONE,
     TODAY - 1, NULL, ERR_CONFLICT, "not while the unit is expired"},
    {"its own date wins", EVENT_SELL, ROLE_RETAILER, UNIT_SOLD, 0, "Shop", "5", 60, TODAY,
     TODAY - 1, NULL, ERR_OK, ""},
};

static struct event
undo_event(const struct row *row)
{
    struct event undo = case_event(EVENT_UNDO, row->role, row->actor, "");
    if (row->undoes[0] != '\0') {
        undo.fields[0].id = FIELD_UNDOES;
        assert_true(
            slice_copy(undo.fields[0].value, sizeof undo.fields[0].value, slice_of(row->undoes)));
        undo.field_count = 1;
    }
    return undo;
}

static void
undo(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct unit now = case_unit(row->state, row->conditions);
        struct unit before = case_unit(UNIT_IN_TRANSIT, CONDITION_COPY_SUSPECTED);
        struct unit after = {.version = 99};
        struct event event = undo_event(row);
        struct event last = {.type = row->last, .at = event.at - row->after, .actor = "Shop"};
        struct lot lot = {.made_on = CIVIL_NONE, .expires_on = row->lot_expires_on};
        struct fault fault = {ERR_OK, ""};
        char diff[CASE_DIFF_MAX];
        before.version = 4;
        now.expires_on = row->expires_on == 0 ? now.expires_on : row->expires_on;
        enum err err = event_undo(&after,
                                  &(struct undoing){.now = &now,
                                                    .before = &before,
                                                    .last = row->last == EVENT_NONE ? NULL : &last,
                                                    .undo = &event,
                                                    .lot = row->lot_expires_on == 0 ? NULL : &lot,
                                                    .recalls = row->recall,
                                                    .recall_count = row->recall != NULL},
                                  &fault);
        if (err != row->err || strstr(fault.text, row->fault) == NULL)
            fail_msg("%s: %s", row->label, fault.text);
        case_diff(diff, &before, &after);
        if (err == ERR_OK)
            assert_string_equal(diff, "version=5");
        if (err != ERR_OK)
            assert_int_equal(after.version, 99);
    }
}

/* What nobody with a name did is nobody's to take back. */
static void
nobody_takes_nothing_back(void **state)
{
    struct unit now = case_unit(UNIT_SOLD, 0);
    struct unit after;
    struct event event = case_event(EVENT_UNDO, ROLE_OPERATOR, "", "undoes=5");
    struct event last = {.type = EVENT_ACTIVATE, .at = event.at};
    struct undoing in = {.now = &now, .before = &now, .last = &last, .undo = &event};
    (void)state;
    assert_int_equal(event_undo(&after, &in, NULL), ERR_DENIED);
    event.type = EVENT_SELL;
    assert_int_equal(event_undo(&after, &in, NULL), ERR_INVALID);
}

/* ---- replay ---- */

struct step {
    enum event_type type;
    enum role role;
    const char *actor, *fields;
    uint8_t seal;
    bool allowed, own;
};

/* Bought, registered, sold on, stolen and recovered, returned by mistake, returned, restocked by
 * mistake, restocked. */
static const struct step life[] = {
    {EVENT_SHIP, ROLE_OPERATOR, "Brand", "location=Shop 7;on=2026-11-01;to=Shop", 0, false, false},
    {EVENT_RECEIVE, ROLE_RETAILER, "Shop", "location=Shop 7;purchase_order=PO-7", 0, false, false},
    {EVENT_SELL, ROLE_RETAILER, "Shop", "sales_order=SO-7;price=129.00 EUR", 0, false, false},
    {EVENT_ACTIVATE, ROLE_PUBLIC, "", "", 0x11, false, false},
    {EVENT_OFFER, ROLE_OWNER, "", "", 0x22, false, false},
    {EVENT_TRANSFER, ROLE_PUBLIC, "", "", 0x33, false, false},
    {EVENT_REPORT_STOLEN, ROLE_OWNER, "", "location=Train", 0, false, false},
    {EVENT_CONFIRM, ROLE_OPERATOR, "Brand", "", 0, false, false},
    {EVENT_RECOVER, ROLE_OWNER, "", "", 0, false, true},
    {EVENT_ADJUST, ROLE_OPERATOR, "Brand", "months=3;reason=sorry", 0, false, false},
    {EVENT_RETURN, ROLE_RETAILER, "Shop", "reference=RMA-1", 0, false, false},
    {EVENT_UNDO, ROLE_SERVICE, "Shop", "undoes=12", 0, false, false},
    {EVENT_RETURN, ROLE_RETAILER, "Shop", "reference=RMA-2", 0, false, false},
    {EVENT_RESTOCK, ROLE_RETAILER, "Shop", "", 7, false, false},
    {EVENT_UNDO, ROLE_RETAILER, "Shop", "undoes=15", 0, false, false},
    {EVENT_RESTOCK, ROLE_RETAILER, "Shop", "", 7, false, false},
};
enum { STEPS = sizeof life / sizeof life[0] };

/* What the unit is after `step` (from 1), against how it was commissioned. */
static const struct {
    size_t step;
    const char *changes;
} stations[] = {
    {0, ""},
    {4, "version=5 state=sold shipped_on=2026-11-01 sold_on=2026-11-22 activated_on=2026-11-22 "
        "location=Shop 7 seller=Shop purchase_order=PO-7 sales_order=SO-7 owner=11"},
    {7, "version=8 state=sold conditions=1 shipped_on=2026-11-01 sold_on=2026-11-22 "
        "activated_on=2026-11-22 location=Shop 7 seller=Shop purchase_order=PO-7 sales_order=SO-7 "
        "provisional=1 provisional_until=2026-12-22T12:00:06Z owner=33"},
    {12, "version=13 state=sold shipped_on=2026-11-01 sold_on=2026-11-22 activated_on=2026-11-22 "
         "location=Shop 7 seller=Shop purchase_order=PO-7 sales_order=SO-7 owner=33 adjustments=1 "
         "adjustment=:+3>"},
    {15, "version=16 state=returned shipped_on=2026-11-01 sold_on=2026-11-22 "
         "activated_on=2026-11-22 location=Shop 7 seller=Shop purchase_order=PO-7 sales_order=SO-7 "
         "owner=33 adjustments=1 adjustment=:+3>"},
    {16, "version=17 state=in_stock claim=- shipped_on=2026-11-01 location=Shop 7 "
         "purchase_order=PO-7"},
};

static void
make_life(struct event out[static STEPS])
{
    for (size_t i = 0; i < STEPS; i++) {
        const struct step *step = &life[i];
        out[i] = case_event(step->type, step->role, step->actor, step->fields);
        memset(out[i].seal, 0, SEAL_BYTES);
        out[i].seal[0] = step->seal;
        out[i].at += (int64_t)i;
        out[i].product_allows = step->allowed;
        out[i].ends_own = step->own;
    }
}

static void
a_life(void **state)
{
    static struct event events[STEPS];
    struct unit record = case_unit(UNIT_RETIRED, CONDITION_ALL);
    struct unit commissioned;
    struct unit unit;
    char diff[CASE_DIFF_MAX];
    (void)state;
    make_life(events);
    unit_rewind(&commissioned, &record);
    case_diff(diff, &record, &commissioned);
    assert_string_equal(diff, "version=1 state=issued conditions=0 shipped_on=- sold_on=- "
                              "activated_on=- location=- seller=- purchase_order=- sales_order=- "
                              "document=- provisional=0 provisional_until=- owner=- transfer=- "
                              "transfer_until=- recovery_at=- linked.gtin=- linked.serial=- "
                              "adjustments=0 adjustment=-");
    for (size_t i = 0; i < sizeof stations / sizeof stations[0]; i++) {
        struct fault fault = {ERR_OK, ""};
        if (event_replay(&unit, &commissioned, events, stations[i].step, &fault) != ERR_OK)
            fail_msg("%s", fault.text);
        case_diff(diff, &commissioned, &unit);
        assert_string_equal(diff, stations[i].changes);
    }
}

/* Rewound from the end of the life, the claim code is gone; undoing the restock brings it back. */
static void
an_undone_restock_keeps_the_claim_code(void **state)
{
    static struct event events[STEPS];
    struct unit record = case_unit(UNIT_IN_STOCK, 0);
    struct unit commissioned;
    struct unit unit;
    (void)state;
    make_life(events);
    memset(record.claim, 0, sizeof record.claim);
    unit_rewind(&commissioned, &record);
    assert_int_equal(event_replay(&unit, &commissioned, events, STEPS - 1, NULL), ERR_OK);
    assert_int_equal(unit.claim[0], 7);
}

/* A transfer recorded before transfers ended the claim code leads to a record that has it; the next
 * one ends it, and then the record leads back to a commission without it. */
static void
transfers_of_before_are_replayed_as_they_were(void **state)
{
    static struct event events[STEPS];
    enum { TRANSFER = 5, UNTIL = 7 };
    struct unit record = case_unit(UNIT_SOLD, 0);
    struct unit commissioned;
    struct unit unit;
    (void)state;
    unit_rewind(&commissioned, &record);
    for (unsigned ends = 0; ends < 2; ends++) {
        make_life(events);
        events[TRANSFER].ends_claim = ends == 1;
        assert_int_equal(event_replay(&unit, &commissioned, events, UNTIL, NULL), ERR_OK);
        assert_true(seal_is_none(unit.claim) == (ends == 1));
        assert_int_equal(unit.owner[0], 0x33);
    }
    unit_rewind(&commissioned, &unit);
    assert_true(seal_is_none(commissioned.claim));
    assert_int_equal(event_replay(&record, &commissioned, events, UNTIL, NULL), ERR_OK);
    assert_true(seal_is_none(record.claim));
}

/* A history that could not have happened, at each of its events. */
static void
no_life(void **state)
{
    static struct event events[STEPS];
    struct unit record = case_unit(UNIT_ISSUED, 0);
    struct unit commissioned;
    struct unit unit = {.version = 99};
    struct fault fault;
    (void)state;
    make_life(events);
    unit_rewind(&commissioned, &record);
    assert_int_equal(event_replay(&unit, &commissioned, events + 1, STEPS - 1, &fault),
                     ERR_CONFLICT);
    assert_string_equal(fault.text, "event 12: undo: event 12 is not the last one, which is 11");
    assert_int_equal(unit.version, 99);
}

/* Each event left out in turn: the rest does not follow, or leads elsewhere. */
static void
a_missing_event_shows(void **state)
{
    static struct event events[STEPS];
    struct unit record = case_unit(UNIT_ISSUED, 0);
    struct unit commissioned;
    struct unit whole;
    struct unit unit;
    char diff[CASE_DIFF_MAX];
    (void)state;
    make_life(events);
    unit_rewind(&commissioned, &record);
    assert_int_equal(event_replay(&whole, &commissioned, events, STEPS, NULL), ERR_OK);
    for (size_t left_out = 0; left_out < STEPS; left_out++) {
        make_life(events);
        memmove(&events[left_out], &events[left_out + 1],
                (STEPS - 1 - left_out) * sizeof events[0]);
        if (event_replay(&unit, &commissioned, events, STEPS - 1, NULL) != ERR_OK)
            continue;
        case_diff(diff, &whole, &unit);
        assert_string_not_equal(diff, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undo),
        cmocka_unit_test(nobody_takes_nothing_back),
        cmocka_unit_test(a_life),
        cmocka_unit_test(an_undone_restock_keeps_the_claim_code),
        cmocka_unit_test(transfers_of_before_are_replayed_as_they_were),
        cmocka_unit_test(no_life),
        cmocka_unit_test(a_missing_event_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
