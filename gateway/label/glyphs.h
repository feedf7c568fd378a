/* SPDX-License-Identifier: Apache-2.0 */
/* What a letter of a TrueType font is drawn from (OpenType specification, "glyf"). libhpdf puts
 * into a PDF what is marked as used, and overlooks parts of parts and parts numbered from 32768 on:
 * those letters would lose their accents, or be blank. */
#ifndef ASSAY_LABEL_GLYPHS_H
#define ASSAY_LABEL_GLYPHS_H

#include <stdbool.h>
#include <stdint.h>

#include <hpdf.h>
#include <hpdf_fontdef.h>

#include "gateway/base/err.h"

/* Marks glyph number `glyph` and all that it is made of. False when the font cannot be read, or is
 * not well formed. */
bool glyph_use(HPDF_FontDef font, uint16_t glyph) MUST_CHECK;

#endif
