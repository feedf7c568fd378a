/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/product.h"

enum { START_COUNT = START_MANUFACTURE + 1 };

static const char *const start_names[START_COUNT] = {
    [0] = "none",
    [START_SALE] = "sale",
    [START_ACTIVATION] = "activation",
    [START_SHIPMENT] = "shipment",
    [START_MANUFACTURE] = "manufacture",
};

const char *
entitlement_start_name(enum entitlement_start start)
{
    return start_names[(unsigned)start < START_COUNT ? (unsigned)start : 0];
}

bool
entitlement_start_parse(enum entitlement_start *out, struct slice s)
{
    unsigned found = 0;
    for (unsigned start = START_SALE; start < START_COUNT; start++)
        if (slice_equal(s, start_names[start]))
            found = start;
    *out = (enum entitlement_start)found;
    return found != 0;
}
