/* SPDX-License-Identifier: Apache-2.0 */
/* Events of units, and operations. */
#include <sodium.h>
#include <string.h>

#include "gateway/registry/codec.h"

enum {
    FLAG_ENDS_OWN = 1,
    FLAG_PRODUCT_ALLOWS = 2,
    FLAG_SEAL = 4,
    FLAG_INHERITS = 8,
    FLAG_ENDS_CLAIM = 16,
    FLAG_WITHOUT_CLAIM = 32,
    FLAG_DISPLACES = 64
};

void
pack_adjustments(struct packer *p, const struct adjustment *adjustments, size_t count)
{
    p->failed = p->failed || count > ADJUSTMENTS_MAX;
    pack_uint(p, count, 1);
    for (size_t i = 0; !p->failed && i < count; i++) {
        pack_text(p, adjustments[i].entitlement);
        pack_uint(p, adjustments[i].excluded, 1);
        pack_uint(p, adjustments[i].months, 2);
        pack_day(p, adjustments[i].ends_on);
    }
}

size_t
unpack_adjustments(struct unpacker *u, struct adjustment out[static ADJUSTMENTS_MAX])
{
    size_t count = (size_t)unpack_uint(u, 1);
    u->failed = u->failed || count > ADJUSTMENTS_MAX;
    for (size_t i = 0; !u->failed && i < count; i++) {
        unpack_text(u, out[i].entitlement, sizeof out[i].entitlement);
        out[i].excluded = unpack_bool(u);
        out[i].months = (uint16_t)unpack_uint(u, 2);
        out[i].ends_on = unpack_day(u);
    }
    return u->failed ? 0 : count;
}

static bool
role_known(enum role role)
{
    return strcmp(role_name(role), "none") != 0;
}

static unsigned
flags_of(const struct event *event)
{
    return (event->ends_own ? FLAG_ENDS_OWN : 0U) |
           (event->product_allows ? FLAG_PRODUCT_ALLOWS : 0U) |
           (sodium_is_zero(event->seal, SEAL_BYTES) ? 0U : FLAG_SEAL) |
           (event->inherits ? FLAG_INHERITS : 0U) | (event->ends_claim ? FLAG_ENDS_CLAIM : 0U) |
           (event->without_claim ? FLAG_WITHOUT_CLAIM : 0U) |
           (event->displaces ? FLAG_DISPLACES : 0U);
}

static void
pack_inheritance(struct packer *p, const struct inheritance *inherited)
{
    pack_day(p, inherited->sold_on);
    pack_day(p, inherited->activated_on);
    pack_text(p, inherited->seller);
    pack_text(p, inherited->sales_order);
    pack_adjustments(p, inherited->adjustments, inherited->adjustment_count);
}

static void
unpack_inheritance(struct unpacker *u, struct inheritance *out)
{
    out->sold_on = unpack_day(u);
    out->activated_on = unpack_day(u);
    unpack_text(u, out->seller, sizeof out->seller);
    unpack_text(u, out->sales_order, sizeof out->sales_order);
    out->adjustment_count = unpack_adjustments(u, out->adjustments);
}

bool
event_encode(struct codec *codec, const struct unit_key *unit, uint64_t number,
             const struct event *event, struct record *out)
{
    unsigned flags = flags_of(event);
    key_event(&out->key, unit, number);
    struct packer p = codec_begin(codec, table_name(TABLE_EVENTS), key_span(&out->key));
    p.failed = p.failed || event->field_count > EVENT_FIELDS_MAX;
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_uint(&p, event->type, 1);
    pack_uint(&p, event->role, 1);
    pack_time(&p, event->at);
    pack_bytes(&p, event->operation, OPERATION_ID_BYTES);
    pack_offset(&p, event->offset_minutes);
    pack_uint(&p, flags, 1);
    pack_text(&p, event->actor);
    pack_bytes(&p, event->seal, (flags & FLAG_SEAL) != 0 ? SEAL_BYTES : 0);
    if (event->inherits)
        pack_inheritance(&p, &event->inherited);
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
    unsigned flags = (unsigned)unpack_uint(&u, 1);
    out->ends_own = (flags & FLAG_ENDS_OWN) != 0;
    out->product_allows = (flags & FLAG_PRODUCT_ALLOWS) != 0;
    out->inherits = (flags & FLAG_INHERITS) != 0;
    out->ends_claim = (flags & FLAG_ENDS_CLAIM) != 0;
    out->without_claim = (flags & FLAG_WITHOUT_CLAIM) != 0;
    out->displaces = (flags & FLAG_DISPLACES) != 0;
    unpack_text(&u, out->actor, sizeof out->actor);
    unpack_bytes(&u, out->seal, (flags & FLAG_SEAL) != 0 ? SEAL_BYTES : 0);
    if (out->inherits)
        unpack_inheritance(&u, &out->inherited);
    unpack_fields(&u, out);
    bool known =
        out->type > EVENT_COMMISSION && out->type < EVENT_TYPE_COUNT && role_known(out->role);
    return unpack_done(&u) && known && flags == flags_of(out) ? ERR_OK : ERR_CORRUPT;
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
