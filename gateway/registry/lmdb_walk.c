/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/registry/lmdb_walk.h"

#include <string.h>

#include "gateway/rules/fold.h"

enum { LOOKS_MAX = 10000 }; /* that one call takes at rows and records: some milliseconds */

static const char first_gtin[GTIN_DIGITS + 1] = "00000000000000";
static const char behind_serial[] = "\x01";
static const char behind_all[] = "\x7F";
static const char first_lot[] = "\x01";

static int
compare(const struct position *a, const struct position *b)
{
    int gtin = strcmp(a->gtin, b->gtin);
    return gtin != 0 ? gtin : strcmp(a->serial, b->serial);
}

static void
step_behind_unit(struct position *at)
{
    memcpy(at->serial + strlen(at->serial), behind_serial, sizeof behind_serial);
}

static void
step_behind_product(struct position *at)
{
    memcpy(at->serial, behind_all, sizeof behind_all);
}

/* ---- rows side by side ---- */

static enum err
reach(struct stream *stream, const struct position *at, struct position *found)
{
    struct record_key key;
    struct unit_key unit;
    if (stream->row == NULL)
        key_pair(&key, at->gtin, at->serial);
    else
        index_key(&key, key_span(&stream->row->key), at->gtin, at->serial);
    enum err err = scan_reach(&stream->scan, &key);
    if (err != ERR_OK)
        return err;
    bool read = stream->row == NULL ? key_read_unit(stream->scan.key, &unit)
                                    : index_read(stream->scan.key, &unit);
    memcpy(found->gtin, unit.gtin, sizeof found->gtin);
    memcpy(found->serial, unit.serial, sizeof unit.serial);
    return read ? ERR_OK : ERR_CORRUPT;
}

/* The next place where all streams meet: *met, or as far as the looks reach. */
static enum err
meet(struct report *report, struct position *at, bool *met)
{
    size_t same = 0;
    for (size_t i = 0; same < report->count; i = (i + 1) % report->count) {
        struct position found;
        if (report->looks >= LOOKS_MAX)
            break;
        report->looks++;
        enum err err = reach(&report->streams[i], at, &found);
        if (err != ERR_OK)
            return err;
        same = compare(&found, at) == 0 ? same + 1 : 1;
        *at = found;
    }
    bool outside = report->filter->gtin[0] != '\0' && strcmp(at->gtin, report->filter->gtin) != 0;
    *met = same == report->count;
    return outside ? ERR_NOT_FOUND : ERR_OK;
}

/* ---- what a unit has to have besides ---- */

static bool
text_matches(const struct report *report, const char *text)
{
    if (report->folded[0] == '\0')
        return strstr(text, report->filter->query) != NULL;
    return fold_contains(slice_of(text), report->folded);
}

/* Item and query, as far as they are about the product. */
static enum err
look_at_product(struct report *report, const char *gtin)
{
    struct product product;
    const struct unit_filter *filter = report->filter;
    if ((filter->item[0] == '\0' && filter->query[0] == '\0') || strcmp(report->gtin, gtin) == 0)
        return ERR_OK;
    report->looks++;
    enum err err = view_product(report->view, gtin, &product);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    bool there = err == ERR_OK;
    report->has_item = there && strcmp(product.item, filter->item) == 0;
    report->has_query =
        there && (text_matches(report, product.item) || text_matches(report, product.name));
    memcpy(report->gtin, gtin, sizeof report->gtin);
    return ERR_OK;
}

