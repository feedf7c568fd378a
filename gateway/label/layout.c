/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/layout.h"

#include <math.h>
#include <stdio.h>

#include "gateway/label/letters.h"

#define GAP_MM 1.0 /* between the quiet zone and the text, and from text to edge */
#define CODE_MARGIN_MAX_MM 5.0
#define CARD_MARGIN 0.08 /* of the card's height */
#define COMFORTABLE 0.7  /* of the largest size */
#define NEARLY 1e-6      /* sums of decimals */

/* One part of the label that text may use. */
struct area {
    double x, y, width, height;
};

static bool
add_line(struct layout *out, const struct typeface *face, struct slice text)
{
    if (out->count == LAYOUT_LINES_MAX)
        return false;
    out->lines[out->count++] = (struct placed){.face = face, .text = text};
    return true;
}

/* Characters of `text` that fit into `width`; whole UTF-8 sequences. */
static size_t
fitting(const struct typeface *face, struct slice text, double width)
{
    size_t len = 0;
    for (size_t i = 1; i <= text.len; i++) {
        bool boundary = i == text.len || ((unsigned char)text.data[i] & 0xC0) != 0x80;
        if (boundary && face->width(face, slice_make(text.data, i)) > width + NEARLY)
            break;
        len = boundary ? i : len;
    }
    return len;
}

/* Where the last word ends that is whole within `len`; 0 when there is none. */
static size_t
word_end(struct slice text, size_t len)
{
    struct slice rest = text;
    uint32_t before = ' ';
    size_t end = 0;
    if (len == text.len)
        return len;
    while (text.len - rest.len <= len) {
        size_t at = text.len - rest.len;
        uint32_t letter = letter_take(&rest);
        if (letter == ' ' || (before != ' ' && letter_breaks(before, letter)))
            end = at;
        before = letter;
    }
    return end;
}

/* How a text may be broken into lines. */
enum breaks { BREAK_NOWHERE, BREAK_WORDS, BREAK_ANYWHERE };

/* Adds the lines of one text. False when it is too wide for what is allowed. */
static bool
wrap(struct layout *out, const struct typeface *face, struct slice text, double width,
     enum breaks breaks)
{
    while (text.len > 0) {
        size_t fit = fitting(face, text, width);
        size_t len = word_end(text, fit);
        if (len == 0 && breaks == BREAK_ANYWHERE)
            len = fit;
        if (len == 0 || (len < text.len && breaks == BREAK_NOWHERE) ||
            !add_line(out, face, slice_trim(slice_make(text.data, len))))
            return false;
        text = slice_trim(slice_make(text.data + len, text.len - len));
    }
    return true;
}

void
caption_of(struct caption *out, const struct identity *id)
{
    const struct {
        const char *ai, *value;
    } rows[] = {{"01", id->gtin}, {"22", id->variant}, {"10", id->lot}, {"21", id->serial}};
    out->count = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].value[0] != '\0')
            (void)snprintf(out->texts[out->count++], CAPTION_TEXT_MAX + 1, "(%s) %s", rows[i].ai,
                           rows[i].value);
}

/* All texts in one size, stacked and centred between top and bottom of the area. */
static bool
stack(struct layout *out, const struct area *area, const struct caption *caption,
      const struct typeface *face, enum breaks breaks)
{
    out->count = 0;
    for (size_t i = 0; i < caption->count; i++)
        if (!wrap(out, face, slice_of(caption->texts[i]), area->width, breaks))
            return false;
    double height = (double)out->count * face->line;
    if (height > area->height + NEARLY)
        return false;
    for (size_t i = 0; i < out->count; i++) {
        out->lines[i].x = area->x;
        out->lines[i].y = area->y + (area->height - height) / 2 + (double)i * face->line;
    }
    return true;
}

/* What a place had room for; no face when there was none. */
struct found {
    const struct typeface *face;
    enum breaks breaks;
};

/* The largest size that fits. A line each is easiest to read, until it makes the text small. */
static struct found
fill(struct layout *out, const struct area *area, const struct caption *caption,
     const struct typeset *types)
{
    for (enum breaks breaks = BREAK_NOWHERE; breaks <= BREAK_ANYWHERE; breaks++) {
        for (size_t i = 0; i < types->count; i++) {
            const struct typeface *face = &types->faces[i];
            bool small = face->size < COMFORTABLE * types->faces[0].size;
            if (!(breaks == BREAK_NOWHERE && small) && stack(out, area, caption, face, breaks))
                return (struct found){face, breaks};
        }
    }
    return (struct found){NULL, BREAK_ANYWHERE};
}

