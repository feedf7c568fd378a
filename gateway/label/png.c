/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/label.h"

#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MM_PER_INCH 25.4

struct raster {
    unsigned side; /* dots */
    unsigned dots; /* a module */
    png_uint_32 dots_per_metre;
    uint8_t *row; /* PNG_SIDE_MAX bytes, of which side are used */
};

static void
append(png_structp png, png_bytep bytes, png_size_t len)
{
    struct text *out = png_get_io_ptr(png);
    text_slice_put(out, slice_make((const char *)bytes, len));
}

static void
nothing_to_flush(png_structp png)
{
    (void)png;
}

/* libpng would print to stderr by itself. */
static void
be_silent(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void
give_up(png_structp png, png_const_charp message)
{
    (void)message;
    png_longjmp(png, 1);
}

/* One row of modules in dots; `y` counts from the top of the quiet zone. */
static void
draw_row(const struct raster *raster, const struct qr *qr, unsigned y)
{
    memset(raster->row, 0xFF, raster->side);
    if (y < QR_QUIET || y - QR_QUIET >= qr->size)
        return;
    const uint8_t *modules = qr->dark + (size_t)(y - QR_QUIET) * qr->size;
    for (unsigned x = 0; x < qr->size; x++)
        if (modules[x] != 0)
            memset(raster->row + (size_t)(x + QR_QUIET) * raster->dots, 0x00, raster->dots);
}

static void
put_picture(png_structp png, png_infop info, const struct raster *raster, const struct qr *qr)
{
    png_set_IHDR(png, info, raster->side, raster->side, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_pHYs(png, info, raster->dots_per_metre, raster->dots_per_metre, PNG_RESOLUTION_METER);
    /* Rows repeat, so the difference to the row above is zeros, which run lengths pack as well as
     * a search for repetitions would, three times as fast. */
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
    png_set_compression_strategy(png, Z_RLE);
    png_write_info(png, info);
    for (unsigned y = 0; y < qr->size + 2 * QR_QUIET; y++) {
        draw_row(raster, qr, y);
        for (unsigned i = 0; i < raster->dots; i++)
            png_write_row(png, raster->row);
    }
    png_write_end(png, info);
}

/* No variable of this frame changes after setjmp, so none is lost when libpng jumps back. */
static bool
write_picture(struct text *out, const struct raster *raster, const struct qr *qr)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, give_up, be_silent);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    if (info == NULL || setjmp(png_jmpbuf(png)) != 0) {
        png_destroy_write_struct(&png, &info);
        return false;
    }
    png_set_write_fn(png, out, append, nothing_to_flush);
    put_picture(png, info, raster, qr);
    png_destroy_write_struct(&png, &info);
    return text_ok(out);
}

static enum err
plan(struct raster *raster, const struct qr *qr, const struct label_geometry *geometry,
     struct fault *fault)
{
    enum err err = label_geometry_check(geometry, fault);
    if (err != ERR_OK)
        return err;
    long dots = lround(geometry->module_mm * geometry->dpi / MM_PER_INCH);
    if (dots < 1)
        return fault_set(fault, ERR_INVALID,
                         "a module of %g mm is less than one dot at %u dots per inch",
                         geometry->module_mm, geometry->dpi);
    raster->dots = (unsigned)dots;
    raster->side = (qr->size + 2 * QR_QUIET) * raster->dots;
    raster->dots_per_metre = (png_uint_32)lround(geometry->dpi * 1000 / MM_PER_INCH);
    if (raster->side > PNG_SIDE_MAX)
        return fault_set(fault, ERR_INVALID,
                         "%u dots a side: a picture has at most %d; take fewer dots per inch",
                         raster->side, PNG_SIDE_MAX);
    return ERR_OK;
}

enum err
label_png(struct text *out, const struct qr *qr, const struct label_geometry *geometry,
          double *printed_mm, struct fault *fault)
{
    struct raster raster = {0};
    enum err err = plan(&raster, qr, geometry, fault);
    if (err != ERR_OK)
        return err;
    *printed_mm = raster.dots * MM_PER_INCH / geometry->dpi;
    raster.row = malloc(PNG_SIDE_MAX);
    bool written = raster.row != NULL && write_picture(out, &raster, qr);
    free(raster.row);
    return written ? ERR_OK
                   : fault_set(fault, ERR_MEMORY, "no memory for a picture of %u dots a side",
                               raster.side);
}
