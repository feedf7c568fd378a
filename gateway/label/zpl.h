/* SPDX-License-Identifier: Apache-2.0 */
/* Labels and cards for Zebra's thermal printers and those that speak their language (ZPL II
 * Programming Guide). The code goes over as a bitmap of our own matrix, so that every firmware
 * prints the same modules, each a whole number of dots. Pure but for memory. */
#ifndef ASSAY_LABEL_ZPL_H
#define ASSAY_LABEL_ZPL_H

#include <stdbool.h>

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "gateway/label/card.h"
#include "gateway/label/label.h"

enum { ZPL_COPIES_MAX = 1000, ZPL_ACROSS_MAX = 10, ZPL_ROW_BYTES_MAX = 4 * 1024 * 1024 };

/* All in millimetres. */
struct zpl_print {
    unsigned dpi; /* 203, 300 or 600 */
    double label_width, label_height;
    unsigned across; /* labels side by side on the roll */
    double gap;      /* between them */
    double module_mm;
    double shift_x, shift_y; /* to the right and down */
    unsigned copies;
    bool outline; /* a frame around each label */
    bool caption;
};

/* ERR_INVALID names the value that is out of range, a module under one dot among them. */
enum err zpl_print_check(const struct zpl_print *print, struct fault *fault) MUST_CHECK;

/* Dots a module, the nearest whole number, and the width that this makes. */
unsigned zpl_module_dots(const struct zpl_print *print);
double zpl_module_mm(const struct zpl_print *print);

/* A roll while it is printed; opaque, for one thread. */
struct zpl;

/* `print` is copied, and has to pass zpl_print_check. *out is freed with zpl_free. */
enum err zpl_begin(struct zpl **out, const struct zpl_print *print, struct fault *fault) MUST_CHECK;
/* Appends one label; a row of them is one ^XA … ^XZ with its copies as ^PQ. ERR_INVALID when it
 * does not fit the label: nothing is appended then. The caller empties `out` as it likes. */
enum err zpl_label(struct zpl *zpl, struct text *out, const char *url, const struct identity *id,
                   struct fault *fault) MUST_CHECK;
enum err zpl_card(struct zpl *zpl, struct text *out, const struct card *card,
                  struct fault *fault) MUST_CHECK;
/* Ends a row that is not full. */
void zpl_end(struct zpl *zpl, struct text *out);
unsigned zpl_modules(const struct zpl *zpl); /* as sheet_pdf_modules */
void zpl_free(struct zpl *zpl);              /* wipes; NULL is allowed */

/* ^GFA: the matrix without its quiet zone, `dots` dots a module; hex digits with the counts, the
 * commas and the colons of the guide's "Alternative Data Compression Scheme". */
void zpl_graphic(struct text *out, const struct qr *qr, unsigned dots);

#endif
