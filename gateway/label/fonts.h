/* SPDX-License-Identifier: Apache-2.0 */
/* The TrueType fonts of a PDF: read from their files when a text needs them, and put into the PDF
 * as far as it uses them. For one document and one thread. */
#ifndef ASSAY_LABEL_FONTS_H
#define ASSAY_LABEL_FONTS_H

#include <stdbool.h>

#include <hpdf.h>
#include <hpdf_fontdef.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

enum pdf_font { PDF_PLAIN, PDF_BOLD, PDF_CODE, PDF_FONTS };

enum font_file { FONT_SANS, FONT_BOLD, FONT_MONO, FONT_FALLBACK, FONT_FILES };

enum { FONT_SEEN = 512 };

struct font {
    const char *name; /* in the document; NULL: not read */
    HPDF_FontDef def;
    HPDF_Font narrow; /* letters of Windows-1252, a byte each; NULL: not used */
    HPDF_Font wide;   /* all others */
    struct {
        uint16_t letter, advance; /* advance + 1; 0 for none */
    } seen[FONT_SEEN];            /* by the lower bits of the letter */
};

struct fonts {
    HPDF_Doc doc;
    bool failed; /* a text could not be turned for want of memory */
    struct font files[FONT_FILES];
};

/* Reads what `text`, well-formed UTF-8, is drawn with. ERR_INVALID names a letter that cannot be
 * printed, ERR_UNAVAILABLE a font that is not installed, ERR_MEMORY. */
enum err fonts_need(struct fonts *fonts, enum pdf_font font, const char *what, struct slice text,
                    struct fault *fault) MUST_CHECK;

/* The two below take texts that fonts_need took. Thousandths of the size. */
double fonts_width(struct fonts *fonts, enum pdf_font font, struct slice text);
/* `x` and `y` in points: where the base line begins. */
struct font_line {
    struct slice text;
    enum pdf_font font;
    double size, x, y;
};
void fonts_draw(struct fonts *fonts, HPDF_Page page, const struct font_line *line);

#endif
