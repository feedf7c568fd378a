/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/registry/scans.h"
#include "tests/registry/contract.h"

/* 2026-11-22 12:00 UTC. */
#define NOON INT64_C(1795348800)
enum { SEEN_MAX = 8, LIMIT = 3 };

struct looks {
    struct scan_flush flush;
    struct scan_seen seen[SEEN_MAX];
    enum copy_rule suspected[SEEN_MAX];
};

static void
begin(struct looks *looks, int64_t run, uint64_t batch)
{
    memset(looks, 0, sizeof *looks);
    looks->flush = (struct scan_flush){.run = run, .batch = batch, .seen = looks->seen};
    memset(looks->suspected, 0xFF, sizeof looks->suspected);
}

static void
add(struct looks *looks, const char *gtin, const char *serial, uint64_t client)
{
    struct scan_seen *seen = &looks->seen[looks->flush.count++];
    memcpy(seen->key.gtin, gtin, sizeof seen->key.gtin);
    memcpy(seen->key.serial, serial, strlen(serial));
    /* The kept part of a client differs in all of them. */
    seen->sighting = (struct sighting){NOON + (int64_t)client, client << 20 | client, "DE", false};
}

static void
flush(struct contract *contract, struct looks *looks, enum err expected)
{
    contract_expect(
        "flush", registry_scan_flush(contract->session, &looks->flush, looks->suspected), expected);
}

static struct scans
scans_of(struct contract *contract, const char *gtin, const char *serial, enum err expected)
{
    struct unit_key key = {{0}, {0}};
    struct scans scans;
    memset(&scans, 0xFF, sizeof scans);
    memcpy(key.gtin, gtin, sizeof key.gtin);
    memcpy(key.serial, serial, strlen(serial));
    contract_expect("scans", registry_get_scans(contract->session, &key, &scans), expected);
    return scans;
}

static void
expect_sessions(struct contract *contract, const char *gtin, const char *serial, uint64_t sessions)
{
    struct scans scans = scans_of(contract, gtin, serial, sessions == 0 ? ERR_NOT_FOUND : ERR_OK);
    if (scans.sessions != sessions)
        fail_msg("%s has %d sessions instead of %d", serial, (int)scans.sessions, (int)sessions);
}

/* ---- counting ---- */

static void
many_in_one(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct looks looks;
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "A", &unit);
    contract_unit(contract, gtin, "B", &unit);
    expect_sessions(contract, gtin, "A", 0);
    begin(&looks, 1, 1);
    add(&looks, gtin, "B", 1);
    add(&looks, gtin, "A", 2);
    add(&looks, gtin, "NOBODY", 3);
    add(&looks, gtin, "B", 4);
    add(&looks, gtin, "B", 1); /* the same session */
    flush(contract, &looks, ERR_OK);
    expect_sessions(contract, gtin, "A", 1);
    expect_sessions(contract, gtin, "B", 2);
    expect_sessions(contract, gtin, "NOBODY", 0);
    struct scans scans = scans_of(contract, gtin, "B", ERR_OK);
    assert_int_equal(scans.first_at, NOON + 1);
    assert_int_equal(scans.last_at, NOON + 4);
    assert_string_equal(scans.countries[0].code, "DE");
    for (size_t i = 0; i < looks.flush.count; i++)
        assert_int_equal(looks.suspected[i], COPY_NONE);
}

static void
a_batch_counts_once(struct contract *contract)
{
    static const struct {
        const char *label;
        int64_t run;
        uint64_t batch;
        bool counts;
    } rows[] = {
        {"the first", 100, 1, true},
        {"again", 100, 1, false},
        {"the next", 100, 2, true},
        {"the first once more", 100, 1, false},
        {"one was left out", 100, 4, true},
        {"which comes late", 100, 3, false},
        {"of the next run", 101, 1, true},
        {"the same", 101, 1, false},
        {"of the run before", 100, 4, false},
        {"and its next", 100, 5, true},
        {"an earlier run", 99, 1, true},
        {"a run of long ago", 1, 1, false},
        {"the last batch", 102, UINT64_MAX, true},
        {"is the last", 102, UINT64_MAX, false},
    };
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct looks looks;
    uint64_t sessions = 0;
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "A", &unit);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(&looks, rows[i].run, rows[i].batch);
        add(&looks, gtin, "A", 1 + i);
        flush(contract, &looks, ERR_OK);
        sessions += rows[i].counts;
        struct scans scans = scans_of(contract, gtin, "A", ERR_OK);
        if (scans.sessions != sessions)
            fail_msg("%s: %d sessions", rows[i].label, (int)scans.sessions);
    }
}

