/* SPDX-License-Identifier: Apache-2.0 */
/* What an event may carry: which fields, and their grammar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/rules/event_case.h"

/* Design section 5, "carries": one letter a field in the order location, purchase order, sales
 * order, document, on, reason, reference: R required, o optional, - not taken. */
static const struct line {
    enum event_type type;
    const char *takes;
    enum unit_state from;
    unsigned conditions;
} lines[] = {
    {EVENT_RECEIVE, "Ro-o---", UNIT_ISSUED, 0},
    {EVENT_SHIP, "R-ooo--", UNIT_ISSUED, 0},
    {EVENT_MOVE, "R------", UNIT_IN_STOCK, 0},
    {EVENT_SELL, "--ooo--", UNIT_ISSUED, 0},
    {EVENT_RETURN, "-----oo", UNIT_SOLD, 0},
    {EVENT_RESTOCK, "o----o-", UNIT_RETURNED, 0},
    {EVENT_RETIRE, "-----Ro", UNIT_SOLD, 0},
    {EVENT_REPORT_STOLEN, "o---ooo", UNIT_SOLD, 0},
    {EVENT_REPORT_LOST, "o---ooo", UNIT_SOLD, 0},
    {EVENT_RECOVER, "-----oo", UNIT_SOLD, CONDITION_LOST},
    {EVENT_HOLD, "-----Ro", UNIT_SOLD, 0},
    {EVENT_RELEASE, "-----oo", UNIT_SOLD, CONDITION_HELD},
    {EVENT_SUSPECT, "-----Ro", UNIT_SOLD, 0},
    {EVENT_CLEAR, "-----Ro", UNIT_SOLD, CONDITION_COPY_SUSPECTED},
};

enum { FIELDS = FIELD_ID_COUNT - 1 };
static const char *const samples[FIELDS] = {"Store 7",    "PO-1",     "SO-1", "https://a.example/x",
                                            "2026-01-01", "a reason", "REF"};

static void
add(struct event *event, unsigned field)
{
    struct event_field *out = &event->fields[event->field_count++];
    out->id = (enum event_field_id)(field + 1);
    assert_true(slice_copy(out->value, sizeof out->value, slice_of(samples[field])));
}

/* Every set of fields with every event. */
static void
check_set(const struct line *line, unsigned set)
{
    bool right = true;
    /* Only a retailer returns, and as the seller. */
    enum role role = line->type == EVENT_RETURN ? ROLE_RETAILER : ROLE_OPERATOR;
    struct event event = case_event(line->type, role, "Shop", "");
    for (unsigned field = 0; field < FIELDS; field++) {
        bool given = (set >> field & 1) != 0;
        if (given)
            add(&event, field);
        right = right && !(given && line->takes[field] == '-') &&
                !(!given && line->takes[field] == 'R');
    }
    struct unit unit = case_unit(line->from, line->conditions);
    struct fault fault = {ERR_OK, ""};
    enum err err = event_apply(&unit, &unit, &event, &fault);
    if (err != (right ? ERR_OK : ERR_INVALID))
        fail_msg("%s with fields %x: %s", event_type_name(line->type), set, fault.text);
}

static void
every_set_of_fields(void **state)
{
    (void)state;
    assert_int_equal(sizeof lines / sizeof lines[0], EVENT_TYPE_COUNT - 2);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        for (unsigned set = 0; set < 1U << FIELDS; set++)
            check_set(&lines[i], set);
}

#define TEN "0123456789"
#define FORTY TEN TEN TEN TEN
#define HUNDRED FORTY FORTY TEN TEN

