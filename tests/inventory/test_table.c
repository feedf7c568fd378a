/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/inventory/table.h"

static const struct inventory_map map = {
    .kind = INVENTORY_SALES,
    .columns = {[INVENTORY_GTIN] = "EAN", [INVENTORY_SERIAL] = "Serial No", [INVENTORY_SO] = "SO"}};

static FILE *
file_of(const char *text)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    return file;
}

/* The rows that were read, as "LINE:gtin|serial|so;" or "LINE!problem;". */
static void
read_all(struct table *table, struct text *out)
{
    struct table_row row;
    struct fault fault = {ERR_OK, ""};
    enum err err = table_next(table, &row, &fault);
    for (; err == ERR_OK && !row.end; err = table_next(table, &row, &fault)) {
        if (row.problem != NULL) {
            text_printf(out, "%d!%s;", (int)row.line, row.problem);
            continue;
        }
        text_printf(out, "%d:", (int)row.line);
        text_slice_put(out, row.cells[INVENTORY_GTIN]);
        text_char(out, '|');
        text_slice_put(out, row.cells[INVENTORY_SERIAL]);
        text_char(out, '|');
        text_slice_put(out, row.cells[INVENTORY_SO]);
        text_char(out, ';');
    }
    if (err != ERR_OK)
        text_printf(out, "ERROR %s", fault.text);
}

#define H "EAN,Serial No,SO\n"

static const struct {
    const char *label, *text, *rows;
} tables[] = {
    {"one row", H "1,2,3\n", "2:1|2|3;"},
    {"no rows", H, ""},
    {"a header without an end", "EAN,Serial No,SO", ""},
    {"no line end at the end", H "1,2,3", "2:1|2|3;"},
    {"CR LF", "EAN,Serial No,SO\r\n1,2,3\r\n4,5,6\r\n", "2:1|2|3;3:4|5|6;"},
    {"a byte order mark", "\xEF\xBB\xBF" H "1,2,3\n", "2:1|2|3;"},
    {"other order, more columns", "x,SO,EAN,y,Serial No\na,3,1,b,2\n", "2:1|2|3;"},
    {"other letters in the header", "ean,SERIAL NO,so\n1,2,3\n", "2:1|2|3;"},
    {"semicolons", "EAN;Serial No;SO\n1;2,5;3\n", "2:1|2,5|3;"},
    {"tabs", "EAN\tSerial No\tSO\n1\t2\t\n", "2:1|2|;"},
    {"quoted", "\"EAN\",\"Serial No\",\"SO\"\n\"1\",\"2\"\"x\",\"a,b\"\n", "2:1|2\"x|a,b;"},
    {"a line end inside quotes", "EAN,Serial No,SO,note\n1,2,3,\"a\nb\"\n4,5,6,c\n",
     "2:1|2|3;4:4|5|6;"},
    {"blanks around", H " 1 ,\t2 , 3\n", "2:1|2|3;"},
    {"empty lines", H "\n1,2,3\n\n\n4,5,6\n\n", "3:1|2|3;6:4|5|6;"},
    {"lines of commas only", H ",,\n1,2,3\n,,,,\n", "3:1|2|3;"},
    {"text that a spreadsheet was kept from", H "\"=\"\"0012\"\"\",\"=\"\"a\"\"\"\"b\"\"\",=\n",
     "2:0012|a\"b|=;"},
    {"a formula that is none of these", H "=1+1,\"=\"\"\",\"=\"\"a\"\n", "2:=1+1|=\"|=\"a;"},
    {"empty cells", H ",2,\n", "2:|2|;"},
    {"too few fields", H "1,2\n4,5,6\n", "2!2 fields, the header has 3;3:4|5|6;"},
    {"too many fields", H "1,2,3,4\n", "2!4 fields, the header has 3;"},
    {"a stray quote costs its own row", H "1,2\"x,3\n4,5,6\n",
     "2!a quote that is not where RFC 4180 allows it;3:4|5|6;"},
    {"text behind a quote", H "1,\"2\"x,3\n4,5,6\n",
     "2!a quote that is not where RFC 4180 allows it;3:4|5|6;"},
    {"a quote that is never closed", H "1,\"2,3\n4,5,6\n",
     "2!a quote that is not where RFC 4180 allows it;"},
    {"not UTF-8", H "1,\xC4,3\n4,5,6\n", "2!not UTF-8; export the file as CSV UTF-8;3:4|5|6;"},
};

static void
tables_of_others_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct table *table = NULL;
        struct fault fault = {ERR_OK, ""};
        struct text out;
        FILE *file = file_of(tables[i].text);
        text_init(&out, 10000);
        text_put(&out, "");
        if (table_open(file, "x.csv", &map, &table, &fault) != ERR_OK)
            fail_msg("%s: %s", tables[i].label, fault.text);
        read_all(table, &out);
        if (strcmp(out.data, tables[i].rows) != 0)
            fail_msg("%s: %s", tables[i].label, out.data);
        text_free(&out);
        table_close(table);
        (void)fclose(file);
    }
}

