/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/glyphs.h"

enum { DEPTH_MAX = 8, PARTS_MAX = 32, BOX_BYTES = 8, OF_PARTS = 0x8000 };

enum part_flag {
    WORD_ARGUMENTS = 0x0001,
    ONE_SCALE = 0x0008,
    MORE_PARTS = 0x0020,
    TWO_SCALES = 0x0040,
    MATRIX = 0x0080,
};

static bool
read_number(HPDF_Stream stream, uint16_t *out)
{
    HPDF_BYTE bytes[2];
    HPDF_UINT len = sizeof bytes;
    if (HPDF_Stream_Read(stream, bytes, &len) != HPDF_OK || len != sizeof bytes)
        return false;
    *out = (uint16_t)(bytes[0] << 8 | bytes[1]);
    return true;
}

static bool
skip(HPDF_Stream stream, unsigned len)
{
    return HPDF_Stream_Seek(stream, (HPDF_INT)len, HPDF_SEEK_CUR) == HPDF_OK;
}

/* Bytes that say where a part stands. */
static unsigned
placement(unsigned flags)
{
    unsigned scale = (flags & ONE_SCALE) != 0    ? 2
                     : (flags & TWO_SCALES) != 0 ? 4
                     : (flags & MATRIX) != 0     ? 8
                                                 : 0;
    return scale + ((flags & WORD_ARGUMENTS) != 0 ? 4 : 2);
}

/* The numbers of its parts; none for a glyph that is an outline, or empty. */
static bool
read_parts(HPDF_TTFontDefAttr font, uint16_t glyph, uint16_t parts[static PARTS_MAX], size_t *count)
{
    HPDF_UINT32 unit = font->header.index_to_loc_format == 0 ? 2 : 1;
    HPDF_UINT32 at = font->glyph_tbl.offsets[glyph];
    uint16_t contours = 0;
    uint16_t flags = MORE_PARTS;
    *count = 0;
    if (at == font->glyph_tbl.offsets[glyph + 1])
        return true;
    if (HPDF_Stream_Seek(font->stream, (HPDF_INT)(font->glyph_tbl.base_offset + at * unit),
                         HPDF_SEEK_SET) != HPDF_OK ||
        !read_number(font->stream, &contours))
        return false;
    if ((contours & OF_PARTS) == 0)
        return true;
    if (!skip(font->stream, BOX_BYTES))
        return false;
    for (; *count < PARTS_MAX && (flags & MORE_PARTS) != 0; (*count)++)
        if (!read_number(font->stream, &flags) || !read_number(font->stream, &parts[*count]) ||
            !skip(font->stream, placement(flags)))
            return false;
    return (flags & MORE_PARTS) == 0;
}

static bool
use(HPDF_TTFontDefAttr font, uint16_t glyph, unsigned depth) /* NOLINT(misc-no-recursion) */
{
    uint16_t parts[PARTS_MAX];
    size_t count = 0;
    if (glyph >= font->num_glyphs || depth == DEPTH_MAX)
        return false;
    font->glyph_tbl.flgs[glyph] = 1;
    bool good = read_parts(font, glyph, parts, &count);
    for (size_t i = 0; good && i < count; i++)
        good = use(font, parts[i], depth + 1);
    return good;
}

bool
glyph_use(HPDF_FontDef font, uint16_t glyph)
{
    return use(font->attr, glyph, 0);
}
