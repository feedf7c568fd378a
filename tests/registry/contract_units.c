/* SPDX-License-Identifier: Apache-2.0 */
/* Commission, apply, events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/rules/history.h"
#include "tests/registry/contract.h"

enum { ROWS = 3 };

struct batch {
    struct unit units[ROWS];
    enum err results[ROWS];
    bool same[ROWS];
    struct operation operation;
};

static enum err
commission(struct contract *contract, struct batch *batch)
{
    for (size_t i = 0; i < ROWS; i++) {
        batch->results[i] = ERR_COUNT;
        batch->same[i] = true;
    }
    return registry_commission(contract->session, batch->units, ROWS, &batch->operation,
                               batch->results, batch->same);
}

static void
expect_rows(const char *label, const struct batch *batch, const enum err results[static ROWS],
            const bool same[static ROWS])
{
    for (size_t i = 0; i < ROWS; i++) {
        contract_expect(label, batch->results[i], results[i]);
        if (batch->same[i] != same[i])
            fail_msg("%s: row %zu is %sthe same", label, i, same[i] ? "not " : "");
    }
}

static const enum err all_new[ROWS] = {ERR_OK, ERR_OK, ERR_OK};
static const enum err all_there[ROWS] = {ERR_EXISTS, ERR_EXISTS, ERR_EXISTS};
static const enum err none_there[ROWS] = {ERR_NOT_FOUND, ERR_NOT_FOUND, ERR_NOT_FOUND};
static const bool all_same[ROWS] = {true, true, true};
static const bool none_same[ROWS] = {false, false, false};

static void
make_batch(struct contract *contract, struct batch *batch, const char *gtin)
{
    /* Not in the order of keys. */
    test_unit(&batch->units[0], gtin, "C3");
    test_unit(&batch->units[1], gtin, "A1");
    test_unit(&batch->units[2], gtin, "B2");
    contract_operation(contract, &batch->operation);
}

/* Everything the caller gave, besides what the registry sets. */
static void
expect_stored(struct contract *contract, const struct batch *batch)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct unit expected = batch->units[i];
        struct unit stored;
        struct unit_key key = test_key(&expected);
        expected.version = 1;
        expected.registered_at = batch->operation.at;
        contract_expect("get", registry_get(contract->session, &key, &stored), ERR_OK);
        assert_memory_equal(&stored, &expected, sizeof stored);
    }
}

static void
expect_absent(struct contract *contract, const struct unit *unit)
{
    struct unit stored;
    struct unit_key key = test_key(unit);
    contract_expect("nothing was written", registry_get(contract->session, &key, &stored),
                    ERR_NOT_FOUND);
}

static void
commission_again(struct contract *contract, struct batch *batch, const char *gtin)
{
    contract_expect("same operation", commission(contract, batch), ERR_OK);
    expect_rows("same operation", batch, all_there, all_same);

    contract_operation(contract, &batch->operation);
    contract_expect("another operation, same units", commission(contract, batch), ERR_OK);
    expect_rows("another operation, same units", batch, all_there, all_same);

    struct batch overlap = *batch;
    test_unit(&overlap.units[1], gtin, "D4");
    contract_operation(contract, &overlap.operation);
    contract_expect("one is new", commission(contract, &overlap), ERR_OK);
    expect_rows("one is new", &overlap, (const enum err[]){ERR_EXISTS, ERR_OK, ERR_EXISTS},
                (const bool[]){true, false, true});
    struct operation stored;
    contract_expect("its operation",
                    registry_find_operation(contract->session, overlap.operation.id, &stored),
                    ERR_OK);
    assert_int_equal(stored.count, 1);

    batch->operation.digest[3] ^= 1;
    contract_expect("same id, another digest", commission(contract, batch), ERR_EXISTS);
    expect_rows("same id, another digest", batch, all_there, all_same);
}

