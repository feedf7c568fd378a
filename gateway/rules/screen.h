/* SPDX-License-Identifier: Apache-2.0 */
/* May a shop take this unit back and sell it again? Pure: a verdict and who sold it in, an answer
 * for the counter out. */
#ifndef ASSAY_RULES_SCREEN_H
#define ASSAY_RULES_SCREEN_H

#include "gateway/rules/verdict.h"

/* Zero is the least trusting. REVIEW: a person has to look, and the reason says at what. */
enum screen_outcome { SCREEN_REFUSE = 0, SCREEN_REVIEW, SCREEN_ACCEPT };
const char *screen_outcome_name(enum screen_outcome outcome); /* "refuse", "review", "accept" */

struct screen_reason {
    const char *code; /* of the verdict (verdict.h), or one of those below */
    enum screen_outcome outcome;
    const char *sentence; /* what to do, for who stands at the counter */
};

struct screen_input {
    const struct verdict *verdict; /* for a retailer, about the same unit */
    bool asked;                    /* the registry was asked about the unit */
    const struct unit *unit;       /* NULL: not registered, or not asked */
    const struct product *product; /* NULL: not in the catalogue */
    const char *organisation;      /* that asks; "" sold nothing */
    bool repeated;                 /* an earlier row of the same batch is about the unit */
};

enum { SCREEN_REASONS_MAX = REASON_COUNT + 2 };

/* A zeroed screening refuses. */
struct screening {
    enum screen_outcome outcome;
    size_t reason_count;
    const struct screen_reason *reasons[SCREEN_REASONS_MAX]; /* literals, worst first */
};

/* The outcome is the least trusting one of the reasons: every reason of the verdict,
 *   repeated          review  the unit was in this batch before: scanned twice, or a copy
 * where it is so, and one of
 *   sold_here         accept  this organisation sold it
 *   returns_from_any  accept  somebody else did, and the product may come back to any shop
 *   sold_elsewhere    refuse  somebody else did
 *   seller_unknown    review  sold, and nobody says by whom
 *   not_sold          review  not sold yet
 *   not_registered    refuse  a code without a signature names no unit
 *   product_needed    review  a bare serial: the product is missing
 *   not_checked       refuse  nothing was checked
 * Nothing is accepted without `genuine` and one of the first two.
 *
 * Refused: every label that fails, never_issued, stolen, retired and returned: it came back already
 * and this may be its copy. Reported counts as stolen before anybody confirmed it. To be reviewed:
 * copy_suspected, held, lost, expired, lot_mismatch, not_in_market, no_signature, what could not be
 * answered, and every recall: also a unit that must not be used any more is better with the shop
 * than back with a customer, and must never reach the shelf. */
void screen_decide(struct screening *out, const struct screen_input *in);

#endif
