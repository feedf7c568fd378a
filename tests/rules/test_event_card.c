/* SPDX-License-Identifier: Apache-2.0 */
/* Owners with and without the card in the box (event.h), and the end of an ownership. The unit of
 * event_case.c: owner 08, an offer 09 open for 200 s, a lost secret that matters in 300 s. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/rules/history.h"
#include "tests/rules/event_case.h"

enum flag { PLAIN = 0, WITHOUT = 1, DISPLACES = 2, SEALED = 4 };

static const struct row {
    const char *label;
    const char *given; /* case_set */
    enum event_type type;
    enum role role;
    enum unit_state state;
    unsigned conditions;
    unsigned flags;
    const char *fields;
    enum err err;
    const char *answer; /* case_diff, or the fault */
} rows[] = {
    {"staff without the code", "owner=- recovery=-", EVENT_ACTIVATE, ROLE_RETAILER, UNIT_SOLD, 0,
     WITHOUT, "", ERR_OK, "owner=5e transfer=- transfer_until=- unproven=yes"},
    {"staff with the code", "owner=- recovery=-", EVENT_ACTIVATE, ROLE_SERVICE, UNIT_SOLD, 0, PLAIN,
     "", ERR_OK, "owner=5e transfer=- transfer_until=-"},
    {"the public without the code", "owner=- recovery=-", EVENT_ACTIVATE, ROLE_PUBLIC, UNIT_SOLD, 0,
     WITHOUT, "", ERR_INVALID, "activate: not without the claim code"},
    {"the card is brought; the warranty does not start again", "recovery=- unproven=yes",
     EVENT_ACTIVATE, ROLE_PUBLIC, UNIT_SOLD, 0, DISPLACES, "", ERR_OK,
     "owner=5e transfer=- transfer_until=- unproven=-"},
    {"the card is brought while a recovery waits", "unproven=yes", EVENT_ACTIVATE, ROLE_PUBLIC,
     UNIT_SOLD, 0, DISPLACES, "", ERR_OK,
     "owner=5e transfer=- transfer_until=- recovery_at=- unproven=-"},
    {"a shop types the card in", "recovery=- unproven=yes", EVENT_ACTIVATE, ROLE_RETAILER,
     UNIT_SOLD, 0, DISPLACES, "", ERR_OK, "owner=5e transfer=- transfer_until=- unproven=-"},
    {"the owner has the card", "recovery=-", EVENT_ACTIVATE, ROLE_PUBLIC, UNIT_SOLD, 0, DISPLACES,
     "", ERR_CONFLICT, "activate: there is no owner who has to give way"},
    {"nobody owns it", "owner=- recovery=-", EVENT_ACTIVATE, ROLE_PUBLIC, UNIT_SOLD, 0, DISPLACES,
     "", ERR_CONFLICT, "activate: there is no owner who has to give way"},
    {"an activation that does not say so displaces nobody", "recovery=- unproven=yes",
     EVENT_ACTIVATE, ROLE_PUBLIC, UNIT_SOLD, 0, PLAIN, "", ERR_CONFLICT,
     "activate: somebody has registered the unit already"},
    {"without the code nobody is displaced", "recovery=- unproven=yes", EVENT_ACTIVATE,
     ROLE_SERVICE, UNIT_SOLD, 0, WITHOUT | DISPLACES, "", ERR_INVALID,
     "activate: not without the claim code"},
    {"staff without the code where staff was without it", "recovery=- unproven=yes", EVENT_ACTIVATE,
     ROLE_SERVICE, UNIT_SOLD, 0, WITHOUT, "", ERR_CONFLICT,
     "activate: somebody has registered the unit already"},
    {"staff without the code after the wait: an owner with the card becomes one without",
     "recovery=0", EVENT_ACTIVATE, ROLE_SERVICE, UNIT_SOLD, 0, WITHOUT, "", ERR_OK,
     "owner=5e transfer=- transfer_until=- recovery_at=- unproven=yes"},
    {"the card after the wait", "recovery=0 unproven=yes", EVENT_ACTIVATE, ROLE_PUBLIC, UNIT_SOLD,
     0, PLAIN, "", ERR_OK, "owner=5e transfer=- transfer_until=- recovery_at=- unproven=-"},
    {"the card while it is stolen", "recovery=- unproven=yes", EVENT_ACTIVATE, ROLE_PUBLIC,
     UNIT_SOLD, CONDITION_STOLEN, DISPLACES, "", ERR_CONFLICT,
     "activate: not while the unit is stolen"},
    {"the card while it is held", "recovery=- unproven=yes", EVENT_ACTIVATE, ROLE_PUBLIC, UNIT_SOLD,
     CONDITION_HELD, DISPLACES, "", ERR_CONFLICT, "activate: not while the unit is held"},
    {"the card of a returned unit", "recovery=- unproven=yes", EVENT_ACTIVATE, ROLE_PUBLIC,
     UNIT_RETURNED, 0, DISPLACES, "", ERR_CONFLICT, "activate: not while the unit is returned"},
    {"no other event displaces", "unproven=yes", EVENT_TRANSFER, ROLE_PUBLIC, UNIT_SOLD, 0,
     DISPLACES, "", ERR_INVALID, "transfer: no owner gives way to it"},
    {"no other event is without the code", "", EVENT_RETURN, ROLE_RETAILER, UNIT_SOLD, 0, WITHOUT,
     "", ERR_INVALID, "return: not without the claim code"},
    {"who came without it hands nothing on", "recovery=- unproven=yes", EVENT_OFFER, ROLE_OWNER,
     UNIT_SOLD, 0, PLAIN, "", ERR_CONFLICT,
     "offer: the unit was registered without its claim code; register it again with the code on "
     "the card in the box, then it can be handed on"},
    {"the public needs no wait", "recovery=- unproven=yes", EVENT_LOSE_SECRET, ROLE_PUBLIC,
     UNIT_SOLD, 0, PLAIN, "", ERR_CONFLICT,
     "lose_secret: no wait is needed: the claim code registers the unit now"},
    {"staff without the card do", "recovery=- unproven=yes", EVENT_LOSE_SECRET, ROLE_SERVICE,
     UNIT_SOLD, 0, PLAIN, "", ERR_OK, "recovery_at=2026-12-06T12:00:00Z"},
    {"who came without it reports a theft", "recovery=- unproven=yes", EVENT_REPORT_STOLEN,
     ROLE_OWNER, UNIT_SOLD, 0, PLAIN, "", ERR_OK,
     "conditions=1 provisional=1 provisional_until=2026-12-22T12:00:00Z"},
    {"restocked", "seller=- claim=- transfer=- transfer_until=- recovery=- unproven=yes",
     EVENT_RESTOCK, ROLE_OPERATOR, UNIT_RETURNED, 0, PLAIN, "", ERR_OK,
     "state=in_stock sold_on=- activated_on=- sales_order=- document=- owner=- unproven=- "
     "linked.gtin=- linked.serial=- adjustments=0 adjustment=-"},
    {"the ownership ends, the code stays", "unproven=yes", EVENT_END_OWNERSHIP, ROLE_OPERATOR,
     UNIT_SOLD, 0, PLAIN, "reason=by the shop itself;reference=C-1", ERR_OK,
     "activated_on=- owner=- transfer=- transfer_until=- recovery_at=- unproven=-"},
    {"and the code, too", "", EVENT_END_OWNERSHIP, ROLE_OPERATOR, UNIT_RETURNED, 0, SEALED,
     "reason=card copied;ends_claim=yes", ERR_OK,
     "claim=- activated_on=- owner=- transfer=- transfer_until=- recovery_at=-"},
    {"a code that is dead already", "claim=-", EVENT_END_OWNERSHIP, ROLE_OPERATOR, UNIT_SOLD, 0,
     PLAIN, "reason=r;ends_claim=yes", ERR_OK,
     "activated_on=- owner=- transfer=- transfer_until=- recovery_at=-"},
    {"said that the code stays", "", EVENT_END_OWNERSHIP, ROLE_OPERATOR, UNIT_SOLD,
     CONDITION_STOLEN, PLAIN, "reason=r;ends_claim=no", ERR_OK,
     "activated_on=- owner=- transfer=- transfer_until=- recovery_at=-"},
    {"the code stays and is carried", "", EVENT_END_OWNERSHIP, ROLE_OPERATOR, UNIT_SOLD, 0, SEALED,
     "reason=r", ERR_INVALID, "end_ownership: it carries a claim that it does not end"},
    {"nobody owns what ends", "owner=-", EVENT_END_OWNERSHIP, ROLE_OPERATOR, UNIT_SOLD, 0, PLAIN,
     "reason=r", ERR_CONFLICT, "end_ownership: nobody has registered the unit"},
    {"without a reason", "", EVENT_END_OWNERSHIP, ROLE_OPERATOR, UNIT_SOLD, 0, PLAIN, "",
     ERR_INVALID, "end_ownership: reason is missing"},
    {"perhaps", "", EVENT_END_OWNERSHIP, ROLE_OPERATOR, UNIT_SOLD, 0, PLAIN,
     "reason=r;ends_claim=perhaps", ERR_INVALID, "end_ownership: ends_claim has to be yes or no"},
    {"by the shop", "", EVENT_END_OWNERSHIP, ROLE_RETAILER, UNIT_SOLD, 0, PLAIN, "reason=r",
     ERR_DENIED, "end_ownership: not for the role retailer"},
    {"no other event ends the code so", "", EVENT_RETURN, ROLE_RETAILER, UNIT_SOLD, 0, PLAIN,
     "ends_claim=yes", ERR_INVALID, "return: it does not take ends_claim"},
};

