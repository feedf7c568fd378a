/* SPDX-License-Identifier: Apache-2.0 */
/* A slice: bytes somebody else owns, with their length. All reading of text goes through it; no
 * other file does pointer arithmetic on input. Takers move the slice forward past what they took.
 */
#ifndef ASSAY_BASE_SLICE_H
#define ASSAY_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/err.h"

struct slice {
    const char *data; /* not NUL-terminated; never NULL when len > 0 */
    size_t len;
};

struct slice slice_of(const char *text); /* text may be NULL: empty */
struct slice slice_make(const char *data, size_t len);
bool slice_equal(struct slice s, const char *text);
bool slice_equal_nocase(struct slice s, const char *text); /* ASCII only */
bool slice_starts(struct slice s, const char *prefix);
/* Index of the first `c`, or s.len. */
size_t slice_find(struct slice s, char c);
/* Everything before the first `c`; `*s` continues after it, or is empty when there is none. */
struct slice slice_take_until(struct slice *s, char c);
/* Takes `prefix` when the slice starts with it. */
bool slice_take(struct slice *s, const char *prefix);
/* Without spaces and tabs at both ends. */
struct slice slice_trim(struct slice s);
/* Copies into `out` with a NUL; false when it does not fit or holds a NUL. */
bool slice_copy(char *out, size_t out_size, struct slice s) MUST_CHECK;
/* Whole slice is one decimal number: first byte a digit, no sign, no leading zero but "0", in
 * [min, max]. */
bool slice_number(uint64_t *out, struct slice s, uint64_t min, uint64_t max) MUST_CHECK;
/* Whole slice is exactly 2*len lower- or upper-case hex digits. */
bool slice_hex(uint8_t *out, size_t len, struct slice s) MUST_CHECK;
/* Well-formed UTF-8 (RFC 3629), with no NUL. */
bool slice_utf8(struct slice s);

#endif
