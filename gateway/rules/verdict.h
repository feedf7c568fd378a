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
/* Never NULL; out of range gives the entry of REASON_REGISTRY_UNAVAILABLE. */
const struct reason_info *reason_info(enum reason reason);
const char *verdict_class_name(enum verdict_class class); /* "ok", "caution", "bad", "unchecked" */

struct verdict_input {
    bool registry_failed; /* it could not be read: then nothing else counts */
    bool rate_limited;
    enum role role; /* staff (role_is_staff) see a unit without a signature */
    enum label_result label;
    const struct keyset_entry *signer; /* when label is GENUINE */
    const struct reading *reading;     /* NULL when malformed */
    const struct unit *unit; /* NULL: not registered. A record of another unit counts as NULL. */
    const struct product *product; /* NULL: not in the catalogue */
    const struct lot *lot;         /* the unit's lot; NULL: no record */
    const struct recall *recalls; /* of the product; those that do not cover the unit are ignored */
    size_t recall_count;
    const char *country; /* of the asker, ISO 3166-1 alpha-2; "" or NULL unknown */
    int64_t now;         /* Unix seconds */
};

struct verdict {
    enum verdict_class class;
    size_t reason_count;
    enum reason reasons[REASON_COUNT]; /* worst first; empty only in a zeroed verdict */
    /* May the answer speak of the unit, product and warranty at all? For the public only when the
     * label's signature is good, its key is trusted for it and the unit is registered: every other
     * answer is the same for any serial. For staff whenever the code could be read and the unit is
     * registered, so a staff answer without it means "no such unit". */
    bool shows_unit;
    /* The worse of stolen and lost, when one of them is a reason, is a report that nobody
     * confirmed: the reasons are the same. */
    bool provisional;
    /* Somebody said that the owner secret is lost, and the claim code will work again. Told to the
     * owner, who may object, and to staff. */
    bool recovery_pending;
    const struct recall *recall; /* the worst one that covers the unit, or NULL */
    bool has_warranty;
    struct warranty warranty; /* when has_warranty */
};

/* Never fails. Pointers in `out` point into the input, and `out->warranty.best` into `out`.
 *
 * The class is the least trusting class of the reasons. The rules that are not in the names:
 * - A label that nobody checked (LABEL_UNCHECKED) gives the zeroed verdict, without a reason.
 * - GENUINE vouches for the signature only. The label is `genuine` when the registry also holds
 *   this very label: same key, variant and lot. The registry refuses to issue a serial twice, so a
 *   good signature over anything else was made outside of issuing:
 *   - by another key than the registered one: `never_issued`, for no label of this key was ever
 *     issued for the unit, and that other key was stolen or over-produces;
 *   - by the same key with another variant or lot: `lot_mismatch`, not `genuine`.
 * - A revoked key proves nothing by itself, as a thief can sign any identity and date. Only a label
 *   that was registered strictly before compromised_since stays `genuine`. Everything else by it is
 *   `issuer_revoked`, also when the unit is not registered: `never_issued` is the alarm about a key
 *   that we still trust, and this one needs no alarm.
 * - Labels that fail are `bad` for everybody; staff see the unit and its own reasons besides, but
 *   not for a malformed one, which names no unit.
 * - NO_SIGNATURE: the public gets `signature_needed` and nothing else, whatever the registry says.
 *   Staff get `no_signature`; not registered is told by shows_unit, not as `never_issued`, which
 *   would raise an alarm for every mistyped serial. A code without a signature mismatches the lot
 *   only by stating another one.
 * - One `recalled`, by the worst recall that covers the unit: stop-use before others, then the
 *   latest opened.
 * - `expired` from the day after expires_on, at the product's offset; the unit's date, else the
 *   lot's. */
void verdict_decide(struct verdict *out, const struct verdict_input *in);
bool verdict_has(const struct verdict *verdict, enum reason reason);

#endif
