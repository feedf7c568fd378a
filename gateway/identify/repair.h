/* SPDX-License-Identifier: Apache-2.0 */
/* Private to this room: undoing what a wrongly configured scanner does to a code. */
#ifndef ASSAY_IDENTIFY_REPAIR_H
#define ASSAY_IDENTIFY_REPAIR_H

#include "gateway/identify/reading.h"

/* Calls of `confirm` for one text at most, that of the unmended reading included. */
enum { CONFIRMS_MAX = 5 };

/* Reads `text` as exactly what it says: a link, an element string or a serial. */
enum reading_error reading_once(struct reading *out, struct slice text) MUST_CHECK;

/* Undoes the known faults one at a time. True when `confirm` took a mended reading, and only then
 * is *out written. */
bool repair_link(struct reading *out, struct slice text, reading_confirm *confirm,
                 void *context) MUST_CHECK;
/* Puts lost group separators back. False also when two ways of doing so are confirmed. */
bool repair_separators(struct reading *out, struct slice text, reading_confirm *confirm,
                       void *context) MUST_CHECK;

/* Translates what a host with one keyboard layout made of the key presses of a scanner with
 * another. `out` has SCAN_TEXT_MAX bytes. False when a character is on no key, or nothing
 * changes. */
enum layout { LAYOUT_GERMAN = 0, LAYOUT_FRENCH, LAYOUT_COUNT };
bool layout_undo_host(char *out, size_t *len, struct slice text, enum layout host) MUST_CHECK;
bool layout_undo_scanner(char *out, size_t *len, struct slice text, enum layout scanner) MUST_CHECK;

#endif
