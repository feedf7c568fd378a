/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/backup/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "keys/keyset.h"

const char backup_list_name[] = "backup.json";
const char backup_sums_name[] = "backup.b2sum";

static const char lock_name[] = "backup.lock";

enum { CHUNK = 64 * 1024, LEVELS_MAX = 2 };

enum err
backup_path(char out[static BACKUP_PATH_MAX], const char *directory, const char *name,
            struct fault *fault)
{
    int len = snprintf(out, BACKUP_PATH_MAX, "%s/%s", directory, name);
    if (len > 0 && len < BACKUP_PATH_MAX)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "%.200s: path too long", directory);
}

static bool
is_key_name(struct slice name)
{
    if (!slice_take(&name, "keys/") || name.len <= 4 || name.len > KEY_NAME_MAX + 4)
        return false;
    for (size_t i = 0; i < name.len - 4; i++) {
        char c = name.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !(c == '-' && i > 0))
            return false;
    }
    return memcmp(name.data + name.len - 4, ".key", 4) == 0;
}

bool
backup_name_ok(struct slice name)
{
    static const char *const names[] = {"registry/data.mdb", "secrets", "keyset.ini", "assayd.ini"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_equal(name, names[i]))
            return true;
    return is_key_name(name);
}

static void
close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

struct end {
    int fd;
    char path[BACKUP_PATH_MAX];
};

static enum err
write_all(const struct end *to, const char *bytes, size_t len, struct fault *fault)
{
    while (len > 0) {
        ssize_t put = write(to->fd, bytes, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return file_fault(fault, to->path, put == 0 ? EIO : errno);
        bytes += put;
        len -= (size_t)put;
    }
    return ERR_OK;
}

/* Reads `from` to its end; what it read goes to `to`, unless that is NULL. */
static enum err
drain_by(char *chunk, const struct end *from, const struct end *to, struct backup_file *file,
         struct fault *fault)
{
    crypto_generichash_state state;
    enum err err = ERR_OK;
    ssize_t got = 0;
    (void)crypto_generichash_init(&state, NULL, 0, BACKUP_HASH_BYTES);
    file->bytes = 0;
    while (err == ERR_OK && (got = read(from->fd, chunk, CHUNK)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return file_fault(fault, from->path, errno);
        file->bytes += (uint64_t)got;
        (void)crypto_generichash_update(&state, (const uint8_t *)chunk, (size_t)got);
        if (to != NULL)
            err = write_all(to, chunk, (size_t)got, fault);
    }
    (void)crypto_generichash_final(&state, file->hash, BACKUP_HASH_BYTES);
    return err;
}

/* Not on the stack, and not a thread's own either, which takes from every stack. */
static enum err
drain(const struct end *from, const struct end *to, struct backup_file *file, struct fault *fault)
{
    char *chunk = malloc(CHUNK);
    if (chunk == NULL)
        return file_fault(fault, from->path, ENOMEM);
    enum err err = drain_by(chunk, from, to, file, fault);
    sodium_memzero(chunk, CHUNK);
    free(chunk);
    return err;
}

static void
close_end(const struct end *end)
{
    close_fd(&end->fd);
}

#define AUTO_END __attribute__((cleanup(close_end))) struct end

static enum err
open_source(const char *directory, const char *name, struct end *from, struct fault *fault)
{
    struct stat st;
    enum err err = backup_path(from->path, directory, name, fault);
    if (err != ERR_OK)
        return err;
    from->fd = open(from->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (from->fd < 0 || fstat(from->fd, &st) != 0)
        return file_fault(fault, from->path, errno);
    return S_ISREG(st.st_mode)
               ? ERR_OK
               : fault_set(fault, ERR_INVALID, "%s: not a regular file", from->path);
}

enum err
backup_hash(const char *directory, struct backup_file *file, struct fault *fault)
{
    AUTO_END from = {.fd = -1};
    enum err err = open_source(directory, file->name, &from, fault);
    if (err != ERR_OK)
        return err;
    (void)posix_fadvise(from.fd, 0, 0, POSIX_FADV_DONTNEED);
    return drain(&from, NULL, file, fault);
}

enum err
backup_copy_file(const char *from, const char *to, struct backup_file *file, struct fault *fault)
{
    AUTO_END in = {.fd = -1};
    AUTO_END out = {.fd = -1};
    enum err err = open_source(from, file->name, &in, fault);
    if (err == ERR_OK)
        err = backup_path(out.path, to, file->name, fault);
    if (err != ERR_OK)
        return err;
    out.fd = open(out.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out.fd < 0)
        return file_fault(fault, out.path, errno);
    err = drain(&in, &out, file, fault);
    if (err == ERR_OK && fsync(out.fd) != 0)
        err = file_fault(fault, out.path, errno);
    return err == ERR_OK ? file_sync_directory(out.path, fault) : err;
}

enum err
backup_look(const char *path, bool *there, struct fault *fault)
{
    struct stat st;
    *there = lstat(path, &st) == 0;
    return *there || errno == ENOENT || errno == ENOTDIR ? ERR_OK : file_fault(fault, path, errno);
}

enum err
backup_look_in(const char *directory, const char *name, bool *there, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    enum err err = backup_path(path, directory, name, fault);
    return err == ERR_OK ? backup_look(path, there, fault) : err;
}

enum err
backup_next(DIR *directory, const char *path, const char **name, struct fault *fault)
{
    errno = 0;
    const struct dirent *at = readdir(directory); /* NOLINT(concurrency-mt-unsafe): one thread */
    *name = at == NULL ? NULL : at->d_name;
    return at != NULL || errno == 0 ? ERR_OK : file_fault(fault, path, errno);
}

static enum err remove_entry(const char *path, int level, struct fault *fault);

static bool
stays(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, lock_name) == 0;
}

static enum err
remove_entries(DIR *directory, const char *path, int level, struct fault *fault)
{
    char inside[BACKUP_PATH_MAX];
    for (;;) {
        const char *name = NULL;
        enum err err = backup_next(directory, path, &name, fault);
        if (err != ERR_OK || name == NULL)
            return err;
        if (!stays(name))
            err = backup_path(inside, path, name, fault);
        if (err == ERR_OK && !stays(name))
            err = remove_entry(inside, level + 1, fault);
        if (err != ERR_OK)
            return err;
    }
}

static enum err
remove_directory(const char *path, int level, struct fault *fault)
{
    if (level >= LEVELS_MAX)
        return fault_set(fault, ERR_EXISTS, "%s: holds what no backup holds; it is left alone",
                         path);
    DIR *directory = opendir(path);
    if (directory == NULL)
        return file_fault(fault, path, errno);
    enum err err = remove_entries(directory, path, level, fault);
    (void)closedir(directory);
    if (err == ERR_OK && rmdir(path) != 0)
        err = file_fault(fault, path, errno);
    return err;
}

static enum err
remove_entry(const char *path, int level, struct fault *fault)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT ? ERR_OK : file_fault(fault, path, errno);
    if (S_ISDIR(st.st_mode))
        return remove_directory(path, level, fault);
    return unlink(path) == 0 ? ERR_OK : file_fault(fault, path, errno);
}

/* All but the lock, which is held. */
static enum err
sweep(const char *path, struct fault *fault)
{
    DIR *directory = opendir(path);
    if (directory == NULL)
        return file_fault(fault, path, errno);
    enum err err = remove_entries(directory, path, 0, fault);
    (void)closedir(directory);
    return err;
}

enum err
backup_remove(const char *path, struct fault *fault)
{
    char lock[BACKUP_PATH_MAX];
    bool there = false;
    enum err err = backup_look(path, &there, fault);
    if (err != ERR_OK || !there)
        return err;
    err = backup_path(lock, path, lock_name, fault);
    if (err == ERR_OK)
        err = sweep(path, fault);
    if (err == ERR_OK && ((unlink(lock) != 0 && errno != ENOENT) || rmdir(path) != 0))
        err = file_fault(fault, path, errno);
    return err;
}

/* Another run may finish meanwhile and take the directory away, before the lock is there or after.
 */
static enum err
lock_directory(const char *path, int *lock, struct fault *fault)
{
    char name[BACKUP_PATH_MAX];
    struct stat held;
    struct stat named;
    enum err err = backup_path(name, path, lock_name, fault);
    if (err == ERR_OK)
        err = file_lock(name, lock, fault);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, ERR_BUSY, "%s: another backup is being made here", path);
    if (err == ERR_OK && (fstat(*lock, &held) != 0 || stat(name, &named) != 0 ||
                          held.st_ino != named.st_ino || held.st_dev != named.st_dev))
        err = fault_set(fault, ERR_BUSY, "%s: held by another process", name);
    return err;
}