static const struct row {
    const char *label;
    enum event_type type; /* one that takes the field */
    enum event_field_id id;
    const char *value;
    const char *fault; /* a part of it; NULL accepted */
} rows[] = {
    {"one character", EVENT_MOVE, FIELD_LOCATION, "A", NULL},
    {"40 bytes", EVENT_MOVE, FIELD_LOCATION, FORTY, NULL},
    {"41 bytes", EVENT_MOVE, FIELD_LOCATION, FORTY "x", "move: location has to be 1 to 40 bytes"},
    {"empty", EVENT_MOVE, FIELD_LOCATION, "", "location has to be 1 to 40 bytes"},
    {"UTF-8", EVENT_MOVE, FIELD_LOCATION, "Lager Köln \xE2\x82\xAC", NULL},
    {"a blank inside", EVENT_MOVE, FIELD_LOCATION, "Store 7", NULL},
    {"a blank before", EVENT_MOVE, FIELD_LOCATION, " Store", "blanks at its ends"},
    {"a blank after", EVENT_MOVE, FIELD_LOCATION, "Store ", "blanks at its ends"},
    {"a blank alone", EVENT_MOVE, FIELD_LOCATION, " ", "blanks at its ends"},
    {"a newline", EVENT_MOVE, FIELD_LOCATION, "A\nB", "control characters"},
    {"a tab", EVENT_MOVE, FIELD_LOCATION, "A\tB", "control characters"},
    {"an escape", EVENT_MOVE, FIELD_LOCATION, "A\x1b[2J", "control characters"},
    {"DEL", EVENT_MOVE, FIELD_LOCATION, "A\x7f", "control characters"},
    {"C1: U+0085", EVENT_MOVE, FIELD_LOCATION, "A\xC2\x85", "control characters"},
    {"C1: the first", EVENT_MOVE, FIELD_LOCATION, "A\xC2\x80", "control characters"},
    {"U+00A0 is none", EVENT_MOVE, FIELD_LOCATION,
     "A\xC2\xA0"
     "B",
     NULL},
    {"not UTF-8", EVENT_MOVE, FIELD_LOCATION, "A\xFF", "location has to be"},
    {"half a character", EVENT_MOVE, FIELD_LOCATION, "A\xC3", "location has to be"},
    {"overlong", EVENT_MOVE, FIELD_LOCATION, "A\xC0\xAF", "location has to be"},
    {"a surrogate", EVENT_MOVE, FIELD_LOCATION, "A\xED\xA0\x80", "location has to be"},
    {"purchase order, 40", EVENT_RECEIVE, FIELD_PURCHASE_ORDER, FORTY, NULL},
    {"purchase order, 41", EVENT_RECEIVE, FIELD_PURCHASE_ORDER, FORTY "1", "1 to 40"},
    {"sales order, 40", EVENT_SELL, FIELD_SALES_ORDER, FORTY, NULL},
    {"sales order, 41", EVENT_SELL, FIELD_SALES_ORDER, FORTY "1", "1 to 40"},
    {"sales order, empty", EVENT_SELL, FIELD_SALES_ORDER, "", "1 to 40"},
    {"reference, 64", EVENT_RETURN, FIELD_REFERENCE, FORTY TEN TEN "1234", NULL},
    {"reference, 65", EVENT_RETURN, FIELD_REFERENCE, FORTY TEN TEN "12345", "1 to 64"},
    {"reason, 255", EVENT_HOLD, FIELD_REASON, HUNDRED HUNDRED FORTY TEN "12345", NULL},
    {"reason, empty", EVENT_HOLD, FIELD_REASON, "", "1 to 255"},
    {"a date", EVENT_SELL, FIELD_ON, "2024-02-29", NULL},
    {"no such day", EVENT_SELL, FIELD_ON, "2025-02-29", "YYYY-MM-DD"},
    {"no such month", EVENT_SELL, FIELD_ON, "2025-13-01", "YYYY-MM-DD"},
    {"another order", EVENT_SELL, FIELD_ON, "01-02-2025", "YYYY-MM-DD"},
    {"with a time", EVENT_SELL, FIELD_ON, "2025-01-01T00:00:00Z", "YYYY-MM-DD"},
    {"a short year", EVENT_SELL, FIELD_ON, "25-01-01", "YYYY-MM-DD"},
    {"an empty date", EVENT_SELL, FIELD_ON, "", "YYYY-MM-DD"},
    {"a date far ahead", EVENT_SELL, FIELD_ON, "2206-01-01", "in the future"},
    {"link", EVENT_SELL, FIELD_DOCUMENT, "https://erp.example.com/doc/4711?v=2#p1", NULL},
    {"link with a port", EVENT_SELL, FIELD_DOCUMENT, "https://erp.example.com:8443/d", NULL},
    {"every kind of letter", EVENT_SELL, FIELD_DOCUMENT, "https://0azAZ9.b-c.EXAMPLE/~x~", NULL},
    {"link with a fragment only", EVENT_SELL, FIELD_DOCUMENT, "https://erp.example#a:b@c", NULL},
    {"a host of capitals", EVENT_SELL, FIELD_DOCUMENT, "https://A/", NULL},
    {"a hyphen before the host", EVENT_SELL, FIELD_DOCUMENT, "https://-a/", "https:// link"},
    {"an underscore in the host", EVENT_SELL, FIELD_DOCUMENT, "https://a_b/", "https:// link"},
    {"link without a path", EVENT_SELL, FIELD_DOCUMENT, "https://erp", NULL},
    {"link with a query only", EVENT_SELL, FIELD_DOCUMENT, "https://erp.example?doc=1:2@3", NULL},
    {"link, 255", EVENT_SELL, FIELD_DOCUMENT,
     "https://a.example/" HUNDRED HUNDRED TEN TEN TEN "1234567", NULL},
    {"http", EVENT_SELL, FIELD_DOCUMENT, "http://erp.example.com/", "https:// link"},
    {"capital scheme", EVENT_SELL, FIELD_DOCUMENT, "HTTPS://erp.example.com/", "https:// link"},
    {"javascript", EVENT_SELL, FIELD_DOCUMENT, "javascript:alert(1)", "https:// link"},
    {"no scheme", EVENT_SELL, FIELD_DOCUMENT, "erp.example.com/x", "https:// link"},
    {"no host", EVENT_SELL, FIELD_DOCUMENT, "https://", "https:// link"},
    {"no host but a path", EVENT_SELL, FIELD_DOCUMENT, "https:///x", "https:// link"},
    {"a dot for a host", EVENT_SELL, FIELD_DOCUMENT, "https://./x", "https:// link"},
    {"user name", EVENT_SELL, FIELD_DOCUMENT, "https://bank.example@evil.example/",
     "https:// link"},
    {"user name and password", EVENT_SELL, FIELD_DOCUMENT, "https://a:1@evil.example/",
     "https:// link"},
    {"an empty port", EVENT_SELL, FIELD_DOCUMENT, "https://a.example:/", "https:// link"},
    {"port 0", EVENT_SELL, FIELD_DOCUMENT, "https://a.example:0/", "https:// link"},
    {"port 65536", EVENT_SELL, FIELD_DOCUMENT, "https://a.example:65536/", "https:// link"},
    {"two ports", EVENT_SELL, FIELD_DOCUMENT, "https://a.example:1:2/", "https:// link"},
    {"a blank", EVENT_SELL, FIELD_DOCUMENT, "https://a.example/a b", "https:// link"},
    {"a quote", EVENT_SELL, FIELD_DOCUMENT, "https://a.example/\"onclick=", "https:// link"},
    {"an angle bracket", EVENT_SELL, FIELD_DOCUMENT, "https://a.example/<b>", "https:// link"},
    {"a backslash", EVENT_SELL, FIELD_DOCUMENT, "https://a.example\\@b", "https:// link"},
    {"not ASCII", EVENT_SELL, FIELD_DOCUMENT, "https://a.example/\xC3\xA4", "https:// link"},
    {"a newline at the end", EVENT_SELL, FIELD_DOCUMENT, "https://a.example/\n", "https:// link"},
    {"an empty link", EVENT_SELL, FIELD_DOCUMENT, "", "https:// link"},
};

