/* SPDX-License-Identifier: Apache-2.0 */
/* Tallies: one small record a day, which only grows. */
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

enum { VERDICTS = VERDICT_OK + 1 };

enum err
lmdb_tallies(struct registry_session *session, const struct tally_days *days,
             const struct page *page, struct tally *out)
{
    AUTO_VIEW view;
    struct record_key first;
    enum err err = view_begin(&view, session_of(session));
    if (err != ERR_OK)
        return err;
    key_day(&first, days->from);
    AUTO_SCAN scan;
    err = scan_begin(&scan, &view, TABLE_TALLIES, (struct span){NULL, 0}, &first);
    scan.past_start = false; /* the first day is one of them */
    while (err == ERR_OK && *page->count < page->max && (err = scan_next(&scan)) == ERR_OK) {
        struct tally *tally = &out[*page->count];
        err = tally_decode(view.codec, scan.key, scan.value, tally);
        if (err == ERR_OK && tally->day > days->to)
            return ERR_OK;
        *page->count += err == ERR_OK;
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* A count that is full stays full: it must not begin again. */
static uint64_t
sum(uint64_t a, uint64_t b)
{
    return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

static void
add(struct tally *to, const struct tally *more)
{
    for (size_t i = 0; i < VERDICTS; i++)
        to->verdicts[i] = sum(to->verdicts[i], more->verdicts[i]);
    for (size_t i = 0; i < REASON_COUNT; i++)
        to->reasons[i] = sum(to->reasons[i], more->reasons[i]);
}

static enum err
run_add(struct view *view, struct lmdb_request *request)
{
    const struct tally *more = request->call;
    struct tally tally = {.day = more->day};
    struct record_key key;
    struct record record;
    struct span value;
    key_day(&key, more->day);
    enum err err = view_find(view, TABLE_TALLIES, &key, &value);
    if (err == ERR_OK)
        err = tally_decode(view->codec, key_span(&key), value, &tally);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    add(&tally, more);
    err = view_put(view, TABLE_TALLIES, tally_encode(view->codec, &tally, &record), &record, 0);
    request->wrote = err == ERR_OK;
    return err;
}

enum err
lmdb_add_tally(struct registry_session *session, const struct tally *tally)
{
    struct lmdb_request request = {.run = run_add, .call = tally, .weight = 1};
    return lmdb_submit(session_of(session), &request);
}
