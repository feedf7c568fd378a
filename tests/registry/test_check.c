/* SPDX-License-Identifier: Apache-2.0 */
/* What registry_check finds beyond wrong bits: records with the right hash that do not agree with
 * each other, as a faulty program or a hand in the file would leave them. They are put there below
 * the interface. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/registry/lmdb_engine.h"
#include "tests/registry/support.h"

static const char gtin[] = "09506000134352";

struct scene {
    struct registry *registry;
    struct registry_session *session;
    struct view view; /* of a write transaction */
    struct codec codec;
    struct unit unit; /* with three events */
    uint8_t origin[OPERATION_ID_BYTES];
    unsigned damages;
    char found[800];
};

static void
apply(struct scene *scene, enum event_type type, uint64_t number)
{
    struct change change;
    struct operation operation;
    test_operation(&operation, number);
    test_change(&change, &scene->unit, type, &operation, "Berlin 1");
    assert_int_equal(registry_apply(scene->session, &change, 1, &operation, NULL, NULL), ERR_OK);
    scene->unit = change.unit;
    scene->unit.version++;
}

static void
build(struct scene *scene, const struct test_place *place)
{
    struct recall recall;
    struct operation operation;
    struct unit other;
    memset(scene, 0, sizeof *scene);
    scene->registry = test_open(place->url);
    scene->session = test_session(scene->registry);
    test_unit(&scene->unit, gtin, "A");
    test_commission(scene->session, &scene->unit, 1);
    struct unit_key key = test_key(&scene->unit);
    assert_int_equal(registry_get(scene->session, &key, &scene->unit), ERR_OK);
    apply(scene, EVENT_RECEIVE, 2);
    apply(scene, EVENT_SELL, 3);
    test_unit(&other, gtin, "B");
    test_commission(scene->session, &other, 4);
    test_recall(&recall, gtin, "R-1");
    test_operation(&operation, 5);
    assert_int_equal(registry_put_recall(scene->session, &recall, &operation, NULL), ERR_OK);
    test_operation(&operation, 1);
    memcpy(scene->origin, operation.id, sizeof scene->origin);
    codec_init(&scene->codec, test_record_key);
}

/* ---- below the interface ---- */

static MDB_dbi
table(const struct scene *scene, enum table which)
{
    return ((struct lmdb_registry *)(void *)scene->registry)->tables[which];
}

static void
put(struct scene *scene, enum table which, bool encoded, const struct record *record)
{
    assert_true(encoded);
    assert_int_equal(view_put(&scene->view, which, true, record, 0), ERR_OK);
}

static void
del(struct scene *scene, enum table which, struct record_key *key)
{
    MDB_val k = {key->len, key->bytes};
    assert_int_equal(mdb_del(scene->view.txn, table(scene, which), &k, NULL), 0);
}

static void
put_event(struct scene *scene, const char *serial, uint64_t number, enum event_type type)
{
    struct event event = {.type = type, .at = 1700000009, .role = ROLE_OPERATOR};
    struct unit_key key = {.serial = ""};
    struct record record;
    memcpy(key.gtin, gtin, sizeof gtin);
    memcpy(key.serial, serial, strlen(serial));
    memcpy(event.operation, scene->origin, sizeof scene->origin);
    put(scene, TABLE_EVENTS, event_encode(&scene->codec, &key, number, &event, &record), &record);
}

static void
put_unit(struct scene *scene)
{
    struct record record;
    put(scene, TABLE_UNITS, unit_encode(&scene->codec, &scene->unit, scene->origin, &record),
        &record);
}

static void
nothing(struct scene *scene)
{
    (void)scene;
}

static void
event_missing(struct scene *scene)
{
    struct record_key key;
    struct unit_key unit = test_key(&scene->unit);
    key_event(&key, &unit, 2);
    del(scene, TABLE_EVENTS, &key);
}

static void
event_too_many(struct scene *scene)
{
    put_event(scene, "A", 4, EVENT_CLEAR);
}

static void
event_first(struct scene *scene)
{
    put_event(scene, "A", 1, EVENT_CLEAR);
}

