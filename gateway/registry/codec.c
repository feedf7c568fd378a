/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, hash and the meta record. */
#include "gateway/registry/codec.h"

#include <sodium.h>
#include <string.h>

_Static_assert(RECORD_KEY_BYTES == crypto_shorthash_KEYBYTES, "the record key is a SipHash key");
_Static_assert(RECORD_HASH_BYTES == crypto_shorthash_BYTES, "");

enum {
    UNIT_KEY_MIN = GTIN_DIGITS + 1,
    UNIT_KEY_MAX = GTIN_DIGITS + GS1_VALUE_MAX,
    EVENT_TAIL = 1 + 8, /* NUL and number */
    META_FORMAT = 1
};
_Static_assert(UNIT_KEY_MAX + EVENT_TAIL <= RECORD_KEY_MAX, "an event's key fits");
_Static_assert(GTIN_DIGITS + ITEM_MAX <= RECORD_KEY_MAX, "a recall's key fits");

static const char meta_key[] = "registry";
static const char meta_magic[] = "assay registry";

const char *
table_name(enum table table)
{
    static const char *const names[TABLE_COUNT] = {
        [TABLE_META] = "meta",
        [TABLE_UNITS] = "units",
        [TABLE_PRODUCTS] = "products",
        [TABLE_LOTS] = "lots",
        [TABLE_RECALLS] = "recalls",
        [TABLE_RECALL_IDS] = "recall_ids",
        [TABLE_EVENTS] = "events",
        [TABLE_OPERATIONS] = "operations",
        [TABLE_CREDENTIALS] = "credentials",
        [TABLE_BY_LOT] = "by_lot",
        [TABLE_BY_LOCATION] = "by_location",
        [TABLE_BY_PURCHASE] = "by_purchase",
        [TABLE_BY_SALE] = "by_sale",
        [TABLE_BY_STATE] = "by_state",
        [TABLE_BY_CONDITION] = "by_condition",
        [TABLE_SESSIONS] = "sessions",
        [TABLE_NOTICES] = "notices",
        [TABLE_NOTICE_IDS] = "notice_ids",
        [TABLE_TALLIES] = "tallies",
        [TABLE_SCANS] = "scans",
        [TABLE_SCAN_RUNS] = "scan_runs",
    };
    return names[table];
}

void
codec_init(struct codec *codec, const uint8_t record_key[static RECORD_KEY_BYTES])
{
    memcpy(codec->hash_key, record_key, RECORD_KEY_BYTES);
    codec->value_at = 0;
}

void
codec_wipe(struct codec *codec)
{
    sodium_memzero(codec->hash_key, sizeof codec->hash_key);
}

struct span
key_span(const struct record_key *key)
{
    return (struct span){key->bytes, key->len};
}

void
key_bytes(struct record_key *out, const void *bytes, size_t len)
{
    out->len = len <= sizeof out->bytes ? len : 0;
    if (out->len > 0)
        memcpy(out->bytes, bytes, out->len);
}

void
key_pair(struct record_key *out, const char *gtin, const char *text)
{
    struct packer p = {out->bytes, 0, sizeof out->bytes, false};
    pack_bytes(&p, gtin, strlen(gtin));
    pack_bytes(&p, text, strlen(text));
    out->len = p.failed ? 0 : p.len;
}

void
key_event(struct record_key *out, const struct unit_key *unit, uint64_t number)
{
    key_pair(out, unit->gtin, unit->serial);
    struct packer p = {out->bytes, out->len, sizeof out->bytes, out->len == 0};
    pack_uint(&p, 0, 1);
    pack_uint(&p, number, 8);
    out->len = p.failed ? 0 : p.len;
}

bool
key_read_pair(struct span key, char gtin[static GTIN_DIGITS + 1], char *text, size_t size)
{
    struct unpacker u = {key.data, key.len, false};
    unpack_bytes(&u, gtin, GTIN_DIGITS);
    gtin[GTIN_DIGITS] = '\0';
    memset(text, 0, size);
    if (u.failed || u.len >= size || memchr(key.data, '\0', key.len) != NULL)
        return false;
    unpack_bytes(&u, text, u.len);
    return true;
}