/* Fewer broken lines, then a clearly larger size; the place beside the code comes first. */
static bool
better_under(const struct found *right, const struct found *under)
{
    if (under->face == NULL || right->face == NULL)
        return under->face != NULL;
    if (under->breaks != right->breaks)
        return under->breaks < right->breaks;
    return right->face->size < COMFORTABLE * under->face->size;
}

static double
code_margin(const struct label_design *design)
{
    double space = fmin(design->box.height, design->box.width) - design->code;
    return fmin(space / 2, CODE_MARGIN_MAX_MM / design->box.unit_mm);
}

static struct found
beside(struct layout *out, const struct label_design *design, const struct caption *caption,
       const struct typeset *types)
{
    double gap = GAP_MM / design->box.unit_mm;
    out->code_x = code_margin(design);
    out->code_y = (design->box.height - design->code) / 2;
    double left = out->code_x + design->code + gap / 2;
    const struct area area = {left, gap / 2, design->box.width - left - gap,
                              design->box.height - gap};
    return fill(out, &area, caption, types);
}

/* Code above, text below, both in the middle; the quiet zone is the gap. */
static struct found
below(struct layout *out, const struct label_design *design, const struct caption *caption,
      const struct typeset *types)
{
    double gap = GAP_MM / design->box.unit_mm;
    double rest = design->box.height - design->code;
    const struct area area = {gap, design->code, design->box.width - 2 * gap, rest - gap};
    struct found found = fill(out, &area, caption, types);
    if (found.face == NULL)
        return found;
    double height = (double)out->count * found.face->line;
    out->code_x = (design->box.width - design->code) / 2;
    out->code_y = fmax((rest - gap - height) / 2, 0);
    for (size_t i = 0; i < out->count; i++) {
        struct placed *line = &out->lines[i];
        line->x = (design->box.width - found.face->width(found.face, line->text)) / 2;
        line->y = out->code_y + design->code + (double)i * found.face->line;
    }
    return found;
}

static enum err
code_fits(const struct label_design *design, struct fault *fault)
{
    double unit = design->box.unit_mm;
    double side = fmin(design->box.width, design->box.height);
    if (design->code <= side + NEARLY)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID,
                     "a code of %.4g mm with its quiet zone does not fit a label of %.4g x %.4g "
                     "mm: take a module of at most %.3f mm, or a larger label",
                     design->code * unit, design->box.width * unit, design->box.height * unit,
                     floor(side * unit / design->modules * 1000 + NEARLY) / 1000);
}

enum err
layout_label(struct layout *out, const struct label_design *design, const struct caption *caption,
             const struct typeset *types, struct fault *fault)
{
    struct layout other = {0};
    enum err err = code_fits(design, fault);
    if (err != ERR_OK)
        return err;
    struct found right = beside(out, design, caption, types);
    struct found under = below(&other, design, caption, types);
    if (better_under(&right, &under))
        *out = other;
    if (right.face != NULL || under.face != NULL)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID,
                     "no room for readable text on a label of %.4g x %.4g mm with a code of %.4g "
                     "mm: take smaller modules, a larger label, or --no-caption",
                     design->box.width * design->box.unit_mm,
                     design->box.height * design->box.unit_mm, design->code * design->box.unit_mm);
}

static const size_t part_lines_max[CARD_PARTS] = {
    [CARD_TITLE] = 3, [CARD_SERIAL] = 1, [CARD_HEADING] = 1, [CARD_CODE] = 1, [CARD_SENTENCE] = 6};

/* The largest size whose lines are at most `height`; false when there is none. */
static bool
fill_part(struct layout *out, const struct card_design *design, enum card_part part,
          const struct area *area)
{
    const struct typeset *types = design->types[part];
    size_t before = out->count;
    for (size_t i = 0; i < types->count; i++) {
        const struct typeface *face = &types->faces[i];
        size_t lines_max = part_lines_max[part];
        out->count = before;
        bool fits = wrap(out, face, design->texts[part], area->width, BREAK_WORDS) &&
                    out->count - before <= lines_max &&
                    (double)(out->count - before) * face->line <= area->height + NEARLY;
        for (size_t line = before; fits && line < out->count; line++) {
            out->lines[line].x = area->x;
            out->lines[line].y = area->y + (double)(line - before) * face->line;
        }
        if (fits)
            return true;
    }
    out->count = before;
    return false;
}

