/* SPDX-License-Identifier: Apache-2.0 */
/* What an event may carry: which fields, and which together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/rules/event_case.h"

/* Design section 5, "carries". */
static const struct line {
    enum event_type type;
    enum role role;
    enum unit_state from;
    unsigned conditions;
    const char *required, *optional; /* names of fields */
    const char *given;               /* case_set */
} lines[] = {
    {EVENT_RECEIVE, ROLE_OPERATOR, UNIT_ISSUED, 0, "location", "purchase_order document", ""},
    {EVENT_SHIP, ROLE_OPERATOR, UNIT_ISSUED, 0, "location", "sales_order document on to", ""},
    {EVENT_MOVE, ROLE_OPERATOR, UNIT_IN_STOCK, 0, "location", "", ""},
    {EVENT_SELL, ROLE_OPERATOR, UNIT_ISSUED, 0, "", "sales_order document on price", ""},
    {EVENT_RETURN, ROLE_RETAILER, UNIT_SOLD, 0, "", "reason reference", ""},
    {EVENT_RESTOCK, ROLE_OPERATOR, UNIT_RETURNED, 0, "", "location reason", ""},
    {EVENT_RETIRE, ROLE_OPERATOR, UNIT_SOLD, 0, "reason", "reference", ""},
    {EVENT_REPORT_STOLEN, ROLE_OWNER, UNIT_SOLD, 0, "", "location on reason reference", ""},
    {EVENT_REPORT_LOST, ROLE_OWNER, UNIT_SOLD, 0, "", "location on reason reference", ""},
    {EVENT_RECOVER, ROLE_OPERATOR, UNIT_SOLD, CONDITION_LOST, "", "reason reference", ""},
    {EVENT_HOLD, ROLE_OPERATOR, UNIT_SOLD, 0, "reason", "reference", ""},
    {EVENT_RELEASE, ROLE_OPERATOR, UNIT_SOLD, CONDITION_HELD, "", "reason reference", ""},
    {EVENT_SUSPECT, ROLE_OPERATOR, UNIT_SOLD, 0, "reason", "reference", ""},
    {EVENT_CLEAR, ROLE_OPERATOR, UNIT_SOLD, CONDITION_COPY_SUSPECTED, "reason", "reference", ""},
    {EVENT_ACTIVATE, ROLE_PUBLIC, UNIT_SOLD, 0, "", "on", "owner=-"},
    {EVENT_OFFER, ROLE_OWNER, UNIT_SOLD, 0, "", "", ""},
    {EVENT_TRANSFER, ROLE_PUBLIC, UNIT_SOLD, 0, "", "", ""},
    {EVENT_LOSE_SECRET, ROLE_PUBLIC, UNIT_SOLD, 0, "", "reason reference", "recovery=-"},
    {EVENT_SERVICE, ROLE_SERVICE, UNIT_SOLD, 0, "fault covered entitlement",
     "work parts on reference", ""},
    {EVENT_CONFIRM, ROLE_OPERATOR, UNIT_SOLD, CONDITION_LOST, "", "reason reference", ""},
    {EVENT_DISMISS, ROLE_OPERATOR, UNIT_SOLD, CONDITION_LOST, "", "reason reference", ""},
    {EVENT_ADJUST, ROLE_OPERATOR, UNIT_SOLD, 0, "reason months", "entitlement reference", ""},
    {EVENT_END_OWNERSHIP, ROLE_OPERATOR, UNIT_SOLD, 0, "reason", "reference ends_claim", ""},
};

enum { FIELDS = FIELD_ID_COUNT - 1, OWN_MAX = 8 };
static const char *const samples[FIELDS] = {
    "Store 7",    "PO-1",     "SO-1",   "https://a.example/x",
    "2026-01-01", "a reason", "REF",    "dead",
    "fuse",       "fuse",     "yes",    "extra",
    "6",          "no",       "9506",   "NEW1",
    "1 EUR",      "7",        "Shop 2", "no"};

static void
add(struct event *event, unsigned field)
{
    struct event_field *out = &event->fields[event->field_count++];
    out->id = (enum event_field_id)(field + 1);
    assert_true(slice_copy(out->value, sizeof out->value, slice_of(samples[field])));
}

