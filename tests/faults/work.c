/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/work.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 3, WORKER_OPERATIONS = 100000, TALLY_DAY = 20000 };

struct at {
    struct registry_session *session;
    unsigned worker, step, batch;
    struct operation operation;
};

static struct at
at_step(struct registry_session *session, unsigned worker, unsigned step)
{
    struct at at = {.session = session, .worker = worker, .step = step, .batch = step / WORK_KINDS};
    test_operation(&at.operation, 1 + worker * WORKER_OPERATIONS + step);
    return at;
}

static void
name_unit(const struct at *at, unsigned i, struct unit *out)
{
    char gtin[GTIN_DIGITS + 1];
    char serial[24];
    test_gtin(gtin, 1 + at->worker);
    (void)snprintf(serial, sizeof serial, "S%05u-%u", at->batch * 7919 % 100000, i);
    test_unit(out, gtin, serial);
}

static void
name_record(const struct at *at, const char *letter, char out[static 16])
{
    (void)snprintf(out, 16, "%s%02u-%04u", letter, at->worker % 100, at->batch % 10000);
}

/* ---- the steps ---- */

static enum err
commission(struct at *at)
{
    struct unit units[UNITS];
    enum err results[UNITS];
    bool same[UNITS];
    for (unsigned i = 0; i < UNITS; i++)
        name_unit(at, i, &units[i]);
    return registry_commission(at->session, units, UNITS, &at->operation, results, same);
}

