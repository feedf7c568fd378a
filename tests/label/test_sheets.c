/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "gateway/label/sheet.h"

/* Every known sheet by hand: what is free at the left is free at the right, and so at top and
 * bottom. 2 x 4.65 + 101.6 + 99.1 = 210. */
static void
test_known_sheets(void **state)
{
    static const struct row {
        const char *name;
        unsigned columns, rows;
        double label_width, label_height, left, top, page_width;
    } rows[] = {
        {"avery-l7163", 2, 7, 99.1, 38.1, 4.65, 15.15, 210},
        {"L7160", 3, 7, 63.5, 38.1, 7.25, 15.15, 210},
        {"l7159", 3, 8, 63.5, 33.9, 7.25, 12.9, 210},
        {"AVERY-L7173", 2, 5, 99.1, 57, 4.65, 6, 210},
        {"l4731", 7, 27, 25.4, 10, 8.6, 13.5, 210},
        {"l7651", 5, 13, 38.1, 21.2, 4.75, 10.7, 210},
        {"l7636", 4, 12, 45.7, 21.2, 9.7, 21.3, 210},
        {"5160", 3, 10, 66.675, 25.4, 4.7625, 12.7, 215.9},
        {"5163", 2, 5, 101.6, 50.8, 3.96875, 12.7, 215.9},
        {"22806", 3, 4, 50.8, 50.8, 15.875, 15.875, 215.9},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct sheet *sheet = sheet_find(rows[i].name);
        if (sheet == NULL)
            fail_msg("%s: not known", rows[i].name);
        assert_int_equal(sheet->columns, rows[i].columns);
        assert_int_equal(sheet->rows, rows[i].rows);
        bool same = fabs(sheet->label_width - rows[i].label_width) < 1e-6 &&
                    fabs(sheet->label_height - rows[i].label_height) < 1e-6 &&
                    fabs(sheet->left - rows[i].left) < 1e-6 &&
                    fabs(sheet->top - rows[i].top) < 1e-6 &&
                    fabs(sheet->page_width - rows[i].page_width) < 1e-6;
        if (!same)
            fail_msg("%s: other measures", rows[i].name);
    }
    assert_null(sheet_find("avery-l9999"));
    assert_null(sheet_find(""));
}

static void
test_every_sheet_is_centred(void **state)
{
    (void)state;
    for (const struct sheet *s = sheets; s->name != NULL; s++) {
        struct fault fault = {.err = ERR_OK};
        if (sheet_check(s, &fault) != ERR_OK)
            fail_msg("%s: %s", s->name, fault.text);
        double right = s->page_width - s->left - (s->columns - 1) * s->pitch_x - s->label_width;
        double bottom = s->page_height - s->top - (s->rows - 1) * s->pitch_y - s->label_height;
        if (fabs(right - s->left) > 0.02 || fabs(bottom - s->top) > 0.02)
            fail_msg("%s: %.3f left, %.3f right, %.3f above, %.3f below", s->name, s->left, right,
                     s->top, bottom);
    }
}

/* 2 x 3 labels of 40 x 30 mm on a page of 100 x 110 mm: 10 mm left free at the left. */
static struct sheet_print
small(void)
{
    return (struct sheet_print){
        .sheet = {"own", "", 100, 110, 2, 3, 40, 30, 10, 10, 40, 30},
        .module_mm = 0.4,
        .start_at = 1,
        .copies = 1,
    };
}

static void
change(struct sheet_print *print, const char *what, double value)
{
    const struct {
        const char *what;
        double *number;
        unsigned *count;
    } fields[] = {
        {"page_width", &print->sheet.page_width, NULL},
        {"page_height", &print->sheet.page_height, NULL},
        {"label_width", &print->sheet.label_width, NULL},
        {"label_height", &print->sheet.label_height, NULL},
        {"left", &print->sheet.left, NULL},
        {"top", &print->sheet.top, NULL},
        {"pitch_x", &print->sheet.pitch_x, NULL},
        {"pitch_y", &print->sheet.pitch_y, NULL},
        {"columns", NULL, &print->sheet.columns},
        {"rows", NULL, &print->sheet.rows},
        {"module", &print->module_mm, NULL},
        {"shift_x", &print->shift_x, NULL},
        {"shift_y", &print->shift_y, NULL},
        {"start_at", NULL, &print->start_at},
        {"copies", NULL, &print->copies},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(fields[i].what, what) != 0)
            continue;
        if (fields[i].number != NULL)
            *fields[i].number = value;
        else
            *fields[i].count = (unsigned)value;
        return;
    }
    fail_msg("no field %s", what);
}

