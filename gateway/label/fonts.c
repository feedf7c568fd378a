/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/fonts.h"

#include <hpdf_doc.h>
#include <sodium.h>

#include "gateway/label/bidi.h"
#include "gateway/label/glyphs.h"
#include "gateway/label/letters.h"
#include "gateway/label/sheet.h"

enum { RUN_BYTES = 512, FALLBACK_FROM = 0x2000 };

static const struct file {
    const char *path, *package;
} files[FONT_FILES] = {
    [FONT_SANS] = {SHEET_FONTS "/DejaVuSans.ttf", "fonts-dejavu-core"},
    [FONT_BOLD] = {SHEET_FONTS "/DejaVuSans-Bold.ttf", "fonts-dejavu-core"},
    [FONT_MONO] = {SHEET_FONTS "/DejaVuSansMono-Bold.ttf", "fonts-dejavu-core"},
    [FONT_FALLBACK] = {SHEET_FALLBACK_FONTS "/DroidSansFallback.ttf", "fonts-droid-fallback"},
};

static const enum font_file first_file[PDF_FONTS] = {
    [PDF_PLAIN] = FONT_SANS, [PDF_BOLD] = FONT_BOLD, [PDF_CODE] = FONT_MONO};

static const char advice[] =
    "letters of Latin, Greek, Cyrillic, Arabic, Hebrew, Chinese, Japanese and Korean can";

static enum err
font_read(struct fonts *fonts, enum font_file number, struct fault *fault)
{
    struct font *font = &fonts->files[number];
    if (font->name != NULL)
        return ERR_OK;
    font->name = HPDF_LoadTTFontFromFile(fonts->doc, files[number].path, HPDF_TRUE);
    font->def = font->name == NULL ? NULL : HPDF_GetFontDef(fonts->doc, font->name);
    if (font->def != NULL)
        return ERR_OK;
    font->name = NULL;
    if (HPDF_GetError(fonts->doc) == HPDF_FAILD_TO_ALLOC_MEM)
        return fault_set(fault, ERR_MEMORY, "no memory for a font");
    HPDF_ResetError(fonts->doc);
    return fault_set(fault, ERR_UNAVAILABLE,
                     "the font %s cannot be read: is the package %s installed?", files[number].path,
                     files[number].package);
}

/* 0 when the font has no such letter, else its advance and 1. */
static unsigned
advance_of(struct font *font, uint32_t letter)
{
    if (letter > UINT16_MAX || font->def == NULL)
        return 0;
    uint16_t code = (uint16_t)letter;
    size_t at = code % FONT_SEEN;
    if (font->seen[at].letter == code && code != 0)
        return font->seen[at].advance;
    uint16_t glyph = HPDF_TTFontDef_GetGlyphid(font->def, code);
    bool there = glyph != 0 && glyph_use(font->def, glyph);
    unsigned advance = there ? (unsigned)HPDF_TTFontDef_GetCharWidth(font->def, code) + 1 : 0;
    font->seen[at].letter = code;
    font->seen[at].advance = (uint16_t)advance;
    return advance;
}

/* Which file has the letter, of those that are read; FONT_FILES for none. */
static enum font_file
file_of(struct fonts *fonts, enum pdf_font font, uint32_t letter)
{
    if (advance_of(&fonts->files[first_file[font]], letter) != 0)
        return first_file[font];
    return advance_of(&fonts->files[FONT_FALLBACK], letter) != 0 ? FONT_FALLBACK : FONT_FILES;
}

static enum err
need_letter(struct fonts *fonts, enum pdf_font font, uint32_t letter, struct fault *fault)
{
    if (!letter_stands(letter))
        return ERR_INVALID;
    if (file_of(fonts, font, letter) != FONT_FILES)
        return ERR_OK;
    if (letter < FALLBACK_FROM)
        return ERR_INVALID;
    enum err err = font_read(fonts, FONT_FALLBACK, fault);
    if (err == ERR_OK && file_of(fonts, font, letter) == FONT_FILES)
        err = ERR_INVALID;
    return err;
}

