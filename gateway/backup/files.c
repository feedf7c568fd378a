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

#define AUTO_FD __attribute__((cleanup(close_fd))) int

static enum err
write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, bytes, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return ERR_UNAVAILABLE;
        bytes += put;
        len -= (size_t)put;
    }
    return ERR_OK;
}

/* Reads `from` to its end; what it read goes to `to`, unless that is -1. */
static enum err
drain_by(char *chunk, int from, int to, struct backup_file *file)
{
    crypto_generichash_state state;
    enum err err = ERR_OK;
    ssize_t got = 0;
    (void)crypto_generichash_init(&state, NULL, 0, BACKUP_HASH_BYTES);
    file->bytes = 0;
    while (err == ERR_OK && (got = read(from, chunk, CHUNK)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ERR_UNAVAILABLE;
        file->bytes += (uint64_t)got;
        (void)crypto_generichash_update(&state, (const uint8_t *)chunk, (size_t)got);
        if (to >= 0)
            err = write_all(to, chunk, (size_t)got);
    }
    (void)crypto_generichash_final(&state, file->hash, BACKUP_HASH_BYTES);
    return err;
}

/* Not on the stack, and not a thread's own either, which takes from every stack. */
static enum err
drain(int from, int to, struct backup_file *file)
{
    char *chunk = malloc(CHUNK);
    if (chunk == NULL)
        return ERR_MEMORY;
    enum err err = drain_by(chunk, from, to, file);
    int reason = errno;
    sodium_memzero(chunk, CHUNK);
    free(chunk);
    errno = reason;
    return err;
}

static enum err
open_source(const char *directory, const char *name, int *fd, char path[static BACKUP_PATH_MAX],
            struct fault *fault)
{
    struct stat st;
    enum err err = backup_path(path, directory, name, fault);
    if (err != ERR_OK)
        return err;
    *fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &st) != 0)
        return file_fault(fault, path, errno);
    return S_ISREG(st.st_mode) ? ERR_OK
                               : fault_set(fault, ERR_INVALID, "%s: not a regular file", path);
}

enum err
backup_hash(const char *directory, struct backup_file *file, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    AUTO_FD fd = -1;
    enum err err = open_source(directory, file->name, &fd, path, fault);
    if (err != ERR_OK)
        return err;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    return drain(fd, -1, file) == ERR_OK ? ERR_OK : file_fault(fault, path, errno);
}

enum err
backup_copy_file(const char *from, const char *to, struct backup_file *file, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    AUTO_FD in = -1;
    enum err err = open_source(from, file->name, &in, path, fault);
    if (err == ERR_OK)
        err = backup_path(path, to, file->name, fault);
    if (err != ERR_OK)
        return err;
    AUTO_FD out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out < 0 || drain(in, out, file) != ERR_OK || fsync(out) != 0)
        return file_fault(fault, path, errno);
    return file_sync_directory(path, fault);
}

bool
backup_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static enum err remove_entry(const char *path, int level, struct fault *fault);

static enum err
remove_entries(DIR *directory, const char *path, int level, struct fault *fault)
{
    enum err err = ERR_OK;
    /* One stream, one thread: readdir is safe. */
    for (const struct dirent *at = readdir(directory);           /* NOLINT(concurrency-mt-unsafe) */
         err == ERR_OK && at != NULL; at = readdir(directory)) { /* NOLINT(concurrency-mt-unsafe) */
        char inside[BACKUP_PATH_MAX];
        if (strcmp(at->d_name, ".") == 0 || strcmp(at->d_name, "..") == 0 ||
            strcmp(at->d_name, lock_name) == 0)
            continue;
        err = backup_path(inside, path, at->d_name, fault);
        if (err == ERR_OK)
            err = remove_entry(inside, level + 1, fault);
    }
    return err;
}

static enum err
remove_directory(const char *path, int level, struct fault *fault)
{
    DIR *directory = level < LEVELS_MAX ? opendir(path) : NULL;
    if (directory == NULL)
        return fault_set(fault, ERR_EXISTS, "%s: holds what no backup holds; it is left alone",
                         path);
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
    if (!backup_exists(path))
        return ERR_OK;
    enum err err = backup_path(lock, path, lock_name, fault);
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

enum err
backup_begin(const char *path, int *lock, struct fault *fault)
{
    char name[BACKUP_PATH_MAX];
    enum err err = backup_path(name, path, lock_name, fault);
    if (err != ERR_OK)
        return err;
    /* An empty one is ours as well: killed before it was locked. */
    if (backup_exists(path) && !backup_exists(name) && rmdir(path) != 0)
        return fault_set(fault, ERR_EXISTS,
                         "%s: is there, and is no unfinished backup; move it away", path);
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
