/* SPDX-License-Identifier: Apache-2.0 */
/* What has to be there after so many steps. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/faults/work_inside.h"

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
        return differs(of, "%s is %s", work_kinds[kind].name, err == ERR_OK ? "there" : "missing");
    if (version != expected)
        return differs(of, "%s has version %u, not %u", work_kinds[kind].name, (unsigned)version,
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
        if (!work_kinds[kind].operation)
            continue;
        err = registry_find_operation(at.session, at.operation.id, &found);
        if (err == ERR_OK && memcmp(found.digest, at.operation.digest, SEAL_BYTES) != 0)
            return differs(of, "the operation of %s is another", work_kinds[kind].name);
        err = present(of, err, kind, err == ERR_OK, is_done(of, kind));
    }
    return err;
}

static enum err
expect_units(struct expectation *of)
{
    enum err err = ERR_OK;
    for (unsigned i = 0; i < WORK_UNITS && err == ERR_OK; i++) {
        struct unit unit;
        struct unit named;
        name_unit(&of->at, i, &named);
        struct unit_key key = test_key(&named);
        unsigned version = is_done(of, AT_COMMISSION);
        for (unsigned kind = 0; kind < WORK_KINDS; kind++)
            version += i < work_kinds[kind].units && is_done(of, kind);
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
    civil_day day = name_day(&of->at);
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

static enum err
expect_sessions(struct expectation *of, const struct unit_key *key, uint64_t sessions)
{
    struct scans scans;
    enum err err = registry_get_scans(of->at.session, key, &scans);
    return present(of, err, AT_SCANS, err == ERR_OK ? scans.sessions : 0, sessions);
}

/* All sightings of a batch, or none; and those of the unit that everybody looks at, of each batch
 * one. */
static enum err
expect_sightings(struct expectation *of)
{
    bool last = of->at.step <= of->steps && of->steps < of->at.step + WORK_KINDS;
    const struct unit_key own = work_unit(of->at.worker, of->at.step, 0);
    const struct unit_key crowd = work_crowd(of->at.worker);
    enum err err = expect_sessions(of, &own, is_done(of, AT_SCANS) ? WORK_SIGHTINGS - 1 : 0);
    return err == ERR_OK && last ? expect_sessions(of, &crowd, of->at.batch + is_done(of, AT_SCANS))
                                 : err;
}

enum err
work_expect_sightings(struct registry_session *session, unsigned worker, unsigned steps,
                      char why[static WORK_REASON_MAX])
{
    enum err err = ERR_OK;
    for (unsigned step = 0; step <= steps && err == ERR_OK; step += WORK_KINDS) {
        struct expectation of = {at_step(session, worker, step), steps, why};
        err = expect_sightings(&of);
    }
    return err;
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
        if (err == ERR_OK)
            err = expect_sightings(&of);
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
