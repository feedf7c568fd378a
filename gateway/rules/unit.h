/* SPDX-License-Identifier: Apache-2.0 */
/* The things that the registry keeps: unit and recall here, product and lot in product.h, event in
 * event.h. Plain data, no I/O.
 *
 * Strings are NUL-terminated UTF-8, "" is absent. Days are civil days, CIVIL_NONE is absent. Times
 * are Unix seconds UTC, 0 is absent. A version counts changes: 0 is "not stored yet", the first
 * stored record has 1. */
#ifndef ASSAY_RULES_UNIT_H
#define ASSAY_RULES_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/seal.h"
#include "gateway/rules/product.h"

enum {
    ORGANISATION_MAX = 64,
    LOCATION_MAX = 40,
    ORDER_MAX = 40,
    DOCUMENT_MAX = 255, /* https link to a document of the inventory system */
    RECALL_TEXT_MAX = 500,
    RECALL_TEXTS_MAX = 4, /* besides the one for everybody */
    RECALL_LANGUAGE_MAX = 15,
    ADJUSTMENTS_MAX = 8, /* a replacement inherits one for each entitlement */
    OPERATION_ID_BYTES = 16
};

/* Values are stored: never renumber. */
enum unit_state {
    UNIT_NONE = 0,
    UNIT_ISSUED = 1,
    UNIT_IN_TRANSIT = 2,
    UNIT_IN_STOCK = 3,
    UNIT_SOLD = 4,
    UNIT_RETURNED = 5,
    UNIT_RETIRED = 6,
    UNIT_STATE_COUNT
};

/* Bits, stored: never renumber. Recalled and expired are derived, not stored. */
enum unit_condition {
    CONDITION_STOLEN = 1,
    CONDITION_LOST = 2,
    CONDITION_HELD = 4,
    CONDITION_COPY_SUSPECTED = 8,
    CONDITION_ALL = 15
};

/* Names of values that are out of range are "none"; no parser accepts "none". */
const char *unit_state_name(enum unit_state state);             /* "in_stock", … */
const char *unit_condition_name(enum unit_condition condition); /* "copy_suspected", … */
bool unit_state_parse(enum unit_state *out, struct slice s) MUST_CHECK;

/* What one unit's warranty has beyond or without its product's: a goodwill extension, a claim that
 * was excluded, the term inherited from a replaced unit. */
struct adjustment {
    char entitlement[ITEM_MAX + 1]; /* of the product; "" is every one */
    bool excluded;                  /* it does not cover this unit, whatever the rest says */
    uint16_t months;                /* added to the term, or to ends_on when that is set */
    civil_day ends_on;              /* replaces the end; CIVIL_NONE when not */
};
_Static_assert((int)ADJUSTMENTS_MAX >= (int)ENTITLEMENTS_MAX, "a whole warranty can be inherited");

struct unit {
    struct identity id; /* the label's variant and lot, as registered */
    uint64_t version;
    enum unit_state state;
    uint8_t conditions;        /* set of unit_condition */
    uint8_t kid[KID_BYTES];    /* key that signed the label */
    uint8_t seal[SEAL_BYTES];  /* label_seal of the verified label */
    uint8_t claim[SEAL_BYTES]; /* claim_seal; all zero when there is no claim code */
    int64_t registered_at; /* when the gateway committed it: what compromised_since is held to */
    civil_day made_on, expires_on;
    civil_day shipped_on, sold_on, activated_on;
    char location[LOCATION_MAX + 1];
    char seller[ORGANISATION_MAX + 1]; /* who sold it */
    char purchase_order[ORDER_MAX + 1];
    char sales_order[ORDER_MAX + 1];
    char document[DOCUMENT_MAX + 1];
    uint8_t provisional;          /* those of `conditions` that were reported and not confirmed */
    int64_t provisional_until;    /* from then on they count as confirmed; 0 when there are none */
    uint8_t owner[SEAL_BYTES];    /* owner_seal; all zero: nobody registered it */
    uint8_t transfer[SEAL_BYTES]; /* transfer_seal of the open offer; all zero: none */
    int64_t transfer_until;
    int64_t recovery_at; /* the owner secret was said to be lost: when the claim code works again */
    bool unproven; /* the owner came without the claim code that the unit has, and gives way at once
                      to whoever brings it: "The card in the box" in event.h */
    struct {
        char gtin[GTIN_DIGITS + 1];
        char serial[GS1_VALUE_MAX + 1];
    } linked; /* of a retired unit: what replaced it; of a sold one: what it replaces */
    size_t adjustment_count;
    struct adjustment adjustments[ADJUSTMENTS_MAX];
};

/* The conditions (stolen, lost) that rest on an unconfirmed report at `now`: they hold all the
 * same, but who reads them should know. */
unsigned unit_provisional(const struct unit *unit, int64_t now);

/* What a recall says in one language. */
struct recall_text {
    char language[RECALL_LANGUAGE_MAX + 1]; /* RFC 5646: "de", "pt-BR" */
    char text[RECALL_TEXT_MAX + 1];
};

/* One row whatever the number of units: a product, or a part of it by lot, serial range and dates.
 */
struct recall {
    char id[ITEM_MAX + 1]; /* the operator's number, unique */
    uint64_t version;
    char gtin[GTIN_DIGITS + 1];
    char lot[GS1_VALUE_MAX + 1];                                       /* "" is every lot */
    char serial_from[GS1_VALUE_MAX + 1], serial_to[GS1_VALUE_MAX + 1]; /* inclusive, bytewise */
    civil_day made_from, made_to;                                      /* inclusive */
    bool stop_use;
    char text[RECALL_TEXT_MAX + 1]; /* for everybody who reads none of the languages below */
    char link[LINK_MAX + 1];
    int64_t opened_at;
    int64_t lifted_at; /* 0 while it is open */
    size_t text_count;
    struct recall_text texts[RECALL_TEXTS_MAX];
};

/* Its text for a reader of this language: in exactly that one, or else the one for everybody. */
const char *recall_text_in(const struct recall *recall, const char *language);

/* Open, of the unit's product, and every limit that it states holds for the unit. A unit without a
 * made-on date is inside made-between limits: in doubt the warning is shown. A unit without a lot
 * belongs to no lot. Of a range either end may be absent. */
bool recall_covers(const struct recall *recall, const struct unit *unit);

#endif