/* The first `count` units of the batch; at[0] of a repeat is there already. */
static enum err
change(struct at *at, enum event_type type, unsigned count)
{
    struct change changes[UNITS];
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
    return change(at, EVENT_RETIRE, UNITS);
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

static void
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

static void
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

static void
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
static enum err
add_tally(struct at *at)
{
    const struct tally tally = {.day = TALLY_DAY + (civil_day)(at->worker * 1000 + at->batch),
                                .verdicts = {1, 2, 3, 4}};
    return registry_add_tally(at->session, &tally);
}

static const struct kind {
    const char *name;
    enum err (*run)(struct at *at);
    bool operation; /* is kept under its id */
    unsigned units; /* how many it changes */
} kinds[WORK_KINDS] = {
    {"commission", commission, true, 0},     {"receive", receive_two, true, 2},
    {"product", put_product, true, 0},       {"sell", sell_two, true, 2},
    {"session", put_session, false, 0},      {"hold", hold_one, true, 1},
    {"notice", put_notice, true, 0},         {"tally", add_tally, false, 0},
    {"recall", put_recall, true, 0},         {"retire", retire_all, true, UNITS},
    {"credential", put_credential, true, 0}, {"sign out", end_session, false, 0},
};

enum {
    AT_COMMISSION = 0,
    AT_PRODUCT = 2,
    AT_SESSION = 4,
    AT_NOTICE = 6,
    AT_TALLY = 7,
    AT_RECALL = 8,
    AT_CREDENTIAL = 10,
    AT_SIGN_OUT = 11
};

enum err
work_step(struct registry_session *session, unsigned worker, unsigned step)
{
    struct at at = at_step(session, worker, step);
    return kinds[step % WORK_KINDS].run(&at);
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
    return kinds[step % WORK_KINDS].name;
}

/* ---- what has to be there ---- */

struct expectation {
    struct at at; /* of the first step of a batch */
    unsigned steps;
    char *why;
};

static bool
is_done(const struct expectation *of, unsigned kind)
{
    return of->at.step + kind < of->steps;
}

static enum err differs(const struct expectation *of, const char *format, ...) PRINTF_LIKE(2, 3);

static enum err
differs(const struct expectation *of, const char *format, ...)
{
    char what[120];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    (void)snprintf(of->why, WORK_REASON_MAX, "worker %u after %u steps, batch %u: %s",
                   of->at.worker, of->steps, of->at.batch, what);
    return ERR_CONFLICT;
}

/* A record that is there or not, as it should. */
static enum err
present(const struct expectation *of, enum err err, unsigned kind, uint64_t version,
        uint64_t expected)
{
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    if ((err == ERR_OK) != (expected > 0))
        return differs(of, "%s is %s", kinds[kind].name, err == ERR_OK ? "there" : "missing");
    if (version != expected)
        return differs(of, "%s has version %u, not %u", kinds[kind].name, (unsigned)version,
                       (unsigned)expected);
    return ERR_OK;
}

static enum err
expect_operations(struct expectation *of)
{
    enum err err = ERR_OK;
    for (unsigned kind = 0; kind < WORK_KINDS && err == ERR_OK; kind++) {
        struct operation found;
        struct at at = at_step(of->at.session, of->at.worker, of->at.step + kind);
        if (!kinds[kind].operation)
            continue;
        err = registry_find_operation(at.session, at.operation.id, &found);
        if (err == ERR_OK && memcmp(found.digest, at.operation.digest, SEAL_BYTES) != 0)
            return differs(of, "the operation of %s is another", kinds[kind].name);
        err = present(of, err, kind, err == ERR_OK, is_done(of, kind));
    }
    return err;
}

static enum err
expect_units(struct expectation *of)
{
    enum err err = ERR_OK;
    for (unsigned i = 0; i < UNITS && err == ERR_OK; i++) {
        struct unit unit;
        struct unit named;
        name_unit(&of->at, i, &named);
        struct unit_key key = test_key(&named);
        unsigned version = is_done(of, AT_COMMISSION);
        for (unsigned kind = 0; kind < WORK_KINDS; kind++)
            version += i < kinds[kind].units && is_done(of, kind);
        err = registry_get(of->at.session, &key, &unit);
        if (err == ERR_OK && memcmp(unit.seal, named.seal, SEAL_BYTES) != 0)
            return differs(of, "unit %u has another seal", i);
        err = present(of, err, AT_COMMISSION, unit.version, version);
    }
    return err;
}

static enum err
expect_console(struct expectation *of)
{
    struct session named;
    struct session browser;
    struct notice notice;
    struct tally tally = {.day = 0};
    size_t days = 0;
    char reference[NOTICE_REFERENCE_CHARS + 1];
    name_browser(&of->at, &named);
    enum err err = registry_get_session(of->at.session, named.credential, named.seal, &browser);
    err = present(of, err, AT_SESSION, err == ERR_OK,
                  is_done(of, AT_SESSION) && !is_done(of, AT_SIGN_OUT));
    if (err != ERR_OK)
        return err;
    name_notice(&of->at, reference);
    err = registry_get_notice(of->at.session, reference, &notice);
    err = present(of, err, AT_NOTICE, notice.version, is_done(of, AT_NOTICE));
    if (err != ERR_OK)
        return err;
    civil_day day = TALLY_DAY + (civil_day)(of->at.worker * 1000 + of->at.batch);
    err = registry_tallies(of->at.session, day, day, &tally, 1, &days);
    if (err != ERR_OK)
        return err;
    return present(of, days > 0 ? ERR_OK : ERR_NOT_FOUND, AT_TALLY,
                   days > 0 ? tally.verdicts[0] : 0, is_done(of, AT_TALLY));
}

static enum err
expect_recall(struct expectation *of)
{
    struct recall recall;
    char id[16];
    name_record(&of->at, "R", id);
    enum err err = registry_get_recall(of->at.session, id, &recall);
    return present(of, err, AT_RECALL, recall.version, is_done(of, AT_RECALL));
}

/* Versions count the batches. */
static enum err
expect_catalogue(struct expectation *of)
{
    struct product product;
    struct credential credential;
    struct unit unit;
    char id[16];
    name_unit(&of->at, 0, &unit);
    name_credential(&of->at, id);
    enum err err = registry_get_product(of->at.session, unit.id.gtin, &product);
    err = present(of, err, AT_PRODUCT, product.version, of->at.batch + is_done(of, AT_PRODUCT));
    if (err != ERR_OK)
        return err;
    err = registry_get_credential(of->at.session, id, &credential);
    return present(of, err, AT_CREDENTIAL, credential.version,
                   of->at.batch + is_done(of, AT_CREDENTIAL));
}

enum err
work_expect(struct registry_session *session, unsigned worker, unsigned steps,
            char why[static WORK_REASON_MAX])
{
    enum err err = ERR_OK;
    why[0] = '\0';
    /* One batch more than was begun: nothing of it may be there. */
    for (unsigned step = 0; step <= steps + WORK_KINDS && err == ERR_OK; step += WORK_KINDS) {
        struct expectation of = {at_step(session, worker, step), steps, why};
        err = expect_operations(&of);
        if (err == ERR_OK)
            err = expect_units(&of);
        if (err == ERR_OK)
            err = expect_console(&of);
        if (err == ERR_OK)
            err = expect_recall(&of);
        if (err == ERR_OK && step <= steps && steps < step + WORK_KINDS)
            err = expect_catalogue(&of);
    }
    return err;
}

enum err
work_expect_near(struct registry_session *session, unsigned worker, unsigned steps,
                 char why[static WORK_REASON_MAX])
{
    char more[WORK_REASON_MAX];
    char first[WORK_REASON_MAX];
    enum err err = work_expect(session, worker, steps, why);
    if (err != ERR_CONFLICT)
        return err;
    err = work_expect(session, worker, steps + 1, more);
    memcpy(first, why, sizeof first);
    if (err == ERR_CONFLICT)
        (void)snprintf(why, WORK_REASON_MAX, "%.95s; %.95s", first, more);
    return err;
}
