/* SPDX-License-Identifier: Apache-2.0 */
/* From an event that somebody asks for to the change that the registry is to write: the same for
 * the command line and for HTTP. Who may ask at all, and where, is for the caller. */
#ifndef ASSAY_RECORDS_CHANGE_H
#define ASSAY_RECORDS_CHANGE_H

#include "gateway/records/past.h"

enum { CHANGE_MET_MAX = 2 * ORGANISATION_MAX + 64 };

struct asked {
    struct registry_session *session;
    const struct unit_view *view; /* which has the unit */
    struct event *event;
};

/* Adds to the event what the unit, its product and its history know of it: offset_minutes,
 * product_allows, ends_own, and the seal of what ends the claim code. *past is all zero when the
 * event does not depend on it. Errors of registry_events. */
enum err change_complete(const struct asked *asked, struct past *past) MUST_CHECK;

/* Applies a complete event: out->unit is the record as it is to be, with the version that was seen,
 * out->event the event. *undone, which may be NULL, is the event that an undo takes back, else all
 * zero. Errors as event_apply, of an undo as event_undo; ERR_CONFLICT also when the unit was
 * changed since it was read; ERR_CORRUPT: its history does not lead to it. */
enum err change_make(const struct asked *asked, struct change *out, struct event *undone,
                     struct fault *fault) MUST_CHECK;

/* The second return: a complete RETURN that change_make refused with ERR_CONFLICT, of a unit whose
 * return is open. The copy and the original met, so the unit is held: by the gateway itself, as an
 * operator without a name, so that neither shop can release it; the reason tells both. */
bool change_second_return(const struct asked *asked) MUST_CHECK;
/* The hold that is to be written, of the event's time and operation. ERR_CONFLICT: it is held
 * already, and nothing is to be written. */
enum err change_hold(const struct asked *asked, const struct past *past, struct change *out,
                     struct fault *fault) MUST_CHECK;
/* What whoever asked for the second return is told, as ERR_CONFLICT, and who met, for the operator.
 */
enum err change_met_fault(const struct past *past, struct fault *fault) MUST_CHECK;
void change_met(char out[static CHANGE_MET_MAX], const struct event *event,
                const struct past *past);

#endif
