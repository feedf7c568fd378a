/* SPDX-License-Identifier: Apache-2.0 */
/* Ownership without personal data: who holds the code holds the unit. */
#include "gateway/api/api.h"

#include <stdio.h>
#include <string.h>

#include "gateway/api/auth.h"
#include "gateway/api/notices.h"
#include "gateway/api/possession.h"
#include "gateway/api/stock.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/records/records.h"

/* ---- proofs ---- */

/* The seal is computed and compared whether or not there is such a unit or a code for it. */
static bool
code_is(const struct deed *deed, const uint8_t seal[static SEAL_BYTES],
        const uint8_t there[static SEAL_BYTES])
{
    bool same = seal_equal(seal, there);
    bool none = seal_is_none(there);
    return same && !none && deed->worker->view.has_unit;
}

static bool
prove_claim(struct deed *deed)
{
    uint8_t seal[SEAL_BYTES];
    claim_seal(seal, deed->worker->app->secrets->claim_key, deed->key.gtin, deed->key.serial,
               deed->code);
    return code_is(deed, seal, deed->worker->view.unit.claim) || deed_refuse_code(deed);
}

/* The code is used up by then; the event puts another owner in its place. */
static bool
prove_transfer(struct deed *deed)
{
    uint8_t seal[SEAL_BYTES];
    transfer_seal(seal, deed->worker->app->secrets->claim_key, deed->key.gtin, deed->key.serial,
                  deed->code);
    return code_is(deed, seal, deed->worker->view.unit.transfer) || deed_refuse_code(deed);
}

/* A shop that registers what is not sold sells it, and may take it back from then on: with the card
 * of a stolen box, it would make another's stock its own. */
static bool
may_sell(struct deed *deed)
{
    struct past past;
    struct worker *worker = deed->worker;
    if (worker->caller.role != ROLE_RETAILER || worker->view.unit.state == UNIT_SOLD)
        return true;
    enum err err = past_read(worker->session, &deed->key, NULL, &past);
    if (err != ERR_OK) {
        write_problem(deed->response, err, NULL);
        return false;
    }
    return !stock_is_anothers(&worker->caller, &worker->view.unit, &past.facts) ||
           deed_refuse(deed, 403, "denied",
                       "Before it is sold, this is only for stock of your own: the unit is not "
                       "recorded as yours; the buyer can register it with the claim code");
}

/* A customer whose box was opened at the counter, or whose claim code died with a return or with
 * the hands that the unit came from; for a secret that is lost, the staff saw who bought it. */
static bool
may_without_code(struct deed *deed)
{
    const struct caller *caller = &deed->worker->caller;
    const struct unit *unit = &deed->worker->view.unit;
    if (!deed->worker->view.has_unit)
        return deed_refuse(deed, 404, "not_found", "This serial of this product is not registered");
    if (caller->role == ROLE_SERVICE)
        return true;
    if (unit->state != UNIT_SOLD && caller_at_location(caller, unit->location))
        return may_sell(deed);
    if (unit->state == UNIT_SOLD && strcmp(unit->seller, caller->organisation) == 0)
        return true;
    return deed_refuse(
        deed, 403, "denied",
        "Without its claim code, this is for who sold the unit, or a service center");
}

/* Who registered it without the code that was brought now. */
static bool
find_registered(struct deed *deed)
{
    struct past past;
    if (deed->act->type != EVENT_ACTIVATE || !deed->worker->view.unit.unproven)
        return true;
    enum err err = past_read(deed->worker->session, &deed->key, NULL, &past);
    deed->registered = past.facts.registered;
    if (err != ERR_OK)
        write_problem(deed->response, err, NULL);
    return err == ERR_OK;
}

static bool
prove_claim_or_staff(struct deed *deed)
{
    if (deed->code[0] == '\0')
        return may_without_code(deed);
    return prove_claim(deed) && may_sell(deed) && find_registered(deed);
}

/* Another's unit and a unit that is not registered are told by the same words. */
static bool
prove_owner(struct deed *deed)
{
    const struct worker *worker = deed->worker;
    return (worker->view.has_unit && caller_owns(worker, deed->request, &worker->view.unit)) ||
           deed_refuse(deed, 403, "denied", "Only with the secret of the unit's owner");
}

/* ---- secrets ---- */

static void
make_owner(struct deed *deed, const uint8_t *random_bytes)
{
    owner_secret_format(deed->secret, random_bytes);
    owner_seal(deed->seal, deed->worker->app->secrets->claim_key, deed->secret);
}

