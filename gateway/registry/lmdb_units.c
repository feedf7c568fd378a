/* SPDX-License-Identifier: Apache-2.0 */
/* The list of units. What the filter asks for gives rows of indexes, each in the order of (gtin,
 * serial): they are walked side by side, and where they meet lies a unit that has everything. A
 * cursor is the place to go on from, so it does not matter by which indexes it was reached. */
#include <string.h>

#include "gateway/registry/cursor.h"
#include "gateway/registry/lmdb_engine.h"
#include "gateway/rules/fold.h"

enum { LOOKS_MAX = 10000 }; /* that one call takes at rows and records: some milliseconds */

/* Not before this unit. Behind a unit lies its serial with one more byte, behind a product one that
 * is above all serials. */
struct position {
    char gtin[GTIN_DIGITS + 1];
    char serial[GS1_VALUE_MAX + 2];
};
static const char first_gtin[GTIN_DIGITS + 1] = "00000000000000";
static const char behind_serial[] = "\x01";
static const char behind_all[] = "\x7F";

struct stream {
    struct scan scan;
    const struct index_row *row; /* NULL: the units themselves */
};

struct report {
    const struct unit_filter *filter;
    struct view *view;
    struct stream streams[INDEX_ROWS_MAX];
    struct index_row rows[INDEX_ROWS_MAX];
    size_t count, looks;
    char folded[QUERY_MAX + 1];
    /* What was last found out about a product. */
    char gtin[GTIN_DIGITS + 1];
    bool has_item, has_query;
};

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

static bool
wanted(const struct report *report, const struct unit *unit)
{
    const struct unit_filter *filter = report->filter;
    bool query = filter->query[0] == '\0' || report->has_query ||
                 text_matches(report, unit->id.serial) || text_matches(report, unit->id.lot);
    return query && (filter->state != UNIT_ISSUED || unit->state == UNIT_ISSUED);
}

/* Moves `at` behind what was looked at. */
static enum err
look(struct report *report, struct position *at, struct unit *out, bool *taken)
{
    *taken = false;
    enum err err = look_at_product(report, at->gtin);
    if (err != ERR_OK)
        return err;
    if (report->filter->item[0] != '\0' && !report->has_item) {
        step_behind_product(at);
        return ERR_OK;
    }
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

static enum err
open_streams(struct report *report)
{
    const struct record_key beginning = {.len = 0};
    size_t rows = index_of_filter(report->filter, report->rows);
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
}

static enum err
write_cursor(struct report *report, const struct listing *listing, const struct position *at,
             struct cursor *out)
{
    struct record_key key;
    key_pair(&key, at->gtin, at->serial);
    return cursor_write(report->view->codec, listing, key_span(&key), out) ? ERR_OK : ERR_CORRUPT;
}

static enum err
run(struct report *report, const struct listing *listing, struct position *at,
    const struct page *page, struct unit *out)
{
    struct cursor next = {""};
    enum err err = open_streams(report);
    if (err == ERR_OK)
        err = fill(report, at, page, out);
    close_streams(report);
    if (err == ERR_OK)
        err = write_cursor(report, listing, at, &next);
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        *page->cursor = next;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static bool
begin_at(struct codec *codec, const struct listing *listing, const struct unit_filter *filter,
         const struct cursor *cursor, struct position *out)
{
    struct record_key key;
    memset(out, 0, sizeof *out);
    memcpy(out->gtin, filter->gtin[0] == '\0' ? first_gtin : filter->gtin, sizeof out->gtin);
    if (!cursor_read(codec, listing, cursor, &key))
        return false;
    return key.len == 0 ||
           key_read_pair(key_span(&key), out->gtin, out->serial, sizeof out->serial);
}

static void
pack_filter(struct packer *p, const struct unit_filter *filter)
{
    pack_text(p, filter->gtin);
    pack_text(p, filter->lot);
    pack_text(p, filter->location);
    pack_text(p, filter->purchase_order);
    pack_text(p, filter->sales_order);
    pack_uint(p, filter->state, 1);
    pack_uint(p, filter->conditions, 1);
    pack_text(p, filter->item);
    pack_text(p, filter->query);
}

enum err
lmdb_list(struct registry_session *session, const struct unit_filter *filter,
          const struct page *page, struct unit *out)
{
    uint8_t packed[sizeof *filter];
    struct packer p = {packed, 0, sizeof packed, false};
    struct position at;
    pack_filter(&p, filter);
    const struct listing listing = {"cursor units", {packed, p.len}};
    if (p.failed || !begin_at(&session_of(session)->codec, &listing, filter, page->cursor, &at))
        return ERR_INVALID;
    AUTO_VIEW view;
    enum err err = view_begin(&view, session_of(session));
    if (err != ERR_OK)
        return err;
    struct report report = {.filter = filter, .view = &view};
    (void)fold(report.folded, sizeof report.folded, slice_of(filter->query));
    return run(&report, &listing, &at, page, out);
}
