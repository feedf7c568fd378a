/* SPDX-License-Identifier: Apache-2.0 */
/* Ownership, reports, repairs and adjustments: what each changes, member by member, and what a
 * refusal says. The unit of event_case.c: owner 08, an offer 09 open for 200 s, a lost secret that
 * matters in 300 s, reports provisional for 100 s, "std" excluded and extended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/rules/event_case.h"

struct row {
    const char *label;
    const char *given; /* case_set */
    enum event_type type;
    enum role role;
    enum unit_state state;
    unsigned conditions;
    const char *fields;
    bool allowed, own;
    enum err err;
    const char *answer; /* case_diff, or the fault */
};

#define AS(type_, role_, state_) EVENT_##type_, ROLE_##role_, UNIT_##state_
#define STOLEN CONDITION_STOLEN
#define LOST CONDITION_LOST
#define OK_(answer) false, false, ERR_OK, answer
#define NOT_(answer) false, false, ERR_CONFLICT, answer

static const struct row ownership_rows[] = {
    {"activate", "owner=- recovery=- activated_on=-", AS(ACTIVATE, PUBLIC, SOLD), 0, "",
     OK_("activated_on=2026-11-22 owner=5e transfer=- transfer_until=-")},
    {"the shop's day of sale stays", "owner=- recovery=- activated_on=-",
     AS(ACTIVATE, PUBLIC, SOLD), 0, "on=2026-11-01",
     OK_("activated_on=2026-11-22 owner=5e transfer=- transfer_until=-")},
    {"activate what no shop recorded as sold",
     "owner=- recovery=- activated_on=- sold_on=- seller=-", AS(ACTIVATE, PUBLIC, IN_STOCK), 0,
     "on=2026-11-01", true, false, ERR_OK,
     "state=sold sold_on=2026-11-01 activated_on=2026-11-22 owner=5e transfer=- transfer_until=-"},
    {"the same, today", "owner=- recovery=- activated_on=- sold_on=- seller=-",
     AS(ACTIVATE, SERVICE, ISSUED), 0, "", true, false, ERR_OK,
     "state=sold sold_on=2026-11-22 activated_on=2026-11-22 owner=5e transfer=- transfer_until=-"},
    {"a shop that activates has sold it", "owner=- recovery=- activated_on=- sold_on=- seller=-",
     AS(ACTIVATE, RETAILER, IN_TRANSIT), 0, "", true, false, ERR_OK,
     "state=sold sold_on=2026-11-22 activated_on=2026-11-22 seller=Actor owner=5e transfer=- "
     "transfer_until=-"},
    {"another shop activates: the seller stays", "owner=- recovery=-", AS(ACTIVATE, RETAILER, SOLD),
     0, "", OK_("owner=5e transfer=- transfer_until=-")},
    {"not sold and no leave", "owner=-", AS(ACTIVATE, PUBLIC, IN_STOCK), 0, "",
     NOT_("activate: not while the unit is in_stock")},
    {"leave or not, a returned unit", "owner=-", AS(ACTIVATE, PUBLIC, RETURNED), 0, "", true, false,
     ERR_CONFLICT, "activate: not while the unit is returned"},
    {"owned", "recovery=-", AS(ACTIVATE, PUBLIC, SOLD), 0, "",
     NOT_("activate: somebody has registered the unit already")},
    {"the secret is lost, in the wait", "recovery=1", AS(ACTIVATE, PUBLIC, SOLD), 0, "",
     NOT_("activate: not before 2026-11-22T12:00:01Z, so that the owner may object")},
    {"the secret is lost, after the wait; the warranty does not start again", "recovery=0",
     AS(ACTIVATE, PUBLIC, SOLD), 0, "", OK_("owner=5e transfer=- transfer_until=- recovery_at=-")},
    {"stolen", "owner=-", AS(ACTIVATE, PUBLIC, SOLD), STOLEN, "",
     NOT_("activate: not while the unit is stolen")},
    {"held", "owner=-", AS(ACTIVATE, RETAILER, SOLD), CONDITION_HELD, "",
     NOT_("activate: not while the unit is held")},
    {"offer", "transfer=- transfer_until=- recovery=-", AS(OFFER, OWNER, SOLD), 0, "",
     OK_("transfer=5e transfer_until=2026-11-29T12:00:00Z")},
    {"a second offer replaces the first; who has the secret has not lost it", "",
     AS(OFFER, OWNER, SOLD), 0, "",
     OK_("transfer=5e transfer_until=2026-11-29T12:00:00Z recovery_at=-")},
    {"offer without an owner", "owner=-", AS(OFFER, OWNER, SOLD), 0, "",
     NOT_("offer: nobody has registered the unit")},
    {"offer what is lost", "", AS(OFFER, OWNER, SOLD), LOST, "",
     NOT_("offer: not while the unit is lost")},
    {"transfer", "", AS(TRANSFER, PUBLIC, SOLD), 0, "",
     OK_("owner=5e transfer=- transfer_until=- recovery_at=-")},
    {"transfer in the last second", "transfer_until=1", AS(TRANSFER, PUBLIC, SOLD), 0, "",
     OK_("owner=5e transfer=- transfer_until=- recovery_at=-")},
    {"transfer too late", "transfer_until=0", AS(TRANSFER, PUBLIC, SOLD), 0, "",
     NOT_("transfer: the offer has ended; the owner can repeat it")},
    {"transfer without an offer", "transfer=- transfer_until=-", AS(TRANSFER, PUBLIC, SOLD), 0, "",
     NOT_("transfer: the owner offers the unit to nobody")},
    {"transfer of a stolen unit", "", AS(TRANSFER, PUBLIC, SOLD), STOLEN, "",
     NOT_("transfer: not while the unit is stolen")},
    {"lose the secret", "recovery=-", AS(LOSE_SECRET, PUBLIC, SOLD), 0, "",
     OK_("recovery_at=2026-12-06T12:00:00Z")},
    {"lose it twice: the wait is not made longer or shorter", "", AS(LOSE_SECRET, OPERATOR, SOLD),
     0, "", NOT_("lose_secret: it was said already")},
    {"a service center says that the secret is lost", "recovery=-", AS(LOSE_SECRET, SERVICE, SOLD),
     0, "", OK_("recovery_at=2026-12-06T12:00:00Z")},
    {"a shop that did not sell it says so", "recovery=- seller=-", AS(LOSE_SECRET, RETAILER, SOLD),
     0, "", false, false, ERR_DENIED, "lose_secret: only for who sold the unit"},
    {"lose what nobody has", "owner=- recovery=-", AS(LOSE_SECRET, PUBLIC, SOLD), 0, "",
     NOT_("lose_secret: nobody has registered the unit")},
    {"lose the secret of a stolen unit", "recovery=-", AS(LOSE_SECRET, PUBLIC, SOLD), STOLEN, "",
     NOT_("lose_secret: not while the unit is stolen")},
    {"the owner objects", "", AS(DISMISS, OWNER, SOLD), 0, "", OK_("recovery_at=-")},
    {"the owner objects after the wait, before anybody came", "recovery=-100",
     AS(DISMISS, OWNER, SOLD), 0, "", OK_("recovery_at=-")},
    {"the owner objects to nothing", "recovery=-", AS(DISMISS, OWNER, SOLD), LOST, "",
     NOT_("dismiss: nothing was said that could be untrue")},
    {"the operator objects", "", AS(DISMISS, OPERATOR, SOLD), 0, "reason=called",
     OK_("recovery_at=-")},
    {"returned elsewhere, where the product allows it", "seller=-", AS(RETURN, RETAILER, SOLD), 0,
     "", true, false, ERR_OK, "state=returned"},
    {"returned elsewhere", "seller=-", AS(RETURN, RETAILER, SOLD), 0, "", false, true, ERR_DENIED,
     "return: only for who sold the unit"},
    {"restocked by who took it back",
     "seller=- claim=- owner=- transfer=- transfer_until=- recovery=-",
     AS(RESTOCK, RETAILER, RETURNED), 0, "", false, true, ERR_OK,
     "state=in_stock sold_on=- activated_on=- sales_order=- document=- linked.gtin=- "
     "linked.serial=- adjustments=0 adjustment=-"},
    {"restocked by somebody else", "", AS(RESTOCK, RETAILER, RETURNED), 0, "", true, false,
     ERR_DENIED, "restock: only for who sold the unit"},
};

