/* SPDX-License-Identifier: Apache-2.0 */
/* Whose stock a unit is, for a shop. A location does not say whose it is, a credential without
 * locations is of its whole organisation, and a unit that was brought back or restocked may have
 * left the location that is recorded: then the history says who has the unit, and whom its shipment
 * named as receiver. Pure. */
#ifndef ASSAY_API_STOCK_H
#define ASSAY_API_STOCK_H

#include "gateway/records/past.h"
#include "gateway/rules/credential.h"

/* It is recorded as the caller's. */
bool stock_is_own(const struct caller *caller, const struct unit *unit,
                  const struct past_facts *facts) MUST_CHECK;
/* It lies in another shop, or is on its way to somebody else who is named. What the brand put
 * somewhere, and what is on its way to nobody who is named, is nobody else's. */
bool stock_is_anothers(const struct caller *caller, const struct unit *unit,
                       const struct past_facts *facts) MUST_CHECK;
/* Is it on its way to the caller, as far as anybody said where to: named as its receiver, or nobody
 * is and the location is one of the caller's? What is not on its way may come from the plant. */
bool stock_may_arrive(const struct caller *caller, const struct unit *unit,
                      const struct past_facts *facts) MUST_CHECK;

#endif