/* Indexes of the named fields; returns their number. */
static size_t
read_names(unsigned out[static OWN_MAX], const char *names)
{
    struct slice rest = slice_of(names);
    size_t count = 0;
    while (rest.len > 0) {
        enum event_field_id id = FIELD_NONE;
        assert_true(event_field_parse(&id, slice_take_until(&rest, ' ')));
        assert_true(count < OWN_MAX);
        out[count++] = (unsigned)id - 1;
    }
    return count;
}

struct set {
    unsigned required[OWN_MAX], optional[OWN_MAX];
    size_t required_count, optional_count;
    unsigned without;  /* index in `required` of the one that is left out */
    unsigned chosen;   /* bits: which of the optional ones are there */
    unsigned stranger; /* a field besides; FIELDS: none */
};

static void
check_set(const struct line *line, const struct set *set, enum err expected)
{
    struct event event = case_event(line->type, line->role, "Shop", "");
    struct unit unit = case_unit(line->from, line->conditions);
    struct fault fault = {ERR_OK, ""};
    case_set(&unit, line->given);
    for (unsigned i = 0; i < set->required_count; i++)
        if (i != set->without)
            add(&event, set->required[i]);
    for (unsigned i = 0; i < set->optional_count; i++)
        if ((set->chosen >> i & 1) != 0)
            add(&event, set->optional[i]);
    if (set->stranger < FIELDS)
        add(&event, set->stranger);
    if (event_apply(&unit, &unit, &event, &fault) != expected)
        fail_msg("%s without %u with %x and %u: %s", event_type_name(line->type), set->without,
                 set->chosen, set->stranger, fault.text);
}

static bool
takes(const struct set *set, unsigned field)
{
    for (size_t i = 0; i < set->required_count; i++)
        if (set->required[i] == field)
            return true;
    for (size_t i = 0; i < set->optional_count; i++)
        if (set->optional[i] == field)
            return true;
    return false;
}

/* Every set of the fields that it takes, none of the required ones missing, and no other field. */
static void
check_line(const struct line *line)
{
    struct set set = {.without = OWN_MAX, .stranger = FIELDS};
    set.required_count = read_names(set.required, line->required);
    set.optional_count = read_names(set.optional, line->optional);
    for (set.chosen = 0; set.chosen < 1U << set.optional_count; set.chosen++) {
        check_set(line, &set, ERR_OK);
        for (set.without = 0; set.without < set.required_count; set.without++)
            check_set(line, &set, ERR_INVALID);
        set.without = OWN_MAX;
    }
    set.chosen = 0;
    for (set.stranger = 0; set.stranger < FIELDS; set.stranger++)
        if (!takes(&set, set.stranger))
            check_set(line, &set, ERR_INVALID);
}

static void
every_set_of_fields(void **state)
{
    (void)state;
    assert_int_equal(sizeof lines / sizeof lines[0], EVENT_TYPE_COUNT - 4);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        check_line(&lines[i]);
}

#define TEN "0123456789"
#define FORTY TEN TEN TEN TEN
#define HUNDRED FORTY FORTY TEN TEN

