/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/registry/gauge.h"
#include "gateway/registry/scans.h"
#include "tests/registry/contract.h"

void
contract_operation(struct contract *contract, struct operation *out)
{
    test_operation(out, ++contract->operations);
}

void
contract_gtin(struct contract *contract, char out[static GTIN_DIGITS + 1])
{
    test_gtin(out, ++contract->gtins);
}

void
contract_expect(const char *label, enum err got, enum err expected)
{
    if (got != expected)
        fail_msg("%s: %s instead of %s", label, err_info(got)->code, err_info(expected)->code);
}

void
contract_unit(struct contract *contract, const char *gtin, const char *serial, struct unit *out)
{
    struct unit unit;
    test_unit(&unit, gtin, serial);
    test_commission(contract->session, &unit, ++contract->operations);
    struct unit_key key = test_key(&unit);
    assert_int_equal(registry_get(contract->session, &key, out), ERR_OK);
}

/* ---- reading what is not there ---- */

static void
absent(struct contract *contract)
{
    struct unit unit;
    struct unit_view *view = test_calloc(1, sizeof *view);
    struct product product;
    struct lot lot;
    struct recall recall;
    struct credential credential;
    struct operation operation;
    struct event event;
    struct session browser;
    struct notice notice;
    struct unit_key key = {.serial = "NOWHERE"};
    size_t count = 99;
    const uint8_t zero[sizeof unit] = {0};
    const uint8_t id[OPERATION_ID_BYTES] = {1};
    struct registry_session *session = contract->session;
    contract_gtin(contract, key.gtin);

    memset(&unit, 0xFF, sizeof unit);
    contract_expect("unit", registry_get(session, &key, &unit), ERR_NOT_FOUND);
    assert_memory_equal(&unit, zero, sizeof unit);
    contract_expect("view", registry_view(session, &key, view), ERR_OK);
    assert_false(view->has_unit || view->has_product || view->has_lot);
    assert_int_equal(view->recall_count, 0);
    contract_expect("product", registry_get_product(session, key.gtin, &product), ERR_NOT_FOUND);
    contract_expect("lot", registry_get_lot(session, key.gtin, "L", &lot), ERR_NOT_FOUND);
    contract_expect("recall", registry_get_recall(session, "R", &recall), ERR_NOT_FOUND);
    contract_expect("credential", registry_get_credential(session, "AAAAAAAA", &credential),
                    ERR_NOT_FOUND);
    contract_expect("session", registry_get_session(session, "AAAAAAAA", id, &browser),
                    ERR_NOT_FOUND);
    contract_expect("notice", registry_get_notice(session, "0000000000", &notice), ERR_NOT_FOUND);
    contract_expect("operation", registry_find_operation(session, id, &operation), ERR_NOT_FOUND);
    contract_expect("events", registry_events(session, &key, 0, &event, 1, &count), ERR_NOT_FOUND);
    assert_int_equal(count, 0);
    test_free(view);
}

/* ---- many at once ---- */

static void
many(struct contract *contract)
{
    enum { KEYS = 5 };
    struct unit made[2];
    struct unit out[KEYS];
    struct unit_key keys[KEYS];
    enum err results[KEYS];
    char gtin[GTIN_DIGITS + 1];
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "B", &made[0]);
    contract_unit(contract, gtin, "A", &made[1]);
    keys[0] = test_key(&made[0]);
    keys[1] = (struct unit_key){.serial = "C"};
    memcpy(keys[1].gtin, gtin, sizeof gtin);
    keys[2] = test_key(&made[1]);
    keys[3] = test_key(&made[0]);
    keys[4] = keys[1];
    const enum err expected[KEYS] = {ERR_OK, ERR_NOT_FOUND, ERR_OK, ERR_OK, ERR_NOT_FOUND};
    contract_expect("many", registry_get_many(contract->session, keys, KEYS, out, results), ERR_OK);
    assert_memory_equal(results, expected, sizeof expected);
    assert_memory_equal(&out[0], &made[0], sizeof made[0]);
    assert_memory_equal(&out[2], &made[1], sizeof made[1]);
    assert_memory_equal(&out[3], &made[0], sizeof made[0]);

    contract_expect("none", registry_get_many(contract->session, keys, 0, out, results), ERR_OK);
    contract_expect("too many",
                    registry_get_many(contract->session, keys, COMMISSION_MAX + 1, out, results),
                    ERR_INVALID);
    keys[2].serial[0] = ' ';
    contract_expect("one is no key", registry_get_many(contract->session, keys, KEYS, out, results),
                    ERR_INVALID);
    for (size_t i = 0; i < KEYS; i++)
        contract_expect("then none is answered", results[i], ERR_INVALID);
}

