/* SPDX-License-Identifier: Apache-2.0 */
/* Units. */
#include <sodium.h>
#include <string.h>

#include "gateway/registry/codec.h"

/* One optional member. */
struct part {
    unsigned bit; /* in `present` */
    size_t offset, size;
    const struct part_kind *kind;
};

struct part_kind {
    bool (*there)(const struct unit *unit, const struct part *part);
    void (*pack)(struct packer *p, const struct unit *unit, const struct part *part);
    void (*unpack)(struct unpacker *u, struct unit *unit, const struct part *part);
};

static const void *
member(const struct unit *unit, const struct part *part)
{
    return (const char *)unit + part->offset;
}

static void *
member_of(struct unit *unit, const struct part *part)
{
    return (char *)unit + part->offset;
}

static bool
not_zero(const struct unit *unit, const struct part *part)
{
    return !sodium_is_zero(member(unit, part), part->size);
}

static void
pack_plain(struct packer *p, const struct unit *unit, const struct part *part)
{
    pack_bytes(p, member(unit, part), part->size);
}

static void
unpack_plain(struct unpacker *u, struct unit *unit, const struct part *part)
{
    unpack_bytes(u, member_of(unit, part), part->size);
}

static void
pack_moment(struct packer *p, const struct unit *unit, const struct part *part)
{
    int64_t time = 0;
    memcpy(&time, member(unit, part), sizeof time);
    pack_time(p, time);
}

static void
unpack_moment(struct unpacker *u, struct unit *unit, const struct part *part)
{
    int64_t time = unpack_time(u);
    memcpy(member_of(unit, part), &time, sizeof time);
}

static civil_day
day_in(const struct unit *unit, const struct part *part)
{
    civil_day day = CIVIL_NONE;
    memcpy(&day, member(unit, part), sizeof day);
    return day;
}

static bool
is_day(const struct unit *unit, const struct part *part)
{
    return day_in(unit, part) != CIVIL_NONE;
}

static void
pack_civil(struct packer *p, const struct unit *unit, const struct part *part)
{
    pack_day(p, day_in(unit, part));
}

static void
unpack_civil(struct unpacker *u, struct unit *unit, const struct part *part)
{
    civil_day day = unpack_day(u);
    memcpy(member_of(unit, part), &day, sizeof day);
}

static bool
is_text(const struct unit *unit, const struct part *part)
{
    return *(const char *)member(unit, part) != '\0';
}

static void
pack_string(struct packer *p, const struct unit *unit, const struct part *part)
{
    pack_text(p, member(unit, part));
}

static void
unpack_string(struct unpacker *u, struct unit *unit, const struct part *part)
{
    unpack_text(u, member_of(unit, part), part->size);
}

static bool
is_adjusted(const struct unit *unit, const struct part *part)
{
    (void)part;
    return unit->adjustment_count > 0;
}

static void
pack_adjusted(struct packer *p, const struct unit *unit, const struct part *part)
{
    (void)part;
    pack_adjustments(p, unit->adjustments, unit->adjustment_count);
}

static void
unpack_adjusted(struct unpacker *u, struct unit *unit, const struct part *part)
{
    (void)part;
    unit->adjustment_count = unpack_adjustments(u, unit->adjustments);
}

/* The bit says it all. */
static bool
is_said(const struct unit *unit, const struct part *part)
{
    return *(const bool *)member(unit, part);
}

static void
pack_said(struct packer *p, const struct unit *unit, const struct part *part)
{
    (void)p;
    (void)unit;
    (void)part;
}

static void
unpack_said(struct unpacker *u, struct unit *unit, const struct part *part)
{
    (void)u;
    *(bool *)member_of(unit, part) = true;
}

static const struct part_kind plain = {not_zero, pack_plain, unpack_plain};
static const struct part_kind moment = {not_zero, pack_moment, unpack_moment};
static const struct part_kind civil = {is_day, pack_civil, unpack_civil};
static const struct part_kind string = {is_text, pack_string, unpack_string};
static const struct part_kind adjusted = {is_adjusted, pack_adjusted, unpack_adjusted};
static const struct part_kind said = {is_said, pack_said, unpack_said};

