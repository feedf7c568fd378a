/* SPDX-License-Identifier: Apache-2.0 */
/* One row of a manifest, from text to values. */
#ifndef ASSAY_MANIFEST_ROW_H
#define ASSAY_MANIFEST_ROW_H

#include "gateway/manifest/manifest.h"

struct row_reader; /* opaque: the CSV parser's memory */

enum err row_reader_open(struct row_reader **out) MUST_CHECK;
void row_reader_close(struct row_reader *reader); /* NULL is allowed */

/* True and `row`, or false and `refusal`. `text` is a line without its end. */
bool row_read(struct row_reader *reader, struct slice text, uint64_t line, struct manifest_row *row,
              struct manifest_refusal *refusal) MUST_CHECK;

#endif
