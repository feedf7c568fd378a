/* SPDX-License-Identifier: Apache-2.0 */
/* A CSV file as other systems write it, row by row in flat memory: RFC 4180, UTF-8 with or without
 * a byte order mark, LF or CRLF, line ends inside quotes. Between fields stands what the header has
 * most of: comma, semicolon or tab. */
#ifndef ASSAY_INVENTORY_TABLE_H
#define ASSAY_INVENTORY_TABLE_H

#include "gateway/inventory/inventory.h"

enum { TABLE_ROW_MAX = 64 * 1024, TABLE_CELL_MAX = 400, TABLE_DIGEST_BYTES = 32 };

struct table; /* opaque */

struct table_row {
    bool end; /* there is none */
    uint64_t line;
    const char *problem; /* the row breaks the form: a sentence; NULL when it does not */
    /* By inventory_value; empty where the file has no such column. Without blanks at the ends, and
     * what ="…" encloses instead of it. Valid until the next call. */
    struct slice cells[INVENTORY_VALUES];
};

/* Reads the file once for its digest, and then its header. ERR_INVALID names the columns that are
 * missing and those that there are. */
enum err table_open(FILE *file, const char *path, const struct inventory_map *map,
                    struct table **out, struct fault *fault) MUST_CHECK;
void table_close(struct table *table);                  /* NULL is allowed */
const uint8_t *table_digest(const struct table *table); /* TABLE_DIGEST_BYTES */
uint64_t table_lines(const struct table *table);        /* below the header: about as many rows */

/* ERR_INVALID for a row of more than TABLE_ROW_MAX bytes; ERR_CONFLICT at the end of a file that is
 * not the one that was read at first; ERR_UNAVAILABLE. */
enum err table_next(struct table *table, struct table_row *out, struct fault *fault) MUST_CHECK;

#endif
