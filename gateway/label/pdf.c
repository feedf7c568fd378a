/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/pdf.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/label/runs.h"

#define POINTS_PER_MM (72 / 25.4)
#define LEADING 1.2  /* from line to line, of the size */
#define ASCENT 0.88  /* from the top of a line to its base, of the size */
#define STEP_PT 0.25 /* from one size to the next */
#define HAIRLINE_PT 0.25f
#define GREY 0.55f

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

static const char *const font_names[PDF_FONTS] = {
    [PDF_PLAIN] = "Helvetica",
    [PDF_BOLD] = "Helvetica-Bold",
    [PDF_CODE] = "Courier-Bold",
};

HPDF_Doc
pdf_open(HPDF_Font fonts[static PDF_FONTS])
{
    HPDF_Doc doc = HPDF_NewEx(NULL, take_memory, give_memory, 0, NULL);
    if (doc == NULL)
        return NULL;
    (void)HPDF_SetCompressionMode(doc, HPDF_COMP_TEXT);
    /* Readers offer "fit to page", which would shrink every module. */
    (void)HPDF_SetViewerPreference(doc, HPDF_PRINT_SCALING_NONE);
    for (size_t i = 0; i < PDF_FONTS; i++)
        fonts[i] = HPDF_GetFont(doc, font_names[i], "WinAnsiEncoding");
    if (HPDF_GetError(doc) == HPDF_OK)
        return doc;
    HPDF_Free(doc);
    return NULL;
}

static double
width(const struct typeface *face, struct slice text)
{
    HPDF_Font font = face->context;
    HPDF_TextWidth size =
        HPDF_Font_TextWidth(font, (const HPDF_BYTE *)text.data, (HPDF_UINT)text.len);
    return size.width * face->size / 1000 / POINTS_PER_MM;
}

void
pdf_types(struct typeset *out, HPDF_Font font, enum pdf_font number, double max_pt, double min_pt)
{
    out->count = 0;
    for (unsigned i = 0; max_pt - i * STEP_PT >= min_pt && out->count < TYPESET_MAX; i++) {
        double size = max_pt - i * STEP_PT;
        out->faces[out->count++] = (struct typeface){.size = size,
                                                     .line = size * LEADING / POINTS_PER_MM,
                                                     .font = number,
                                                     .context = font,
                                                     .width = width};
    }
}

/* Windows-1252 from 0x80 on; 0 for a byte that stands for nothing. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

/* Takes one character of well-formed UTF-8. */
static uint32_t
take_character(struct slice *text)
{
    const unsigned char first = (unsigned char)text->data[0];
    size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
    uint32_t character = more == 0 ? first : first & (0x3FU >> more);
    for (size_t i = 1; i <= more; i++)
        character = character << 6 | ((unsigned char)text->data[i] & 0x3FU);
    *text = slice_make(text->data + more + 1, text->len - more - 1);
    return character;
}

/* 0 when the encoding has no such character. */
static unsigned
encode_character(uint32_t character)
{
    if ((character >= 0x20 && character < 0x7F) || (character >= 0xA0 && character <= 0xFF))
        return character;
    for (unsigned i = 0; i < 32; i++)
        if (windows_1252[i] != 0 && windows_1252[i] == character)
            return 0x80 + i;
    return 0;
}

bool
pdf_encode(char out[static PDF_TEXT_MAX], const char *utf8)
{
    struct slice rest = slice_of(utf8);
    size_t len = 0;
    if (!slice_utf8(rest))
        return false;
    while (rest.len > 0) {
        unsigned byte = encode_character(take_character(&rest));
        if (byte == 0 || len + 1 >= PDF_TEXT_MAX)
            return false;
        out[len++] = (char)byte;
    }
    out[len] = '\0';
    return true;
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
pdf_text(const struct pdf_page *page, const struct placed *line, double x, double y)
{
    char text[PDF_TEXT_MAX];
    double size = line->face->size;
    double base = y + line->y + size * ASCENT / POINTS_PER_MM;
    if (!slice_copy(text, sizeof text, line->text))
        return;
    (void)HPDF_Page_BeginText(page->page);
    (void)HPDF_Page_SetFontAndSize(page->page, page->fonts[line->face->font], (HPDF_REAL)size);
    (void)HPDF_Page_TextOut(page->page, points(x + line->x), points(page->height_mm - base), text);
    (void)HPDF_Page_EndText(page->page);
    sodium_memzero(text, sizeof text);
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
