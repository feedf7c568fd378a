/* SPDX-License-Identifier: Apache-2.0 */
/* Where the code and the text stand on a label or a card, whatever draws them: PDF counts in
 * millimetres, ZPL in dots. Pure. */
#ifndef ASSAY_LABEL_LAYOUT_H
#define ASSAY_LABEL_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"
#include "gateway/identify/identity.h"

enum {
    CAPTION_TEXTS_MAX = 4,
    CAPTION_TEXT_MAX = 5 + GS1_VALUE_MAX, /* "(21) " and its value */
    TYPESET_MAX = 48,
    LAYOUT_LINES_MAX = 24
};

/* One size of one font. Distances are in the unit of whoever draws. */
struct typeface {
    double size; /* as the writer names it */
    double line; /* from one line to the next */
    unsigned font;
    void *context;
    double (*width)(const struct typeface *face, struct slice text);
};

/* The sizes that may be used, the largest first. */
struct typeset {
    size_t count;
    struct typeface faces[TYPESET_MAX];
};

/* A label or a card, `unit_mm` for the sentences of a fault. */
struct box {
    double width, height, unit_mm;
};

struct placed {
    double x, y;                 /* upper left corner of the line */
    const struct typeface *face; /* of the typeset that was given */
    struct slice text;           /* of the text that was given */
};

struct layout {
    double code_x, code_y; /* upper left corner of the quiet zone */
    size_t count;
    struct placed lines[LAYOUT_LINES_MAX];
};

/* "(01) …", "(22) …", "(10) …", "(21) …": what is printed beside a code, in this order. */
struct caption {
    size_t count; /* 0: nothing is printed */
    char texts[CAPTION_TEXTS_MAX][CAPTION_TEXT_MAX + 1];
};
void caption_of(struct caption *out, const struct identity *id);

/* `code` is a side of the code with its quiet zone. The text stands right of it or below it, where
 * it can be larger; long values are cut into lines only when no size holds them whole. ERR_INVALID
 * when the code does not fit, or when no size leaves room for the text. `out` refers to `caption`
 * and `types`. */
struct label_design {
    struct box box;
    double code;
    unsigned modules; /* a side, quiet zone included: for the fault */
};
enum err layout_label(struct layout *out, const struct label_design *design,
                      const struct caption *caption, const struct typeset *types,
                      struct fault *fault) MUST_CHECK;

/* What stands on a card, from its top to its bottom. */
enum card_part { CARD_TITLE, CARD_SERIAL, CARD_HEADING, CARD_CODE, CARD_SENTENCE, CARD_PARTS };

struct card_design {
    struct box box;
    double code;     /* a side of the code with its quiet zone, at the upper right; 0 for none */
    bool from_right; /* mirrored, for readers who begin at the right */
    struct slice texts[CARD_PARTS]; /* an empty one is left out */
    const struct typeset *types[CARD_PARTS];
};
/* ERR_INVALID names what does not fit. The claim code is never cut into lines. */
enum err layout_card(struct layout *out, const struct card_design *design,
                     struct fault *fault) MUST_CHECK;

#endif
