/* SPDX-License-Identifier: Apache-2.0 */
/* Every event by every role from every state under every set of conditions, against the table of
 * design section 5 written out by state: in each cell the roles that may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/rules/event_case.h"

/* P public, U owner (user), S service, R retailer, O operator; conditions S L H C. */
static const struct line {
    enum event_type type;
    /* from    issued, in_transit, in_stock, sold, returned, retired */
    const char *who[6];
    /* Absent ones are empty. */
    const char *to;     /* stays */
    const char *blocks; /* conditions that forbid it */
    const char *needs;  /* conditions of which one is needed */
    const char *sets;   /* conditions afterwards */
    const char *clears;
    const char *seller;     /* roles that have to have sold the unit */
    const char *own;        /* roles that end only what they began */
    const char *fields;     /* the required ones */
    const char *given;      /* case_set: what else has to be so */
    const char *with_leave; /* states that the product has to allow: I T S */
} lines[] = {
    {.type = EVENT_RECEIVE,
     .who = {"RO", "RO", "", "", "", ""},
     .to = "in_stock",
     .fields = "location=A"},
    {.type = EVENT_SHIP,
     .who = {"O", "", "O", "", "", ""},
     .to = "in_transit",
     .blocks = "SLH",
     .fields = "location=A"},
    {.type = EVENT_MOVE, .who = {"", "", "RO", "", "", ""}, .fields = "location=A"},
    {.type = EVENT_SELL, .who = {"RO", "RO", "RO", "", "", ""}, .to = "sold", .blocks = "SLH"},
    {.type = EVENT_RETURN,
     .who = {"", "", "", "R", "", ""},
     .to = "returned",
     .blocks = "SLH",
     .seller = "R"},
    {.type = EVENT_RESTOCK,
     .who = {"", "", "", "", "RO", ""},
     .to = "in_stock",
     .blocks = "SLH",
     .seller = "R"},
    {.type = EVENT_RETIRE,
     .who = {"SO", "SO", "SO", "SO", "SO", ""},
     .to = "retired",
     .fields = "reason=scrapped"},
    {.type = EVENT_REPORT_STOLEN,
     .who = {"O", "O", "RO", "UO", "RO", ""},
     .blocks = "S",
     .sets = "S"},
    {.type = EVENT_REPORT_LOST,
     .who = {"O", "O", "RO", "UO", "RO", ""},
     .blocks = "L",
     .sets = "L"},
    {.type = EVENT_RECOVER,
     .who = {"O", "O", "RO", "UO", "RO", "O"},
     .needs = "SL",
     .clears = "SL",
     .own = "UR"},
    {.type = EVENT_HOLD,
     .who = {"SRO", "SRO", "SRO", "SRO", "SRO", "SRO"},
     .blocks = "H",
     .sets = "H",
     .fields = "reason=looks opened"},
    {.type = EVENT_RELEASE,
     .who = {"SRO", "SRO", "SRO", "SRO", "SRO", "SRO"},
     .needs = "H",
     .clears = "H",
     .own = "SR"},
    {.type = EVENT_SUSPECT,
     .who = {"O", "O", "O", "O", "O", "O"},
     .blocks = "C",
     .sets = "C",
     .fields = "reason=two countries"},
    {.type = EVENT_CLEAR,
     .who = {"O", "O", "O", "O", "O", "O"},
     .needs = "C",
     .clears = "C",
     .fields = "reason=a mistake"},
    {.type = EVENT_ACTIVATE,
     .who = {"PSR", "PSR", "PSR", "PSR", "", ""},
     .to = "sold",
     .blocks = "SLH",
     .given = "owner=-",
     .with_leave = "ITS"},
    {.type = EVENT_OFFER, .who = {"", "", "", "U", "", ""}, .blocks = "SLH"},
    {.type = EVENT_TRANSFER, .who = {"", "", "", "P", "", ""}, .blocks = "SLH"},
    {.type = EVENT_LOSE_SECRET,
     .who = {"", "", "", "PSRO", "", ""},
     .blocks = "SLH",
     .seller = "R",
     .given = "recovery=-"},
    {.type = EVENT_SERVICE,
     .who = {"", "", "", "S", "S", ""},
     .blocks = "S",
     .fields = "fault=dead;covered=no"},
    {.type = EVENT_CONFIRM, .who = {"O", "O", "O", "O", "O", "O"}, .needs = "SL"},
    {.type = EVENT_DISMISS, .who = {"O", "O", "O", "UO", "O", "O"}, .clears = "SL"},
    {.type = EVENT_ADJUST, .who = {"", "", "", "O", "O", ""}, .fields = "reason=goodwill;months=6"},
    {.type = EVENT_END_OWNERSHIP, .who = {"", "", "", "O", "O", ""}, .fields = "reason=by itself"},
};

