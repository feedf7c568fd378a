/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts, shipments and sales from an inventory system: a CSV file with a header, whose columns
 * are named by who imports it. Each row is one event of one unit, which is registered already.
 *
 * Importing is an upsert: a unit that is where the row wants it, with the same values, is left
 * alone; a receipt at another location moves the unit. Running a file again, after it was
 * interrupted or for any other reason, changes nothing twice: the operation of a row is named after
 * the file's digest, the mapping and the row's line. */
#ifndef ASSAY_INVENTORY_INVENTORY_H
#define ASSAY_INVENTORY_INVENTORY_H

#include <stdio.h>

#include "gateway/config/config.h"
#include "gateway/registry/registry.h"

enum inventory_kind {
    INVENTORY_RECEIPTS = 0, /* event receive; move when the unit is in stock elsewhere */
    INVENTORY_SHIPMENTS,    /* event ship */
    INVENTORY_SALES,        /* event sell; the actor becomes the seller */
    INVENTORY_KINDS
};
bool inventory_kind_parse(enum inventory_kind *out, struct slice s) MUST_CHECK; /* "receipts" */

enum inventory_value {
    INVENTORY_GTIN = 0,
    INVENTORY_SERIAL,
    INVENTORY_LOCATION,
    INVENTORY_PO,
    INVENTORY_SO,
    INVENTORY_DOCUMENT, /* https, on a host of config_check_document */
    INVENTORY_ON,       /* YYYY-MM-DD */
    INVENTORY_VALUES
};

enum {
    INVENTORY_COLUMN_MAX = 80,
    INVENTORY_REASON_MAX = FAULT_TEXT_MAX,
    INVENTORY_SESSIONS = 256 /* of the registry that an import makes good use of */
};

/* The file's column for each value; "" is none. */
struct inventory_map {
    enum inventory_kind kind;
    char columns[INVENTORY_VALUES][INVENTORY_COLUMN_MAX + 1];
};
/* Reads "gtin=Article EAN,serial=Serial No,…" for out->kind. ERR_INVALID: an unknown value, one
 * given twice, one that such events do not take, no column; gtin and serial are needed, and
 * location for receipts and shipments. A name may hold blanks and "=", but no comma. */
enum err inventory_map_parse(struct inventory_map *out, struct slice text,
                             struct fault *fault) MUST_CHECK;

enum inventory_outcome {
    INVENTORY_APPLIED, /* or in a dry run: would be. A dry run looks at each row by itself. */
    INVENTORY_ALREADY,
    INVENTORY_REFUSED
};

struct inventory_row {
    uint64_t line; /* where the row begins in the file, from 1; the header is on the first */
    enum inventory_outcome outcome;
    struct unit_key key;   /* "" as far as it could not be read */
    enum event_type event; /* what was applied, else EVENT_NONE */
    /* Of a refusal: "gtin_invalid", "value_invalid", "document_refused", "row_invalid",
     * "unit_unknown", "differs" (done already, with other values), "not_now" (not in this state) */
    const char *code;
    const char *reason; /* for a person */
};

struct inventory_options {
    struct inventory_map map;
    bool dry_run;
    int64_t now;
    char actor[ORGANISATION_MAX + 1];
    const struct config *config; /* document_hosts */
    /* Called by the caller's thread for each row in the order of the file; what was applied is
     * committed. Lines that hold nothing are no rows. */
    void (*row)(const struct inventory_row *row, void *context);
    void *context;
};

struct inventory_summary {
    uint64_t lines; /* below the header, so about as many rows; set before the first is taken */
    uint64_t rows, applied, already, refused;
};

/* `file` is seekable and read twice, from its beginning; `path` is for faults. Rows are settled by
 * threads with a session each, INVENTORY_SESSIONS or as many as are left, so that the registry
 * commits many at once; those of one unit stay in the order of the file. The memory does not grow
 * with the file.
 * ERR_OK also when rows were refused. An error means that it stopped there, and that rows behind
 * those that were reported may be written: ERR_INVALID with path and line for a header that lacks
 * a column or a file that is no table; ERR_CONFLICT when the file changed while it was read; errors
 * of the registry. */
enum err inventory_import(FILE *file, const char *path, struct registry *registry,
                          const struct inventory_options *options,
                          struct inventory_summary *summary, struct fault *fault) MUST_CHECK;

#endif