bool
key_read_unit(struct span key, struct unit_key *out)
{
    return key.len >= UNIT_KEY_MIN &&
           key_read_pair(key, out->gtin, out->serial, sizeof out->serial);
}

bool
key_read_event(struct span key, struct unit_key *unit, uint64_t *number)
{
    if (key.len < UNIT_KEY_MIN + EVENT_TAIL)
        return false;
    size_t unit_len = key.len - EVENT_TAIL;
    struct unpacker u = {key.data + unit_len, EVENT_TAIL, false};
    bool nul = unpack_uint(&u, 1) == 0;
    *number = unpack_uint(&u, 8);
    return nul && key_read_unit((struct span){key.data, unit_len}, unit);
}

struct packer
codec_begin(struct codec *codec, const char *name, struct span key)
{
    struct packer p = {codec->message, 0, sizeof codec->message, key.len == 0};
    pack_bytes(&p, name, strlen(name) + 1);
    pack_uint(&p, key.len, 2);
    pack_bytes(&p, key.data, key.len);
    codec->value_at = p.len;
    return p;
}

static void
hash(const struct codec *codec, size_t len, uint8_t out[static RECORD_HASH_BYTES])
{
    (void)crypto_shorthash(out, codec->message, len, codec->hash_key);
}

bool
codec_finish(struct codec *codec, struct packer *packer, struct span *value)
{
    uint8_t sum[RECORD_HASH_BYTES] = {0};
    if (!packer->failed)
        hash(codec, packer->len, sum);
    pack_bytes(packer, sum, sizeof sum);
    *value = (struct span){codec->message + codec->value_at, packer->len - codec->value_at};
    return !packer->failed;
}

bool
codec_open(struct codec *codec, const char *name, struct span key, struct span value,
           struct unpacker *out)
{
    *out = (struct unpacker){NULL, 0, true};
    struct packer p = codec_begin(codec, name, key);
    pack_bytes(&p, value.data, value.len);
    if (p.failed || value.len < RECORD_HASH_BYTES)
        return false;
    size_t end = p.len - RECORD_HASH_BYTES;
    uint8_t sum[RECORD_HASH_BYTES];
    hash(codec, end, sum);
    if (memcmp(sum, codec->message + end, sizeof sum) != 0)
        return false;
    *out = (struct unpacker){codec->message + codec->value_at, end - codec->value_at, false};
    return true;
}

bool
meta_encode(struct codec *codec, struct record *out)
{
    key_bytes(&out->key, meta_key, sizeof meta_key - 1);
    struct packer p = codec_begin(codec, table_name(TABLE_META), key_span(&out->key));
    pack_bytes(&p, meta_magic, sizeof meta_magic - 1);
    pack_uint(&p, META_FORMAT, 4);
    return codec_finish(codec, &p, &out->value);
}

enum err
meta_decode(struct codec *codec, struct span key, struct span value, struct fault *fault)
{
    struct unpacker plain = {value.data, value.len, false};
    char magic[sizeof meta_magic] = {0};
    unpack_bytes(&plain, magic, sizeof magic - 1);
    uint64_t format = unpack_uint(&plain, 4);
    if (plain.failed || plain.len != RECORD_HASH_BYTES || strcmp(magic, meta_magic) != 0)
        return fault_set(fault, ERR_CORRUPT, "holds something that is not a registry");
    if (format != META_FORMAT)
        return fault_set(fault, ERR_CORRUPT,
                         "holds a registry of format %llu; this program reads format %d",
                         (unsigned long long)format, META_FORMAT);
    struct unpacker checked;
    if (!codec_open(codec, table_name(TABLE_META), key, value, &checked))
        return fault_set(fault, ERR_CORRUPT,
                         "the record key is not the one that this registry was made with "
                         "(restore the secrets file that belongs to it)");
    return ERR_OK;
}
