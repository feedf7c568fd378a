/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/label/bidi.h"
#include "gateway/label/card_text.h"
#include "gateway/label/pdf.h"
#include "gateway/label/sheet.h"

enum { READ_BYTES = 1 << 16 };

struct sheet_pdf {
    struct sheet_print print;
    struct box box; /* a label */
    HPDF_Doc doc;
    struct pdf_page page;
    unsigned next; /* on the page; as many as it has when the next one begins a page */
    unsigned cells, pages, modules;
    struct typeset caption_types;
    struct typeset card_types[CARD_PARTS];
    struct qr qr;
};

/* Points: the largest and the smallest that is used. */
static const struct sizes {
    enum pdf_font font;
    double max, min;
} caption_sizes = {PDF_PLAIN, 10, 5},
  card_sizes[CARD_PARTS] = {
      [CARD_TITLE] = {PDF_BOLD, 12.5, 6},    [CARD_SERIAL] = {PDF_PLAIN, 8, 5},
      [CARD_HEADING] = {PDF_BOLD, 7.5, 5.5}, [CARD_CODE] = {PDF_CODE, 24, 12.5},
      [CARD_SENTENCE] = {PDF_PLAIN, 7, 5},
};

static void
make_types(struct typeset *out, struct sheet_pdf *pdf, const struct sizes *sizes)
{
    pdf_types(out, &pdf->page.fonts, sizes->font, sizes->max, sizes->min);
}

static unsigned
cells_a_page(const struct sheet_pdf *pdf)
{
    return pdf->print.sheet.columns * pdf->print.sheet.rows;
}

enum err
sheet_pdf_begin(struct sheet_pdf **out, const struct sheet_print *print, struct fault *fault)
{
    struct sheet_pdf *pdf = calloc(1, sizeof *pdf);
    if (pdf == NULL || (pdf->doc = pdf_open()) == NULL) {
        free(pdf);
        return fault_set(fault, ERR_MEMORY, "no memory for a PDF");
    }
    const struct sheet *sheet = &print->sheet;
    pdf->print = *print;
    pdf->page.fonts.doc = pdf->doc;
    pdf->box = (struct box){sheet->label_width, sheet->label_height, 1};
    pdf->page.height_mm = sheet->page_height;
    pdf->next = cells_a_page(pdf);
    make_types(&pdf->caption_types, pdf, &caption_sizes);
    for (size_t i = 0; i < CARD_PARTS; i++)
        make_types(&pdf->card_types[i], pdf, &card_sizes[i]);
    *out = pdf;
    return ERR_OK;
}

static void
begin_page(struct sheet_pdf *pdf)
{
    const struct sheet *sheet = &pdf->print.sheet;
    pdf->page.page = HPDF_AddPage(pdf->doc);
    if (pdf->page.page == NULL)
        return; /* no memory, as the document knows */
    (void)HPDF_Page_SetWidth(pdf->page.page, (HPDF_REAL)(sheet->page_width * 72 / 25.4));
    (void)HPDF_Page_SetHeight(pdf->page.page, (HPDF_REAL)(sheet->page_height * 72 / 25.4));
    pdf->next = pdf->pages == 0 ? pdf->print.start_at - 1 : 0;
    pdf->pages++;
    for (unsigned i = 0; pdf->print.outline && i < cells_a_page(pdf); i++) {
        double x = 0;
        double y = 0;
        sheet_corner(&pdf->print, i, &x, &y);
        pdf_outline(&pdf->page, x, y, &pdf->box);
    }
}

/* A file ends with a whole sheet where it can. */
static enum err
check_room(const struct sheet_pdf *pdf, struct fault *fault)
{
    bool page_ends = pdf->next == cells_a_page(pdf);
    unsigned limit = page_ends ? SHEET_PDF_CELLS_MAX : 2 * SHEET_PDF_CELLS_MAX;
    if (pdf->cells == 0 || pdf->cells + pdf->print.copies <= limit)
        return ERR_OK;
    return fault_set(fault, ERR_FULL, "a PDF holds at most %d labels: go on with another file",
                     SHEET_PDF_CELLS_MAX);
}

static void
draw_cell(struct sheet_pdf *pdf, const struct layout *layout, bool code)
{
    double x = 0;
    double y = 0;
    if (pdf->next == cells_a_page(pdf))
        begin_page(pdf);
    if (pdf->page.page == NULL)
        return;
    sheet_corner(&pdf->print, pdf->next, &x, &y);
    if (code)
        pdf_code(&pdf->page, &pdf->qr, x + layout->code_x, y + layout->code_y,
                 pdf->print.module_mm);
    for (size_t i = 0; i < layout->count; i++)
        pdf_text(&pdf->page, &layout->lines[i], x, y);
    pdf->next++;
    pdf->cells++;
}

