/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/label/sample.h"

#define BEGIN "\x1b[38;5;16;48;5;231m"
#define END "\x1b[0m"

enum { OUT_MAX = 256 * 1024 };

/* Takes one cell: bit 0 is its upper half in ink, bit 1 its lower half. */
static unsigned
take_cell(struct slice *s)
{
    static const struct {
        const char *text;
        unsigned ink;
    } cells[] = {{" ", 0}, {"\xe2\x96\x80", 1}, {"\xe2\x96\x84", 2}, {"\xe2\x96\x88", 3}};
    for (size_t i = 0; i < 4; i++)
        if (slice_take(s, cells[i].text))
            return cells[i].ink;
    fail_msg("no cell: %.20s", s->data);
    return 0;
}

/* What a scanner would see, where ink is dark or light. Modules beyond the code are light. */
static void
check_halves(struct slice line, const struct qr *qr, unsigned row, bool ink_is_dark)
{
    for (unsigned column = 0; column < qr->size + 8; column++) {
        unsigned ink = take_cell(&line);
        for (unsigned half = 0; half < 2; half++) {
            bool dark = ((ink >> half & 1) != 0) == ink_is_dark;
            assert_int_equal(dark, sample_dark(qr, column - 4, row + half - 4));
        }
    }
    assert_int_equal(line.len, 0);
}

enum style { COLOURS, PLAIN, PLAIN_DARK_TEXT };

static void
test_matrix_can_be_read_back(void **state)
{
    static const struct row {
        const char *label;
        enum style style;
        bool ink_is_dark;
    } rows[] = {
        {"black on white by colours of its own", COLOURS, true},
        {"light text on a dark terminal", PLAIN, false},
        {"dark text on a light terminal", PLAIN_DARK_TEXT, true},
    };
    static const unsigned sizes[] = {21, 49, 177};
    (void)state;
    for (size_t i = 0; i < 9; i++) {
        const struct row *row = &rows[i / 3];
        struct qr qr;
        struct text out;
        text_init(&out, OUT_MAX);
        sample_matrix(&qr, sizes[i % 3], (unsigned)i);
        if (row->style == COLOURS)
            label_terminal(&out, &qr);
        if (row->style != COLOURS)
            label_terminal_plain(&out, &qr, row->style == PLAIN_DARK_TEXT);
        assert_true(text_ok(&out));
        struct slice rest = text_slice(&out);
        unsigned lines = 0;
        for (; rest.len > 0; lines++) {
            struct slice line = slice_take_until(&rest, '\n');
            assert_int_equal(slice_take(&line, BEGIN), row->style == COLOURS);
            if (row->style == COLOURS) {
                assert_true(line.len >= 4 && memcmp(line.data + line.len - 4, END, 4) == 0);
                line.len -= 4;
            }
            check_halves(line, &qr, 2 * lines, row->ink_is_dark);
        }
        if (lines != (sizes[i % 3] + 9) / 2)
            fail_msg("%s: %u lines", row->label, lines);
        text_free(&out);
    }
}

static void
test_no_room_is_said(void **state)
{
    struct qr qr;
    struct text out;
    (void)state;
    text_init(&out, 1000);
    sample_matrix(&qr, 49, 1);
    label_terminal(&out, &qr);
    assert_false(text_ok(&out));
    text_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matrix_can_be_read_back),
        cmocka_unit_test(test_no_room_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
