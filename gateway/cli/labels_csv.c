/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/labels_csv.h"

#include <csv.h>
#include <inttypes.h>
#include <string.h>

#include "gateway/cli/cli.h"

enum { LINE_MAX_BYTES = 1024, COLUMNS = 4, COLUMN_MAX = LABEL_URL_MAX };

enum column { COLUMN_URL = 0, COLUMN_GTIN, COLUMN_LOT, COLUMN_SERIAL };

static const char *const heading[COLUMNS] = {"url", "gtin", "lot", "serial"};

/* The fields of one line. */
struct fields {
    size_t count;
    bool too_long;
    unsigned rows;
    char values[COLUMNS][COLUMN_MAX + 1];
};

struct sheet {
    const char *path;
    struct csv_parser parser;
    struct fields fields;
    label_take *take;
    void *context;
    uint64_t labels;
};

static void
take_field(void *value, size_t len, void *context)
{
    struct fields *fields = context;
    if (fields->count < COLUMNS &&
        !slice_copy(fields->values[fields->count], COLUMN_MAX + 1, slice_make(value, len)))
        fields->too_long = true;
    fields->count++;
}

static void
take_row(int terminator, void *context)
{
    (void)terminator;
    struct fields *fields = context;
    fields->rows++;
}

/* libcsv would drop blanks around a field without a word. */
static int
nothing_is_blank(unsigned char c)
{
    (void)c;
    return 0;
}

static enum err
split(struct sheet *sheet, struct slice line, uint64_t number, struct fault *fault)
{
    struct fields *fields = &sheet->fields;
    *fields = (struct fields){.count = 0};
    if (line.len > LINE_MAX_BYTES)
        return fault_set(fault, ERR_INVALID, "%s:%" PRIu64 ": longer than %d bytes", sheet->path,
                         number, LINE_MAX_BYTES);
    bool parsed =
        csv_parse(&sheet->parser, line.data, line.len, take_field, take_row, fields) == line.len &&
        csv_fini(&sheet->parser, take_field, take_row, fields) == 0;
    if (parsed && !fields->too_long && fields->count == COLUMNS && fields->rows == 1)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "%s:%" PRIu64 ": not a row of url,gtin,lot,serial",
                     sheet->path, number);
}

static enum err
check_heading(const struct sheet *sheet, struct fault *fault)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (strcmp(sheet->fields.values[i], heading[i]) != 0)
            return fault_set(fault, ERR_INVALID, "%s:1: the first line is not url,gtin,lot,serial",
                             sheet->path);
    return ERR_OK;
}

/* Spreadsheets turn long numbers into 9.506E+12 and drop zeros: what no longer agrees with its URL
 * is not printed. */
static enum err
check_columns(const struct sheet *sheet, const struct identity *id, uint64_t number,
              struct fault *fault)
{
    const struct {
        enum column column;
        const char *expected;
    } checks[] = {{COLUMN_GTIN, id->gtin}, {COLUMN_LOT, id->lot}, {COLUMN_SERIAL, id->serial}};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const char *value = sheet->fields.values[checks[i].column];
        if (strcmp(value, checks[i].expected) == 0)
            continue;
        return fault_set(fault, ERR_INVALID,
                         "%s:%" PRIu64 ": %s \"%.40s\" is not that of the URL, \"%s\"; was the "
                         "file saved by a spreadsheet?",
                         sheet->path, number, heading[checks[i].column], value, checks[i].expected);
    }
    return ERR_OK;
}

static enum err
take_line(struct slice line, uint64_t number, void *context, struct fault *fault)
{
    struct sheet *sheet = context;
    struct label_row row = {.number = sheet->labels + 1};
    struct reading reading;
    struct fault why = {0};
    enum err err = split(sheet, line, number, fault);
    if (err != ERR_OK || number == 1)
        return err == ERR_OK ? check_heading(sheet, fault) : err;
    if (label_url_printed(row.url, slice_of(sheet->fields.values[COLUMN_URL]), &reading, &why) !=
        ERR_OK)
        return fault_set(fault, ERR_INVALID, "%s:%" PRIu64 ": %s", sheet->path, number, why.text);
    row.id = reading.id;
    err = check_columns(sheet, &row.id, number, fault);
    if (err != ERR_OK)
        return err;
    sheet->labels++;
    return sheet->take(&row, sheet->context, fault);
}

enum err
labels_csv_read(FILE *file, const char *path, label_take *take, void *context, struct fault *fault)
{
    struct sheet sheet = {.path = path, .take = take, .context = context};
    if (csv_init(&sheet.parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return fault_set(fault, ERR_MEMORY, "out of memory for a CSV reader");
    csv_set_space_func(&sheet.parser, nothing_is_blank);
    enum err err = cli_each_line(file, LINE_MAX_BYTES, take_line, &sheet, fault);
    csv_free(&sheet.parser);
    if (err == ERR_OK && sheet.labels == 0)
        return fault_set(fault, ERR_INVALID, "%s: there is no label in it", path);
    return err;
}
