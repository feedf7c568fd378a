/* SPDX-License-Identifier: Apache-2.0 */
/* A page of a PDF in millimetres from its upper left corner; libhpdf counts in points from the
 * lower left. Errors of libhpdf stick in its document and are asked for once. */
#ifndef ASSAY_LABEL_PDF_H
#define ASSAY_LABEL_PDF_H

#include <hpdf.h>

#include "gateway/label/fonts.h"
#include "gateway/label/label.h"
#include "gateway/label/layout.h"

struct pdf_page {
    HPDF_Page page;
    double height_mm;
    struct fonts fonts;
};

/* A document whose memory is wiped when it is given back; NULL when there is none. */
HPDF_Doc pdf_open(void);

/* Is there memory for what libhpdf does next? It does not look at all that it gets, so that it is
 * asked before, for much more than it takes. */
bool pdf_has_room(void);

/* Sizes from `max_pt` down to `min_pt` points of one font; `fonts` stays where it is. */
void pdf_types(struct typeset *out, struct fonts *fonts, enum pdf_font font, double max_pt,
               double min_pt);

void pdf_code(const struct pdf_page *page, const struct qr *qr, double x, double y,
              double module_mm);
/* A line of a text that fonts_need took. */
void pdf_text(struct pdf_page *page, const struct placed *line, double x, double y);
void pdf_outline(const struct pdf_page *page, double x, double y, const struct box *box);

#endif
