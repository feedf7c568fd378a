/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gateway/label/layout.h"

/* Every character is half as wide as the letters are high. */
static double
half(const struct typeface *face, struct slice text)
{
    return face->size / 2 * (double)text.len;
}

/* 3, 2 and 1 mm high, lines of the same height. */
static struct typeset
three_sizes(void)
{
    struct typeset set = {.count = 3};
    for (size_t i = 0; i < 3; i++)
        set.faces[i] =
            (struct typeface){.size = 3 - (double)i, .line = 3 - (double)i, .width = half};
    return set;
}

static struct caption
one_line(const char *text)
{
    struct caption caption = {.count = 1};
    (void)snprintf(caption.texts[0], sizeof caption.texts[0], "%s", text);
    return caption;
}

/* A code of 20 mm, 57 modules. Beside it the text has what is right of margin, code and half a
 * millimetre, less 1 mm; "(21) 7K3M9" are 10 characters: 15 mm at 3, 10 mm at 2, 5 mm at 1. */
static void
test_label(void **state)
{
    static const struct row {
        const char *label;
        double width, height;
        double code_x, code_y, text_x, text_y, size;
        size_t lines;
    } rows[] = {
        /* 60 - 5 - 20 - 1.5 = 33.5 mm wide: one line at 3, in the middle of 40 mm */
        {"beside", 60, 40, 5, 10, 25.5, 18.5, 3, 1},
        /* 42 - 1 - 20 - 1.5 = 19.5 */
        {"beside, little room around", 42, 22, 1, 1, 21.5, 9.5, 3, 1},
        /* 26 wide leaves 1.5 beside; below are 24 x 19: one line at 3, code and line in the middle
         * of 40: (20 - 1 - 3) / 2 = 8 above; (26 - 15) / 2 = 5.5 at the side */
        {"below", 26, 40, 3, 8, 5.5, 28, 3, 1},
        /* 12.5 mm beside: one line would take 2 mm letters, under 0.7 of 3; a line each word */
        {"beside, in two lines", 35, 22, 1, 1, 21.5, 8, 3, 2},
    };
    (void)state;
    const struct typeset types = three_sizes();
    const struct caption caption = one_line("(21) 7K3M9");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct layout out = {0};
        struct fault fault = {.err = ERR_OK};
        const struct label_design design = {{rows[i].width, rows[i].height, 1}, 20, 57};
        if (layout_label(&out, &design, &caption, &types, &fault) != ERR_OK)
            fail_msg("%s: %s", rows[i].label, fault.text);
        bool same =
            fabs(out.code_x - rows[i].code_x) < 1e-6 && fabs(out.code_y - rows[i].code_y) < 1e-6 &&
            fabs(out.lines[0].x - rows[i].text_x) < 1e-6 &&
            fabs(out.lines[0].y - rows[i].text_y) < 1e-6 &&
            fabs(out.lines[0].face->size - rows[i].size) < 1e-6 && out.count == rows[i].lines;
        if (!same)
            fail_msg("%s: code %g %g, text %g %g, %g mm, %zu lines", rows[i].label, out.code_x,
                     out.code_y, out.lines[0].x, out.lines[0].y, out.lines[0].face->size,
                     out.count);
    }
}

static void
test_long_values_are_cut_last(void **state)
{
    struct layout out = {0};
    struct fault fault = {.err = ERR_OK};
    const struct typeset types = three_sizes();
    const struct caption caption = one_line("(21) 12345678901234567890");
    /* 28 - 0.75 - 20 - 1.5 = 5.75 mm beside the code, half a millimetre below. Letters of 3 mm make
     * 3 a line and 9 lines: too high. Letters of 2 mm make 5 a line. */
    const struct label_design design = {{28, 21.5, 1}, 20, 57};
    (void)state;
    assert_int_equal(layout_label(&out, &design, &caption, &types, &fault), ERR_OK);
    assert_int_equal(out.count, 5);
    assert_true(slice_equal(out.lines[0].text, "(21)"));
    assert_true(slice_equal(out.lines[1].text, "12345"));
    assert_true(slice_equal(out.lines[4].text, "67890"));
}

