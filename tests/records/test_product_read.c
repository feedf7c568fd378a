/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/records/records.h"

#define G "\"gtin\":\"09506000134352\""
#define N "\"name\":\"Drill\""
#define E(members) "{" G "," N ",\"entitlements\":[{" members "}]}"
#define STD "\"id\":\"std\",\"title\":\"T\",\"starts\":[\"sale\"],\"months\":24"
#define FLAGS(before, any) "\"activation_before_sale\":" before ",\"returns_from_any\":" any ","
#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static const struct {
    const char *label, *json, *says; /* the fault begins with it */
} bad[] = {
    {"not JSON", "gtin: 1", "line 1 column"},
    {"an array", "[]", ""},
    {"nothing", "", ""},
    {"no gtin", "{" N "}", "/gtin"},
    {"no name", "{" G "}", "/name"},
    {"empty name", "{" G ",\"name\":\"\"}", "/name"},
    {"blank name", "{" G ",\"name\":\" \"}", "/name"},
    {"unknown member", "{" G "," N ",\"colour\":\"red\"}", "/colour"},
    {"member twice", "{" G "," N "," N "}", "line 1 column"},
    {"gtin as a number", "{\"gtin\":9506000134352," N "}", "/gtin"},
    {"gtin of 13 digits", "{\"gtin\":\"9506000134352\"," N "}", "/gtin"},
    {"gtin with a wrong check digit", "{\"gtin\":\"09506000134353\"," N "}", "/gtin"},
    {"version below 0", "{" G "," N ",\"version\":-1}", "/version"},
    {"version as a text", "{" G "," N ",\"version\":\"1\"}", "/version"},
    {"name too long", "{" G ",\"name\":\"" SIXTY SIXTY "x\"}", "/name"},
    {"newline in the name", "{" G ",\"name\":\"a\\nb\"}", "/name"},
    {"escape in the name", "{" G ",\"name\":\"a\\u001b[1m\"}", "/name"},
    {"C1 control in the name", "{" G ",\"name\":\"a\\u0085\"}", "/name"},
    {"item too long", "{" G "," N ",\"item\":\"" SIXTY "\"}", "/item"},
    {"picture over http", "{" G "," N ",\"picture\":\"http://a/b\"}", "/picture"},
    {"picture of another host without scheme", "{" G "," N ",\"picture\":\"//a/b\"}", "/picture"},
    {"picture as script", "{" G "," N ",\"picture\":\"javascript:1\"}", "/picture"},
    {"picture without an address", "{" G "," N ",\"picture\":\"https://\"}", "/picture"},
    {"support as script", "{" G "," N ",\"support\":\"javascript:1\"}", "/support"},
    {"support with a quote", "{" G "," N ",\"support\":\"https://a/\\\"\"}", "/support"},
    {"support with a blank", "{" G "," N ",\"support\":\"https://a b\"}", "/support"},
    {"support not ASCII", "{" G "," N ",\"support\":\"https://\xC3\xA4/\"}", "/support"},
    {"markets as a text", "{" G "," N ",\"markets\":\"DE\"}", "/markets"},
    {"market in small letters", "{" G "," N ",\"markets\":[\"de\"]}", "/markets"},
    {"market of three letters", "{" G "," N ",\"markets\":[\"AT\",\"DEU\"]}", "/markets/1"},
    {"market as a number", "{" G "," N ",\"markets\":[49]}", "/markets/0"},
    {"offset too far east", "{" G "," N ",\"offset_minutes\":841}", "/offset_minutes"},
    {"offset too far west", "{" G "," N ",\"offset_minutes\":-721}", "/offset_minutes"},
    {"offset out of any range", "{" G "," N ",\"offset_minutes\":70000}", "/offset_minutes"},
    {"offset with a fraction", "{" G "," N ",\"offset_minutes\":1.5}", ""},
    {"a policy as a text", "{" G "," N ",\"returns_from_any\":\"no\"}", "/returns_from_any"},
    {"a policy as a number", "{" G "," N ",\"activation_before_sale\":1}",
     "/activation_before_sale"},
    {"limits as a list", "{" G "," N ",\"copy_limits\":[40]}", "/copy_limits"},
    {"a limit of no rule", "{" G "," N ",\"copy_limits\":{\"none\":4}}", "/copy_limits/none"},
    {"a limit of 0", "{" G "," N ",\"copy_limits\":{\"sessions\":0}}", "/copy_limits/sessions"},
    {"below 0", "{" G "," N ",\"copy_limits\":{\"travel\":-1}}", "/copy_limits/travel"},
    {"that means off", "{" G "," N ",\"copy_limits\":{\"stock\":65535}}", "/copy_limits/stock"},
    {"40 in 16 bits", "{" G "," N ",\"copy_limits\":{\"stock\":65576}}", "/copy_limits/stock"},
    {"a word", "{" G "," N ",\"copy_limits\":{\"stock\":\"on\"}}", "/copy_limits/stock"},
    {"a number as a text", "{" G "," N ",\"copy_limits\":{\"retired\":\"4\"}}",
     "/copy_limits/retired"},
    {"a limit that is true", "{" G "," N ",\"copy_limits\":{\"two_owners\":true}}",
     "/copy_limits/two_owners"},
    {"entitlements as an object", "{" G "," N ",\"entitlements\":{}}", "/entitlements"},
    {"entitlement as a text", "{" G "," N ",\"entitlements\":[\"std\"]}", "/entitlements/0"},
    {"entitlement without id", E("\"title\":\"T\",\"starts\":[\"sale\"],\"months\":1"),
     "/entitlements/0/id"},
    {"entitlement without starts", E("\"id\":\"a\",\"title\":\"T\",\"months\":1"),
     "/entitlements/0/starts"},
    {"unknown member in one", E(STD ",\"price\":1"), "/entitlements/0/price"},
    {"id with a blank", E("\"id\":\"a b\",\"title\":\"T\",\"starts\":[\"sale\"],\"months\":1"),
     "/entitlements/0/id"},
    {"starts empty", E("\"id\":\"a\",\"title\":\"T\",\"starts\":[],\"months\":1"),
     "/entitlements/0/starts"},
    {"start unknown", E("\"id\":\"a\",\"title\":\"T\",\"starts\":[\"birth\"],\"months\":1"),
     "/entitlements/0/starts/0"},
    {"start none", E("\"id\":\"a\",\"title\":\"T\",\"starts\":[\"none\"],\"months\":1"),
     "/entitlements/0/starts/0"},
    {"start twice", E("\"id\":\"a\",\"title\":\"T\",\"starts\":[\"sale\",\"sale\"],\"months\":1"),
     "/entitlements/0/starts/1"},
    {"five starts",
     E("\"id\":\"a\",\"title\":\"T\",\"starts\":[\"sale\",\"sale\",\"sale\",\"sale\",\"sale\"],"
       "\"months\":1"),
     "/entitlements/0/starts"},
    {"no months", E("\"id\":\"a\",\"title\":\"T\",\"starts\":[\"sale\"],\"months\":0"),
     "/entitlements/0/months"},
    {"1201 months", E("\"id\":\"a\",\"title\":\"T\",\"starts\":[\"sale\"],\"months\":1201"),
     "/entitlements/0/months"},
    {"minus one month", E("\"id\":\"a\",\"title\":\"T\",\"starts\":[\"sale\"],\"months\":-1"),
     "/entitlements/0/months"},
    {"65560 months, which is 24 in 16 bits",
     E("\"id\":\"a\",\"title\":\"T\",\"starts\":[\"sale\"],\"months\":65560"),
     "/entitlements/0/months"},
    {"activation as a text", E(STD ",\"requires_activation\":\"yes\""),
     "/entitlements/0/requires_activation"},
    {"the same id twice", "{" G "," N ",\"entitlements\":[{" STD "},{" STD "}]}",
     "/entitlements/1/id"},
    {"nine of them", "{" G "," N ",\"entitlements\":[{},{},{},{},{},{},{},{},{}]}",
     "/entitlements: more"},
};

