/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/json/write.h"
#include "gateway/records/records.h"

static void
assert_written(struct text *out, const char *expected)
{
    assert_true(text_ok(out));
    assert_string_equal(out->data, expected);
    text_free(out);
}

static void
a_new_unit_has_only_what_is_known(void **state)
{
    (void)state;
    struct text out;
    const struct unit unit = {.id = {"09506000134352", "", "", "00001"},
                              .version = 1,
                              .state = UNIT_ISSUED,
                              .kid = {0x3f, 0x9a, 0x1b, 0x2c, 0x4d},
                              .seal = {1, 2, 3},
                              .registered_at = 1795348800,
                              .made_on = CIVIL_NONE,
                              .expires_on = CIVIL_NONE,
                              .shipped_on = CIVIL_NONE,
                              .sold_on = CIVIL_NONE,
                              .activated_on = CIVIL_NONE};
    text_init(&out, 4096);
    unit_json(&out, &unit);
    assert_written(&out, "{\"gtin\":\"09506000134352\",\"serial\":\"00001\",\"version\":1,"
                         "\"state\":\"issued\",\"conditions\":[],\"kid\":\"3f9a1b2c4d\","
                         "\"claim_code\":false,\"registered_at\":\"2026-11-22T12:00:00Z\"}");
}

static void
a_full_unit_has_everything_but_its_seals(void **state)
{
    (void)state;
    struct text out;
    const struct unit unit = {.id = {"09506000134352", "2A", "L\"1", "A,B"},
                              .version = 7,
                              .state = UNIT_SOLD,
                              .conditions = CONDITION_STOLEN | CONDITION_COPY_SUSPECTED,
                              .claim = {9},
                              .provisional = CONDITION_STOLEN,
                              .provisional_until = 1795435200,
                              .owner = {8},
                              .transfer = {7},
                              .linked = {"09506000134369", "OLD-1"},
                              .registered_at = 1795348800,
                              .made_on = 0,
                              .expires_on = 1,
                              .shipped_on = 2,
                              .sold_on = 3,
                              .activated_on = 4,
                              .location = "Lager K\xC3\xB6ln",
                              .seller = "Shop",
                              .purchase_order = "PO-1",
                              .sales_order = "SO-1",
                              .document = "https://erp.example.com/1"};
    text_init(&out, 4096);
    unit_json(&out, &unit);
    assert_written(
        &out,
        "{\"gtin\":\"09506000134352\",\"serial\":\"A,B\",\"variant\":\"2A\","
        "\"lot\":\"L\\\"1\",\"version\":7,\"state\":\"sold\","
        "\"conditions\":[\"stolen\",\"copy_suspected\"],"
        "\"provisional\":[\"stolen\"],"
        "\"provisional_until\":\"2026-11-23T12:00:00Z\","
        "\"kid\":\"0000000000\",\"claim_code\":true,\"registered_at\":\"2026-11-22T12:00:00Z\","
        "\"made_on\":\"1970-01-01\",\"expires_on\":\"1970-01-02\","
        "\"shipped_on\":\"1970-01-03\",\"sold_on\":\"1970-01-04\","
        "\"activated_on\":\"1970-01-05\",\"location\":\"Lager K\xC3\xB6ln\","
        "\"seller\":\"Shop\",\"purchase_order\":\"PO-1\",\"sales_order\":\"SO-1\","
        "\"document\":\"https://erp.example.com/1\",\"owned\":true,"
        "\"linked\":{\"gtin\":\"09506000134369\",\"serial\":\"OLD-1\"}}");
}

static void
events_carry_their_fields(void **state)
{
    (void)state;
    struct text out;
    const struct event event = {.type = EVENT_SELL,
                                .at = 1795348800,
                                .role = ROLE_RETAILER,
                                .actor = "Shop",
                                .operation = {0xAB},
                                .field_count = 2,
                                .fields = {{FIELD_ON, "2026-11-22"}, {FIELD_SALES_ORDER, "SO-1"}}};
    text_init(&out, 4096);
    event_json(&out, &event);
    assert_written(&out, "{\"type\":\"sell\",\"at\":\"2026-11-22T12:00:00Z\",\"role\":\"retailer\","
                         "\"actor\":\"Shop\",\"operation\":\"ab000000000000000000000000000000\","
                         "\"fields\":{\"on\":\"2026-11-22\",\"sales_order\":\"SO-1\"}}");
}