/* Processes that are long gone are forgotten; this one is not. */
static void
many_runs(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct looks looks;
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "A", &unit);
    for (unsigned run = 1; run <= 20; run++)
        for (unsigned repeat = 0; repeat < 2; repeat++) {
            begin(&looks, 1000 + run, 1);
            add(&looks, gtin, "A", run);
            flush(contract, &looks, ERR_OK);
        }
    expect_sessions(contract, gtin, "A", 20);
}

static void
the_largest_batch(struct contract *contract)
{
    static struct scan_seen seen[SCAN_FLUSH_MAX + 1];
    static enum copy_rule suspected[SCAN_FLUSH_MAX + 1];
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct scan_flush flush = {.run = 2000, .batch = 1, .seen = seen, .count = SCAN_FLUSH_MAX + 1};
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "A", &unit);
    contract_unit(contract, gtin, "B", &unit);
    for (size_t i = 0; i <= SCAN_FLUSH_MAX; i++) {
        struct looks one;
        begin(&one, 1, 1);
        add(&one, gtin, i % 2 == 0 ? "A" : "B", 1 + i / 2 % 16);
        seen[i] = one.seen[0];
    }
    contract_expect("too many", registry_scan_flush(contract->session, &flush, suspected),
                    ERR_INVALID);
    expect_sessions(contract, gtin, "A", 0);
    flush.count = SCAN_FLUSH_MAX;
    contract_expect("the most", registry_scan_flush(contract->session, &flush, suspected), ERR_OK);
    expect_sessions(contract, gtin, "A", 16);
    expect_sessions(contract, gtin, "B", 16);
}

/* ---- suspicion ---- */

static void
limit_sessions(struct contract *contract, const char *gtin)
{
    struct product product;
    struct operation operation;
    test_product(&product, gtin);
    product.copy_limits.at[COPY_SESSIONS] = LIMIT;
    contract_operation(contract, &operation);
    contract_expect("product", registry_put_product(contract->session, &product, &operation, NULL),
                    ERR_OK);
}

static void
happen(struct contract *contract, struct unit *unit, enum event_type type)
{
    struct operation operation;
    struct change change;
    struct unit_key key = test_key(unit);
    contract_operation(contract, &operation);
    test_change(&change, unit, type, &operation, "Berlin");
    contract_expect(event_type_name(type),
                    registry_apply(contract->session, &change, 1, &operation, NULL, NULL), ERR_OK);
    contract_expect("get", registry_get(contract->session, &key, unit), ERR_OK);
}

/* Of the batch's sightings the `at`-th tells; SEEN_MAX: none does. */
static void
expect_suspicion(const struct looks *looks, size_t at)
{
    for (size_t i = 0; i < looks->flush.count; i++)
        assert_int_equal(looks->suspected[i], i == at ? COPY_SESSIONS : COPY_NONE);
}

static void
suspicion(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct looks looks;
    contract_gtin(contract, gtin);
    limit_sessions(contract, gtin);
    contract_unit(contract, gtin, "A", &unit);
    happen(contract, &unit, EVENT_SELL);
    begin(&looks, 3000, 1);
    for (uint64_t client = 1; client < LIMIT; client++)
        add(&looks, gtin, "A", client);
    flush(contract, &looks, ERR_OK);
    expect_suspicion(&looks, SEEN_MAX);
    begin(&looks, 3000, 2);
    add(&looks, gtin, "A", LIMIT);
    add(&looks, gtin, "A", LIMIT + 1);
    add(&looks, gtin, "NOBODY", 9);
    flush(contract, &looks, ERR_OK);
    expect_suspicion(&looks, 1); /* once, at its last */
    memset(looks.suspected, 0xFF, sizeof looks.suspected);
    flush(contract, &looks, ERR_OK);
    expect_suspicion(&looks, 1); /* who repeats the batch has not raised it yet */
    expect_sessions(contract, gtin, "A", LIMIT + 1);
    begin(&looks, 3001, 1); /* nor has who died meanwhile */
    add(&looks, gtin, "A", 1);
    flush(contract, &looks, ERR_OK);
    expect_suspicion(&looks, 0);
    expect_sessions(contract, gtin, "A", LIMIT + 1);
    happen(contract, &unit, EVENT_SUSPECT);
    begin(&looks, 3001, 2);
    add(&looks, gtin, "A", LIMIT + 2);
    flush(contract, &looks, ERR_OK);
    expect_suspicion(&looks, SEEN_MAX); /* now it is known */
}

