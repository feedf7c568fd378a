/* SPDX-License-Identifier: Apache-2.0 */
/* Which unit a code names: GS1 General Specifications AIs 01, 22, 10, 21. */
#ifndef ASSAY_IDENTIFY_IDENTITY_H
#define ASSAY_IDENTIFY_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/token.h"
#include "gateway/base/err.h"
#include "gateway/base/slice.h"

enum {
    GTIN_DIGITS = 14,
    GS1_VALUE_MAX = 20, /* characters of a variant (22), lot (10) or serial (21) */
    /* "https://id.gs1.org/01/" GTIN and three values, each character as %XX at worst */
    CANONICAL_MAX = 22 + GTIN_DIGITS + 3 * (4 + 3 * GS1_VALUE_MAX),
};
_Static_assert((int)CANONICAL_MAX <= (int)PAYLOAD_MAX, "a canonical link is a payload");

/* NUL-terminated; "" is absent. A unit is keyed by (gtin, serial), never by serial alone. */
struct identity {
    char gtin[GTIN_DIGITS + 1];
    char variant[GS1_VALUE_MAX + 1]; /* AI 22, consumer product variant */
    char lot[GS1_VALUE_MAX + 1];     /* AI 10 */
    char serial[GS1_VALUE_MAX + 1];  /* AI 21 */
};

/* 14 digits and the check digit of GS1 General Specifications §7.9. */
bool gtin_valid(struct slice s) MUST_CHECK;
/* 1-20 characters of the GS1 82-character set (§7.11), not "." or "..": a browser would remove
 * those from the path, so they can be neither printed nor read. */
bool gs1_value_valid(struct slice s) MUST_CHECK;

/* The GS1 Digital Link with host id.gs1.org, path order 01 22 10 21, everything but the unreserved
 * characters of RFC 3986 §2.3 percent-encoded: what a label's signature covers. Returns its length;
 * `id` is valid (gtin and serial present). */
size_t canonical_link(char out[static CANONICAL_MAX + 1], const struct identity *id);

#endif
