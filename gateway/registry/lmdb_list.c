/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of few things, a page at a time. A cursor is the key of the last record that was looked at.
 * Rows never change their key and are never deleted, so the next page begins exactly behind it. */
#include <string.h>

#include "gateway/registry/cursor.h"
#include "gateway/registry/lmdb_engine.h"

struct list {
    enum table table;
    struct listing listing;
    /* Decodes the record and puts it at `at`. */
    enum err (*take)(const struct list *list, struct scan *scan, size_t at);
    void *out;
};

static enum err
fill(const struct list *list, struct scan *scan, const struct page *page, struct cursor *next)
{
    enum err err = ERR_OK;
    struct record_key last = {.len = 0};
    while ((err = scan_next(scan)) == ERR_OK) {
        if (*page->count == page->max)
            return cursor_write(scan->view->codec, &list->listing, key_span(&last), next)
                       ? ERR_OK
                       : ERR_CORRUPT;
        err = list->take(list, scan, *page->count);
        if (err != ERR_OK)
            return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
        (*page->count)++;
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
    err = scan_begin(&scan, &view, list->table, (struct span){NULL, 0}, &after);
    if (err == ERR_OK)
        err = fill(list, &scan, page, &next);
    if (err == ERR_OK)
        *page->cursor = next;
    return err;
}

static enum err
take_product(const struct list *list, struct scan *scan, size_t at)
{
    return product_decode(scan->view->codec, scan->key, scan->value,
                          (struct product *)list->out + at);
}

/* Recalls are listed by their ids. */
static enum err
take_recall(const struct list *list, struct scan *scan, size_t at)
{
    char id[ITEM_MAX + 1];
    if (!slice_copy(id, sizeof id, slice_make((const char *)scan->key.data, scan->key.len)))
        return ERR_CORRUPT;
    return view_recall(scan->view, id, (struct recall *)list->out + at);
}

static enum err
take_credential(const struct list *list, struct scan *scan, size_t at)
{
    return credential_decode(scan->view->codec, scan->key, scan->value,
                             (struct credential *)list->out + at);
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

enum err
lmdb_list_credentials(struct registry_session *session, const struct page *page,
                      struct credential *out)
{
    const struct list list = {.table = TABLE_CREDENTIALS,
                              .listing = {"cursor keys", {NULL, 0}},
                              .take = take_credential,
                              .out = out};
    return run(session, &list, page);
}
