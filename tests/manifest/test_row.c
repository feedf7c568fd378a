/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/manifest/row.h"

/* A token of version 1 with a zero kid and signature: the grammar does not look at it. */
#define T0 "AEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define TOKEN_TEXT T0 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define G "09506000134352"
#define TAIL ",,,," TOKEN_TEXT /* no dates, no claim code */

static const struct {
    const char *label, *line;
    struct identity id;
} good[] = {
    {"serial only", G ",,,1" TAIL, {G, "", "", "1"}},
    {"leading zeros stay", G ",,,00001" TAIL, {G, "", "", "00001"}},
    {"all values", G ",2A,L1,7K3M" TAIL, {G, "2A", "L1", "7K3M"}},
    {"every field quoted",
     "\"" G "\",\"2A\",\"L1\",\"7\",\"\",\"\",\"\",\"" TOKEN_TEXT "\"",
     {G, "2A", "L1", "7"}},
    {"comma in a quoted serial", G ",,,\"A,B\"" TAIL, {G, "", "", "A,B"}},
    {"quote in a quoted serial", G ",,,\"A\"\"B\"" TAIL, {G, "", "", "A\"B"}},
    {"twenty characters", G ",,,ABCDEFGHIJ0123456789" TAIL, {G, "", "", "ABCDEFGHIJ0123456789"}},
    {"twenty quotes",
     G
     ",,,\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"" TAIL,
     {G, "", "", "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""}},
    {"looks like a formula", G ",,,=1+1" TAIL, {G, "", "", "=1+1"}},
    {"E and + without a point", G ",,,7E+3" TAIL, {G, "", "", "7E+3"}},
};

static const struct {
    const char *label, *line, *code, *says;
} bad[] = {
    {"empty", "", "row_invalid", "empty line"},
    {"seven fields", G ",,,1,,," TOKEN_TEXT, "row_invalid", "7 fields"},
    {"nine fields", G ",,,1,,,,," TOKEN_TEXT, "row_invalid", "9 fields"},
    {"semicolons", G ";;;1;;;;" TOKEN_TEXT, "row_invalid", "1 fields"},
    {"open quote", G ",,,\"1" TAIL, "row_invalid", "quote"},
    {"text after a closing quote", G ",,,\"1\"2" TAIL, "row_invalid", "quote"},
    {"quote inside an unquoted field", G ",,,1\"2" TAIL, "row_invalid", "quote"},
    {"blank before a quote", G ",,, \"1\"" TAIL, "row_invalid", "quote"},
    {"control character", G ",,,1\x01" TAIL, "row_invalid", "control"},
    {"carriage return inside", G ",,,1\r2" TAIL, "row_invalid", "control"},
    {"tab", G ",,,1\t" TAIL, "row_invalid", "control"},
    {"escape sequence", G ",,,\x1B[31m" TAIL, "row_invalid", "control"},
    {"a field longer than a token", G ",,,1,,,," TOKEN_TEXT "A", "row_invalid", "112 bytes"},
    {"no gtin", ",,,1" TAIL, "gtin_invalid", "not 14 digits"},
    {"gtin with a letter", "0950600013435X,,,1" TAIL, "gtin_invalid", "not 14 digits"},
    {"gtin with a blank", " 09506000134352,,,1" TAIL, "gtin_invalid", "not 14 digits"},
    {"gtin that lost its zero", "9506000134352,,,1" TAIL, "gtin_invalid", "leading zeros"},
    {"gtin of 8 digits", "95060002,,,1" TAIL, "gtin_invalid", "leading zeros"},
    {"gtin of 15 digits", "009506000134352,,,1" TAIL, "gtin_invalid", "15 digits"},
    {"gtin as a spreadsheet's number", "9.50600E+12,,,1" TAIL, "gtin_invalid", "spreadsheet"},
    {"the same with a comma", "\"9,506E+12\",,,1" TAIL, "gtin_invalid", "spreadsheet"},
    {"wrong check digit", "09506000134353,,,1" TAIL, "gtin_invalid", "check digit"},
    {"swapped digits", "09506000143352,,,1" TAIL, "gtin_invalid", "check digit"},
    {"no serial", G ",,," TAIL, "value_invalid", "serial: empty"},
    {"serial of 21", G ",,,ABCDEFGHIJ01234567890" TAIL, "value_invalid", "serial"},
    {"serial with a blank", G ",,,A B" TAIL, "value_invalid", "serial"},
    {"serial with a trailing blank", G ",,,AB " TAIL, "value_invalid", "serial"},
    {"serial of a dot", G ",,,." TAIL, "value_invalid", "serial"},
    {"serial with #", G ",,,A#1" TAIL, "value_invalid", "serial"},
    {"serial not ASCII", G ",,,\xC3\x84" TAIL, "value_invalid", "serial"},
    {"serial not UTF-8", G ",,,\xFF" TAIL, "value_invalid", "serial"},
    {"serial as a spreadsheet's number", G ",,,7.00123E+11" TAIL, "value_invalid", "spreadsheet"},
    {"lot of 21", G ",,ABCDEFGHIJ01234567890,1" TAIL, "value_invalid", "lot"},
    {"variant with a pipe", G ",a|b,,1" TAIL, "value_invalid", "variant"},
    {"day that does not exist", G ",,,1,2026-02-29,,," TOKEN_TEXT, "date_invalid", "made_on"},
    {"day first", G ",,,1,22.11.2026,,," TOKEN_TEXT, "date_invalid", "made_on"},
    {"time besides", G ",,,1,,2026-11-22T00:00:00Z,," TOKEN_TEXT, "date_invalid", "expires_on"},
    {"expires first", G ",,,1,2026-11-22,2026-11-21,," TOKEN_TEXT, "date_invalid",
     "before made_on"},
    {"claim code of 9", G ",,,1,,,G24HN2TXS," TOKEN_TEXT, "claim_invalid", "10 characters"},
    {"claim code of 11", G ",,,1,,,G24HN2TXSQA," TOKEN_TEXT, "claim_invalid", "10 characters"},
    {"claim code in small letters", G ",,,1,,,g24hn2txsq," TOKEN_TEXT, "claim_invalid", "claim"},
    {"claim code with a hyphen", G ",,,1,,,G24HN-2TXSQ," TOKEN_TEXT, "claim_invalid", "claim"},
    {"claim code with an O", G ",,,1,,,G24HN2TXSO," TOKEN_TEXT, "claim_invalid", "claim"},
    {"no token", G ",,,1,,,,", "token_invalid", "112"},
    {"token cut short", G ",,,1,,,," T0, "token_invalid", "112"},
    {"token of another version",
     G ",,,1,,,,B" T0 "EAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "token_invalid",
     "112"},
};

static void
good_rows_are_read(void **state)
{
    (void)state;
    struct row_reader *reader = NULL;
    struct manifest_row row;
    struct manifest_refusal refusal;
    assert_int_equal(row_reader_open(&reader), ERR_OK);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!row_read(reader, slice_of(good[i].line), 17, &row, &refusal))
            fail_msg("%s: %s", good[i].label, refusal.reason);
        assert_int_equal(row.line, 17);
        assert_string_equal(row.id.gtin, good[i].id.gtin);
        assert_string_equal(row.id.variant, good[i].id.variant);
        assert_string_equal(row.id.lot, good[i].id.lot);
        assert_string_equal(row.id.serial, good[i].id.serial);
        assert_int_equal(row.made_on, CIVIL_NONE);
        assert_string_equal(row.claim_code, "");
    }
    row_reader_close(reader);
}

