/* SPDX-License-Identifier: Apache-2.0 */
/* What was issued here: DATA/issued/ID/ with labels.csv, cards.csv, manifest.csv and issue.json,
 * which is written last, so that a directory without it is a run that nobody was told of. Files are
 * 0600; issue.json stays when the others are removed. ID is the operation's id in hex. */
#ifndef ASSAY_API_ISSUED_H
#define ASSAY_API_ISSUED_H

#include "gateway/json/json.h"
#include "gateway/registry/registry.h"

enum { ISSUE_ID_CHARS = 2 * OPERATION_ID_BYTES, ISSUED_PATH_MAX = 320 };

struct issued {
    char id[ISSUE_ID_CHARS + 1];
    char gtin[GTIN_DIGITS + 1];
    uint64_t count;
    char lot[GS1_VALUE_MAX + 1];
    civil_day made_on, expires_on;
    char key[KEY_NAME_MAX + 1]; /* "" when the keyset does not say */
    char kid[2 * KID_BYTES + 1];
    char by[ORGANISATION_MAX + 1];
    int64_t at, registered_at, removed_at; /* 0: not */
    char digest[2 * SEAL_BYTES + 1];       /* of the request, hex */
};

struct issued_files {
    struct slice labels, cards, manifest;
};

extern const char issued_labels[], issued_cards[], issued_manifest[]; /* names of the files */
/* False when it does not fit. */
bool issued_path(char out[static ISSUED_PATH_MAX], const char *data, const char *id,
                 const char *file) MUST_CHECK;

/* Everything on disk, issue.json last. */
enum err issued_create(const char *data, const struct issued *issued,
                       const struct issued_files *files, struct fault *fault) MUST_CHECK;
/* Replaces issue.json. */
enum err issued_write(const char *data, const struct issued *issued,
                      struct fault *fault) MUST_CHECK;
/* ERR_NOT_FOUND; ERR_CORRUPT when issue.json is not what was written. */
enum err issued_read(const char *data, const char *id, struct issued *out,
                     struct fault *fault) MUST_CHECK;
/* Those of the files that are there. */
enum err issued_remove(const char *data, const char *id, const char *const *files,
                       struct fault *fault) MUST_CHECK;

/* The newest first, at most `most`; *count of them. Behind `after` alone, the last one of the list
 * before (of which only `at` and `id` count), unless that is NULL. A damaged one is left out;
 * ERR_UNAVAILABLE, ERR_MEMORY when one cannot be read now. */
enum err issued_list(const char *data, const struct issued *after, struct issued *out, size_t most,
                     size_t *count) MUST_CHECK;
/* Removes runs that nobody was told of, of which that is certain. Before the first request. */
void issued_sweep(const char *data);

#endif
