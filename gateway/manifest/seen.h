/* SPDX-License-Identifier: Apache-2.0 */
/* Which units of a file were there before. Keeps 64 bits of a keyed hash for each instead of the
 * unit, so ten million rows take 128 MiB; the key is new each time. Two different units share a
 * hash once in 370,000 files of ten million rows: then the second is refused, and running the
 * import again registers it. */
#ifndef ASSAY_MANIFEST_SEEN_H
#define ASSAY_MANIFEST_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/registry/registry.h"

struct seen; /* opaque */

/* Room for `units` units. */
enum err seen_open(uint64_t units, struct seen **out) MUST_CHECK;
void seen_close(struct seen *seen); /* NULL is allowed */

/* False when the unit was added before. Adding more units than there is room for answers false. */
bool seen_add(struct seen *seen, const struct unit_key *key) MUST_CHECK;

#endif
