/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of events and of what they carry. */
#ifndef ASSAY_RULES_EVENT_TYPE_H
#define ASSAY_RULES_EVENT_TYPE_H

#include <stdbool.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

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
    EVENT_REPLACE = 21,       /* on both units of the claim, in one transaction */
    EVENT_CONFIRM = 22,       /* a provisional report is true */
    EVENT_DISMISS = 23,       /* it is not */
    EVENT_ADJUST = 24,        /* warranty extension or exclusion of this unit */
    EVENT_UNDO = 25,          /* takes back the unit's last event */
    EVENT_END_OWNERSHIP = 26, /* a registration was wrong: nobody owns the unit any more */
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
    FIELD_EXCLUDED = 14,    /* "yes", or "no" to take it back */
    FIELD_OTHER_GTIN = 15,  /* REPLACE: the other unit of the pair */
    FIELD_OTHER_SERIAL = 16,
    FIELD_PRICE = 17,      /* "129.00 EUR" */
    FIELD_UNDOES = 18,     /* UNDO: number of the event that is taken back */
    FIELD_TO = 19,         /* SHIP by a partner: name of the receiver */
    FIELD_ENDS_CLAIM = 20, /* END_OWNERSHIP: "yes", the claim code dies too; "no", or absent */
    FIELD_ID_COUNT
};

const char *event_type_name(enum event_type type); /* "report_stolen" */
bool event_type_parse(enum event_type *out, struct slice s) MUST_CHECK;
const char *event_field_name(enum event_field_id id); /* "purchase_order" */
bool event_field_parse(enum event_field_id *out, struct slice s) MUST_CHECK;

#endif