static void
test_print_check(void **state)
{
    static const struct row {
        const char *label, *field;
        double value;
        const char *fault; /* NULL: accepted */
    } rows[] = {
        {"as it is", "copies", 1, NULL},
        {"columns to the very edge: 20 + 40 + 40", "left", 20, NULL},
        {"columns beyond the edge", "left", 20.1, "100.10 mm"},
        {"rows to the very edge: 20 + 3 x 30", "top", 20, NULL},
        {"rows beyond the edge", "top", 20.5, "110.50 mm"},
        {"gaps between the columns", "pitch_x", 50, NULL},
        {"gaps that push a column off the page", "pitch_x", 50.5, "wide"},
        {"columns that overlap", "pitch_x", 39.9, "overlap"},
        {"rows that overlap", "pitch_y", 29.9, "overlap"},
        {"no pitch", "pitch_y", 0, "overlap"},
        {"no columns", "columns", 0, "0 columns"},
        {"no rows", "rows", 0, "0 rows"},
        {"a hundred and one columns", "columns", 101, "101 columns"},
        {"a page like a stamp", "page_width", 19, "page"},
        {"a page like a wall", "page_height", 2001, "page"},
        {"no page", "page_width", 0, "page"},
        {"a page that is no number", "page_width", NAN, "page"},
        {"a label of no width", "label_width", 0, "label"},
        {"a label that is no number", "label_height", NAN, "label"},
        {"a label under 5 mm", "label_height", 4.9, "label"},
        {"a margin off the page", "left", -1, "margins"},
        {"a margin that is no number", "top", NAN, "margins"},
        {"the last label first", "start_at", 6, NULL},
        {"a start beyond the sheet", "start_at", 7, "1 to 6"},
        {"a start at nothing", "start_at", 0, "1 to 6"},
        {"no copies", "copies", 0, "copies"},
        {"a thousand copies", "copies", 1000, NULL},
        {"more", "copies", 1001, "copies"},
        {"a nudge", "shift_x", -1.5, NULL},
        {"a nudge to the edge", "shift_x", 10, NULL},
        {"a nudge off the page", "shift_x", 10.2, "leave the page"},
        {"a nudge off the top", "shift_y", -10.2, "leave the page"},
        {"a shove", "shift_y", 21, "at most 20"},
        {"a nudge that is no number", "shift_x", NAN, "shift"},
        {"modules too small", "module", 0.09, "0.09 mm"},
        {"modules that are no number", "module", NAN, "mm"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault = {.err = ERR_OK};
        struct sheet_print print = small();
        change(&print, rows[i].field, rows[i].value);
        enum err err = sheet_print_check(&print, &fault);
        if (err != (rows[i].fault == NULL ? ERR_OK : ERR_INVALID))
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
        if (rows[i].fault != NULL && strstr(fault.text, rows[i].fault) == NULL)
            fail_msg("%s: \"%s\"", rows[i].label, fault.text);
    }
}

static void
test_pages(void **state)
{
    static const struct row {
        const char *label;
        uint64_t items;
        unsigned start_at, copies;
        uint64_t pages;
    } rows[] = {
        {"nothing", 0, 1, 1, 0},          {"one", 1, 1, 1, 1},
        {"a full sheet", 6, 1, 1, 1},     {"one more", 7, 1, 1, 2},
        {"from the last on", 1, 6, 1, 1}, {"from the last on, two", 2, 6, 1, 2},
        {"three of each", 4, 1, 3, 2},    {"three of each from the second on", 4, 2, 3, 3},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sheet_print print = small();
        print.start_at = rows[i].start_at;
        print.copies = rows[i].copies;
        if (sheet_pages(&print, rows[i].items) != rows[i].pages)
            fail_msg("%s", rows[i].label);
    }
}

static void
test_corners(void **state)
{
    struct sheet_print print = small();
    double x = 0;
    double y = 0;
    (void)state;
    print.sheet.pitch_x = 45;
    print.shift_x = -1;
    print.shift_y = 0.5;
    sheet_corner(&print, 0, &x, &y);
    assert_true(fabs(x - 9) < 1e-9 && fabs(y - 10.5) < 1e-9);
    sheet_corner(&print, 3, &x, &y); /* second column, second row */
    assert_true(fabs(x - 54) < 1e-9 && fabs(y - 40.5) < 1e-9);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_sheets), cmocka_unit_test(test_every_sheet_is_centred),
        cmocka_unit_test(test_print_check),  cmocka_unit_test(test_pages),
        cmocka_unit_test(test_corners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
