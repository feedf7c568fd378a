/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/zpl.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/label/card_text.h"
#include "gateway/label/layout.h"
#include "gateway/label/letters.h"

#define MM_PER_INCH 25.4
#define LABEL_MIN_MM 5.0
#define LABEL_MAX_MM 400.0
#define SHIFT_MAX_MM 20.0
#define LEADING 1.25

enum { MAGNIFY_MAX = 10, FRAME_DOTS = 2 };

/* The guide's table of bitmap fonts: their cells are exact on every printer, so a text's width is
 * known here. The finest first, for equal heights; font B has no small letters. */
static const struct font {
    char name;
    unsigned height, width, gap; /* dots, before magnification */
    unsigned magnify_max;        /* a coarse one looks like bricks when it is large */
} fonts[] = {{'F', 26, 13, 3, 10}, {'D', 18, 10, 2, 10}, {'A', 9, 5, 1, 3}};

enum { FONT_COUNT = sizeof fonts / sizeof fonts[0] };

/* Millimetres: the largest and the smallest height that is used. */
static const struct sizes {
    double max, min;
} caption_sizes = {3.2, 1.45},
  card_sizes[CARD_PARTS] = {
      [CARD_TITLE] = {4.6, 2.2}, [CARD_SERIAL] = {2.6, 1.45},   [CARD_HEADING] = {2.4, 1.45},
      [CARD_CODE] = {8.0, 3.2},  [CARD_SENTENCE] = {2.6, 1.45},
};

struct zpl {
    struct zpl_print print;
    struct box box; /* a label, in dots */
    unsigned dots;  /* a module */
    unsigned column;
    unsigned modules;
    struct typeset caption_types;
    struct typeset card_types[CARD_PARTS];
    struct qr qr;
};

static bool
within(double value, double min, double max)
{
    return value >= min && value <= max;
}

static double
dots_a_mm(const struct zpl_print *print)
{
    return print->dpi / MM_PER_INCH;
}

unsigned
zpl_module_dots(const struct zpl_print *print)
{
    return (unsigned)lround(print->module_mm * dots_a_mm(print));
}

double
zpl_module_mm(const struct zpl_print *print)
{
    return zpl_module_dots(print) / dots_a_mm(print);
}

static enum err
check_counts(const struct zpl_print *print, struct fault *fault)
{
    if (print->dpi != 203 && print->dpi != 300 && print->dpi != 600)
        return fault_set(fault, ERR_INVALID,
                         "%u dots per inch: a label printer has 203, 300 or 600", print->dpi);
    if (print->across < 1 || print->across > ZPL_ACROSS_MAX)
        return fault_set(fault, ERR_INVALID, "%u labels across: it has to be 1 to %d",
                         print->across, ZPL_ACROSS_MAX);
    if (print->copies < 1 || print->copies > ZPL_COPIES_MAX)
        return fault_set(fault, ERR_INVALID, "%u copies: it has to be 1 to %d", print->copies,
                         ZPL_COPIES_MAX);
    return ERR_OK;
}

static enum err
check_sizes(const struct zpl_print *print, struct fault *fault)
{
    if (!within(print->label_width, LABEL_MIN_MM, LABEL_MAX_MM) ||
        !within(print->label_height, LABEL_MIN_MM, LABEL_MAX_MM))
        return fault_set(fault, ERR_INVALID, "a label of %g x %g mm: a side has to be %g to %g mm",
                         print->label_width, print->label_height, LABEL_MIN_MM, LABEL_MAX_MM);
    if (!within(print->gap, 0, LABEL_MAX_MM))
        return fault_set(fault, ERR_INVALID, "a gap of %g mm: it has to be 0 to %g mm", print->gap,
                         LABEL_MAX_MM);
    if (!within(print->shift_x, -SHIFT_MAX_MM, SHIFT_MAX_MM) ||
        !within(print->shift_y, -SHIFT_MAX_MM, SHIFT_MAX_MM))
        return fault_set(fault, ERR_INVALID, "a shift of %g and %g mm: at most %g mm either way",
                         print->shift_x, print->shift_y, SHIFT_MAX_MM);
    return ERR_OK;
}

