/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/manifest/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/registry/checkpoint.h"

enum { LOCK_TRIES = 250, LOCK_PAUSE_NS = 20000000 }; /* five seconds */

struct paths {
    char registry[STORE_PATH_MAX];
    char url[STORE_PATH_MAX + 8];
    char secrets[STORE_PATH_MAX];
    char new_secrets[STORE_PATH_MAX]; /* while a registry is being made */
    char lock[STORE_PATH_MAX];
    char keyset[STORE_PATH_MAX];
    char checkpoint[STORE_PATH_MAX];
};

static const struct {
    enum err err;
    const char *sentence;
} sentences[] = {
    {ERR_INVALID, "the registry does not take this: a value breaks its limits"},
    {ERR_NOT_FOUND, "there is no such record"},
    {ERR_EXISTS, "there is another one already"},
    {ERR_CONFLICT, "it was changed by somebody else in the meantime"},
    {ERR_BUSY, "the registry is in use by somebody else"},
    {ERR_UNAVAILABLE, "the registry could not be asked; nothing was changed"},
    {ERR_UNKNOWN, "it may be written or not: look before you try again"},
    {ERR_FULL, "the disk or the registry is full; nothing was changed"},
    {ERR_CORRUPT, "a stored record is damaged; run: assay check"},
    {ERR_MEMORY, "out of memory"},
};

enum err
store_fault(struct fault *fault, enum err err, const char *what)
{
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        if (sentences[i].err == err)
            return fault_set(fault, err, "%s: %s", what, sentences[i].sentence);
    return fault_set(fault, err, "%s: %s", what, err_info(err)->title);
}

enum err
store_settle(struct registry_session *session, const struct operation *operation, enum err result)
{
    struct operation found;
    if (result != ERR_UNKNOWN)
        return result;
    enum err err = registry_find_operation(session, operation->id, &found);
    if (err == ERR_OK)
        return seal_equal(found.digest, operation->digest) ? ERR_OK : ERR_EXISTS;
    return err == ERR_NOT_FOUND ? ERR_UNAVAILABLE : ERR_UNKNOWN;
}

static enum err
make_paths(struct paths *paths, const char *data, struct fault *fault)
{
    const struct {
        char *out;
        const char *name;
    } names[] = {
        {paths->registry, "registry"},       {paths->secrets, "secrets"},
        {paths->new_secrets, "secrets.new"}, {paths->lock, "store.lock"},
        {paths->keyset, "keyset.ini"},       {paths->checkpoint, "checkpoint"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int len = snprintf(names[i].out, STORE_PATH_MAX, "%s/%s", data, names[i].name);
        if (len < 0 || len >= STORE_PATH_MAX)
            return fault_set(fault, ERR_INVALID, "data directory: the path is too long");
    }
    (void)snprintf(paths->url, sizeof paths->url, "lmdb:%s", paths->registry);
    return ERR_OK;
}

static enum err
exists(const char *path, bool *out, struct fault *fault)
{
    struct stat st;
    *out = lstat(path, &st) == 0;
    return *out || errno == ENOENT || errno == ENOTDIR ? ERR_OK : file_fault(fault, path, errno);
}

struct found {
    bool registry, secrets, making;
};

static enum err
look_once(const struct paths *paths, struct found *found, struct fault *fault)
{
    enum err err = exists(paths->new_secrets, &found->making, fault);
    if (err == ERR_OK)
        err = exists(paths->secrets, &found->secrets, fault);
    return err == ERR_OK ? exists(paths->registry, &found->registry, fault) : err;
}

/* A registry without secrets may be one that another process has just made: its secrets take their
 * name last, so a second look tells. */
static enum err
look(const struct paths *paths, struct found *found, struct fault *fault)
{
    enum err err = look_once(paths, found, fault);
    if (err == ERR_OK && found->registry && !found->secrets && !found->making)
        err = look_once(paths, found, fault);
    if (err != ERR_OK)
        return err;
    if (found->registry && !found->secrets && !found->making)
        return fault_set(fault, ERR_CORRUPT,
                         "%s is missing, and %s cannot be read without it; restore it from the "
                         "backup",
                         paths->secrets, paths->registry);
    if (found->secrets && !found->registry)
        return fault_set(fault, ERR_CORRUPT,
                         "%s is missing, but %s is there; restore it from the backup, or move %s "
                         "away to begin anew",
                         paths->registry, paths->secrets, paths->secrets);
    return ERR_OK;
}

static bool
is_complete(const struct found *found)
{
    return found->registry && found->secrets;
}

static enum err
lock(const struct paths *paths, int *fd, struct fault *fault)
{
    const struct timespec pause = {0, LOCK_PAUSE_NS};
    enum err err = file_lock(paths->lock, fd, fault);
    for (int i = 0; err == ERR_BUSY && i < LOCK_TRIES; i++) {
        (void)nanosleep(&pause, NULL);
        err = file_lock(paths->lock, fd, fault);
    }
    return err;
}

static enum err
open_registry(struct store *store, const struct paths *paths, const struct registry_options *how,
              struct fault *fault)
{
    struct registry_options options = *how;
    options.record_key = store->secrets->record_key;
    enum err err = registry_open(paths->url, &options, &store->registry, fault);
    return err == ERR_OK ? registry_session_open(store->registry, &store->session, fault) : err;
}

/* A power cut in the first moment leaves half a file. Nobody was ever told that this registry is
 * there, for its secrets have not taken their name, so it is begun anew. */
static enum err
open_unfinished(struct store *store, const struct paths *paths,
                const struct registry_options *options, struct fault *fault)
{
    char data[STORE_PATH_MAX + 16];
    enum err err = open_registry(store, paths, options, fault);
    if (err != ERR_CORRUPT)
        return err;
    (void)snprintf(data, sizeof data, "%s/data.mdb", paths->registry);
    if (unlink(data) != 0)
        return file_fault(fault, data, errno);
    return open_registry(store, paths, options, fault);
}

/* The secrets take their name when the registry is there: a crash in between is no loss, and is
 * told apart from a registry that was lost later. */
static enum err
make(struct store *store, const struct paths *paths, bool resume,
     const struct registry_options *options, struct fault *fault)
{
    enum err err = resume ? secrets_load(paths->new_secrets, &store->secrets, fault)
                          : secrets_create(paths->new_secrets, &store->secrets, fault);
    if (err == ERR_OK)
        err = resume ? open_unfinished(store, paths, options, fault)
                     : open_registry(store, paths, options, fault);
    if (err == ERR_OK && rename(paths->new_secrets, paths->secrets) != 0)
        err = file_fault(fault, paths->secrets, errno);
    return err == ERR_OK ? file_sync_directory(paths->secrets, fault) : err;
}

static enum err
open_made(struct store *store, const struct paths *paths, const struct registry_options *how,
          struct fault *fault)
{
    struct registry_options options = *how;
    options.must_exist = true;
    enum err err = secrets_load(paths->secrets, &store->secrets, fault);
    return err == ERR_OK ? open_registry(store, paths, &options, fault) : err;
}

/* Another process may have made it while we waited for the lock. */
static enum err
make_locked(struct store *store, const struct paths *paths, const struct registry_options *options,
            struct fault *fault)
{
    int fd = -1;
    struct found found = {false, false, false};
    enum err err = lock(paths, &fd, fault);
    if (err != ERR_OK)
        return err;
    err = look(paths, &found, fault);
    if (err == ERR_OK)
        err = is_complete(&found) ? open_made(store, paths, options, fault)
                                  : make(store, paths, found.making, options, fault);
    (void)close(fd);
    return err;
}

static enum err
open_data(struct store *store, const char *data, unsigned flags, unsigned sessions,
          struct fault *fault)
{
    struct paths paths;
    struct registry_options options = {.sessions = sessions == 0 ? 0 : sessions + 1,
                                       .read_only = (flags & STORE_READ_ONLY) != 0};
    bool must_exist = (flags & (STORE_MUST_EXIST | STORE_READ_ONLY)) != 0;
    struct found found = {false, false, false};
    enum err err = make_paths(&paths, data, fault);
    if (err == ERR_OK)
        err = look(&paths, &found, fault);
    if (err != ERR_OK)
        return err;
    if (is_complete(&found))
        return open_made(store, &paths, &options, fault);
    if (must_exist)
        return fault_set(fault, ERR_NOT_FOUND,
                         "%s: no registry yet; the first `assay product put` makes it", data);
    err = file_make_directory(data, 0700, fault);
    return err == ERR_OK ? make_locked(store, &paths, &options, fault) : err;
}

static enum err
load_keyset(struct store *store, const char *data, struct fault *fault)
{
    struct paths paths;
    enum err err = make_paths(&paths, data, fault);
    if (err == ERR_OK)
        err = keyset_load(paths.keyset, &store->keyset, fault);
    if (err != ERR_NOT_FOUND)
        return err;
    store->keyset = calloc(1, sizeof *store->keyset);
    return store->keyset != NULL ? ERR_OK
                                 : fault_set(fault, ERR_MEMORY, "%s: out of memory", paths.keyset);
}

static enum err
position_of(struct store *store, struct registry_position *out, struct fault *fault)
{
    enum err err = registry_position(store->session, out);
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, "the registry");
}

