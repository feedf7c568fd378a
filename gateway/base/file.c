/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    int number;
    enum err err;
} errno_table[] = {
    {ENOENT, ERR_NOT_FOUND}, {ENOTDIR, ERR_NOT_FOUND}, {EACCES, ERR_DENIED},    {EPERM, ERR_DENIED},
    {EROFS, ERR_DENIED},     {ELOOP, ERR_DENIED},      {EEXIST, ERR_EXISTS},    {ENOSPC, ERR_FULL},
    {EDQUOT, ERR_FULL},      {ENOMEM, ERR_MEMORY},     {EWOULDBLOCK, ERR_BUSY},
};

enum err
file_fault(struct fault *fault, const char *path, int errno_value)
{
    enum err err = ERR_UNAVAILABLE;
    for (size_t i = 0; i < sizeof errno_table / sizeof errno_table[0]; i++)
        if (errno_table[i].number == errno_value)
            err = errno_table[i].err;
    char reason[100] = "unknown error";
    (void)strerror_r(errno_value, reason, sizeof reason);
    return fault_set(fault, err, "%s: %s", path, reason);
}

static void
close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

#define AUTO_FD __attribute__((cleanup(close_fd))) int

/* A secret that others can read is treated as lost, so it is refused rather than used. */
static enum err
check_secret(const char *path, int fd, struct fault *fault)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return file_fault(fault, path, errno);
    if (!S_ISREG(st.st_mode))
        return fault_set(fault, ERR_DENIED, "%s: not a regular file", path);
    if (st.st_uid != geteuid())
        return fault_set(fault, ERR_DENIED, "%s: owned by another user", path);
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fault_set(fault, ERR_DENIED,
                         "%s: others can access it (mode %04o); run: chmod 600 %s", path,
                         (unsigned)st.st_mode & 07777U, path);
    return ERR_OK;
}

static enum err
open_for_reading(const char *path, enum file_rule rule, int *fd, struct fault *fault)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (rule == FILE_SECRET ? O_NOFOLLOW : 0);
    *fd = open(path, flags);
    if (*fd < 0 && errno == ELOOP && rule == FILE_SECRET)
        return fault_set(fault, ERR_DENIED, "%s: is a symbolic link; name the file itself", path);
    if (*fd < 0)
        return file_fault(fault, path, errno);
    return rule == FILE_SECRET ? check_secret(path, *fd, fault) : ERR_OK;
}

