/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/records/records.h"

#define GTIN "09506000134352"
#define TEXT "Stop using it."

static const struct {
    const char *label;
    struct recall recall;
    const char *says; /* NULL: good */
} recalls[] = {
    {"whole product",
     {.id = "R-1", .gtin = GTIN, .made_from = CIVIL_NONE, .made_to = CIVIL_NONE, .text = TEXT},
     NULL},
    {"everything",
     {.id = "R_1.a",
      .gtin = GTIN,
      .lot = "L1",
      .serial_from = "A",
      .serial_to = "A",
      .made_from = 7,
      .made_to = 7,
      .text = TEXT,
      .link = "https://a/b"},
     NULL},
    {"open ranges",
     {.id = "R",
      .gtin = GTIN,
      .serial_to = "Z",
      .made_from = 7,
      .made_to = CIVIL_NONE,
      .text = TEXT},
     NULL},
    {"no id", {.gtin = GTIN, .text = TEXT}, "/id"},
    {"id with a blank", {.id = "R 1", .gtin = GTIN, .text = TEXT}, "/id"},
    {"id with a slash", {.id = "R/1", .gtin = GTIN, .text = TEXT}, "/id"},
    {"no gtin", {.id = "R", .text = TEXT}, "/gtin"},
    {"wrong check digit", {.id = "R", .gtin = "09506000134353", .text = TEXT}, "/gtin"},
    {"no text", {.id = "R", .gtin = GTIN}, "/text"},
    {"control in the text", {.id = "R", .gtin = GTIN, .text = "a\tb"}, "/text"},
    {"text not UTF-8", {.id = "R", .gtin = GTIN, .text = "\xFF"}, "/text"},
    {"link over http", {.id = "R", .gtin = GTIN, .text = TEXT, .link = "http://a/b"}, "/link"},
    {"link as script", {.id = "R", .gtin = GTIN, .text = TEXT, .link = "javascript:1"}, "/link"},
    {"lot with a blank", {.id = "R", .gtin = GTIN, .lot = "L 1", .text = TEXT}, "/lot"},
    {"serial of a dot",
     {.id = "R", .gtin = GTIN, .serial_from = ".", .text = TEXT},
     "/serial_from"},
    {"serials the wrong way round",
     {.id = "R", .gtin = GTIN, .serial_from = "B", .serial_to = "A", .text = TEXT},
     "/serial_to"},
    {"serials in byte order, not by number",
     {.id = "R", .gtin = GTIN, .serial_from = "9", .serial_to = "10", .text = TEXT},
     "/serial_to"},
    {"days the wrong way round",
     {.id = "R", .gtin = GTIN, .made_from = 8, .made_to = 7, .text = TEXT},
     "/made_to"},
};

static void
recalls_follow_their_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof recalls / sizeof recalls[0]; i++) {
        struct fault fault = {ERR_OK, ""};
        enum err err = recall_check(&recalls[i].recall, &fault);
        const char *says = recalls[i].says == NULL ? "" : recalls[i].says;
        if (err != (recalls[i].says == NULL ? ERR_OK : ERR_INVALID) ||
            strncmp(fault.text, says, strlen(says)) != 0)
            fail_msg("%s: %d %s", recalls[i].label, err, fault.text);
    }
}

/* A record that did not come through the reader: counts and ends of texts are not to be believed.
 */
static void
a_record_from_elsewhere_is_looked_through(void **state)
{
    (void)state;
    struct product product = {.gtin = GTIN, .name = "Drill"};
    struct fault fault = {ERR_OK, ""};
    assert_int_equal(product_check(&product, &fault), ERR_OK);
    product.entitlement_count = ENTITLEMENTS_MAX + 1;
    assert_int_equal(product_check(&product, &fault), ERR_INVALID);
    product.entitlement_count = 0;
    memset(product.model, 'x', sizeof product.model);
    assert_int_equal(product_check(&product, &fault), ERR_INVALID);
    assert_int_equal(strncmp(fault.text, "/model", 6), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recalls_follow_their_rules),
        cmocka_unit_test(a_record_from_elsewhere_is_looked_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
