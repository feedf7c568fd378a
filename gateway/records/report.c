/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/records/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/rules/warranty.h"

const char *const report_columns[REPORT_COLUMNS] = {
    [REPORT_ITEM] = "item",
    [REPORT_NAME] = "name",
    [REPORT_GTIN] = "gtin",
    [REPORT_SERIAL] = "serial",
    [REPORT_LOT] = "lot",
    [REPORT_LOCATION] = "location",
    [REPORT_PURCHASE_ORDER] = "purchase_order",
    [REPORT_SALES_ORDER] = "sales_order",
    [REPORT_STATE] = "state",
    [REPORT_CONDITIONS] = "conditions",
    [REPORT_DOCUMENT] = "document",
    [REPORT_WARRANTY_END] = "warranty_end",
};

static void
name_conditions(struct report_row *out, uint8_t conditions)
{
    size_t len = 0;
    out->conditions[0] = '\0';
    for (unsigned bit = 1; bit < CONDITION_ALL; bit <<= 1) {
        if ((conditions & bit) == 0)
            continue;
        int more = snprintf(out->conditions + len, sizeof out->conditions - len, "%s%s",
                            len == 0 ? "" : " ", unit_condition_name((enum unit_condition)bit));
        len += (size_t)more;
    }
}

static void
find_warranty_end(struct report_row *out, const struct unit *unit, const struct product *product,
                  int64_t now)
{
    struct warranty warranty;
    civil_day end = CIVIL_NONE;
    if (product != NULL) {
        warranty_evaluate(&warranty, product, unit, date_of(now, product->offset_minutes));
        end = warranty.best == NULL ? CIVIL_NONE : warranty.best->ends_on;
    }
    date_format(out->warranty_end, end);
}

void
report_row_make(struct report_row *out, const struct unit *unit, const struct product *product,
                int64_t now)
{
    name_conditions(out, unit->conditions);
    find_warranty_end(out, unit, product, now);
    out->cells[REPORT_ITEM] = product == NULL ? "" : product->item;
    out->cells[REPORT_NAME] = product == NULL ? "" : product->name;
    out->cells[REPORT_GTIN] = unit->id.gtin;
    out->cells[REPORT_SERIAL] = unit->id.serial;
    out->cells[REPORT_LOT] = unit->id.lot;
    out->cells[REPORT_LOCATION] = unit->location;
    out->cells[REPORT_PURCHASE_ORDER] = unit->purchase_order;
    out->cells[REPORT_SALES_ORDER] = unit->sales_order;
    out->cells[REPORT_STATE] = unit_state_name(unit->state);
    out->cells[REPORT_CONDITIONS] = out->conditions;
    out->cells[REPORT_DOCUMENT] = unit->document;
    out->cells[REPORT_WARRANTY_END] = out->warranty_end;
}

void
report_json(struct text *out, const struct report_row *row)
{
    text_char(out, '{');
    for (unsigned i = 0; i < REPORT_COLUMNS; i++) {
        if (i == REPORT_CONDITIONS)
            json_put_words(out, report_columns[i], row->cells[i]);
        else
            json_put_text(out, report_columns[i], row->cells[i]);
    }
    text_char(out, '}');
}

/* ---- CSV ---- */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char
upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

/* English: what other languages call their months is up to the spreadsheet of the reader. */
static bool
is_month(const char *letters)
{
    static const char *const months[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",  "JUL",
                                         "AUG", "SEP", "OCT", "NOV", "DEC", "JUNE", "JULY"};
    for (size_t i = 0; i < sizeof months / sizeof months[0]; i++)
        if (strcmp(months[i], letters) == 0)
            return true;
    return false;
}

/* Would a spreadsheet make a number, a date or a time of it? 007, 1E5, 1-2, 12:30, MAR24. */
static bool
is_number_like(const char *value)
{
    char letters[5] = "";
    size_t letter_count = 0;
    bool digit = false;
    for (const char *c = value; *c != '\0'; c++) {
        char letter = upper(*c);
        digit = digit || is_digit(*c);
        if (is_digit(*c) || strchr(" .,:/+-", *c) != NULL)
            continue;
        if (letter < 'A' || letter > 'Z' || letter_count + 1 >= sizeof letters)
            return false;
        letters[letter_count++] = letter;
    }
    return digit && (letter_count == 0 || strcmp(letters, "E") == 0 || is_month(letters));
}

/* A day as we write it is a day for the spreadsheet as well. */
static bool
is_day(const char *value)
{
    civil_day day = CIVIL_NONE;
    return date_parse(&day, slice_of(value));
}

/* Rare: a cell that needs the apostrophe may need quotes around both. */
static void
put_harmless(struct text *out, const char *value)
{
    struct text cell;
    text_init(&cell, out->max);
    text_char(&cell, '\'');
    text_put(&cell, value);
    text_csv(out, text_slice(&cell));
    out->failed = out->failed || !text_ok(&cell);
    text_free(&cell);
}

void
report_csv_cell(struct text *out, const char *value)
{
    if (is_number_like(value) && !is_day(value))
        text_printf(out, "\"=\"\"%s\"\"\"", value);
    else if (value[0] != '\0' && strchr("=+-@\t\r", value[0]) != NULL)
        put_harmless(out, value);
    else
        text_csv(out, slice_of(value));
}

void
report_csv_header(struct text *out)
{
    for (unsigned i = 0; i < REPORT_COLUMNS; i++)
        text_printf(out, "%s%s", i == 0 ? "" : ",", report_columns[i]);
    text_char(out, '\n');
}

void
report_csv(struct text *out, const struct report_row *row)
{
    for (unsigned i = 0; i < REPORT_COLUMNS; i++) {
        text_put(out, i == 0 ? "" : ",");
        report_csv_cell(out, row->cells[i]);
    }
    text_char(out, '\n');
}

/* ---- reading ---- */

/* Units come in order of their GTIN: one product serves all that follow. */
static enum err
give_rows(const struct report_source *source, const struct unit *units, size_t count,
          struct product *product)
{
    enum err err = ERR_OK;
    struct report_row row;
    for (size_t i = 0; i < count; i++) {
        const char *gtin = units[i].id.gtin;
        if (i == 0 || strcmp(gtin, units[i - 1].id.gtin) != 0)
            err = registry_get_product(source->session, gtin, product);
        if (err != ERR_OK && err != ERR_NOT_FOUND)
            return err;
        report_row_make(&row, &units[i], err == ERR_OK ? product : NULL, source->now);
        source->row(&row, source->context);
    }
    return ERR_OK;
}

enum err
report_read(const struct report_source *source, struct cursor *cursor, size_t max, size_t *count)
{
    struct unit *units = calloc(REPORT_BATCH, sizeof *units);
    struct product *product = calloc(1, sizeof *product);
    enum err err = units == NULL || product == NULL ? ERR_MEMORY : ERR_OK;
    *count = 0;
    if (err == ERR_OK)
        err = registry_list(source->session, source->filter, cursor, units,
                            max < REPORT_BATCH ? max : REPORT_BATCH, count);
    if (err == ERR_OK)
        err = give_rows(source, units, *count, product);
    free(product);
    free(units);
    return err;
}
