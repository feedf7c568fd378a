/* SPDX-License-Identifier: Apache-2.0 */
/* The keyset: every public issuing key with its scope, window and status. Who is trusted.
 *
 * File: INI (libinih), one section a key, written by `assay keys` and readable by people:
 *   [keyset]
 *   version = 7                      only ever rises; a lower one is refused on reload
 *   [key 3f9a1b2c4d]                 kid in hex; must be the kid of public_key
 *   name = plant-a                   1-32 of a-z 0-9 -, not first -; unique
 *   public_key = HEX                 signs serials
 *   manifest_key = HEX               signs manifests; no key of the file is repeated
 *   organisation = Example Brand     1-64 bytes UTF-8; as for reason, no word begins with ';'
 *   gtin_prefixes = 0950600 0412345  1-8 prefixes of a GTIN-14, 1-13 digits each, space-separated
 *   not_before = 2026-01-01T00:00:00Z   window in which it may issue
 *   not_after = 2031-01-01T00:00:00Z
 *   status = active | retired | revoked
 *   compromised_since = 2026-05-01T00:00:00Z   only when revoked, then required
 *   reason = …                       only when revoked, then required; 1-120 bytes UTF-8
 * A key exported on one machine is a file of this form with one section, and is merged into the
 * keyset of another. An unknown key, a missing or repeated one, a wrong kid, an invalid point:
 * refused, with file and line. At most KEYSET_MAX keys and KEYSET_FILE_MAX bytes. */
#ifndef ASSAY_KEYS_KEYSET_H
#define ASSAY_KEYS_KEYSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/token.h"
#include "gateway/base/err.h"
#include "gateway/base/text.h"

enum {
    KEYSET_MAX = 256,
    KEYSET_FILE_MAX = 256 * 1024,
    KEY_NAME_MAX = 32,
    KEY_ORGANISATION_MAX = 64,
    KEY_REASON_MAX = 120,
    KEY_PREFIXES_MAX = 8,
    GTIN_PREFIX_MAX = 13
};

#define KEYSET_VERSION_MAX ((UINT64_C(1) << 53) - 1) /* what a JSON number holds exactly */

enum key_status {
    KEY_UNTRUSTED = 0, /* a zeroed entry trusts nothing */
    KEY_ACTIVE,        /* issues new labels; its labels are good */
    KEY_RETIRED,       /* its labels are good, no new ones */
    KEY_REVOKED        /* only units registered before compromised_since stay genuine */
};

struct keyset_entry {
    uint8_t kid[KID_BYTES];
    uint8_t public_key[PUBLIC_KEY_BYTES];
    uint8_t manifest_key[PUBLIC_KEY_BYTES];
    char name[KEY_NAME_MAX + 1];
    char organisation[KEY_ORGANISATION_MAX + 1];
    char prefixes[KEY_PREFIXES_MAX][GTIN_PREFIX_MAX + 1];
    size_t prefix_count;
    int64_t not_before, not_after; /* Unix seconds; issuing is allowed in [not_before, not_after) */
    enum key_status status;
    int64_t compromised_since; /* Unix seconds; 0 unless revoked */
    char reason[KEY_REASON_MAX + 1];
};

struct keyset {
    uint64_t version;
    size_t count;
    struct keyset_entry entries[KEYSET_MAX];
};

const char *key_status_name(enum key_status status); /* "active", … */

/* 1 to KEY_NAME_MAX of a-z 0-9 -, not beginning with '-'. */
bool key_name_valid(const char *name);

/* Adds a copy of an entry. ERR_INVALID when a value breaks its rule or a public key is no canonical
 * point of the prime-order group; ERR_EXISTS when the name or one of the two public keys is in the
 * keyset already; ERR_FULL. Does not touch the version. */
enum err keyset_add(struct keyset *keyset, const struct keyset_entry *entry,
                    struct fault *fault) MUST_CHECK;
/* Adds every entry of `more`, or none of them when one is refused. */
enum err keyset_merge(struct keyset *keyset, const struct keyset *more,
                      struct fault *fault) MUST_CHECK;

/* Parses a whole file's text. `path` is used in faults only. */
enum err keyset_parse(struct keyset *out, struct slice text, const char *path,
                      struct fault *fault) MUST_CHECK;
void keyset_format(struct text *out, const struct keyset *keyset);

/* Reads the file. ERR_NOT_FOUND when there is none. The caller frees *out with free(). */
enum err keyset_load(const char *path, struct keyset **out, struct fault *fault) MUST_CHECK;

/* Changes the file under a lock (PATH.lock): loads it (or starts an empty keyset), calls `edit`,
 * raises the version by one and replaces the file, mode 0644. The file stays as it was when `edit`
 * returns an error or leaves an entry that keyset_add would refuse, and when it is a symbolic link
 * (ERR_DENIED: replacing the link would not change the file that the gateway reads). */
typedef enum err keyset_edit(struct keyset *keyset, void *context, struct fault *fault);
enum err keyset_update(const char *path, keyset_edit *edit, void *context,
                       struct fault *fault) MUST_CHECK;

/* The n-th (from 0) entry with this kid, or NULL: a kid is a hint, and several keys may share it.
 */
const struct keyset_entry *keyset_find(const struct keyset *keyset,
                                       const uint8_t kid[static KID_BYTES], size_t n);
const struct keyset_entry *keyset_find_name(const struct keyset *keyset, const char *name);
bool keyset_scope_allows(const struct keyset_entry *entry, const char *gtin14);
/* May this key issue a new label for `gtin14` at `now`? The fault says why not (ERR_DENIED). */
enum err keyset_may_issue(const struct keyset_entry *entry, const char *gtin14, int64_t now,
                          struct fault *fault) MUST_CHECK;

/* JSON Web Key Set (RFC 7517, RFC 8037): kty OKP, crv Ed25519, alg Ed25519 (RFC 9864), use sig, kid
 * as lower-case hex, and our members status, organisation, gtin_prefixes, compromised_since. */
void keyset_jwks(struct text *out, const struct keyset *keyset);

#endif
