/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/backup/files.h"
#include "gateway/base/file.h"
#include "gateway/registry/checkpoint.h"
#include "keys/secrets.h"

struct making {
    const struct backup_request *request;
    char part[BACKUP_PATH_MAX];
    struct registry_position position;
    struct backup *out;
};

static enum err
copy_open_registry(struct making *making, struct registry *registry, const char *to,
                   struct fault *fault)
{
    struct registry_session *session = NULL;
    enum err err = registry_session_open(registry, &session, fault);
    if (err != ERR_OK)
        return err;
    err = registry_position(session, &making->position);
    if (err == ERR_OK)
        err = registry_copy(session, to, fault);
    else
        err = fault_set(fault, err, "the registry cannot be read: %s", err_info(err)->title);
    registry_session_close(session);
    return err;
}

static enum err
copy_registry(struct making *making, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    char to[BACKUP_PATH_MAX];
    struct secrets *secrets = NULL;
    struct registry *registry = NULL;
    enum err err = backup_path(path, making->request->data, "secrets", fault);
    if (err == ERR_OK)
        err = secrets_load(path, &secrets, fault);
    if (err == ERR_OK)
        err = backup_path(path, making->request->data, "registry", fault);
    if (err == ERR_OK)
        err = backup_path(to, making->part, "registry", fault);
    if (err == ERR_OK) {
        const struct registry_options options = {.record_key = secrets->record_key,
                                                 .read_only = true};
        char url[BACKUP_PATH_MAX + 8];
        (void)snprintf(url, sizeof url, "lmdb:%s", path);
        err = registry_open(url, &options, &registry, fault);
    }
    if (err == ERR_OK)
        err = copy_open_registry(making, registry, to, fault);
    registry_close(registry);
    secrets_free(secrets);
    return err;
}

/* Copies it, unless it was made here, and takes it into the list. */
static enum err
add_file(struct making *making, const char *name, bool made_here, struct fault *fault)
{
    struct backup *out = making->out;
    struct backup_file copied;
    if (out->file_count == BACKUP_FILES_MAX)
        return fault_set(fault, ERR_TOO_LARGE, "more than %d files", BACKUP_FILES_MAX);
    struct backup_file *file = &out->files[out->file_count];
    if (!backup_name_ok(slice_of(name)) ||
        !slice_copy(file->name, sizeof file->name, slice_of(name)))
        return ERR_OK; /* not one of ours */
    copied = *file;
    enum err err =
        made_here ? ERR_OK : backup_copy_file(making->request->data, making->part, &copied, fault);
    if (err == ERR_OK)
        err = backup_hash(making->part, file, fault);
    if (err == ERR_OK && !made_here && memcmp(&copied, file, sizeof copied) != 0)
        err = fault_set(fault, ERR_CORRUPT, "%s/%s: does not read back as it was written",
                        making->part, name);
    out->file_count += err == ERR_OK ? 1 : 0;
    return err;
}

static enum err
add_if_there(struct making *making, const char *name, struct fault *fault)
{
    bool there = false;
    enum err err = backup_look_in(making->request->data, name, &there, fault);
    return err == ERR_OK && there ? add_file(making, name, false, fault) : err;
}

static enum err
add_keys_of(struct making *making, DIR *directory, const char *from, struct fault *fault)
{
    char name[BACKUP_NAME_MAX];
    for (;;) {
        const char *key = NULL;
        enum err err = backup_next(directory, from, &key, fault);
        if (err != ERR_OK || key == NULL)
            return err;
        int len = snprintf(name, sizeof name, "keys/%s", key);
        if (len > 0 && (size_t)len < sizeof name && backup_name_ok(slice_of(name)))
            err = add_file(making, name, false, fault);
        if (err != ERR_OK)
            return err;
    }
}

