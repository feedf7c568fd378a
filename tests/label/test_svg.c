/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tests/label/sample.h"

enum { SVG_MAX = 1024 * 1024 };

/* (size + 8) * module, worked out by hand. */
static void
test_dimensions(void **state)
{
    static const struct row {
        const char *label;
        unsigned size;
        double module_mm;
        const char *begins;
    } rows[] = {
        {"57 x 0.40", 49, 0.40, "width=\"22.8mm\" height=\"22.8mm\" viewBox=\"0 0 57 57\">"},
        {"57 x 0.33", 49, 0.33, "width=\"18.81mm\" height=\"18.81mm\" viewBox=\"0 0 57 57\">"},
        {"57 x 0.396", 49, 0.396, "width=\"22.572mm\" height=\"22.572mm\" viewBox=\"0 0 57 57\">"},
        {"57 x 0.3333", 49, 0.3333, "width=\"18.9981mm\" height=\"18.9981mm\""},
        {"57 x 0.4233", 49, 0.4233, "width=\"24.1281mm\" height=\"24.1281mm\""},
        {"57 x 1 has no decimals", 49, 1, "width=\"57mm\" height=\"57mm\""},
        {"29 x 0.10", 21, 0.10, "width=\"2.9mm\" height=\"2.9mm\" viewBox=\"0 0 29 29\">"},
        {"29 x 0.1001", 21, 0.1001, "width=\"2.9029mm\" height=\"2.9029mm\""},
        {"185 x 5", 177, 5, "width=\"925mm\" height=\"925mm\" viewBox=\"0 0 185 185\">"},
        {"61 x 0.0500 above one", 53, 1.05, "width=\"64.05mm\" height=\"64.05mm\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct qr qr;
        struct text out;
        const struct label_geometry geometry = {.module_mm = rows[i].module_mm, .dpi = 300};
        text_init(&out, SVG_MAX);
        sample_matrix(&qr, rows[i].size, 1);
        label_svg(&out, &qr, &geometry, NULL);
        assert_true(text_ok(&out));
        const char *found = strstr(out.data, "width=");
        if (found == NULL || strncmp(found, rows[i].begins, strlen(rows[i].begins)) != 0)
            fail_msg("%s: %.120s", rows[i].label, out.data);
        text_free(&out);
    }
}

/* Moves past `letters` and the number after it. */
static unsigned
take(const char **at, const char *letters)
{
    char *end = NULL;
    assert_int_equal(strncmp(*at, letters, strlen(letters)), 0);
    *at += strlen(letters);
    unsigned long number = strtoul(*at, &end, 10);
    assert_true(end > *at && number <= QR_SIZE_MAX + 2 * QR_QUIET);
    *at = end;
    return (unsigned)number;
}

/* The dark path's rectangles: each inside the code, none over another, all of them the matrix. */
static void
paint(struct qr *canvas, const char *path)
{
    while (*path == 'M') {
        unsigned x = take(&path, "M");
        unsigned y = take(&path, " ");
        unsigned w = take(&path, "h");
        unsigned h = take(&path, "v");
        assert_int_equal(take(&path, "h-"), w);
        assert_int_equal(*path++, 'z');
        assert_true(w > 0 && h > 0);
        assert_true(x >= QR_QUIET && x + w <= canvas->size + QR_QUIET);
        assert_true(y >= QR_QUIET && y + h <= canvas->size + QR_QUIET);
        for (unsigned i = 0; i < w * h; i++) {
            unsigned at = (y - QR_QUIET + i / w) * canvas->size + x - QR_QUIET + i % w;
            assert_int_equal(canvas->dark[at], 0);
            canvas->dark[at] = 1;
        }
    }
    assert_int_equal(*path, '"');
}

static void
test_path_is_the_matrix(void **state)
{
    static const unsigned sizes[] = {21, 49, 53, 177};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct qr qr;
        struct qr canvas = {.size = sizes[i]};
        struct text out;
        const struct label_geometry geometry = {.module_mm = 0.40, .dpi = 300};
        text_init(&out, SVG_MAX);
        sample_matrix(&qr, sizes[i], (unsigned)i + 7);
        label_svg(&out, &qr, &geometry, NULL);
        assert_true(text_ok(&out));
        const char *path = strstr(out.data, "shape-rendering=\"crispEdges\" d=\"");
        assert_non_null(path);
        paint(&canvas, strchr(path, 'M'));
        assert_memory_equal(canvas.dark, qr.dark, (size_t)sizes[i] * sizes[i]);
        text_free(&out);
    }
}

