/* SPDX-License-Identifier: Apache-2.0 */
/* The secondary indexes of units, for lists. A row has no value, its key says everything:
 *
 *   by_lot, by_location, by_purchase, by_sale   text NUL gtin6 serial, when the unit has the text
 *   by_state                                    state1 NUL gtin6 serial, but for issued units
 *   by_condition                                condition1 NUL gtin6 serial, for each that is set
 *
 * The GTIN is a number of 6 bytes: a million rows are 8 MB smaller than with its digits. So all
 * rows with one value lie in the order of (gtin, serial), as the units themselves do, and lists by
 * several values at once are made by walking their rows side by side. A row needs no hash: it is
 * only believed when the unit it leads to says the same.
 *
 * Units that are only issued have no row by state: the most there are, and the least looked for,
 * they are found among all units. Pure; for the engines of this room. */
#ifndef ASSAY_REGISTRY_INDEX_H
#define ASSAY_REGISTRY_INDEX_H

#include "gateway/registry/codec.h"

enum { INDEX_ROWS_MAX = 9 };

struct index_row {
    enum table table;
    struct record_key key;
};

/* Every row that the unit has; returns how many. */
size_t index_rows(const struct unit *unit, struct index_row out[static INDEX_ROWS_MAX]);
bool index_has(const struct index_row *rows, size_t count, enum table table,
               struct span key) MUST_CHECK;

/* The row of this unit, or where it would be, among those that begin with `prefix`. */
void index_key(struct record_key *out, struct span prefix, const char *gtin, const char *serial);
/* Which unit a row leads to. */
bool index_read(struct span key, struct unit_key *out) MUST_CHECK;

/* What a filter asks for that has an index: for each the beginning of its rows' keys. */
size_t index_of_filter(const struct unit_filter *filter,
                       struct index_row out[static INDEX_ROWS_MAX]);

#endif
