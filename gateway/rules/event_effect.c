/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/rules/event_field.h"
#include "gateway/rules/event_rule.h"

/* The text fits, for it was checked or copied from a member of the same size. */
static void
put_text(char *out, size_t size, const char *text)
{
    memset(out, 0, size);
    if (!slice_copy(out, size, slice_of(text)))
        out[0] = '\0';
}

static void
clear_offer(struct unit *unit)
{
    memset(unit->transfer, 0, sizeof unit->transfer);
    unit->transfer_until = 0;
}

static void
clear_reports(struct unit *unit)
{
    unit->provisional = 0;
    unit->provisional_until = 0;
}

/* The owner is gone, and everything that only an owner has. */
static void
disown(struct unit *unit)
{
    memset(unit->owner, 0, sizeof unit->owner);
    unit->recovery_at = 0;
    unit->unproven = false;
    clear_offer(unit);
}

/* ---- sale, return ---- */

static void
take_ship(struct unit *unit, const struct event *event)
{
    unit->shipped_on = event_day(event);
}

static void
take_sell(struct unit *unit, const struct event *event)
{
    unit->sold_on = event_day(event);
    put_text(unit->seller, sizeof unit->seller, event->actor);
}

/* Ownership ends, and with it everything that proved or described the sale and what was promised to
 * this owner: the next buyer starts anew. The invoice stays in the history. */
static void
take_restock(struct unit *unit, const struct event *event)
{
    (void)event;
    unit->sold_on = CIVIL_NONE;
    unit->activated_on = CIVIL_NONE;
    unit->adjustment_count = 0;
    memset(unit->adjustments, 0, sizeof unit->adjustments);
    memset(unit->seller, 0, sizeof unit->seller);
    memset(unit->sales_order, 0, sizeof unit->sales_order);
    memset(unit->document, 0, sizeof unit->document);
    memset(unit->claim, 0, sizeof unit->claim);
    memset(&unit->linked, 0, sizeof unit->linked);
    disown(unit);
}

/* ---- reports ---- */

/* An older report that nobody answered in time is confirmed by now. */
static void
take_report(struct unit *unit, const struct event *event)
{
    unsigned reported = event->type == EVENT_REPORT_STOLEN ? CONDITION_STOLEN : CONDITION_LOST;
    unit->provisional = (uint8_t)(unit_provisional(unit, event->at) & ~reported);
    if (event->role != ROLE_OPERATOR) {
        unit->provisional = (uint8_t)(unit->provisional | reported);
        unit->provisional_until = event->at + PROVISIONAL_SECONDS;
    }
    if (unit->provisional == 0)
        clear_reports(unit);
}

/* The conditions are gone. */
static void
take_recover(struct unit *unit, const struct event *event)
{
    (void)event;
    clear_reports(unit);
}

static enum err
check_confirm(const struct unit *unit, const struct event *event, struct fault *fault)
{
    if (unit_provisional(unit, event->at) != 0)
        return ERR_OK;
    return fault_set(fault, ERR_CONFLICT, "confirm: no report waits for it");
}

static void
take_confirm(struct unit *unit, const struct event *event)
{
    (void)event;
    clear_reports(unit);
}

static bool
dismisses_report(const struct unit *unit, const struct event *event)
{
    return event->role == ROLE_OPERATOR && unit_provisional(unit, event->at) != 0;
}

static enum err
check_dismiss(const struct unit *unit, const struct event *event, struct fault *fault)
{
    if (dismisses_report(unit, event) || unit->recovery_at != 0)
        return ERR_OK;
    return fault_set(fault, ERR_CONFLICT, "dismiss: nothing was said that could be untrue");
}

/* A report first; when none waits, that the owner secret is lost. */
static void
take_dismiss(struct unit *unit, const struct event *event)
{
    if (!dismisses_report(unit, event)) {
        unit->recovery_at = 0;
        return;
    }
    unit->conditions = (uint8_t)(unit->conditions & ~unit_provisional(unit, event->at));
    clear_reports(unit);
}

/* ---- ownership ---- */

static bool
owned(const struct unit *unit)
{
    return !seal_is_none(unit->owner);
}

static enum err
check_displacing(const struct unit *unit, struct fault *fault)
{
    if (owned(unit) && unit->unproven)
        return ERR_OK;
    return fault_set(fault, ERR_CONFLICT, "activate: there is no owner who has to give way");
}

static enum err
check_activate(const struct unit *unit, const struct event *event, struct fault *fault)
{
    if (event->displaces)
        return check_displacing(unit, fault);
    if (!owned(unit))
        return ERR_OK;
    if (unit->recovery_at == 0)
        return fault_set(fault, ERR_CONFLICT, "activate: somebody has registered the unit already");
    if (event->at >= unit->recovery_at)
        return ERR_OK;
    char when[TIME_TEXT_MAX];
    time_format(when, unit->recovery_at);
    return fault_set(fault, ERR_CONFLICT, "activate: not before %s, so that the owner may object",
                     when);
}

static void
own(struct unit *unit, const struct event *event)
{
    memcpy(unit->owner, event->seal, SEAL_BYTES);
    unit->recovery_at = 0;
    unit->unproven = event->without_claim;
    clear_offer(unit);
}

/* A second activation, after the secret was lost or by who brought the claim code, does not start
 * the warranty again. */
