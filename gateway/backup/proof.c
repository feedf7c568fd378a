/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "gateway/backup/files.h"
#include "keys/secrets.h"

struct proof {
    const struct backup_watcher *watcher;
    uint64_t damages;
};

static void
found(const char *what, void *context)
{
    struct proof *proof = context;
    proof->damages++;
    if (proof->watcher->damage != NULL)
        proof->watcher->damage(what, proof->watcher->context);
}

static void
progress(uint64_t done, uint64_t total, void *context)
{
    const struct proof *proof = context;
    proof->watcher->progress("checking", done, total, proof->watcher->context);
}

static enum err
walk(const char *directory, struct registry *registry, struct proof *proof,
     struct registry_health *out, struct fault *fault)
{
    const struct registry_checker checker = {found, progress, proof};
    struct registry_session *session = NULL;
    enum err err = registry_session_open(registry, &session, fault);
    if (err != ERR_OK)
        return err;
    err = registry_check(session, &checker);
    if (err == ERR_OK)
        err = registry_health(session, out);
    if (err == ERR_CORRUPT)
        err = fault_set(fault, err, "%s: the registry is damaged in %llu places", directory,
                        (unsigned long long)proof->damages);
    else if (err != ERR_OK)
        err = fault_set(fault, err, "%s: the registry cannot be read: %s", directory,
                        err_info(err)->title);
    registry_session_close(session);
    return err;
}

/* What opening leaves beside the data belongs to no backup. */
static void
remove_locks(const char *directory)
{
    static const char *const names[] = {"registry/lock.mdb", "registry/open.lock"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[BACKUP_PATH_MAX];
        if (backup_path(path, directory, names[i], NULL) == ERR_OK)
            (void)unlink(path);
    }
}

enum err
backup_prove(const char *directory, const struct backup_watcher *watcher,
             struct registry_health *out, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    char url[BACKUP_PATH_MAX + 8];
    struct proof proof = {watcher, 0};
    struct secrets *secrets = NULL;
    struct registry *registry = NULL;
    enum err err = backup_path(path, directory, "secrets", fault);
    if (err == ERR_OK)
        err = secrets_load(path, &secrets, fault);
    if (err == ERR_OK)
        err = backup_path(path, directory, "registry", fault);
    if (err != ERR_OK)
        return err;
    (void)snprintf(url, sizeof url, "lmdb:%s", path);
    const struct registry_options options = {.record_key = secrets->record_key, .read_only = true};
    err = registry_open(url, &options, &registry, fault);
    if (err == ERR_OK)
        err = walk(directory, registry, &proof, out, fault);
    registry_close(registry);
    secrets_free(secrets);
    remove_locks(directory);
    return err;
}
