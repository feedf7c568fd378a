/* SPDX-License-Identifier: Apache-2.0 */
/* Lists, a page at a time. A cursor is the key of the last record that was looked at. Rows never
 * change their key and are never deleted, so the next page begins exactly behind it. */
#include <string.h>

#include "gateway/registry/cursor.h"
#include "gateway/registry/lmdb_engine.h"

enum { LOOKS_MAX = 10000 }; /* records that one call looks at: some ten milliseconds */

struct list {
    enum table table;
    struct listing listing;
    struct span prefix;
    /* Decodes the record and puts it at `at`; *taken is false when the filter does not want it. */
    enum err (*take)(const struct list *list, struct scan *scan, size_t at, bool *taken);
    const struct unit_filter *filter;
    void *out;
};

static enum err
fill(const struct list *list, struct scan *scan, const struct page *page, struct cursor *next)
{
    enum err err = ERR_OK;
    struct record_key last = {.len = 0};
    for (size_t looked = 0; (err = scan_next(scan)) == ERR_OK; looked++) {
        if (*page->count == page->max || looked == LOOKS_MAX)
            return cursor_write(scan->view->codec, &list->listing, key_span(&last), next)
                       ? ERR_OK
                       : ERR_CORRUPT;
        bool taken = false;
        err = list->take(list, scan, *page->count, &taken);
        if (err != ERR_OK)
            return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
        *page->count += taken;
        key_bytes(&last, scan->key.data, scan->key.len);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
run(struct registry_session *session, const struct list *list, const struct page *page)
{
    struct record_key after;
    struct cursor next = {""};
    if (!cursor_read(&session_of(session)->codec, &list->listing, page->cursor, &after))
        return ERR_INVALID;
    AUTO_VIEW view;
    enum err err = view_begin(&view, session_of(session));
    if (err != ERR_OK)
        return err;
    AUTO_SCAN scan;
    err = scan_begin(&scan, &view, list->table, list->prefix, &after);
    if (err == ERR_OK)
        err = fill(list, &scan, page, &next);
    if (err == ERR_OK)
        *page->cursor = next;
    return err;
}

/* "" in a filter is any. */
static bool
wanted_text(const char *filter, const char *value)
{
    return filter[0] == '\0' || strcmp(filter, value) == 0;
}

static bool
wanted(const struct unit_filter *filter, const struct unit *unit)
{
    return wanted_text(filter->lot, unit->id.lot) &&
           wanted_text(filter->location, unit->location) &&
           wanted_text(filter->purchase_order, unit->purchase_order) &&
           wanted_text(filter->sales_order, unit->sales_order) &&
           (filter->state == UNIT_NONE || filter->state == unit->state) &&
           (filter->conditions & unit->conditions) == filter->conditions;
}

static enum err
take_unit(const struct list *list, struct scan *scan, size_t at, bool *taken)
{
    struct unit *unit = (struct unit *)list->out + at;
    uint8_t operation[OPERATION_ID_BYTES];
    enum err err = unit_decode(scan->view->codec, scan->key, scan->value, unit, operation);
    *taken = err == ERR_OK && wanted(list->filter, unit);
    return err;
}

static enum err
take_product(const struct list *list, struct scan *scan, size_t at, bool *taken)
{
    *taken = true;
    return product_decode(scan->view->codec, scan->key, scan->value,
                          (struct product *)list->out + at);
}

/* Recalls are listed by their ids. */
static enum err
take_recall(const struct list *list, struct scan *scan, size_t at, bool *taken)
{
    char id[ITEM_MAX + 1];
    *taken = true;
    if (!slice_copy(id, sizeof id, slice_make((const char *)scan->key.data, scan->key.len)))
        return ERR_CORRUPT;
    return view_recall(scan->view, id, (struct recall *)list->out + at);
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
}

enum err
lmdb_list(struct registry_session *session, const struct unit_filter *filter,
          const struct page *page, struct unit *out)
{
    uint8_t packed[sizeof *filter];
    struct packer p = {packed, 0, sizeof packed, false};
    pack_filter(&p, filter);
    const struct list list = {
        .table = TABLE_UNITS,
        .listing = {"cursor units", {packed, p.len}},
        .prefix = {(const uint8_t *)filter->gtin, strlen(filter->gtin)},
        .take = take_unit,
        .filter = filter,
        .out = out,
    };
    return p.failed ? ERR_INVALID : run(session, &list, page);
}

enum err
lmdb_list_products(struct registry_session *session, const struct page *page, struct product *out)
{
    const struct list list = {.table = TABLE_PRODUCTS,
                              .listing = {"cursor products", {NULL, 0}},
                              .take = take_product,
                              .out = out};
    return run(session, &list, page);
}

enum err
lmdb_list_recalls(struct registry_session *session, const struct page *page, struct recall *out)
{
    const struct list list = {.table = TABLE_RECALL_IDS,
                              .listing = {"cursor recalls", {NULL, 0}},
                              .take = take_recall,
                              .out = out};
    return run(session, &list, page);
}