struct point {
    const struct line *line;
    enum role role;
    enum unit_state state;
    unsigned conditions;
    bool sold_it, ends_own, allowed;
};

static const char *
letter(enum role role)
{
    return role == ROLE_PUBLIC     ? "P"
           : role == ROLE_OWNER    ? "U"
           : role == ROLE_SERVICE  ? "S"
           : role == ROLE_RETAILER ? "R"
           : role == ROLE_OPERATOR ? "O"
                                   : "?";
}

static bool
somewhere(const struct line *line, const char *who)
{
    for (size_t i = 0; i < 6; i++)
        if (strstr(line->who[i], who) != NULL)
            return true;
    return false;
}

static unsigned
bits(const char *letters)
{
    unsigned set = 0;
    if (letters == NULL)
        return 0;
    for (; *letters != '\0'; letters++)
        set |= *letters == 'S' ? 1U : *letters == 'L' ? 2U : *letters == 'H' ? 4U : 8U;
    return set;
}

static bool
has(const char *letters, const char *who)
{
    return letters != NULL && strstr(letters, who) != NULL;
}

static enum err
expected(const struct point *p)
{
    const struct line *line = p->line;
    const char *who = letter(p->role);
    if (!somewhere(line, who))
        return ERR_DENIED;
    if (p->state < UNIT_ISSUED || p->state > UNIT_RETIRED ||
        strstr(line->who[p->state - UNIT_ISSUED], who) == NULL)
        return ERR_CONFLICT;
    if (line->with_leave != NULL && p->state <= UNIT_IN_STOCK && !p->allowed)
        return ERR_CONFLICT;
    if ((p->conditions & bits(line->blocks)) != 0)
        return ERR_CONFLICT;
    if (bits(line->needs) != 0 && (p->conditions & bits(line->needs)) == 0)
        return ERR_CONFLICT;
    bool exempt = line->type == EVENT_RETURN ? p->allowed : p->ends_own;
    if (has(line->seller, who) && !p->sold_it && !exempt)
        return ERR_DENIED;
    return has(line->own, who) && !p->ends_own ? ERR_DENIED : ERR_OK;
}

static bool
state_agrees(const struct point *p, const struct unit *after)
{
    bool stays = p->line->to == NULL || p->line->to[0] == '\0';
    const char *to = stays ? unit_state_name(p->state) : p->line->to;
    unsigned clears = bits(p->line->clears);
    /* An owner dismisses that his secret is lost, and no report. */
    if (p->line->type == EVENT_DISMISS && p->role == ROLE_OWNER)
        clears = 0;
    unsigned conditions = (p->conditions & ~clears) | bits(p->line->sets);
    return strcmp(unit_state_name(after->state), to) == 0 && after->conditions == conditions;
}

