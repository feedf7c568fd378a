/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/records/records.h"

#define G "\"gtin\":\"09506000134352\""
#define L G ",\"lot\":\"L24A0917\""
#define R "\"id\":\"R-1\"," G ",\"text\":\"Stop.\""
#define DE(text) "{\"language\":\"de\",\"text\":\"" text "\"}"
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define FIVE_HUNDRED FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY

struct row {
    const char *label, *json, *says; /* the fault begins with it */
};

static const struct row bad_lots[] = {
    {"not JSON", "lot", "line 1 column"},
    {"an array", "[]", ""},
    {"no gtin", "{\"lot\":\"L\"}", "/gtin"},
    {"no lot", "{" G "}", "/lot"},
    {"empty lot", "{" G ",\"lot\":\"\"}", "/lot"},
    {"lot of 21 characters", "{" G ",\"lot\":\"" TEN TEN "1\"}", "/lot"},
    {"lot with a blank", "{" G ",\"lot\":\"A B\"}", "/lot"},
    {"wrong check digit", "{\"gtin\":\"09506000134353\",\"lot\":\"L\"}", "/gtin"},
    {"gtin of 13 digits", "{\"gtin\":\"9506000134352\",\"lot\":\"L\"}", "/gtin"},
    {"a day that does not exist", "{" L ",\"made_on\":\"2026-02-29\"}", "/made_on"},
    {"a day as a number", "{" L ",\"made_on\":20260101}", "/made_on"},
    {"an empty day", "{" L ",\"expires_on\":\"\"}", "/expires_on"},
    {"a day with a time", "{" L ",\"expires_on\":\"2026-01-01T00:00:00Z\"}", "/expires_on"},
    {"expired before it was made",
     "{" L ",\"made_on\":\"2026-01-02\",\"expires_on\":\"2026-01-01\"}", "/expires_on"},
    {"version below 0", "{" L ",\"version\":-1}", "/version"},
    {"unknown member", "{" L ",\"expiry\":\"2026-01-01\"}", "/expiry"},
};

static void
bad_lots_are_refused_with_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_lots / sizeof bad_lots[0]; i++) {
        const struct row *row = &bad_lots[i];
        struct lot lot;
        struct fault fault = {ERR_OK, ""};
        bool has_version = true;
        enum err err = lot_from_json(&lot, &has_version, slice_of(row->json), &fault);
        if (err != ERR_INVALID || strncmp(fault.text, row->says, strlen(row->says)) != 0 ||
            fault.text[0] == '\0' || has_version)
            fail_msg("%s: %d %s", row->label, err, fault.text);
    }
}

static void
what_is_read_of_a_lot_is_written_again(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{" L ",\"version\":0}",
        "{" G ",\"lot\":\"" TEN TEN "\",\"version\":3,\"made_on\":\"2024-02-29\","
        "\"expires_on\":\"2024-02-29\"}",
        "{" G ",\"lot\":\"a/%&\",\"version\":9007199254740991,\"expires_on\":\"2999-12-31\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct lot lot;
        struct fault fault = {ERR_OK, ""};
        struct text out;
        bool has_version = false;
        if (lot_from_json(&lot, &has_version, slice_of(texts[i]), &fault) != ERR_OK)
            fail_msg("%zu: %s", i, fault.text);
        assert_true(has_version);
        text_init(&out, LOT_JSON_MAX);
        lot_json(&out, &lot);
        assert_true(text_ok(&out));
        assert_string_equal(out.data, texts[i]);
        text_free(&out);
    }
}