static const struct {
    const char *label, *text, *says;
} refused[] = {
    {"empty", "", "x.csv:1: no header"},
    {"an empty first line", "\nEAN,Serial No,SO\n", "x.csv:1: no header"},
    {"a column is missing", "EAN,SO\n", "no column is called Serial No; there are: EAN, SO"},
    {"a column is there twice", "EAN,Serial No,SO,EAN\n", "two columns are called EAN"},
    {"a column with more to it", "EAN13,Serial No,SO\n", "no column is called EAN"},
    {"UTF-16",
     "\xFF\xFE"
     "E",
     "not a text file in UTF-8"},
    {"a broken header", "EAN,Ser\"ial No,SO\n", "a quote that is not where"},
};

static void
a_file_that_is_no_such_table_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct table *table = NULL;
        struct fault fault = {ERR_OK, ""};
        FILE *file = file_of(refused[i].text);
        enum err err = table_open(file, "x.csv", &map, &table, &fault);
        if (err != ERR_INVALID || strstr(fault.text, refused[i].says) == NULL)
            fail_msg("%s: %d %s", refused[i].label, err, fault.text);
        assert_null(table);
        (void)fclose(file);
    }
}

static void
a_row_has_a_limit(void **state)
{
    (void)state;
    struct table *table = NULL;
    struct text out;
    FILE *file = file_of(H "1,2,\"");
    for (unsigned i = 0; i < TABLE_ROW_MAX; i++)
        assert_int_not_equal(fputc('x', file), EOF);
    text_init(&out, 1000);
    assert_int_equal(table_open(file, "x.csv", &map, &table, NULL), ERR_OK);
    read_all(table, &out);
    assert_non_null(strstr(out.data, "ERROR x.csv:2: a row of more than 65536 bytes"));
    table_close(table);
    text_free(&out);
    (void)fclose(file);
}

static void
a_value_has_a_limit(void **state)
{
    (void)state;
    struct table *table = NULL;
    struct text out;
    FILE *file = file_of(H "1,");
    for (unsigned i = 0; i <= TABLE_CELL_MAX; i++)
        assert_int_not_equal(fputc('x', file), EOF);
    assert_true(fputs(",3\n4,5,6\n", file) >= 0);
    text_init(&out, 1000);
    assert_int_equal(table_open(file, "x.csv", &map, &table, NULL), ERR_OK);
    read_all(table, &out);
    assert_string_equal(out.data, "2!a value that is too long;3:4|5|6;");
    table_close(table);
    text_free(&out);
    (void)fclose(file);
}

static void
a_file_that_changes_is_noticed(void **state)
{
    (void)state;
    struct table *table = NULL;
    struct text out;
    FILE *file = file_of(H "1,2,3\n");
    text_init(&out, 1000);
    assert_int_equal(table_open(file, "x.csv", &map, &table, NULL), ERR_OK);
    table_close(table);
    assert_int_equal(table_open(file, "x.csv", &map, &table, NULL), ERR_OK);
    /* Behind what was buffered already: the first block is all of it. */
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    assert_true(fputs("4,5,6\n", file) >= 0);
    assert_int_equal(fseek(file, -6, SEEK_CUR), 0);
    read_all(table, &out);
    assert_string_equal(out.data, "2:1|2|3;3:4|5|6;"
                                  "ERROR x.csv: the file changed while it was read; run it again");
    table_close(table);
    text_free(&out);
    (void)fclose(file);
}

/* Blocks are 65,536 bytes: rows lie across their borders. */
static void
large_files_are_read_whole(void **state)
{
    (void)state;
    struct table *table = NULL;
    struct table_row row;
    uint64_t count = 0;
    FILE *file = file_of(H);
    for (unsigned i = 0; i < 20000; i++)
        assert_true(fprintf(file, "%u,\"serial\n%u\",so\n", i, i) > 0);
    assert_int_equal(table_open(file, "x.csv", &map, &table, NULL), ERR_OK);
    enum err err = table_next(table, &row, NULL);
    for (; err == ERR_OK && !row.end; err = table_next(table, &row, NULL)) {
        char expected[20];
        assert_int_equal(row.line, 2 + 2 * count);
        (void)snprintf(expected, sizeof expected, "serial\n%u", (unsigned)count++);
        assert_true(slice_equal(row.cells[INVENTORY_SERIAL], expected));
    }
    assert_int_equal(err, ERR_OK);
    assert_int_equal(count, 20000);
    table_close(table);
    (void)fclose(file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_others_are_read),
        cmocka_unit_test(a_file_that_is_no_such_table_is_refused),
        cmocka_unit_test(a_row_has_a_limit),
        cmocka_unit_test(a_value_has_a_limit),
        cmocka_unit_test(a_file_that_changes_is_noticed),
        cmocka_unit_test(large_files_are_read_whole),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