static void
event_orphan(struct scene *scene)
{
    put_event(scene, "AA", 2, EVENT_CLEAR);
}

static void
event_impossible(struct scene *scene)
{
    put_event(scene, "A", 3, EVENT_RESTOCK);
}

static void
record_older(struct scene *scene)
{
    scene->unit.version = 2;
    put_unit(scene);
}

static void
record_newer(struct scene *scene)
{
    scene->unit.version = 4;
    put_unit(scene);
}

static void
record_state(struct scene *scene)
{
    scene->unit.state = UNIT_IN_STOCK;
    put_unit(scene);
}

static void
record_condition(struct scene *scene)
{
    scene->unit.conditions = CONDITION_HELD;
    put_unit(scene);
}

static void
record_location(struct scene *scene)
{
    scene->unit.location[0] = 'X';
    put_unit(scene);
}

static void
record_time(struct scene *scene)
{
    scene->unit.registered_at++;
    put_unit(scene);
}

static void
record_origin(struct scene *scene)
{
    scene->origin[3] ^= 1;
    put_unit(scene);
}

static void
record_key(struct scene *scene)
{
    scene->unit.id.gtin[13] ^= 1;
    scene->unit.version = 1;
    put_unit(scene);
}

static void
lot_missing(struct scene *scene)
{
    struct record_key key;
    key_pair(&key, gtin, "L24A0917");
    del(scene, TABLE_LOTS, &key);
}

static void
operation_missing(struct scene *scene)
{
    struct record_key key;
    struct operation operation;
    test_operation(&operation, 2);
    key_bytes(&key, operation.id, sizeof operation.id);
    del(scene, TABLE_OPERATIONS, &key);
}

static void
recall_without_id(struct scene *scene)
{
    struct record_key key;
    key_bytes(&key, "R-1", 3);
    del(scene, TABLE_RECALL_IDS, &key);
}

static void
id_without_recall(struct scene *scene)
{
    struct record_key key;
    key_pair(&key, gtin, "R-1");
    del(scene, TABLE_RECALLS, &key);
}

static void
recall_of_another(struct scene *scene)
{
    struct recall recall;
    struct record record;
    test_recall(&recall, "09506000134369", "R-1");
    recall.version = 1;
    put(scene, TABLE_RECALLS, recall_encode(&scene->codec, &recall, &record), &record);
}

static void
put_row(struct scene *scene, enum table which, const char *value, const char *serial)
{
    struct index_row row = {which, {.len = 0}};
    uint8_t prefix[RECORD_KEY_MAX];
    size_t len = strlen(value) + 1;
    memcpy(prefix, value, len);
    index_key(&row.key, (struct span){prefix, len}, gtin, serial);
    assert_int_equal(view_put_row(&scene->view, &row), ERR_OK);
}

static void
del_rows(struct scene *scene, enum table which)
{
    struct index_row own[INDEX_ROWS_MAX];
    size_t count = index_rows(&scene->unit, own);
    size_t deleted = 0;
    for (size_t i = 0; i < count; i++)
        if (own[i].table == which) {
            del(scene, which, &own[i].key);
            deleted++;
        }
    assert_int_equal(deleted, 1);
}

static void
lot_row_missing(struct scene *scene)
{
    del_rows(scene, TABLE_BY_LOT);
}

static void
location_row_missing(struct scene *scene)
{
    del_rows(scene, TABLE_BY_LOCATION);
}

static void
purchase_row_missing(struct scene *scene)
{
    del_rows(scene, TABLE_BY_PURCHASE);
}

static void
sale_row_missing(struct scene *scene)
{
    del_rows(scene, TABLE_BY_SALE);
}

static void
state_row_missing(struct scene *scene)
{
    del_rows(scene, TABLE_BY_STATE);
}

static void
row_of_another_lot(struct scene *scene)
{
    put_row(scene, TABLE_BY_LOT, "L24A0918", "A");
}

static void
row_of_another_place(struct scene *scene)
{
    put_row(scene, TABLE_BY_LOCATION, "Berlin 10", "A");
}

static void
row_of_another_state(struct scene *scene)
{
    put_row(scene, TABLE_BY_STATE, "\3", "A");
}

