/* SPDX-License-Identifier: Apache-2.0 */
/* Units, their events, and operations. */
#include <sodium.h>
#include <string.h>

#include "gateway/registry/codec.h"

struct day_field {
    unsigned bit;
    size_t offset; /* in struct unit */
};

struct text_field {
    unsigned bit;
    size_t offset, size;
};

#define DAY(bit, member)                                                                           \
    {                                                                                              \
        PRESENT_##bit, offsetof(struct unit, member)                                               \
    }
#define TEXT(bit, member)                                                                          \
    {                                                                                              \
        PRESENT_##bit, offsetof(struct unit, member), sizeof(((struct unit *)NULL)->member)        \
    }

static const struct day_field days[] = {
    DAY(MADE_ON, made_on), DAY(EXPIRES_ON, expires_on),     DAY(SHIPPED_ON, shipped_on),
    DAY(SOLD_ON, sold_on), DAY(ACTIVATED_ON, activated_on),
};

static const struct text_field texts[] = {
    TEXT(VARIANT, id.variant),
    TEXT(LOT, id.lot),
    TEXT(LOCATION, location),
    TEXT(SELLER, seller),
    TEXT(PURCHASE_ORDER, purchase_order),
    TEXT(SALES_ORDER, sales_order),
    TEXT(DOCUMENT, document),
};

enum { DAYS = sizeof days / sizeof days[0], TEXTS = sizeof texts / sizeof texts[0] };

static const civil_day *
day_in(const struct unit *unit, size_t i)
{
    return (const civil_day *)(const void *)((const char *)unit + days[i].offset);
}

static const char *
text_in(const struct unit *unit, size_t i)
{
    return (const char *)unit + texts[i].offset;
}

static unsigned
present_in(const struct unit *unit)
{
    unsigned present = sodium_is_zero(unit->claim, SEAL_BYTES) ? 0 : PRESENT_CLAIM;
    for (size_t i = 0; i < DAYS; i++)
        present |= *day_in(unit, i) == CIVIL_NONE ? 0 : days[i].bit;
    for (size_t i = 0; i < TEXTS; i++)
        present |= text_in(unit, i)[0] == '\0' ? 0 : texts[i].bit;
    return present;
}

bool
unit_encode(struct codec *codec, const struct unit *unit,
            const uint8_t operation[static OPERATION_ID_BYTES], struct record *out)
{
    unsigned present = present_in(unit);
    key_pair(&out->key, unit->id.gtin, unit->id.serial);
    struct packer p = codec_begin(codec, table_name(TABLE_UNITS), key_span(&out->key));
    p.failed = p.failed || unit->version > UINT32_MAX;
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_uint(&p, unit->version, 4);
    pack_uint(&p, unit->state, 1);
    pack_uint(&p, unit->conditions, 1);
    pack_uint(&p, present, 2);
    pack_bytes(&p, unit->kid, KID_BYTES);
    pack_bytes(&p, unit->seal, SEAL_BYTES);
    pack_time(&p, unit->registered_at);
    pack_bytes(&p, operation, OPERATION_ID_BYTES);
    pack_bytes(&p, unit->claim, (present & PRESENT_CLAIM) != 0 ? SEAL_BYTES : 0);
    for (size_t i = 0; i < DAYS; i++)
        if ((present & days[i].bit) != 0)
            pack_day(&p, *day_in(unit, i));
    for (size_t i = 0; i < TEXTS; i++)
        if ((present & texts[i].bit) != 0)
            pack_text(&p, text_in(unit, i));
    return codec_finish(codec, &p, &out->value);
}

/* The fields that may be absent; the unit was zeroed. */
static void
unpack_optional(struct unpacker *u, unsigned present, struct unit *out)
{
    if ((present & PRESENT_CLAIM) != 0)
        unpack_bytes(u, out->claim, SEAL_BYTES);
    for (size_t i = 0; i < DAYS; i++) {
        civil_day day = (present & days[i].bit) != 0 ? unpack_day(u) : CIVIL_NONE;
        memcpy((char *)out + days[i].offset, &day, sizeof day);
    }
    for (size_t i = 0; i < TEXTS; i++)
        if ((present & texts[i].bit) != 0)
            unpack_text(u, (char *)out + texts[i].offset, texts[i].size);
}

static bool
unit_sound(const struct unit *unit, unsigned present)
{
    bool known = unit->version > 0 && unit->state > UNIT_NONE && unit->state < UNIT_STATE_COUNT &&
                 (unit->conditions & ~CONDITION_ALL) == 0 &&
                 (present & ~(unsigned)PRESENT_ALL) == 0;
    /* What is said to be present is: so that there is one spelling. */
    return known && present == present_in(unit);
}

