/* SPDX-License-Identifier: Apache-2.0 */
/* The operations that are under way in this process, so that a repeat of one that has not ended yet
 * is told from a repeat of one that has. Thread-safe. */
#ifndef ASSAY_API_IN_FLIGHT_H
#define ASSAY_API_IN_FLIGHT_H

#include "gateway/registry/registry.h"

struct in_flight; /* opaque */

/* Room for `most` at once: one for each worker. ERR_MEMORY. */
enum err in_flight_open(struct in_flight **out, size_t most, struct fault *fault) MUST_CHECK;
void in_flight_close(struct in_flight *in_flight); /* NULL is allowed */

/* False: this operation is under way already, or there is no room. */
bool in_flight_enter(struct in_flight *in_flight,
                     const uint8_t id[static OPERATION_ID_BYTES]) MUST_CHECK;
void in_flight_leave(struct in_flight *in_flight, const uint8_t id[static OPERATION_ID_BYTES]);

#endif