/* ---- opened again ---- */

static void
reopen(struct contract *contract, bool read_only)
{
    const struct registry_options options = {
        .record_key = test_record_key, .read_only = read_only, .must_exist = true, .sessions = 2};
    struct fault fault = {ERR_OK, ""};
    registry_session_close(contract->session);
    registry_close(contract->registry);
    contract_expect("open again",
                    registry_open(contract->url, &options, &contract->registry, &fault), ERR_OK);
    contract->session = test_session(contract->registry);
}

static void
read_only_console(struct contract *contract, const struct operation *operation)
{
    struct registry_session *session = contract->session;
    struct session browser;
    struct notice notice;
    const struct tally tally = {.day = 1, .verdicts = {1}};
    test_browser(&browser, "AAAAAAAA", 1, 1700000000);
    contract_expect("session", registry_put_session(session, &browser, 1700000000), ERR_DENIED);
    contract_expect("sign out", registry_end_sessions(session, "AAAAAAAA", NULL), ERR_DENIED);
    test_notice(&notice, "0000000000", 1700000000);
    contract_expect("notice", registry_put_notice(session, &notice, operation, NULL), ERR_DENIED);
    contract_expect("tally", registry_add_tally(session, &tally), ERR_DENIED);
    const struct scan_seen seen = {.sighting = {.at = 1700000000}};
    const struct scan_flush flush = {.run = 1, .batch = 1, .seen = &seen, .count = 1};
    enum copy_rule suspected = COPY_TRAVEL;
    contract_expect("sightings", registry_scan_flush(session, &flush, &suspected), ERR_DENIED);
    assert_int_equal(suspected, COPY_NONE);
    contract_expect("writable", registry_writable(session), ERR_DENIED);
}

static void
read_only(struct contract *contract)
{
    struct unit unit;
    struct product product;
    struct lot lot;
    struct recall recall;
    struct credential credential;
    struct change change;
    struct operation operation;
    enum err result = ERR_OK;
    bool same = true;
    char gtin[GTIN_DIGITS + 1];
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "READONLY", &unit);
    reopen(contract, true);
    struct unit_key key = test_key(&unit);
    struct registry_session *session = contract->session;
    struct unit again;
    contract_operation(contract, &operation);
    contract_expect("read", registry_get(session, &key, &again), ERR_OK);
    assert_memory_equal(&again, &unit, sizeof unit);
    test_change(&change, &unit, EVENT_RECEIVE, &operation, "Berlin 1");
    contract_expect("apply", registry_apply(session, &change, 1, &operation, NULL, NULL),
                    ERR_DENIED);
    test_unit(&unit, gtin, "OTHER");
    contract_expect("commission",
                    registry_commission(session, &unit, 1, &operation, &result, &same), ERR_DENIED);
    contract_expect("its row", result, ERR_DENIED);
    assert_false(same);
    test_product(&product, gtin);
    contract_expect("product", registry_put_product(session, &product, &operation, NULL),
                    ERR_DENIED);
    test_lot(&lot, gtin, "L");
    contract_expect("lot", registry_put_lot(session, &lot, &operation, NULL), ERR_DENIED);
    test_recall(&recall, gtin, "R");
    contract_expect("recall", registry_put_recall(session, &recall, &operation, NULL), ERR_DENIED);
    test_credential(&credential, "AAAAAAAA");
    contract_expect("credential", registry_put_credential(session, &credential, &operation, NULL),
                    ERR_DENIED);
    read_only_console(contract, &operation);
    test_undamaged(session);
    reopen(contract, false);
}