static void
test_refused(void **state)
{
    static const struct row {
        const char *label, *text;
        double width, height;
        const char *fault;
    } rows[] = {
        /* 10 / 57 = 0.1754 */
        {"a code that is too high", "", 60, 10, "at most 0.175 mm"},
        {"a code that is too wide", "", 19, 60, "at most 0.333 mm"},
        {"no room beside or below", "(21) 1", 21, 21, "no room for readable text"},
        {"room for a code to the edge and no text", "(21) 1", 20, 20, "no room"},
    };
    (void)state;
    const struct typeset types = three_sizes();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct layout out = {0};
        struct fault fault = {.err = ERR_OK};
        const struct caption caption = one_line(rows[i].text);
        const struct label_design design = {{rows[i].width, rows[i].height, 1}, 20, 57};
        enum err err = layout_label(&out, &design, &caption, &types, &fault);
        if (err != ERR_INVALID || strstr(fault.text, rows[i].fault) == NULL)
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
    }
}

static void
test_no_caption(void **state)
{
    struct layout out = {0};
    struct fault fault = {.err = ERR_OK};
    const struct typeset types = three_sizes();
    const struct caption none = {.count = 0};
    const struct label_design exact = {{20, 20, 1}, 20, 57};
    (void)state;
    assert_int_equal(layout_label(&out, &exact, &none, &types, &fault), ERR_OK);
    assert_int_equal(out.count, 0);
    assert_true(fabs(out.code_x) < 1e-6 && fabs(out.code_y) < 1e-6);
}

static void
test_caption_of(void **state)
{
    struct caption caption;
    const struct identity all = {"09506000134352", "V1", "L24A0917", "7K3M9"};
    const struct identity few = {"09506000134352", "", "", "00001"};
    (void)state;
    caption_of(&caption, &all);
    assert_int_equal(caption.count, 4);
    assert_string_equal(caption.texts[1], "(22) V1");
    assert_string_equal(caption.texts[2], "(10) L24A0917");
    caption_of(&caption, &few);
    assert_int_equal(caption.count, 2);
    assert_string_equal(caption.texts[0], "(01) 09506000134352");
    assert_string_equal(caption.texts[1], "(21) 00001");
}

static struct card_design
card(double width, double height, double code, const struct typeset *types)
{
    static const char *const texts[CARD_PARTS] = {"Drill", "S/N 7K3M9", "Claim code", "7K3M9-Q2XBT",
                                                  "Type it in."};
    struct card_design design = {.box = {width, height, 1}, .code = code};
    for (size_t i = 0; i < CARD_PARTS; i++) {
        design.texts[i] = slice_of(texts[i]);
        design.types[i] = types;
    }
    return design;
}

static void
test_card(void **state)
{
    struct layout out = {0};
    struct fault fault = {.err = ERR_OK};
    const struct typeset types = three_sizes();
    const struct card_design design = card(80, 50, 15, &types);
    (void)state;
    assert_int_equal(layout_card(&out, &design, &fault), ERR_OK);
    assert_int_equal(out.count, CARD_PARTS);
    /* 8 % of 50 mm free around it; the code at the upper right */
    assert_true(fabs(out.code_x - (80 - 4 - 15)) < 1e-6 && fabs(out.code_y - 4) < 1e-6);
    for (size_t i = 0; i < out.count; i++) {
        const struct placed *line = &out.lines[i];
        double right = line->x + half(line->face, line->text);
        bool over_code = right > out.code_x && line->y < out.code_y + 15;
        if (line->x < 4 || right > 76 || line->y < 4 || line->y + line->face->line > 46 ||
            over_code)
            fail_msg("line %zu at %g %g", i, line->x, line->y);
    }
}

static void
test_card_refused(void **state)
{
    static const struct row {
        const char *label;
        double width, height, code;
        const char *fault;
    } rows[] = {
        /* 4 mm free at each side; the serial is 4.5 mm of the smallest letters, the code 5.5 */
        {"too narrow for a word", 10, 50, 0, "no room for the product's name"},
        {"too narrow for the serial", 12, 50, 0, "no room for the serial"},
        {"too narrow for the claim code", 13.4, 50, 0, "no room for the claim code"},
        {"too low for anything", 80, 2, 0, "no room for"},
        {"too low for a claim code", 80, 5.5, 0, "no room for"},
        {"no width left beside the QR code", 20, 20, 17, "no room for the product's name"},
    };
    (void)state;
    const struct typeset types = three_sizes();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct layout out = {0};
        struct fault fault = {.err = ERR_OK};
        const struct card_design design = card(rows[i].width, rows[i].height, rows[i].code, &types);
        enum err err = layout_card(&out, &design, &fault);
        if (err != ERR_INVALID || strstr(fault.text, rows[i].fault) == NULL)
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
        assert_null(strstr(fault.text, "Q2XBT"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_label),        cmocka_unit_test(test_long_values_are_cut_last),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_no_caption),
        cmocka_unit_test(test_caption_of),   cmocka_unit_test(test_card),
        cmocka_unit_test(test_card_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