/* A unit that is there and differs refuses the call. */
static void
commission_different(struct contract *contract, const struct batch *there)
{
    static const struct {
        const char *label;
        size_t offset; /* of the byte that differs, in struct unit */
        enum err expected;
    } rows[] = {
        {"another seal", offsetof(struct unit, seal) + 15, ERR_EXISTS},
        {"another variant", offsetof(struct unit, id.variant), ERR_EXISTS},
        {"another lot", offsetof(struct unit, id.lot) + 7, ERR_EXISTS},
        {"another kid", offsetof(struct unit, kid), ERR_OK},
        {"another claim", offsetof(struct unit, claim), ERR_OK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct batch batch = *there;
        test_unit(&batch.units[0], there->units[0].id.gtin,
                  rows[i].expected == ERR_OK ? "C3" : "N");
        uint8_t *byte = (uint8_t *)&batch.units[1] + rows[i].offset;
        *byte = *byte == 0 ? 'V' : *byte ^ 1;
        contract_operation(contract, &batch.operation);
        contract_expect(rows[i].label, commission(contract, &batch), rows[i].expected);
        if (rows[i].expected == ERR_OK)
            continue;
        expect_rows(rows[i].label, &batch,
                    (const enum err[]){ERR_NOT_FOUND, ERR_EXISTS, ERR_EXISTS},
                    (const bool[]){false, false, true});
        expect_absent(contract, &batch.units[0]);
        struct operation operation;
        contract_expect("no operation",
                        registry_find_operation(contract->session, batch.operation.id, &operation),
                        ERR_NOT_FOUND);
    }
}

/* The id of an operation that was something else. */
static void
commission_used_id(struct contract *contract, const struct operation *used)
{
    char gtin[GTIN_DIGITS + 1];
    struct batch batch;
    contract_gtin(contract, gtin);
    make_batch(contract, &batch, gtin);
    batch.operation = *used;
    contract_expect("id and digest of another call", commission(contract, &batch), ERR_EXISTS);
    expect_rows("id and digest of another call", &batch, none_there, none_same);
    batch.operation.digest[0] ^= 1;
    contract_expect("id of another call", commission(contract, &batch), ERR_EXISTS);
    expect_rows("id of another call", &batch, none_there, none_same);
    expect_absent(contract, &batch.units[0]);
    contract_operation(contract, &batch.operation);
    batch.units[2] = batch.units[0];
    contract_expect("a unit twice", commission(contract, &batch), ERR_INVALID);
    expect_rows("a unit twice", &batch, (const enum err[]){ERR_INVALID, ERR_INVALID, ERR_INVALID},
                none_same);
    expect_absent(contract, &batch.units[1]);
}

/* Lots come into being with their first unit, and are left alone afterwards. */
static void
commission_lots(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    struct batch batch;
    struct lot lot;
    contract_gtin(contract, gtin);
    make_batch(contract, &batch, gtin);
    batch.units[0].made_on = 20500;
    batch.units[2].id.lot[0] = '\0';
    contract_expect("units of a new lot", commission(contract, &batch), ERR_OK);
    contract_expect("lot", registry_get_lot(contract->session, gtin, "L24A0917", &lot), ERR_OK);
    assert_int_equal(lot.version, 1);
    assert_int_equal(lot.made_on, 20500);
    assert_int_equal(lot.expires_on, 23650);
    make_batch(contract, &batch, gtin);
    for (size_t i = 0; i < ROWS; i++) {
        batch.units[i].id.serial[1] = 'X';
        batch.units[i].made_on = 19000;
    }
    contract_expect("more of it", commission(contract, &batch), ERR_OK);
    contract_expect("lot", registry_get_lot(contract->session, gtin, "L24A0917", &lot), ERR_OK);
    assert_int_equal(lot.version, 1);
    assert_int_equal(lot.made_on, 20500);
}

void
contract_commission(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    struct batch batch;
    contract_gtin(contract, gtin);
    make_batch(contract, &batch, gtin);
    struct operation first = batch.operation;
    contract_expect("new units", commission(contract, &batch), ERR_OK);
    expect_rows("new units", &batch, all_new, none_same);
    expect_stored(contract, &batch);
    struct batch stored = batch;
    commission_again(contract, &batch, gtin);
    commission_different(contract, &stored);
    expect_stored(contract, &stored);
    commission_used_id(contract, &first);
    commission_lots(contract);
}

/* ---- apply ---- */

static void
expect_unit(struct contract *contract, const char *label, const struct unit *expected)
{
    struct unit stored;
    struct unit_key key = test_key(expected);
    contract_expect(label, registry_get(contract->session, &key, &stored), ERR_OK);
    if (!test_same_unit(&stored, expected))
        fail_msg("%s: the record is not what was expected", label);
}

static void
apply_repeats(struct contract *contract, const struct change *change, struct operation *operation)
{
    struct unit after = change->unit;
    after.version++;
    contract_expect("the same again",
                    registry_apply(contract->session, change, 1, operation, NULL, NULL), ERR_OK);
    expect_unit(contract, "the same again", &after);
    operation->digest[0] ^= 1;
    contract_expect("same id, another digest",
                    registry_apply(contract->session, change, 1, operation, NULL, NULL),
                    ERR_EXISTS);
    expect_unit(contract, "same id, another digest", &after);
}

/* What the commission said stays. */
static void
apply_origin(struct contract *contract, const struct unit *unit)
{
    static const struct {
        const char *label;
        size_t offset;
    } rows[] = {
        {"variant", offsetof(struct unit, id.variant)},
        {"lot", offsetof(struct unit, id.lot)},
        {"kid", offsetof(struct unit, kid)},
        {"seal", offsetof(struct unit, seal)},
        {"claim", offsetof(struct unit, claim)},
        {"made on", offsetof(struct unit, made_on)},
        {"expires on", offsetof(struct unit, expires_on)},
        {"registered at", offsetof(struct unit, registered_at)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct change change;
        struct operation operation;
        size_t failed = 99;
        contract_operation(contract, &operation);
        test_change(&change, unit, EVENT_HOLD, &operation, "in doubt");
        uint8_t *byte = (uint8_t *)&change.unit + rows[i].offset;
        *byte = *byte == 0 ? 'V' : *byte ^ 1;
        contract_expect(rows[i].label,
                        registry_apply(contract->session, &change, 1, &operation, &failed, NULL),
                        ERR_INVALID);
        assert_int_equal(failed, 0);
        expect_unit(contract, rows[i].label, unit);
    }
}

/* The second of two is refused: the first stays as it was. */
static void
apply_all_or_none(struct contract *contract, const char *gtin)
{
    struct unit units[2];
    struct unit current;
    struct change changes[2];
    struct operation operation;
    size_t failed = 99;
    contract_unit(contract, gtin, "PAIR1", &units[0]);
    contract_unit(contract, gtin, "PAIR2", &units[1]);
    contract_operation(contract, &operation);
    for (size_t i = 0; i < 2; i++)
        test_change(&changes[i], &units[i], EVENT_RECEIVE, &operation, "Berlin 1");
    changes[1].unit.version = 2;
    contract_expect("another version",
                    registry_apply(contract->session, changes, 2, &operation, &failed, &current),
                    ERR_CONFLICT);
    assert_int_equal(failed, 1);
    assert_memory_equal(&current, &units[1], sizeof current);
    expect_unit(contract, "first of the two", &units[0]);
    changes[1].unit.version = 1;
    changes[1].unit.id.serial[4] = '9';
    contract_expect("no such unit",
                    registry_apply(contract->session, changes, 2, &operation, &failed, &current),
                    ERR_NOT_FOUND);
    assert_int_equal(failed, 1);
    expect_unit(contract, "first of the two", &units[0]);
    changes[1].unit.id.serial[4] = '2';
    contract_expect("then both",
                    registry_apply(contract->session, changes, 2, &operation, &failed, &current),
                    ERR_OK);
    struct operation stored;
    contract_expect("operation", registry_find_operation(contract->session, operation.id, &stored),
                    ERR_OK);
    operation.count = 2;
    assert_memory_equal(&stored, &operation, sizeof stored);
}

static void
apply_next(struct contract *contract, struct unit *unit, enum event_type type, struct event *event)
{
    struct change change;
    struct operation operation;
    contract_operation(contract, &operation);
    test_change(&change, unit, type, &operation, "Berlin 1");
    contract_expect(event_type_name(type),
                    registry_apply(contract->session, &change, 1, &operation, NULL, NULL), ERR_OK);
    *unit = change.unit;
    unit->version++;
    *event = change.event;
}

/* A claim code that a restock or the end of an ownership ended lives again when that is undone, and
 * in no other way. */
static void
apply_claim(struct contract *contract, const char *gtin, enum event_type then, enum event_type ends)
{
    const char *serial = event_type_name(ends);
    const enum event_type types[] = {EVENT_SELL, then, ends};
    struct unit unit;
    struct unit before;
    struct event last;
    struct change change;
    struct operation operation;
    struct fault fault;
    contract_unit(contract, gtin, serial, &unit);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        before = unit;
        apply_next(contract, &unit, types[i], &last);
    }
    assert_memory_equal(last.seal, before.claim, SEAL_BYTES);
    contract_operation(contract, &operation);
    test_change(&change, &unit, EVENT_HOLD, &operation, "in doubt");
    memcpy(change.unit.claim, before.claim, SEAL_BYTES);
    contract_expect("a claim code comes back with another event",
                    registry_apply(contract->session, &change, 1, &operation, NULL, NULL),
                    ERR_INVALID);
    change.event.type = EVENT_UNDO;
    change.event.fields[0].id = FIELD_UNDOES;
    memset(change.event.fields[0].value, 0, sizeof change.event.fields[0].value);
    change.event.fields[0].value[0] = '4';
    const struct undoing undoing = {
        .now = &unit, .before = &before, .last = &last, .undo = &change.event};
    if (event_undo(&change.unit, &undoing, &fault) != ERR_OK)
        fail_msg("undo: %s", fault.text);
    change.unit.claim[5] ^= 1;
    contract_expect("another claim code",
                    registry_apply(contract->session, &change, 1, &operation, NULL, NULL),
                    ERR_INVALID);
    expect_unit(contract, "refused", &unit);
    change.unit.claim[5] ^= 1;
    contract_expect("the end is undone",
                    registry_apply(contract->session, &change, 1, &operation, NULL, NULL), ERR_OK);
    before.version = unit.version + 1;
    expect_unit(contract, "undone", &before);
    struct unit_filter filter = {.state = before.state};
    struct cursor cursor = {""};
    size_t count = 0;
    memcpy(filter.gtin, gtin, sizeof filter.gtin);
    memcpy(filter.query, serial, strlen(serial));
    contract_expect("list", registry_list(contract->session, &filter, &cursor, &unit, 1, &count),
                    ERR_OK);
    assert_int_equal(count, 1);
    assert_memory_equal(&unit, &before, sizeof unit);
}

/* A unit is replaced by another: both change in one transaction, or neither. */
static void
apply_replace(struct contract *contract, const char *gtin)
{
    struct unit units[2];
    struct event event;
    struct product product;
    struct replaced *replaced = test_calloc(1, sizeof *replaced);
    struct change *changes = test_calloc(2, sizeof *changes);
    struct unit current;
    struct operation operation;
    struct fault fault;
    size_t failed = 99;
    contract_unit(contract, gtin, "FAULTY", &units[0]);
    apply_next(contract, &units[0], EVENT_SELL, &event);
    apply_next(contract, &units[0], EVENT_ACTIVATE, &event);
    contract_unit(contract, gtin, "SPARE", &units[1]);
    contract_operation(contract, &operation);
    test_product(&product, gtin);
    event = (struct event){.type = EVENT_REPLACE, .at = operation.at, .role = ROLE_SERVICE};
    memcpy(event.operation, operation.id, sizeof operation.id);
    memcpy(event.actor, "Service 7", 9);
    const struct replacement replacement = {&units[0], &units[1], &product, &product, &event};
    if (event_replace(replaced, &replacement, &fault) != ERR_OK)
        fail_msg("replace: %s", fault.text);
    changes[0] = (struct change){replaced->old_unit, replaced->old_event};
    changes[1] = (struct change){replaced->new_unit, replaced->new_event};
    changes[1].unit.version = 7;
    contract_expect("the new unit has another version",
                    registry_apply(contract->session, changes, 2, &operation, &failed, &current),
                    ERR_CONFLICT);
    assert_int_equal(failed, 1);
    assert_memory_equal(&current, &units[1], sizeof current);
    expect_unit(contract, "old unit", &units[0]);
    expect_unit(contract, "new unit", &units[1]);
    changes[1].unit.version = units[1].version;
    changes[0].unit.version--;
    contract_expect("the old unit has another version",
                    registry_apply(contract->session, changes, 2, &operation, &failed, &current),
                    ERR_CONFLICT);
    assert_int_equal(failed, 0);
    expect_unit(contract, "new unit", &units[1]);
    changes[0].unit.version++;
    contract_expect("both as they were seen",
                    registry_apply(contract->session, changes, 2, &operation, &failed, &current),
                    ERR_OK);
    for (size_t i = 0; i < 2; i++) {
        changes[i].unit.version++;
        expect_unit(contract, i == 0 ? "retired" : "sold in its place", &changes[i].unit);
    }
    assert_int_equal(changes[0].unit.state, UNIT_RETIRED);
    assert_string_equal(changes[1].unit.linked.serial, "FAULTY");
    assert_true(changes[1].unit.adjustment_count > 0);
    test_free(changes);
    test_free(replaced);
}

void
contract_apply(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct unit current;
    struct change change;
    struct operation operation;
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "A", &unit);
    contract_operation(contract, &operation);
    test_change(&change, &unit, EVENT_RECEIVE, &operation, "Berlin 1");
    contract_expect("receive",
                    registry_apply(contract->session, &change, 1, &operation, NULL, NULL), ERR_OK);
    struct unit after = change.unit;
    after.version = 2;
    expect_unit(contract, "receive", &after);
    apply_repeats(contract, &change, &operation);

    contract_operation(contract, &operation);
    memcpy(change.event.operation, operation.id, sizeof operation.id);
    contract_expect("version that is no more",
                    registry_apply(contract->session, &change, 1, &operation, NULL, &current),
                    ERR_CONFLICT);
    assert_memory_equal(&current, &after, sizeof after);
    contract_expect("and nobody asks which",
                    registry_apply(contract->session, &change, 1, &operation, NULL, NULL),
                    ERR_CONFLICT);
    apply_origin(contract, &after);
    apply_all_or_none(contract, gtin);
    apply_claim(contract, gtin, EVENT_RETURN, EVENT_RESTOCK);
    apply_claim(contract, gtin, EVENT_ACTIVATE, EVENT_END_OWNERSHIP);
    apply_replace(contract, gtin);
}

