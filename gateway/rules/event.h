/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to a unit: one table of who may do what from which state to which. Pure. */
#ifndef ASSAY_RULES_EVENT_H
#define ASSAY_RULES_EVENT_H

#include "gateway/rules/role.h"
#include "gateway/rules/unit.h"

/* Values are stored: never renumber. */
enum event_type {
    EVENT_NONE = 0,
    EVENT_COMMISSION = 1,
    EVENT_RECEIVE = 2,
    EVENT_SHIP = 3,
    EVENT_MOVE = 4,
    EVENT_SELL = 5,
    EVENT_RETURN = 6,
    EVENT_RESTOCK = 7,
    EVENT_RETIRE = 8,
    EVENT_REPORT_STOLEN = 9,
    EVENT_REPORT_LOST = 10,
    EVENT_RECOVER = 11,
    EVENT_HOLD = 12,
    EVENT_RELEASE = 13,
    EVENT_SUSPECT = 14,
    EVENT_CLEAR = 15,
    EVENT_ACTIVATE = 16, /* the claim code was exchanged for an owner secret */
    EVENT_OFFER = 17,    /* transfer, first step: the owner offers the unit with a one-time code */
    EVENT_TRANSFER = 18, /* second step: the new owner redeems it */
    EVENT_LOSE_SECRET = 19, /* the owner secret is lost: the claim code works again after a wait */
    EVENT_SERVICE = 20,
    EVENT_REPLACE = 21, /* on both units of the claim, in one transaction */
    EVENT_CONFIRM = 22, /* a provisional report is true */
    EVENT_DISMISS = 23, /* it is not */
    EVENT_ADJUST = 24,  /* warranty extension or exclusion of this unit */
    EVENT_UNDO = 25,    /* takes back the unit's last event */
    EVENT_TYPE_COUNT
};

/* What an event may carry. Values are stored: never renumber. */
enum event_field_id {
    FIELD_NONE = 0,
    FIELD_LOCATION = 1,
    FIELD_PURCHASE_ORDER = 2,
    FIELD_SALES_ORDER = 3,
    FIELD_DOCUMENT = 4,
    FIELD_ON = 5, /* civil date the thing happened: sold on, shipped on */
    FIELD_REASON = 6,
    FIELD_REFERENCE = 7, /* police reference, RMA number */
    FIELD_FAULT = 8,
    FIELD_WORK = 9,
    FIELD_PARTS = 10,
    FIELD_COVERED = 11,     /* "yes" or "no" */
    FIELD_ENTITLEMENT = 12, /* id: by which it is covered, or which is adjusted */
    FIELD_MONTHS = 13,      /* 1-120: added to an entitlement */
    FIELD_EXCLUDED = 14,    /* "yes" */
    FIELD_OTHER_GTIN = 15,  /* REPLACE: the other unit of the pair */
    FIELD_OTHER_SERIAL = 16,
    FIELD_PRICE = 17,  /* "129.00 EUR" */
    FIELD_UNDOES = 18, /* UNDO: number of the event that is taken back */
    FIELD_TO = 19,     /* SHIP by a partner: name of the receiver */
    FIELD_ID_COUNT
};

enum { EVENT_FIELDS_MAX = 8, EVENT_VALUE_MAX = 255, REFERENCE_MAX = 64 };

struct event_field {
    enum event_field_id id;
    char value[EVENT_VALUE_MAX + 1];
};

struct event {
    enum event_type type;
    int64_t at;     /* when it was recorded, Unix seconds */
    enum role role; /* as whom */
    char actor[ORGANISATION_MAX + 1];
    uint8_t operation[OPERATION_ID_BYTES];
    /* What the caller knew and event_apply needs; stored: a history can be applied again. */
    int16_t offset_minutes; /* the product's: which civil day `at` is */
    bool ends_own; /* RECOVER, RELEASE: the caller found in the history that this actor made all
                      that would end: every open report, the hold */
    size_t field_count;
    struct event_field fields[EVENT_FIELDS_MAX];
};

const char *event_type_name(enum event_type type); /* "report_stolen" */
bool event_type_parse(enum event_type *out, struct slice s) MUST_CHECK;
const char *event_field_name(enum event_field_id id); /* "purchase_order" */
bool event_field_parse(enum event_field_id *out, struct slice s) MUST_CHECK;
/* The value of a field, or "" */
const char *event_value(const struct event *event, enum event_field_id id);

/* Applies the event to the unit as it is before and writes the unit as it is after, same version;
 * `after` may be `before`, and is written on ERR_OK only. The first failure is told, by the fault
 * too, in this order:
 * - ERR_DENIED: the role may not do this at all, whatever the fields and the unit.
 * - ERR_INVALID: no time; a field is missing, repeated, unknown for this event, or breaks its
 *   grammar. Before all: no such event, or EVENT_COMMISSION, which makes a unit and changes none.
 * - ERR_CONFLICT: not from this state, or not with or without this condition.
 * - ERR_DENIED: RETURN or RESTOCK by a retailer who did not sell the unit; RECOVER or RELEASE of
 *   what somebody else reported or held.
 *
 * That a location is the actor's own is for the caller to check: a unit does not know whose it is.
 *
 * Fields: text is UTF-8 without control characters or blanks at its ends, up to LOCATION_MAX,
 * ORDER_MAX, REFERENCE_MAX or (reason) EVENT_VALUE_MAX bytes; a document is an https link of ASCII
 * without a user name; a date is YYYY-MM-DD and not after the day that follows `at`, because
 * somewhere it is tomorrow already. Without FIELD_ON the day of `at` is taken. */
enum err event_apply(struct unit *after, const struct unit *before, const struct event *event,
                     struct fault *fault) MUST_CHECK;

#endif