static enum err
no_room(const struct card_design *design, enum card_part part, struct fault *fault)
{
    static const char *const names[CARD_PARTS] = {"the product's name", "the serial", "the heading",
                                                  "the claim code", "the sentence"};
    return fault_set(fault, ERR_INVALID, "no room for %s on a card of %.4g x %.4g mm: \"%.60s\"",
                     names[part], design->box.width * design->box.unit_mm,
                     design->box.height * design->box.unit_mm,
                     part == CARD_CODE ? "" : design->texts[part].data);
}

static double
lines_height(const struct layout *layout, size_t from)
{
    double height = 0;
    for (size_t i = from; i < layout->count; i++)
        height += layout->lines[i].face->line;
    return height;
}

static void
move_lines(struct layout *layout, size_t from, double by)
{
    for (size_t i = from; i < layout->count; i++)
        layout->lines[i].y += by;
}

/* Puts one part at the top of the area, which loses what it took. */
static enum err
place_part(struct layout *out, const struct card_design *design, enum card_part part,
           struct area *area, struct fault *fault)
{
    size_t from = out->count;
    if (!fill_part(out, design, part, area))
        return no_room(design, part, fault);
    double height = lines_height(out, from);
    area->y += height;
    area->height -= height;
    return ERR_OK;
}

/* At the bottom, at most half of what is left, as wide as the card. */
static enum err
place_sentence(struct layout *out, const struct card_design *design, struct area *rest,
               struct fault *fault)
{
    double margin = design->box.height * CARD_MARGIN;
    double bottom = rest->y + rest->height;
    size_t from = out->count;
    struct area low = {rest->x, 0, design->box.width - 2 * margin, rest->height / 2};
    enum err err = place_part(out, design, CARD_SENTENCE, &low, fault);
    double height = lines_height(out, from);
    move_lines(out, from, bottom - height);
    rest->height -= height;
    return err;
}

/* The claim code in the middle of what is left: below the QR code, as wide as the card, where that
 * leaves enough height, else beside it. */
static enum err
place_claim(struct layout *out, const struct card_design *design, struct area *rest,
            struct fault *fault)
{
    double margin = design->box.height * CARD_MARGIN;
    double bottom = rest->y + rest->height;
    double code_bottom = design->code > 0 ? margin + design->code : 0;
    size_t from = out->count;
    if (bottom - code_bottom >= rest->height / 2) {
        rest->y = fmax(rest->y, code_bottom);
        rest->height = bottom - rest->y;
        rest->width = design->box.width - 2 * margin;
    }
    enum err err = place_part(out, design, CARD_HEADING, rest, fault);
    if (err == ERR_OK)
        err = place_part(out, design, CARD_CODE, rest, fault);
    move_lines(out, from, rest->height / 2);
    return err;
}

static void
mirror(struct layout *layout, const struct card_design *design)
{
    layout->code_x = design->box.width - layout->code_x - design->code;
    for (size_t i = 0; i < layout->count; i++) {
        struct placed *line = &layout->lines[i];
        line->x = design->box.width - line->x - line->face->width(line->face, line->text);
    }
}

enum err
layout_card(struct layout *out, const struct card_design *design, struct fault *fault)
{
    double margin = design->box.height * CARD_MARGIN;
    struct area rest = {margin, margin, design->box.width - 2 * margin - design->code,
                        design->box.height - 2 * margin};
    out->count = 0;
    out->code_x = design->box.width - margin - design->code;
    out->code_y = margin;
    enum err err = place_part(out, design, CARD_TITLE, &rest, fault);
    if (err == ERR_OK)
        err = place_part(out, design, CARD_SERIAL, &rest, fault);
    if (err == ERR_OK)
        err = place_sentence(out, design, &rest, fault);
    if (err == ERR_OK)
        err = place_claim(out, design, &rest, fault);
    if (err == ERR_OK && design->from_right)
        mirror(out, design);
    return err;
}
