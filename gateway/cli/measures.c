/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/measures.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/cli/scope.h"

#define MODULE_DEFAULT_MM 0.40
#define GAP_DEFAULT_MM 2.0

enum { NUMBER_TEXT = 32, NAMES_MAX = 400, DPI_DEFAULT = 300 };

/* Decimal, no exponent, no blanks; a sign only where `negative` says so. */
static bool
read_mm(double *out, struct slice text, bool negative)
{
    char copy[NUMBER_TEXT];
    char *end = NULL;
    if (text.len == 0 || !slice_copy(copy, sizeof copy, text))
        return false;
    bool minus = negative && copy[0] == '-';
    const char *digits = copy + (minus ? 1 : 0);
    if (strspn(digits, "0123456789.") != strlen(digits) || strpbrk(digits, "0123456789") == NULL)
        return false;
    double value = strtod(digits, &end);
    if (*end != '\0')
        return false;
    *out = minus ? -value : value;
    return true;
}

enum err
measure_mm(const struct invocation *in, const char *name, double *out, struct fault *fault)
{
    const char *value = cli_value(in, name);
    bool shift = strncmp(name, "shift", strlen("shift")) == 0;
    if (value == NULL || read_mm(out, slice_of(value), shift))
        return ERR_OK;
    return fault_set(fault, ERR_USAGE, "--%s \"%.40s\": not a number of millimetres as 0.40", name,
                     value);
}

/* "99.1x38.1" */
static enum err
read_pair(const struct invocation *in, const char *name, double *width, double *height,
          struct fault *fault)
{
    const char *value = cli_value(in, name);
    if (value == NULL)
        return ERR_OK;
    struct slice rest = slice_of(value);
    struct slice first = slice_take_until(&rest, 'x');
    if (read_mm(width, first, false) && read_mm(height, rest, false))
        return ERR_OK;
    return fault_set(fault, ERR_USAGE,
                     "--%s \"%.40s\": not a width and a height in millimetres as 99.1x38.1", name,
                     value);
}

static enum err
read_page(const struct invocation *in, struct sheet *sheet, struct fault *fault)
{
    const char *value = cli_value(in, "page");
    bool letter = value != NULL && strcmp(value, "letter") == 0;
    sheet->page_width = letter ? 215.9 : 210;
    sheet->page_height = letter ? 279.4 : 297;
    if (value == NULL || letter || strcmp(value, "a4") == 0)
        return ERR_OK;
    return read_pair(in, "page", &sheet->page_width, &sheet->page_height, fault);
}

static enum err
read_count(const struct invocation *in, const char *name, unsigned *out, struct fault *fault)
{
    uint64_t value = *out;
    enum err err = cli_number(in, name, 0, UINT16_MAX, &value, fault);
    *out = (unsigned)value;
    return err;
}

/* In the middle of the page unless it is said otherwise. */
static void
centre(struct sheet *sheet)
{
    double width = (sheet->columns - 1) * sheet->pitch_x + sheet->label_width;
    double height = (sheet->rows - 1) * sheet->pitch_y + sheet->label_height;
    sheet->left = (sheet->page_width - width) / 2;
    sheet->top = (sheet->page_height - height) / 2;
}

static enum err
own_sheet(const struct invocation *in, struct sheet *sheet, struct fault *fault)
{
    if (cli_value(in, "label") == NULL || cli_value(in, "columns") == NULL ||
        cli_value(in, "rows") == NULL)
        return fault_set(fault, ERR_USAGE,
                         "a PDF needs --sheet NAME, or an own sheet: --label WxH --columns N "
                         "--rows N");
    enum err err = read_page(in, sheet, fault);
    if (err == ERR_OK)
        err = read_count(in, "columns", &sheet->columns, fault);
    if (err == ERR_OK)
        err = read_count(in, "rows", &sheet->rows, fault);
    if (err == ERR_OK)
        err = read_pair(in, "label", &sheet->label_width, &sheet->label_height, fault);
    sheet->pitch_x = sheet->label_width;
    sheet->pitch_y = sheet->label_height;
    if (err == ERR_OK)
        err = read_pair(in, "pitch", &sheet->pitch_x, &sheet->pitch_y, fault);
    if (err == ERR_OK && sheet->columns > 0 && sheet->rows > 0)
        centre(sheet);
    if (err == ERR_OK)
        err = measure_mm(in, "margin-left", &sheet->left, fault);
    return err == ERR_OK ? measure_mm(in, "margin-top", &sheet->top, fault) : err;
}

