/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the service desk: one page about one unit. */
#ifndef ASSAY_STAFF_DESK_H
#define ASSAY_STAFF_DESK_H

#include "gateway/staff/about.h"

enum { SCANNED_MAX = 1024, DESK_PATH_MAX = 900, DESK_LINK_MAX = 4096 };

struct desk {
    struct page page;
    struct unit_key key;        /* empty: none is shown */
    char code[SCANNED_MAX + 1]; /* the label, as it was scanned or typed; "" */
    char on[DATE_TEXT_MAX];     /* "": today */
    bool bad;                   /* the verdict is */
};

void desk_begin(struct desk *desk, struct worker *worker, const struct request *request,
                struct response *response);

/* The unit that the path names, with the label that came along in `code` when it is of this unit.
 */
void desk_of_path(struct desk *desk);

/* Asks what there is about the code or the unit, and shows the page with the form of `act`, if any:
 *   "scanned": its label, "here": where forms go, "self": this page's address, for one more
 * parameter, "scan": the verdict (api.h), "no_claim": a label that fails, "needs_product": a serial
 * alone, what about_unit puts, "cover": of the line that decides {"covered", "class", "but_bad":
 *   the verdict is bad, "title", "covers", "starts_on", "ends_on", "started_by", "why"}, "claim":
 * {"no", "choices": [{"id", "title", "ends_on", "why", "chosen"}]}, "typed": {} as the form was
 * sent. */
void desk_show(struct desk *desk, enum event_type act);

/* The address of the page about the unit, ready for one more parameter, into an empty text: by its
 * label when that is the one of this desk. */
void desk_path(struct text *out, const struct desk *desk, const struct unit_key *key);
/* 303 there, saying what was recorded; ends the page. */
void desk_go(struct desk *desk, const struct unit_key *key, enum event_type done);

/* May there be a claim from this verdict of POST /v1/verify? Not from a label that fails, whatever
 * it names, and not without a record. */
bool desk_may_claim(const struct json_node *result);

/* Of a warranty in an answer, the promise that covers and ends last; without one, the one that ends
 * last, because it says most. NULL: there is none. */
const struct json_node *desk_deciding(const struct json_node *warranty);

/* POST: the three that are no plain event. They end the page. */
void desk_replace(struct desk *desk, const struct acting *acting);
void desk_activate(struct desk *desk, const struct acting *acting);
void desk_recover(struct desk *desk, const struct acting *acting);

#endif