static enum err
draw_copies(struct sheet_pdf *pdf, const struct layout *layout, bool code, struct fault *fault)
{
    if (!pdf_has_room())
        return fault_set(fault, ERR_MEMORY, "no memory for label %u of a PDF", pdf->cells + 1);
    for (unsigned i = 0; i < pdf->print.copies; i++)
        draw_cell(pdf, layout, code);
    if (code && pdf->qr.size > pdf->modules)
        pdf->modules = pdf->qr.size;
    return HPDF_GetError(pdf->doc) == HPDF_OK && !pdf->page.fonts.failed
               ? ERR_OK
               : fault_set(fault, ERR_MEMORY, "no memory for label %u of a PDF", pdf->cells);
}

enum err
sheet_pdf_label(struct sheet_pdf *pdf, const char *url, const struct identity *id,
                struct fault *fault)
{
    struct caption caption = {0};
    struct layout layout = {0};
    enum err err = check_room(pdf, fault);
    if (err == ERR_OK)
        err = qr_encode(&pdf->qr, url, fault);
    if (err != ERR_OK)
        return err;
    unsigned modules = pdf->qr.size + 2 * QR_QUIET;
    const struct label_design design = {pdf->box, modules * pdf->print.module_mm, modules};
    if (pdf->print.caption)
        caption_of(&caption, id);
    for (size_t i = 0; err == ERR_OK && i < caption.count; i++)
        err = fonts_need(&pdf->page.fonts, caption_sizes.font, "the caption",
                         slice_of(caption.texts[i]), fault);
    if (err == ERR_OK)
        err = layout_label(&layout, &design, &caption, &pdf->caption_types, fault);
    return err == ERR_OK ? draw_copies(pdf, &layout, true, fault) : err;
}

static enum err
check_part(void *context, enum card_part part, const char *what, struct slice text,
           struct fault *fault)
{
    struct sheet_pdf *pdf = context;
    return fonts_need(&pdf->page.fonts, card_sizes[part].font, what, text, fault);
}

enum err
sheet_pdf_card(struct sheet_pdf *pdf, const struct card *card, struct fault *fault)
{
    struct card_text text;
    struct layout layout = {0};
    struct card_design design = {.box = pdf->box};
    bool code = card->url[0] != '\0';
    enum err err = check_room(pdf, fault);
    if (err == ERR_OK && code)
        err = qr_encode(&pdf->qr, card->url, fault);
    if (err == ERR_OK)
        err = card_text_make(&text, card, check_part, pdf, fault);
    if (err != ERR_OK)
        return err;
    design.code = code ? (pdf->qr.size + 2 * QR_QUIET) * pdf->print.module_mm : 0;
    design.from_right = bidi_from_right(slice_of(text.parts[CARD_SENTENCE]));
    for (size_t i = 0; i < CARD_PARTS; i++) {
        design.texts[i] = slice_of(text.parts[i]);
        design.types[i] = &pdf->card_types[i];
    }
    err = layout_card(&layout, &design, fault);
    if (err == ERR_OK)
        err = draw_copies(pdf, &layout, code, fault);
    sodium_memzero(&text, sizeof text);
    return err;
}

unsigned
sheet_pdf_modules(const struct sheet_pdf *pdf)
{
    return pdf->modules;
}

unsigned
sheet_pdf_pages(const struct sheet_pdf *pdf)
{
    return pdf->pages;
}

enum err
sheet_pdf_end(struct sheet_pdf *pdf, struct text *out, struct fault *fault)
{
    HPDF_BYTE bytes[READ_BYTES];
    if (!pdf_has_room())
        return fault_set(fault, ERR_MEMORY, "no memory for a PDF of %u pages", pdf->pages);
    if (pdf->pages == 0)
        begin_page(pdf); /* a PDF without a page is none */
    if (HPDF_SaveToStream(pdf->doc) != HPDF_OK || HPDF_ResetStream(pdf->doc) != HPDF_OK)
        return fault_set(fault, ERR_MEMORY, "no memory for a PDF of %u pages", pdf->pages);
    HPDF_STATUS status = HPDF_OK;
    while (status == HPDF_OK && text_ok(out)) {
        HPDF_UINT32 len = sizeof bytes;
        status = HPDF_ReadFromStream(pdf->doc, bytes, &len);
        text_slice_put(out, slice_make((const char *)bytes, len));
    }
    sodium_memzero(bytes, sizeof bytes);
    if (!text_ok(out) || (status != HPDF_OK && status != HPDF_STREAM_EOF))
        return fault_set(fault, ERR_MEMORY, "no memory for a PDF of %u pages", pdf->pages);
    return ERR_OK;
}

void
sheet_pdf_free(struct sheet_pdf *pdf)
{
    if (pdf == NULL)
        return;
    HPDF_Free(pdf->doc);
    sodium_memzero(pdf, sizeof *pdf);
    free(pdf);
}
