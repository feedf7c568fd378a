/* SPDX-License-Identifier: Apache-2.0 */
/* A form that lets something happen to a unit: its fields become one event of POST /v1/events. */
#ifndef ASSAY_STAFF_ACTING_H
#define ASSAY_STAFF_ACTING_H

#include "gateway/staff/page.h"

struct acting {
    enum event_type type; /* EVENT_NONE: the form names none */
    struct unit_key key;
    uint64_t version; /* that the person saw; 0: the form states none */
};

/* The fields `event` and `version` of the form that was sent; the unit is for the caller. False: it
 * names no event that there is, or a broken version. */
bool acting_read(struct acting *out, const struct page *page) MUST_CHECK;

/* Every field of an event that the form has, as members of an object that is open. A field `claim`
 * stands for `covered` and `entitlement`: "no", or "by:" and the id of the entitlement. False: one
 * of them is too long or broken. */
bool acting_put_sent(const struct page *page, struct text *body) MUST_CHECK;

/* Sends it, with every field of an event that the form has. The status, as page_ask: the problem is
 * in the document. 400 also when a field is too long; then it is the page's status. */
int acting_send(struct page *page, const struct acting *acting, bool dry_run);

/* The member `name`: {"type", "irreversible", "fields": [{"name", "input": type of the field,
 * "required", "value": as it was sent}]}, the required ones first. */
void acting_put(struct page *page, const char *name, enum event_type type);
/* Is it taken back by no other event? Then it is asked for twice. */
bool acting_irreversible(enum event_type type);

#endif