static void
who_came_without_the_claim_code(void **state)
{
    static const struct {
        bool unit, without, displaces;
        const char *written;
    } rows[] = {
        {false, false, false, "{\"x\":1,\"x\":1}"},
        {true, true, false,
         "{\"x\":1,\"without_claim_code\":true,\"without_claim_code\":true,\"x\":1}"},
        {false, false, true, "{\"x\":1,\"displaced_owner\":true,\"x\":1}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out;
        const struct unit unit = {.unproven = rows[i].unit};
        const struct event event = {.without_claim = rows[i].without,
                                    .displaces = rows[i].displaces};
        text_init(&out, 4096);
        text_char(&out, '{');
        json_put_number(&out, "x", 1);
        unit_card_json(&out, &unit);
        event_card_json(&out, &event);
        json_put_number(&out, "x", 1);
        text_char(&out, '}');
        assert_written(&out, rows[i].written);
    }
}

static void
recalls_say_their_limits(void **state)
{
    (void)state;
    struct text out;
    struct recall recall = {.id = "R-1",
                            .version = 2,
                            .gtin = "09506000134352",
                            .serial_from = "A",
                            .serial_to = "B",
                            .made_from = CIVIL_NONE,
                            .made_to = 20779,
                            .stop_use = true,
                            .text = "Stop.",
                            .opened_at = 1795348800};
    text_init(&out, 4096);
    recall_json(&out, &recall);
    assert_written(&out, "{\"id\":\"R-1\",\"version\":2,\"gtin\":\"09506000134352\","
                         "\"serial_from\":\"A\",\"serial_to\":\"B\",\"made_to\":\"2026-11-22\","
                         "\"stop_use\":true,\"text\":\"Stop.\","
                         "\"opened_at\":\"2026-11-22T12:00:00Z\"}");
    recall.lifted_at = 1795348801;
    recall.made_to = CIVIL_NONE;
    recall.serial_from[0] = '\0';
    recall.serial_to[0] = '\0';
    recall.stop_use = false;
    recall_json(&out, &recall);
    assert_written(&out, "{\"id\":\"R-1\",\"version\":2,\"gtin\":\"09506000134352\","
                         "\"stop_use\":false,\"text\":\"Stop.\","
                         "\"opened_at\":\"2026-11-22T12:00:00Z\","
                         "\"lifted_at\":\"2026-11-22T12:00:01Z\"}");
}

static void
products_show_their_promises(void **state)
{
    (void)state;
    struct text out;
    const struct product product = {.gtin = "09506000134352",
                                    .version = 3,
                                    .name = "Drill",
                                    .markets = "AT DE",
                                    .offset_minutes = -60,
                                    .returns_from_any = true,
                                    .entitlement_count = 1,
                                    .entitlements = {{.id = "std",
                                                      .title = "Two years",
                                                      .starts = {START_SALE, START_MANUFACTURE},
                                                      .months = 24,
                                                      .requires_activation = true,
                                                      .covers = "parts",
                                                      .countries = "DE"}}};
    text_init(&out, 4096);
    product_json(&out, &product);
    assert_written(&out, "{\"gtin\":\"09506000134352\",\"version\":3,\"name\":\"Drill\","
                         "\"markets\":[\"AT\",\"DE\"],\"offset_minutes\":-60,"
                         "\"activation_before_sale\":false,\"returns_from_any\":true,"
                         "\"entitlements\":[{\"id\":\"std\",\"title\":\"Two years\","
                         "\"starts\":[\"sale\",\"manufacture\"],\"months\":24,"
                         "\"requires_activation\":true,\"covers\":\"parts\","
                         "\"countries\":[\"DE\"]}]}");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_unit_has_only_what_is_known),
        cmocka_unit_test(a_full_unit_has_everything_but_its_seals),
        cmocka_unit_test(events_carry_their_fields),
        cmocka_unit_test(who_came_without_the_claim_code),
        cmocka_unit_test(recalls_say_their_limits),
        cmocka_unit_test(products_show_their_promises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