static void
take_activate(struct unit *unit, const struct event *event)
{
    bool unsold = unit->sold_on == CIVIL_NONE;
    if (unsold)
        unit->sold_on = event_day(event);
    if (unsold && event->role == ROLE_RETAILER)
        put_text(unit->seller, sizeof unit->seller, event->actor);
    if (unit->activated_on == CIVIL_NONE)
        unit->activated_on = event_day_recorded(event);
    own(unit, event);
}

static enum err
check_owned(const struct unit *unit, const struct event *event, struct fault *fault)
{
    if (owned(unit))
        return ERR_OK;
    return fault_set(fault, ERR_CONFLICT, "%s: nobody has registered the unit",
                     event_type_name(event->type));
}

static enum err
check_offer(const struct unit *unit, const struct event *event, struct fault *fault)
{
    enum err err = check_owned(unit, event, fault);
    if (err != ERR_OK || !unit->unproven)
        return err;
    return fault_set(fault, ERR_CONFLICT,
                     "offer: the unit was registered without its claim code; register it again "
                     "with the code on the card in the box, then it can be handed on");
}

static void
take_offer(struct unit *unit, const struct event *event)
{
    memcpy(unit->transfer, event->seal, SEAL_BYTES);
    unit->transfer_until = event->at + OFFER_SECONDS;
}

static enum err
check_transfer(const struct unit *unit, const struct event *event, struct fault *fault)
{
    if (!owned(unit) || seal_is_none(unit->transfer))
        return fault_set(fault, ERR_CONFLICT, "transfer: the owner offers the unit to nobody");
    if (event->at >= unit->transfer_until)
        return fault_set(fault, ERR_CONFLICT,
                         "transfer: the offer has ended; the owner can repeat it");
    return ERR_OK;
}

static void
take_transfer(struct unit *unit, const struct event *event)
{
    own(unit, event);
    if (event->ends_claim)
        memset(unit->claim, 0, sizeof unit->claim);
}

static enum err
check_lose_secret(const struct unit *unit, const struct event *event, struct fault *fault)
{
    if (unit->recovery_at != 0)
        return fault_set(fault, ERR_CONFLICT, "lose_secret: it was said already");
    if (unit->unproven && event->role == ROLE_PUBLIC)
        return fault_set(fault, ERR_CONFLICT,
                         "lose_secret: no wait is needed: the claim code registers the unit now");
    return check_owned(unit, event, fault);
}

static void
take_lose_secret(struct unit *unit, const struct event *event)
{
    unit->recovery_at = event->at + RECOVERY_SECONDS;
}

/* As if nobody had registered it; the sale stays. */
static void
take_end_ownership(struct unit *unit, const struct event *event)
{
    disown(unit);
    unit->activated_on = CIVIL_NONE;
    if (event_ends_claim(event))
        memset(unit->claim, 0, sizeof unit->claim);
}

/* ---- replacement ---- */

static void
link_other(struct unit *unit, const struct event *event)
{
    put_text(unit->linked.gtin, sizeof unit->linked.gtin, event_value(event, FIELD_OTHER_GTIN));
    put_text(unit->linked.serial, sizeof unit->linked.serial,
             event_value(event, FIELD_OTHER_SERIAL));
}

/* The owner goes on to the other unit. */
static void
take_give_way(struct unit *unit, const struct event *event)
{
    link_other(unit, event);
    disown(unit);
}

static void
take_inherit(struct unit *unit, const struct event *event)
{
    const struct inheritance *inherited = &event->inherited;
    link_other(unit, event);
    own(unit, event);
    unit->sold_on = inherited->sold_on;
    unit->activated_on = inherited->activated_on;
    put_text(unit->seller, sizeof unit->seller, inherited->seller);
    put_text(unit->sales_order, sizeof unit->sales_order, inherited->sales_order);
    unit->adjustment_count = inherited->adjustment_count;
    memcpy(unit->adjustments, inherited->adjustments, sizeof unit->adjustments);
}

/* ---- all of them ---- */

static const struct {
    enum err (*check)(const struct unit *unit, const struct event *event, struct fault *fault);
    void (*take)(struct unit *unit, const struct event *event);
} effects[EFFECT_COUNT] = {
    [EFFECT_SHIP] = {NULL, take_ship},
    [EFFECT_SELL] = {NULL, take_sell},
    [EFFECT_RESTOCK] = {NULL, take_restock},
    [EFFECT_REPORT] = {NULL, take_report},
    [EFFECT_RECOVER] = {NULL, take_recover},
    [EFFECT_ACTIVATE] = {check_activate, take_activate},
    [EFFECT_OFFER] = {check_offer, take_offer},
    [EFFECT_TRANSFER] = {check_transfer, take_transfer},
    [EFFECT_LOSE_SECRET] = {check_lose_secret, take_lose_secret},
    [EFFECT_GIVE_WAY] = {NULL, take_give_way},
    [EFFECT_INHERIT] = {NULL, take_inherit},
    [EFFECT_CONFIRM] = {check_confirm, take_confirm},
    [EFFECT_DISMISS] = {check_dismiss, take_dismiss},
    [EFFECT_ADJUST] = {adjust_check, adjust_take},
    [EFFECT_END_OWNERSHIP] = {check_owned, take_end_ownership},
};

enum err
effect_check(enum effect effect, const struct unit *unit, const struct event *event,
             struct fault *fault)
{
    return effects[effect].check == NULL ? ERR_OK : effects[effect].check(unit, event, fault);
}

void
effect_take(enum effect effect, struct unit *unit, const struct event *event)
{
    if (effects[effect].take != NULL)
        effects[effect].take(unit, event);
}
