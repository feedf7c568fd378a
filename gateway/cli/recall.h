/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of recalls share. */
#ifndef ASSAY_CLI_RECALL_H
#define ASSAY_CLI_RECALL_H

#include "gateway/cli/operate.h"

/* Writes the recall, whose version is the one that was seen, or 0; afterwards it is the new one. */
enum err recall_put(const struct invocation *in, struct store *store, struct recall *recall,
                    struct fault *fault) MUST_CHECK;
/* "R-1 opened: stop use" and the texts by language, or JSON, with `affected` when it is not NULL.
 */
enum err recall_tell(const struct invocation *in, const struct recall *recall, const char *what,
                     struct fault *fault) MUST_CHECK;
enum err recall_tell_json(const struct invocation *in, const struct recall *recall,
                          const uint64_t *affected, struct fault *fault) MUST_CHECK;

#endif