/* Fields of the other roles, and which of them go together. */
static const struct {
    const char *label;
    enum event_type type;
    const char *fields;
    const char *fault; /* a part of it; NULL accepted */
} together_rows[] = {
    {"months, the least", EVENT_ADJUST, "reason=x;months=1", NULL},
    {"months, the most", EVENT_ADJUST, "reason=x;months=120", NULL},
    {"no months", EVENT_ADJUST, "reason=x;months=0", "months has to be a number from 1 to 120"},
    {"too many months", EVENT_ADJUST, "reason=x;months=121", "from 1 to 120"},
    {"months with a sign", EVENT_ADJUST, "reason=x;months=+1", "from 1 to 120"},
    {"months with a blank", EVENT_ADJUST, "reason=x;months=1 ", "from 1 to 120"},
    {"months with a zero before", EVENT_ADJUST, "reason=x;months=06", "from 1 to 120"},
    {"excluded", EVENT_ADJUST, "reason=x;excluded=yes;entitlement=new", NULL},
    {"not excluded any more", EVENT_ADJUST, "reason=x;excluded=no;entitlement=std", NULL},
    {"excluded perhaps", EVENT_ADJUST, "reason=x;excluded=maybe", "excluded has to be yes or no"},
    {"excluded, shouted", EVENT_ADJUST, "reason=x;excluded=YES", "excluded has to be yes or no"},
    {"neither", EVENT_ADJUST, "reason=x", "either months or excluded"},
    {"both", EVENT_ADJUST, "reason=x;months=6;excluded=yes", "either months or excluded"},
    {"covered by what?", EVENT_SERVICE, "fault=x;covered=yes", "entitlement is missing"},
    {"covered", EVENT_SERVICE, "fault=x;covered=yes;entitlement=std", NULL},
    {"not covered, and yet by something", EVENT_SERVICE, "fault=x;covered=no;entitlement=std",
     "covers only when covered is yes"},
    {"not covered", EVENT_SERVICE, "fault=x;covered=no", NULL},
    {"covered by no", EVENT_SERVICE, "fault=x;covered=", "covered has to be yes or no"},
    {"entitlement, 40", EVENT_SERVICE, "fault=x;covered=yes;entitlement=" FORTY, NULL},
    {"entitlement, 41", EVENT_SERVICE, "fault=x;covered=yes;entitlement=" FORTY "1", "1 to 40"},
    {"fault, 255", EVENT_SERVICE, "covered=no;fault=" HUNDRED HUNDRED FORTY TEN "12345", NULL},
    {"parts with a control character", EVENT_SERVICE, "fault=x;covered=no;parts=a\tb",
     "parts has to be"},
    {"receiver", EVENT_SHIP, "location=A;to=Shop 2", NULL},
    {"receiver, 65", EVENT_SHIP, "location=A;to=" FORTY TEN TEN "12345", "1 to 64"},
};

static void
together(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof together_rows / sizeof together_rows[0]; i++) {
        enum event_type type = together_rows[i].type;
        const char *expected = together_rows[i].fault;
        bool services = type == EVENT_SERVICE;
        struct unit unit = case_unit(type == EVENT_SHIP ? UNIT_IN_STOCK : UNIT_SOLD, 0);
        struct event event = case_event(type, services ? ROLE_SERVICE : ROLE_OPERATOR, "Brand",
                                        together_rows[i].fields);
        struct fault fault = {ERR_OK, ""};
        enum err err = event_apply(&unit, &unit, &event, &fault);
        if (err != (expected == NULL ? ERR_OK : ERR_INVALID) ||
            (expected != NULL && strstr(fault.text, expected) == NULL))
            fail_msg("%s: %s", together_rows[i].label, fault.text);
    }
}

/* A seal where one is needed and nowhere else, and nothing inherited. */
static void
baggage(void **state)
{
    struct fault fault = {ERR_OK, ""};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const struct line *line = &lines[i];
        struct event event = case_event(line->type, line->role, "Shop", "");
        struct unit unit = case_unit(line->from, line->conditions);
        unsigned required[OWN_MAX];
        size_t count = read_names(required, line->required);
        case_set(&unit, line->given);
        for (size_t n = 0; n < count; n++)
            add(&event, required[n]);
        event.inherits = true;
        assert_int_equal(event_apply(&unit, &unit, &event, &fault), ERR_INVALID);
        event.inherits = false;
        event.seal[SEAL_BYTES - 1] = event.seal[0] == 0;
        event.seal[0] = 0;
        enum err expected = line->type == EVENT_RESTOCK ? ERR_OK : ERR_INVALID;
        if (event_apply(&unit, &unit, &event, &fault) != expected)
            fail_msg("%s: %s", event_type_name(line->type), fault.text);
    }
}

static enum err
apply_to_stock(const struct event *event, struct fault *fault)
{
    struct unit unit = case_unit(UNIT_IN_STOCK, 0);
    return event_apply(&unit, &unit, event, fault);
}