static enum err
unknown_sheet(const char *name, struct fault *fault)
{
    AUTO_TEXT names;
    text_init(&names, NAMES_MAX);
    for (const struct sheet *sheet = sheets; sheet->name != NULL; sheet++)
        text_printf(&names, "%s%s", sheet == sheets ? "" : ", ", sheet->name);
    return fault_set(fault, ERR_USAGE, "there is no sheet \"%.40s\"; there are %s", name,
                     text_ok(&names) ? names.data : "none");
}

/* Options that only an own sheet has. */
static const char *
own_measure(const struct invocation *in)
{
    static const char *const own[] = {"label",       "columns",    "rows", "page",
                                      "margin-left", "margin-top", "pitch"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (cli_value(in, own[i]) != NULL)
            return own[i];
    return NULL;
}

static enum err
read_sheet(const struct invocation *in, const char *standard, struct sheet *out,
           struct fault *fault)
{
    const char *own = own_measure(in);
    const char *name = cli_value(in, "sheet");
    if (name != NULL && own != NULL)
        return fault_set(fault, ERR_USAGE, "--sheet and --%s: a known sheet has its own measures",
                         own);
    if (name == NULL && own == NULL)
        name = standard;
    if (name == NULL)
        return own_sheet(in, out, fault);
    const struct sheet *sheet = sheet_find(name);
    if (sheet == NULL)
        return unknown_sheet(name, fault);
    *out = *sheet;
    return ERR_OK;
}

static enum err
as_usage(enum err err, const struct fault *why, struct fault *fault)
{
    return err == ERR_OK ? ERR_OK : fault_set(fault, ERR_USAGE, "%s", why->text);
}

enum err
measure_sheet(const struct invocation *in, const char *sheet_name, struct sheet_print *out,
              struct fault *fault)
{
    struct fault why = {0};
    *out = (struct sheet_print){.module_mm = MODULE_DEFAULT_MM, .start_at = 1, .copies = 1};
    enum err err = read_sheet(in, sheet_name, &out->sheet, fault);
    if (err == ERR_OK)
        err = measure_mm(in, "module-mm", &out->module_mm, fault);
    if (err == ERR_OK)
        err = measure_mm(in, "shift-x", &out->shift_x, fault);
    if (err == ERR_OK)
        err = measure_mm(in, "shift-y", &out->shift_y, fault);
    if (err == ERR_OK)
        err = read_count(in, "start-at", &out->start_at, fault);
    if (err == ERR_OK)
        err = read_count(in, "copies", &out->copies, fault);
    out->outline = cli_flag(in, "outline");
    return err == ERR_OK ? as_usage(sheet_print_check(out, &why), &why, fault) : err;
}

enum err
measure_roll(const struct invocation *in, struct zpl_print *out, struct fault *fault)
{
    struct fault why = {0};
    *out = (struct zpl_print){.module_mm = MODULE_DEFAULT_MM,
                              .dpi = DPI_DEFAULT,
                              .across = 1,
                              .gap = GAP_DEFAULT_MM,
                              .copies = 1};
    if (cli_value(in, "label") == NULL)
        return fault_set(fault, ERR_USAGE, "ZPL needs --label WxH: a label of the roll, mm");
    enum err err = read_pair(in, "label", &out->label_width, &out->label_height, fault);
    if (err == ERR_OK)
        err = measure_mm(in, "module-mm", &out->module_mm, fault);
    if (err == ERR_OK)
        err = measure_mm(in, "gap", &out->gap, fault);
    if (err == ERR_OK)
        err = measure_mm(in, "shift-x", &out->shift_x, fault);
    if (err == ERR_OK)
        err = measure_mm(in, "shift-y", &out->shift_y, fault);
    if (err == ERR_OK)
        err = read_count(in, "across", &out->across, fault);
    if (err == ERR_OK)
        err = read_count(in, "copies", &out->copies, fault);
    if (err == ERR_OK)
        err = read_count(in, "dpi", &out->dpi, fault);
    out->outline = cli_flag(in, "outline");
    return err == ERR_OK ? as_usage(zpl_print_check(out, &why), &why, fault) : err;
}