static void
row_of_a_condition(struct scene *scene)
{
    put_row(scene, TABLE_BY_CONDITION, "\1", "A");
}

static void
row_of_no_unit(struct scene *scene)
{
    put_row(scene, TABLE_BY_SALE, "SO Berlin 1", "AA");
}

static void
row_without_a_unit(struct scene *scene)
{
    struct index_row row = {TABLE_BY_PURCHASE, {.len = 0}};
    key_bytes(&row.key, "PO-1", 4);
    assert_int_equal(view_put_row(&scene->view, &row), ERR_OK);
}

static void
row_with_a_value(struct scene *scene)
{
    struct index_row own[INDEX_ROWS_MAX];
    struct record record;
    assert_true(index_rows(&scene->unit, own) > 0);
    assert_int_equal(own[0].table, TABLE_BY_LOT);
    record.key = own[0].key;
    record.value = (struct span){(const uint8_t *)"x", 1};
    put(scene, TABLE_BY_LOT, true, &record);
}

static void
credential_of_nobody(struct scene *scene)
{
    struct credential credential;
    struct record record;
    test_credential(&credential, "7K3M9Q2X");
    credential.version = 1;
    credential.role = (enum role)0;
    put(scene, TABLE_CREDENTIALS, credential_encode(&scene->codec, &credential, &record), &record);
}

static void
put_notice(struct scene *scene, int64_t first_at, int64_t listed_at)
{
    struct notice notice;
    struct record record;
    test_notice(&notice, "7K3M9Q2XBT", listed_at);
    notice.version = 1;
    put(scene, TABLE_NOTICES, notice_encode(&scene->codec, &notice, &record), &record);
    notice.first_at = first_at;
    put(scene, TABLE_NOTICE_IDS, notice_id_encode(&scene->codec, &notice, &record), &record);
}

static void
notice_without_reference(struct scene *scene)
{
    struct record_key key;
    put_notice(scene, 1700000000, 1700000000);
    key_bytes(&key, "7K3M9Q2XBT", 10);
    del(scene, TABLE_NOTICE_IDS, &key);
}

static void
reference_without_notice(struct scene *scene)
{
    struct record_key key;
    put_notice(scene, 1700000000, 1700000000);
    key_notice(&key, 1700000000, "7K3M9Q2XBT");
    del(scene, TABLE_NOTICES, &key);
}

static void
notice_twice(struct scene *scene)
{
    put_notice(scene, 1700000000, 1700000000);
    put_notice(scene, 1700000009, 1700000009);
}

/* And one that is open, and older. */
static void
many_closed_notices(struct scene *scene)
{
    put_notice(scene, 1700000000, 1700000000);
    for (unsigned i = 1; i <= 10050; i++) {
        struct notice notice;
        struct record record;
        char reference[NOTICE_REFERENCE_CHARS + 1];
        (void)snprintf(reference, sizeof reference, "%010u", i);
        test_notice(&notice, reference, 1700000000 + i);
        notice.version = 1;
        notice.closed_at = notice.first_at;
        notice.closed_by[0] = 'X';
        put(scene, TABLE_NOTICES, notice_encode(&scene->codec, &notice, &record), &record);
        put(scene, TABLE_NOTICE_IDS, notice_id_encode(&scene->codec, &notice, &record), &record);
    }
}

static void
broken_session(struct scene *scene)
{
    struct session browser;
    struct record record;
    test_browser(&browser, "7K3M9Q2X", 1, 1700000000);
    browser.seen_at--;
    put(scene, TABLE_SESSIONS, session_encode(&scene->codec, &browser, &record), &record);
}

static void
broken_tally(struct scene *scene)
{
    const struct tally tally = {.day = 20000};
    struct record record;
    assert_true(tally_encode(&scene->codec, &tally, &record));
    record.value.len--;
    put(scene, TABLE_TALLIES, true, &record);
}

static void
put_scans(struct scene *scene, const char *serial, size_t cut)
{
    const struct scans scans = {.first_at = 1700000000, .last_at = 1700000000, .sessions = 1};
    struct unit_key key = {.serial = ""};
    struct record record;
    memcpy(key.gtin, gtin, sizeof gtin);
    memcpy(key.serial, serial, strlen(serial));
    assert_true(scans_encode(&scene->codec, &key, &scans, &record));
    record.value.len -= cut;
    put(scene, TABLE_SCANS, true, &record);
}

