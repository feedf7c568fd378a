/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/letters.h"

#include <stddef.h>
#include <stdio.h>

enum { SHOWN_BYTES = 100, LETTER_BYTES = 4 };

uint32_t
letter_take(struct slice *text)
{
    const unsigned char first = (unsigned char)text->data[0];
    size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
    uint32_t letter = more == 0 ? first : first & (0x3FU >> more);
    for (size_t i = 1; i <= more; i++)
        letter = letter << 6 | ((unsigned char)text->data[i] & 0x3FU);
    *text = slice_make(text->data + more + 1, text->len - more - 1);
    return letter;
}

/* Blocks of The Unicode Standard, without what combines, joins or is not seen. */
static const struct range {
    uint16_t first, last;
} standing[] = {
    {0x0020, 0x007E}, {0x00A0, 0x00AC}, {0x00AE, 0x02FF}, {0x0370, 0x0482}, {0x048A, 0x052F},
    {0x0531, 0x058F}, {0x05BE, 0x05BE}, {0x05D0, 0x05EA}, {0x05EF, 0x05F4}, {0x060C, 0x060D},
    {0x061B, 0x061B}, {0x0621, 0x0621}, {0x061F, 0x061F}, {0x0640, 0x0640}, {0x0660, 0x066D},
    {0x06D4, 0x06D4}, {0x06F0, 0x06F9}, {0x10A0, 0x10FF}, {0x1E00, 0x1FFF}, {0x2000, 0x200A},
    {0x2010, 0x2027}, {0x202F, 0x205F}, {0x2070, 0x20BF}, {0x2100, 0x27BF}, {0x2C60, 0x2C7F},
    {0x2E00, 0x2E7F}, {0x3000, 0x3029}, {0x3030, 0x303E}, {0x3041, 0x3096}, {0x309B, 0x312F},
    {0x3131, 0x318E}, {0x3190, 0x9FFF}, {0xA720, 0xA7FF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
    {0xFB1F, 0xFBB1}, {0xFBD3, 0xFDCF}, {0xFDF0, 0xFDFC}, {0xFE80, 0xFEFC}, {0xFF01, 0xFFEE},
};

bool
letter_stands(uint32_t letter)
{
    for (size_t i = 0; i < sizeof standing / sizeof standing[0]; i++)
        if (letter >= standing[i].first && letter <= standing[i].last)
            return true;
    return false;
}

static const uint16_t never_first[] = {
    0x3001, 0x3002, 0x3005, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0x3015, 0x301C,
    0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x308E,
    0x309B, 0x309C, 0x309D, 0x309E, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30C3,
    0x30E3, 0x30E5, 0x30E7, 0x30EE, 0x30F5, 0x30F6, 0x30FB, 0x30FC, 0x30FD, 0x30FE,
    0xFF01, 0xFF05, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF3D, 0xFF5D};
static const uint16_t never_last[] = {0x3008, 0x300A, 0x300C, 0x300E, 0x3010,
                                      0x3014, 0xFF08, 0xFF3B, 0xFF5B};

static bool
is_in(const uint16_t *list, size_t count, uint32_t letter)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == letter)
            return true;
    return false;
}

/* Ideographs, kana and what stands between them, full width; hangul is written with spaces. */
static bool
is_wide(uint32_t letter)
{
    return (letter >= 0x2E80 && letter <= 0x9FFF) || (letter >= 0xF900 && letter <= 0xFAFF) ||
           (letter >= 0xFF01 && letter <= 0xFF60);
}

bool
letter_breaks(uint32_t before, uint32_t after)
{
    return (is_wide(before) || is_wide(after)) &&
           !is_in(never_first, sizeof never_first / sizeof never_first[0], after) &&
           !is_in(never_last, sizeof never_last / sizeof never_last[0], before);
}

/* Windows-1252 from 0x80 on; 0 for a byte that stands for nothing. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

unsigned
letter_windows_1252(uint32_t letter)
{
    if ((letter >= 0x20 && letter < 0x7F) || (letter >= 0xA0 && letter <= 0xFF))
        return letter;
    for (unsigned i = 0; i < 32; i++)
        if (windows_1252[i] != 0 && windows_1252[i] == letter)
            return 0x80 + i;
    return 0;
}

/* What a terminal shows without being changed by it: whole letters of the beginning. */
static size_t
shown(struct slice text)
{
    struct slice rest = text;
    while (rest.len > 0 && text.len - rest.len + LETTER_BYTES <= SHOWN_BYTES) {
        struct slice next = rest;
        uint32_t letter = letter_take(&next);
        if (!letter_stands(letter) && (letter < 0x0300 || (letter >= 0x2000 && letter < 0x3000)))
            break;
        rest = next;
    }
    return text.len - rest.len;
}

enum err
letter_fault(struct fault *fault, const char *what, struct slice text, uint32_t letter,
             const char *advice)
{
    char quoted[LETTER_BYTES + 4] = "";
    struct slice rest = text;
    while (rest.len > 0) {
        const struct slice here = rest;
        if (letter_take(&rest) != letter)
            continue;
        const struct slice it = slice_make(here.data, here.len - rest.len);
        if (shown(it) > 0)
            (void)snprintf(quoted, sizeof quoted, " \"%.*s\"", (int)it.len, it.data);
        break;
    }
    size_t len = shown(text);
    return fault_set(
        fault, ERR_INVALID, "%s \"%.*s%s\" has a letter that cannot be printed:%s U+%04X; %s", what,
        (int)len, text.data, len < text.len ? "…" : "", quoted, (unsigned)letter, advice);
}
