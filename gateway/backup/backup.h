/* SPDX-License-Identifier: Apache-2.0 */
/* Backups of a data directory, and putting one back. A backup is a directory:
 *
 *   registry/data.mdb   one consistent view of the registry, compact
 *   secrets             without which it cannot be read: mode 0600
 *   keyset.ini, assayd.ini, keys/NAME.key   as far as there are any, keys only when asked for
 *   backup.json         what is in it: sizes, BLAKE2b-512 and figures of the registry
 *   backup.b2sum        the same hashes, and that of backup.json, as `b2sum -c` reads them
 *
 * It has its name only when all of it is on disk, was read back and checked; before that it is
 * called NAME.part. Whoever can read a backup holds the secrets of the registry. */
#ifndef ASSAY_BACKUP_BACKUP_H
#define ASSAY_BACKUP_BACKUP_H

#include "gateway/registry/copy.h"

enum {
    BACKUP_FILES_MAX = 300,
    BACKUP_NAME_MAX = 48,
    BACKUP_HASH_BYTES = 64,
    BACKUP_PATH_MAX = 1024
};

struct backup_file {
    char name[BACKUP_NAME_MAX]; /* "registry/data.mdb" */
    uint64_t bytes;
    uint8_t hash[BACKUP_HASH_BYTES];
};

struct backup {
    int64_t made_at;
    char version[32]; /* of the program that made it */
    uint64_t units, products, lots, recalls, events, operations;
    size_t file_count;
    struct backup_file files[BACKUP_FILES_MAX];
};

/* Called now and then: what is done, in a word, and how far; `total` 0 is unknown. */
struct backup_watcher {
    void (*progress)(const char *what, uint64_t done, uint64_t total, void *context);
    void (*damage)(const char *what, void *context); /* what the check found; may be NULL */
    void *context;
};

struct backup_request {
    const char *data, *to; /* directories; `to` is made */
    bool with_keys;        /* the issuing keys too, encrypted as they are */
    const char *version;
    int64_t now;
    struct backup_watcher watcher;
};

/* Others may read and write meanwhile. An interrupted one is begun anew by the next with the same
 * `to`. ERR_EXISTS: `to` is there; ERR_BUSY: another process makes it; ERR_NOT_FOUND: no registry;
 * ERR_CORRUPT: the registry is damaged, and there is no backup of it; ERR_FULL, ERR_DENIED. */
enum err backup_make(const struct backup_request *request, struct backup *out,
                     struct fault *fault) MUST_CHECK;
/* Reads what the backup says of itself, and the hash of that; no more. ERR_NOT_FOUND: not a backup,
 * or an unfinished one; ERR_CORRUPT. */
enum err backup_read(const char *path, struct backup *out, struct fault *fault) MUST_CHECK;

struct restore_request {
    const char *from, *data;
    bool replace; /* moves a registry that is in `data` aside */
    bool dry_run; /* checks everything, writes nothing */
    int64_t now;
    struct backup_watcher watcher;
};

struct restored {
    struct backup backup;
    struct registry_position had; /* how far what it replaces had come; zeroed: nothing is known */
    char aside[BACKUP_PATH_MAX];  /* where that is now; "" when there was none */
    bool kept_keyset;             /* the directory's own, which is as new or newer */
    bool occupied;                /* there is a registry: it takes `replace` */
};

/* Puts a backup into a data directory: checks every hash, walks the registry, then moves it into
 * place and sets the checkpoint to it. Nothing is overwritten or deleted: what was there is moved
 * to DATA/before-restore-TIME, a newer keyset, assayd.ini and keys stay. Interrupted at any moment
 * it leaves the old registry, the new one, or a directory that nobody opens until it is run again
 * with the same words. ERR_EXISTS: there is a registry and
 * `replace` was not said, nor is it a dry run; ERR_BUSY: assayd
 * serves the directory; ERR_CORRUPT: the backup is damaged. */
enum err restore(const struct restore_request *request, struct restored *out,
                 struct fault *fault) MUST_CHECK;

/* ---- the last one, beside the data ---- */

struct backup_last {
    int64_t made_at; /* 0: never */
    uint64_t bytes, operations;
};
/* ERR_NOT_FOUND: none was made. */
enum err backup_last(const char *data, struct backup_last *out, struct fault *fault) MUST_CHECK;
enum err backup_note(const char *data, const struct backup *backup, struct fault *fault) MUST_CHECK;

#endif
