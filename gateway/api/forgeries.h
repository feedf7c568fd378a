/* SPDX-License-Identifier: Apache-2.0 */
/* Labels whose signature was checked in vain, remembered so that the same one, scanned again, costs
 * no curve arithmetic: a sheet of copies of one forged label, or a flood of it. Fixed memory, a
 * hash with a key of this process; thread-safe, without locks. Only what is forged is ever put in,
 * under the version of the keyset that says so: any change of the keyset forgets all. */
#ifndef ASSAY_API_FORGERIES_H
#define ASSAY_API_FORGERIES_H

#include "gateway/identify/reading.h"
#include "keys/keyset.h"

enum { FORGERIES_MAX = 4096, FORGERIES_FRESH = 10 };

struct forgeries; /* opaque; NULL remembers nothing */

/* sodium_init() has run. ERR_MEMORY. */
enum err forgeries_open(struct forgeries **out, struct fault *fault) MUST_CHECK;
void forgeries_close(struct forgeries *forgeries);

/* What is compared: canonical link, token and version of the keyset, keyed. Two labels are taken
 * for one once in 2^64. Never 0. */
uint64_t forgeries_mark(const struct forgeries *forgeries, const struct keyset *keyset,
                        const struct reading *reading);
void forgeries_put(struct forgeries *forgeries, uint64_t mark, int64_t now);
bool forgeries_has(const struct forgeries *forgeries, uint64_t mark);
/* Was it put in during the last FORGERIES_FRESH seconds? Then not even the registry has to be
 * asked: nobody registers a label in that time whose signature is wrong. */
bool forgeries_fresh(const struct forgeries *forgeries, uint64_t mark, int64_t now);
/* Was anything put in during that time? Without floods nobody pays for a mark. */
bool forgeries_any(const struct forgeries *forgeries, int64_t now);

#endif
