/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to "can I trust this label, this unit, this warranty": one pure function. */
#ifndef ASSAY_RULES_VERDICT_H
#define ASSAY_RULES_VERDICT_H

#include "gateway/identify/trust.h"
#include "gateway/rules/event.h"
#include "gateway/rules/unit.h"
#include "gateway/rules/warranty.h"

/* A zeroed verdict is the least trusting one: nothing was checked. */
enum verdict_class { VERDICT_UNCHECKED = 0, VERDICT_BAD, VERDICT_CAUTION, VERDICT_OK };

/* In order of precedence, worst first: a verdict lists every reason that applies in this order. */
enum reason {
    REASON_REGISTRY_UNAVAILABLE,
    REASON_RATE_LIMITED,
    REASON_LABEL_MALFORMED,
    REASON_LABEL_FORGED,
    REASON_ISSUER_UNKNOWN,
    REASON_ISSUER_REVOKED,
    REASON_ISSUER_OUT_OF_SCOPE,
    REASON_NEVER_ISSUED,
    REASON_STOLEN,
    REASON_RETIRED,
    REASON_RECALLED_STOP_USE, /* code "recalled", class bad */
    REASON_RECALLED,
    REASON_COPY_SUSPECTED,
    REASON_HELD,
    REASON_LOST,
    REASON_EXPIRED,
    REASON_LOT_MISMATCH,
    REASON_NOT_IN_MARKET,
    REASON_RETURNED,
    REASON_SIGNATURE_NEEDED,
    REASON_NO_SIGNATURE,
    REASON_GENUINE,
    REASON_COUNT
};

struct reason_info {
    const char *code; /* design word: "label_forged", "recalled" */
    enum verdict_class class;
};
const struct reason_info *reason_info(enum reason reason);
const char *verdict_class_name(enum verdict_class class); /* "ok", "caution", "bad", "unchecked" */

struct verdict_input {
    bool registry_failed; /* it could not be read: then nothing else counts */
    bool rate_limited;
    enum role role; /* staff (anything but public and owner) see a unit without a signature */
    enum label_result label;
    const struct keyset_entry *signer; /* when label is GENUINE */
    const struct reading *reading;     /* NULL when malformed */
    const struct unit *unit;           /* NULL: not registered */
    const struct product *product;     /* NULL: not in the catalogue */
    const struct lot *lot;             /* the unit's lot; NULL: no record */
    const struct recall *recalls; /* of the product; those that do not cover the unit are ignored */
    size_t recall_count;
    const char *country; /* of the asker, ISO 3166-1 alpha-2; "" unknown */
    int64_t now;         /* Unix seconds */
};

struct verdict {
    enum verdict_class class;
    size_t reason_count;
    enum reason reasons[REASON_COUNT]; /* worst first; empty only in a zeroed verdict */
    /* May the answer speak of the unit, product and warranty at all? False for every label that is
     * not proven genuine when the asker is public: then the answer is the same for any serial. */
    bool shows_unit;
    const struct recall *recall; /* the worst one that covers the unit, or NULL */
    bool has_warranty;
    struct warranty warranty; /* when has_warranty */
};

/* Never fails. Pointers in `out` point into the input. */
void verdict_decide(struct verdict *out, const struct verdict_input *in);
bool verdict_has(const struct verdict *verdict, enum reason reason);

#endif
