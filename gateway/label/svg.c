/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/label.h"

#include <math.h>

#include "gateway/label/runs.h"

enum { UNITS_PER_MM = 10000, FONT_MAX = 400 }; /* a font size is in hundredths of a module */

static void
put_run(void *context, const struct qr_run *run)
{
    text_printf(context, "M%u %uh%uv%uh-%uz", run->x + QR_QUIET, run->y + QR_QUIET, run->width,
                run->height, run->width);
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
    text_put(out, "<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" "
                  "text-anchor=\"middle\">\n");
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
    qr_runs(qr, put_run, out);
    text_put(out, "\"/>\n");
    put_caption(out, qr, lines, count);
    text_put(out, "</svg>\n");
}
