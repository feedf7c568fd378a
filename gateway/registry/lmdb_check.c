/* SPDX-License-Identifier: Apache-2.0 */
/* Walks every record. The walk begins a new read transaction now and then, because one that stays
 * open makes the file grow; a unit and its history are compared inside one. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

enum { CHUNK = 5000, NAME_MAX = 100, FOUND_MAX = 600 };

struct check {
    struct lmdb_session *session;
    const struct registry_checker *checker;
    struct view view;
    struct scan scan; /* at the record that is looked at */
    const char *table;
    uint64_t done, total, damages;
    /* The unit whose events are walked. */
    struct unit_key unit;
    uint64_t versions; /* 0: no such unit */
};

/* The key as people write it, of an event its unit's; what cannot be printed is a question mark. */
static void
name_record(char out[static NAME_MAX], struct span key)
{
    size_t len = 0;
    for (; len < key.len && len < NAME_MAX - 1 && key.data[len] != '\0'; len++)
        out[len] = (char)(key.data[len] >= 0x21 && key.data[len] <= 0x7E ? key.data[len] : '?');
    out[len] = '\0';
}

PRINTF_LIKE(2, 3)
static void
damage(struct check *check, const char *format, ...)
{
    char what[FOUND_MAX];
    char name[NAME_MAX];
    char text[NAME_MAX + FOUND_MAX + 20];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    name_record(name, check->scan.key);
    (void)snprintf(text, sizeof text, "%s %s: %s", check->table, name, what);
    check->damages++;
    if (check->checker->found != NULL)
        check->checker->found(text, check->checker->context);
}

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

/* The unit as its commission left it. Fields that events clear and none sets anew, like the claim
 * code, are taken as they are now. */
static void
rewind_unit(struct unit *unit)
{
    unit->state = UNIT_ISSUED;
    unit->conditions = 0;
    unit->shipped_on = CIVIL_NONE;
    unit->sold_on = CIVIL_NONE;
    unit->activated_on = CIVIL_NONE;
    memset(unit->location, 0, sizeof unit->location);
    memset(unit->seller, 0, sizeof unit->seller);
    memset(unit->purchase_order, 0, sizeof unit->purchase_order);
    memset(unit->sales_order, 0, sizeof unit->sales_order);
    memset(unit->document, 0, sizeof unit->document);
}

static bool
replay_event(struct check *check, struct unit *unit, uint64_t number)
{
    struct event event;
    struct fault fault;
    struct unit_key key = key_of(unit);
    enum err err = view_event(&check->view, &key, number, &event);
    if (err == ERR_NOT_FOUND)
        damage(check, "event %llu is missing", (unsigned long long)number);
    /* A damaged one is found where the events are walked. */
    if (err != ERR_OK)
        return false;
    check_operation(check, event.operation, number, event.at);
    err = event_apply(unit, unit, &event, &fault);
    if (err != ERR_OK)
        damage(check, "event %llu does not follow from what was before: %s",
               (unsigned long long)number, fault.text);
    return err == ERR_OK;
}

static void
check_history(struct check *check, const struct unit *unit,
              const uint8_t origin[static OPERATION_ID_BYTES])
{
    struct unit replayed = *unit;
    struct record record;
    rewind_unit(&replayed);
    for (uint64_t number = 2; number <= unit->version; number++)
        if (!replay_event(check, &replayed, number))
            return;
    bool same = unit_encode(check->view.codec, &replayed, origin, &record) &&
                record.value.len == check->scan.value.len &&
                memcmp(record.value.data, check->scan.value.data, record.value.len) == 0;
    if (!same)
        damage(check, "the record is not what its history leads to");
}

static void
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
    check_history(check, &unit, origin);
}

static bool
same_key(const struct unit_key *a, const struct unit_key *b)
{
    return strcmp(a->gtin, b->gtin) == 0 && strcmp(a->serial, b->serial) == 0;
}

static void
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

/* ---- the others ---- */

static void
check_product(struct check *check)
{
    struct product product;
    if (product_decode(check->view.codec, check->scan.key, check->scan.value, &product) != ERR_OK)
        damage(check, "the record is damaged");
}

static void
check_lot(struct check *check)
{
    struct lot lot;
    if (lot_decode(check->view.codec, check->scan.key, check->scan.value, &lot) != ERR_OK)
        damage(check, "the record is damaged");
}

static void
check_recall(struct check *check)
{
    struct recall recall;
    struct recall by_id;
    if (recall_decode(check->view.codec, check->scan.key, check->scan.value, &recall) != ERR_OK) {
        damage(check, "the record is damaged");
        return;
    }
    if (view_recall(&check->view, recall.id, &by_id) != ERR_OK ||
        strcmp(recall.gtin, by_id.gtin) != 0)
        damage(check, "it is not found by its id");
}

