/* SPDX-License-Identifier: Apache-2.0 */
/* Products, lots and recalls. */
#include <string.h>

#include "gateway/registry/codec.h"

enum {
    ENTITLEMENT_BYTES_MAX =
        1 + ITEM_MAX + 1 + NAME_MAX_BYTES + 4 + 2 + 1 + 1 + COVERS_MAX + 1 + COUNTRIES_MAX,
    PRODUCT_BYTES_MAX = 1 + 4 + 1 + ITEM_MAX + 3 * (1 + NAME_MAX_BYTES) + 2 * (1 + LINK_MAX) + 1 +
                        COUNTRIES_MAX + 2 + 2 + 1 + ENTITLEMENTS_MAX * ENTITLEMENT_BYTES_MAX + 1 +
                        COPY_LIMITS * 2 + RECORD_HASH_BYTES,
    RECALL_BYTES_MAX =
        1 + 4 + 3 * (1 + GS1_VALUE_MAX) + 4 + 4 + 1 + 2 + RECALL_TEXT_MAX + 1 + LINK_MAX + 8 + 8 +
        1 + RECALL_TEXTS_MAX * (1 + RECALL_LANGUAGE_MAX + 2 + RECALL_TEXT_MAX) + RECORD_HASH_BYTES
};
_Static_assert((int)PRODUCT_BYTES_MAX <= (int)RECORD_VALUE_MAX &&
                   (int)RECALL_BYTES_MAX <= (int)RECORD_VALUE_MAX,
               "the largest records fit");

static void
pack_entitlement(struct packer *p, const struct entitlement *entitlement)
{
    pack_text(p, entitlement->id);
    pack_text(p, entitlement->title);
    pack_bytes(p, entitlement->starts, sizeof entitlement->starts);
    pack_uint(p, entitlement->months, 2);
    pack_uint(p, entitlement->requires_activation, 1);
    pack_text(p, entitlement->covers);
    pack_text(p, entitlement->countries);
}

/* Nothing when all are the defaults, as before there were any; and of later rules only what is not.
 */
static void
pack_copy_limits(struct packer *p, const struct copy_limits *limits)
{
    size_t count = COPY_LIMITS;
    while (count > 0 && limits->at[count - 1] == 0)
        count--;
    if (count == 0)
        return;
    pack_uint(p, count, 1);
    for (size_t i = 0; i < count; i++)
        pack_uint(p, limits->at[i], 2);
}

bool
product_encode(struct codec *codec, const struct product *product, struct record *out)
{
    key_pair(&out->key, product->gtin, "");
    struct packer p = codec_begin(codec, table_name(TABLE_PRODUCTS), key_span(&out->key));
    p.failed =
        p.failed || product->version > UINT32_MAX || product->entitlement_count > ENTITLEMENTS_MAX;
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_uint(&p, product->version, 4);
    pack_text(&p, product->item);
    pack_text(&p, product->brand);
    pack_text(&p, product->name);
    pack_text(&p, product->model);
    pack_text(&p, product->picture);
    pack_text(&p, product->support);
    pack_text(&p, product->markets);
    pack_offset(&p, product->offset_minutes);
    pack_uint(&p, product->activation_before_sale, 1);
    pack_uint(&p, product->returns_from_any, 1);
    pack_uint(&p, product->entitlement_count, 1);
    for (size_t i = 0; !p.failed && i < product->entitlement_count; i++)
        pack_entitlement(&p, &product->entitlements[i]);
    pack_copy_limits(&p, &product->copy_limits);
    return codec_finish(codec, &p, &out->value);
}

static void
unpack_entitlement(struct unpacker *u, struct entitlement *out)
{
    unpack_text(u, out->id, sizeof out->id);
    unpack_text(u, out->title, sizeof out->title);
    unpack_bytes(u, out->starts, sizeof out->starts);
    for (size_t i = 0; i < sizeof out->starts; i++)
        u->failed = u->failed || out->starts[i] > START_MANUFACTURE;
    out->months = (uint16_t)unpack_uint(u, 2);
    out->requires_activation = unpack_bool(u);
    unpack_text(u, out->covers, sizeof out->covers);
    unpack_text(u, out->countries, sizeof out->countries);
}

static void
unpack_copy_limits(struct unpacker *u, struct copy_limits *out)
{
    if (u->failed || u->len == 0)
        return;
    size_t count = (size_t)unpack_uint(u, 1);
    u->failed = u->failed || count == 0 || count > COPY_LIMITS;
    for (size_t i = 0; !u->failed && i < count; i++)
        out->at[i] = (uint16_t)unpack_uint(u, 2);
    u->failed = u->failed || out->at[count - 1] == 0 || out->at[0] != 0;
}

