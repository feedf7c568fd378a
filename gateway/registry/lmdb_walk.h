/* SPDX-License-Identifier: Apache-2.0 */
/* Walking through the units that a filter asks for, in the order of (gtin, serial). What the filter
 * asks for gives rows of indexes, each in that order: they are walked side by side, and where they
 * meet lies a unit that has everything. */
#ifndef ASSAY_REGISTRY_LMDB_WALK_H
#define ASSAY_REGISTRY_LMDB_WALK_H

#include "gateway/registry/lmdb_engine.h"

/* Not before this unit. Behind a unit lies its serial with one more byte, behind a product one that
 * is above all serials. */
struct position {
    char gtin[GTIN_DIGITS + 1];
    char serial[GS1_VALUE_MAX + 2];
};

/* With a query the units are walked through several times, so that what is found without looking at
 * all of them comes first. A unit belongs to the first walk that finds it. */
enum walk {
    WALK_ALL,     /* there is no query */
    WALK_SERIAL,  /* the serial begins so */
    WALK_PRODUCT, /* the item number or name has it */
    WALK_LOT,     /* the lot has it; lot by lot */
    WALK_REST     /* the serial has it further on */
};

struct stream {
    struct scan scan;
    const struct index_row *row; /* NULL: the units themselves */
};

struct report {
    const struct unit_filter *filter;
    struct view *view;
    struct stream streams[INDEX_ROWS_MAX];
    struct index_row rows[INDEX_ROWS_MAX];
    size_t count, looks;
    char folded[QUERY_MAX + 1];
    enum walk walk;
    char lot[GS1_VALUE_MAX + 2]; /* of WALK_LOT: this one, or the next behind this; "": no more */
    /* What was last found out about a product. */
    char gtin[GTIN_DIGITS + 1];
    bool has_item, has_query;
};

/* The first place; filter and folded are set. */
void walk_begin(struct report *report, struct position *at);
/* Fills the page from `at` on. ERR_NOT_FOUND: that was all. ERR_OK: it goes on from `at`, with the
 * walk and the lot of the report, for the page is full or enough was looked at. */
enum err walk_on(struct report *report, struct position *at, const struct page *page,
                 struct unit *out) MUST_CHECK;

#endif
