/* SPDX-License-Identifier: Apache-2.0 */
/* The serial report that an inventory system has: one row a unit, the same for the command line and
 * for HTTP. Thread-safe. */
#ifndef ASSAY_RECORDS_REPORT_H
#define ASSAY_RECORDS_REPORT_H

#include "gateway/base/text.h"
#include "gateway/registry/registry.h"

enum report_column {
    REPORT_ITEM, /* item number and name of the product; "" when it is not in the catalogue */
    REPORT_NAME,
    REPORT_GTIN,
    REPORT_SERIAL,
    REPORT_LOT,
    REPORT_LOCATION,
    REPORT_PURCHASE_ORDER,
    REPORT_SALES_ORDER,
    REPORT_STATE,
    REPORT_CONDITIONS, /* stored ones, in CSV with blanks between; recalled and expired are derived
                        */
    REPORT_DOCUMENT,
    REPORT_WARRANTY_END, /* last day of the promise that covers now, or else of the last that did */
    REPORT_COLUMNS
};
extern const char *const report_columns[REPORT_COLUMNS]; /* "item", "name", … */

/* Cells are never NULL. They point into the unit and the product that the row was made of, or into
 * the row, which therefore is not copied. */
struct report_row {
    const char *cells[REPORT_COLUMNS];
    char conditions[64];
    char warranty_end[DATE_TEXT_MAX];
};

/* `product` may be NULL. `now` decides which warranty counts. */
void report_row_make(struct report_row *out, const struct unit *unit, const struct product *product,
                     int64_t now);

/* {"item", …, "conditions": [], …, "warranty_end"}; absent members are left out. */
void report_json(struct text *out, const struct report_row *row);

/* CSV (RFC 4180, UTF-8, LF) for people with a spreadsheet; programs are better off with the JSON.
 * Two things would go wrong there, and both are decided by the cell's text alone:
 * - what a spreadsheet takes for a number or a date is changed by it: leading zeros and the last
 *   digits of a GTIN are lost, the lot 1-2 becomes a day in January. Such a cell of digits, points,
 *   and the like, and every GTIN, is written as ="09506000134352": a formula whose value is the
 *   text. Nothing that could be more than a constant is ever written so: it has only digits,
 *   letters, blanks and . , : / + - in it.
 * - what begins with = + - @ TAB or CR would be run as a formula. An apostrophe in front makes text
 *   of it, in every column. */
void report_csv_header(struct text *out);
void report_csv(struct text *out, const struct report_row *row);
/* One cell, without what stands between cells. */
void report_csv_cell(struct text *out, const char *value);

/* ---- which rows ---- */

/* The names of filters: "gtin", "item", "lot", "location", "po", "so", "state", "condition", "q".
 * A NULL ends. */
extern const char *const report_filters[];

/* Sets one member of a zeroed filter. "" is any. Of condition several with commas between, all of
 * which the unit has to have. ERR_INVALID names the filter and what it may be; a name that is none
 * of report_filters is ERR_NOT_FOUND. */
enum err report_filter_set(struct unit_filter *filter, const char *name, const char *value,
                           struct fault *fault) MUST_CHECK;
/* "gtin=…&lot=…" percent-encoded, to append to; nothing when all are any. */
void report_filter_query(struct text *out, const struct unit_filter *filter);

/* ---- reading them ---- */

enum { REPORT_BATCH = 200 };

struct report_source {
    struct registry_session *session;
    const struct unit_filter *filter;
    int64_t now;
    void (*row)(const struct report_row *row, void *context);
    void *context;
};
/* Calls `row` for up to `max` (<= REPORT_BATCH) units from the cursor on, as registry_list: none
 * and a cursor to go on from is possible. Errors of registry_list. */
enum err report_read(const struct report_source *source, struct cursor *cursor, size_t max,
                     size_t *count) MUST_CHECK;

#endif
