/* SPDX-License-Identifier: Apache-2.0 */
/* Many codes of one form: those that are pasted into a field, one a line. */
#ifndef ASSAY_STAFF_CODES_H
#define ASSAY_STAFF_CODES_H

#include "gateway/staff/page.h"

enum { CODES_MAX = 10000, CODE_LINK_MAX = 1024 };

/* What is asked of one line: a serial by itself becomes the link of that serial of the product
 * `gtin`, unless that is "". Anything else is taken as it is. */
void codes_put(struct text *body, const char *gtin, struct slice line);

/* One line and what POST /v1/verify answered: a verdict, or {"status", "code", "detail"}. */
typedef void code_take(void *context, struct slice line, const struct json_node *result);

/* Reads the fields `codes` and `gtin` of the form and takes each line that is not empty, in order.
 * The number of lines. A form that cannot be asked, or an answer that did not come, is the page's
 * problem and status; what was taken before that stays. */
size_t codes_each(struct page *page, code_take *take, void *context);

/* Whether a code was read of which there is neither a record nor a word against its label. */
bool codes_is_unknown(const struct json_node *result);

/* The member "code" for a line: as much of it as tells it apart, cut between characters, and "cut"
 * when that is not all. */
void codes_put_line(struct text *out, struct slice line);

#endif
