/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that settle rows beside each other, so that the registry commits many at once. Private to
 * the room; used by one thread. */
#ifndef ASSAY_INVENTORY_CREW_H
#define ASSAY_INVENTORY_CREW_H

#include "gateway/inventory/settle.h"

struct crew; /* opaque */

/* Up to INVENTORY_SESSIONS threads, as many as there are sessions to be had, for up to `rows_max`
 * rows at once; `options` outlives it. ERR_BUSY: no session. */
enum err crew_open(struct registry *registry, const struct inventory_options *options,
                   size_t rows_max, struct crew **out, struct fault *fault) MUST_CHECK;
void crew_close(struct crew *crew); /* NULL is allowed */

/* Settles those of these rows that are not settled, and waits. Rows of one unit are settled in
 * their order. After a row that could not be settled, whose `err` says why, none is begun. */
void crew_settle(struct crew *crew, struct job *jobs, size_t count);

#endif