static void
every_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct unit before = case_unit(row->state, row->conditions);
        struct event event = case_event(row->type, row->role, "Shop", row->fields);
        struct fault fault = {ERR_OK, ""};
        char diff[CASE_DIFF_MAX];
        case_set(&before, row->given);
        struct unit after = before;
        event.without_claim = (row->flags & WITHOUT) != 0;
        event.displaces = (row->flags & DISPLACES) != 0;
        if ((row->flags & SEALED) != 0)
            memcpy(event.seal, before.claim, SEAL_BYTES);
        enum err err = event_apply(&after, &before, &event, &fault);
        case_diff(diff, &before, &after);
        const char *answer = err == ERR_OK ? diff : fault.text;
        if (err != row->err || strcmp(answer, row->answer) != 0)
            fail_msg("%s: %s", row->label, answer);
        if (err != ERR_OK)
            assert_string_equal(diff, "");
    }
}

/* ---- histories ---- */

struct life {
    struct unit commissioned, now;
    struct event events[8];
    size_t count;
};

static void
live(struct life *life, enum event_type type, enum role role, unsigned flags)
{
    static const char *const fields[EVENT_TYPE_COUNT] = {[EVENT_END_OWNERSHIP] =
                                                             "reason=r;ends_claim=yes"};
    struct event *event = &life->events[life->count];
    *event = case_event(type, role, role == ROLE_PUBLIC || role == ROLE_OWNER ? "" : "Shop",
                        fields[type] == NULL ? "" : fields[type]);
    event->at += (int64_t)life->count;
    event->without_claim = (flags & WITHOUT) != 0;
    event->displaces = (flags & DISPLACES) != 0;
    event->ends_claim = type == EVENT_TRANSFER;
    if (event->seal[0] != 0)
        event->seal[1] = (uint8_t)life->count;
    if ((flags & SEALED) != 0)
        memcpy(event->seal, life->now.claim, SEAL_BYTES);
    assert_int_equal(event_apply(&life->now, &life->now, event, NULL), ERR_OK);
    life->now.version++;
    life->count++;
}

