/* SPDX-License-Identifier: Apache-2.0 */
/* Look-alikes: what people mean when they type a serial from a worn label. For searching only,
 * never for a verdict. Pure. */
#ifndef ASSAY_RULES_FOLD_H
#define ASSAY_RULES_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

/* Letters become capitals, then O 0, I L | 1, S 5, Z 2, B 8; everything but letters and digits is
 * dropped, with it all that is not ASCII. Writes at most size - 1 characters and a NUL; what does
 * not fit is left out. Returns the length. */
size_t fold(char *out, size_t size, struct slice s);

/* Does the folded text contain `folded`? "" is in everything. */
bool fold_contains(struct slice s, const char *folded);

enum fold_begins { FOLD_BEGINS, FOLD_AHEAD, FOLD_NOWHERE };
/* For finding, in a list of GS1 values that is sorted bytewise, those that begin, when folded, as
 * `folded` does, which is not "". FOLD_BEGINS: `text` is one. FOLD_AHEAD: no text between it and
 * what is in `text` now is one, which is above it and has one character more at most, for which
 * there has to be room. FOLD_NOWHERE: no text above it is one. */
enum fold_begins fold_ahead(char *text, const char *folded) MUST_CHECK;

#endif
