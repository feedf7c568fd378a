/* SPDX-License-Identifier: Apache-2.0 */
/* Notices: read and listed here, written by lmdb_put.c. A cursor is the key of the last one that
 * was looked at. A notice never changes its key, and a new one comes before all cursors. */
#include "gateway/registry/cursor.h"
#include "gateway/registry/lmdb_engine.h"

enum { LOOKS_MAX = 10000 }; /* that one call takes at records: some milliseconds */

enum err
lmdb_get_notice(struct registry_session *session, const char *reference, struct notice *out)
{
    AUTO_VIEW view;
    enum err err = view_begin(&view, session_of(session));
    return err == ERR_OK ? view_notice(&view, reference, out) : err;
}

static bool
wanted(const struct notice_filter *filter, const struct notice *notice)
{
    return (filter->kind == NOTICE_NONE || filter->kind == notice->kind) &&
           (!filter->open || notice->closed_at == 0);
}

/* `last` becomes the last key that was looked at. ERR_NOT_FOUND: there are no more. */
static enum err
fill(struct scan *scan, const struct notice_filter *filter, const struct page *page,
     struct notice *out, struct record_key *last)
{
    for (size_t looks = 0; looks < LOOKS_MAX && *page->count < page->max; looks++) {
        struct notice *at = &out[*page->count];
        enum err err = scan_next(scan);
        if (err == ERR_OK)
            err = notice_decode(scan->view->codec, scan->key, scan->value, at);
        if (err != ERR_OK)
            return err;
        *page->count += wanted(filter, at);
        key_bytes(last, scan->key.data, scan->key.len);
    }
    return scan_next(scan);
}

enum err
lmdb_list_notices(struct registry_session *session, const struct notice_filter *filter,
                  const struct page *page, struct notice *out)
{
    const uint8_t asked[] = {(uint8_t)filter->kind, filter->open};
    const struct listing listing = {"cursor notices", {asked, sizeof asked}};
    struct codec *codec = &session_of(session)->codec;
    struct record_key last;
    struct cursor next = {""};
    if (!cursor_read(codec, &listing, page->cursor, &last))
        return ERR_INVALID;
    AUTO_VIEW view;
    enum err err = view_begin(&view, session_of(session));
    if (err != ERR_OK)
        return err;
    AUTO_SCAN scan;
    err = scan_begin(&scan, &view, TABLE_NOTICES, (struct span){NULL, 0}, &last);
    if (err == ERR_OK)
        err = fill(&scan, filter, page, out, &last);
    if (err == ERR_OK && !cursor_write(codec, &listing, key_span(&last), &next))
        err = ERR_CORRUPT;
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        *page->cursor = next;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
