/* SPDX-License-Identifier: Apache-2.0 */
/* Private to ownership: a request that proves possession by a code, and what it makes happen. */
#ifndef ASSAY_API_POSSESSION_H
#define ASSAY_API_POSSESSION_H

#include "crypto/apikey.h"
#include "crypto/claim.h"
#include "gateway/api/app.h"
#include "gateway/api/shed.h"
#include "gateway/records/past.h"

enum { CODE_CHARS_MAX = TRANSFER_CODE_CHARS };
_Static_assert((int)CLAIM_CHARS <= (int)CODE_CHARS_MAX, "a claim code fits");

struct deed;

/* What a handler does with a unit. */
struct act {
    enum event_type type;
    /* May the caller do it to worker->view's unit, which may not be there? False: the response
     * holds the problem. */
    bool (*prove)(struct deed *deed);
    /* The secret that the answer shows, made from random bytes, and the seal of it. NULL: none. */
    void (*make)(struct deed *deed, const uint8_t *random_bytes);
    /* Is the unit still as this deed left it? For a repeat. */
    bool (*stands)(const struct deed *deed, const struct unit *unit);
    void (*answer)(struct deed *deed, const struct unit *unit);
    /* After it was committed, and not for a repeat; worker->view is still what was before. NULL:
     * nothing. */
    void (*done)(struct deed *deed);
};

/* One request under way. */
struct deed {
    struct worker *worker;
    const struct request *request;
    struct response *response;
    const struct act *act;
    struct unit_key key;
    uint8_t label[SEAL_BYTES];     /* of the label that names the unit; none when it was not sent */
    char code[CODE_CHARS_MAX + 1]; /* in its normal form; "": staff without one */
    char secret[OWNER_SECRET_CHARS + 1];
    uint8_t seal[SEAL_BYTES];     /* of what the event carries */
    bool wrong_code;              /* the code was looked at and is not the unit's */
    struct past_actor registered; /* ACTIVATE of what is unproven: who registered it before */
    struct operation operation;
    struct change change;
};

/* Reads the body: "code", or "gtin" and "serial"; "claim_code" or "transfer_code" as the member
 * `code_name` says, NULL for none; "purchased_on" with an ACTIVATE. The code may be left out by
 * staff. False: the response holds the problem. */
bool deed_read(struct deed *deed, const char *code_name) MUST_CHECK;

/* Does it: proof, rules, registry. With a code it counts as a try (limits.h) unless the code is
 * right. With an Idempotency-Key a repeat within a day gives the same answer, the same secret
 * included: the secret is made from the key and the body by a keyed hash, and kept nowhere. */
void deed_do(struct deed *deed);

/* One try of a code, whose tokens come from where limits.h says. */
struct deed_try {
    bool labelled; /* who tries sent the registered label, too */
    struct unit_key key;
    struct shed_ask ask;
};
/* May deed->code be tried? False: the response holds the problem, and nothing was taken. */
bool deed_try(struct deed *deed, struct deed_try *try) MUST_CHECK;
/* It was tried: a right code, and one that could not be looked at, cost nothing. */
void deed_tried(const struct deed *deed, const struct deed_try *try);

/* Proves with the unit alone, before anything else is read that comes with it: that takes its time,
 * which would tell who has neither code nor secret that there is such a unit. False: the response
 * holds the problem. Staff prove nothing yet. */
bool deed_prove_first(struct deed *deed) MUST_CHECK;

/* The one answer to a wrong code and to a wrong serial. Returns false. */
bool deed_refuse_code(struct deed *deed);
/* Returns false. */
bool deed_refuse(struct deed *deed, int status, const char *code, const char *detail);

#endif
