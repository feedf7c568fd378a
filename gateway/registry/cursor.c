/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/registry/cursor.h"

#include <sodium.h>
#include <string.h>

enum {
    CURSOR_BYTES = CURSOR_MAX / 4 * 3, /* base64 */
    CURSOR_KEY_MAX = CURSOR_BYTES - RECORD_HASH_BYTES,
    VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING
};
_Static_assert(CURSOR_KEY_MAX >= GTIN_DIGITS + GS1_VALUE_MAX, "a unit's key fits");
_Static_assert((int)CURSOR_KEY_MAX >= (int)ITEM_MAX, "a recall's id fits");

static bool
tag_of(struct codec *codec, const struct listing *listing, struct span last,
       uint8_t tag[static RECORD_HASH_BYTES])
{
    struct span sealed;
    struct packer p = codec_begin(codec, listing->name, last);
    pack_bytes(&p, listing->filter.data, listing->filter.len);
    if (!codec_finish(codec, &p, &sealed))
        return false;
    memcpy(tag, sealed.data + sealed.len - RECORD_HASH_BYTES, RECORD_HASH_BYTES);
    return true;
}

bool
cursor_read(struct codec *codec, const struct listing *listing, const struct cursor *cursor,
            struct record_key *after)
{
    uint8_t bytes[CURSOR_BYTES];
    uint8_t tag[RECORD_HASH_BYTES];
    size_t len = 0;
    after->len = 0;
    if (memchr(cursor->text, '\0', sizeof cursor->text) == NULL)
        return false;
    if (cursor->text[0] == '\0')
        return true;
    if (sodium_base642bin(bytes, sizeof bytes, cursor->text, strlen(cursor->text), NULL, &len, NULL,
                          VARIANT) != 0 ||
        len <= sizeof tag)
        return false;
    struct span last = {bytes + sizeof tag, len - sizeof tag};
    if (!tag_of(codec, listing, last, tag) || sodium_memcmp(tag, bytes, sizeof tag) != 0)
        return false;
    key_bytes(after, last.data, last.len);
    return true;
}

bool
cursor_write(struct codec *codec, const struct listing *listing, struct span last,
             struct cursor *out)
{
    uint8_t bytes[CURSOR_BYTES];
    memset(out, 0, sizeof *out);
    if (last.len == 0 || last.len > CURSOR_KEY_MAX || !tag_of(codec, listing, last, bytes))
        return false;
    memcpy(bytes + RECORD_HASH_BYTES, last.data, last.len);
    return sodium_bin2base64(out->text, sizeof out->text, bytes, RECORD_HASH_BYTES + last.len,
                             VARIANT) != NULL;
}
