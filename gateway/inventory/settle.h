/* SPDX-License-Identifier: Apache-2.0 */
/* From what a row asks to what becomes of its unit. Private to the room. */
#ifndef ASSAY_INVENTORY_SETTLE_H
#define ASSAY_INVENTORY_SETTLE_H

#include "gateway/inventory/map.h"

/* One row under way. */
struct job {
    struct unit_key key;
    struct event event; /* as the row says it; afterwards what was applied */
    struct operation operation;
    struct inventory_row row; /* but for key and reason */
    struct fault why;         /* of a refusal */
    bool settled;             /* `row` says what became of it */
    enum err err;             /* the registry's: not settled */
};

/* What one thread needs to settle rows. */
struct settler {
    struct registry_session *session;
    const struct inventory_options *options;
    struct product product; /* of the row before */
};

enum err job_refuse(struct job *job, const char *code);

/* Settles a row that was not refused yet. ERR_OK: job->row says how, and what was applied is
 * committed. Errors are the registry's. */
enum err job_settle(struct settler *settler, struct job *job) MUST_CHECK;

#endif