enum err
zpl_print_check(const struct zpl_print *print, struct fault *fault)
{
    const struct label_geometry geometry = {.module_mm = print->module_mm, .dpi = print->dpi};
    enum err err = check_counts(print, fault);
    if (err == ERR_OK)
        err = check_sizes(print, fault);
    if (err == ERR_OK)
        err = label_geometry_check(&geometry, fault);
    if (err != ERR_OK || zpl_module_dots(print) >= 1)
        return err;
    return fault_set(fault, ERR_INVALID,
                     "a module of %g mm is less than one dot at %u dots per inch", print->module_mm,
                     print->dpi);
}

/* Every character is as wide as the next; the last one has no gap. */
static double
width(const struct typeface *face, struct slice text)
{
    const struct font *font = &fonts[face->font];
    unsigned magnify = (unsigned)face->size / font->height;
    return text.len == 0 ? 0
                         : (double)((text.len * (font->width + font->gap) - font->gap) * magnify);
}

static void
insert_face(struct typeset *out, const struct typeface *face)
{
    size_t at = out->count++;
    for (; at > 0 && out->faces[at - 1].size < face->size; at--)
        out->faces[at] = out->faces[at - 1];
    out->faces[at] = *face;
}

static void
make_types(struct typeset *out, const struct zpl_print *print, const struct sizes *sizes)
{
    out->count = 0;
    for (unsigned i = 0; i < FONT_COUNT * MAGNIFY_MAX; i++) {
        unsigned font = i / MAGNIFY_MAX;
        unsigned height = fonts[font].height * (i % MAGNIFY_MAX + 1);
        const struct typeface face = {.size = height,
                                      .line = ceil(height * LEADING),
                                      .font = font,
                                      .context = NULL,
                                      .width = width};
        bool fine = i % MAGNIFY_MAX < fonts[font].magnify_max;
        if (fine && within(height / dots_a_mm(print), sizes->min, sizes->max))
            insert_face(out, &face);
    }
}

enum err
zpl_begin(struct zpl **out, const struct zpl_print *print, struct fault *fault)
{
    struct zpl *zpl = calloc(1, sizeof *zpl);
    if (zpl == NULL)
        return fault_set(fault, ERR_MEMORY, "no memory for a roll of labels");
    double scale = dots_a_mm(print);
    zpl->print = *print;
    zpl->dots = zpl_module_dots(print);
    zpl->box = (struct box){floor(print->label_width * scale), floor(print->label_height * scale),
                            1 / scale};
    make_types(&zpl->caption_types, print, &caption_sizes);
    for (size_t i = 0; i < CARD_PARTS; i++)
        make_types(&zpl->card_types[i], print, &card_sizes[i]);
    *out = zpl;
    return ERR_OK;
}