static void
test_equal_runs_are_merged(void **state)
{
    struct qr qr = {.size = 21};
    struct text out;
    const struct label_geometry geometry = {.module_mm = 0.40, .dpi = 300};
    (void)state;
    text_init(&out, SVG_MAX);
    memset(qr.dark, 1, (size_t)21 * 21);
    label_svg(&out, &qr, &geometry, NULL);
    assert_true(text_ok(&out));
    assert_non_null(strstr(out.data, "d=\"M4 4h21v21h-21z\"/>"));
    text_free(&out);
}

static void
test_caption(void **state)
{
    static const struct row {
        const char *label, *gtin, *serial;
        const char *holds[4];
    } rows[] = {
        /* 57 + 12 = 69 modules of 0.40 are 27.6 mm. 49 / (0.6 * 20) = 4.08, cut to 4. */
        {"two lines",
         "(01) 09506000134352",
         "(21) 7K3M9Q2XBT4H",
         {"height=\"27.6mm\" viewBox=\"0 0 57 69\"",
          "<text x=\"28.5\" y=\"60\" font-size=\"4.00\">(01) 09506000134352</text>",
          "<text x=\"28.5\" y=\"66\" font-size=\"4.00\">(21) 7K3M9Q2XBT4H</text>",
          "M0 0h57v69H0z"}},
        /* 57 + 6 = 63 modules are 25.2 mm. 49 / (0.6 * 26) = 3.14 */
        {"one line, as wide as the code",
         NULL,
         "(21) 12345678901234567890",
         {"height=\"25.2mm\" viewBox=\"0 0 57 63\"",
          "<text x=\"28.5\" y=\"60\" font-size=\"3.14\">(21) 12345678901234567890</text>", "width",
          "M0 0h57v63H0z"}},
        {"markup in a serial is text",
         "(01) 09506000134352",
         "(21) <&>\"'",
         {"(21) &#60;&#38;&#62;&#34;&#39;</text>", "</g>", "</svg>\n", "monospace"}},
        {"no line at all", NULL, NULL, {"height=\"22.8mm\"", "viewBox=\"0 0 57 57\"", "/>", "svg"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct qr qr;
        struct text out;
        const struct label_geometry geometry = {.module_mm = 0.40, .dpi = 300};
        const struct label_caption caption = {.gtin = rows[i].gtin, .serial = rows[i].serial};
        text_init(&out, SVG_MAX);
        sample_matrix(&qr, 49, 1);
        label_svg(&out, &qr, &geometry, &caption);
        assert_true(text_ok(&out));
        for (size_t j = 0; j < 4; j++)
            if (strstr(out.data, rows[i].holds[j]) == NULL)
                fail_msg("%s: no %s in %s", rows[i].label, rows[i].holds[j], out.data);
        if (rows[i].gtin == NULL && rows[i].serial == NULL)
            assert_null(strstr(out.data, "<text"));
        text_free(&out);
    }
}

static void
test_no_room_is_said(void **state)
{
    struct qr qr;
    struct text out;
    const struct label_geometry geometry = {.module_mm = 0.40, .dpi = 300};
    (void)state;
    text_init(&out, 500);
    sample_matrix(&qr, 49, 1);
    label_svg(&out, &qr, &geometry, NULL);
    assert_false(text_ok(&out));
    text_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dimensions),
        cmocka_unit_test(test_path_is_the_matrix),
        cmocka_unit_test(test_equal_runs_are_merged),
        cmocka_unit_test(test_caption),
        cmocka_unit_test(test_no_room_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