static void
check(const struct point *p)
{
    static const struct unit untouched;
    struct unit before = case_unit(p->state, p->conditions);
    struct event event = case_event(p->line->type, p->role, p->sold_it ? "Shop" : "Shop 2",
                                    p->line->fields == NULL ? "" : p->line->fields);
    struct unit after = untouched;
    struct fault fault = {ERR_OK, ""};
    event.ends_own = p->ends_own;
    event.product_allows = p->allowed;
    case_set(&before, p->line->given == NULL ? "" : p->line->given);
    enum err err = event_apply(&after, &before, &event, &fault);
    bool right = err == expected(p);
    if (err == ERR_OK)
        right = right && state_agrees(p, &after);
    if (err != ERR_OK)
        right = right && after.state == UNIT_NONE && after.version == 0 && fault.err == err &&
                fault.text[0] != '\0';
    if (!right)
        fail_msg("%s role %d from %s conditions %u seller %d own %d leave %d: %s", //
                 event_type_name(p->line->type), (int)p->role, unit_state_name(p->state),
                 p->conditions, p->sold_it, p->ends_own, p->allowed, err_info(err)->code);
}

static void
every_event_role_state_and_condition(void **state)
{
    static const enum role roles[] = {(enum role)0,  ROLE_PUBLIC,
                                      ROLE_OWNER,    ROLE_SERVICE,
                                      ROLE_RETAILER, ROLE_ISSUER,
                                      ROLE_OPERATOR, ROLE_AUDITOR,
                                      ROLE_ADMIN,    (enum role)(ROLE_OWNER | ROLE_OPERATOR),
                                      (enum role)256};
    enum { ROLES = sizeof roles / sizeof roles[0], LINES = sizeof lines / sizeof lines[0] };
    enum { STATES = UNIT_STATE_COUNT + 1, POINTS = LINES * ROLES * STATES * 16 * 8 };
    (void)state;
    /* All events but the one that makes a unit, and those of test_history and test_replace. */
    assert_int_equal(LINES, EVENT_TYPE_COUNT - 4);
    for (unsigned i = 0; i < POINTS; i++) {
        struct point p = {.line = &lines[i / 8 / 16 / STATES / ROLES],
                          .role = roles[i / 8 / 16 / STATES % ROLES],
                          .state = (enum unit_state)(i / 8 / 16 % STATES),
                          .conditions = i / 8 % 16,
                          .sold_it = i % 2 == 1,
                          .ends_own = i / 2 % 2 == 1,
                          .allowed = i / 4 % 2 == 1};
        check(&p);
    }
}

static void
events_that_change_no_unit(void **state)
{
    static const int types[] = {
        EVENT_NONE, EVENT_COMMISSION, EVENT_REPLACE, EVENT_UNDO, EVENT_TYPE_COUNT, 99, -1};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct unit before = case_unit(UNIT_ISSUED, 0);
        struct unit after = before;
        struct event event = case_event((enum event_type)types[i], ROLE_OPERATOR, "Brand", "");
        struct fault fault = {ERR_OK, ""};
        assert_int_equal(event_apply(&after, &before, &event, &fault), ERR_INVALID);
        assert_non_null(strstr(fault.text, "not an event that changes a unit"));
    }
}

/* Design section 5; the numbers are stored. */
static void
type_names(void **state)
{
    static const char *const names[] = {
        "none",     "commission",  "receive",      "ship",          "move",        "sell",
        "return",   "restock",     "retire",       "report_stolen", "report_lost", "recover",
        "hold",     "release",     "suspect",      "clear",         "activate",    "offer",
        "transfer", "lose_secret", "service",      "replace",       "confirm",     "dismiss",
        "adjust",   "undo",        "end_ownership"};
    static const char *const others[] = {"", "none", "Sell", "sel", "sells", "sell ", "recall"};
    (void)state;
    assert_int_equal(sizeof names / sizeof names[0], EVENT_TYPE_COUNT);
    for (unsigned i = 1; i < EVENT_TYPE_COUNT; i++) {
        enum event_type type = EVENT_NONE;
        assert_string_equal(event_type_name((enum event_type)i), names[i]);
        assert_true(event_type_parse(&type, slice_of(names[i])));
        assert_int_equal(type, i);
    }
    assert_string_equal(event_type_name(EVENT_TYPE_COUNT), "none");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        enum event_type type = EVENT_SELL;
        assert_false(event_type_parse(&type, slice_of(others[i])));
        assert_int_equal(type, EVENT_NONE);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_role_state_and_condition),
        cmocka_unit_test(events_that_change_no_unit),
        cmocka_unit_test(type_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
