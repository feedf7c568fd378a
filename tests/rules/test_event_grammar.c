/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of what an event carries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/rules/event_case.h"

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
    {"price", EVENT_SELL, FIELD_PRICE, "129.00 EUR", NULL},
    {"price without a fraction", EVENT_SELL, FIELD_PRICE, "0 JPY", NULL},
    {"price, the longest", EVENT_SELL, FIELD_PRICE, "999999999999.9999 CHF", NULL},
    {"price, one digit more", EVENT_SELL, FIELD_PRICE, "1000000000000 CHF", "an amount"},
    {"price, five decimals", EVENT_SELL, FIELD_PRICE, "1.00000 CHF", "an amount"},
    {"price, a comma", EVENT_SELL, FIELD_PRICE, "129,00 EUR", "an amount"},
    {"price, a point at the end", EVENT_SELL, FIELD_PRICE, "129. EUR", "an amount"},
    {"price, two points", EVENT_SELL, FIELD_PRICE, "1.2.3 EUR", "an amount"},
    {"price, negative", EVENT_SELL, FIELD_PRICE, "-1.00 EUR", "an amount"},
    {"price, leading zero", EVENT_SELL, FIELD_PRICE, "01.00 EUR", "an amount"},
    {"price without currency", EVENT_SELL, FIELD_PRICE, "129.00", "an amount"},
    {"price, small letters", EVENT_SELL, FIELD_PRICE, "129.00 eur", "an amount"},
    {"price, four letters", EVENT_SELL, FIELD_PRICE, "129.00 EURO", "an amount"},
    {"price, two blanks", EVENT_SELL, FIELD_PRICE, "129.00  EUR", "an amount"},
    {"price, currency first", EVENT_SELL, FIELD_PRICE, "EUR 129.00", "an amount"},
    {"price, empty", EVENT_SELL, FIELD_PRICE, "", "an amount"},
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
            event = case_event(row->type, ROLE_RETAILER, "Shop", "location=A");
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
