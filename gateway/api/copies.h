/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway does by itself when those who looked at a unit say that its label was copied. It
 * acts as an operator without an organisation: nobody else is one, for each credential has one, and
 * the command line asks for a name. So its suspicion is nobody's to undo, and an operator clears
 * it. */
#ifndef ASSAY_API_COPIES_H
#define ASSAY_API_COPIES_H

#include "gateway/api/app.h"
#include "gateway/registry/scans.h"

/* For sightings_flush (sightings_alarm.raise); `worker` is a struct worker whose caller is
 * copies_caller. Makes the event EVENT_SUSPECT, whose reason is the rule with its figures, and a
 * notice. ERR_OK also when the unit is suspected already. ERR_NOT_FOUND: there is no such unit;
 * errors of registry_view and registry_apply. */
enum err copies_raise(void *worker, const struct unit_key *key, enum copy_rule rule) MUST_CHECK;
extern const struct caller copies_caller;

#endif
