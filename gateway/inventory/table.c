/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/inventory/table.h"

#include <csv.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/file.h"

enum { BLOCK_BYTES = 65536, NAMES_MAX = 160, PROBLEM_MAX = 120, NOWHERE = 0 };
enum { PARSER_OPTIONS = CSV_STRICT | CSV_STRICT_FINI };

static const char separators[] = ",;\t";

struct cell {
    char bytes[TABLE_CELL_MAX];
    size_t len;
};

struct table {
    FILE *file;
    const char *path;
    const struct inventory_map *map;
    uint8_t digest[TABLE_DIGEST_BYTES], again[TABLE_DIGEST_BYTES];
    uint64_t line; /* that the next row begins on */
    uint64_t lines;
    bool ended; /* the second reading is at the end */
    struct slice rest;
    char block[BLOCK_BYTES];
    size_t len;
    char row[TABLE_ROW_MAX];
    char separator[2]; /* "": not known yet */
    struct csv_parser parser;
    size_t columns;                  /* that the header has */
    size_t column[INVENTORY_VALUES]; /* from 1; NOWHERE */
    bool twice[INVENTORY_VALUES];
    struct text names; /* of the columns, for a fault */
    /* of the row that is being split: */
    size_t records, fields;
    bool any, too_long;
    struct cell cells[INVENTORY_VALUES];
    char problem[PROBLEM_MAX];
};

/* ---- bytes ---- */

/* Each block is hashed under the digest of those before it. */
static enum err
refill(struct table *table, uint8_t digest[static TABLE_DIGEST_BYTES], struct fault *fault)
{
    uint8_t before[TABLE_DIGEST_BYTES];
    size_t got = fread(table->block, 1, BLOCK_BYTES, table->file);
    if (ferror(table->file) != 0)
        return file_fault(fault, table->path, errno);
    memcpy(before, digest, sizeof before);
    (void)crypto_generichash(digest, TABLE_DIGEST_BYTES, (const uint8_t *)table->block, got, before,
                             sizeof before);
    table->rest = slice_make(table->block, got);
    return ERR_OK;
}

static enum err
rewind_file(struct table *table, struct fault *fault)
{
    table->rest = slice_make(table->block, 0);
    if (fseeko(table->file, 0, SEEK_SET) == 0)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "%s: not a file that can be read twice", table->path);
}

static size_t
count_of(struct slice s, char c)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += s.data[i] == c;
    return count;
}

static enum err
digest_file(struct table *table, struct fault *fault)
{
    enum err err = rewind_file(table, fault);
    do {
        if (err == ERR_OK)
            err = refill(table, table->digest, fault);
        table->lines += count_of(table->rest, '\n');
    } while (err == ERR_OK && table->rest.len > 0);
    return err == ERR_OK ? rewind_file(table, fault) : err;
}

/* Where a line end belongs to a field. A quote inside an unquoted field is nothing here, so that it
 * costs its own row and not those behind it. */
struct quotes {
    bool start, inside, closed;
};

static void
follow(struct quotes *quotes, char c, const char *between)
{
    bool closes = c == '"' && quotes->inside;
    bool opens = c == '"' && !quotes->inside && (quotes->start || quotes->closed);
    quotes->start = !quotes->inside && c != '\0' && strchr(between, c) != NULL;
    quotes->inside = opens || (quotes->inside && !closes);
    quotes->closed = closes;
}

/* One row's bytes, without the line end. *got is false at the end of the file. */
static enum err
gather(struct table *table, bool *got, struct fault *fault)
{
    const char *between = table->separator[0] == '\0' ? separators : table->separator;
    uint64_t begun = table->line;
    struct quotes quotes = {.start = true};
    table->len = 0;
    *got = false;
    for (;;) {
        bool empty = table->rest.len == 0 && !table->ended;
        enum err err = empty ? refill(table, table->again, fault) : ERR_OK;
        table->ended = table->rest.len == 0;
        if (err != ERR_OK || table->ended)
            return err;
        char c = table->rest.data[0];
        table->rest = slice_make(table->rest.data + 1, table->rest.len - 1);
        *got = true;
        table->line += c == '\n';
        if (c == '\n' && !quotes.inside)
            break;
        if (table->len == TABLE_ROW_MAX)
            return fault_set(fault, ERR_INVALID,
                             "%s:%" PRIu64
                             ": a row of more than %d bytes; is there a quote that is "
                             "never closed?",
                             table->path, begun, TABLE_ROW_MAX);
        table->row[table->len++] = c;
        follow(&quotes, c, between);
    }
    if (table->len > 0 && table->row[table->len - 1] == '\r')
        table->len--;
    return ERR_OK;
}