static void
begin(struct life *life)
{
    struct unit issued = case_unit(UNIT_ISSUED, 0);
    memset(life, 0, sizeof *life);
    issued.expires_on = CIVIL_NONE;
    unit_rewind(&life->commissioned, &issued);
    life->now = life->commissioned;
}

static void
leads_to_the_record(const struct life *life)
{
    struct unit starts[2] = {life->commissioned};
    char diff[CASE_DIFF_MAX];
    unit_rewind(&starts[1], &life->now);
    for (size_t i = 0; i < 2; i++) {
        struct unit unit;
        struct fault fault = {ERR_OK, ""};
        if (event_replay(&unit, &starts[i], life->events, life->count, &fault) != ERR_OK)
            fail_msg("%s", fault.text);
        case_diff(diff, &life->now, &unit);
        assert_string_equal(diff, "");
    }
}

/* The record says nothing of a claim code that died later, and the history leads to it all the
 * same.
 */
static void
a_displacement_is_replayed_after_the_code_died(void **state)
{
    struct life life;
    (void)state;
    begin(&life);
    live(&life, EVENT_SELL, ROLE_RETAILER, PLAIN);
    live(&life, EVENT_ACTIVATE, ROLE_RETAILER, WITHOUT);
    assert_true(life.now.unproven);
    leads_to_the_record(&life);
    live(&life, EVENT_ACTIVATE, ROLE_PUBLIC, DISPLACES);
    assert_false(life.now.unproven);
    leads_to_the_record(&life);
    live(&life, EVENT_OFFER, ROLE_OWNER, PLAIN);
    live(&life, EVENT_TRANSFER, ROLE_PUBLIC, PLAIN);
    assert_true(seal_is_none(life.now.claim));
    leads_to_the_record(&life);
}

