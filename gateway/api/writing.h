/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the writing of events: event_prepare.c decides what is to be written, event_write.c
 * writes it. */
#ifndef ASSAY_API_WRITING_H
#define ASSAY_API_WRITING_H

#include "gateway/api/event_write.h"
#include "gateway/records/change.h"

/* One event under way: too large for a stack. worker->view is about its unit. */
struct writing {
    struct worker *worker;
    const struct request *request;
    const struct event_row *row;
    const struct operation *operation;
    struct outcome *out;
    struct event event; /* the row's, complete */
    struct past past;   /* when the event depends on it */
    bool second_return; /* the change is to hold the unit */
    struct change change;
};

/* Says so in w->out->fault, which begins with the event's name. */
enum err writing_refuse(struct writing *w, enum err err, const char *sentence) MUST_CHECK;

/* ERR_OK: w->change is to be written. Reads the unit anew; w->out->unit is what it is now. */
enum err writing_prepare(struct writing *w) MUST_CHECK;

#endif