enum err
fonts_need(struct fonts *fonts, enum pdf_font font, const char *what, struct slice text,
           struct fault *fault)
{
    char room[BIDI_BYTES_MAX];
    struct slice rest;
    enum err err = font_read(fonts, first_file[font], fault);
    if (err == ERR_OK && !bidi_seen(&rest, room, text))
        err = fault_set(fault, ERR_MEMORY, "no memory for a text");
    while (err == ERR_OK && rest.len > 0) {
        uint32_t letter = letter_take(&rest);
        err = need_letter(fonts, font, letter, fault);
        if (err == ERR_INVALID)
            err = letter_fault(fault, what, text, letter, advice);
    }
    sodium_memzero(room, sizeof room);
    return err;
}

double
fonts_width(struct fonts *fonts, enum pdf_font font, struct slice line)
{
    char room[BIDI_BYTES_MAX];
    struct slice text = line;
    double width = 0;
    fonts->failed = fonts->failed || !bidi_seen(&text, room, line);
    while (!fonts->failed && text.len > 0) {
        uint32_t letter = letter_take(&text);
        enum font_file file = file_of(fonts, font, letter);
        if (file != FONT_FILES)
            width += advance_of(&fonts->files[file], letter) - 1;
    }
    return width;
}

/* Letters that are drawn with one font, in its encoding. */
struct run {
    enum font_file file;
    bool narrow;
    double width;
    size_t len;
    char bytes[RUN_BYTES + 1];
};

static void
add_letter(struct run *run, struct slice utf8, unsigned narrow)
{
    if (run->narrow)
        run->bytes[run->len++] = (char)narrow;
    for (size_t i = 0; !run->narrow && i < utf8.len; i++)
        run->bytes[run->len++] = utf8.data[i];
    run->bytes[run->len] = '\0';
}

/* As much of the beginning as one font has, in one encoding. */
static void
take_run(struct run *run, struct fonts *fonts, enum pdf_font font, struct slice *text)
{
    run->len = 0;
    run->width = 0;
    while (text->len > 0 && run->len + sizeof(uint32_t) <= RUN_BYTES) {
        struct slice rest = *text;
        uint32_t letter = letter_take(&rest);
        unsigned narrow = letter_windows_1252(letter);
        enum font_file file = file_of(fonts, font, letter);
        if (run->len > 0 && (file != run->file || (narrow != 0) != run->narrow))
            return;
        run->file = file;
        run->narrow = narrow != 0;
        run->width += file == FONT_FILES ? 0 : advance_of(&fonts->files[file], letter) - 1;
        add_letter(run, slice_make(text->data, text->len - rest.len), narrow);
        *text = rest;
    }
}

/* NULL when there is no memory; the document knows. */
static HPDF_Font
font_in(struct fonts *fonts, const struct run *run)
{
    struct font *font = &fonts->files[run->file];
    HPDF_Font *kind = run->narrow ? &font->narrow : &font->wide;
    if (*kind != NULL)
        return *kind;
    if (!run->narrow && HPDF_Doc_FindEncoder(fonts->doc, "UTF-8") == NULL)
        (void)HPDF_UseUTFEncodings(fonts->doc);
    *kind = HPDF_GetFont(fonts->doc, font->name, run->narrow ? "WinAnsiEncoding" : "UTF-8");
    return *kind;
}

void
fonts_draw(struct fonts *fonts, HPDF_Page page, const struct font_line *line)
{
    char room[BIDI_BYTES_MAX];
    struct slice text;
    struct run run;
    double x = line->x;
    if (!bidi_seen(&text, room, line->text)) {
        fonts->failed = true;
        return;
    }
    (void)HPDF_Page_BeginText(page);
    while (text.len > 0) {
        take_run(&run, fonts, line->font, &text);
        HPDF_Font with = run.file == FONT_FILES ? NULL : font_in(fonts, &run);
        if (with != NULL) {
            (void)HPDF_Page_SetFontAndSize(page, with, (HPDF_REAL)line->size);
            (void)HPDF_Page_TextOut(page, (HPDF_REAL)x, (HPDF_REAL)line->y, run.bytes);
        }
        x += run.width * line->size / 1000;
    }
    (void)HPDF_Page_EndText(page);
    sodium_memzero(&run, sizeof run);
    sodium_memzero(room, sizeof room);
}
