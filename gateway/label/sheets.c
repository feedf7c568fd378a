/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/sheet.h"

#include <string.h>
#include <strings.h>

#define A4_WIDTH 210.0
#define A4_HEIGHT 297.0
#define LETTER_WIDTH 215.9
#define LETTER_HEIGHT 279.4
#define INCH 25.4
#define VENDOR "avery-"

#define PAGE_MIN_MM 20.0
#define PAGE_MAX_MM 2000.0
#define LABEL_MIN_MM 5.0
#define SHIFT_MAX_MM 20.0
#define SLACK_MM 0.01 /* sums of decimals */

enum { CELLS_MAX = 1000, SIDE_MAX = 100 };

/* As published. On each sheet the same is left free at both sides, and at top and bottom. */
const struct sheet sheets[] = {
    {"avery-l7159", "63.5 x 33.9 mm, 3 x 8 on A4", A4_WIDTH, A4_HEIGHT, 3, 8, 63.5, 33.9, 7.25,
     12.9, 66.0, 33.9},
    {"avery-l7160", "63.5 x 38.1 mm, 3 x 7 on A4", A4_WIDTH, A4_HEIGHT, 3, 7, 63.5, 38.1, 7.25,
     15.15, 66.0, 38.1},
    {"avery-l7162", "99.1 x 33.9 mm, 2 x 8 on A4", A4_WIDTH, A4_HEIGHT, 2, 8, 99.1, 33.9, 4.65,
     12.9, 101.6, 33.9},
    {"avery-l7163", "99.1 x 38.1 mm, 2 x 7 on A4", A4_WIDTH, A4_HEIGHT, 2, 7, 99.1, 38.1, 4.65,
     15.15, 101.6, 38.1},
    {"avery-l7165", "99.1 x 67.7 mm, 2 x 4 on A4", A4_WIDTH, A4_HEIGHT, 2, 4, 99.1, 67.7, 4.65,
     13.1, 101.6, 67.7},
    {"avery-l7173", "99.1 x 57 mm, 2 x 5 on A4", A4_WIDTH, A4_HEIGHT, 2, 5, 99.1, 57.0, 4.65, 6.0,
     101.6, 57.0},
    {"avery-l7636", "45.7 x 21.2 mm, 4 x 12 on A4", A4_WIDTH, A4_HEIGHT, 4, 12, 45.7, 21.2, 9.7,
     21.3, 48.3, 21.2},
    {"avery-l7651", "38.1 x 21.2 mm, 5 x 13 on A4", A4_WIDTH, A4_HEIGHT, 5, 13, 38.1, 21.2, 4.75,
     10.7, 40.6, 21.2},
    {"avery-l7654", "45.7 x 25.4 mm, 4 x 10 on A4", A4_WIDTH, A4_HEIGHT, 4, 10, 45.7, 25.4, 9.7,
     21.5, 48.3, 25.4},
    {"avery-l4731", "25.4 x 10 mm, 7 x 27 on A4", A4_WIDTH, A4_HEIGHT, 7, 27, 25.4, 10.0, 8.6, 13.5,
     27.9, 10.0},
    {"avery-5160", "2 5/8 x 1 in, 3 x 10 on Letter", LETTER_WIDTH, LETTER_HEIGHT, 3, 10,
     2.625 * INCH, 1 * INCH, 0.1875 * INCH, 0.5 * INCH, 2.75 * INCH, 1 * INCH},
    {"avery-5161", "4 x 1 in, 2 x 10 on Letter", LETTER_WIDTH, LETTER_HEIGHT, 2, 10, 4 * INCH,
     1 * INCH, 0.15625 * INCH, 0.5 * INCH, 4.1875 * INCH, 1 * INCH},
    {"avery-5163", "4 x 2 in, 2 x 5 on Letter", LETTER_WIDTH, LETTER_HEIGHT, 2, 5, 4 * INCH,
     2 * INCH, 0.15625 * INCH, 0.5 * INCH, 4.1875 * INCH, 2 * INCH},
    {"avery-5164", "4 x 3 1/3 in, 2 x 3 on Letter", LETTER_WIDTH, LETTER_HEIGHT, 2, 3, 4 * INCH,
     10 * INCH / 3, 0.15625 * INCH, 0.5 * INCH, 4.1875 * INCH, 10 * INCH / 3},
    {"avery-22806", "2 x 2 in, 3 x 4 on Letter", LETTER_WIDTH, LETTER_HEIGHT, 3, 4, 2 * INCH,
     2 * INCH, 0.625 * INCH, 0.625 * INCH, 2.625 * INCH, 7.75 * INCH / 3},
    {"cards-a4", "85 x 54 mm, 2 x 5 on A4, to be cut", A4_WIDTH, A4_HEIGHT, 2, 5, 85.0, 54.0, 20.0,
     13.5, 85.0, 54.0},
    {"cards-letter", "85 x 50 mm, 2 x 5 on Letter, to be cut", LETTER_WIDTH, LETTER_HEIGHT, 2, 5,
     85.0, 50.0, 22.95, 14.7, 85.0, 50.0},
    {NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
};

const struct sheet *
sheet_find(const char *name)
{
    for (const struct sheet *sheet = sheets; sheet->name != NULL; sheet++) {
        bool vendor = strncmp(sheet->name, VENDOR, strlen(VENDOR)) == 0;
        const char *number = vendor ? sheet->name + strlen(VENDOR) : sheet->name;
        if (strcasecmp(name, sheet->name) == 0 || strcasecmp(name, number) == 0)
            return sheet;
    }
    return NULL;
}

/* Asked so that a NaN is outside as well. */
static bool
within(double value, double min, double max)
{
    return value >= min && value <= max;
}

static double
right_edge(const struct sheet *sheet)
{
    return sheet->left + (sheet->columns - 1) * sheet->pitch_x + sheet->label_width;
}

static double
bottom_edge(const struct sheet *sheet)
{
    return sheet->top + (sheet->rows - 1) * sheet->pitch_y + sheet->label_height;
}

static enum err
check_sizes(const struct sheet *sheet, struct fault *fault)
{
    if (!within(sheet->page_width, PAGE_MIN_MM, PAGE_MAX_MM) ||
        !within(sheet->page_height, PAGE_MIN_MM, PAGE_MAX_MM))
        return fault_set(fault, ERR_INVALID, "a page of %g x %g mm: a side has to be %g to %g mm",
                         sheet->page_width, sheet->page_height, PAGE_MIN_MM, PAGE_MAX_MM);
    if (sheet->columns < 1 || sheet->rows < 1 || sheet->columns > SIDE_MAX ||
        sheet->rows > SIDE_MAX || sheet->columns * sheet->rows > CELLS_MAX)
        return fault_set(fault, ERR_INVALID,
                         "%u columns and %u rows: each has to be 1 to %d, %d labels in all",
                         sheet->columns, sheet->rows, SIDE_MAX, CELLS_MAX);
    if (!within(sheet->label_width, LABEL_MIN_MM, PAGE_MAX_MM) ||
        !within(sheet->label_height, LABEL_MIN_MM, PAGE_MAX_MM))
        return fault_set(fault, ERR_INVALID, "a label of %g x %g mm: a side has to be %g to %g mm",
                         sheet->label_width, sheet->label_height, LABEL_MIN_MM, PAGE_MAX_MM);
    return ERR_OK;
}

static bool
overlaps(unsigned count, double pitch, double side)
{
    return count > 1 && !within(pitch, side - SLACK_MM, PAGE_MAX_MM);
}

enum err
sheet_check(const struct sheet *sheet, struct fault *fault)
{
    enum err err = check_sizes(sheet, fault);
    if (err != ERR_OK)
        return err;
    if (overlaps(sheet->columns, sheet->pitch_x, sheet->label_width) ||
        overlaps(sheet->rows, sheet->pitch_y, sheet->label_height))
        return fault_set(fault, ERR_INVALID,
                         "labels of %g x %g mm every %g x %g mm overlap: the pitch goes from one "
                         "label's edge to the same edge of the next",
                         sheet->label_width, sheet->label_height, sheet->pitch_x, sheet->pitch_y);
    if (!within(sheet->left, 0, sheet->page_width) || !within(sheet->top, 0, sheet->page_height))
        return fault_set(fault, ERR_INVALID, "margins of %g and %g mm: they have to be on the page",
                         sheet->left, sheet->top);
    if (right_edge(sheet) > sheet->page_width + SLACK_MM)
        return fault_set(fault, ERR_INVALID,
                         "%u columns reach to %.2f mm, and the page is %.2f mm wide",
                         sheet->columns, right_edge(sheet), sheet->page_width);
    if (bottom_edge(sheet) > sheet->page_height + SLACK_MM)
        return fault_set(fault, ERR_INVALID,
                         "%u rows reach to %.2f mm, and the page is %.2f mm high", sheet->rows,
                         bottom_edge(sheet), sheet->page_height);
    return ERR_OK;
}

static enum err
check_shift(const struct sheet_print *print, struct fault *fault)
{
    const struct sheet *sheet = &print->sheet;
    if (!within(print->shift_x, -SHIFT_MAX_MM, SHIFT_MAX_MM) ||
        !within(print->shift_y, -SHIFT_MAX_MM, SHIFT_MAX_MM))
        return fault_set(fault, ERR_INVALID, "a shift of %g and %g mm: at most %g mm either way",
                         print->shift_x, print->shift_y, SHIFT_MAX_MM);
    bool on_page = sheet->left + print->shift_x >= -SLACK_MM &&
                   sheet->top + print->shift_y >= -SLACK_MM &&
                   right_edge(sheet) + print->shift_x <= sheet->page_width + SLACK_MM &&
                   bottom_edge(sheet) + print->shift_y <= sheet->page_height + SLACK_MM;
    if (on_page)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "shifted by %g and %g mm, labels leave the page",
                     print->shift_x, print->shift_y);
}

