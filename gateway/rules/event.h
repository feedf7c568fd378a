/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to a unit: one table of who may do what from which state to which. Pure. */
#ifndef ASSAY_RULES_EVENT_H
#define ASSAY_RULES_EVENT_H

#include "gateway/rules/event_type.h"
#include "gateway/rules/role.h"
#include "gateway/rules/unit.h"

enum { EVENT_FIELDS_MAX = 8, EVENT_VALUE_MAX = 255, REFERENCE_MAX = 64 };

struct event_field {
    enum event_field_id id;
    char value[EVENT_VALUE_MAX + 1];
};

/* What a unit takes over from the one that it replaces. It travels in the event, because the
 * history of one unit has to lead to its record without asking another's. */
struct inheritance {
    civil_day sold_on, activated_on;
    char seller[ORGANISATION_MAX + 1];
    char sales_order[ORDER_MAX + 1];
    size_t adjustment_count;
    struct adjustment adjustments[ADJUSTMENTS_MAX];
};

struct event {
    enum event_type type;
    int64_t at;     /* when it was recorded, Unix seconds */
    enum role role; /* as whom */
    char actor[ORGANISATION_MAX + 1];
    uint8_t operation[OPERATION_ID_BYTES];
    /* What the caller knew and event_apply needs; stored: a history can be applied again. */
    int16_t offset_minutes; /* the product's: which civil day `at` is */
    bool ends_own;   /* RECOVER, RELEASE, RESTOCK: the caller found in the history that this actor
                        made all that would end: every open report, the hold, the return */
    bool ends_claim; /* TRANSFER: the claim code dies, for who sold the unit may have kept the card.
                        Every new one does; those of before that rule left the code alive */
    bool without_claim; /* ACTIVATE: staff without the claim code, though the unit has one; those of
                           before this was recorded do not say so. REPLACE of the new unit: the
                           inherited owner came so, and the new unit has a claim code */
    bool displaces;     /* ACTIVATE with the claim code: an owner who came without it gives way */
    bool product_allows; /* ACTIVATE: product.activation_before_sale; RETURN: returns_from_any */
    /* No event carries a secret. ACTIVATE, TRANSFER: the new owner_seal; OFFER: the transfer_seal;
     * REPLACE of the new unit: the inherited owner, perhaps none; RESTOCK, and END_OWNERSHIP that
     * ends the claim: the unit's claim seal, or nothing, so that undoing it gives the claim code
     * back. All zero with any other. */
    uint8_t seal[SEAL_BYTES];
    bool inherits;                /* REPLACE of the new unit */
    struct inheritance inherited; /* when `inherits`; else all zero */
    size_t field_count;
    struct event_field fields[EVENT_FIELDS_MAX];
};

/* The card in the box. Whoever owns a unit with its claim code stays the owner until he hands it
 * on, loses his secret or brings it back. Staff can register a sold unit without the code, for a
 * customer at the counter; they could do so for themselves, too, and object to the buyer's recovery
 * for ever. So such an ownership is `unproven`: it ends at once when somebody brings the claim
 * code.
 * - It cannot be handed on (OFFER) before its owner registered with the code himself. If a transfer
 *   ended the code, a shop could hand the unit on to itself and the buyer's card would be void; if
 * it left the code alive, whoever keeps the card could take back what he sold.
 * - Not while the unit is stolen, lost or held: a thief who has the box would end the ownership of
 *   who reported it. The operator decides (DISMISS, RELEASE, END_OWNERSHIP).
 * - Who copied the card before the sale displaces a customer who was registered without it. Shops
 *   should type the code in at the counter; the operator is told of each displacement, and can end
 *   the ownership and the code, so that the shop registers the customer anew.
 * - Without a claim code (it died with a return, a transfer or an END_OWNERSHIP) there is no card
 *   that counts, and an ownership by staff is like any other.
 * - Undoing, replacing and restocking carry on, or end, what the record says. */

/* The value of a field, or "" */
const char *event_value(const struct event *event, enum event_field_id id);

enum {
    DAY_SECONDS = 86400,
    PROVISIONAL_SECONDS = 30 * DAY_SECONDS, /* then an unanswered report counts as confirmed */
    OFFER_SECONDS = 7 * DAY_SECONDS,
    RECOVERY_SECONDS = 14 * DAY_SECONDS, /* in which the owner may object */
    UNDO_SECONDS = 10 * DAY_SECONDS
};

/* Applies the event to the unit as it is before and writes the unit as it is after, same version;
 * `after` may be `before`, and is written on ERR_OK only. The first failure is told, by the fault
 * too, in this order:
 * - ERR_DENIED: the role may not do this at all, whatever the fields and the unit.
 * - ERR_INVALID: no time; a field is missing, repeated, unknown for this event, or breaks its
 *   grammar; a seal is missing or too much. Before all: no such event, or EVENT_COMMISSION, which
 *   makes a unit and changes none, or REPLACE and UNDO, which need more than one unit: history.h.
 * - ERR_CONFLICT: not from this state, or not with or without this condition; somebody owns the
 * unit already, or nobody does who would give way; an OFFER of what is unproven; no open offer, or
 * too late; nothing to confirm or dismiss; no room to adjust.
 * - ERR_DENIED: RETURN or LOSE_SECRET by a retailer who did not sell the unit; RESTOCK by one who
 * neither sold it nor took it back; RECOVER or RELEASE of what somebody else reported or held.
 *
 * For the caller to check: that a location is the actor's own, for a unit does not know whose it
 * is; that ACTIVATE and LOSE_SECRET by the public came with the unit's claim code, TRANSFER with
 * the code of the offer, and everything by an owner with the owner secret; whether ACTIVATE is
 * `without_claim` or `displaces`; and that a new TRANSFER ends the claim.
 *
 * Fields: text is UTF-8 without control characters or blanks at its ends, up to LOCATION_MAX,
 * ORDER_MAX, REFERENCE_MAX or (reason) EVENT_VALUE_MAX bytes; a document is an https link of ASCII
 * without a user name; a date is YYYY-MM-DD and not after the day that follows `at`, because
 * somewhere it is tomorrow already. Without FIELD_ON the day of `at` is taken. */
enum err event_apply(struct unit *after, const struct unit *before, const struct event *event,
                     struct fault *fault) MUST_CHECK;

#endif
