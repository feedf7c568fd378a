/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/manifest/row.h"

#include <csv.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/identify/cell.h"

/* The longest valid field is a token. */
enum { FIELDS = 8, FIELD_MAX = TOKEN_CHARS, PARSER_OPTIONS = CSV_STRICT | CSV_STRICT_FINI };
enum { GTIN, VARIANT, LOT, SERIAL, MADE_ON, EXPIRES_ON, CLAIM_CODE, TOKEN };
static const char *const field_names[FIELDS] = {
    "gtin", "variant", "lot", "serial", "made_on", "expires_on", "claim_code", "token",
};

struct row_reader {
    struct csv_parser parser;
    size_t records, fields;
    bool too_long;
    struct {
        char bytes[FIELD_MAX];
        size_t len;
    } field[FIELDS];
};

/* libcsv trims blanks around fields by default; here a blank is a wrong character. */
static int
no_blank(unsigned char c)
{
    (void)c;
    return 0;
}

static void
take_field(void *bytes, size_t len, void *context)
{
    struct row_reader *reader = context;
    size_t at = reader->fields++;
    if (at >= FIELDS)
        return;
    reader->too_long = reader->too_long || len > FIELD_MAX;
    reader->field[at].len = len > FIELD_MAX ? 0 : len;
    if (reader->field[at].len > 0)
        memcpy(reader->field[at].bytes, bytes, len);
}

static void
end_record(int character, void *context)
{
    struct row_reader *reader = context;
    (void)character;
    reader->records++;
}

/* Without an argument that is NULL it cannot fail: memory comes later. */
static void
start_parser(struct row_reader *reader)
{
    (void)csv_init(&reader->parser, PARSER_OPTIONS);
    csv_set_space_func(&reader->parser, no_blank);
}

enum err
row_reader_open(struct row_reader **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return ERR_MEMORY;
    start_parser(*out);
    return ERR_OK;
}

void
row_reader_close(struct row_reader *reader)
{
    if (reader == NULL)
        return;
    csv_free(&reader->parser);
    sodium_memzero(reader, sizeof *reader); /* claim codes */
    free(reader);
}

static bool PRINTF_LIKE(3, 4)
    refuse(struct manifest_refusal *refusal, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    refusal->code = code;
    (void)vsnprintf(refusal->reason, sizeof refusal->reason, format, args);
    va_end(args);
    return false;
}

/* Splits the line with libcsv, which is reset after a line that it refuses. */
static bool
split(struct row_reader *reader, struct slice text)
{
    reader->records = 0;
    reader->fields = 0;
    reader->too_long = false;
    bool whole = csv_parse(&reader->parser, text.data, text.len, take_field, end_record, reader) ==
                     text.len &&
                 csv_parse(&reader->parser, "\n", 1, take_field, end_record, reader) == 1;
    if (whole && reader->records == 1)
        return true;
    csv_free(&reader->parser);
    start_parser(reader);
    return false;
}

static struct slice
field(const struct row_reader *reader, size_t at)
{
    return slice_make(reader->field[at].bytes, reader->field[at].len);
}

static bool
read_gtin(const struct row_reader *reader, struct manifest_row *row,
          struct manifest_refusal *refusal)
{
    struct fault fault;
    if (cell_gtin(row->id.gtin, field(reader, GTIN), &fault) == ERR_OK)
        return true;
    return refuse(refusal, "gtin_invalid", "%s", fault.text);
}

static bool
read_value(const struct row_reader *reader, size_t at, char out[static GS1_VALUE_MAX + 1],
           struct manifest_refusal *refusal)
{
    struct fault fault;
    struct slice value = field(reader, at);
    if (value.len == 0 && at != SERIAL)
        return true;
    if (cell_value(out, field_names[at], value, &fault) == ERR_OK)
        return true;
    return refuse(refusal, "value_invalid", "%s", fault.text);
}

static bool
read_day(const struct row_reader *reader, size_t at, civil_day *out,
         struct manifest_refusal *refusal)
{
    struct slice value = field(reader, at);
    *out = CIVIL_NONE;
    if (value.len == 0 || date_parse(out, value))
        return true;
    return refuse(refusal, "date_invalid", "%s: not a date of the form 2026-11-22",
                  field_names[at]);
}

static bool
read_identity(const struct row_reader *reader, struct manifest_row *row,
              struct manifest_refusal *refusal)
{
    bool read = read_gtin(reader, row, refusal) &&
                read_value(reader, SERIAL, row->id.serial, refusal) &&
                read_value(reader, VARIANT, row->id.variant, refusal) &&
                read_value(reader, LOT, row->id.lot, refusal);
    refusal->id = row->id;
    return read;
}

static bool
read_rest(const struct row_reader *reader, struct manifest_row *row,
          struct manifest_refusal *refusal)
{
    struct slice claim = field(reader, CLAIM_CODE);
    struct slice token = field(reader, TOKEN);
    if (!read_day(reader, MADE_ON, &row->made_on, refusal) ||
        !read_day(reader, EXPIRES_ON, &row->expires_on, refusal))
        return false;
    if (row->made_on != CIVIL_NONE && row->expires_on != CIVIL_NONE &&
        row->expires_on < row->made_on)
        return refuse(refusal, "date_invalid", "expires_on: before made_on");
    if (claim.len > 0 && (!claim_parse(row->claim_code, claim.data, claim.len) ||
                          !slice_equal(claim, row->claim_code)))
        return refuse(refusal, "claim_invalid",
                      "claim_code: not %d characters of 0-9 A-Z without I L O U", CLAIM_CHARS);
    if (!token_parse(&row->token, token.data, token.len))
        return refuse(refusal, "token_invalid", "token: not %d characters of a label's signature",
                      TOKEN_CHARS);
    return true;
}

static bool
has_control(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7F)
            return true;
    return false;
}

bool
row_read(struct row_reader *reader, struct slice text, uint64_t line, struct manifest_row *row,
         struct manifest_refusal *refusal)
{
    memset(row, 0, sizeof *row);
    memset(refusal, 0, sizeof *refusal);
    row->line = line;
    refusal->line = line;
    if (text.len == 0)
        return refuse(refusal, "row_invalid", "an empty line");
    if (has_control(text))
        return refuse(refusal, "row_invalid", "a control character");
    if (!split(reader, text))
        return refuse(refusal, "row_invalid", "a quote that is not where RFC 4180 allows it");
    if (reader->fields != FIELDS)
        return refuse(refusal, "row_invalid", "%zu fields, %d are needed", reader->fields, FIELDS);
    if (reader->too_long)
        return refuse(refusal, "row_invalid", "a field of more than %d bytes", FIELD_MAX);
    return read_identity(reader, row, refusal) && read_rest(reader, row, refusal);
}