static const struct row report_rows[] = {
    {"by the operator it is confirmed", "", AS(REPORT_STOLEN, OPERATOR, SOLD), 0, "",
     OK_("conditions=1")},
    {"by a shop it is provisional", "", AS(REPORT_STOLEN, RETAILER, IN_STOCK), 0, "",
     OK_("conditions=1 provisional=1 provisional_until=2026-12-22T12:00:00Z")},
    {"a second report, the first one open", "recovery=-", AS(REPORT_STOLEN, OWNER, SOLD), LOST, "",
     OK_("conditions=3 provisional=3 provisional_until=2026-12-22T12:00:00Z")},
    {"a second report, the first one is confirmed by time", "recovery=- provisional_until=0",
     AS(REPORT_STOLEN, OWNER, SOLD), LOST, "",
     OK_("conditions=3 provisional=1 provisional_until=2026-12-22T12:00:00Z")},
    {"the operator's second report leaves the first one open", "", AS(REPORT_LOST, OPERATOR, SOLD),
     STOLEN, "", OK_("conditions=3")},
    {"the operator's second report, the first one confirmed by time", "provisional_until=0",
     AS(REPORT_LOST, OPERATOR, SOLD), STOLEN, "",
     OK_("conditions=3 provisional=0 provisional_until=-")},
    {"confirm", "", AS(CONFIRM, OPERATOR, SOLD), STOLEN, "reference=POL 1",
     OK_("provisional=0 provisional_until=-")},
    {"confirm in the last second", "provisional_until=1", AS(CONFIRM, OPERATOR, SOLD), STOLEN, "",
     OK_("provisional=0 provisional_until=-")},
    {"confirm what is confirmed by time", "provisional_until=0", AS(CONFIRM, OPERATOR, SOLD),
     STOLEN, "", NOT_("confirm: no report waits for it")},
    {"confirm what is confirmed", "provisional=0 provisional_until=-", AS(CONFIRM, OPERATOR, SOLD),
     STOLEN, "", NOT_("confirm: no report waits for it")},
    {"confirm what nobody reported", "", AS(CONFIRM, OPERATOR, SOLD), CONDITION_HELD, "",
     NOT_("confirm: the unit is not stolen")},
    {"dismiss", "", AS(DISMISS, OPERATOR, SOLD), STOLEN | CONDITION_HELD, "reason=found in the van",
     OK_("conditions=4 provisional=0 provisional_until=-")},
    {"dismiss what is open, not what is confirmed", "provisional=1", AS(DISMISS, OPERATOR, SOLD),
     STOLEN | LOST, "", OK_("conditions=2 provisional=0 provisional_until=-")},
    {"what time confirmed is not dismissed", "provisional_until=0 recovery=-",
     AS(DISMISS, OPERATOR, SOLD), STOLEN, "",
     NOT_("dismiss: nothing was said that could be untrue")},
    {"recover what one reported oneself", "recovery=-", AS(RECOVER, OWNER, SOLD), STOLEN, "", false,
     true, ERR_OK, "conditions=0 provisional=0 provisional_until=-"},
    {"a stolen unit is not repaired", "", AS(SERVICE, SERVICE, SOLD), STOLEN,
     "fault=dead;covered=no", NOT_("service: not while the unit is stolen")},
    {"a repair is in the history", "", AS(SERVICE, SERVICE, RETURNED), CONDITION_HELD,
     "fault=dead;covered=yes;entitlement=std;work=fuse;parts=F-1;on=2026-11-20;reference=T-9",
     OK_("")},
};

