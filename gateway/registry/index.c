/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/registry/index.h"

#include <string.h>

enum { GTIN_BYTES = 6 };
_Static_assert(LOCATION_MAX + 1 + GTIN_BYTES + GS1_VALUE_MAX + 1 <= RECORD_KEY_MAX, "a row fits");
_Static_assert((int)ORDER_MAX <= (int)LOCATION_MAX, "an order's row fits");

static void
pack_gtin(struct packer *p, const char *gtin)
{
    uint64_t number = 0;
    p->failed = p->failed || strlen(gtin) != GTIN_DIGITS;
    for (; *gtin != '\0'; gtin++)
        number = number * 10 + (uint64_t)(*gtin - '0');
    pack_uint(p, number, GTIN_BYTES);
}

static bool
unpack_gtin(struct unpacker *u, char out[static GTIN_DIGITS + 1])
{
    uint64_t number = unpack_uint(u, GTIN_BYTES);
    out[GTIN_DIGITS] = '\0';
    for (size_t i = GTIN_DIGITS; i-- > 0; number /= 10)
        out[i] = (char)('0' + number % 10);
    return number == 0 && !u->failed;
}

/* What the keys of all rows with this value begin with. */
static void
pack_value(struct record_key *out, struct span value)
{
    struct packer p = {out->bytes, 0, sizeof out->bytes, value.len == 0};
    pack_bytes(&p, value.data, value.len);
    pack_uint(&p, 0, 1);
    out->len = p.failed ? 0 : p.len;
}

void
index_key(struct record_key *out, struct span prefix, const char *gtin, const char *serial)
{
    struct packer p = {out->bytes, 0, sizeof out->bytes, prefix.len == 0};
    pack_bytes(&p, prefix.data, prefix.len);
    pack_gtin(&p, gtin);
    pack_bytes(&p, serial, strlen(serial));
    out->len = p.failed ? 0 : p.len;
}

bool
index_read(struct span key, struct unit_key *out)
{
    const uint8_t *nul = memchr(key.data, '\0', key.len);
    memset(out, 0, sizeof *out);
    if (nul == NULL || nul == key.data)
        return false;
    struct unpacker u = {nul + 1, key.len - (size_t)(nul + 1 - key.data), false};
    if (!unpack_gtin(&u, out->gtin) || u.len == 0 || u.len >= sizeof out->serial ||
        memchr(u.data, '\0', u.len) != NULL)
        return false;
    unpack_bytes(&u, out->serial, u.len);
    return true;
}

struct text_index {
    enum table table;
    size_t in_unit, in_filter;
};

static const struct text_index texts[] = {
    {TABLE_BY_LOT, offsetof(struct unit, id.lot), offsetof(struct unit_filter, lot)},
    {TABLE_BY_LOCATION, offsetof(struct unit, location), offsetof(struct unit_filter, location)},
    {TABLE_BY_PURCHASE, offsetof(struct unit, purchase_order),
     offsetof(struct unit_filter, purchase_order)},
    {TABLE_BY_SALE, offsetof(struct unit, sales_order), offsetof(struct unit_filter, sales_order)},
};

enum { TEXTS = sizeof texts / sizeof texts[0], CONDITIONS = 4 };
_Static_assert(TEXTS + 1 + CONDITIONS == INDEX_ROWS_MAX, "");
_Static_assert(CONDITION_ALL == (1 << CONDITIONS) - 1, "");

/* Where the rows of a unit, or the prefixes of a filter, are put together. */
struct rows {
    struct index_row *out;
    size_t count;
};

static void
add(struct rows *rows, enum table table, struct span value)
{
    struct index_row *row = &rows->out[rows->count++];
    row->table = table;
    pack_value(&row->key, value);
}

static void
add_text(struct rows *rows, enum table table, const char *text)
{
    if (text[0] != '\0')
        add(rows, table, (struct span){(const uint8_t *)text, strlen(text)});
}

static void
add_state_and_conditions(struct rows *rows, enum unit_state state, unsigned conditions)
{
    uint8_t value = (uint8_t)state;
    if (state != UNIT_NONE && state != UNIT_ISSUED)
        add(rows, TABLE_BY_STATE, (struct span){&value, 1});
    for (unsigned bit = 0; bit < CONDITIONS; bit++) {
        value = (uint8_t)(conditions & 1U << bit);
        if (value != 0)
            add(rows, TABLE_BY_CONDITION, (struct span){&value, 1});
    }
}

size_t
index_rows(const struct unit *unit, struct index_row out[static INDEX_ROWS_MAX])
{
    struct rows rows = {out, 0};
    for (size_t i = 0; i < TEXTS; i++)
        add_text(&rows, texts[i].table, (const char *)unit + texts[i].in_unit);
    add_state_and_conditions(&rows, unit->state, unit->conditions);
    for (size_t i = 0; i < rows.count; i++) {
        const struct record_key prefix = out[i].key;
        index_key(&out[i].key, key_span(&prefix), unit->id.gtin, unit->id.serial);
    }
    return rows.count;
}

bool
index_has(const struct index_row *rows, size_t count, enum table table, struct span key)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].table == table && rows[i].key.len == key.len &&
            memcmp(rows[i].key.bytes, key.data, key.len) == 0)
            return true;
    return false;
}

size_t
index_of_filter(const struct unit_filter *filter, struct index_row out[static INDEX_ROWS_MAX])
{
    struct rows rows = {out, 0};
    for (size_t i = 0; i < TEXTS; i++)
        add_text(&rows, texts[i].table, (const char *)filter + texts[i].in_filter);
    add_state_and_conditions(&rows, filter->state, filter->conditions);
    return rows.count;
}