static void
all_values_are_taken(void **state)
{
    (void)state;
    struct row_reader *reader = NULL;
    struct manifest_row row;
    struct manifest_refusal refusal;
    assert_int_equal(row_reader_open(&reader), ERR_OK);
    assert_true(row_read(reader, slice_of(G ",,,1,1970-01-02,2026-11-22,G24HN2TXSQ," TOKEN_TEXT), 2,
                         &row, &refusal));
    assert_int_equal(row.made_on, 1);
    assert_int_equal(row.expires_on, 20779);
    assert_string_equal(row.claim_code, "G24HN2TXSQ");
    row_reader_close(reader);
}

/* The reader is used again after each refusal: a good row must still be read. */
static void
bad_rows_are_refused_with_a_reason(void **state)
{
    (void)state;
    struct row_reader *reader = NULL;
    struct manifest_row row;
    struct manifest_refusal refusal;
    assert_int_equal(row_reader_open(&reader), ERR_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (row_read(reader, slice_of(bad[i].line), i + 2, &row, &refusal))
            fail_msg("%s: accepted", bad[i].label);
        if (strcmp(refusal.code, bad[i].code) != 0 || strstr(refusal.reason, bad[i].says) == NULL)
            fail_msg("%s: %s: %s", bad[i].label, refusal.code, refusal.reason);
        assert_int_equal(refusal.line, i + 2);
        if (!row_read(reader, slice_of(good[0].line), 1, &row, &refusal))
            fail_msg("a good row after \"%s\": %s", bad[i].label, refusal.reason);
    }
    row_reader_close(reader);
}

/* A row whose identity could be read tells it, so that a person finds the label. */
static void
a_refusal_names_the_unit(void **state)
{
    (void)state;
    struct row_reader *reader = NULL;
    struct manifest_row row;
    struct manifest_refusal refusal;
    assert_int_equal(row_reader_open(&reader), ERR_OK);
    assert_false(row_read(reader, slice_of(G ",,L1,77,,,,AAAA"), 1, &row, &refusal));
    assert_string_equal(refusal.id.gtin, G);
    assert_string_equal(refusal.id.serial, "77");
    row_reader_close(reader);
}

/* What is written is read back: every character of the GS1 set in a serial, quoted where needed. */
static void
written_rows_are_read_back(void **state)
{
    (void)state;
    static const char set[] = "!\"%&'()*+,-/0123456789:;<=>?"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    struct row_reader *reader = NULL;
    assert_int_equal(row_reader_open(&reader), ERR_OK);
    for (size_t i = 0; set[i] != '\0'; i++) {
        struct manifest_row in = {.id = {G, "V", "L", {set[i], 'x', '\0'}},
                                  .made_on = 0,
                                  .expires_on = 20779,
                                  .claim_code = "G24HN2TXSQ"};
        struct manifest_row out;
        struct manifest_refusal refusal;
        struct text line;
        text_init(&line, MANIFEST_LINE_MAX);
        manifest_row_format(&line, &in);
        assert_true(text_ok(&line));
        if (!row_read(reader, slice_make(line.data, line.len - 1), 1, &out, &refusal))
            fail_msg("%c: %s", set[i], refusal.reason);
        assert_string_equal(out.id.serial, in.id.serial);
        assert_int_equal(out.expires_on, in.expires_on);
        assert_string_equal(out.claim_code, in.claim_code);
        assert_memory_equal(&out.token, &in.token, sizeof in.token);
        text_free(&line);
    }
    row_reader_close(reader);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_rows_are_read),
        cmocka_unit_test(all_values_are_taken),
        cmocka_unit_test(bad_rows_are_refused_with_a_reason),
        cmocka_unit_test(a_refusal_names_the_unit),
        cmocka_unit_test(written_rows_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