/* An empty one is ours as well: killed before it was locked. */
static enum err
give_way(const char *path, const char *lock, struct fault *fault)
{
    bool there = false;
    bool locked = false;
    enum err err = backup_look(path, &there, fault);
    if (err == ERR_OK)
        err = backup_look(lock, &locked, fault);
    if (err != ERR_OK || !there || locked || rmdir(path) == 0)
        return err;
    if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
        return file_fault(fault, path, errno);
    return fault_set(fault, ERR_EXISTS, "%s: is there, and is no unfinished backup; move it away",
                     path);
}

enum err
backup_begin(const char *path, int *lock, struct fault *fault)
{
    char name[BACKUP_PATH_MAX];
    enum err err = backup_path(name, path, lock_name, fault);
    if (err == ERR_OK)
        err = give_way(path, name, fault);
    if (err != ERR_OK)
        return err;
    /* Without its parents: the disk that it is meant for may not be mounted. */
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return file_fault(fault, path, errno);
    err = lock_directory(path, lock, fault);
    return err == ERR_OK ? sweep(path, fault) : err;
}

enum err
backup_ready(const char *path, struct fault *fault)
{
    char name[BACKUP_PATH_MAX];
    enum err err = backup_path(name, path, lock_name, fault);
    if (err == ERR_OK)
        err = file_sync_directory(path, fault);
    if (err == ERR_OK && unlink(name) != 0)
        err = file_fault(fault, name, errno);
    return err;
}
