/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/registry/pack.h"

#include <string.h>

void
pack_bytes(struct packer *p, const void *data, size_t len)
{
    if (p->failed || len > p->max - p->len) {
        p->failed = true;
        return;
    }
    if (len > 0)
        memcpy(p->data + p->len, data, len);
    p->len += len;
}

void
pack_uint(struct packer *p, uint64_t value, size_t width)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < width; i++)
        bytes[i] = (uint8_t)(value >> (8 * (width - 1 - i)));
    pack_bytes(p, bytes, width);
}

void
pack_day(struct packer *p, civil_day day)
{
    pack_uint(p, (uint32_t)day, 4);
}

void
pack_time(struct packer *p, int64_t time)
{
    pack_uint(p, (uint64_t)time, 8);
}

void
pack_offset(struct packer *p, int16_t minutes)
{
    pack_uint(p, (uint16_t)minutes, 2);
}

static void
pack_prefixed(struct packer *p, const char *text, size_t prefix)
{
    size_t len = strlen(text);
    if (len >> (8 * prefix) != 0)
        p->failed = true;
    pack_uint(p, len, prefix);
    pack_bytes(p, text, len);
}

void
pack_text(struct packer *p, const char *text)
{
    pack_prefixed(p, text, 1);
}

void
pack_long_text(struct packer *p, const char *text)
{
    pack_prefixed(p, text, 2);
}

/* The next `len` bytes, or NULL once it failed. */
static const uint8_t *
take(struct unpacker *u, size_t len)
{
    if (u->failed || len > u->len) {
        u->failed = true;
        return NULL;
    }
    const uint8_t *taken = u->data;
    u->data += len;
    u->len -= len;
    return taken;
}

uint64_t
unpack_uint(struct unpacker *u, size_t width)
{
    const uint8_t *bytes = take(u, width);
    uint64_t value = 0;
    for (size_t i = 0; bytes != NULL && i < width; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* Converting an unsigned value that is out of range is left to the compiler by the standard; this
 * is two's complement on all of them. */
static int64_t
to_signed(uint64_t value, uint64_t sign)
{
    return (value & sign) == 0 ? (int64_t)value : -(int64_t)((sign << 1) - 1 - value) - 1;
}

civil_day
unpack_day(struct unpacker *u)
{
    return (civil_day)to_signed(unpack_uint(u, 4), UINT64_C(1) << 31);
}

int64_t
unpack_time(struct unpacker *u)
{
    return to_signed(unpack_uint(u, 8), UINT64_C(1) << 63);
}

int16_t
unpack_offset(struct unpacker *u)
{
    return (int16_t)to_signed(unpack_uint(u, 2), UINT64_C(1) << 15);
}

bool
unpack_bool(struct unpacker *u)
{
    uint64_t value = unpack_uint(u, 1);
    u->failed = u->failed || value > 1;
    return value == 1;
}

void
unpack_bytes(struct unpacker *u, void *out, size_t len)
{
    const uint8_t *bytes = take(u, len);
    if (bytes == NULL)
        memset(out, 0, len);
    else
        memcpy(out, bytes, len);
}

static void
unpack_prefixed(struct unpacker *u, char *out, size_t size, size_t prefix)
{
    size_t len = (size_t)unpack_uint(u, prefix);
    out[0] = '\0';
    if (len >= size)
        u->failed = true;
    const uint8_t *bytes = take(u, len);
    if (bytes == NULL || len == 0)
        return;
    if (memchr(bytes, '\0', len) != NULL) {
        u->failed = true;
        return;
    }
    memcpy(out, bytes, len);
    out[len] = '\0';
}

void
unpack_text(struct unpacker *u, char *out, size_t size)
{
    unpack_prefixed(u, out, size, 1);
}

void
unpack_long_text(struct unpacker *u, char *out, size_t size)
{
    unpack_prefixed(u, out, size, 2);
}

bool
unpack_done(const struct unpacker *u)
{
    return !u->failed && u->len == 0;
}
