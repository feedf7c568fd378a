/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/label.h"

#include <math.h>

enum { UNITS_PER_MM = 10000, FONT_MAX = 400 }; /* a font size is in hundredths of a module */

static bool
dark_at(const struct qr *qr, unsigned x, unsigned y)
{
    return x < qr->size && y < qr->size && qr->dark[y * qr->size + x] != 0;
}

static unsigned
run_length(const struct qr *qr, unsigned x, unsigned y)
{
    unsigned len = 0;
    while (dark_at(qr, x + len, y))
        len++;
    return len;
}

/* Does exactly this run of dark modules stand in row y? */
static bool
is_run(const struct qr *qr, unsigned x, unsigned y, unsigned len)
{
    bool begins = x == 0 || !dark_at(qr, x - 1, y);
    return begins && run_length(qr, x, y) == len;
}

/* Equal runs on top of each other are one rectangle, drawn where it begins. */
static void
put_run(struct text *out, const struct qr *qr, unsigned x, unsigned y, unsigned len)
{
    if (y > 0 && is_run(qr, x, y - 1, len))
        return;
    unsigned rows = 1;
    while (is_run(qr, x, y + rows, len))
        rows++;
    text_printf(out, "M%u %uh%uv%uh-%uz", x + QR_QUIET, y + QR_QUIET, len, rows, len);
}

static void
put_row(struct text *out, const struct qr *qr, unsigned y)
{
    unsigned x = 0;
    while (x < qr->size) {
        unsigned len = run_length(qr, x, y);
        if (len > 0)
            put_run(out, qr, x, y, len);
        x += len + 1;
    }
}

/* An exact decimal: the sizes are whole multiples of 0.1 micrometre. */
static void
put_mm(struct text *out, long units)
{
    int digits = 4;
    long fraction = units % UNITS_PER_MM;
    while (digits > 0 && fraction % 10 == 0) {
        fraction /= 10;
        digits--;
    }
    text_printf(out, "%ld", units / UNITS_PER_MM);
    if (digits > 0)
        text_printf(out, ".%0*ld", digits, fraction);
    text_put(out, "mm");
}

/* The largest font in which a fixed-pitch line (0.6 em a character) is not wider than the code. */
static unsigned
font_size(const struct qr *qr, struct slice line)
{
    size_t widest = (size_t)qr->size * 100 * 100 / (60 * (line.len + 1));
    return widest < FONT_MAX ? (unsigned)widest : FONT_MAX;
}

static void
put_line(struct text *out, const struct qr *qr, unsigned number, struct slice line)
{
    unsigned side = qr->size + 2 * QR_QUIET;
    unsigned size = font_size(qr, line);
    text_printf(out, "<text x=\"%u.5\" y=\"%u\" font-size=\"%u.%02u\">", side / 2,
                side + number * CAPTION_LINE_MODULES + 3, size / 100, size % 100);
    text_html(out, line);
    text_put(out, "</text>\n");
}

static size_t
caption_lines(const struct label_caption *caption, const char *lines[static 2])
{
    size_t count = 0;
    if (caption != NULL && caption->gtin != NULL)
        lines[count++] = caption->gtin;
    if (caption != NULL && caption->serial != NULL)
        lines[count++] = caption->serial;
    return count;
}

static void
put_caption(struct text *out, const struct qr *qr, const char *const lines[static 2], size_t count)
{
    if (count == 0)
        return;
    text_put(out, "<g font-family=\"monospace\" text-anchor=\"middle\">\n");
    for (unsigned i = 0; i < count; i++)
        put_line(out, qr, i, slice_of(lines[i]));
    text_put(out, "</g>\n");
}

void
label_svg(struct text *out, const struct qr *qr, const struct label_geometry *geometry,
          const struct label_caption *caption)
{
    const char *lines[2] = {NULL, NULL};
    size_t count = caption_lines(caption, lines);
    long module = lround(geometry->module_mm * UNITS_PER_MM);
    unsigned side = qr->size + 2 * QR_QUIET;
    unsigned height = side + (unsigned)count * CAPTION_LINE_MODULES;
    text_put(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"");
    put_mm(out, module * (long)side);
    text_put(out, "\" height=\"");
    put_mm(out, module * (long)height);
    text_printf(out, "\" viewBox=\"0 0 %u %u\">\n", side, height);
    text_printf(out, "<path fill=\"#fff\" d=\"M0 0h%uv%uH0z\"/>\n", side, height);
    text_put(out, "<path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"");
    for (unsigned y = 0; y < qr->size; y++)
        put_row(out, qr, y);
    text_put(out, "\"/>\n");
    put_caption(out, qr, lines, count);
    text_put(out, "</svg>\n");
}