static void
sound_scans(struct scene *scene)
{
    put_scans(scene, "A", 0);
}

static void
broken_scans(struct scene *scene)
{
    put_scans(scene, "A", 1);
}

static void
scans_of_nothing(struct scene *scene)
{
    put_scans(scene, "AA", 0);
}

static void
broken_run(struct scene *scene)
{
    struct record record;
    assert_true(scan_run_encode(&scene->codec, 77, 5, &record));
    record.value.len--;
    put(scene, TABLE_SCAN_RUNS, true, &record);
}

static const struct {
    const char *label;
    void (*break_it)(struct scene *scene);
    const char *sentence; /* part of what the check says; "": it finds nothing */
} rows[] = {
    {"nothing", nothing, ""},
    {"an event is missing", event_missing, "units 09506000134352A: event 2 is missing"},
    {"an event of a version to come", event_too_many,
     "events 09506000134352A: event 4 of a unit with 3"},
    {"a row for the commission", event_first, "events 09506000134352A: event 1 of a unit with 3"},
    {"an event without a unit", event_orphan,
     "events 09506000134352AA: event 2 of a unit that is not there"},
    {"an event that the rules do not allow", event_impossible,
     "units 09506000134352A: event 3 does not follow from what was before: restock"},
    {"an older version", record_older, "events 09506000134352A: event 3 of a unit with 2"},
    {"a newer version", record_newer, "units 09506000134352A: event 4 is missing"},
    {"another state", record_state, "the record is not what its history leads to"},
    {"another condition", record_condition, "the record is not what its history leads to"},
    {"another location", record_location, "the record is not what its history leads to"},
    {"another time", record_time, "it was not registered when its operation says"},
    {"another operation", record_origin, "the operation of event 1 is missing"},
    {"a key that is no GTIN", record_key, "this is no GTIN and serial"},
    {"a lot is missing", lot_missing, "its lot L24A0917 is missing"},
    {"an operation is missing", operation_missing, "the operation of event 2 is missing"},
    {"a recall without its id", recall_without_id,
     "recalls 09506000134352R-1: it is not found by its id"},
    {"an id without its recall", id_without_recall, "recall_ids R-1: it leads to no recall"},
    {"its lot does not lead to it", lot_row_missing,
     "units 09506000134352A: it is missing in by_lot"},
    {"its location does not", location_row_missing,
     "units 09506000134352A: it is missing in by_location"},
    {"its purchase order does not", purchase_row_missing,
     "units 09506000134352A: it is missing in by_purchase"},
    {"its sales order does not", sale_row_missing,
     "units 09506000134352A: it is missing in by_sale"},
    {"its state does not", state_row_missing, "units 09506000134352A: it is missing in by_state"},
    {"another lot leads to it", row_of_another_lot,
     "by_lot L24A0918: 09506000134352 A does not belong here"},
    {"another location does", row_of_another_place,
     "by_location Berlin?10: 09506000134352 A does not belong here"},
    {"another state does", row_of_another_state,
     "by_state ?: 09506000134352 A does not belong here"},
    {"a condition that it is not in", row_of_a_condition,
     "by_condition ?: 09506000134352 A does not belong here"},
    {"an order leads to no unit", row_of_no_unit,
     "by_sale SO?Berlin?1: 09506000134352 AA is not there"},
    {"a row that is none", row_without_a_unit, "by_purchase PO-1: the row is damaged"},
    {"a row with a value", row_with_a_value, "by_lot L24A0917: the row is damaged"},
    {"a credential without a role", credential_of_nobody,
     "credentials 7K3M9Q2X: the record is damaged"},
    {"a notice without its reference", notice_without_reference,
     "notices 7K3M9Q2XBT: it is not found by its reference"},
    {"a reference without its notice", reference_without_notice,
     "notice_ids 7K3M9Q2XBT: it leads to no notice"},
    {"a notice twice in the list", notice_twice,
     "notices 7K3M9Q2XBT: it is not found by its reference"},
    {"a session that was seen too early", broken_session,
     "sessions 7K3M9Q2X: the record is damaged"},
    {"a tally that is cut", broken_tally, "tallies 2024-10-04: the record is damaged"},
    {"scans of a unit", sound_scans, ""},
    {"scans that are cut", broken_scans, "scans 09506000134352A: the record is damaged"},
    {"scans of no unit", scans_of_nothing,
     "scans 09506000134352AA: somebody looked at it, and there is no such unit"},
    {"a batch that is cut", broken_run, "scan_runs 77: the record is damaged"},
    {"an id that leads elsewhere", recall_of_another, "it is not found by its id"},
};

