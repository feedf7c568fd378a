/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/strict_csv.h"

#include <csv.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "gateway/cli/cli.h"

enum { LINE_MAX_BYTES = 1024 };

struct reader {
    const char *path;
    const struct strict_form *form;
    struct csv_parser parser;
    struct strict_row row;
    size_t fields;
    unsigned rows;
    bool too_long;
    strict_take *take;
    void *context;
};

static void
take_field(void *value, size_t len, void *context)
{
    struct reader *reader = context;
    if (reader->fields < STRICT_COLUMNS_MAX &&
        !slice_copy(reader->row.values[reader->fields], STRICT_VALUE_MAX + 1,
                    slice_make(value, len)))
        reader->too_long = true;
    reader->fields++;
}

static void
take_row(int terminator, void *context)
{
    (void)terminator;
    struct reader *reader = context;
    reader->rows++;
}

/* libcsv would drop blanks around a field without a word. */
static int
nothing_is_blank(unsigned char c)
{
    (void)c;
    return 0;
}

static enum err
split(struct reader *reader, struct slice line, struct fault *fault)
{
    reader->fields = 0;
    reader->rows = 0;
    reader->too_long = false;
    if (line.len > LINE_MAX_BYTES)
        return fault_set(fault, ERR_INVALID, "%s:%" PRIu64 ": longer than %d bytes", reader->path,
                         reader->row.line, LINE_MAX_BYTES);
    bool parsed =
        csv_parse(&reader->parser, line.data, line.len, take_field, take_row, reader) == line.len &&
        csv_fini(&reader->parser, take_field, take_row, reader) == 0;
    if (parsed && !reader->too_long && reader->fields == reader->form->columns && reader->rows == 1)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "%s:%" PRIu64 ": not a row of %s", reader->path,
                     reader->row.line, reader->form->heading);
}

static enum err
check_heading(const struct reader *reader, struct slice line, struct fault *fault)
{
    return slice_equal(line, reader->form->heading)
               ? ERR_OK
               : fault_set(fault, ERR_INVALID, "%s:1: the first line is not %s", reader->path,
                           reader->form->heading);
}

static enum err
take_line(struct slice line, uint64_t number, void *context, struct fault *fault)
{
    struct reader *reader = context;
    reader->row.line = number;
    if (number == 1)
        return check_heading(reader, line, fault);
    enum err err = split(reader, line, fault);
    return err == ERR_OK ? reader->take(&reader->row, reader->context, fault) : err;
}

enum err
strict_csv_read(const struct strict_file *file, const struct strict_form *form, strict_take *take,
                void *context, struct fault *fault)
{
    struct reader reader = {.path = file->path, .form = form, .take = take, .context = context};
    if (csv_init(&reader.parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return fault_set(fault, ERR_MEMORY, "out of memory for a CSV reader");
    csv_set_space_func(&reader.parser, nothing_is_blank);
    enum err err = cli_each_line(file->file, LINE_MAX_BYTES, take_line, &reader, fault);
    csv_free(&reader.parser);
    sodium_memzero(&reader.row, sizeof reader.row);
    return err;
}
