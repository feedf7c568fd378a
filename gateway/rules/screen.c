/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/screen.h"

#include <string.h>

static const char unanswered[] = "It could not be checked just now: scan it again in a moment";
static const char not_ours[] = "The label is not the maker's: do not take it, tell the maker";
static const char recalled[] =
    "It is recalled: do not sell it, handle it as the recall says, and do not hand it back to use";

static const struct screen_reason of_verdict[REASON_COUNT] = {
    [REASON_REGISTRY_UNAVAILABLE] = {"registry_unavailable", SCREEN_REVIEW, unanswered},
    [REASON_RATE_LIMITED] = {"rate_limited", SCREEN_REVIEW, unanswered},
    [REASON_LABEL_MALFORMED] = {"label_malformed", SCREEN_REFUSE,
                                "The code cannot be read: scan the whole label again"},
    [REASON_LABEL_FORGED] = {"label_forged", SCREEN_REFUSE, not_ours},
    [REASON_ISSUER_UNKNOWN] = {"issuer_unknown", SCREEN_REFUSE, not_ours},
    [REASON_ISSUER_REVOKED] = {"issuer_revoked", SCREEN_REFUSE, not_ours},
    [REASON_ISSUER_OUT_OF_SCOPE] = {"issuer_out_of_scope", SCREEN_REFUSE, not_ours},
    [REASON_NEVER_ISSUED] = {"never_issued", SCREEN_REFUSE,
                             "The maker never issued this label: do not take it, tell the maker"},
    [REASON_STOLEN] = {"stolen", SCREEN_REFUSE,
                       "It was reported stolen: do not take it, tell the maker"},
    [REASON_RETIRED] = {"retired", SCREEN_REFUSE,
                        "It was taken out of use: do not take it, tell the maker"},
    [REASON_RECALLED_STOP_USE] = {"recalled", SCREEN_REVIEW, recalled},
    [REASON_RECALLED] = {"recalled", SCREEN_REVIEW, recalled},
    [REASON_COPY_SUSPECTED] = {"copy_suspected", SCREEN_REVIEW,
                               "The label may be a copy: compare the item with the receipt"},
    [REASON_HELD] = {"held", SCREEN_REVIEW, "It is on hold: ask who holds it"},
    [REASON_LOST] = {"lost", SCREEN_REVIEW,
                     "It was reported lost: ask whose it is before you take it"},
    [REASON_EXPIRED] = {"expired", SCREEN_REVIEW, "It is past its date: do not sell it again"},
    [REASON_LOT_MISMATCH] =
        {"lot_mismatch", SCREEN_REVIEW,
         "The label states another lot than the maker's record: tell the maker"},
    [REASON_NOT_IN_MARKET] = {"not_in_market", SCREEN_REVIEW,
                              "It was not made for this country: ask the maker"},
    [REASON_RETURNED] = {"returned", SCREEN_REFUSE,
                         "It was returned already: this one may be a copy, keep the receipt and "
                         "tell the maker"},
    [REASON_SIGNATURE_NEEDED] = {"signature_needed", SCREEN_REVIEW,
                                 "A serial alone proves nothing: scan the label"},
    [REASON_NO_SIGNATURE] = {"no_signature", SCREEN_REVIEW,
                             "A serial alone proves nothing: scan the label"},
    [REASON_GENUINE] = {"genuine", SCREEN_ACCEPT, "The label is the maker's"},
};

static const struct screen_reason sold_here = {"sold_here", SCREEN_ACCEPT, "You sold it"};
static const struct screen_reason returns_from_any = {
    "returns_from_any", SCREEN_ACCEPT, "Another shop sold it; any shop may take this product back"};
static const struct screen_reason sold_elsewhere = {
    "sold_elsewhere", SCREEN_REFUSE,
    "Another shop sold it: the customer has to return it where it was bought"};
static const struct screen_reason seller_unknown = {
    "seller_unknown", SCREEN_REVIEW, "Nobody recorded who sold it: ask for the receipt"};
static const struct screen_reason not_sold = {
    "not_sold", SCREEN_REVIEW, "No sale of it is recorded: ask for the receipt, it may be stolen"};
static const struct screen_reason not_registered = {
    "not_registered", SCREEN_REFUSE, "There is no such serial: check it, or scan the label"};
static const struct screen_reason product_needed = {
    "product_needed", SCREEN_REVIEW,
    "A serial belongs to a product: scan the label, or state the product too"};
static const struct screen_reason repeated = {
    "repeated", SCREEN_REVIEW,
    "It is in this list already: scanned twice, or one of the two is a copy"};
static const struct screen_reason not_checked = {"not_checked", SCREEN_REFUSE, unanswered};

const char *
screen_outcome_name(enum screen_outcome outcome)
{
    static const char *const names[] = {
        [SCREEN_REFUSE] = "refuse",
        [SCREEN_REVIEW] = "review",
        [SCREEN_ACCEPT] = "accept",
    };
    return names[(unsigned)outcome <= SCREEN_ACCEPT ? outcome : SCREEN_REFUSE];
}

/* Who sold it. NULL: another reason tells of its state already. */
static const struct screen_reason *
sale_of(const struct screen_input *in)
{
    const struct unit *unit = in->unit;
    if (unit->state == UNIT_RETIRED || unit->state == UNIT_RETURNED)
        return NULL;
    if (unit->state != UNIT_SOLD)
        return &not_sold;
    if (unit->seller[0] != '\0' && strcmp(unit->seller, in->organisation) == 0)
        return &sold_here;
    if (in->product != NULL && in->product->returns_from_any)
        return &returns_from_any;
    return unit->seller[0] == '\0' ? &seller_unknown : &sold_elsewhere;
}

/* What the verdict does not say. */
static const struct screen_reason *
own_reason(const struct screen_input *in)
{
    const struct verdict *verdict = in->verdict;
    if (verdict->reason_count == 0)
        return &not_checked;
    if (verdict->shows_unit && in->unit != NULL)
        return sale_of(in);
    if (!verdict_has(verdict, REASON_NO_SIGNATURE))
        return NULL;
    return in->asked ? &not_registered : &product_needed;
}

static void
add(struct screening *out, const struct screen_reason *reason, enum screen_outcome outcome)
{
    if (reason != NULL && reason->outcome == outcome)
        out->reasons[out->reason_count++] = reason;
}

void
screen_decide(struct screening *out, const struct screen_input *in)
{
    const struct verdict *verdict = in->verdict;
    const struct screen_reason *own = own_reason(in);
    memset(out, 0, sizeof *out);
    for (unsigned outcome = SCREEN_REFUSE; outcome <= SCREEN_ACCEPT; outcome++) {
        for (size_t i = 0; i < verdict->reason_count; i++)
            add(out, &of_verdict[verdict->reasons[i]], (enum screen_outcome)outcome);
        add(out, own, (enum screen_outcome)outcome);
        add(out, in->repeated ? &repeated : NULL, (enum screen_outcome)outcome);
    }
    /* A genuine label without a known sale is no reason to accept. */
    bool sold = own != NULL && own->outcome == SCREEN_ACCEPT;
    bool vouched = verdict_has(verdict, REASON_GENUINE) && sold;
    if (out->reason_count > 0)
        out->outcome = out->reasons[0]->outcome;
    if (out->outcome == SCREEN_ACCEPT && !vouched)
        out->outcome = SCREEN_REVIEW;
}