/* ---- fields ---- */

/* libcsv trims blanks by default, also those in quotes; we trim both kinds ourselves. */
static int
no_blank(unsigned char c)
{
    (void)c;
    return 0;
}

static void
start_parser(struct table *table)
{
    (void)csv_init(&table->parser, PARSER_OPTIONS);
    csv_set_space_func(&table->parser, no_blank);
    if (table->separator[0] != '\0')
        csv_set_delim(&table->parser, (unsigned char)table->separator[0]);
}

static void
take_name(void *bytes, size_t len, void *context)
{
    struct table *table = context;
    struct slice name = slice_trim(slice_make(bytes, len));
    table->fields++;
    if (table->names.len > 0)
        text_put(&table->names, ", ");
    text_slice_put(&table->names, name);
    for (unsigned v = 0; v < INVENTORY_VALUES; v++) {
        if (table->map->columns[v][0] == '\0' || !slice_equal_nocase(name, table->map->columns[v]))
            continue;
        table->twice[v] = table->column[v] != NOWHERE;
        table->column[v] = table->fields;
    }
}

static void
take_cell(void *bytes, size_t len, void *context)
{
    struct table *table = context;
    struct slice cell = slice_trim(slice_make(bytes, len));
    table->fields++;
    table->any = table->any || cell.len > 0;
    for (unsigned v = 0; v < INVENTORY_VALUES; v++) {
        if (table->column[v] != table->fields)
            continue;
        table->too_long = table->too_long || cell.len > TABLE_CELL_MAX;
        table->cells[v].len = cell.len > TABLE_CELL_MAX ? 0 : cell.len;
        if (table->cells[v].len > 0)
            memcpy(table->cells[v].bytes, cell.data, cell.len);
    }
}

static void
end_record(int character, void *context)
{
    struct table *table = context;
    (void)character;
    table->records++;
}

static bool
split(struct table *table, struct slice row, void (*take)(void *, size_t, void *))
{
    table->records = 0;
    table->fields = 0;
    table->any = false;
    table->too_long = false;
    for (unsigned v = 0; v < INVENTORY_VALUES; v++)
        table->cells[v].len = 0;
    bool whole = csv_parse(&table->parser, row.data, row.len, take, end_record, table) == row.len &&
                 csv_parse(&table->parser, "\n", 1, take, end_record, table) == 1;
    if (whole && table->records == 1)
        return true;
    csv_free(&table->parser);
    start_parser(table);
    return false;
}

/* ---- the header ---- */

static char
most_frequent(struct slice header)
{
    char best = separators[0];
    for (const char *c = separators; *c != '\0'; c++)
        if (count_of(header, *c) > count_of(header, best))
            best = *c;
    return best;
}

static enum err
check_columns(struct table *table, struct fault *fault)
{
    struct slice names = text_slice(&table->names);
    for (unsigned v = 0; v < INVENTORY_VALUES; v++) {
        const char *wanted = table->map->columns[v];
        if (table->twice[v])
            return fault_set(fault, ERR_INVALID, "%s:1: two columns are called %s", table->path,
                             wanted);
        if (wanted[0] != '\0' && table->column[v] == NOWHERE)
            return fault_set(fault, ERR_INVALID, "%s:1: no column is called %s; there are: %.*s",
                             table->path, wanted,
                             names.len > NAMES_MAX ? NAMES_MAX : (int)names.len, names.data);
    }
    return ERR_OK;
}

