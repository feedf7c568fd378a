/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of stored records: big-endian integers and length-prefixed strings, one byte at a time.
 * Failure is sticky in both directions, so that a codec packs or unpacks a whole record and asks
 * once. */
#ifndef ASSAY_REGISTRY_PACK_H
#define ASSAY_REGISTRY_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/date.h"
#include "gateway/base/err.h"

/* Bytes somebody else owns. */
struct span {
    const uint8_t *data;
    size_t len;
};

struct packer {
    uint8_t *data; /* of the caller */
    size_t len, max;
    bool failed; /* did not fit, or a string was longer than its prefix can say */
};

void pack_uint(struct packer *p, uint64_t value, size_t width); /* the low `width` bytes */
void pack_day(struct packer *p, civil_day day);                 /* 4 bytes, two's complement */
void pack_time(struct packer *p, int64_t time);                 /* 8 bytes, two's complement */
void pack_offset(struct packer *p, int16_t minutes);            /* 2 bytes, two's complement */
void pack_bytes(struct packer *p, const void *data, size_t len);
void pack_text(struct packer *p, const char *text);      /* 1 byte of length; up to 255 */
void pack_long_text(struct packer *p, const char *text); /* 2 bytes of length */

struct unpacker {
    const uint8_t *data;
    size_t len; /* bytes that are left */
    bool failed;
};

/* Each gives zero, or an empty string, once the unpacker has failed. */
uint64_t unpack_uint(struct unpacker *u, size_t width);
civil_day unpack_day(struct unpacker *u);
int64_t unpack_time(struct unpacker *u);
int16_t unpack_offset(struct unpacker *u);
/* 0 or 1; anything else fails. */
bool unpack_bool(struct unpacker *u);
void unpack_bytes(struct unpacker *u, void *out, size_t len);
/* Fails on a string that does not fit `size` with its NUL, or that holds a NUL. */
void unpack_text(struct unpacker *u, char *out, size_t size);
void unpack_long_text(struct unpacker *u, char *out, size_t size);
/* Nothing failed and nothing is left. */
bool unpack_done(const struct unpacker *u) MUST_CHECK;

#endif
