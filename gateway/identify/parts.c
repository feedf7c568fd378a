/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/identify/parts.h"

static const struct {
    const char *ai;
    size_t offset; /* in struct identity */
} parts[PART_COUNT] = {
    [PART_GTIN] = {"01", offsetof(struct identity, gtin)},
    [PART_VARIANT] = {"22", offsetof(struct identity, variant)},
    [PART_LOT] = {"10", offsetof(struct identity, lot)},
    [PART_SERIAL] = {"21", offsetof(struct identity, serial)},
};

enum part
part_of(struct slice ai)
{
    enum part part = PART_GTIN;
    while (part < PART_COUNT && !slice_equal(ai, parts[part].ai))
        part++;
    return part;
}

bool
part_present(const struct identity *id, enum part part)
{
    return ((const char *)id)[parts[part].offset] != '\0';
}

static enum reading_error
gtin_check(struct slice value)
{
    if (value.len != GTIN_DIGITS)
        return READ_BAD_GTIN_LENGTH;
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] < '0' || value.data[i] > '9')
            return READ_BAD_GTIN_LENGTH;
    return gtin_valid(value) ? READ_OK : READ_BAD_CHECK_DIGIT;
}

enum reading_error
part_store(struct identity *id, enum part part, struct slice value)
{
    size_t size = part == PART_GTIN ? sizeof id->gtin : sizeof id->serial;
    enum reading_error error = READ_OK;
    if (part == PART_GTIN)
        error = gtin_check(value);
    if (part != PART_GTIN && !gs1_value_valid(value))
        error = READ_BAD_VALUE;
    if (error != READ_OK)
        return error;
    return slice_copy((char *)id + parts[part].offset, size, value) ? READ_OK : READ_BAD_VALUE;
}

enum reading_error
reading_fail(struct reading *out, enum reading_error error, size_t at)
{
    *out = (struct reading){.error = error, .error_at = at};
    return error;
}

enum reading_error
reading_finish(struct reading *out, enum reading_kind kind)
{
    out->kind = kind;
    if (kind != READING_SERIAL)
        out->canonical_len = canonical_link(out->canonical, &out->id);
    return READ_OK;
}

size_t
first_unprintable(struct slice s, char also)
{
    size_t at = 0;
    while (at < s.len && ((s.data[at] > ' ' && s.data[at] <= '~') || s.data[at] == also))
        at++;
    return at;
}