static void
bad_products_are_refused_with_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct product product;
        struct fault fault = {ERR_OK, ""};
        bool has_version = true;
        enum err err = product_from_json(&product, &has_version, slice_of(bad[i].json), &fault);
        if (err != ERR_INVALID || strncmp(fault.text, bad[i].says, strlen(bad[i].says)) != 0 ||
            fault.text[0] == '\0' || has_version)
            fail_msg("%s: %d %s", bad[i].label, err, fault.text);
    }
}

static void
a_product_may_be_short(void **state)
{
    (void)state;
    struct product product;
    struct fault fault;
    bool has_version = true;
    assert_int_equal(product_from_json(&product, &has_version, slice_of("{" G "," N "}"), &fault),
                     ERR_OK);
    assert_false(has_version);
    assert_int_equal(product.version, 0);
    assert_string_equal(product.gtin, "09506000134352");
    assert_string_equal(product.item, "");
    assert_int_equal(product.entitlement_count, 0);
}

/* Every member with its largest or strangest allowed value, read from the text and written again.
 */
static void
what_is_read_is_written_again(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{" G ",\"version\":0," N
        ",\"offset_minutes\":0," FLAGS("false", "false") "\"entitlements\":[]}",
        "{" G ",\"version\":9007199254740991,\"item\":\"DR-18\",\"brand\":\"M\xC3\xBCller & "
        "S\xC3\xB6hne\","
        "\"name\":\"A \\\"B\\\" \\\\ C\",\"model\":\"18\",\"picture\":\"/p/1.png\","
        "\"support\":\"tel:+49221123\",\"markets\":[\"AT\",\"CH\",\"DE\"],\"offset_minutes\":"
        "840," FLAGS("true", "true") "\"entitlements\":[{\"id\":\"a\",\"title\":\"T\",\"starts\":["
                                     "\"manufacture\",\"shipment\","
                                     "\"activation\",\"sale\"],\"months\":1200,\"requires_"
                                     "activation\":true,\"covers\":\"all\","
                                     "\"countries\":[\"DE\"]},{\"id\":\"A\",\"title\":\"U\","
                                     "\"starts\":[\"sale\"],\"months\":1,"
                                     "\"requires_activation\":false}]}",
        "{" G ",\"version\":1," N ",\"picture\":\"https://a/b?c=d&e=f\","
        "\"support\":\"mailto:a@example.com\",\"offset_minutes\":-720," FLAGS(
            "true", "false") "\"entitlements\":[]}",
        "{" G ",\"version\":1," N ",\"offset_minutes\":0," FLAGS(
            "true", "false") "\"copy_limits\":{\"sessions\":1,\"travel\":\"off\",\"unshipped\":2,"
                             "\"retired\":65534,\"two_owners\":3,\"stock\":\"off\"},"
                             "\"entitlements\":[]}",
        "{" G ",\"version\":1," N ",\"offset_minutes\":0," FLAGS(
            "true", "false") "\"copy_limits\":{\"stock\":40},\"entitlements\":[]}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct product product;
        struct fault fault = {ERR_OK, ""};
        struct text out;
        bool has_version = false;
        if (product_from_json(&product, &has_version, slice_of(texts[i]), &fault) != ERR_OK)
            fail_msg("%zu: %s", i, fault.text);
        assert_true(has_version);
        text_init(&out, PRODUCT_JSON_MAX);
        product_json(&out, &product);
        assert_true(text_ok(&out));
        assert_string_equal(out.data, texts[i]);
        text_free(&out);
    }
}

static void
a_product_larger_than_allowed_is_refused(void **state)
{
    (void)state;
    static char spaces[PRODUCT_JSON_MAX + 2];
    struct product product;
    struct fault fault;
    bool has_version = false;
    memset(spaces, ' ', sizeof spaces - 1);
    assert_int_equal(product_from_json(&product, &has_version, slice_of(spaces), &fault),
                     ERR_TOO_LARGE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_products_are_refused_with_the_place),
        cmocka_unit_test(a_product_may_be_short),
        cmocka_unit_test(what_is_read_is_written_again),
        cmocka_unit_test(a_product_larger_than_allowed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