/* What was recorded before it could be said who came without the code: such owners are as they
 * were.
 */
static void
a_registration_of_before_gives_way_to_nobody(void **state)
{
    struct life life;
    struct unit after;
    (void)state;
    begin(&life);
    live(&life, EVENT_SELL, ROLE_RETAILER, PLAIN);
    live(&life, EVENT_ACTIVATE, ROLE_RETAILER, PLAIN);
    assert_false(life.now.unproven);
    leads_to_the_record(&life);
    struct event event = case_event(EVENT_ACTIVATE, ROLE_PUBLIC, "", "");
    event.displaces = true;
    assert_int_equal(event_apply(&after, &life.now, &event, NULL), ERR_CONFLICT);
    live(&life, EVENT_OFFER, ROLE_OWNER, PLAIN);
    leads_to_the_record(&life);
}

static void
take_back(struct life *life, enum role role)
{
    struct unit before;
    struct event *event = &life->events[life->count];
    char number[] = {(char)('0' + life->now.version), '\0'};
    *event = case_event(EVENT_UNDO, role, "Shop", "undoes=2");
    memcpy(event->fields[0].value, number, sizeof number);
    event->at += 100;
    struct unit start;
    unit_rewind(&start, &life->now);
    assert_int_equal(event_replay(&before, &start, life->events, life->count - 1, NULL), ERR_OK);
    const struct undoing in = {.now = &life->now,
                               .before = &before,
                               .last = &life->events[life->count - 1],
                               .undo = event};
    assert_int_equal(event_undo(&life->now, &in, NULL), ERR_OK);
    life->now.version++;
    life->count++;
}

/* The owner is there again, as unproven as before, and the claim code lives. */
static void
an_end_is_taken_back(void **state)
{
    static const unsigned comes[] = {WITHOUT, PLAIN};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct life life;
        char diff[CASE_DIFF_MAX];
        begin(&life);
        live(&life, EVENT_SELL, ROLE_RETAILER, PLAIN);
        live(&life, EVENT_ACTIVATE, ROLE_RETAILER, comes[i]);
        struct unit owned = life.now;
        live(&life, EVENT_END_OWNERSHIP, ROLE_OPERATOR, SEALED);
        assert_true(seal_is_none(life.now.claim) && seal_is_none(life.now.owner));
        leads_to_the_record(&life);
        take_back(&life, ROLE_OPERATOR);
        case_diff(diff, &owned, &life.now);
        assert_string_equal(diff, "version=5");
        leads_to_the_record(&life);
    }
}

/* A shop that takes its own registration back leaves a unit that nobody owns. */
static void
a_registration_is_taken_back(void **state)
{
    struct life life;
    (void)state;
    begin(&life);
    live(&life, EVENT_SELL, ROLE_RETAILER, PLAIN);
    live(&life, EVENT_ACTIVATE, ROLE_RETAILER, WITHOUT);
    take_back(&life, ROLE_RETAILER);
    assert_true(seal_is_none(life.now.owner) && !life.now.unproven);
    leads_to_the_record(&life);
    /* The one who was displaced comes back, and gives way again. */
    begin(&life);
    live(&life, EVENT_SELL, ROLE_RETAILER, PLAIN);
    live(&life, EVENT_ACTIVATE, ROLE_RETAILER, WITHOUT);
    live(&life, EVENT_ACTIVATE, ROLE_RETAILER, DISPLACES);
    take_back(&life, ROLE_RETAILER);
    assert_true(life.now.unproven);
    leads_to_the_record(&life);
    live(&life, EVENT_ACTIVATE, ROLE_PUBLIC, DISPLACES);
    assert_false(life.now.unproven);
    leads_to_the_record(&life);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),
        cmocka_unit_test(a_displacement_is_replayed_after_the_code_died),
        cmocka_unit_test(a_registration_of_before_gives_way_to_nobody),
        cmocka_unit_test(an_end_is_taken_back),
        cmocka_unit_test(a_registration_is_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