enum err
product_decode(struct codec *codec, struct span key, struct span value, struct product *out)
{
    struct unpacker u;
    char no_text[1];
    memset(out, 0, sizeof *out);
    if (!key_read_pair(key, out->gtin, no_text, sizeof no_text) ||
        !codec_open(codec, table_name(TABLE_PRODUCTS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    out->version = unpack_uint(&u, 4);
    unpack_text(&u, out->item, sizeof out->item);
    unpack_text(&u, out->brand, sizeof out->brand);
    unpack_text(&u, out->name, sizeof out->name);
    unpack_text(&u, out->model, sizeof out->model);
    unpack_text(&u, out->picture, sizeof out->picture);
    unpack_text(&u, out->support, sizeof out->support);
    unpack_text(&u, out->markets, sizeof out->markets);
    out->offset_minutes = unpack_offset(&u);
    out->activation_before_sale = unpack_bool(&u);
    out->returns_from_any = unpack_bool(&u);
    out->entitlement_count = (uint8_t)unpack_uint(&u, 1);
    u.failed = u.failed || out->entitlement_count > ENTITLEMENTS_MAX;
    for (size_t i = 0; !u.failed && i < out->entitlement_count; i++)
        unpack_entitlement(&u, &out->entitlements[i]);
    unpack_copy_limits(&u, &out->copy_limits);
    return unpack_done(&u) && out->version > 0 ? ERR_OK : ERR_CORRUPT;
}

bool
lot_encode(struct codec *codec, const struct lot *lot, struct record *out)
{
    key_pair(&out->key, lot->gtin, lot->lot);
    struct packer p = codec_begin(codec, table_name(TABLE_LOTS), key_span(&out->key));
    p.failed = p.failed || lot->version > UINT32_MAX;
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_uint(&p, lot->version, 4);
    pack_day(&p, lot->made_on);
    pack_day(&p, lot->expires_on);
    return codec_finish(codec, &p, &out->value);
}

enum err
lot_decode(struct codec *codec, struct span key, struct span value, struct lot *out)
{
    struct unpacker u;
    memset(out, 0, sizeof *out);
    if (!key_read_pair(key, out->gtin, out->lot, sizeof out->lot) || out->lot[0] == '\0' ||
        !codec_open(codec, table_name(TABLE_LOTS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    out->version = unpack_uint(&u, 4);
    out->made_on = unpack_day(&u);
    out->expires_on = unpack_day(&u);
    return unpack_done(&u) && out->version > 0 ? ERR_OK : ERR_CORRUPT;
}

bool
recall_encode(struct codec *codec, const struct recall *recall, struct record *out)
{
    key_pair(&out->key, recall->gtin, recall->id);
    struct packer p = codec_begin(codec, table_name(TABLE_RECALLS), key_span(&out->key));
    p.failed = p.failed || recall->version > UINT32_MAX || recall->text_count > RECALL_TEXTS_MAX;
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_uint(&p, recall->version, 4);
    pack_text(&p, recall->lot);
    pack_text(&p, recall->serial_from);
    pack_text(&p, recall->serial_to);
    pack_day(&p, recall->made_from);
    pack_day(&p, recall->made_to);
    pack_uint(&p, recall->stop_use, 1);
    pack_long_text(&p, recall->text);
    pack_text(&p, recall->link);
    pack_time(&p, recall->opened_at);
    pack_time(&p, recall->lifted_at);
    pack_uint(&p, recall->text_count, 1);
    for (size_t i = 0; !p.failed && i < recall->text_count; i++) {
        pack_text(&p, recall->texts[i].language);
        pack_long_text(&p, recall->texts[i].text);
    }
    return codec_finish(codec, &p, &out->value);
}

enum err
recall_decode(struct codec *codec, struct span key, struct span value, struct recall *out)
{
    struct unpacker u;
    memset(out, 0, sizeof *out);
    if (!key_read_pair(key, out->gtin, out->id, sizeof out->id) || out->id[0] == '\0' ||
        !codec_open(codec, table_name(TABLE_RECALLS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    out->version = unpack_uint(&u, 4);
    unpack_text(&u, out->lot, sizeof out->lot);
    unpack_text(&u, out->serial_from, sizeof out->serial_from);
    unpack_text(&u, out->serial_to, sizeof out->serial_to);
    out->made_from = unpack_day(&u);
    out->made_to = unpack_day(&u);
    out->stop_use = unpack_bool(&u);
    unpack_long_text(&u, out->text, sizeof out->text);
    unpack_text(&u, out->link, sizeof out->link);
    out->opened_at = unpack_time(&u);
    out->lifted_at = unpack_time(&u);
    out->text_count = unpack_uint(&u, 1);
    u.failed = u.failed || out->text_count > RECALL_TEXTS_MAX;
    for (size_t i = 0; !u.failed && i < out->text_count; i++) {
        unpack_text(&u, out->texts[i].language, sizeof out->texts[i].language);
        unpack_long_text(&u, out->texts[i].text, sizeof out->texts[i].text);
    }
    return unpack_done(&u) && out->version > 0 ? ERR_OK : ERR_CORRUPT;
}

bool
recall_id_encode(struct codec *codec, const struct recall *recall, struct record *out)
{
    key_bytes(&out->key, recall->id, strlen(recall->id));
    struct packer p = codec_begin(codec, table_name(TABLE_RECALL_IDS), key_span(&out->key));
    p.failed = p.failed || strlen(recall->gtin) != GTIN_DIGITS;
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_bytes(&p, recall->gtin, p.failed ? 0 : GTIN_DIGITS);
    return codec_finish(codec, &p, &out->value);
}

enum err
recall_id_decode(struct codec *codec, struct span key, struct span value,
                 char gtin[static GTIN_DIGITS + 1])
{
    struct unpacker u;
    memset(gtin, 0, GTIN_DIGITS + 1);
    if (!codec_open(codec, table_name(TABLE_RECALL_IDS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    unpack_bytes(&u, gtin, GTIN_DIGITS);
    return unpack_done(&u) && strlen(gtin) == GTIN_DIGITS ? ERR_OK : ERR_CORRUPT;
}