#define PART(bit, member, kind)                                                                    \
    {                                                                                              \
        PRESENT_##bit, offsetof(struct unit, member), sizeof(((struct unit *)NULL)->member),       \
            &(kind)                                                                                \
    }

/* In the order of their bits, which is that of their bytes. */
static const struct part parts[] = {
    PART(CLAIM, claim, plain),
    PART(MADE_ON, made_on, civil),
    PART(EXPIRES_ON, expires_on, civil),
    PART(SHIPPED_ON, shipped_on, civil),
    PART(SOLD_ON, sold_on, civil),
    PART(ACTIVATED_ON, activated_on, civil),
    PART(VARIANT, id.variant, string),
    PART(LOT, id.lot, string),
    PART(LOCATION, location, string),
    PART(SELLER, seller, string),
    PART(PURCHASE_ORDER, purchase_order, string),
    PART(SALES_ORDER, sales_order, string),
    PART(DOCUMENT, document, string),
    PART(OWNER, owner, plain),
    PART(TRANSFER, transfer, plain),
    PART(TRANSFER_UNTIL, transfer_until, moment),
    PART(PROVISIONAL, provisional, plain),
    PART(PROVISIONAL_UNTIL, provisional_until, moment),
    PART(RECOVERY_AT, recovery_at, moment),
    PART(LINKED_GTIN, linked.gtin, string),
    PART(LINKED_SERIAL, linked.serial, string),
    PART(ADJUSTMENTS, adjustments, adjusted),
    PART(UNPROVEN, unproven, said),
};

enum { PARTS = sizeof parts / sizeof parts[0] };
_Static_assert(PRESENT_ALL == (1U << PARTS) - 1, "every bit has its part");

static unsigned
present_in(const struct unit *unit)
{
    unsigned present = 0;
    for (size_t i = 0; i < PARTS; i++)
        present |= parts[i].kind->there(unit, &parts[i]) ? parts[i].bit : 0;
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
    pack_uint(&p, present, 4);
    pack_bytes(&p, unit->kid, KID_BYTES);
    pack_bytes(&p, unit->seal, SEAL_BYTES);
    pack_time(&p, unit->registered_at);
    pack_bytes(&p, operation, OPERATION_ID_BYTES);
    for (size_t i = 0; i < PARTS; i++)
        if ((present & parts[i].bit) != 0)
            parts[i].kind->pack(&p, unit, &parts[i]);
    return codec_finish(codec, &p, &out->value);
}

/* The members that may be absent; the unit was zeroed, so that those are. What is said to be
 * present has to be: then there is one spelling. */
static void
unpack_parts(struct unpacker *u, unsigned present, struct unit *out)
{
    out->made_on = CIVIL_NONE;
    out->expires_on = CIVIL_NONE;
    out->shipped_on = CIVIL_NONE;
    out->sold_on = CIVIL_NONE;
    out->activated_on = CIVIL_NONE;
    for (size_t i = 0; i < PARTS && !u->failed; i++) {
        const struct part *part = &parts[i];
        if ((present & part->bit) == 0)
            continue;
        part->kind->unpack(u, out, part);
        u->failed = u->failed || !part->kind->there(out, part);
    }
}

static bool
unit_sound(const struct unit *unit, unsigned present)
{
    return unit->version > 0 && unit->state > UNIT_NONE && unit->state < UNIT_STATE_COUNT &&
           (unit->conditions & ~CONDITION_ALL) == 0 && (unit->provisional & ~CONDITION_ALL) == 0 &&
           (!unit->unproven || (present & PRESENT_OWNER) != 0) &&
           (present & ~(unsigned)PRESENT_ALL) == 0;
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
    unsigned present = (unsigned)unpack_uint(&u, 4);
    unpack_bytes(&u, out->kid, KID_BYTES);
    unpack_bytes(&u, out->seal, SEAL_BYTES);
    out->registered_at = unpack_time(&u);
    unpack_bytes(&u, operation, OPERATION_ID_BYTES);
    unpack_parts(&u, present, out);
    return unpack_done(&u) && unit_sound(out, present) ? ERR_OK : ERR_CORRUPT;
}