enum err
store_checkpoint(struct store *store, struct fault *fault)
{
    struct registry_position position;
    enum err err = position_of(store, &position, fault);
    return err == ERR_OK ? checkpoint_raise(store->checkpoint, &position, fault) : err;
}

/* A registry that nobody meant to be older is neither written to nor given a new checkpoint. */
static enum err
hold_to_checkpoint(struct store *store, const char *data, bool accept_older, struct fault *fault)
{
    struct paths paths;
    struct registry_position position;
    enum err err = make_paths(&paths, data, fault);
    if (err == ERR_OK)
        err = position_of(store, &position, fault);
    if (err == ERR_OK && !accept_older)
        err = checkpoint_check(paths.checkpoint, &position, fault);
    if (err == ERR_OK && accept_older)
        err = checkpoint_write(paths.checkpoint, &position, fault);
    if (err == ERR_OK)
        memcpy(store->checkpoint, paths.checkpoint, sizeof store->checkpoint);
    return err;
}

enum err
store_open(const char *data, unsigned flags, unsigned sessions, struct store **out,
           struct fault *fault)
{
    struct store *store = calloc(1, sizeof *store);
    *out = NULL;
    if (store == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    enum err err = open_data(store, data, flags, sessions, fault);
    if (err == ERR_OK && (flags & STORE_READ_ONLY) == 0)
        err = hold_to_checkpoint(store, data, (flags & STORE_ACCEPT_OLDER) != 0, fault);
    if (err == ERR_OK && (flags & STORE_NO_KEYSET) == 0)
        err = load_keyset(store, data, fault);
    if (err != ERR_OK) {
        store_close(store);
        return err;
    }
    *out = store;
    return ERR_OK;
}

void
store_close(struct store *store)
{
    if (store == NULL)
        return;
    /* Where it fails, the next one to write brings it up. */
    enum err ignored = store->checkpoint[0] == '\0' ? ERR_OK : store_checkpoint(store, NULL);
    (void)ignored;
    if (store->session != NULL)
        registry_session_close(store->session);
    if (store->registry != NULL)
        registry_close(store->registry);
    secrets_free(store->secrets);
    free(store->keyset);
    free(store);
}