static void
check_recall_id(struct check *check)
{
    struct recall recall;
    char id[ITEM_MAX + 1];
    struct span key = check->scan.key;
    if (!slice_copy(id, sizeof id, slice_make((const char *)key.data, key.len)) ||
        view_recall(&check->view, id, &recall) != ERR_OK)
        damage(check, "it leads to no recall");
}

static void
check_committed(struct check *check)
{
    struct operation operation;
    if (operation_decode(check->view.codec, check->scan.key, check->scan.value, &operation) !=
        ERR_OK)
        damage(check, "the record is damaged");
}

static void
check_meta(struct check *check)
{
    struct fault fault;
    if (meta_decode(check->view.codec, check->scan.key, check->scan.value, &fault) != ERR_OK)
        damage(check, "%s", fault.text);
}

/* ---- the walk ---- */

struct walk {
    enum table table;
    void (*look)(struct check *check);
};

static const struct walk walks[] = {
    {TABLE_META, check_meta},        {TABLE_OPERATIONS, check_committed},
    {TABLE_PRODUCTS, check_product}, {TABLE_LOTS, check_lot},
    {TABLE_RECALLS, check_recall},   {TABLE_RECALL_IDS, check_recall_id},
    {TABLE_UNITS, check_unit},       {TABLE_EVENTS, check_event},
};

struct progress {
    struct record_key after;
    uint64_t walked;
    size_t view; /* number of the transaction the walk began in; 0: others followed */
};

/* A walk that saw one state of the table has to have met as many records as the table counts: a
 * page that is not reached any more would not be missed otherwise. */
static void
check_count(struct check *check, const struct walk *walk, const struct progress *progress)
{
    MDB_stat stat = {0};
    if (progress->view == 0 ||
        mdb_stat(check->view.txn, check->view.tables[walk->table], &stat) != 0 ||
        stat.ms_entries == progress->walked)
        return;
    check->scan.key = (struct span){NULL, 0};
    damage(check, "%llu records are counted and %llu can be reached",
           (unsigned long long)stat.ms_entries, (unsigned long long)progress->walked);
}

/* Up to CHUNK records in one view. ERR_NOT_FOUND: that was the end. */
static enum err
walk_chunk(struct check *check, const struct walk *walk, struct progress *progress)
{
    enum err err = view_begin(&check->view, check->session);
    if (err != ERR_OK)
        return err;
    size_t id = mdb_txn_id(check->view.txn);
    progress->view = progress->walked == 0 || progress->view == id ? id : 0;
    err = scan_begin(&check->scan, &check->view, walk->table, (struct span){NULL, 0},
                     &progress->after);
    for (size_t n = 0; n < CHUNK && err == ERR_OK; n++) {
        err = scan_next(&check->scan);
        if (err != ERR_OK)
            break;
        walk->look(check);
        key_bytes(&progress->after, check->scan.key.data, check->scan.key.len);
        progress->walked++;
        check->done++;
    }
    if (err == ERR_NOT_FOUND)
        check_count(check, walk, progress);
    else if (err != ERR_OK)
        damage(check, "the table cannot be read any further");
    scan_end(&check->scan);
    view_end(&check->view);
    return err;
}

static enum err
walk_table(struct check *check, const struct walk *walk)
{
    struct progress progress = {.walked = 0};
    enum err err = ERR_OK;
    check->table = table_name(walk->table);
    while (err == ERR_OK) {
        err = walk_chunk(check, walk, &progress);
        /* Others add records; a damaged table may not be countable. */
        if (check->total < check->done)
            check->total = check->done;
        if (check->checker->progress != NULL)
            check->checker->progress(check->done, check->total, check->checker->context);
    }
    return err == ERR_NOT_FOUND || err == ERR_CORRUPT ? ERR_OK : err;
}

static enum err
count_all(struct check *check)
{
    AUTO_VIEW view;
    enum err err = view_begin(&view, check->session);
    for (size_t table = 0; table < TABLE_COUNT && err == ERR_OK; table++) {
        MDB_stat stat = {0};
        if (mdb_stat(view.txn, view.tables[table], &stat) == 0)
            check->total += stat.ms_entries;
    }
    return err;
}

enum err
lmdb_check(struct registry_session *session, const struct registry_checker *checker)
{
    struct check check = {.session = session_of(session), .checker = checker};
    enum err err = count_all(&check);
    for (size_t i = 0; i < sizeof walks / sizeof walks[0] && err == ERR_OK; i++)
        err = walk_table(&check, &walks[i]);
    if (err != ERR_OK)
        return err;
    return check.damages == 0 ? ERR_OK : ERR_CORRUPT;
}