/* ---- events ---- */

static void
expect_events(struct contract *contract, const struct unit *unit, const struct event *expected,
              size_t total)
{
    struct unit_key key = test_key(unit);
    struct event out[8];
    for (uint64_t after = 0; after <= total + 1; after++) {
        for (size_t max = 1; max <= 8; max++) {
            size_t count = 99;
            size_t left = after < total ? total - (size_t)after : 0;
            contract_expect("events",
                            registry_events(contract->session, &key, after, out, max, &count),
                            ERR_OK);
            assert_int_equal(count, left < max ? left : max);
            assert_memory_equal(out, expected + (count > 0 ? after : 0), count * sizeof out[0]);
        }
    }
}

void
contract_events(struct contract *contract)
{
    static const enum event_type types[] = {EVENT_RECEIVE, EVENT_MOVE, EVENT_HOLD, EVENT_RELEASE,
                                            EVENT_SELL};
    enum { CHANGES = sizeof types / sizeof types[0] };
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct unit neighbour;
    struct event expected[1 + CHANGES];
    struct operation operation;
    contract_gtin(contract, gtin);
    contract_unit(contract, gtin, "A", &unit);
    contract_unit(contract, gtin, "A0", &neighbour); /* lies between A and its events in print */
    test_operation(&operation, contract->operations - 1);
    memset(&expected[0], 0, sizeof expected[0]);
    expected[0].type = EVENT_COMMISSION;
    expected[0].at = operation.at;
    expected[0].role = operation.role;
    memcpy(expected[0].actor, operation.actor, sizeof operation.actor);
    memcpy(expected[0].operation, operation.id, sizeof operation.id);
    expect_events(contract, &unit, expected, 1);
    for (size_t i = 0; i < CHANGES; i++) {
        struct change change;
        contract_operation(contract, &operation);
        test_change(&change, &unit, types[i], &operation, "Berlin 1");
        contract_expect(event_type_name(types[i]),
                        registry_apply(contract->session, &change, 1, &operation, NULL, NULL),
                        ERR_OK);
        expected[1 + i] = change.event;
        unit = change.unit;
        unit.version++;
    }
    expect_events(contract, &unit, expected, 1 + CHANGES);
    struct unit_key key = test_key(&unit);
    size_t count = 99;
    contract_expect("the last number there is",
                    registry_events(contract->session, &key, UINT64_MAX, expected, 1, &count),
                    ERR_OK);
    assert_int_equal(count, 0);
}
