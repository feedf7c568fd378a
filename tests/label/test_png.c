/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "tests/label/sample.h"

enum { PICTURE_MAX = 32 * 1024 * 1024 };

/* What libpng reads again. */
struct picture {
    png_uint_32 width, height, dots_per_metre_x, dots_per_metre_y;
    int depth, colour, unit;
    uint8_t *dots; /* row by row */
};

struct source {
    const char *data;
    size_t len;
};

static void
feed(png_structp png, png_bytep out, png_size_t len)
{
    struct source *source = png_get_io_ptr(png);
    assert_true(len <= source->len);
    memcpy(out, source->data, len);
    source->data += len;
    source->len -= len;
}

static void
decode(struct picture *out, const struct text *file)
{
    struct source source = {file->data, file->len};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    assert_non_null(png);
    png_infop info = png_create_info_struct(png);
    assert_non_null(info);
    png_set_read_fn(png, &source, feed);
    png_read_info(png, info);
    out->width = png_get_image_width(png, info);
    out->height = png_get_image_height(png, info);
    out->depth = png_get_bit_depth(png, info);
    out->colour = png_get_color_type(png, info);
    (void)png_get_pHYs(png, info, &out->dots_per_metre_x, &out->dots_per_metre_y, &out->unit);
    out->dots = malloc((size_t)out->width * out->height);
    assert_non_null(out->dots);
    for (png_uint_32 y = 0; y < out->height; y++)
        png_read_row(png, out->dots + (size_t)y * out->width, NULL);
    png_read_end(png, NULL);
    assert_int_equal(source.len, 0);
    png_destroy_read_struct(&png, &info, NULL);
}

/* Every dot of every module, the quiet zone included. */
static void
check_dots(const struct picture *picture, const struct qr *qr, unsigned dots)
{
    for (png_uint_32 y = 0; y < picture->height; y++) {
        for (png_uint_32 x = 0; x < picture->width; x++) {
            bool inside = x / dots >= QR_QUIET && y / dots >= QR_QUIET;
            bool dark = inside && sample_dark(qr, x / dots - QR_QUIET, y / dots - QR_QUIET);
            assert_int_equal(picture->dots[(size_t)y * picture->width + x], dark ? 0 : 255);
        }
    }
}

/* Dots a module: the nearest whole number to module * dpi / 25.4; dots a metre: dpi / 0.0254. */
static void
test_picture(void **state)
{
    static const struct row {
        const char *label;
        unsigned size, dots_per_metre;
        struct label_geometry geometry;
        double printed_mm;
        unsigned dots;
    } rows[] = {
        {"0.40 at 300 dpi: 4.72, so 5", 49, 11811, {0.40, 300}, 0.423333, 5},
        {"0.33 at 300 dpi: 3.90, so 4", 49, 11811, {0.33, 300}, 0.338667, 4},
        {"0.25 at 203 dpi: 1.998, so 2", 49, 7992, {0.25, 203}, 0.250246, 2},
        {"0.375 at 203 dpi: 2.997, so 3", 53, 7992, {0.375, 203}, 0.375369, 3},
        {"0.42 at 600 dpi: 9.92, so 10", 21, 23622, {0.42, 600}, 0.423333, 10},
        {"0.10 at 300 dpi: 1.18, so 1", 177, 11811, {0.10, 300}, 0.084667, 1},
        {"5 at 72 dpi: 14.17, so 14", 21, 2835, {5, 72}, 4.938889, 14},
        {"0.40 at 96 dpi: 1.51, so 2", 49, 3780, {0.40, 96}, 0.529167, 2},
        {"0.40 at 2400 dpi: 37.8, so 38", 21, 94488, {0.40, 2400}, 0.402167, 38},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct qr qr;
        struct text out;
        struct picture picture = {0};
        struct fault fault = {.err = ERR_OK};
        double printed_mm = 0;
        text_init(&out, PICTURE_MAX);
        sample_matrix(&qr, rows[i].size, (unsigned)i);
        if (label_png(&out, &qr, &rows[i].geometry, &printed_mm, &fault) != ERR_OK)
            fail_msg("%s: %s", rows[i].label, fault.text);
        decode(&picture, &out);
        unsigned side = (rows[i].size + 8) * rows[i].dots;
        if (picture.width != side || picture.height != side)
            fail_msg("%s: %u x %u dots", rows[i].label, picture.width, picture.height);
        if (fabs(printed_mm - rows[i].printed_mm) > 0.000001)
            fail_msg("%s: %f mm", rows[i].label, printed_mm);
        assert_int_equal(picture.dots_per_metre_x, rows[i].dots_per_metre);
        assert_int_equal(picture.dots_per_metre_y, rows[i].dots_per_metre);
        assert_int_equal(picture.unit, PNG_RESOLUTION_METER);
        assert_int_equal(picture.depth, 8);
        assert_int_equal(picture.colour, PNG_COLOR_TYPE_GRAY);
        check_dots(&picture, &qr, rows[i].dots);
        free(picture.dots);
        text_free(&out);
    }
}

static void
test_refused(void **state)
{
    static const struct row {
        const char *label;
        unsigned size;
        struct label_geometry geometry;
        const char *fault;
    } rows[] = {
        {"a module of 0.28 dots", 49, {0.10, 72}, "less than one dot"},
        {"a module of 0.47 dots", 49, {0.12, 100}, "less than one dot"},
        {"a module that is too small", 49, {0.05, 2400}, "mm"},
        {"a module that is no number", 49, {NAN, 300}, "mm"},
        {"too few dots", 49, {0.40, 71}, "dots per inch"},
        {"too many dots", 49, {0.40, 4800}, "dots per inch"},
        {"57 x 472 dots: a picture for a wall", 49, {5, 2400}, "26904 dots a side"},
        {"185 x 89 dots: just too large", 177, {0.942, 2400}, "16465 dots a side"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct qr qr;
        struct text out;
        struct fault fault = {.err = ERR_OK};
        double printed_mm = 0;
        text_init(&out, PICTURE_MAX);
        sample_matrix(&qr, rows[i].size, 1);
        enum err err = label_png(&out, &qr, &rows[i].geometry, &printed_mm, &fault);
        if (err != ERR_INVALID || strstr(fault.text, rows[i].fault) == NULL)
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
        assert_int_equal(out.len, 0);
        text_free(&out);
    }
}

static void
test_no_room_is_said(void **state)
{
    struct qr qr;
    struct text out;
    struct fault fault = {.err = ERR_OK};
    const struct label_geometry geometry = {.module_mm = 0.40, .dpi = 300};
    double printed_mm = 0;
    (void)state;
    text_init(&out, 100);
    sample_matrix(&qr, 49, 1);
    assert_int_equal(label_png(&out, &qr, &geometry, &printed_mm, &fault), ERR_MEMORY);
    text_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_picture),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_room_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