/* What ends the suspicion forgets the evidence together with it. */
static void
clearing(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct looks looks;
    contract_gtin(contract, gtin);
    limit_sessions(contract, gtin);
    contract_unit(contract, gtin, "A", &unit);
    contract_unit(contract, gtin, "B", &unit);
    happen(contract, &unit, EVENT_SUSPECT); /* at which nobody looked */
    happen(contract, &unit, EVENT_CLEAR);
    (void)scans_of(contract, gtin, "B", ERR_NOT_FOUND);
    struct unit_key key = {{0}, "A"};
    memcpy(key.gtin, gtin, sizeof key.gtin);
    contract_expect("get", registry_get(contract->session, &key, &unit), ERR_OK);
    happen(contract, &unit, EVENT_SELL);
    happen(contract, &unit, EVENT_SUSPECT);
    begin(&looks, 4000, 1);
    for (uint64_t client = 1; client <= LIMIT; client++)
        add(&looks, gtin, "A", client);
    flush(contract, &looks, ERR_OK);
    happen(contract, &unit, EVENT_HOLD); /* which ends nothing */
    assert_true(scans_of(contract, gtin, "A", ERR_OK).evidence[COPY_SESSIONS] >= LIMIT);
    happen(contract, &unit, EVENT_CLEAR);
    struct scans scans = scans_of(contract, gtin, "A", ERR_OK);
    assert_int_equal(scans.evidence[COPY_SESSIONS], 0);
    assert_int_equal(scans.sessions, LIMIT);
    assert_true(scans.cleared_at > 0);
    begin(&looks, 4000, 2);
    add(&looks, gtin, "A", LIMIT + 1);
    flush(contract, &looks, ERR_OK);
    expect_suspicion(&looks, SEEN_MAX);
}

/* ---- arguments ---- */

static void
spoil_run(struct looks *looks)
{
    looks->flush.run = 0;
}

static void
spoil_batch(struct looks *looks)
{
    looks->flush.batch = 0;
}

static void
spoil_count(struct looks *looks)
{
    looks->flush.count = 0;
}

static void
spoil_key(struct looks *looks)
{
    looks->seen[1].key.gtin[13] ^= 1;
}

static void
spoil_serial(struct looks *looks)
{
    looks->seen[1].key.serial[0] = '\0';
}

static void
spoil_time(struct looks *looks)
{
    looks->seen[1].sighting.at = 0;
}

static void
spoil_country(struct looks *looks)
{
    looks->seen[1].sighting.country[1] = 'e';
}

static void
spoil_country_end(struct looks *looks)
{
    looks->seen[1].sighting.country[2] = 'U';
}

static void
arguments(struct contract *contract)
{
    static const struct {
        const char *label;
        void (*spoil)(struct looks *looks);
    } rows[] = {
        {"no run", spoil_run},
        {"no batch", spoil_batch},
        {"no sighting", spoil_count},
        {"a key that is none", spoil_key},
        {"no serial", spoil_serial},
        {"no time", spoil_time},
        {"small letters", spoil_country},
        {"three letters", spoil_country_end},
    };
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "A", &unit);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct looks looks;
        begin(&looks, 5000, 1);
        add(&looks, gtin, "A", 1);
        add(&looks, gtin, "A", 2);
        rows[i].spoil(&looks);
        contract_expect(rows[i].label,
                        registry_scan_flush(contract->session, &looks.flush, looks.suspected),
                        ERR_INVALID);
        for (size_t at = 0; at < looks.flush.count; at++)
            assert_int_equal(looks.suspected[at], COPY_NONE);
    }
    expect_sessions(contract, gtin, "A", 0); /* all or none */
    gtin[13] = (char)(gtin[13] ^ 1);
    (void)scans_of(contract, gtin, "A", ERR_INVALID);
}

void
contract_scans(struct contract *contract)
{
    struct registry_health before;
    struct registry_health after;
    contract_expect("health", registry_health(contract->session, &before), ERR_OK);
    many_in_one(contract);
    a_batch_counts_once(contract);
    many_runs(contract);
    the_largest_batch(contract);
    suspicion(contract);
    clearing(contract);
    arguments(contract);
    contract_expect("health", registry_health(contract->session, &after), ERR_OK);
    assert_int_equal(after.scans - before.scans, 8);
}