/* Structs that no parser makes; each is refused and none is read past its end. */
static void
broken_events(void **state)
{
    static const enum event_field_id ids[] = {FIELD_REASON, FIELD_REFERENCE};
    struct fault fault = {ERR_OK, ""};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct event event = case_event(EVENT_HOLD, ROLE_RETAILER, "Shop", "reason=x;reference=y");
        memset(event.fields[i].value, 'A', sizeof event.fields[i].value);
        assert_int_equal(apply_to_stock(&event, &fault), ERR_INVALID);
        assert_non_null(strstr(fault.text, event_field_name(ids[i])));
    }

    struct event event = case_event(EVENT_SELL, ROLE_RETAILER, "Shop", "document=x");
    memset(event.fields[0].value, 'A', sizeof event.fields[0].value);
    assert_int_equal(apply_to_stock(&event, &fault), ERR_INVALID);

    event = case_event(EVENT_SELL, ROLE_RETAILER, "Shop", "on=2026-01-01");
    memset(event.fields[0].value, '1', sizeof event.fields[0].value);
    assert_int_equal(apply_to_stock(&event, &fault), ERR_INVALID);

    event = case_event(EVENT_MOVE, ROLE_RETAILER, "Shop", "location=A;location=B");
    assert_int_equal(apply_to_stock(&event, &fault), ERR_INVALID);
    assert_string_equal(fault.text, "move: location is given twice");

    event = case_event(EVENT_MOVE, ROLE_RETAILER, "Shop", "location=A;reason=B");
    assert_int_equal(apply_to_stock(&event, &fault), ERR_INVALID);
    assert_string_equal(fault.text, "move: it does not take reason");

    event = case_event(EVENT_MOVE, ROLE_RETAILER, "Shop", "location=A");
    event.field_count = EVENT_FIELDS_MAX + 1;
    assert_int_equal(apply_to_stock(&event, &fault), ERR_INVALID);
    assert_string_equal(fault.text, "move: more than 8 fields");
    assert_string_equal(event_value(&event, FIELD_REFERENCE), "");

    static const int unknown[] = {FIELD_NONE, FIELD_ID_COUNT, 31, 32, 33, -1};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        event = case_event(EVENT_MOVE, ROLE_RETAILER, "Shop", "location=A;reason=B");
        event.fields[1].id = (enum event_field_id)unknown[i];
        assert_int_equal(apply_to_stock(&event, &fault), ERR_INVALID);
        assert_string_equal(fault.text, "move: it does not take none");
    }
}

static void
broken_envelopes(void **state)
{
    struct fault fault = {ERR_OK, ""};
    struct event event = case_event(EVENT_MOVE, ROLE_RETAILER, "Shop", "location=A");
    (void)state;
    event.at = 0;
    assert_int_equal(apply_to_stock(&event, &fault), ERR_INVALID);
    assert_string_equal(fault.text, "move: the time of recording is missing");
    event.at = CASE_AT;
    assert_int_equal(apply_to_stock(&event, &fault), ERR_OK);
    memset(event.actor, 'A', sizeof event.actor);
    assert_int_equal(apply_to_stock(&event, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, "the actor has to be 1 to 64 bytes"));
    event.actor[ORGANISATION_MAX] = '\0';
    assert_int_equal(apply_to_stock(&event, &fault), ERR_OK);
    event.actor[3] = '\n';
    assert_int_equal(apply_to_stock(&event, &fault), ERR_INVALID);
}

/* The numbers are stored. */
static void
field_names(void **state)
{
    static const char *const names[] = {
        "none",        "location",  "purchase_order", "sales_order", "document",     "on",
        "reason",      "reference", "fault",          "work",        "parts",        "covered",
        "entitlement", "months",    "excluded",       "other_gtin",  "other_serial", "price",
        "undoes",      "to",        "ends_claim"};
    static const char *const others[] = {"", "none", "On", "o", "sales-order", "reason "};
    (void)state;
    assert_int_equal(sizeof names / sizeof names[0], FIELD_ID_COUNT);
    for (unsigned i = 1; i < FIELD_ID_COUNT; i++) {
        enum event_field_id id = FIELD_NONE;
        assert_string_equal(event_field_name((enum event_field_id)i), names[i]);
        assert_true(event_field_parse(&id, slice_of(names[i])));
        assert_int_equal(id, i);
    }
    assert_string_equal(event_field_name(FIELD_ID_COUNT), "none");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        enum event_field_id id = FIELD_ON;
        assert_false(event_field_parse(&id, slice_of(others[i])));
        assert_int_equal(id, FIELD_NONE);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_of_fields),

        cmocka_unit_test(broken_events),
        cmocka_unit_test(broken_envelopes),
        cmocka_unit_test(field_names),
        cmocka_unit_test(together),
        cmocka_unit_test(baggage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
