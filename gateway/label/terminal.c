/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/label.h"

/* The 256-colour palette's black and white: the first sixteen colours follow the user's theme. */
#define BLACK_ON_WHITE "\x1b[38;5;16;48;5;231m"
#define AS_BEFORE "\x1b[0m"

struct strokes {
    const char *begin, *end; /* of each line */
    bool ink_is_light;       /* what a block character draws */
};

static bool
inked(const struct qr *qr, unsigned column, unsigned row, bool ink_is_light)
{
    bool inside = column >= QR_QUIET && row >= QR_QUIET && column - QR_QUIET < qr->size &&
                  row - QR_QUIET < qr->size;
    bool dark = inside && qr->dark[(row - QR_QUIET) * qr->size + column - QR_QUIET] != 0;
    return dark != ink_is_light;
}

static void
put_line(struct text *out, const struct qr *qr, unsigned row, const struct strokes *strokes)
{
    static const char *const cells[] = {" ", "▄", "▀", "█"};
    unsigned side = qr->size + 2 * QR_QUIET;
    text_put(out, strokes->begin);
    for (unsigned column = 0; column < side; column++) {
        unsigned upper = inked(qr, column, row, strokes->ink_is_light) ? 2 : 0;
        unsigned lower = inked(qr, column, row + 1, strokes->ink_is_light) ? 1 : 0;
        text_put(out, cells[upper + lower]);
    }
    text_put(out, strokes->end);
    text_char(out, '\n');
}

static void
put_lines(struct text *out, const struct qr *qr, const struct strokes *strokes)
{
    for (unsigned row = 0; row < qr->size + 2 * QR_QUIET; row += 2)
        put_line(out, qr, row, strokes);
}

void
label_terminal(struct text *out, const struct qr *qr)
{
    const struct strokes strokes = {BLACK_ON_WHITE, AS_BEFORE, false};
    put_lines(out, qr, &strokes);
}

void
label_terminal_plain(struct text *out, const struct qr *qr, bool dark_text)
{
    const struct strokes strokes = {"", "", !dark_text};
    put_lines(out, qr, &strokes);
}
