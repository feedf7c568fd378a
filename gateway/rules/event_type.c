/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/event_type.h"

static const char *const types[EVENT_TYPE_COUNT] = {
    [EVENT_NONE] = "none",
    [EVENT_COMMISSION] = "commission",
    [EVENT_RECEIVE] = "receive",
    [EVENT_SHIP] = "ship",
    [EVENT_MOVE] = "move",
    [EVENT_SELL] = "sell",
    [EVENT_RETURN] = "return",
    [EVENT_RESTOCK] = "restock",
    [EVENT_RETIRE] = "retire",
    [EVENT_REPORT_STOLEN] = "report_stolen",
    [EVENT_REPORT_LOST] = "report_lost",
    [EVENT_RECOVER] = "recover",
    [EVENT_HOLD] = "hold",
    [EVENT_RELEASE] = "release",
    [EVENT_SUSPECT] = "suspect",
    [EVENT_CLEAR] = "clear",
    [EVENT_ACTIVATE] = "activate",
    [EVENT_OFFER] = "offer",
    [EVENT_TRANSFER] = "transfer",
    [EVENT_LOSE_SECRET] = "lose_secret",
    [EVENT_SERVICE] = "service",
    [EVENT_REPLACE] = "replace",
    [EVENT_CONFIRM] = "confirm",
    [EVENT_DISMISS] = "dismiss",
    [EVENT_ADJUST] = "adjust",
    [EVENT_UNDO] = "undo",
    [EVENT_END_OWNERSHIP] = "end_ownership",
};

static const char *const fields[FIELD_ID_COUNT] = {
    [FIELD_NONE] = "none",
    [FIELD_LOCATION] = "location",
    [FIELD_PURCHASE_ORDER] = "purchase_order",
    [FIELD_SALES_ORDER] = "sales_order",
    [FIELD_DOCUMENT] = "document",
    [FIELD_ON] = "on",
    [FIELD_REASON] = "reason",
    [FIELD_REFERENCE] = "reference",
    [FIELD_FAULT] = "fault",
    [FIELD_WORK] = "work",
    [FIELD_PARTS] = "parts",
    [FIELD_COVERED] = "covered",
    [FIELD_ENTITLEMENT] = "entitlement",
    [FIELD_MONTHS] = "months",
    [FIELD_EXCLUDED] = "excluded",
    [FIELD_OTHER_GTIN] = "other_gtin",
    [FIELD_OTHER_SERIAL] = "other_serial",
    [FIELD_PRICE] = "price",
    [FIELD_UNDOES] = "undoes",
    [FIELD_TO] = "to",
    [FIELD_ENDS_CLAIM] = "ends_claim",
};

/* Index of the name from 1; 0 when there is none. */
static unsigned
find(const char *const *names, unsigned count, struct slice s)
{
    for (unsigned i = 1; i < count; i++)
        if (slice_equal(s, names[i]))
            return i;
    return 0;
}

const char *
event_type_name(enum event_type type)
{
    return types[(unsigned)type < EVENT_TYPE_COUNT ? type : EVENT_NONE];
}

bool
event_type_parse(enum event_type *out, struct slice s)
{
    *out = (enum event_type)find(types, EVENT_TYPE_COUNT, s);
    return *out != EVENT_NONE;
}

const char *
event_field_name(enum event_field_id id)
{
    return fields[(unsigned)id < FIELD_ID_COUNT ? id : FIELD_NONE];
}

bool
event_field_parse(enum event_field_id *out, struct slice s)
{
    *out = (enum event_field_id)find(fields, FIELD_ID_COUNT, s);
    return *out != FIELD_NONE;
}