static void
sessions(struct contract *contract)
{
    struct registry_session *second = test_session(contract->registry);
    struct registry_session *third = NULL;
    struct fault fault = {ERR_OK, ""};
    contract_expect("one more than the options say",
                    registry_session_open(contract->registry, &third, &fault), ERR_BUSY);
    assert_null(third);
    registry_session_close(second);
    contract_expect("after one was closed",
                    registry_session_open(contract->registry, &third, &fault), ERR_OK);
    registry_session_close(third);
}

static void
health(struct contract *contract)
{
    struct registry_health before;
    struct registry_health after;
    struct unit unit;
    struct change change;
    struct operation operation;
    struct notice notice;
    struct session browser;
    char gtin[GTIN_DIGITS + 1];
    contract_gtin(contract, gtin);
    contract_expect("health", registry_health(contract->session, &before), ERR_OK);
    contract_unit(contract, gtin, "H", &unit); /* one unit, lot, operation and event */
    contract_operation(contract, &operation);
    test_change(&change, &unit, EVENT_RECEIVE, &operation, "Berlin 1"); /* operation and event */
    contract_expect("apply", registry_apply(contract->session, &change, 1, &operation, NULL, NULL),
                    ERR_OK);
    contract_expect("again", registry_apply(contract->session, &change, 1, &operation, NULL, NULL),
                    ERR_OK); /* nothing */
    contract_operation(contract, &operation);
    test_notice(&notice, "HEA1TH0000", 1700000000); /* one notice and operation */
    contract_expect("notice", registry_put_notice(contract->session, &notice, &operation, NULL),
                    ERR_OK);
    test_browser(&browser, "HEA1TH00", 1, 1700000000);
    contract_expect("session", registry_put_session(contract->session, &browser, 1700000000),
                    ERR_OK);
    contract_expect("health", registry_health(contract->session, &after), ERR_OK);
    assert_int_equal(after.units, before.units + 1);
    assert_int_equal(after.lots, before.lots + 1);
    assert_int_equal(after.events, before.events + 2);
    assert_int_equal(after.operations, before.operations + 3);
    assert_int_equal(after.notices, before.notices + 1);
    assert_int_equal(after.sessions, before.sessions + 1);
    assert_int_equal(after.products, before.products);
    assert_int_equal(after.recalls, before.recalls);
    assert_int_equal(after.commits, before.commits + 4);
    assert_int_equal(after.commit_calls, before.commit_calls + 4);
    assert_true(after.bytes_used > 0 && after.bytes_used <= after.bytes_max);
}

void
contract(const char *url)
{
    static const struct {
        const char *label;
        void (*part)(struct contract *contract);
    } parts[] = {
        {"reading what is not there", absent},
        {"commission", contract_commission},
        {"many", many},
        {"apply", contract_apply},
        {"events", contract_events},
        {"products", contract_products},
        {"lots", contract_lots},
        {"recalls", contract_recalls},
        {"credentials", contract_credentials},
        {"view", contract_view},
        {"list", contract_list},
        {"browser sessions", contract_browsers},
        {"notices", contract_notices},
        {"list of notices", contract_notice_list},
        {"tallies", contract_tallies},
        {"scans", contract_scans},
        {"arguments", contract_arguments},
        {"read-only", read_only},
        {"sessions", sessions},
        {"health", health},
        {"copy", contract_copy},
    };
    struct contract contract = {.url = url, .registry = test_open(url)};
    contract.session = test_session(contract.registry);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        print_message("  %s\n", parts[i].label);
        parts[i].part(&contract);
    }
    test_undamaged(contract.session);
    registry_session_close(contract.session);
    registry_close(contract.registry);
}
