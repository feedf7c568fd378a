/* SPDX-License-Identifier: Apache-2.0 */
/* A page of a PDF in millimetres from its upper left corner; libhpdf counts in points from the
 * lower left. Errors of libhpdf stick in its document and are asked for once. */
#ifndef ASSAY_LABEL_PDF_H
#define ASSAY_LABEL_PDF_H

#include <hpdf.h>

#include "gateway/label/label.h"
#include "gateway/label/layout.h"

enum { PDF_TEXT_MAX = 512 };

enum pdf_font { PDF_PLAIN, PDF_BOLD, PDF_CODE, PDF_FONTS };

struct pdf_page {
    HPDF_Page page;
    double height_mm;
    HPDF_Font fonts[PDF_FONTS];
};

/* A document whose memory is wiped when it is given back; NULL when there is none. */
HPDF_Doc pdf_open(HPDF_Font fonts[static PDF_FONTS]);

/* Sizes from `max_pt` down to `min_pt` points of one font. */
void pdf_types(struct typeset *out, HPDF_Font font, enum pdf_font number, double max_pt,
               double min_pt);

/* The bytes of a UTF-8 text in the encoding of the standard fonts (Windows-1252). False when a
 * character has none or the text is too long. */
bool pdf_encode(char out[static PDF_TEXT_MAX], const char *utf8);

void pdf_code(const struct pdf_page *page, const struct qr *qr, double x, double y,
              double module_mm);
void pdf_text(const struct pdf_page *page, const struct placed *line, double x, double y);
void pdf_outline(const struct pdf_page *page, double x, double y, const struct box *box);

#endif