static enum err
add_keys(struct making *making, struct fault *fault)
{
    char from[BACKUP_PATH_MAX];
    char to[BACKUP_PATH_MAX];
    bool there = false;
    enum err err = backup_path(from, making->request->data, "keys", fault);
    if (err == ERR_OK)
        err = backup_path(to, making->part, "keys", fault);
    if (err == ERR_OK)
        err = backup_look(from, &there, fault);
    if (err != ERR_OK || !there)
        return err;
    err = file_make_directory(to, 0700, fault);
    DIR *directory = err == ERR_OK ? opendir(from) : NULL;
    if (err == ERR_OK && directory == NULL)
        return file_fault(fault, from, errno);
    if (err == ERR_OK)
        err = add_keys_of(making, directory, from, fault);
    if (directory != NULL)
        (void)closedir(directory);
    return err;
}

static enum err
add_files(struct making *making, struct fault *fault)
{
    static const char *const optional[] = {"keyset.ini", "assayd.ini"};
    enum err err = copy_registry(making, fault);
    if (err == ERR_OK)
        err = add_file(making, "secrets", false, fault);
    for (size_t i = 0; i < sizeof optional / sizeof optional[0] && err == ERR_OK; i++)
        err = add_if_there(making, optional[i], fault);
    if (err == ERR_OK && making->request->with_keys)
        err = add_keys(making, fault);
    return err == ERR_OK ? add_file(making, "registry/data.mdb", true, fault) : err;
}

static enum err
prove(struct making *making, struct fault *fault)
{
    struct registry_health health;
    struct backup *out = making->out;
    enum err err = backup_prove(making->part, &making->request->watcher, &health, fault);
    if (err != ERR_OK)
        return err;
    out->made_at = making->request->now;
    (void)snprintf(out->version, sizeof out->version, "%s", making->request->version);
    out->units = health.units;
    out->products = health.products;
    out->lots = health.lots;
    out->recalls = health.recalls;
    out->events = health.events;
    out->operations = health.operations;
    return ERR_OK;
}

static enum err
is_free(const char *to, struct fault *fault)
{
    bool there = false;
    enum err err = backup_look(to, &there, fault);
    return there ? fault_set(fault, ERR_EXISTS, "%s: already there; it is not overwritten", to)
                 : err;
}

/* The name comes last; only then the lock goes, so that what is not published is known as ours. */
static enum err
publish(struct making *making, struct fault *fault)
{
    const char *to = making->request->to;
    enum err err = backup_write_list(making->part, making->out, fault);
    if (err == ERR_OK)
        err = is_free(to, fault);
    if (err == ERR_OK && rename(making->part, to) != 0)
        err = file_fault(fault, to, errno);
    return err == ERR_OK ? backup_ready(to, fault) : err;
}

/* What the next start is held to, and what tells how old the last backup is. */
static enum err
note(const struct making *making, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    enum err err = backup_path(path, making->request->data, "checkpoint", fault);
    if (err == ERR_OK)
        err = checkpoint_raise(path, &making->position, fault);
    return err == ERR_OK ? backup_note(making->request->data, making->out, fault) : err;
}

static enum err
make(struct making *making, struct fault *fault)
{
    int lock = -1;
    making->request->watcher.progress("copying", 0, 0, making->request->watcher.context);
    enum err err = backup_begin(making->part, &lock, fault);
    if (err == ERR_OK)
        err = add_files(making, fault);
    if (err == ERR_OK)
        err = prove(making, fault);
    if (err == ERR_OK)
        err = publish(making, fault);
    /* While it is locked nobody else is in there. */
    if (err != ERR_OK && lock >= 0 && err != ERR_BUSY)
        (void)!backup_remove(making->part, NULL);
    if (lock >= 0)
        (void)close(lock);
    return err == ERR_OK ? note(making, fault) : err;
}

enum err
backup_make(const struct backup_request *request, struct backup *out, struct fault *fault)
{
    struct making making = {.request = request, .out = out};
    memset(out, 0, sizeof *out);
    int len = snprintf(making.part, sizeof making.part, "%s.part", request->to);
    if (len < 0 || (size_t)len >= sizeof making.part || request->to[0] == '\0' ||
        request->to[strlen(request->to) - 1] == '/')
        return fault_set(fault, ERR_INVALID,
                         "\"%.200s\": not the name of a new directory, without a slash at its end",
                         request->to);
    enum err err = is_free(request->to, fault);
    return err == ERR_OK ? make(&making, fault) : err;
}