static enum err
read_header(struct table *table, struct fault *fault)
{
    bool got = false;
    enum err err = gather(table, &got, fault);
    struct slice header = slice_make(table->row, table->len);
    if (err != ERR_OK)
        return err;
    if (!got || header.len == 0)
        return fault_set(fault, ERR_INVALID, "%s:1: no header with the names of columns",
                         table->path);
    if (!slice_utf8(header))
        return fault_set(fault, ERR_INVALID,
                         "%s:1: not a text file in UTF-8; export it as CSV UTF-8", table->path);
    (void)slice_take(&header, "\xEF\xBB\xBF");
    table->separator[0] = most_frequent(header);
    start_parser(table);
    if (!split(table, header, take_name))
        return fault_set(fault, ERR_INVALID, "%s:1: a quote that is not where RFC 4180 allows it",
                         table->path);
    table->columns = table->fields;
    return check_columns(table, fault);
}

/* ---- the table ---- */

enum err
table_open(FILE *file, const char *path, const struct inventory_map *map, struct table **out,
           struct fault *fault)
{
    struct table *table = calloc(1, sizeof *table);
    *out = NULL;
    if (table == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    table->file = file;
    table->path = path;
    table->map = map;
    table->line = 1;
    text_init(&table->names, (size_t)TABLE_ROW_MAX * 3);
    start_parser(table);
    enum err err = digest_file(table, fault);
    if (err == ERR_OK)
        err = read_header(table, fault);
    if (err != ERR_OK) {
        table_close(table);
        return err;
    }
    *out = table;
    return ERR_OK;
}

void
table_close(struct table *table)
{
    if (table == NULL)
        return;
    csv_free(&table->parser);
    text_free(&table->names);
    free(table);
}

const uint8_t *
table_digest(const struct table *table)
{
    return table->digest;
}

uint64_t
table_lines(const struct table *table)
{
    return table->lines > 0 ? table->lines - 1 : 0;
}

/* ="…" becomes what it says: how careful exports, ours too, keep text from a spreadsheet. */
static struct slice
plain(struct cell *cell)
{
    size_t len = 0;
    if (cell->len < 3 || cell->bytes[0] != '=' || cell->bytes[1] != '"' ||
        cell->bytes[cell->len - 1] != '"')
        return slice_make(cell->bytes, cell->len);
    for (size_t i = 2; i + 1 < cell->len; i++) {
        i += cell->bytes[i] == '"' && i + 2 < cell->len && cell->bytes[i + 1] == '"';
        cell->bytes[len++] = cell->bytes[i];
    }
    return slice_make(cell->bytes, len);
}

static const char *
find_problem(struct table *table, struct slice row)
{
    if (!slice_utf8(row))
        return "not UTF-8; export the file as CSV UTF-8";
    if (!split(table, row, take_cell))
        return "a quote that is not where RFC 4180 allows it";
    if (table->any && table->fields != table->columns) {
        (void)snprintf(table->problem, sizeof table->problem, "%zu fields, the header has %zu",
                       table->fields, table->columns);
        return table->problem;
    }
    return table->too_long ? "a value that is too long" : NULL;
}

enum err
table_next(struct table *table, struct table_row *out, struct fault *fault)
{
    bool got = true;
    do {
        memset(out, 0, sizeof *out);
        out->line = table->line;
        enum err err = gather(table, &got, fault);
        if (err != ERR_OK)
            return err;
        table->any = true;
        if (table->len > 0)
            out->problem = find_problem(table, slice_make(table->row, table->len));
    } while (got && (table->len == 0 || (out->problem == NULL && !table->any)));
    out->end = !got;
    if (out->end && memcmp(table->again, table->digest, TABLE_DIGEST_BYTES) != 0)
        return fault_set(fault, ERR_CONFLICT,
                         "%s: the file changed while it was read; run it again", table->path);
    for (unsigned v = 0; v < INVENTORY_VALUES; v++)
        out->cells[v] = plain(&table->cells[v]);
    return ERR_OK;
}