enum err
unit_decode(struct codec *codec, struct span key, struct span value, struct unit *out,
            uint8_t operation[static OPERATION_ID_BYTES])
{
    struct unpacker u;
    struct unit_key id;
    if (!key_read_unit(key, &id) || !codec_open(codec, table_name(TABLE_UNITS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    memset(out, 0, sizeof *out);
    memcpy(out->id.gtin, id.gtin, sizeof id.gtin);
    memcpy(out->id.serial, id.serial, sizeof id.serial);
    out->version = unpack_uint(&u, 4);
    out->state = (enum unit_state)unpack_uint(&u, 1);
    out->conditions = (uint8_t)unpack_uint(&u, 1);
    unsigned present = (unsigned)unpack_uint(&u, 2);
    unpack_bytes(&u, out->kid, KID_BYTES);
    unpack_bytes(&u, out->seal, SEAL_BYTES);
    out->registered_at = unpack_time(&u);
    unpack_bytes(&u, operation, OPERATION_ID_BYTES);
    unpack_optional(&u, present, out);
    return unpack_done(&u) && unit_sound(out, present) ? ERR_OK : ERR_CORRUPT;
}

static bool
role_known(enum role role)
{
    return strcmp(role_name(role), "none") != 0;
}

bool
event_encode(struct codec *codec, const struct unit_key *unit, uint64_t number,
             const struct event *event, struct record *out)
{
    key_event(&out->key, unit, number);
    struct packer p = codec_begin(codec, table_name(TABLE_EVENTS), key_span(&out->key));
    p.failed = p.failed || event->field_count > EVENT_FIELDS_MAX;
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_uint(&p, event->type, 1);
    pack_uint(&p, event->role, 1);
    pack_time(&p, event->at);
    pack_bytes(&p, event->operation, OPERATION_ID_BYTES);
    pack_offset(&p, event->offset_minutes);
    pack_uint(&p, event->ends_own, 1);
    pack_text(&p, event->actor);
    pack_uint(&p, event->field_count, 1);
    for (size_t i = 0; !p.failed && i < event->field_count; i++) {
        pack_uint(&p, event->fields[i].id, 1);
        pack_text(&p, event->fields[i].value);
    }
    return codec_finish(codec, &p, &out->value);
}

static void
unpack_fields(struct unpacker *u, struct event *out)
{
    size_t count = (size_t)unpack_uint(u, 1);
    u->failed = u->failed || count > EVENT_FIELDS_MAX;
    for (size_t i = 0; !u->failed && i < count; i++) {
        struct event_field *field = &out->fields[i];
        uint64_t id = unpack_uint(u, 1);
        u->failed = u->failed || id == FIELD_NONE || id >= FIELD_ID_COUNT;
        field->id = (enum event_field_id)id;
        unpack_text(u, field->value, sizeof field->value);
        out->field_count = i + 1;
    }
}

enum err
event_decode(struct codec *codec, struct span key, struct span value, struct event *out)
{
    struct unpacker u;
    if (!codec_open(codec, table_name(TABLE_EVENTS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    memset(out, 0, sizeof *out);
    out->type = (enum event_type)unpack_uint(&u, 1);
    out->role = (enum role)unpack_uint(&u, 1);
    out->at = unpack_time(&u);
    unpack_bytes(&u, out->operation, OPERATION_ID_BYTES);
    out->offset_minutes = unpack_offset(&u);
    out->ends_own = unpack_bool(&u);
    unpack_text(&u, out->actor, sizeof out->actor);
    unpack_fields(&u, out);
    bool known =
        out->type > EVENT_COMMISSION && out->type < EVENT_TYPE_COUNT && role_known(out->role);
    return unpack_done(&u) && known ? ERR_OK : ERR_CORRUPT;
}

bool
operation_encode(struct codec *codec, const struct operation *operation, struct record *out)
{
    key_bytes(&out->key, operation->id, OPERATION_ID_BYTES);
    struct packer p = codec_begin(codec, table_name(TABLE_OPERATIONS), key_span(&out->key));
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_bytes(&p, operation->digest, SEAL_BYTES);
    pack_time(&p, operation->at);
    pack_uint(&p, operation->role, 1);
    pack_uint(&p, operation->count, 4);
    pack_text(&p, operation->actor);
    pack_text(&p, operation->note);
    return codec_finish(codec, &p, &out->value);
}

enum err
operation_decode(struct codec *codec, struct span key, struct span value, struct operation *out)
{
    struct unpacker u;
    if (key.len != OPERATION_ID_BYTES ||
        !codec_open(codec, table_name(TABLE_OPERATIONS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    memset(out, 0, sizeof *out);
    memcpy(out->id, key.data, OPERATION_ID_BYTES);
    unpack_bytes(&u, out->digest, SEAL_BYTES);
    out->at = unpack_time(&u);
    out->role = (enum role)unpack_uint(&u, 1);
    out->count = (uint32_t)unpack_uint(&u, 4);
    unpack_text(&u, out->actor, sizeof out->actor);
    unpack_text(&u, out->note, sizeof out->note);
    return unpack_done(&u) && role_known(out->role) ? ERR_OK : ERR_CORRUPT;
}
