/* SPDX-License-Identifier: Apache-2.0 */
/* One event that a client asks for, as it came. */
#ifndef ASSAY_API_EVENT_ROW_H
#define ASSAY_API_EVENT_ROW_H

#include "gateway/base/text.h"
#include "gateway/json/json.h"
#include "gateway/registry/registry.h"

enum { POINTER_MAX = 64, EVENT_ROW_TEXT_MAX = 8 * 1024 };

struct event_row {
    struct unit_key key;
    uint64_t version;   /* of the unit that the client saw; 0: whatever it is */
    struct event event; /* type and fields; the rest is zero */
};

/* {"type", "gtin", "serial", "version"?, and the event's fields by name, all strings}. ERR_INVALID;
 * `pointer` becomes the place of what is wrong, relative to the row, and the fault says it without
 * the place. Every event that this address does not take is ERR_INVALID too. */
enum err event_row_read(struct event_row *out, const struct json_node *node,
                        char pointer[static POINTER_MAX], struct fault *fault) MUST_CHECK;

/* The row in one spelling, whatever order and blanks it came in: what a repeat has to be the same
 * in. */
void event_row_text(struct text *out, const struct event_row *row);

/* The field of the row that a fault of the rules speaks of, as a pointer; "" when it is none. */
void event_row_pointer(char pointer[static POINTER_MAX], const struct fault *fault);

#endif