static const struct row adjust_rows[] = {
    {"months to all", "", AS(ADJUST, OPERATOR, SOLD), 0, "months=6;reason=goodwill",
     OK_("adjustments=2 adjustment=:+6>")},
    {"months to one that has some", "", AS(ADJUST, OPERATOR, RETURNED), 0,
     "months=6;reason=x;entitlement=std", OK_("adjustment=std:excluded+9>2027-07-01")},
    {"exclude one", "", AS(ADJUST, OPERATOR, SOLD), 0, "excluded=yes;reason=x;entitlement=plus",
     OK_("adjustments=2 adjustment=plus:excluded+0>")},
    {"take an exclusion back", "", AS(ADJUST, OPERATOR, SOLD), 0,
     "excluded=no;reason=x;entitlement=std", OK_("adjustment=std:+3>2027-07-01")},
    {"excluded already", "", AS(ADJUST, OPERATOR, SOLD), 0, "excluded=yes;reason=x;entitlement=std",
     NOT_("adjust: it is excluded already")},
    {"not excluded", "", AS(ADJUST, OPERATOR, SOLD), 0, "excluded=no;reason=x",
     NOT_("adjust: it is not excluded")},
    {"not before the sale", "", AS(ADJUST, OPERATOR, IN_STOCK), 0, "months=6;reason=x",
     NOT_("adjust: not while the unit is in_stock")},
};

