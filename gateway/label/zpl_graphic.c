/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/zpl.h"

enum { UNIT_MAX = 20, HIGH_MAX = 400 };

/* How often the next digit stands there: G to Y are 1 to 19, g to z are 20 to 400 by twenties. */
static void
put_count(struct text *out, size_t count)
{
    for (; count > HIGH_MAX; count -= HIGH_MAX)
        text_char(out, 'z');
    if (count >= UNIT_MAX)
        text_char(out, (char)('g' + count / UNIT_MAX - 1));
    if (count % UNIT_MAX > 0)
        text_char(out, (char)('G' + count % UNIT_MAX - 1));
}

/* A module is dark for all of its dots; beyond the code is light. */
static unsigned
digit_at(const struct qr *qr, unsigned y, unsigned dots, size_t index)
{
    unsigned digit = 0;
    for (size_t bit = 0; bit < 4; bit++) {
        size_t x = (index * 4 + bit) / dots;
        bool dark = x < qr->size && qr->dark[(size_t)y * qr->size + x] != 0;
        digit = digit << 1 | (dark ? 1 : 0);
    }
    return digit;
}

static void
put_row(struct text *out, const struct qr *qr, unsigned y, unsigned dots)
{
    size_t digits = ((size_t)qr->size * dots + 7) / 8 * 2;
    size_t at = 0;
    while (at < digits) {
        unsigned digit = digit_at(qr, y, dots, at);
        size_t count = 1;
        while (at + count < digits && digit_at(qr, y, dots, at + count) == digit)
            count++;
        at += count;
        if (at == digits && digit == 0) {
            text_char(out, ',');
            return;
        }
        if (count > 1)
            put_count(out, count);
        text_char(out, "0123456789ABCDEF"[digit]);
    }
}

void
zpl_graphic(struct text *out, const struct qr *qr, unsigned dots)
{
    size_t row_bytes = ((size_t)qr->size * dots + 7) / 8;
    size_t bytes = row_bytes * qr->size * dots;
    text_printf(out, "^GFA,%zu,%zu,%zu,", bytes, bytes, row_bytes);
    for (unsigned y = 0; y < qr->size; y++) {
        put_row(out, qr, y, dots);
        for (unsigned i = 1; i < dots; i++)
            text_char(out, ':');
    }
    text_put(out, "^FS\n");
}
