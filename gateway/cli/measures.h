/* SPDX-License-Identifier: Apache-2.0 */
/* What label and cards share: the options that say how a sheet or a roll is laid out. */
#ifndef ASSAY_CLI_MEASURES_H
#define ASSAY_CLI_MEASURES_H

#include "gateway/cli/cli.h"
#include "gateway/label/sheet.h"
#include "gateway/label/zpl.h"

/* The rows of the table of options, for commands.c. */
#define MEASURE_OPTIONS                                                                            \
    {"module-mm", "MM", "a side of a module (0.40)", false},                                       \
        {"sheet", "NAME", "PDF: a sheet as avery-l7163; see below", false},                        \
        {"page", "a4|letter|WxH", "PDF: own sheet: the paper, mm (a4)", false},                    \
        {"columns", "N", "own sheet: labels side by side", false},                                 \
        {"rows", "N", "own sheet: labels one below the other", false},                             \
        {"label", "WxH", "own sheet, or ZPL: a label, mm", false},                                 \
        {"margin-left", "MM", "own sheet: paper left of the first label (centred)", false},        \
        {"margin-top", "MM", "own sheet: paper above the first label (centred)", false},           \
        {"pitch", "WxH", "own sheet: from edge to edge of the next label (--label)", false},       \
        {"start-at", "N", "PDF: the first free label of a used sheet (1)", false},                 \
        {"copies", "N", "PDF, ZPL: of each (1)", false},                                           \
        {"shift-x", "MM", "PDF, ZPL: print further to the right; --shift-x=-1 for left", false},   \
        {"shift-y", "MM", "PDF, ZPL: print further down", false},                                  \
        {"outline", NULL, "PDF, ZPL: with the edges of the labels, to test on paper", false},      \
        {"across", "N", "ZPL: labels side by side on the roll (1)", false},                        \
        {"gap", "MM", "ZPL: between labels side by side (2)", false},                              \
    {                                                                                              \
        "dpi", "DPI", "of the printer: PNG 72 to 2400, ZPL 203, 300 or 600 (300)", false           \
    }

/* A decimal number, all of the word; *out stays when it was not given. ERR_USAGE. */
enum err measure_mm(const struct invocation *in, const char *name, double *out,
                    struct fault *fault) MUST_CHECK;

/* `sheet_name` is taken when neither --sheet nor an own sheet is given; NULL for none. ERR_USAGE
 * for words that are no measures, and for measures that do not go together. */
enum err measure_sheet(const struct invocation *in, const char *sheet_name, struct sheet_print *out,
                       struct fault *fault) MUST_CHECK;
enum err measure_roll(const struct invocation *in, struct zpl_print *out,
                      struct fault *fault) MUST_CHECK;

#endif
