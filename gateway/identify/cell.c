/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/identify/cell.h"

enum { SHOWN_MAX = 24 };

static bool
is_digits(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] < '0' || s.data[i] > '9')
            return false;
    return s.len > 0;
}

/* 9.50600E+12, also as "9,506E+12" where the comma is the decimal point. */
static bool
is_scientific(struct slice s)
{
    bool point = false;
    struct slice head = slice_take_until(&s, 'E');
    for (size_t i = 0; i < head.len; i++) {
        point = point || head.data[i] == '.' || head.data[i] == ',';
        if ((head.data[i] < '0' || head.data[i] > '9') && head.data[i] != '.' &&
            head.data[i] != ',')
            return false;
    }
    return point && slice_take(&s, "+") && is_digits(s);
}

/* 9506000134352.0, also with a comma */
static bool
has_decimals(struct slice s)
{
    bool point = slice_find(s, '.') < s.len;
    struct slice whole = slice_take_until(&s, point ? '.' : ',');
    return is_digits(whole) && is_digits(s);
}

static int
shown(struct slice s)
{
    return s.len > SHOWN_MAX ? SHOWN_MAX : (int)s.len;
}

static enum err
refuse_scientific(const char *name, struct slice cell, struct fault *fault)
{
    return fault_set(fault, ERR_INVALID,
                     "%s: a spreadsheet made %.*s of it and dropped digits; format the column as "
                     "text and export again from the source",
                     name, shown(cell), cell.data);
}

enum err
cell_gtin(char out[static GTIN_DIGITS + 1], struct slice cell, struct fault *fault)
{
    if (is_scientific(cell))
        return refuse_scientific("gtin", cell, fault);
    if (has_decimals(cell))
        return fault_set(fault, ERR_INVALID,
                         "gtin: %.*s is a number with decimals, and 14 digits are needed; make the "
                         "column text and export again from the source",
                         shown(cell), cell.data);
    if (!is_digits(cell))
        return fault_set(fault, ERR_INVALID, "gtin: not 14 digits");
    if (cell.len < GTIN_DIGITS && cell.len >= 7)
        return fault_set(fault, ERR_INVALID,
                         "gtin: %zu digits, 14 are needed; if a spreadsheet dropped leading zeros, "
                         "format the column as text and export again; else fill up with zeros on "
                         "the left",
                         cell.len);
    if (cell.len != GTIN_DIGITS)
        return fault_set(fault, ERR_INVALID, "gtin: %zu digits, 14 are needed", cell.len);
    if (!gtin_valid(cell) || !slice_copy(out, GTIN_DIGITS + 1, cell))
        return fault_set(fault, ERR_INVALID, "gtin: the check digit of %.*s is wrong", shown(cell),
                         cell.data);
    return ERR_OK;
}

enum err
cell_value(char out[static GS1_VALUE_MAX + 1], const char *name, struct slice cell,
           struct fault *fault)
{
    if (cell.len == 0)
        return fault_set(fault, ERR_INVALID, "%s: empty", name);
    if (is_scientific(cell))
        return refuse_scientific(name, cell, fault);
    if (!gs1_value_valid(cell) || !slice_copy(out, GS1_VALUE_MAX + 1, cell))
        return fault_set(fault, ERR_INVALID, "%s: not 1 to %d characters of the GS1 character set",
                         name, GS1_VALUE_MAX);
    return ERR_OK;
}
