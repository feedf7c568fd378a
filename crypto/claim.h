/* SPDX-License-Identifier: Apache-2.0 */
/* Crockford base32: claim codes and the serials we make up. Digits and capitals without I L O U. */
#ifndef ASSAY_CRYPTO_CLAIM_H
#define ASSAY_CRYPTO_CLAIM_H

#include "crypto/token.h"

enum { CLAIM_CHARS = 10 }; /* 50 bits */

/* Five bits of each random byte become one character; writes `chars` characters and a NUL. */
void crockford_format(char *out, size_t chars, const uint8_t *random_bytes);

/* All of the text is Crockford base32 in its normal form: digits and capitals, no I L O U. */
bool crockford_valid(const char *text, size_t len) CRYPTO_MUST_CHECK;

/* What a person typed, in its normal form with a NUL: lower case, O for 0, I and L for 1, spaces
 * and hyphens are understood. False unless exactly `chars` characters remain. */
bool crockford_parse(char *out, size_t chars, const char *typed, size_t len) CRYPTO_MUST_CHECK;

/* The same for a claim code. */
bool claim_parse(char out[static CLAIM_CHARS + 1], const char *typed, size_t len) CRYPTO_MUST_CHECK;

#endif
