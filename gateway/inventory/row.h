/* SPDX-License-Identifier: Apache-2.0 */
/* From the cells of a row to its unit and event. Pure. */
#ifndef ASSAY_INVENTORY_ROW_H
#define ASSAY_INVENTORY_ROW_H

#include "gateway/inventory/map.h"
#include "gateway/inventory/table.h"

/* Fills key and event (type, role, at, actor and fields; not the product's offset). NULL, or the
 * code of the refusal, whose reason is the fault's; the key is filled as far as it could be read.
 */
const char *inventory_read(const struct table_row *row, const struct inventory_options *options,
                           struct unit_key *key, struct event *event,
                           struct fault *fault) MUST_CHECK;

/* The first value that the event states and the unit, which is past such an event already, has
 * otherwise: its name and both texts. NULL: the unit is as the row wants it. */
struct inventory_difference {
    const char *name;
    enum event_field_id field;
    char is[DOCUMENT_MAX + 1];
};
bool inventory_differs(const struct event *event, const struct unit *unit,
                       struct inventory_difference *out) MUST_CHECK;

#endif
