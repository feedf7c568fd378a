/* SPDX-License-Identifier: Apache-2.0 */
/* Units against their history, their operations, and their rows in the indexes; and back. */
#include <string.h>

#include "gateway/registry/lmdb_check.h"
#include "gateway/rules/history.h"

/* ---- units and their history ---- */

static void
check_operation(struct check *check, const uint8_t id[static OPERATION_ID_BYTES], uint64_t number,
                int64_t at)
{
    struct operation operation;
    enum err err = view_operation(&check->view, id, &operation);
    if (err == ERR_NOT_FOUND)
        damage(check, "the operation of event %llu is missing", (unsigned long long)number);
    if (err == ERR_OK && number == 1 && operation.at != at)
        damage(check, "it was not registered when its operation says");
}

static bool
replay_event(struct check *check, struct replay *replay, uint64_t number)
{
    struct event event;
    struct fault fault;
    struct unit_key key = key_of(&replay->now);
    enum err err = view_event(&check->view, &key, number, &event);
    if (err == ERR_NOT_FOUND)
        damage(check, "event %llu is missing", (unsigned long long)number);
    /* A damaged one is found where the events are walked. */
    if (err != ERR_OK)
        return false;
    check_operation(check, event.operation, number, event.at);
    err = replay_step(replay, &event, &fault);
    if (err != ERR_OK)
        damage(check, "event %llu does not follow from what was before: %s",
               (unsigned long long)number, fault.text);
    return err == ERR_OK;
}

static void
check_history(struct check *check, const struct unit *unit,
              const uint8_t origin[static OPERATION_ID_BYTES])
{
    struct unit commissioned;
    struct replay replay;
    struct record record;
    unit_rewind(&commissioned, unit);
    replay_begin(&replay, &commissioned);
    for (uint64_t number = 2; number <= unit->version; number++)
        if (!replay_event(check, &replay, number))
            return;
    bool same = unit_encode(check->view.codec, &replay.now, origin, &record) &&
                record.value.len == check->scan.value.len &&
                memcmp(record.value.data, check->scan.value.data, record.value.len) == 0;
    if (!same)
        damage(check, "the record is not what its history leads to");
}

/* ---- rows of the indexes ---- */

static void
check_rows(struct check *check, const struct unit *unit)
{
    struct index_row rows[INDEX_ROWS_MAX];
    struct span there;
    size_t count = index_rows(unit, rows);
    for (size_t i = 0; i < count; i++)
        if (view_find(&check->view, rows[i].table, &rows[i].key, &there) == ERR_NOT_FOUND)
            damage(check, "it is missing in %s", table_name(rows[i].table));
}

void
check_row(struct check *check)
{
    struct unit unit;
    struct unit_key key;
    struct index_row rows[INDEX_ROWS_MAX];
    uint8_t origin[OPERATION_ID_BYTES];
    if (!index_read(check->scan.key, &key) || check->scan.value.len != 0) {
        damage(check, "the row is damaged");
        return;
    }
    enum err err = view_unit(&check->view, &key, &unit, origin);
    if (err == ERR_NOT_FOUND)
        damage(check, "%s %s is not there", key.gtin, key.serial);
    /* A damaged one is found where the units are walked. */
    if (err != ERR_OK)
        return;
    if (!index_has(rows, index_rows(&unit, rows), check->table, check->scan.key))
        damage(check, "%s %s does not belong here", key.gtin, key.serial);
}

/* ---- units and events ---- */

void
check_unit(struct check *check)
{
    struct unit unit;
    struct record_key lot;
    struct span there;
    uint8_t origin[OPERATION_ID_BYTES];
    if (unit_decode(check->view.codec, check->scan.key, check->scan.value, &unit, origin) !=
        ERR_OK) {
        damage(check, "the record is damaged");
        return;
    }
    if (!gtin_valid(slice_of(unit.id.gtin)) || !gs1_value_valid(slice_of(unit.id.serial)))
        damage(check, "this is no GTIN and serial");
    key_pair(&lot, unit.id.gtin, unit.id.lot);
    if (unit.id.lot[0] != '\0' &&
        view_find(&check->view, TABLE_LOTS, &lot, &there) == ERR_NOT_FOUND)
        damage(check, "its lot %s is missing", unit.id.lot);
    check_operation(check, origin, 1, unit.registered_at);
    check_rows(check, &unit);
    check_history(check, &unit, origin);
}

static bool
same_key(const struct unit_key *a, const struct unit_key *b)
{
    return strcmp(a->gtin, b->gtin) == 0 && strcmp(a->serial, b->serial) == 0;
}

void
check_event(struct check *check)
{
    struct event event;
    struct unit_key key;
    uint64_t number = 0;
    if (!key_read_event(check->scan.key, &key, &number) ||
        event_decode(check->view.codec, check->scan.key, check->scan.value, &event) != ERR_OK) {
        damage(check, "the record is damaged");
        return;
    }
    /* Versions only rise, so one that was read a little earlier may be too low, never too high. */
    if (!same_key(&key, &check->unit) || number > check->versions) {
        struct unit unit;
        uint8_t origin[OPERATION_ID_BYTES];
        enum err err = view_unit(&check->view, &key, &unit, origin);
        check->unit = key;
        check->versions = err == ERR_OK ? unit.version : 0;
        if (err == ERR_NOT_FOUND)
            damage(check, "event %llu of a unit that is not there", (unsigned long long)number);
        if (err != ERR_OK)
            return;
    }
    if (number < 2 || (check->versions > 0 && number > check->versions))
        damage(check, "event %llu of a unit with %llu", (unsigned long long)number,
               (unsigned long long)check->versions);
}
