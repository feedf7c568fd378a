/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the verdicts that are answered, in memory, and writes them down now and then: a
 * verification costs no write. A crash loses what was counted since the last flush. Thread-safe. */
#ifndef ASSAY_API_TALLY_BOARD_H
#define ASSAY_API_TALLY_BOARD_H

#include "gateway/registry/registry.h"

struct tally_board; /* opaque */

enum err tally_board_open(struct tally_board **out, struct fault *fault) MUST_CHECK;
void tally_board_close(struct tally_board *board); /* NULL is allowed */

/* One verdict that was answered at `now`. Never waits for a write. Without a board nothing happens.
 * When eight days could not be written down, those that follow are not counted. */
void tally_count(struct tally_board *board, const struct verdict *verdict, int64_t now);

/* How many verdicts of each class were counted since the board was opened. */
void tally_totals(struct tally_board *board, uint64_t out[static VERDICT_OK + 1]);

/* Adds what was counted to the registry. What could not be written is kept for the next call. One
 * thread calls it. The last error, and what may have been written (ERR_UNKNOWN) is not kept. */
enum err tally_flush(struct tally_board *board, struct registry_session *session) MUST_CHECK;

#endif