static void
grammar(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        bool returns = row->type == EVENT_RETURN;
        struct unit unit = case_unit(returns ? UNIT_SOLD : UNIT_IN_STOCK, 0);
        struct event event = case_event(row->type, ROLE_RETAILER, "Shop", "");
        struct fault fault = {ERR_OK, ""};
        if (row->type == EVENT_RECEIVE) {
            unit.state = UNIT_IN_TRANSIT;
            add(&event, 0);
        }
        struct event_field *field = &event.fields[event.field_count++];
        field->id = row->id;
        assert_true(slice_copy(field->value, sizeof field->value, slice_of(row->value)));
        enum err err = event_apply(&unit, &unit, &event, &fault);
        if (err != (row->fault == NULL ? ERR_OK : ERR_INVALID) ||
            (row->fault != NULL && strstr(fault.text, row->fault) == NULL))
            fail_msg("%s: %s", row->label, fault.text);
        if (err == ERR_OK)
            assert_string_equal(event_value(&event, row->id), row->value);
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
    static const char *const names[] = {"none",     "location", "purchase_order", "sales_order",
                                        "document", "on",       "reason",         "reference"};
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
        cmocka_unit_test(every_set_of_fields), cmocka_unit_test(grammar),
        cmocka_unit_test(broken_events),       cmocka_unit_test(broken_envelopes),
        cmocka_unit_test(field_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
