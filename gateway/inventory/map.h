/* SPDX-License-Identifier: Apache-2.0 */
/* What each kind of file is: the event of its rows and what that takes. Private to the room. */
#ifndef ASSAY_INVENTORY_MAP_H
#define ASSAY_INVENTORY_MAP_H

#include "gateway/inventory/inventory.h"

struct inventory_rule {
    const char *name; /* "receipts" */
    enum event_type event;
    enum unit_state state; /* after the event */
    unsigned takes, needs; /* sets of 1 << inventory_value */
};
const struct inventory_rule *inventory_rule(enum inventory_kind kind);

extern const char *const inventory_values[INVENTORY_VALUES]; /* "gtin", … */

#endif