enum err
sheet_print_check(const struct sheet_print *print, struct fault *fault)
{
    const struct label_geometry geometry = {.module_mm = print->module_mm, .dpi = 300};
    unsigned cells = print->sheet.columns * print->sheet.rows;
    enum err err = sheet_check(&print->sheet, fault);
    if (err == ERR_OK)
        err = label_geometry_check(&geometry, fault);
    if (err == ERR_OK)
        err = check_shift(print, fault);
    if (err != ERR_OK)
        return err;
    if (print->start_at < 1 || print->start_at > cells)
        return fault_set(fault, ERR_INVALID, "start at label %u: a sheet has 1 to %u",
                         print->start_at, cells);
    if (print->copies < 1 || print->copies > SHEET_COPIES_MAX)
        return fault_set(fault, ERR_INVALID, "%u copies: it has to be 1 to %d", print->copies,
                         SHEET_COPIES_MAX);
    return ERR_OK;
}

uint64_t
sheet_pages(const struct sheet_print *print, uint64_t items)
{
    uint64_t cells = (uint64_t)print->sheet.columns * print->sheet.rows;
    uint64_t used = items == 0 ? 0 : items * print->copies + print->start_at - 1;
    return (used + cells - 1) / cells;
}

void
sheet_corner(const struct sheet_print *print, unsigned index, double *x, double *y)
{
    const struct sheet *sheet = &print->sheet;
    unsigned column = index % sheet->columns;
    unsigned row = index / sheet->columns;
    *x = sheet->left + column * sheet->pitch_x + print->shift_x;
    *y = sheet->top + row * sheet->pitch_y + print->shift_y;
}
