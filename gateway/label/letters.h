/* SPDX-License-Identifier: Apache-2.0 */
/* The letters of a text that goes to a printer. Pure. */
#ifndef ASSAY_LABEL_LETTERS_H
#define ASSAY_LABEL_LETTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

/* Takes one letter (a Unicode code point) of well-formed UTF-8, which is not empty. */
uint32_t letter_take(struct slice *text);

/* Is a letter drawn as it stands, one after the other? Not where it joins its neighbours or stands
 * above them, is invisible, or turns the direction of what follows; those of right-to-left scripts
 * as bidi.h leaves them. */
bool letter_stands(uint32_t letter);

/* May a line end between the two, neither of which is a space? Only in Chinese and Japanese, and
 * not before what closes or lengthens, nor after what opens (JIS X 4051). */
bool letter_breaks(uint32_t before, uint32_t after);

/* The byte of a letter in Windows-1252; 0 when it has none, or is a control character. */
unsigned letter_windows_1252(uint32_t letter);

/* ERR_INVALID: `what` (the product's name) says "`text`", of which `letter` cannot be printed, and
 * what else to do. Letters that cannot be shown are only numbered. */
enum err letter_fault(struct fault *fault, const char *what, struct slice text, uint32_t letter,
                      const char *advice) MUST_CHECK;

#endif