static const struct row bad_recalls[] = {
    {"not JSON", "recall", "line 1 column"},
    {"no id", "{" G ",\"text\":\"t\"}", "/id"},
    {"no gtin", "{\"id\":\"R\",\"text\":\"t\"}", "/gtin"},
    {"no text", "{\"id\":\"R\"," G "}", "/text"},
    {"blank text", "{\"id\":\"R\"," G ",\"text\":\" \"}", "/text"},
    {"text of 501 bytes", "{\"id\":\"R\"," G ",\"text\":\"" FIVE_HUNDRED "x\"}", "/text"},
    {"id with a slash", "{\"id\":\"R/1\"," G ",\"text\":\"t\"}", "/id"},
    {"id of 41 bytes", "{\"id\":\"" TEN TEN TEN TEN "x\"," G ",\"text\":\"t\"}", "/id"},
    {"wrong check digit", "{\"id\":\"R\",\"gtin\":\"09506000134353\",\"text\":\"t\"}", "/gtin"},
    {"an empty lot, which would be every lot", "{" R ",\"lot\":\"\"}", "/lot"},
    {"an empty end of a range", "{" R ",\"serial_to\":\"\"}", "/serial_to"},
    {"lot with a blank", "{" R ",\"lot\":\"A B\"}", "/lot"},
    {"range that ends before it begins", "{" R ",\"serial_from\":\"B\",\"serial_to\":\"A\"}",
     "/serial_to"},
    {"days that end before they begin",
     "{" R ",\"made_from\":\"2026-01-02\",\"made_to\":\"2026-01-01\"}", "/made_to"},
    {"no such day", "{" R ",\"made_from\":\"2026-13-01\"}", "/made_from"},
    {"stop_use as a text", "{" R ",\"stop_use\":\"true\"}", "/stop_use"},
    {"link over http", "{" R ",\"link\":\"http://a/\"}", "/link"},
    {"link as script", "{" R ",\"link\":\"javascript:1\"}", "/link"},
    {"lifted from the beginning", "{" R ",\"lifted_at\":\"2026-01-01T00:00:00Z\"}", "/lifted_at"},
    {"a version", "{" R ",\"version\":1}", "/version"},
    {"texts as an object", "{" R ",\"texts\":{\"de\":\"Halt\"}}", "/texts"},
    {"a text as a text", "{" R ",\"texts\":[\"Halt\"]}", "/texts/0"},
    {"a text without its language", "{" R ",\"texts\":[{\"text\":\"t\"}]}", "/texts/0/language"},
    {"a language without its text", "{" R ",\"texts\":[" DE("") "]}", "/texts/0/text"},
    {"a language by its name", "{" R ",\"texts\":[{\"language\":\"German\",\"text\":\"t\"}]}",
     "/texts/0/language"},
    {"a tag with an underscore", "{" R ",\"texts\":[{\"language\":\"pt_BR\",\"text\":\"t\"}]}",
     "/texts/0/language"},
    {"a tag of one letter", "{" R ",\"texts\":[{\"language\":\"d\",\"text\":\"t\"}]}",
     "/texts/0/language"},
    {"a language twice", "{" R ",\"texts\":[" DE("t") "," DE("u") "]}", "/texts/1/language"},
    {"a control character", "{" R ",\"texts\":[" DE("a\\nb") "]}", "/texts/0/text"},
    {"five languages", "{" R ",\"texts\":[{},{},{},{},{}]}", "/texts: more"},
    {"a mistyped limit", "{" R ",\"lots\":\"L24A0917\"}", "/lots"},
};

static void
bad_recalls_are_refused_with_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_recalls / sizeof bad_recalls[0]; i++) {
        const struct row *row = &bad_recalls[i];
        struct recall recall;
        struct fault fault = {ERR_OK, ""};
        enum err err = recall_from_json(&recall, slice_of(row->json), &fault);
        if (err != ERR_INVALID || strncmp(fault.text, row->says, strlen(row->says)) != 0 ||
            fault.text[0] == '\0')
            fail_msg("%s: %d %s", row->label, err, fault.text);
    }
}

static void
a_recall_is_read(void **state)
{
    (void)state;
    struct recall recall;
    struct fault fault = {ERR_OK, ""};
    struct text out;
    static const char text[] =
        "{" R ",\"lot\":\"L1\",\"serial_from\":\"A\",\"serial_to\":\"A\",\"stop_use\":true,"
        "\"made_from\":\"2026-01-01\",\"made_to\":\"2026-01-01\",\"link\":\"https://a/r\","
        "\"texts\":[" DE("Halt.") ",{\"language\":\"pt-BR\",\"text\":\"Pare.\"}]}";
    assert_int_equal(recall_from_json(&recall, slice_of(text), &fault), ERR_OK);
    text_init(&out, RECALL_JSON_MAX);
    recall_json(&out, &recall);
    assert_true(text_ok(&out));
    assert_string_equal(out.data, "{\"id\":\"R-1\",\"version\":0," G ",\"lot\":\"L1\","
                                  "\"serial_from\":\"A\",\"serial_to\":\"A\","
                                  "\"made_from\":\"2026-01-01\",\"made_to\":\"2026-01-01\","
                                  "\"stop_use\":true,\"text\":\"Stop.\",\"link\":\"https://a/r\","
                                  "\"texts\":[" DE("Halt.") ",{\"language\":\"pt-BR\","
                                                            "\"text\":\"Pare.\"}]}");
    text_free(&out);
    assert_int_equal(recall_from_json(&recall, slice_of("{" R "}"), &fault), ERR_OK);
    assert_string_equal(recall.lot, "");
    assert_int_equal(recall.made_from, CIVIL_NONE);
    assert_int_equal(recall.made_to, CIVIL_NONE);
    assert_false(recall.stop_use);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_lots_are_refused_with_the_place),
        cmocka_unit_test(what_is_read_of_a_lot_is_written_again),
        cmocka_unit_test(bad_recalls_are_refused_with_the_place),
        cmocka_unit_test(a_recall_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
