/* SPDX-License-Identifier: Apache-2.0 */
/* What the `keys` commands share: how a key is shown, where its secret is, how a time is written.
 */
#ifndef ASSAY_CLI_KEYS_H
#define ASSAY_CLI_KEYS_H

#include "gateway/cli/cli.h"

enum { KEY_PATH_MAX = 4096 };

/* DATA/keyset.ini and DATA/keys/NAME.key; the secret exists only where it was made. */
struct key_paths {
    char keyset[KEY_PATH_MAX];
    char directory[KEY_PATH_MAX];
    char secret[KEY_PATH_MAX];
};
enum err key_paths(struct key_paths *out, const struct invocation *in, const char *name,
                   struct fault *fault) MUST_CHECK;

/* {"name", "kid", "organisation", "gtin_prefixes", "not_before", "not_after", "status",
 * "compromised_since", "reason", "age_days", "secret": is its file in `in`'s data directory?} */
void key_json(struct text *out, const struct invocation *in, const struct keyset_entry *entry);
/* "plant-a (3f9a1b2c4d, Example Brand)" */
void key_title(struct text *out, const struct keyset_entry *entry);

/* "2026-05-01T00:00:00Z", or a day, which means its first moment. ERR_USAGE names the option. */
enum err key_time(int64_t *out, const char *value, const char *option,
                  struct fault *fault) MUST_CHECK;

/* ERR_NOT_FOUND with the nearest name; *out points into the keyset. */
enum err key_find(const struct keyset *keyset, const char *name, const struct keyset_entry **out,
                  struct fault *fault) MUST_CHECK;

#endif
