/* SPDX-License-Identifier: Apache-2.0 */
/* The last steps of a restore: names only. At each moment the directory holds the old registry with
 * its secrets, the new one with its own, or secrets without a registry, which nothing opens and
 * which the same command, run again, goes on from. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/backup/files.h"
#include "gateway/base/date.h"
#include "gateway/base/file.h"
#include "gateway/registry/checkpoint.h"
#include "keys/keyset.h"

struct placing {
    const char *data, *part, *aside;
};

static enum err
paths_of(const char *name, const char *from, const char *to, char a[static BACKUP_PATH_MAX],
         char b[static BACKUP_PATH_MAX])
{
    enum err err = backup_path(a, from, name, NULL);
    return err == ERR_OK ? backup_path(b, to, name, NULL) : err;
}

/* Moves FROM/name to TO/name, over what is there when that is a file. Nothing there is no fault. */
static enum err
move(const char *name, const char *from, const char *to, struct fault *fault)
{
    char a[BACKUP_PATH_MAX];
    char b[BACKUP_PATH_MAX];
    if (paths_of(name, from, to, a, b) != ERR_OK)
        return fault_set(fault, ERR_INVALID, "%.200s: path too long", to);
    /* Asked of the rename itself: what only cannot be looked at must not stay behind. */
    if (rename(a, b) != 0)
        return errno == ENOENT ? ERR_OK : file_fault(fault, b, errno);
    enum err err = file_sync_directory(b, fault);
    return err == ERR_OK ? file_sync_directory(a, fault) : err;
}

/* A second name for what is about to be replaced. */
static enum err
keep(const char *name, const struct placing *placing, struct fault *fault)
{
    char a[BACKUP_PATH_MAX];
    char b[BACKUP_PATH_MAX];
    if (paths_of(name, placing->data, placing->aside, a, b) != ERR_OK)
        return fault_set(fault, ERR_INVALID, "%.200s: path too long", placing->data);
    if (link(a, b) != 0 && errno != ENOENT)
        return file_fault(fault, b, errno);
    return file_sync_directory(b, fault);
}

static enum err
keep_old(const struct placing *placing, struct fault *fault)
{
    static const char *const names[] = {"secrets", "keyset.ini", "checkpoint"};
    enum err err = ERR_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && err == ERR_OK; i++)
        err = keep(names[i], placing, fault);
    return err == ERR_OK ? move("registry", placing->data, placing->aside, fault) : err;
}

static enum err
has_any(const char *data, bool *any, struct fault *fault)
{
    bool secrets = false;
    enum err err = backup_look_in(data, "registry", any, fault);
    if (err == ERR_OK)
        err = backup_look_in(data, "secrets", &secrets, fault);
    *any = *any || secrets;
    return err;
}

static enum err
make_aside(const struct restore_request *request, char out[static BACKUP_PATH_MAX],
           struct fault *fault)
{
    char now[TIME_TEXT_MAX];
    char name[64];
    time_format(now, request->now);
    char *to = now; /* without the signs that some file systems do not take */
    for (const char *c = now; *c != '\0'; c++)
        if (*c != ':' && *c != '-')
            *to++ = *c;
    *to = '\0';
    for (unsigned i = 1; i < 100; i++) {
        (void)snprintf(name, sizeof name, i == 1 ? "before-restore-%s" : "before-restore-%s-%u",
                       now, i);
        enum err err = backup_path(out, request->data, name, fault);
        if (err != ERR_OK)
            return err;
        if (mkdir(out, 0700) == 0)
            return file_sync_directory(out, fault);
        if (errno != EEXIST)
            break;
    }
    return file_fault(fault, out, errno);
}

/* 0 of one that is missing or damaged; but one that cannot be read now may revoke a key. */
static enum err
keyset_version(const char *directory, uint64_t *version, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    struct keyset *keyset = NULL;
    *version = 0;
    enum err err = backup_path(path, directory, "keyset.ini", fault);
    if (err == ERR_OK)
        err = keyset_load(path, &keyset, fault);
    if (err == ERR_OK)
        *version = keyset->version;
    free(keyset);
    return err == ERR_UNAVAILABLE || err == ERR_MEMORY || err == ERR_DENIED ? err : ERR_OK;
}

static enum err
move_missing(const char *name, const struct placing *placing, struct fault *fault)
{
    bool there = false;
    enum err err = backup_look_in(placing->data, name, &there, fault);
    return err == ERR_OK && !there ? move(name, placing->part, placing->data, fault) : err;
}

/* Whoever was distrusted since the backup stays so. */
static enum err
place_keyset(const struct placing *placing, struct restored *out, struct fault *fault)
{
    uint64_t here = 0;
    uint64_t there = 0;
    enum err err = keyset_version(placing->data, &here, fault);
    if (err == ERR_OK)
        err = keyset_version(placing->part, &there, fault);
    if (err != ERR_OK)
        return err;
    out->kept_keyset = here > 0 && here >= there;
    return out->kept_keyset ? ERR_OK : move("keyset.ini", placing->part, placing->data, fault);
}

static enum err
place_others(const struct placing *placing, struct restored *out, struct fault *fault)
{
    char keys[BACKUP_PATH_MAX];
    enum err err = place_keyset(placing, out, fault);
    if (err == ERR_OK)
        err = move_missing("assayd.ini", placing, fault);
    if (err == ERR_OK)
        err = backup_path(keys, placing->data, "keys", fault);
    for (size_t i = 0; i < out->backup.file_count && err == ERR_OK; i++) {
        const char *name = out->backup.files[i].name;
        if (strncmp(name, "keys/", 5) != 0)
            continue;
        err = file_make_directory(keys, 0700, fault);
        if (err == ERR_OK)
            err = move_missing(name, placing, fault);
    }
    return err;
}

static enum err
place_registry(const struct placing *placing, const struct backup *backup, struct fault *fault)
{
    const struct registry_position position = {backup->operations, backup->units, backup->events};
    char path[BACKUP_PATH_MAX];
    enum err err = move("secrets", placing->part, placing->data, fault);
    if (err == ERR_OK)
        err = backup_path(path, placing->data, "checkpoint", fault);
    if (err == ERR_OK)
        err = checkpoint_write(path, &position, fault);
    return err == ERR_OK ? move("registry", placing->part, placing->data, fault) : err;
}

enum err
restore_place(const struct restore_request *request, const char *part, struct restored *out,
              struct fault *fault)
{
    const struct placing placing = {request->data, part, out->aside};
    bool any = false;
    enum err err = has_any(request->data, &any, fault);
    if (err == ERR_OK && any)
        err = make_aside(request, out->aside, fault);
    if (err == ERR_OK && out->aside[0] != '\0')
        err = keep_old(&placing, fault);
    if (err == ERR_OK)
        err = place_others(&placing, out, fault);
    return err == ERR_OK ? place_registry(&placing, &out->backup, fault) : err;
}
