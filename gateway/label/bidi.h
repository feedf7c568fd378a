/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that are written from right to left, or in part: Arabic letters take the form that they
 * have beside each other, and all stand in the order in which they are seen, from left to right
 * (Unicode Standard Annex 9). */
#ifndef ASSAY_LABEL_BIDI_H
#define ASSAY_LABEL_BIDI_H

#include <stdbool.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

enum { BIDI_LETTERS_MAX = 512, BIDI_BYTES_MAX = 4 * BIDI_LETTERS_MAX };

/* Is it read from the right: does its first letter that has a direction belong to such a script? */
bool bidi_from_right(struct slice text);

/* *out is what is seen of one line of well-formed UTF-8: `text` itself when nothing in it is
 * written from right to left, else in `room`. False when there is no memory, or when it has more
 * than BIDI_LETTERS_MAX letters. */
bool bidi_seen(struct slice *out, char room[static BIDI_BYTES_MAX], struct slice text) MUST_CHECK;

#endif
