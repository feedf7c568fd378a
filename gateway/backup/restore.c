/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/backup/files.h"
#include "gateway/base/file.h"
#include "gateway/registry/checkpoint.h"

static const struct backup_file *
find_file(const struct backup *backup, const char *name)
{
    for (size_t i = 0; i < backup->file_count; i++)
        if (strcmp(backup->files[i].name, name) == 0)
            return &backup->files[i];
    return NULL;
}

static enum err
has_what_it_needs(const char *from, const struct backup *backup, struct fault *fault)
{
    static const char *const names[] = {"registry/data.mdb", "secrets"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (find_file(backup, names[i]) == NULL)
            return fault_set(fault, ERR_CORRUPT, "%s: %s is missing in its list", from, names[i]);
    return ERR_OK;
}

/* Reads each file of the backup, into `part` unless that is NULL, and holds it against the list. */
static enum err
take_files(const struct restore_request *request, const struct backup *backup, const char *part,
           struct fault *fault)
{
    enum err err = ERR_OK;
    uint64_t done = 0;
    uint64_t total = 0;
    for (size_t i = 0; i < backup->file_count; i++)
        total += backup->files[i].bytes;
    for (size_t i = 0; i < backup->file_count && err == ERR_OK; i++) {
        struct backup_file file = backup->files[i];
        request->watcher.progress("reading", done, total, request->watcher.context);
        err = part != NULL ? backup_copy_file(request->from, part, &file, fault)
                           : backup_hash(request->from, &file, fault);
        if (err == ERR_OK && memcmp(&file, &backup->files[i], sizeof file) != 0)
            err = fault_set(fault, ERR_CORRUPT, "%s/%s: damaged: it is not what was backed up",
                            request->from, file.name);
        done += file.bytes;
    }
    return err;
}

static enum err
prove(const struct restore_request *request, const char *directory, const struct backup *backup,
      struct fault *fault)
{
    struct registry_health health;
    enum err err = backup_prove(directory, &request->watcher, &health, fault);
    if (err != ERR_OK)
        return err;
    bool same = health.units == backup->units && health.products == backup->products &&
                health.lots == backup->lots && health.recalls == backup->recalls &&
                health.events == backup->events && health.operations == backup->operations;
    return same ? ERR_OK
                : fault_set(fault, ERR_CORRUPT, "%s: damaged: the figures of its registry differ",
                            request->from);
}

/* The same bytes in both? */
static bool
same_secrets(const char *data, const struct backup *backup)
{
    struct backup_file here = {.name = "secrets"};
    const struct backup_file *there = find_file(backup, "secrets");
    return backup_hash(data, &here, NULL) == ERR_OK && memcmp(&here, there, sizeof here) == 0;
}

/* Secrets without a registry that are those of the backup: an interrupted restore, or a registry
 * that was lost. */
static enum err
may_replace(const struct restore_request *request, struct restored *out, struct fault *fault)
{
    bool registry = false;
    bool secrets = false;
    enum err err = backup_look_in(request->data, "registry", &registry, fault);
    if (err == ERR_OK)
        err = backup_look_in(request->data, "secrets", &secrets, fault);
    if (err != ERR_OK)
        return err;
    out->occupied = registry || (secrets && !same_secrets(request->data, &out->backup));
    if (out->occupied && !request->replace && !request->dry_run)
        return fault_set(fault, ERR_EXISTS,
                         "%s: holds a registry; with --replace it is moved aside, and what was "
                         "written since the backup is not in the restored one",
                         request->data);
    return ERR_OK;
}

static enum err
lock_file(const struct restore_request *request, const char *name, const char *busy, int *fd,
          struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    enum err err = backup_path(path, request->data, name, fault);
    if (err == ERR_OK)
        err = file_lock(path, fd, fault);
    if (err == ERR_BUSY)
        return fault_set(fault, err, "%s: %s", request->data, busy);
    return err;
}

static enum err
put_in_place(const struct restore_request *request, struct restored *out, struct fault *fault)
{
    char part[BACKUP_PATH_MAX];
    char inside[BACKUP_PATH_MAX];
    static const char *const directories[] = {"registry", "keys"};
    int lock = -1;
    enum err err = backup_path(part, request->data, "restore.part", fault);
    if (err == ERR_OK)
        err = backup_begin(part, &lock, fault);
    for (size_t i = 0; i < 2 && err == ERR_OK; i++) {
        err = backup_path(inside, part, directories[i], fault);
        if (err == ERR_OK)
            err = file_make_directory(inside, 0700, fault);
    }
    if (err == ERR_OK)
        err = take_files(request, &out->backup, part, fault);
    if (err == ERR_OK)
        err = prove(request, part, &out->backup, fault);
    if (err == ERR_OK)
        err = restore_place(request, part, out, fault);
    if (lock >= 0 && err != ERR_BUSY)
        (void)!backup_remove(part, NULL);
    if (lock >= 0)
        (void)close(lock);
    return err;
}

static enum err
restore_locked(const struct restore_request *request, struct restored *out, struct fault *fault)
{
    int daemon = -1;
    int store = -1;
    enum err err = file_make_directory(request->data, 0700, fault);
    if (err == ERR_OK)
        err = lock_file(request, "assayd.lock", "assayd serves this directory; stop it first",
                        &daemon, fault);
    if (err == ERR_OK)
        err = lock_file(request, "store.lock", "a registry is being made here", &store, fault);
    if (err == ERR_OK)
        err = put_in_place(request, out, fault);
    if (store >= 0)
        (void)close(store);
    if (daemon >= 0)
        (void)close(daemon);
    return err;
}

enum err
restore(const struct restore_request *request, struct restored *out, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    memset(out, 0, sizeof *out);
    enum err err = backup_read(request->from, &out->backup, fault);
    if (err == ERR_OK)
        err = has_what_it_needs(request->from, &out->backup, fault);
    if (err == ERR_OK)
        err = may_replace(request, out, fault);
    if (err == ERR_OK)
        err = backup_path(path, request->data, "checkpoint", fault);
    if (err != ERR_OK)
        return err;
    if (checkpoint_read(path, &out->had, NULL) != ERR_OK)
        out->had = (struct registry_position){0, 0, 0};
    if (!request->dry_run)
        return restore_locked(request, out, fault);
    err = take_files(request, &out->backup, NULL, fault);
    return err == ERR_OK ? prove(request, request->from, &out->backup, fault) : err;
}
