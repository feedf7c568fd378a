/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/copies.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/notices.h"
#include "gateway/api/writes.h"
#include "gateway/log/log.h"
#include "gateway/records/change.h"

enum { TRIES = 4, TAIL_CHARS = 4 };

const struct caller copies_caller = {.role = ROLE_OPERATOR};

static size_t
count_countries(const struct scans *scans)
{
    size_t count = 0;
    while (count < SCAN_COUNTRIES && scans->countries[count].code[0] != '\0')
        count++;
    return count;
}

static void
describe(char out[static EVENT_VALUE_MAX + 1], const struct scans *scans,
         const struct product *product, enum copy_rule rule)
{
    char since[DATE_TEXT_MAX];
    date_format(since, date_of(scans->first_at, 0));
    (void)snprintf(out, EVENT_VALUE_MAX + 1,
                   "rule %s: %" PRIu32 ", and %u are enough; sessions: %" PRIu64 " since %s, "
                   "clients: about %" PRIu64 ", countries: %zu%s",
                   copy_rule_name(rule), scans->evidence[rule],
                   (unsigned)copy_limit(&product->copy_limits, rule), scans->sessions, since,
                   scan_clients(scans), count_countries(scans), scans->elsewhere > 0 ? "+" : "");
}

static void
tell(struct worker *worker, const struct unit_key *key, const char *why, int64_t now)
{
    size_t len = strlen(key->serial);
    log_event(worker->app->config, LOG_INFO, "copy_suspected", "%s, serial ...%s: %s", key->gtin,
              key->serial + (len > TAIL_CHARS ? len - TAIL_CHARS : len), why);
    notice_raise(worker,
                 &(struct noticed){.kind = NOTICE_COPY_SUSPECTED,
                                   .gtin = key->gtin,
                                   .serial = key->serial,
                                   .answer = reason_info(REASON_COPY_SUSPECTED)->code,
                                   .text = why},
                 now);
}

static void
begin_operation(struct operation *out, int64_t now)
{
    memset(out, 0, sizeof *out);
    randombytes_buf(out->id, sizeof out->id);
    out->at = now;
    out->role = copies_caller.role;
    (void)snprintf(out->note, sizeof out->note, "event %s", event_type_name(EVENT_SUSPECT));
}

static enum err
suspect(struct worker *worker, const char *why, int64_t now)
{
    struct operation operation;
    struct event event = {.type = EVENT_SUSPECT, .at = now, .role = copies_caller.role};
    const struct asked asked = {worker->session, &worker->view, &event};
    struct past past;
    struct change change;
    begin_operation(&operation, now);
    memcpy(event.operation, operation.id, sizeof event.operation);
    event.field_count = 1;
    event.fields[0].id = FIELD_REASON;
    (void)snprintf(event.fields[0].value, sizeof event.fields[0].value, "%s", why);
    enum err err = change_complete(&asked, &past);
    if (err == ERR_OK)
        err = change_make(&asked, &change, NULL, NULL);
    if (err != ERR_OK)
        return err;
    err = registry_apply(worker->session, &change, 1, &operation, NULL, NULL);
    return operation_settle(worker->session, &operation, err);
}

/* The notice comes first: should the event fail, or the process die, it is raised again, and the
 * same notice is counted up. ERR_CONFLICT: somebody changed the unit meanwhile. */
static enum err
raise_once(struct worker *worker, const struct unit_key *key, enum copy_rule rule)
{
    struct scans scans;
    char why[EVENT_VALUE_MAX + 1];
    struct unit_view *view = &worker->view;
    int64_t now = worker->app->now();
    enum err err = registry_view(worker->session, key, view);
    if (err == ERR_OK && !view->has_unit)
        err = ERR_NOT_FOUND;
    if (err != ERR_OK || (view->unit.conditions & CONDITION_COPY_SUSPECTED) != 0)
        return err;
    err = registry_get_scans(worker->session, key, &scans);
    if (err != ERR_OK)
        return err;
    describe(why, &scans, &view->product, rule);
    tell(worker, key, why, now);
    return suspect(worker, why, now);
}

enum err
copies_raise(void *worker, const struct unit_key *key, enum copy_rule rule)
{
    enum err err = ERR_CONFLICT;
    for (int tries = 0; err == ERR_CONFLICT && tries < TRIES; tries++)
        err = raise_once(worker, key, rule);
    return err;
}
