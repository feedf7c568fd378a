/* SPDX-License-Identifier: Apache-2.0 */
/* Makes an event happen: the rules, the caller's place, the compare-and-set. */
#ifndef ASSAY_API_EVENT_WRITE_H
#define ASSAY_API_EVENT_WRITE_H

#include "gateway/api/app.h"
#include "gateway/api/event_row.h"

/* What became of one row. */
struct outcome {
    int status;                /* HTTP: 201 applied, 200 would be, 4xx or 5xx */
    const char *code;          /* "applied", "would_apply", or of the problem */
    const char *title;         /* of the problem */
    char pointer[POINTER_MAX]; /* of what is wrong in the row, or "" */
    struct fault fault;        /* why it was refused */
    bool has_unit;             /* the record after; after a refusal, as it is */
    struct unit unit;
};

struct event_call {
    struct worker *worker;
    const struct request *request;
    const struct event_row *row;
    const struct operation *operation; /* the row's */
    bool dry_run;                      /* nothing is written */
};

/* A version that was stated is held to; without one the event is tried again when somebody else
 * changed the unit in between. A repeat of what was committed gives what it gave then. */
void event_write(const struct event_call *call, struct outcome *out);

#endif