static void
make_transfer(struct deed *deed, const uint8_t *random_bytes)
{
    crockford_format(deed->secret, TRANSFER_CODE_CHARS, random_bytes);
    transfer_seal(deed->seal, deed->worker->app->secrets->claim_key, deed->key.gtin,
                  deed->key.serial, deed->secret);
}

static bool
owner_stands(const struct deed *deed, const struct unit *unit)
{
    return seal_equal(deed->seal, unit->owner);
}

static bool
offer_stands(const struct deed *deed, const struct unit *unit)
{
    return seal_equal(deed->seal, unit->transfer);
}

static bool
recovery_stands(const struct deed *deed, const struct unit *unit)
{
    (void)deed;
    return unit->recovery_at != 0;
}

/* ---- what the operator is to see ---- */

/* A shop or service center registered it without the claim code, and then the code was brought.
 * That is a customer at home with the card, or a shop that registers to itself. */
static void
tell_displaced(struct deed *deed)
{
    char text[NOTICE_TEXT_MAX + 1];
    const struct past_actor *before = &deed->registered;
    if (!deed->change.event.displaces)
        return;
    (void)snprintf(text, sizeof text, "registered with the claim code; before that without it%s%s",
                   before->actor[0] == '\0' ? "" : ", by ", before->actor);
    notice_raise(deed->worker,
                 &(struct noticed){.kind = NOTICE_OWNER_DISPLACED,
                                   .gtin = deed->key.gtin,
                                   .serial = deed->key.serial,
                                   .answer = "",
                                   .text = text},
                 deed->request->now);
}

/* ---- answers ---- */

static void
put_unit(struct deed *deed, int status)
{
    struct text *out = &deed->response->body;
    deed->response->status = status;
    text_char(out, '{');
    json_put_text(out, "gtin", deed->key.gtin);
    json_put_text(out, "serial", deed->key.serial);
}

static void
answer_owner(struct deed *deed, const struct unit *unit)
{
    struct text *out = &deed->response->body;
    put_unit(deed, 201);
    json_put_text(out, "owner_secret", deed->secret);
    json_put_day(out, "sold_on", unit->sold_on);
    json_put_day(out, "activated_on", unit->activated_on);
    unit_card_json(out, unit);
    text_put(out, "}\n");
}

/* In groups of four, to be read out or written down. */
static void
answer_offer(struct deed *deed, const struct unit *unit)
{
    struct text *out = &deed->response->body;
    put_unit(deed, 201);
    json_put(out, "transfer_code", "");
    text_printf(out, "\"%.4s-%.4s-%.4s\"", deed->secret, deed->secret + 4, deed->secret + 8);
    json_put_time(out, "expires_at", unit->transfer_until);
    text_put(out, "}\n");
}

static void
answer_recovery(struct deed *deed, const struct unit *unit)
{
    put_unit(deed, 202);
    json_put_time(&deed->response->body, "recovery_at", unit->recovery_at);
    text_put(&deed->response->body, "}\n");
}

/* ---- handlers ---- */

static const struct act activation = {EVENT_ACTIVATE, prove_claim_or_staff, make_owner,
                                      owner_stands,   answer_owner,         tell_displaced};
static const struct act recovery = {EVENT_LOSE_SECRET, prove_claim_or_staff, NULL,
                                    recovery_stands,   answer_recovery,      NULL};
static const struct act offering = {EVENT_OFFER,  prove_owner,  make_transfer,
                                    offer_stands, answer_offer, NULL};
static const struct act redemption = {EVENT_TRANSFER, prove_transfer, make_owner,
                                      owner_stands,   answer_owner,   NULL};

static void
handle(struct deed *deed, const char *code_name)
{
    if (deed_read(deed, code_name))
        deed_do(deed);
}

void
api_activation(struct worker *worker, const struct request *request, struct response *response)
{
    struct deed deed = {
        .worker = worker, .request = request, .response = response, .act = &activation};
    handle(&deed, "claim_code");
}

void
api_recovery(struct worker *worker, const struct request *request, struct response *response)
{
    struct deed deed = {
        .worker = worker, .request = request, .response = response, .act = &recovery};
    handle(&deed, "claim_code");
}

void
api_transfer(struct worker *worker, const struct request *request, struct response *response)
{
    struct deed deed = {
        .worker = worker, .request = request, .response = response, .act = &offering};
    handle(&deed, NULL);
}

void
api_transfer_redeem(struct worker *worker, const struct request *request, struct response *response)
{
    struct deed deed = {
        .worker = worker, .request = request, .response = response, .act = &redemption};
    handle(&deed, "transfer_code");
}