/* The record that the streams lead to. */
static enum err
read_unit(struct report *report, const struct position *at, struct unit *out)
{
    uint8_t operation[OPERATION_ID_BYTES];
    const struct stream *stream = &report->streams[0];
    struct unit_key key;
    if (stream->row == NULL)
        return unit_decode(report->view->codec, stream->scan.key, stream->scan.value, out,
                           operation);
    memcpy(key.gtin, at->gtin, sizeof key.gtin);
    memcpy(key.serial, at->serial, sizeof key.serial);
    enum err err = view_unit(report->view, &key, out, operation);
    return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

static bool
has_text(const char *wanted, const char *value)
{
    return wanted[0] == '\0' || strcmp(wanted, value) == 0;
}

/* What its rows say. */
static bool
agrees(const struct unit_filter *filter, const struct unit *unit)
{
    bool state =
        filter->state == UNIT_NONE || filter->state == UNIT_ISSUED || filter->state == unit->state;
    return state && has_text(filter->lot, unit->id.lot) &&
           has_text(filter->location, unit->location) &&
           has_text(filter->purchase_order, unit->purchase_order) &&
           has_text(filter->sales_order, unit->sales_order) &&
           (filter->conditions & unit->conditions) == filter->conditions;
}

static enum walk
walk_of(const struct report *report, const struct unit *unit)
{
    char serial[GS1_VALUE_MAX + 2];
    memcpy(serial, unit->id.serial, sizeof unit->id.serial);
    if (report->folded[0] != '\0' && fold_ahead(serial, report->folded) == FOLD_BEGINS)
        return WALK_SERIAL;
    if (report->has_query)
        return WALK_PRODUCT;
    if (text_matches(report, unit->id.lot))
        return WALK_LOT;
    return text_matches(report, unit->id.serial) ? WALK_REST : WALK_ALL;
}

static bool
wanted(const struct report *report, const struct unit *unit)
{
    const struct unit_filter *filter = report->filter;
    bool query = filter->query[0] == '\0' || walk_of(report, unit) == report->walk;
    return query && (filter->state != UNIT_ISSUED || unit->state == UNIT_ISSUED);
}

/* Nothing of the product can be wanted here. */
static bool
skips_product(const struct report *report)
{
    if (report->filter->item[0] != '\0' && !report->has_item)
        return true;
    return report->walk == WALK_PRODUCT ? !report->has_query
                                        : report->walk > WALK_PRODUCT && report->has_query;
}

/* False: not this serial, and `at` was moved behind it. It spares reading the record. */
static bool
serial_may_do(const struct report *report, struct position *at)
{
    enum fold_begins found = FOLD_BEGINS;
    if (report->walk == WALK_SERIAL)
        found = fold_ahead(at->serial, report->folded);
    if (found == FOLD_NOWHERE)
        step_behind_product(at);
    if (report->walk == WALK_REST && !text_matches(report, at->serial)) {
        step_behind_unit(at);
        return false;
    }
    return found == FOLD_BEGINS;
}

/* Moves `at` behind what was looked at. */
static enum err
look(struct report *report, struct position *at, struct unit *out, bool *taken)
{
    *taken = false;
    enum err err = look_at_product(report, at->gtin);
    if (err != ERR_OK)
        return err;
    if (skips_product(report)) {
        step_behind_product(at);
        return ERR_OK;
    }
    if (!serial_may_do(report, at))
        return ERR_OK;
    err = read_unit(report, at, out);
    if (err == ERR_OK && !agrees(report->filter, out))
        err = ERR_CORRUPT;
    *taken = err == ERR_OK && wanted(report, out);
    step_behind_unit(at);
    return err;
}

/* ---- the page ---- */

/* ERR_NOT_FOUND: that was all. Otherwise it goes on from `at`. */
static enum err
fill(struct report *report, struct position *at, const struct page *page, struct unit *out)
{
    for (;;) {
        bool met = false;
        bool taken = false;
        enum err err = meet(report, at, &met);
        if (err != ERR_OK || !met || *page->count == page->max)
            return err;
        err = look(report, at, &out[*page->count], &taken);
        if (err != ERR_OK)
            return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
        *page->count += taken;
    }
}

/* A filter that has a lot leads to one anyway. */
static bool
by_lots(const struct report *report)
{
    return report->walk == WALK_LOT && report->filter->lot[0] == '\0';
}

static enum err
open_streams(struct report *report)
{
    const struct record_key beginning = {.len = 0};
    struct unit_filter filter = *report->filter;
    if (by_lots(report))
        memcpy(filter.lot, report->lot, sizeof filter.lot);
    size_t rows = index_of_filter(&filter, report->rows);
    size_t streams = rows == 0 ? 1 : rows;
    enum err err = ERR_OK;
    for (size_t i = 0; i < streams && err == ERR_OK; i++) {
        struct stream *stream = &report->streams[i];
        struct span prefix = {NULL, 0};
        stream->row = rows == 0 ? NULL : &report->rows[i];
        if (stream->row != NULL)
            prefix = key_span(&stream->row->key);
        err =
            scan_begin(&stream->scan, report->view,
                       stream->row == NULL ? TABLE_UNITS : stream->row->table, prefix, &beginning);
        report->count += err == ERR_OK;
    }
    return err;
}

static void
close_streams(struct report *report)
{
    for (size_t i = 0; i < report->count; i++)
        scan_end(&report->streams[i].scan);
    report->count = 0;
}

static enum err
read_lot(struct report *report, struct span key)
{
    const uint8_t *nul = memchr(key.data, '\0', key.len);
    struct slice lot =
        slice_make((const char *)key.data, nul == NULL ? 0 : (size_t)(nul - key.data));
    return lot.len > 0 && slice_copy(report->lot, GS1_VALUE_MAX + 1, lot) ? ERR_OK : ERR_CORRUPT;
}

static void
step_behind_lot(struct report *report)
{
    memcpy(report->lot + strlen(report->lot), first_lot, sizeof first_lot);
}

/* From report->lot on, the first that has the query, or as far as the looks reach. */
static enum err
find_lot(struct report *report)
{
    const struct record_key beginning = {.len = 0};
    AUTO_SCAN scan;
    enum err err =
        scan_begin(&scan, report->view, TABLE_BY_LOT, (struct span){NULL, 0}, &beginning);
    while (err == ERR_OK && report->looks < LOOKS_MAX) {
        struct record_key key;
        key_bytes(&key, report->lot, strlen(report->lot));
        report->looks++;
        err = scan_reach(&scan, &key);
        if (err == ERR_OK)
            err = read_lot(report, scan.key);
        if (err != ERR_OK || text_matches(report, report->lot))
            break;
        step_behind_lot(report);
    }
    if (err == ERR_NOT_FOUND)
        report->lot[0] = '\0';
    return err;
}

static void
first_place(const struct report *report, struct position *at)
{
    const char *gtin = report->filter->gtin;
    memset(at, 0, sizeof *at);
    memcpy(at->gtin, gtin[0] == '\0' ? first_gtin : gtin, sizeof at->gtin);
}

void
walk_begin(struct report *report, struct position *at)
{
    first_place(report, at);
    if (report->filter->query[0] != '\0')
        report->walk = report->folded[0] == '\0' ? WALK_PRODUCT : WALK_SERIAL;
}

/* `at` is where it begins. False: that was the last. */
static bool
next_walk(struct report *report, struct position *at)
{
    if (report->walk == WALK_ALL || report->walk == WALK_REST)
        return false;
    first_place(report, at);
    if (by_lots(report) && report->lot[0] != '\0') {
        step_behind_lot(report);
        return true;
    }
    report->walk++;
    memcpy(report->lot, first_lot, sizeof first_lot);
    return true;
}

static enum err
walk_once(struct report *report, struct position *at, const struct page *page, struct unit *out)
{
    enum err err = by_lots(report) ? find_lot(report) : ERR_OK;
    if (err != ERR_OK || report->looks >= LOOKS_MAX)
        return err;
    err = open_streams(report);
    if (err == ERR_OK)
        err = fill(report, at, page, out);
    close_streams(report);
    return err;
}

enum err
walk_on(struct report *report, struct position *at, const struct page *page, struct unit *out)
{
    enum err err = walk_once(report, at, page, out);
    while (err == ERR_NOT_FOUND && next_walk(report, at))
        err = walk_once(report, at, page, out);
    return err;
}
