/* SPDX-License-Identifier: Apache-2.0 */
/* The list of units. A cursor is the place to go on from, so it does not matter by which indexes it
 * was reached. */
#include <string.h>

#include "gateway/registry/cursor.h"
#include "gateway/registry/lmdb_walk.h"
#include "gateway/rules/fold.h"

/* A place: walk, lot, NUL, GTIN, serial. */
static enum err
write_cursor(struct report *report, const struct listing *listing, const struct position *at,
             struct cursor *out)
{
    uint8_t bytes[RECORD_KEY_MAX];
    struct packer p = {bytes, 0, sizeof bytes, false};
    pack_uint(&p, (uint64_t)report->walk, 1);
    pack_bytes(&p, report->lot, strlen(report->lot) + 1);
    pack_bytes(&p, at->gtin, GTIN_DIGITS);
    pack_bytes(&p, at->serial, strlen(at->serial));
    struct span place = {bytes, p.len};
    return !p.failed && cursor_write(report->view->codec, listing, place, out) ? ERR_OK
                                                                               : ERR_CORRUPT;
}

static bool
unpack_until_nul(struct unpacker *u, char *out, size_t size)
{
    const uint8_t *nul = memchr(u->data, '\0', u->len);
    size_t len = nul == NULL ? u->len : (size_t)(nul - u->data);
    if (len >= size)
        return false;
    memset(out, 0, size);
    unpack_bytes(u, out, len);
    if (nul != NULL)
        (void)unpack_uint(u, 1);
    return !u->failed;
}

static bool
read_cursor(struct report *report, const struct record_key *key, struct position *at)
{
    struct unpacker u = {key->bytes, key->len, false};
    uint64_t number = unpack_uint(&u, 1);
    bool right = number <= WALK_REST && unpack_until_nul(&u, report->lot, sizeof report->lot);
    memset(at, 0, sizeof *at);
    unpack_bytes(&u, at->gtin, GTIN_DIGITS);
    report->walk = (enum walk)number;
    return right && !u.failed && unpack_until_nul(&u, at->serial, sizeof at->serial);
}

static bool
begin_at(struct report *report, struct codec *codec, const struct listing *listing,
         const struct cursor *cursor, struct position *at)
{
    struct record_key key;
    if (!cursor_read(codec, listing, cursor, &key))
        return false;
    if (key.len > 0)
        return read_cursor(report, &key, at);
    walk_begin(report, at);
    return true;
}

static enum err
run(struct report *report, const struct listing *listing, struct position *at,
    const struct page *page, struct unit *out)
{
    struct cursor next = {""};
    enum err err = walk_on(report, at, page, out);
    if (err == ERR_OK)
        err = write_cursor(report, listing, at, &next);
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        *page->cursor = next;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
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
    struct report report = {.filter = filter};
    (void)fold(report.folded, sizeof report.folded, slice_of(filter->query));
    if (p.failed || !begin_at(&report, &session_of(session)->codec, &listing, page->cursor, &at))
        return ERR_INVALID;
    AUTO_VIEW view;
    enum err err = view_begin(&view, session_of(session));
    if (err != ERR_OK)
        return err;
    report.view = &view;
    return run(&report, &listing, &at, page, out);
}
