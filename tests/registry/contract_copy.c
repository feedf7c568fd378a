/* SPDX-License-Identifier: Apache-2.0 */
/* A copy is the registry as it was at one moment, and stays so; the position only rises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/registry/copy.h"
#include "gateway/registry/gauge.h"
#include "tests/registry/contract.h"

/* ENGINE:PATH of the contract, with another path. */
static void
url_beside(const struct contract *contract, const char *path, char *out, size_t size)
{
    int scheme = (int)(strchr(contract->url, ':') - contract->url);
    (void)snprintf(out, size, "%.*s:%s", scheme, contract->url, path);
}

static struct registry_health
health_of(struct registry_session *session)
{
    struct registry_health health;
    contract_expect("health", registry_health(session, &health), ERR_OK);
    return health;
}

static void
expect_copy(const struct contract *contract, const char *path, const struct registry_health *before,
            const struct unit *inside, const struct unit *later)
{
    char url[256];
    struct unit unit;
    url_beside(contract, path, url, sizeof url);
    struct registry *copy = test_open(url);
    struct registry_session *session = test_session(copy);
    const struct unit_key key = test_key(inside);
    const struct unit_key late = test_key(later);
    const struct registry_health health = health_of(session);
    assert_int_equal(health.units, before->units);
    assert_int_equal(health.events, before->events);
    assert_int_equal(health.operations, before->operations);
    assert_int_equal(health.scans, before->scans);
    assert_true(health.scans > 0);
    assert_int_equal(health.products, before->products);
    assert_int_equal(health.recalls, before->recalls);
    contract_expect("what was there", registry_get(session, &key, &unit), ERR_OK);
    assert_true(test_same_unit(&unit, inside));
    contract_expect("what came later", registry_get(session, &late, &unit), ERR_NOT_FOUND);
    test_undamaged(session);
    registry_session_close(session);
    registry_close(copy);
}

static void
copies(struct contract *contract, const char *base)
{
    char gtin[GTIN_DIGITS + 1];
    char path[256];
    struct stat st;
    struct unit inside;
    struct unit later;
    struct fault fault = {ERR_OK, ""};
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "COPY-1", &inside);
    const struct registry_health before = health_of(contract->session);
    (void)snprintf(path, sizeof path, "%s.copy", base);
    contract_expect("copy", registry_copy(contract->session, path, &fault), ERR_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777U, 0700);
    contract_unit(contract, gtin, "COPY-2", &later);
    expect_copy(contract, path, &before, &inside, &later);
    contract_expect("over another", registry_copy(contract->session, path, &fault), ERR_EXISTS);
    expect_copy(contract, path, &before, &inside, &later);
    (void)snprintf(path, sizeof path, "%s.copy/data.mdb/x", base);
    assert_int_not_equal(registry_copy(contract->session, path, &fault), ERR_OK);
    assert_true(fault.text[0] != '\0');
}

static void
positions(struct contract *contract)
{
    static const struct {
        const char *label;
        struct registry_position a, b;
        bool behind;
    } rows[] = {
        {"nothing", {0, 0, 0}, {0, 0, 0}, false},
        {"the same", {5, 7, 9}, {5, 7, 9}, false},
        {"fewer operations", {4, 7, 9}, {5, 7, 9}, true},
        {"fewer units", {5, 6, 9}, {5, 7, 9}, true},
        {"fewer events", {5, 7, 8}, {5, 7, 9}, true},
        {"more of one, fewer of another", {6, 7, 8}, {5, 7, 9}, true},
        {"more of each", {6, 8, 10}, {5, 7, 9}, false},
    };
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct registry_position before;
    struct registry_position after;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (position_behind(&rows[i].a, &rows[i].b) != rows[i].behind)
            fail_msg("%s", rows[i].label);
    contract_expect("position", registry_position(contract->session, &before), ERR_OK);
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "POSITION", &unit);
    contract_expect("position", registry_position(contract->session, &after), ERR_OK);
    assert_int_equal(after.operations, before.operations + 1);
    assert_int_equal(after.units, before.units + 1);
    assert_int_equal(after.events, before.events + 1);
    assert_true(position_behind(&before, &after));
}

/* Asking whether it could be written to writes nothing, and is no commit. */
static void
gauges(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct registry_gauge before;
    struct registry_gauge after;
    const struct registry_health was = health_of(contract->session);
    contract_expect("gauge", registry_gauge(contract->session, &before), ERR_OK);
    assert_int_equal(before.commits, was.commits);
    contract_expect("writable", registry_writable(contract->session), ERR_OK);
    contract_expect("gauge", registry_gauge(contract->session, &after), ERR_OK);
    assert_int_equal(after.commits, before.commits);
    assert_int_equal(health_of(contract->session).operations, was.operations);
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "GAUGE", &unit);
    contract_expect("gauge", registry_gauge(contract->session, &after), ERR_OK);
    assert_int_equal(after.commits, before.commits + 1);
    assert_true(after.commit_microseconds > before.commit_microseconds);
}

void
contract_copy(struct contract *contract)
{
    char base[160];
    const char *path = strchr(contract->url, ':') + 1;
    (void)snprintf(base, sizeof base, "%.*s", (int)strcspn(path, "?"), path);
    positions(contract);
    gauges(contract);
    copies(contract, base);
}
