/* SPDX-License-Identifier: Apache-2.0 */
/* Follows the keyset's file in a thread of its own. Who writes to the registry may wait for ever: a
 * disk that hangs, an import that was stopped (Ctrl-Z) in the middle of a commit. A revocation must
 * not wait for that: verdicts need no write, and would go on to trust the key. */
#ifndef ASSAY_ASSAYD_WATCH_H
#define ASSAY_ASSAYD_WATCH_H

#include "gateway/config/config.h"
#include "keys/keyring.h"

struct watch; /* opaque */

/* Looks at the file every `pause_ms`, and has the keyring take a new one, which is logged; the same
 * trouble is logged once. Both outlive the watch. ERR_MEMORY, ERR_UNAVAILABLE: no thread. */
enum err watch_open(struct watch **out, const struct config *config, struct keyring *keyring,
                    unsigned pause_ms, struct fault *fault) MUST_CHECK;
/* Looks now, also when the file seems to be the same. Does not wait for it. */
void watch_look(struct watch *watch);
void watch_close(struct watch *watch); /* NULL is allowed */

#endif
