/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/rules/unit.h"

/* Design section 5; the numbers are stored. */
static void
state_names(void **state)
{
    static const char *const names[] = {"none", "issued",   "in_transit", "in_stock",
                                        "sold", "returned", "retired"};
    (void)state;
    for (unsigned i = 1; i < sizeof names / sizeof names[0]; i++) {
        enum unit_state found = UNIT_NONE;
        assert_string_equal(unit_state_name((enum unit_state)i), names[i]);
        assert_true(unit_state_parse(&found, slice_of(names[i])));
        assert_int_equal(found, i);
    }
    assert_string_equal(unit_state_name(UNIT_NONE), "none");
    assert_string_equal(unit_state_name((enum unit_state)7), "none");
}

static void
other_words_are_refused(void **state)
{
    static const char *const words[] = {"", "none", "Sold", "sol", "sold ", "in stock", "in-stock"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        enum unit_state found = UNIT_SOLD;
        assert_false(unit_state_parse(&found, slice_of(words[i])));
        assert_int_equal(found, UNIT_NONE);
    }
}

static void
condition_names(void **state)
{
    (void)state;
    assert_string_equal(unit_condition_name((enum unit_condition)1), "stolen");
    assert_string_equal(unit_condition_name((enum unit_condition)2), "lost");
    assert_string_equal(unit_condition_name((enum unit_condition)4), "held");
    assert_string_equal(unit_condition_name((enum unit_condition)8), "copy_suspected");
    assert_string_equal(unit_condition_name((enum unit_condition)0), "none");
    assert_string_equal(unit_condition_name((enum unit_condition)3), "none");
    assert_string_equal(unit_condition_name((enum unit_condition)16), "none");
}

#define GTIN "09506000134352"
#define NO CIVIL_NONE

/* Limits of a recall against one unit: lot, serial, made on. Days are plain numbers. */
static const struct {
    const char *label;
    const char *gtin, *lot, *from, *to;
    civil_day made_from, made_to;
    const char *unit_lot, *unit_serial;
    civil_day made_on;
    bool covers;
} rows[] = {
    {"the whole product", GTIN, "", "", "", NO, NO, "L1", "S5", 100, true},
    {"the whole product, a unit without lot and date", GTIN, "", "", "", NO, NO, "", "S5", NO,
     true},
    {"another product", "00000000000017", "", "", "", NO, NO, "L1", "S5", 100, false},
    {"a recall without a product covers nothing", "", "", "", "", NO, NO, "L1", "S5", 100, false},
    {"its lot", GTIN, "L1", "", "", NO, NO, "L1", "S5", 100, true},
    {"another lot", GTIN, "L2", "", "", NO, NO, "L1", "S5", 100, false},
    {"a lot whose name goes on", GTIN, "L1", "", "", NO, NO, "L10", "S5", 100, false},
    {"a lot in small letters", GTIN, "l1", "", "", NO, NO, "L1", "S5", 100, false},
    {"a unit without a lot is of no lot", GTIN, "L1", "", "", NO, NO, "", "S5", 100, false},
    {"inside the serials", GTIN, "", "S3", "S7", NO, NO, "L1", "S5", 100, true},
    {"the first serial", GTIN, "", "S5", "S7", NO, NO, "L1", "S5", 100, true},
    {"the last serial", GTIN, "", "S3", "S5", NO, NO, "L1", "S5", 100, true},
    {"just this serial", GTIN, "", "S5", "S5", NO, NO, "L1", "S5", 100, true},
    {"before the first", GTIN, "", "S6", "S7", NO, NO, "L1", "S5", 100, false},
    {"after the last", GTIN, "", "S3", "S4", NO, NO, "L1", "S5", 100, false},
    {"bytewise, not as numbers: 10 comes before 9", GTIN, "", "9", "", NO, NO, "L1", "10", 100,
     false},
    {"bytewise: a prefix comes first", GTIN, "", "S5", "", NO, NO, "L1", "S50", 100, true},
    {"bytewise: a prefix comes first, at the end", GTIN, "", "", "S5", NO, NO, "L1", "S50", 100,
     false},
    {"bytewise: capitals come before small letters", GTIN, "", "a", "", NO, NO, "L1", "B", 100,
     false},
    {"from a serial on", GTIN, "", "S5", "", NO, NO, "L1", "S9", 100, true},
    {"up to a serial", GTIN, "", "", "S5", NO, NO, "L1", "S1", 100, true},
    {"a range turned round is empty", GTIN, "", "S7", "S3", NO, NO, "L1", "S5", 100, false},
    {"inside the dates", GTIN, "", "", "", 90, 110, "L1", "S5", 100, true},
    {"the first day", GTIN, "", "", "", 100, 110, "L1", "S5", 100, true},
    {"the last day", GTIN, "", "", "", 90, 100, "L1", "S5", 100, true},
    {"the day before", GTIN, "", "", "", 101, 110, "L1", "S5", 100, false},
    {"the day after", GTIN, "", "", "", 90, 99, "L1", "S5", 100, false},
    {"from a day on", GTIN, "", "", "", 90, NO, "L1", "S5", 100, true},
    {"from a later day on", GTIN, "", "", "", 101, NO, "L1", "S5", 100, false},
    {"up to a day", GTIN, "", "", "", NO, 110, "L1", "S5", 100, true},
    {"up to an earlier day", GTIN, "", "", "", NO, 99, "L1", "S5", 100, false},
    {"no made-on date: in doubt the warning is shown", GTIN, "", "", "", 90, 110, "L1", "S5", NO,
     true},
    {"no made-on date, another lot", GTIN, "L2", "", "", 90, 110, "L1", "S5", NO, false},
    {"no made-on date, outside the serials", GTIN, "", "S6", "", 90, 110, "L1", "S5", NO, false},
    {"every limit holds", GTIN, "L1", "S3", "S7", 90, 110, "L1", "S5", 100, true},
    {"every limit but the lot", GTIN, "L2", "S3", "S7", 90, 110, "L1", "S5", 100, false},
    {"every limit but the serial", GTIN, "L1", "S6", "S7", 90, 110, "L1", "S5", 100, false},
    {"every limit but the date", GTIN, "L1", "S3", "S7", 90, 99, "L1", "S5", 100, false},
};