static void
take(const char *what, void *context)
{
    struct scene *scene = context;
    size_t len = strlen(scene->found);
    scene->damages++;
    (void)snprintf(scene->found + len, sizeof scene->found - len, "%s\n", what);
}

static void
break_scene(struct scene *scene, void (*break_it)(struct scene *scene))
{
    struct lmdb_registry *registry = (struct lmdb_registry *)(void *)scene->registry;
    MDB_txn *txn = NULL;
    assert_int_equal(mdb_txn_begin(registry->env, NULL, 0, &txn), 0);
    scene->view = (struct view){.txn = txn, .tables = registry->tables, .codec = &scene->codec};
    break_it(scene);
    assert_int_equal(mdb_txn_commit(txn), 0);
}

static void
disagreements_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct test_place place;
        struct scene scene;
        test_place_make(&place);
        build(&scene, &place);
        break_scene(&scene, rows[i].break_it);
        const struct registry_checker checker = {.found = take, .context = &scene};
        bool sound = rows[i].sentence[0] == '\0';
        enum err err = registry_check(scene.session, &checker);
        if (err != (sound ? ERR_OK : ERR_CORRUPT) || (scene.damages == 0) != sound ||
            strstr(scene.found, rows[i].sentence) == NULL)
            fail_msg("%s: %s: %s", rows[i].label, err_info(err)->code, scene.found);
        registry_session_close(scene.session);
        registry_close(scene.registry);
        test_place_remove(&place);
    }
}

/* ---- what uses them meanwhile ---- */

/* One damaged record costs no other unit its sightings, and keeps nobody from clearing. */
static void
damaged_scans_are_left_out(void **state)
{
    struct test_place place;
    struct scene scene;
    struct scans scans;
    struct scan_seen seen[2] = {{.sighting = {.at = 1700000000, .client = 1}},
                                {.sighting = {.at = 1700000000, .client = 1}}};
    struct scan_flush flush = {.run = 1, .batch = 1, .seen = seen, .count = 2};
    enum copy_rule suspected[2];
    (void)state;
    test_place_make(&place);
    build(&scene, &place);
    apply(&scene, EVENT_SUSPECT, 6);
    for (size_t i = 0; i < 2; i++) {
        memcpy(seen[i].key.gtin, gtin, sizeof gtin);
        seen[i].key.serial[0] = (char)('A' + i);
    }
    assert_int_equal(registry_scan_flush(scene.session, &flush, suspected), ERR_OK);
    break_scene(&scene, broken_scans);
    flush.batch = 2;
    seen[0].sighting.client = seen[1].sighting.client = 2;
    assert_int_equal(registry_scan_flush(scene.session, &flush, suspected), ERR_OK);
    assert_int_equal(registry_get_scans(scene.session, &seen[0].key, &scans), ERR_CORRUPT);
    assert_int_equal(registry_get_scans(scene.session, &seen[1].key, &scans), ERR_OK);
    assert_int_equal(scans.sessions, 2);
    apply(&scene, EVENT_CLEAR, 7);
    registry_session_close(scene.session);
    registry_close(scene.registry);
    test_place_remove(&place);
}