enum err
file_read(const char *path, enum file_rule rule, struct text *out, struct fault *fault)
{
    AUTO_FD fd = -1;
    enum err err = open_for_reading(path, rule, &fd, fault);
    if (err != ERR_OK)
        return err;
    char buffer[4096];
    ssize_t got = 0;
    bool too_large = false;
    while ((got = read(fd, buffer, sizeof buffer)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return file_fault(fault, path, errno);
        too_large = (size_t)got > out->max - out->len;
        text_slice_put(out, slice_make(buffer, (size_t)got));
        if (!text_ok(out))
            break;
    }
    sodium_memzero(buffer, sizeof buffer);
    if (text_ok(out))
        return ERR_OK;
    return too_large ? fault_set(fault, ERR_TOO_LARGE, "%s: larger than %zu bytes", path, out->max)
                     : fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
}

void
file_wipe(struct text *secret)
{
    if (secret->data != NULL)
        sodium_memzero(secret->data, secret->capacity);
    text_free(secret);
}

static enum err
write_all(int fd, const char *path, struct slice content, struct fault *fault)
{
    while (content.len > 0) {
        ssize_t put = write(fd, content.data, content.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return file_fault(fault, path, errno);
        content = slice_make(content.data + put, content.len - (size_t)put);
    }
    return fsync(fd) == 0 ? ERR_OK : file_fault(fault, path, errno);
}

enum err
file_sync_directory(const char *path, struct fault *fault)
{
    char directory[4096];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 1 : (slash == path ? 1 : (size_t)(slash - path));
    if (!slice_copy(directory, sizeof directory, slice_make(slash == NULL ? "." : path, len)))
        return fault_set(fault, ERR_INVALID, "%s: path too long", path);
    AUTO_FD fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return file_fault(fault, directory, errno);
    return ERR_OK;
}

enum err
file_overwrite(const char *path, struct slice content, struct fault *fault)
{
    AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0600);
    if (fd < 0)
        return file_fault(fault, path, errno);
    enum err err = check_secret(path, fd, fault);
    off_t len = (off_t)content.len;
    if (err == ERR_OK)
        err = write_all(fd, path, content, fault);
    if (err != ERR_OK)
        return err;
    /* Nothing of a longer one stays. */
    if (ftruncate(fd, len) != 0 || fsync(fd) != 0)
        return file_fault(fault, path, errno);
    return file_sync_directory(path, fault);
}

/* A name beside `path` that no other writer uses. */
static bool
temporary_name(char *out, size_t size, const char *path)
{
    int len = snprintf(out, size, "%s.%08x.tmp", path, randombytes_random());
    return len > 0 && (size_t)len < size;
}

static enum err
write_temporary(const char *temporary, struct slice content, mode_t mode, struct fault *fault)
{
    AUTO_FD fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return file_fault(fault, temporary, errno);
    enum err err = write_all(fd, temporary, content, fault);
    if (err != ERR_OK)
        (void)unlink(temporary);
    return err;
}

static enum err
publish(const char *temporary, const char *path, bool replace, struct fault *fault)
{
    int failed = replace ? rename(temporary, path) : link(temporary, path);
    int reason = errno;
    if (failed != 0 || !replace)
        (void)unlink(temporary);
    if (failed != 0 && reason == EEXIST)
        return fault_set(fault, ERR_EXISTS, "%s: already there; it is not overwritten", path);
    if (failed != 0)
        return file_fault(fault, path, reason);
    return file_sync_directory(path, fault);
}

static enum err
put_file(const char *path, struct slice content, mode_t mode, bool replace, struct fault *fault)
{
    char temporary[4096];
    if (!temporary_name(temporary, sizeof temporary, path))
        return fault_set(fault, ERR_INVALID, "%s: path too long", path);
    enum err err = write_temporary(temporary, content, mode, fault);
    return err == ERR_OK ? publish(temporary, path, replace, fault) : err;
}

enum err
file_replace(const char *path, struct slice content, mode_t mode, struct fault *fault)
{
    return put_file(path, content, mode, true, fault);
}

enum err
file_create(const char *path, struct slice content, mode_t mode, struct fault *fault)
{
    return put_file(path, content, mode, false, fault);
}

/* A new one survives a power cut, like what is put in it. */
static enum err
make_one(const char *path, mode_t mode, struct fault *fault)
{
    if (mkdir(path, mode) == 0)
        return file_sync_directory(path, fault);
    return errno == EEXIST ? ERR_OK : file_fault(fault, path, errno);
}

enum err
file_make_directory(const char *path, mode_t mode, struct fault *fault)
{
    char partial[4096];
    if (path[0] == '\0' || !slice_copy(partial, sizeof partial, slice_of(path)))
        return fault_set(fault, ERR_INVALID, "%s: path empty or too long", path);
    for (char *at = partial + 1;; at++) {
        if (*at != '/' && *at != '\0')
            continue;
        bool last = *at == '\0';
        *at = '\0';
        enum err err = make_one(partial, mode, fault);
        if (err != ERR_OK)
            return err;
        if (last)
            break;
        *at = '/';
    }
    struct stat st;
    if (stat(path, &st) != 0)
        return file_fault(fault, path, errno);
    if (!S_ISDIR(st.st_mode))
        return fault_set(fault, ERR_INVALID, "%s: not a directory", path);
    return ERR_OK;
}

enum err
file_lock(const char *path, int *fd, struct fault *fault)
{
    *fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (*fd < 0)
        return file_fault(fault, path, errno);
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return ERR_OK;
    int reason = errno;
    (void)close(*fd);
    *fd = -1;
    if (reason == EWOULDBLOCK)
        return fault_set(fault, ERR_BUSY, "%s: held by another process", path);
    return file_fault(fault, path, reason);
}