static void
put(char *out, size_t size, const char *text)
{
    assert_true(slice_copy(out, size, slice_of(text)));
}

static void
recalls_cover(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct recall recall = {.made_from = rows[i].made_from, .made_to = rows[i].made_to};
        struct unit unit = {.id = {.gtin = GTIN}, .made_on = rows[i].made_on};
        put(recall.gtin, sizeof recall.gtin, rows[i].gtin);
        put(recall.lot, sizeof recall.lot, rows[i].lot);
        put(recall.serial_from, sizeof recall.serial_from, rows[i].from);
        put(recall.serial_to, sizeof recall.serial_to, rows[i].to);
        put(unit.id.lot, sizeof unit.id.lot, rows[i].unit_lot);
        put(unit.id.serial, sizeof unit.id.serial, rows[i].unit_serial);
        if (recall_covers(&recall, &unit) != rows[i].covers)
            fail_msg("%s", rows[i].label);
        recall.lifted_at = 1;
        if (recall_covers(&recall, &unit))
            fail_msg("%s: although it was lifted", rows[i].label);
    }
}

static void
recalls_speak_the_language_of_the_reader(void **state)
{
    (void)state;
    static const struct {
        const char *language, *text;
    } readers[] = {
        {"de", "Halt."},    {"DE", "Halt."},  {"pt-BR", "Pare."}, {"pt-br", "Pare."},
        {"de-AT", "Stop."}, {"pt", "Stop."},  {"en", "Stop."},    {"", "Stop."},
        {"d", "Stop."},     {"deu", "Stop."}, {"fr", "Stop."},
    };
    struct recall recall = {.text = "Stop.",
                            .text_count = 2,
                            .texts = {{"de", "Halt."}, {"pt-BR", "Pare."}, {"fr", "not counted"}}};
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        assert_string_equal(recall_text_in(&recall, readers[i].language), readers[i].text);
    recall.text_count = 0;
    assert_string_equal(recall_text_in(&recall, "de"), "Stop.");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_names),
        cmocka_unit_test(other_words_are_refused),
        cmocka_unit_test(condition_names),
        cmocka_unit_test(recalls_cover),
        cmocka_unit_test(recalls_speak_the_language_of_the_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
