/* SPDX-License-Identifier: Apache-2.0 */
/* Sheets of labels and of cards as PDF, in exact millimetres. Pure but for memory: the command line
 * writes the bytes to a file, the gateway into an answer. libhpdf is included in this room only. */
#ifndef ASSAY_LABEL_SHEET_H
#define ASSAY_LABEL_SHEET_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "gateway/label/card.h"
#include "gateway/label/label.h"

/* Where Debian installs fonts-dejavu-core and fonts-droid-fallback, from which a sheet takes its
 * letters: read when it gets a text. */
#define SHEET_FONTS "/usr/share/fonts/truetype/dejavu"
#define SHEET_FALLBACK_FONTS "/usr/share/fonts-droid-fallback/truetype"

/* All in millimetres; left and top are the paper that is left free there, a pitch goes from one
 * label's edge to the same edge of the next. */
struct sheet {
    const char *name;  /* "avery-l7163" */
    const char *about; /* "99.1 x 38.1 mm, 2 x 7 on A4" */
    double page_width, page_height;
    unsigned columns, rows;
    double label_width, label_height;
    double left, top;
    double pitch_x, pitch_y;
};

extern const struct sheet sheets[]; /* ends with a NULL name */

/* By name, with or without "avery-", in capitals or not; NULL when there is none. */
const struct sheet *sheet_find(const char *name);

/* ERR_INVALID says what does not fit: labels that overlap, leave the page, are none or too many. */
enum err sheet_check(const struct sheet *sheet, struct fault *fault) MUST_CHECK;

enum { SHEET_COPIES_MAX = 1000, SHEET_PDF_CELLS_MAX = 10000, SHEET_PDF_BYTES_MAX = 256 << 20 };

/* How a sheet is printed. */
struct sheet_print {
    struct sheet sheet;
    double module_mm;
    double shift_x, shift_y; /* mm to the right and down: what the printer is off by */
    unsigned start_at;       /* first free label of the first sheet, from 1, row by row */
    unsigned copies;         /* of each label, side by side */
    bool outline;            /* every label's edge, for a test on plain paper */
    bool caption;            /* (01), (10), (21) beside the code */
};

/* ERR_INVALID for what sheet_check refuses, a start beyond the sheet, copies, modules or a shift
 * out of range, a shift that pushes labels off the page. */
enum err sheet_print_check(const struct sheet_print *print, struct fault *fault) MUST_CHECK;

/* Sheets that `items` labels or cards need. */
uint64_t sheet_pages(const struct sheet_print *print, uint64_t items);

/* Upper left corner of a label on its page, mm; `index` counts row by row from 0. */
void sheet_corner(const struct sheet_print *print, unsigned index, double *x, double *y);

/* One PDF while it is made; opaque, for one thread. It is built in memory, about 10 KB a label, so
 * one file holds at most SHEET_PDF_CELLS_MAX labels; the next file goes on with start_at 1. */
struct sheet_pdf;

/* `print` is copied, and has to pass sheet_print_check. *out is freed with sheet_pdf_free. */
enum err sheet_pdf_begin(struct sheet_pdf **out, const struct sheet_print *print,
                         struct fault *fault) MUST_CHECK;
/* One label, `copies` times: the code of `url` and the caption of `id`. ERR_INVALID when it does
 * not fit the label, ERR_UNAVAILABLE when a font is not installed; ERR_FULL when the file would
 * hold more than SHEET_PDF_CELLS_MAX. Nothing is drawn then. */
enum err sheet_pdf_label(struct sheet_pdf *pdf, const char *url, const struct identity *id,
                         struct fault *fault) MUST_CHECK;
/* The same for a card; ERR_INVALID also names a letter that no font has, or that cannot be drawn
 * without its neighbours. */
enum err sheet_pdf_card(struct sheet_pdf *pdf, const struct card *card,
                        struct fault *fault) MUST_CHECK;
/* What the largest code drawn so far has, in modules a side without quiet zone; 0 for none. */
unsigned sheet_pdf_modules(const struct sheet_pdf *pdf);
unsigned sheet_pdf_pages(const struct sheet_pdf *pdf);
/* Appends the whole file to `out`. The same input makes the same bytes. */
enum err sheet_pdf_end(struct sheet_pdf *pdf, struct text *out, struct fault *fault) MUST_CHECK;
/* Wipes and frees; NULL is allowed. */
void sheet_pdf_free(struct sheet_pdf *pdf);

#endif