static void
check_row(const struct row *row)
{
    struct unit before = case_unit(row->state, row->conditions);
    struct event event = case_event(row->type, row->role, "Actor", row->fields);
    struct fault fault = {ERR_OK, ""};
    char diff[CASE_DIFF_MAX];
    case_set(&before, row->given);
    struct unit after = before;
    event.product_allows = row->allowed;
    event.ends_own = row->own;
    enum err err = event_apply(&after, &before, &event, &fault);
    case_diff(diff, &before, &after);
    const char *answer = err == ERR_OK ? diff : fault.text;
    if (err != row->err || strcmp(answer, row->answer) != 0)
        fail_msg("%s: %s", row->label, answer);
    if (err != ERR_OK)
        assert_string_equal(diff, "");
}

#define TABLE(name)                                                                                \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        for (size_t i = 0; i < sizeof name##_rows / sizeof name##_rows[0]; i++)                    \
            check_row(&name##_rows[i]);                                                            \
    }

TABLE(ownership)
TABLE(report)
TABLE(adjust)

static void
only_a_transfer_ends_the_claim_code(void **state)
{
    static const struct {
        enum event_type type;
        enum role role;
        const char *given, *answer;
    } rows[] = {
        {EVENT_TRANSFER, ROLE_PUBLIC, "",
         "claim=- owner=5e transfer=- transfer_until=- recovery_at=-"},
        {EVENT_TRANSFER, ROLE_PUBLIC, "claim=-",
         "owner=5e transfer=- transfer_until=- recovery_at=-"},
        {EVENT_TRANSFER, ROLE_PUBLIC, "transfer_until=0",
         "transfer: the offer has ended; the owner can repeat it"},
        {EVENT_ACTIVATE, ROLE_PUBLIC, "owner=-", "activate: it ends no claim"},
        {EVENT_OFFER, ROLE_OWNER, "", "offer: it ends no claim"},
        {EVENT_LOSE_SECRET, ROLE_PUBLIC, "recovery=-", "lose_secret: it ends no claim"},
        {EVENT_RETURN, ROLE_RETAILER, "", "return: it ends no claim"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct unit before = case_unit(UNIT_SOLD, 0);
        struct event event = case_event(rows[i].type, rows[i].role, "Actor", "");
        struct fault fault = {ERR_OK, ""};
        char diff[CASE_DIFF_MAX];
        case_set(&before, rows[i].given);
        struct unit after = before;
        event.ends_claim = true;
        enum err err = event_apply(&after, &before, &event, &fault);
        case_diff(diff, &before, &after);
        assert_string_equal(err == ERR_OK ? diff : fault.text, rows[i].answer);
    }
}

static enum err
adjust_one(struct unit *unit, const char *entitlement, const char *what, struct fault *fault)
{
    char fields[120] = "reason=x;entitlement=";
    (void)strncat(fields, entitlement, 40);
    (void)strncat(fields, what, 20);
    struct event event = case_event(EVENT_ADJUST, ROLE_OPERATOR, "Brand", fields);
    return event_apply(unit, unit, &event, fault);
}

/* Eight entitlements can be adjusted; one that says nothing any more makes room, and leaves no
 * trace in the record. */
static void
room_for_adjustments(void **state)
{
    static const char *const ids[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    struct unit unit = case_unit(UNIT_SOLD, 0);
    struct fault fault = {ERR_OK, ""};
    (void)state;
    unit.adjustment_count = 0;
    memset(unit.adjustments, 0, sizeof unit.adjustments);
    for (size_t i = 0; i < ADJUSTMENTS_MAX; i++)
        assert_int_equal(adjust_one(&unit, ids[i], ";excluded=yes", &fault), ERR_OK);
    assert_int_equal(adjust_one(&unit, "i", ";months=1", &fault), ERR_CONFLICT);
    assert_string_equal(fault.text, "adjust: 8 entitlements are adjusted already");
    assert_int_equal(adjust_one(&unit, "b", ";months=1", &fault), ERR_OK);
    assert_int_equal(adjust_one(&unit, "c", ";excluded=no", &fault), ERR_OK);
    assert_int_equal(unit.adjustment_count, 7);
    assert_string_equal(unit.adjustments[1].entitlement, "b");
    assert_string_equal(unit.adjustments[2].entitlement, "d");
    assert_string_equal(unit.adjustments[6].entitlement, "h");
    assert_string_equal(unit.adjustments[7].entitlement, "");
    assert_int_equal(unit.adjustments[7].ends_on, 0);
    assert_int_equal(adjust_one(&unit, "i", ";months=1", &fault), ERR_OK);
}

static void
a_hundred_years_at_most(void **state)
{
    struct unit unit = case_unit(UNIT_SOLD, 0);
    struct fault fault = {ERR_OK, ""};
    (void)state;
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(adjust_one(&unit, "plus", ";months=120", &fault), ERR_OK);
    assert_int_equal(adjust_one(&unit, "plus", ";months=1", &fault), ERR_CONFLICT);
    assert_string_equal(fault.text, "adjust: more than 1200 months in all");
}

/* Thirty days after the report, to the second. */
static void
provisional(void **state)
{
    struct unit unit = case_unit(UNIT_SOLD, 0);
    struct event event = case_event(EVENT_REPORT_LOST, ROLE_OWNER, "", "");
    const int64_t end = (int64_t)CASE_AT + 30LL * 86400;
    (void)state;
    assert_int_equal(unit_provisional(&unit, CASE_AT), 0);
    assert_int_equal(event_apply(&unit, &unit, &event, NULL), ERR_OK);
    assert_int_equal(unit_provisional(&unit, CASE_AT), LOST);
    assert_int_equal(unit_provisional(&unit, end - 1), LOST);
    assert_int_equal(unit_provisional(&unit, end), 0);
    /* Never a condition that is not there, nor one that nobody reports. */
    unit.provisional = 255;
    assert_int_equal(unit_provisional(&unit, CASE_AT), LOST);
    unit.conditions = CONDITION_ALL;
    assert_int_equal(unit_provisional(&unit, CASE_AT), STOLEN | LOST);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ownership),
        cmocka_unit_test(report),
        cmocka_unit_test(adjust),
        cmocka_unit_test(only_a_transfer_ends_the_claim_code),
        cmocka_unit_test(room_for_adjustments),
        cmocka_unit_test(a_hundred_years_at_most),
        cmocka_unit_test(provisional),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
