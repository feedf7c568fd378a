/* SPDX-License-Identifier: Apache-2.0 */
/* What a unit is one of: its product with the warranty promised for it, and its lot. Plain data;
 * the conventions are those of unit.h. */
#ifndef ASSAY_RULES_PRODUCT_H
#define ASSAY_RULES_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/date.h"
#include "gateway/identify/identity.h"

enum {
    NAME_MAX_BYTES = 120,
    ITEM_MAX = 40,
    LINK_MAX = 255,
    ENTITLEMENTS_MAX = 8,
    COVERS_MAX = 120,
    COUNTRIES_MAX = 120 /* ISO 3166-1 alpha-2 codes, space-separated */
};

/* When cover begins: the first of these that the unit has, in the order of the entitlement. */
enum entitlement_start {
    START_SALE = 1,
    START_ACTIVATION = 2,
    START_SHIPMENT = 3,
    START_MANUFACTURE = 4
};
const char *entitlement_start_name(enum entitlement_start start); /* "sale", …; 0 is "none" */
bool entitlement_start_parse(enum entitlement_start *out, struct slice s) MUST_CHECK;

struct entitlement {
    char id[ITEM_MAX + 1];
    char title[NAME_MAX_BYTES + 1];
    uint8_t starts[4]; /* enum entitlement_start, 0 ends the list */
    uint16_t months;   /* 1-1200 */
    bool requires_activation;
    char covers[COVERS_MAX + 1];       /* "parts, labour" */
    char countries[COUNTRIES_MAX + 1]; /* "" is everywhere */
};

/* How much evidence of copying it takes before a unit is suspected, by enum copy_rule of scan.h. 0
 * is the default of that rule; COPY_OFF: never. */
enum { COPY_LIMITS = 7, COPY_OFF = 65535 };
struct copy_limits {
    uint16_t at[COPY_LIMITS]; /* at[COPY_NONE] is 0 */
};

struct product {
    char gtin[GTIN_DIGITS + 1];
    uint64_t version;
    char item[ITEM_MAX + 1]; /* the brand's own item number */
    char brand[NAME_MAX_BYTES + 1];
    char name[NAME_MAX_BYTES + 1];
    char model[NAME_MAX_BYTES + 1];
    char picture[LINK_MAX + 1];      /* https, or a path of this gateway; "" */
    char support[LINK_MAX + 1];      /* where a customer gets help: https, mailto or tel */
    char markets[COUNTRIES_MAX + 1]; /* where it may be sold; "" is everywhere */
    int16_t offset_minutes;          /* the fixed offset from UTC at which its days begin */
    bool activation_before_sale;     /* a buyer may register a unit that no shop recorded as sold */
    bool returns_from_any;           /* any retailer may take it back, not only who sold it */
    struct copy_limits copy_limits;
    uint8_t entitlement_count;
    struct entitlement entitlements[ENTITLEMENTS_MAX];
};

struct lot {
    char gtin[GTIN_DIGITS + 1];
    char lot[GS1_VALUE_MAX + 1];
    uint64_t version;
    civil_day made_on, expires_on;
};

#endif
