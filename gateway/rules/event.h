/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to a unit: one table of who may do what from which state to which. Pure. */
#ifndef ASSAY_RULES_EVENT_H
#define ASSAY_RULES_EVENT_H

#include "gateway/rules/unit.h"

/* Bits; a credential has exactly one. */
enum role {
    ROLE_PUBLIC = 1,
    ROLE_OWNER = 2,
    ROLE_SERVICE = 4,
    ROLE_RETAILER = 8,
    ROLE_ISSUER = 16,
    ROLE_OPERATOR = 32,
    ROLE_AUDITOR = 64,
    ROLE_ADMIN = 128
};
const char *role_name(enum role role);

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
    FIELD_ID_COUNT
};

enum { EVENT_FIELDS_MAX = 8, EVENT_VALUE_MAX = 255 };

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
    size_t field_count;
    struct event_field fields[EVENT_FIELDS_MAX];
};

const char *event_type_name(enum event_type type); /* "report_stolen" */
bool event_type_parse(enum event_type *out, struct slice s) MUST_CHECK;
const char *event_field_name(enum event_field_id id); /* "purchase_order" */
bool event_field_parse(enum event_field_id *out, struct slice s) MUST_CHECK;
/* The value of a field, or "" */
const char *event_value(const struct event *event, enum event_field_id id);

/* Applies the event to a copy of the unit as it is before: checks role, state, conditions, fields
 * and their values, and writes the unit as it is after, same version. ERR_DENIED: this role may
 * not. ERR_CONFLICT: not from this state or condition. ERR_INVALID: a field is missing, unknown for
 * this event, or breaks its grammar. The fault says which. EVENT_COMMISSION is not applied here. */
enum err event_apply(struct unit *after, const struct unit *before, const struct event *event,
                     struct fault *fault) MUST_CHECK;

#endif
