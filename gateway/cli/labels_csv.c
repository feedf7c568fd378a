/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/labels_csv.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/cli/strict_csv.h"

enum column { COLUMN_URL = 0, COLUMN_GTIN, COLUMN_LOT, COLUMN_SERIAL };

static const struct strict_form form = {"url,gtin,lot,serial", 4};

struct sheet {
    const char *path;
    label_take *take;
    void *context;
    uint64_t labels;
};

/* Spreadsheets turn long numbers into 9.506E+12 and drop zeros: what no longer agrees with its URL
 * is not printed. */
static enum err
check_columns(const struct sheet *sheet, const struct strict_row *row, const struct identity *id,
              struct fault *fault)
{
    const struct {
        enum column column;
        const char *name, *expected;
    } checks[] = {{COLUMN_GTIN, "gtin", id->gtin},
                  {COLUMN_LOT, "lot", id->lot},
                  {COLUMN_SERIAL, "serial", id->serial}};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const char *value = row->values[checks[i].column];
        if (strcmp(value, checks[i].expected) == 0)
            continue;
        return fault_set(fault, ERR_INVALID,
                         "%s:%" PRIu64 ": %s \"%.40s\" is not that of the URL, \"%s\"; was the "
                         "file saved by a spreadsheet?",
                         sheet->path, row->line, checks[i].name, value, checks[i].expected);
    }
    return ERR_OK;
}

static enum err
take_row(const struct strict_row *row, void *context, struct fault *fault)
{
    struct sheet *sheet = context;
    struct label_row label = {.number = sheet->labels + 1};
    struct reading reading;
    struct fault why = {0};
    if (label_url_printed(label.url, slice_of(row->values[COLUMN_URL]), &reading, &why) != ERR_OK)
        return fault_set(fault, ERR_INVALID, "%s:%" PRIu64 ": %s", sheet->path, row->line,
                         why.text);
    label.id = reading.id;
    enum err err = check_columns(sheet, row, &label.id, fault);
    if (err != ERR_OK)
        return err;
    sheet->labels++;
    return sheet->take(&label, sheet->context, fault);
}

enum err
labels_csv_read(FILE *file, const char *path, label_take *take, void *context, struct fault *fault)
{
    struct sheet sheet = {.path = path, .take = take, .context = context};
    const struct strict_file source = {file, path};
    enum err err = strict_csv_read(&source, &form, take_row, &sheet, fault);
    if (err == ERR_OK && sheet.labels == 0)
        return fault_set(fault, ERR_INVALID, "%s: there is no label in it", path);
    return err;
}