/* An inbox in which almost everything is closed. */
static void
a_list_of_notices_looks_at_a_bounded_number(void **state)
{
    struct test_place place;
    struct scene scene;
    static const struct notice_filter open = {NOTICE_NONE, true};
    struct notice page[2];
    struct cursor cursor = {""};
    size_t count = 99;
    (void)state;
    test_place_make(&place);
    build(&scene, &place);
    break_scene(&scene, many_closed_notices);
    assert_int_equal(registry_list_notices(scene.session, &open, &cursor, page, 2, &count), ERR_OK);
    assert_int_equal(count, 0);
    assert_true(cursor.text[0] != '\0');
    assert_int_equal(registry_list_notices(scene.session, &open, &cursor, page, 2, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(page[0].reference, "7K3M9Q2XBT");
    assert_string_equal(cursor.text, "");
    registry_session_close(scene.session);
    registry_close(scene.registry);
    test_place_remove(&place);
}

static void
a_gap_in_the_history_is_no_end(void **state)
{
    struct test_place place;
    struct scene scene;
    struct event events[4];
    size_t count = 99;
    (void)state;
    test_place_make(&place);
    build(&scene, &place);
    break_scene(&scene, event_missing);
    struct unit_key key = test_key(&scene.unit);
    assert_int_equal(registry_events(scene.session, &key, 0, events, 4, &count), ERR_CORRUPT);
    assert_int_equal(count, 0);
    assert_int_equal(registry_events(scene.session, &key, 2, events, 4, &count), ERR_OK);
    assert_int_equal(count, 1);
    registry_session_close(scene.session);
    registry_close(scene.registry);
    test_place_remove(&place);
}

/* An event is never written over: the unit that claims an older version is not changed. */
static void
history_is_not_written_over(void **state)
{
    struct test_place place;
    struct scene scene;
    struct change change;
    struct operation operation;
    (void)state;
    test_place_make(&place);
    build(&scene, &place);
    break_scene(&scene, record_older);
    test_operation(&operation, 10);
    test_change(&change, &scene.unit, EVENT_HOLD, &operation, "in doubt");
    assert_int_equal(registry_apply(scene.session, &change, 1, &operation, NULL, NULL),
                     ERR_CORRUPT);
    registry_session_close(scene.session);
    registry_close(scene.registry);
    test_place_remove(&place);
}

/* A row that leads to the wrong unit, or to none, is never taken for an answer. */
static void
wrong_rows_are_no_answer(void **state)
{
    static const struct {
        const char *label;
        void (*break_it)(struct scene *scene);
        struct unit_filter filter;
    } lists[] = {
        {"another lot", row_of_another_lot, {.lot = "L24A0918"}},
        {"another location", row_of_another_place, {.location = "Berlin 10"}},
        {"another state", row_of_another_state, {.state = UNIT_IN_STOCK}},
        {"a condition", row_of_a_condition, {.conditions = CONDITION_STOLEN}},
        {"no unit", row_of_no_unit, {.sales_order = "SO Berlin 1"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct test_place place;
        struct scene scene;
        struct unit page[4];
        struct cursor cursor = {""};
        size_t count = 99;
        test_place_make(&place);
        build(&scene, &place);
        break_scene(&scene, lists[i].break_it);
        enum err err = registry_list(scene.session, &lists[i].filter, &cursor, page, 4, &count);
        if (err != ERR_CORRUPT || count != 0)
            fail_msg("%s: %s, %zu", lists[i].label, err_info(err)->code, count);
        registry_session_close(scene.session);
        registry_close(scene.registry);
        test_place_remove(&place);
    }
}

/* An index that lost a row keeps nobody from reporting a theft. */
static void
a_missing_row_is_in_nobodys_way(void **state)
{
    struct test_place place;
    struct scene scene;
    struct unit_filter filter = {.conditions = CONDITION_STOLEN};
    struct unit page[2];
    struct cursor cursor = {""};
    size_t count = 0;
    (void)state;
    test_place_make(&place);
    build(&scene, &place);
    break_scene(&scene, state_row_missing);
    apply(&scene, EVENT_REPORT_STOLEN, 10);
    apply(&scene, EVENT_RETIRE, 11);
    assert_int_equal(registry_list(scene.session, &filter, &cursor, page, 2, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_memory_equal(&page[0], &scene.unit, sizeof page[0]);
    test_undamaged(scene.session);
    registry_session_close(scene.session);
    registry_close(scene.registry);
    test_place_remove(&place);
}

/* ---- progress ---- */

struct told {
    unsigned calls;
    uint64_t done, total;
};

static void
take_progress(uint64_t done, uint64_t total, void *context)
{
    struct told *told = context;
    assert_true(done >= told->done && done <= total);
    told->calls++;
    told->done = done;
    told->total = total;
}

/* A call looks at a bounded number of records, also when it wants none of them, and at none when an
 * index knows that there are none. */
static void
bounded_list(struct registry_session *session)
{
    const struct unit_filter sold = {.state = UNIT_SOLD};
    const struct unit_filter in_lot_and_sold = {.lot = "L24A0917", .state = UNIT_SOLD};
    const struct unit_filter nowhere = {.query = "NOWHERE"};
    struct cursor cursor = {""};
    struct unit unit;
    size_t count = 99;
    assert_int_equal(registry_list(session, &nowhere, &cursor, &unit, 1, &count), ERR_OK);
    assert_int_equal(count, 0);
    assert_true(cursor.text[0] != '\0');
    assert_int_equal(registry_list(session, &nowhere, &cursor, &unit, 1, &count), ERR_OK);
    assert_int_equal(count, 0);
    assert_true(cursor.text[0] == '\0');
    assert_int_equal(registry_list(session, &sold, &cursor, &unit, 1, &count), ERR_OK);
    assert_true(count == 0 && cursor.text[0] == '\0');
    assert_int_equal(registry_list(session, &in_lot_and_sold, &cursor, &unit, 1, &count), ERR_OK);
    assert_true(count == 0 && cursor.text[0] == '\0');
}

/* Units that are registered in the order of their keys fill their pages, and those of the
 * index by lot. */
static void
little_space(struct registry_session *session)
{
    struct registry_health health;
    assert_int_equal(registry_health(session, &health), ERR_OK);
    assert_true(health.bytes_used / health.units < 190);
}

/* More records than one view walks over, or one list call looks at. */
static void
progress_is_told(void **state)
{
    enum { UNITS = 12000 };
    struct test_place place;
    struct operation operation;
    struct told told = {0, 0, 0};
    struct unit *units = calloc(UNITS, sizeof *units);
    enum err *results = calloc(UNITS, sizeof *results);
    bool *same = calloc(UNITS, sizeof *same);
    (void)state;
    assert_true(units != NULL && results != NULL && same != NULL);
    test_place_make(&place);
    struct registry *registry = test_open(place.url);
    struct registry_session *session = test_session(registry);
    for (unsigned i = 0; i < UNITS; i++) {
        char serial[16];
        /* Backwards within a call, forwards from call to call. */
        (void)snprintf(serial, sizeof serial, "S%06u",
                       i < UNITS / 2 ? UNITS / 2 - i : 3 * UNITS / 2 - i);
        test_unit(&units[i], gtin, serial);
    }
    for (unsigned i = 0; i < 2; i++) {
        test_operation(&operation, 1 + i);
        assert_int_equal(registry_commission(session, units + i * UNITS / 2, UNITS / 2, &operation,
                                             results, same),
                         ERR_OK);
    }
    const struct registry_checker checker = {.progress = take_progress, .context = &told};
    assert_int_equal(registry_check(session, &checker), ERR_OK);
    assert_int_equal(told.total, 2 * UNITS + 4); /* with rows by lot; meta, operations, lot */
    assert_int_equal(told.done, told.total);
    assert_true(told.calls > TABLE_COUNT);
    bounded_list(session);
    little_space(session);
    registry_session_close(session);
    registry_close(registry);
    test_place_remove(&place);
    free(units);
    free(results);
    free(same);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disagreements_are_found),
        cmocka_unit_test(damaged_scans_are_left_out),
        cmocka_unit_test(a_list_of_notices_looks_at_a_bounded_number),
        cmocka_unit_test(a_gap_in_the_history_is_no_end),
        cmocka_unit_test(history_is_not_written_over),
        cmocka_unit_test(wrong_rows_are_no_answer),
        cmocka_unit_test(a_missing_row_is_in_nobodys_way),
        cmocka_unit_test(progress_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