/* ^FH: _ and two hex digits for whatever is more than a letter, a digit or plain punctuation. */
static void
put_field(struct text *out, struct slice field)
{
    static const char plain[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ()-.,:/";
    text_put(out, "^FH_^FD");
    for (size_t i = 0; i < field.len; i++) {
        if (field.data[i] != '\0' && strchr(plain, field.data[i]) != NULL)
            text_char(out, field.data[i]);
        else
            text_printf(out, "_%02X", (unsigned char)field.data[i]);
    }
    text_put(out, "^FS\n");
}

/* A printer has no dots left of its edge. */
static unsigned
dot(double at)
{
    return at < 0 ? 0 : (unsigned)lround(at);
}

static void
open_row(struct zpl *zpl, struct text *out)
{
    const struct zpl_print *print = &zpl->print;
    double scale = dots_a_mm(print);
    double roll = print->across * print->label_width + (print->across - 1) * print->gap;
    text_printf(out, "^XA\n^PW%u\n^LL%u\n^LH0,0\n", dot(roll * scale),
                dot(print->label_height * scale));
}

void
zpl_end(struct zpl *zpl, struct text *out)
{
    if (zpl->column > 0)
        text_printf(out, "^PQ%u\n^XZ\n", zpl->print.copies);
    zpl->column = 0;
}

static void
draw(struct zpl *zpl, struct text *out, const struct layout *layout, bool code)
{
    const struct zpl_print *print = &zpl->print;
    double scale = dots_a_mm(print);
    if (zpl->column == 0)
        open_row(zpl, out);
    double x = (zpl->column * (print->label_width + print->gap) + print->shift_x) * scale;
    double y = print->shift_y * scale;
    unsigned quiet = QR_QUIET * zpl->dots;
    if (print->outline)
        text_printf(out, "^FO%u,%u^GB%.0f,%.0f,%d^FS\n", dot(x), dot(y), zpl->box.width,
                    zpl->box.height, FRAME_DOTS);
    if (code) {
        text_printf(out, "^FO%u,%u", dot(x + layout->code_x + quiet),
                    dot(y + layout->code_y + quiet));
        zpl_graphic(out, &zpl->qr, zpl->dots);
    }
    for (size_t i = 0; i < layout->count; i++) {
        const struct placed *line = &layout->lines[i];
        const struct font *font = &fonts[line->face->font];
        unsigned height = (unsigned)line->face->size;
        text_printf(out, "^FO%u,%u^A%cN,%u,%u", dot(x + line->x), dot(y + line->y), font->name,
                    height, height / font->height * font->width);
        put_field(out, line->text);
    }
    zpl->column++;
    if (zpl->column == print->across)
        zpl_end(zpl, out);
    if (code && zpl->qr.size > zpl->modules)
        zpl->modules = zpl->qr.size;
}

enum err
zpl_label(struct zpl *zpl, struct text *out, const char *url, const struct identity *id,
          struct fault *fault)
{
    struct caption caption = {0};
    struct layout layout = {0};
    enum err err = qr_encode(&zpl->qr, url, fault);
    if (err != ERR_OK)
        return err;
    unsigned modules = zpl->qr.size + 2 * QR_QUIET;
    const struct label_design design = {zpl->box, (double)modules * zpl->dots, modules};
    if (zpl->print.caption)
        caption_of(&caption, id);
    err = layout_label(&layout, &design, &caption, &zpl->caption_types, fault);
    if (err == ERR_OK)
        draw(zpl, out, &layout, true);
    return err;
}

/* The bitmap fonts that every printer has, and whose widths are known here, are ASCII. */
static enum err
check_part(void *context, enum card_part part, const char *what, struct slice text,
           struct fault *fault)
{
    struct slice rest = text;
    (void)context;
    (void)part;
    while (rest.len > 0) {
        uint32_t letter = letter_take(&rest);
        if (letter < 0x20 || letter > 0x7E)
            return letter_fault(fault, what, text, letter,
                                "a label printer's own fonts have ASCII only, a PDF more");
    }
    return ERR_OK;
}

enum err
zpl_card(struct zpl *zpl, struct text *out, const struct card *card, struct fault *fault)
{
    struct card_text text;
    struct layout layout = {0};
    struct card_design design = {.box = zpl->box};
    bool code = card->url[0] != '\0';
    enum err err = code ? qr_encode(&zpl->qr, card->url, fault) : ERR_OK;
    if (err == ERR_OK)
        err = card_text_make(&text, card, check_part, NULL, fault);
    if (err != ERR_OK)
        return err;
    design.code = code ? (double)(zpl->qr.size + 2 * QR_QUIET) * zpl->dots : 0;
    for (size_t i = 0; i < CARD_PARTS; i++) {
        design.texts[i] = slice_of(text.parts[i]);
        design.types[i] = &zpl->card_types[i];
    }
    err = layout_card(&layout, &design, fault);
    if (err == ERR_OK)
        draw(zpl, out, &layout, code);
    sodium_memzero(&text, sizeof text);
    return err;
}

unsigned
zpl_modules(const struct zpl *zpl)
{
    return zpl->modules;
}

void
zpl_free(struct zpl *zpl)
{
    if (zpl == NULL)
        return;
    sodium_memzero(zpl, sizeof *zpl);
    free(zpl);
}
