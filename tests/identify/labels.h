/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and labels for the tests of this room. */
#ifndef ASSAY_TESTS_IDENTIFY_LABELS_H
#define ASSAY_TESTS_IDENTIFY_LABELS_H

#include "crypto/token_sign.h"
#include "gateway/identify/trust.h"

#define SEED_A                                                                                     \
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60" /* RFC 8032 §7.1 */
#define SEED_B "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
#define GTIN "09506000134352"
/* SEED_A's token for GTIN with serial 7K3M9Q2XBT4H, made by Node (tests/vectors). */
#define TOKEN                                                                                      \
    "AGDG5355M6CH4J4PGZZB53JTRSSZTAKKFMJGMIL4XUWALF52I3FCKTTSWRX7QF32K5PJHX3W3QW5WPU5"             \
    "MO7BFV2ZXRLSZVB4OGU32V3HXUGOUNID"

enum { LABEL_URL_MAX = 600 };

struct test_key {
    uint8_t secret_key[SECRET_KEY_BYTES];
    struct keyset_entry entry; /* active, scope 0950600 */
};

struct test_key test_key_of(const char *seed);
struct identity identity_of(const char *gtin, const char *variant, const char *lot,
                            const char *serial);
/* "https://ID.EXAMPLE.COM" and the canonical path, with "?S=" and the token of `key`. */
void label_url(char out[static LABEL_URL_MAX], const struct test_key *key,
               const struct identity *id);
void assert_identity(const char *label, const struct identity *id, const struct identity *expected);

/* A `reading_confirm` over one keyset, which counts its calls and keeps its last answer. */
struct confirmation {
    const struct keyset *keyset;
    size_t calls;
    bool genuine;
};
bool confirm_genuine(const struct reading *candidate, void *context);

/* A copy of exactly `len` bytes on the heap, so that a read past its end is seen. */
char *exact_copy(const char *data, size_t len);

#endif
