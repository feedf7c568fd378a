/* SPDX-License-Identifier: Apache-2.0 */
/* Walks every record. The walk begins a new read transaction now and then, because one that stays
 * open makes the file grow; a unit and its history are compared inside one. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/registry/lmdb_check.h"

enum { CHUNK = 5000, NAME_MAX = 100, FOUND_MAX = 600 };

/* What of the key people write: of an event its unit, of a session its credential. */
static struct span
named_part(enum table table, struct span key)
{
    if (table == TABLE_SESSIONS && key.len > APIKEY_ID_CHARS)
        return (struct span){key.data, APIKEY_ID_CHARS};
    if (table == TABLE_NOTICES && key.len > NOTICE_REFERENCE_CHARS)
        return (struct span){key.data + key.len - NOTICE_REFERENCE_CHARS, NOTICE_REFERENCE_CHARS};
    return key;
}

/* What cannot be printed is a question mark. */
static void
name_record(char out[static NAME_MAX], enum table table, struct span whole)
{
    struct span key = named_part(table, whole);
    struct unpacker day = {key.data, key.len, false};
    size_t len = 0;
    if (table == TABLE_TALLIES && key.len > 0) {
        date_format(out, unpack_day(&day));
        return;
    }
    if (table == TABLE_SCAN_RUNS && key.len > 0) {
        (void)snprintf(out, NAME_MAX, "%lld", (long long)unpack_time(&day));
        return;
    }
    for (; len < key.len && len < NAME_MAX - 1 && key.data[len] != '\0'; len++)
        out[len] = (char)(key.data[len] >= 0x21 && key.data[len] <= 0x7E ? key.data[len] : '?');
    out[len] = '\0';
}

void
damage(struct check *check, const char *format, ...)
{
    char what[FOUND_MAX];
    char name[NAME_MAX];
    char text[NAME_MAX + FOUND_MAX + 20];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    name_record(name, check->table, check->scan.key);
    (void)snprintf(text, sizeof text, "%s %s: %s", table_name(check->table), name, what);
    check->damages++;
    if (check->checker->found != NULL)
        check->checker->found(text, check->checker->context);
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
check_credential(struct check *check)
{
    struct credential credential;
    if (credential_decode(check->view.codec, check->scan.key, check->scan.value, &credential) !=
        ERR_OK)
        damage(check, "the record is damaged");
}

static void
check_session(struct check *check)
{
    struct session session;
    if (session_decode(check->view.codec, check->scan.key, check->scan.value, &session) != ERR_OK)
        damage(check, "the record is damaged");
}

static void
check_notice(struct check *check)
{
    struct notice notice;
    struct notice by_reference;
    if (notice_decode(check->view.codec, check->scan.key, check->scan.value, &notice) != ERR_OK) {
        damage(check, "the record is damaged");
        return;
    }
    if (view_notice(&check->view, notice.reference, &by_reference) != ERR_OK ||
        notice.first_at != by_reference.first_at)
        damage(check, "it is not found by its reference");
}

static void
check_notice_id(struct check *check)
{
    struct notice notice;
    char reference[NOTICE_REFERENCE_CHARS + 1];
    struct span key = check->scan.key;
    if (!slice_copy(reference, sizeof reference, slice_make((const char *)key.data, key.len)) ||
        view_notice(&check->view, reference, &notice) != ERR_OK)
        damage(check, "it leads to no notice");
}

static void
check_tally(struct check *check)
{
    struct tally tally;
    if (tally_decode(check->view.codec, check->scan.key, check->scan.value, &tally) != ERR_OK)
        damage(check, "the record is damaged");
}

static void
check_scans(struct check *check)
{
    struct scans scans;
    struct unit_key key;
    struct unit unit;
    uint8_t operation[OPERATION_ID_BYTES];
    if (scans_decode(check->view.codec, check->scan.key, check->scan.value, &key, &scans) !=
        ERR_OK) {
        damage(check, "the record is damaged");
        return;
    }
    if (view_unit(&check->view, &key, &unit, operation) == ERR_NOT_FOUND)
        damage(check, "somebody looked at it, and there is no such unit");
}

static void
check_scan_run(struct check *check)
{
    uint64_t batch = 0;
    if (scan_run_decode(check->view.codec, check->scan.key, check->scan.value, &batch) != ERR_OK)
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
    {TABLE_META, check_meta},
    {TABLE_OPERATIONS, check_committed},
    {TABLE_PRODUCTS, check_product},
    {TABLE_LOTS, check_lot},
    {TABLE_RECALLS, check_recall},
    {TABLE_RECALL_IDS, check_recall_id},
    {TABLE_UNITS, check_unit},
    {TABLE_EVENTS, check_event},
    {TABLE_CREDENTIALS, check_credential},
    {TABLE_BY_LOT, check_row},
    {TABLE_BY_LOCATION, check_row},
    {TABLE_BY_PURCHASE, check_row},
    {TABLE_BY_SALE, check_row},
    {TABLE_BY_STATE, check_row},
    {TABLE_BY_CONDITION, check_row},
    {TABLE_SESSIONS, check_session},
    {TABLE_NOTICES, check_notice},
    {TABLE_NOTICE_IDS, check_notice_id},
    {TABLE_TALLIES, check_tally},
    {TABLE_SCANS, check_scans},
    {TABLE_SCAN_RUNS, check_scan_run},
};
_Static_assert(sizeof walks / sizeof walks[0] == TABLE_COUNT, "every table is walked");

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
    uint64_t counted = 0;
    if (progress->view == 0 || view_count(&check->view, walk->table, &counted) != ERR_OK ||
        counted == progress->walked)
        return;
    check->scan.key = (struct span){NULL, 0};
    damage(check, "%llu records are counted and %llu can be reached", (unsigned long long)counted,
           (unsigned long long)progress->walked);
}

/* The walk goes from record to record, who asks goes down from the root: both have to arrive. */
static void
check_reached(struct check *check)
{
    struct record_key key;
    struct span value;
    key_bytes(&key, check->scan.key.data, check->scan.key.len);
    if (view_find(&check->view, check->table, &key, &value) != ERR_OK ||
        value.data != check->scan.value.data)
        damage(check, "it is not found by its key");
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
        check_reached(check);
        walk->look(check);
        key_bytes(&progress->after, check->scan.key.data, check->scan.key.len);
        progress->walked++;
        check->done++;
    }
    if (err == ERR_NOT_FOUND)
        check_count(check, walk, progress);
    else if (err != ERR_OK && err != ERR_MEMORY)
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
    check->table = walk->table;
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
        uint64_t counted = 0;
        if (view_count(&view, (enum table)table, &counted) == ERR_OK)
            check->total += counted;
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
