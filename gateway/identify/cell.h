/* SPDX-License-Identifier: Apache-2.0 */
/* Identities in the cells of tables, which people open in spreadsheets: what a spreadsheet made of
 * one is refused with a sentence that says how to mend the export. Never guessed at: a GTIN that
 * lost digits is another product's. */
#ifndef ASSAY_IDENTIFY_CELL_H
#define ASSAY_IDENTIFY_CELL_H

#include "gateway/identify/identity.h"

/* A GTIN of 14 digits. ERR_INVALID: 9.50600E+12, 9506000134352.0, 13 digits, a wrong check digit,
 * anything else; the fault begins with "gtin: ". */
enum err cell_gtin(char out[static GTIN_DIGITS + 1], struct slice cell,
                   struct fault *fault) MUST_CHECK;
/* A serial, lot or variant; not empty. ERR_INVALID begins with `name`. */
enum err cell_value(char out[static GS1_VALUE_MAX + 1], const char *name, struct slice cell,
                    struct fault *fault) MUST_CHECK;

#endif
