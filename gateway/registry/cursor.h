/* SPDX-License-Identifier: Apache-2.0 */
/* Places in a list: the key of the last row that was looked at, with a keyed hash over it, the list
 * and its filter. A cursor of another list, another filter or another registry is refused. */
#ifndef ASSAY_REGISTRY_CURSOR_H
#define ASSAY_REGISTRY_CURSOR_H

#include "gateway/registry/codec.h"

/* Which list, and for what. */
struct listing {
    const char *name; /* shorter than HASHED_NAME_MAX */
    struct span filter;
};

/* after->len is 0 for the beginning. False when the cursor was not made for this listing. */
bool cursor_read(struct codec *codec, const struct listing *listing, const struct cursor *cursor,
                 struct record_key *after) MUST_CHECK;
/* `last` has up to CURSOR_MAX / 4 * 3 - RECORD_HASH_BYTES (64) bytes. */
bool cursor_write(struct codec *codec, const struct listing *listing, struct span last,
                  struct cursor *out) MUST_CHECK;

#endif
