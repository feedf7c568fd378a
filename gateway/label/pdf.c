/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/pdf.h"

#include <sodium.h>
#include <stdlib.h>

#include "gateway/label/runs.h"

#define POINTS_PER_MM (72 / 25.4)
#define LEADING 1.2  /* from line to line, of the size */
#define ASCENT 0.88  /* from the top of a line to its base, of the size */
#define STEP_PT 0.25 /* from one size to the next */
#define HAIRLINE_PT 0.25f
#define GREY 0.55f

enum { ROOM_BYTES = 1 << 20 };

/* A block and its length, as claim codes pass through: what is freed is wiped. */
struct block {
    _Alignas(max_align_t) size_t len;
};

static void *
take_memory(HPDF_UINT size)
{
    struct block *block = malloc(sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->len = size;
    return block + 1;
}

static void
give_memory(void *memory)
{
    if (memory == NULL)
        return;
    struct block *block = (struct block *)memory - 1;
    sodium_memzero(memory, block->len);
    free(block);
}

HPDF_Doc
pdf_open(void)
{
    HPDF_Doc doc = HPDF_NewEx(NULL, take_memory, give_memory, 0, NULL);
    if (doc == NULL)
        return NULL;
    (void)HPDF_SetCompressionMode(doc, HPDF_COMP_TEXT | HPDF_COMP_METADATA);
    /* Readers offer "fit to page", which would shrink every module. */
    (void)HPDF_SetViewerPreference(doc, HPDF_PRINT_SCALING_NONE);
    if (HPDF_GetError(doc) == HPDF_OK)
        return doc;
    HPDF_Free(doc);
    return NULL;
}

bool
pdf_has_room(void)
{
    void *volatile room = malloc(ROOM_BYTES); /* volatile: not to be optimised away */
    bool there = room != NULL;
    free(room);
    return there;
}

static double
width(const struct typeface *face, struct slice text)
{
    double thousandths = fonts_width(face->context, (enum pdf_font)face->font, text);
    return thousandths * face->size / 1000 / POINTS_PER_MM;
}

void
pdf_types(struct typeset *out, struct fonts *fonts, enum pdf_font font, double max_pt,
          double min_pt)
{
    out->count = 0;
    for (unsigned i = 0; max_pt - i * STEP_PT >= min_pt && out->count < TYPESET_MAX; i++) {
        double size = max_pt - i * STEP_PT;
        out->faces[out->count++] = (struct typeface){.size = size,
                                                     .line = size * LEADING / POINTS_PER_MM,
                                                     .font = font,
                                                     .context = fonts,
                                                     .width = width};
    }
}

static HPDF_REAL
points(double mm)
{
    return (HPDF_REAL)(mm * POINTS_PER_MM);
}

static void
put_run(void *context, const struct qr_run *run)
{
    (void)HPDF_Page_Rectangle(context, (HPDF_REAL)run->x, (HPDF_REAL)run->y, (HPDF_REAL)run->width,
                              (HPDF_REAL)run->height);
}

/* Whole modules under a matrix: exact, and half the bytes of millimetres. */
void
pdf_code(const struct pdf_page *page, const struct qr *qr, double x, double y, double module_mm)
{
    HPDF_REAL module = points(module_mm);
    double quiet = QR_QUIET * module_mm;
    (void)HPDF_Page_GSave(page->page);
    (void)HPDF_Page_Concat(page->page, module, 0, 0, -module, points(x + quiet),
                           points(page->height_mm - y - quiet));
    qr_runs(qr, put_run, page->page);
    (void)HPDF_Page_Fill(page->page);
    (void)HPDF_Page_GRestore(page->page);
}

void
pdf_text(struct pdf_page *page, const struct placed *line, double x, double y)
{
    double size = line->face->size;
    double base = y + line->y + size * ASCENT / POINTS_PER_MM;
    const struct font_line drawn = {.text = line->text,
                                    .font = (enum pdf_font)line->face->font,
                                    .size = size,
                                    .x = (x + line->x) * POINTS_PER_MM,
                                    .y = (page->height_mm - base) * POINTS_PER_MM};
    fonts_draw(&page->fonts, page->page, &drawn);
}

void
pdf_outline(const struct pdf_page *page, double x, double y, const struct box *box)
{
    (void)HPDF_Page_GSave(page->page);
    (void)HPDF_Page_SetLineWidth(page->page, HAIRLINE_PT);
    (void)HPDF_Page_SetGrayStroke(page->page, GREY);
    (void)HPDF_Page_Rectangle(page->page, points(x), points(page->height_mm - y - box->height),
                              points(box->width), points(box->height));
    (void)HPDF_Page_Stroke(page->page);
    (void)HPDF_Page_GRestore(page->page);
}
