/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/assess.h"

#include <stdio.h>
#include <string.h>

#include "crypto/seal.h"
#include "gateway/api/forgeries.h"
#include "gateway/api/notices.h"
#include "gateway/api/scans.h"
#include "gateway/api/shed.h"
#include "gateway/log/log.h"

static bool
look_up(struct worker *worker, const struct identity *id)
{
    struct unit_key key;
    if (worker->session == NULL)
        return false;
    memcpy(key.gtin, id->gtin, sizeof key.gtin);
    memcpy(key.serial, id->serial, sizeof key.serial);
    enum err err = registry_view(worker->session, &key, &worker->view);
    if (err != ERR_OK)
        log_event(worker->app->config, LOG_ERROR, "registry_failed", "a unit of %s: %s", id->gtin,
                  err_info(err)->code);
    return err == ERR_OK;
}

static bool
is_registered_label(const struct worker *worker, const struct reading *reading)
{
    uint8_t seal[SEAL_BYTES];
    label_seal(seal, worker->app->secrets->label_key, reading->canonical, reading->canonical_len,
               &reading->token);
    return worker->view.has_unit && seal_equal(seal, worker->view.unit.seal);
}

/* May it be left to the signature alone? Staff see the unit whatever the label says. */
static bool
needs_registry(const struct assessment *out, const struct app *app, const struct keyset *keyset,
               const struct reading *reading)
{
    if (role_is_staff(out->role))
        return true;
    if (!label_trust_possible(keyset, reading))
        return false;
    return !forgeries_any(app->forgeries, out->now) ||
           !forgeries_fresh(app->forgeries, forgeries_mark(app->forgeries, keyset, reading),
                            out->now);
}

/* In full, when the limits of the public allow it. */
static void
verify_label(struct assessment *out, struct worker *worker, const struct keyset *keyset,
             const struct reading *reading)
{
    const struct app *app = worker->app;
    struct shed_ask ask = {.kind = SHED_FORGED, .client = out->client, .now = out->now};
    bool limited = !role_is_staff(out->role) && out->client != NULL;
    uint64_t mark = forgeries_mark(app->forgeries, keyset, reading);
    bool again = forgeries_has(app->forgeries, mark);
    out->trust = (struct label_trust){again ? LABEL_FORGED : LABEL_UNCHECKED, NULL};
    if (again && out->consulted && !out->registry_failed)
        forgeries_put(app->forgeries, mark, out->now);
    if (again)
        return;
    if (limited && !shed_verify(app->shed, &ask)) {
        out->limited = ask.wait; /* for good: of several readings this may be the genuine one */
        return;
    }
    out->trust = label_trust(keyset, reading);
    if (limited)
        shed_verified(app->shed, &ask, out->trust.result == LABEL_GENUINE);
    if (out->trust.result == LABEL_FORGED && !out->registry_failed) /* else its seal may be good */
        forgeries_put(app->forgeries, mark, out->now);
}

void
assess_label(struct assessment *out, struct worker *worker, const struct keyset *keyset,
             const struct reading *reading)
{
    bool may_ask = reading->has_token || role_is_staff(out->role);
    out->consulted =
        may_ask && reading->id.gtin[0] != '\0' && needs_registry(out, worker->app, keyset, reading);
    out->registry_failed = out->consulted && !look_up(worker, &reading->id);
    bool known = out->consulted && !out->registry_failed && reading->has_token &&
                 is_registered_label(worker, reading);
    if (known)
        out->trust = label_trust_sealed(keyset, reading);
    else if (label_trust_possible(keyset, reading))
        verify_label(out, worker, keyset, reading);
    else
        out->trust = label_trust(keyset, reading);
}

static void
decide(struct assessment *out, const struct unit_view *view)
{
    bool readable = out->reading.error == READ_OK;
    bool unit = out->consulted && view->has_unit;
    struct verdict_input in = {
        .registry_failed = out->registry_failed,
        .rate_limited = out->limited > 0,
        .role = out->role,
        .label = out->trust.result,
        .signer = out->trust.signer,
        .reading = readable ? &out->reading : NULL,
        .unit = unit ? &view->unit : NULL,
        .product = unit && view->has_product ? &view->product : NULL,
        .lot = unit && view->has_lot ? &view->lot : NULL,
        .recalls = view->recalls,
        .recall_count = unit ? view->recall_count : 0,
        .country = out->client != NULL ? out->client->country : NULL,
        .now = out->now,
    };
    verdict_decide(&out->verdict, &in);
}

/* A key that we trust signed what was never registered: stolen, or over-producing. The serial is
 * left out of the log, which is no list of what people scan; the operator finds it in the inbox. */
static void
raise_alarm(struct worker *worker, const struct assessment *assessment)
{
    const struct identity *id = &assessment->reading.id;
    const char *signer = assessment->trust.signer->name;
    char text[NOTICE_TEXT_MAX + 1];
    log_event(worker->app->config, LOG_ERROR, "never_issued",
              "a label of %s signed by key %s is not registered", id->gtin, signer);
    (void)snprintf(text, sizeof text, "signed by key %s, and not registered", signer);
    notice_raise(worker,
                 &(struct noticed){.kind = NOTICE_NEVER_ISSUED,
                                   .gtin = id->gtin,
                                   .serial = id->serial,
                                   .answer = reason_info(REASON_NEVER_ISSUED)->code,
                                   .text = text},
                 assessment->now);
}

void
assess_limited(struct assessment *out, const struct worker *worker)
{
    out->limited = 1;
    decide(out, &worker->view);
}

void
assess(struct assessment *out, struct worker *worker, const struct keyset *keyset)
{
    out->consulted = false;
    out->registry_failed = false;
    out->trust = (struct label_trust){LABEL_MALFORMED, NULL};
    if (out->reading.error == READ_OK)
        assess_label(out, worker, keyset, &out->reading);
    decide(out, &worker->view);
    scans_read(out, worker);
    if (verdict_has(&out->verdict, REASON_NEVER_ISSUED))
        raise_alarm(worker, out);
}

struct confirming {
    struct assessment *out;
    struct worker *worker;
    const struct keyset *keyset;
};

static bool
confirm(const struct reading *candidate, void *context)
{
    const struct confirming *c = context;
    assess_label(c->out, c->worker, c->keyset, candidate);
    if (c->out->trust.result != LABEL_GENUINE)
        return false;
    c->out->limited = 0;
    return true;
}

enum reading_error
assess_read(struct assessment *out, struct worker *worker, const struct keyset *keyset,
            struct slice text)
{
    struct confirming c = {out, worker, keyset};
    out->limited = 0;
    return reading_identify(&out->reading, text, confirm, &c);
}

void
assess_code(struct assessment *out, struct worker *worker, const struct keyset *keyset,
            struct slice text)
{
    enum reading_error error = assess_read(out, worker, keyset, text);
    (void)error; /* in the reading */
    assess(out, worker, keyset);
}

enum label_result
assessed_label(const struct assessment *assessment)
{
    bool rests_on_it = assessment->verdict.reason_count > 0 && !assessment->registry_failed &&
                       assessment->limited == 0;
    return rests_on_it ? assessment->trust.result : LABEL_UNCHECKED;
}

const char *
assessed_label_name(const struct assessment *assessment)
{
    enum label_result result = assessed_label(assessment);
    bool vouched = verdict_has(&assessment->verdict, REASON_GENUINE);
    return result == LABEL_GENUINE && !vouched ? "signature_valid" : label_result_name(result);
}
