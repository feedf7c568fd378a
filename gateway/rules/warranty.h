/* SPDX-License-Identifier: Apache-2.0 */
/* Is it covered, by what, until when, and why not otherwise. Pure; the date is an argument. */
#ifndef ASSAY_RULES_WARRANTY_H
#define ASSAY_RULES_WARRANTY_H

#include "gateway/rules/unit.h"

enum cover {
    COVER_NONE = 0,    /* no promise of this kind */
    COVER_NOT_STARTED, /* nothing it could start from has happened yet */
    COVER_NEEDS_ACTIVATION,
    COVER_BEFORE_START, /* asked for a day before it starts */
    COVER_ENDED,
    COVER_RETIRED,  /* the unit is taken out of use */
    COVER_EXCLUDED, /* by an adjustment of this unit */
    COVER_YES
};

struct cover_line {
    const struct entitlement *entitlement; /* of the product given */
    enum cover cover;
    enum entitlement_start started_by; /* 0 when not started */
    /* Inclusive, through the end of the last day at the product's offset; CIVIL_NONE when not
     * started. The last day is the same day N months later, clamped to the end of its month. */
    civil_day starts_on, ends_on;
};

struct warranty {
    civil_day asked_for;
    size_t count;
    struct cover_line lines[ENTITLEMENTS_MAX]; /* in the product's order */
    /* Covers now, latest end first; else the latest ended; or NULL. Equal ends: the first line. It
     * points into `lines`: a copy of this struct needs it set again. */
    const struct cover_line *best;
};

const char *cover_name(enum cover cover); /* "covered", "ended", … */

/* Adjustments of the unit, those for every entitlement (id "") and those for one, count together:
 * - excluded by either: COVER_EXCLUDED;
 * - months lengthen the term before the end is clamped: 31 January and 1 + 1 months is 31 March;
 * - ends_on stands for start plus term, the entitlement's own before that for all; months are added
 *   to it. A promise with an ends_on that its own starts do not begin runs from the sale: that is
 *   what a replacement inherits.
 *
 * An entitlement that has ended is told as ended even when it was never activated: activating it
 * would not help any more. One that was activated covers from its start, not from the activation.
 * Countries are for display. The dates of a line are given whatever its cover. */
void warranty_evaluate(struct warranty *out, const struct product *product, const struct unit *unit,
                       civil_day on);

/* Does the promise `id` cover the unit on this day? ERR_INVALID: the product has none of this id;
 * ERR_CONFLICT: it does not cover, and why. */
enum err warranty_claim(const struct product *product, const struct unit *unit, const char *id,
                        civil_day on, struct fault *fault) MUST_CHECK;

#endif
