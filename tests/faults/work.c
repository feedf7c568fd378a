/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/faults/work_inside.h"

enum { WORKER_OPERATIONS = 100000 };

struct at
at_step(struct registry_session *session, unsigned worker, unsigned step)
{
    struct at at = {.session = session, .worker = worker, .step = step, .batch = step / WORK_KINDS};
    test_operation(&at.operation, 1 + worker * WORKER_OPERATIONS + step);
    return at;
}

void
name_unit(const struct at *at, unsigned i, struct unit *out)
{
    char gtin[GTIN_DIGITS + 1];
    char serial[24];
    test_gtin(gtin, 1 + at->worker);
    (void)snprintf(serial, sizeof serial, "S%05u-%u", at->batch * 7919 % 100000, i);
    test_unit(out, gtin, serial);
}

void
name_record(const struct at *at, const char *letter, char out[static 16])
{
    (void)snprintf(out, 16, "%s%02u-%04u", letter, at->worker % 100, at->batch % 10000);
}

/* ---- the steps ---- */

static enum err
commission(struct at *at)
{
    struct unit units[WORK_UNITS];
    enum err results[WORK_UNITS];
    bool same[WORK_UNITS];
    for (unsigned i = 0; i < WORK_UNITS; i++)
        name_unit(at, i, &units[i]);
    return registry_commission(at->session, units, WORK_UNITS, &at->operation, results, same);
}

/* The first `count` units of the batch; at[0] of a repeat is there already. */
static enum err
change(struct at *at, enum event_type type, unsigned count)
{
    struct change changes[WORK_UNITS];
    struct operation before;
    enum err err = registry_find_operation(at->session, at->operation.id, &before);
    if (err != ERR_NOT_FOUND)
        return err;
    for (unsigned i = 0; i < count; i++) {
        struct unit unit;
        name_unit(at, i, &unit);
        struct unit_key key = test_key(&unit);
        err = registry_get(at->session, &key, &unit);
        if (err != ERR_OK)
            return err;
        if (!test_try_change(&changes[i], &unit, type, &at->operation, "Berlin 1"))
            return ERR_CONFLICT;
    }
    return registry_apply(at->session, changes, count, &at->operation, NULL, NULL);
}

static enum err
receive_two(struct at *at)
{
    return change(at, EVENT_RECEIVE, 2);
}

static enum err
sell_two(struct at *at)
{
    return change(at, EVENT_SELL, 2);
}

static enum err
hold_one(struct at *at)
{
    return change(at, EVENT_HOLD, 1);
}

static enum err
retire_all(struct at *at)
{
    return change(at, EVENT_RETIRE, WORK_UNITS);
}

static enum err
put_product(struct at *at)
{
    struct product product;
    struct unit unit;
    name_unit(at, 0, &unit);
    test_product(&product, unit.id.gtin);
    product.version = at->batch;
    return registry_put_product(at->session, &product, &at->operation, NULL);
}

static enum err
put_recall(struct at *at)
{
    struct recall recall;
    struct unit unit;
    char id[16];
    name_unit(at, 0, &unit);
    name_record(at, "R", id);
    test_recall(&recall, unit.id.gtin, id);
    return registry_put_recall(at->session, &recall, &at->operation, NULL);
}

void
name_credential(const struct at *at, char out[static 16])
{
    (void)snprintf(out, 16, "C%02u%05u", at->worker % 100, 0U);
}

static enum err
put_credential(struct at *at)
{
    struct credential credential;
    char id[16];
    name_credential(at, id);
    test_credential(&credential, id);
    credential.version = at->batch;
    return registry_put_credential(at->session, &credential, &at->operation, NULL);
}

void
name_browser(const struct at *at, struct session *out)
{
    char id[16];
    name_credential(at, id);
    test_browser(out, id, at->batch % 250, 1700000000);
}

static enum err
put_session(struct at *at)
{
    struct session browser;
    name_browser(at, &browser);
    return registry_put_session(at->session, &browser, 1700000000);
}

static enum err
end_session(struct at *at)
{
    struct session browser;
    name_browser(at, &browser);
    return registry_end_sessions(at->session, browser.credential, browser.seal);
}

void
name_notice(const struct at *at, char out[static NOTICE_REFERENCE_CHARS + 1])
{
    (void)snprintf(out, NOTICE_REFERENCE_CHARS + 1, "N%02u%07u", at->worker % 100,
                   at->batch % 10000);
}

static enum err
put_notice(struct at *at)
{
    struct notice notice;
    char reference[NOTICE_REFERENCE_CHARS + 1];
    name_notice(at, reference);
    test_notice(&notice, reference, 1700000000 + (int64_t)at->batch);
    return registry_put_notice(at->session, &notice, &at->operation, NULL);
}

/* A day for each step, so that a repeat can be told from a loss: it counts higher. */
civil_day
name_day(const struct at *at)
{
    return WORK_TALLY_DAY + (civil_day)(at->worker * 1000 + at->batch);
}

static enum err
add_tally(struct at *at)
{
    const struct tally tally = {.day = name_day(at), .verdicts = {1, 2, 3, 4}};
    return registry_add_tally(at->session, &tally);
}

struct unit_key
work_crowd(unsigned worker)
{
    return work_unit(worker, 0, WORK_UNITS - 1);
}

void
name_sightings(const struct at *at, struct scan_seen out[static WORK_SIGHTINGS])
{
    for (unsigned i = 0; i < WORK_SIGHTINGS; i++) {
        bool crowd = i + 1 == WORK_SIGHTINGS;
        memset(&out[i], 0, sizeof out[i]);
        out[i].key = crowd ? work_crowd(at->worker) : work_unit(at->worker, at->step, 0);
        out[i].sighting = (struct sighting){
            .at = (int64_t)name_day(at) * DAY_SECONDS, .client = 1 + i, .country = "DE"};
    }
}

/* A run for each worker: as many as the registry remembers. */
static enum err
flush_sightings(struct at *at)
{
    struct scan_seen seen[WORK_SIGHTINGS];
    enum copy_rule suspected[WORK_SIGHTINGS];
    const struct scan_flush flush = {
        .run = 1 + at->worker, .batch = 1 + at->batch, .seen = seen, .count = WORK_SIGHTINGS};
    name_sightings(at, seen);
    return registry_scan_flush(at->session, &flush, suspected);
}

const struct kind work_kinds[WORK_KINDS] = {
    {"commission", commission, true, 0},      {"receive", receive_two, true, 2},
    {"product", put_product, true, 0},        {"sell", sell_two, true, 2},
    {"session", put_session, false, 0},       {"hold", hold_one, true, 1},
    {"notice", put_notice, true, 0},          {"tally", add_tally, false, 0},
    {"recall", put_recall, true, 0},          {"retire", retire_all, true, WORK_UNITS},
    {"credential", put_credential, true, 0},  {"sign out", end_session, false, 0},
    {"sightings", flush_sightings, false, 0},
};

enum err
work_step(struct registry_session *session, unsigned worker, unsigned step)
{
    struct at at = at_step(session, worker, step);
    return work_kinds[step % WORK_KINDS].run(&at);
}

void
work_operation(struct operation *out, unsigned worker, unsigned step)
{
    *out = at_step(NULL, worker, step).operation;
}

struct unit_key
work_unit(unsigned worker, unsigned step, unsigned i)
{
    struct unit unit;
    struct at at = at_step(NULL, worker, step);
    name_unit(&at, i, &unit);
    return test_key(&unit);
}

const char *
work_name(unsigned step)
{
    return work_kinds[step % WORK_KINDS].name;
}
