/* SPDX-License-Identifier: Apache-2.0 */
/* What a unit's history says about an event that somebody asks for now. Reads the registry in pages
 * on the heap. */
#ifndef ASSAY_RECORDS_PAST_H
#define ASSAY_RECORDS_PAST_H

#include "gateway/registry/registry.h"

/* Calls `take` for each event that followed the commission, with its number; ends at an error. */
typedef enum err past_taker(void *context, const struct event *event, uint64_t number);
enum err past_each(struct registry_session *session, const struct unit_key *key, past_taker *take,
                   void *context) MUST_CHECK;

/* Who did the last of a kind. */
struct past_actor {
    enum role role; /* 0: nobody */
    char actor[ORGANISATION_MAX + 1];
};

/* The last report of theft and of loss, hold, return and registration, who last put the unit where
 * it is, and whom its last shipment named as receiver. Those that are over are still named: the
 * record says what is open. */
struct past_facts {
    struct past_actor stolen, lost, held, returned, registered, keeper;
    char addressee[ORGANISATION_MAX + 1]; /* "": nobody */
    bool unplaced; /* the keeper did not say where: the recorded location is from before */
};

struct past {
    struct past_facts facts;
    uint64_t number;      /* of the event of `operation`, or 0 */
    enum event_type type; /* of that event */
};

/* `operation` may be NULL. */
enum err past_read(struct registry_session *session, const struct unit_key *key,
                   const uint8_t *operation, struct past *out) MUST_CHECK;

/* Did this actor make all that the event would end? For RECOVER, RELEASE and RESTOCK. */
bool past_ends_own(const struct past *past, const struct unit *unit, const struct event *event);

/* The unit as it was after its event `version`, which is 1 to now->version. */
enum err past_unit(struct registry_session *session, const struct unit *now, uint64_t version,
                   struct unit *out, struct fault *fault) MUST_CHECK;

#endif
