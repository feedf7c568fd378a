/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on files and on names of files. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/faults/fail.h"

NEXT(int, open, const char *, int, ...)
NEXT(int, close, int)
NEXT(ssize_t, write, int, const void *, size_t)
NEXT(ssize_t, pwrite, int, const void *, size_t, off_t)
NEXT(ssize_t, writev, int, const struct iovec *, int)
NEXT(ssize_t, read, int, void *, size_t)
NEXT(ssize_t, pread, int, void *, size_t, off_t)
NEXT(int, ftruncate, int, off_t)
NEXT(int, fsync, int)
NEXT(int, fdatasync, int)
NEXT(int, flock, int, int)
NEXT(int, fcntl, int, int, ...)
NEXT(int, rename, const char *, const char *)
NEXT(int, link, const char *, const char *)
NEXT(int, linkat, int, const char *, int, const char *, int)
NEXT(int, mkdir, const char *, mode_t)
NEXT(int, unlink, const char *)
NEXT(int, rmdir, const char *)
NEXT(int, stat, const char *, struct stat *)
NEXT(int, lstat, const char *, struct stat *)
NEXT(int, fstat, int, struct stat *)
NEXT(int, access, const char *, int)
NEXT(int, faccessat, int, const char *, int, int)
NEXT(int, statvfs, const char *, struct statvfs *)
NEXT(DIR *, opendir, const char *)
NEXT(struct dirent *, readdir, DIR *)
NEXT(void *, mmap, void *, size_t, int, int, int, off_t)

/* ---- files ---- */

/* Of a write that fails: -1; what half of it wrote; or, as a lie, all. */
static ssize_t
fail_write(int fd, const void *bytes, size_t len, off_t at)
{
    if (fault_is(FAULT_LIE))
        return (ssize_t)len;
    if (!fault_is(FAULT_SHORT))
        return -1;
    return at < 0 ? next_write()(fd, bytes, len / 2) : next_pwrite()(fd, bytes, len / 2, at);
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
    return fault_takes_fd(FAULT_WRITE, fd) ? fail_write(fd, bytes, len, -1)
                                           : next_write()(fd, bytes, len);
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return fault_takes_fd(FAULT_WRITE, fd) ? fail_write(fd, bytes, len, at)
                                           : next_pwrite()(fd, bytes, len, at);
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
    size_t len = 0;
    if (!fault_takes_fd(FAULT_WRITE, fd))
        return next_writev()(fd, parts, count);
    for (int i = 0; i < count; i++)
        len += parts[i].iov_len;
    return fault_is(FAULT_LIE) ? (ssize_t)len
                               : fail_write(fd, parts[0].iov_base, parts[0].iov_len, -1);
}

ssize_t
read(int fd, void *bytes, size_t len)
{
    return fault_takes_fd(FAULT_READ, fd) ? -1 : next_read()(fd, bytes, len);
}

ssize_t
pread(int fd, void *bytes, size_t len, off_t at)
{
    return fault_takes_fd(FAULT_READ, fd) ? -1 : next_pread()(fd, bytes, len, at);
}

int
ftruncate(int fd, off_t len)
{
    return fault_takes_fd(FAULT_TRUNCATE, fd) ? -1 : next_ftruncate()(fd, len);
}

int
fsync(int fd)
{
    return fault_takes_fd(FAULT_SYNC, fd) ? -1 : next_fsync()(fd);
}

int
fdatasync(int fd)
{
    return fault_takes_fd(FAULT_SYNC, fd) ? -1 : next_fdatasync()(fd);
}

void *
mmap(void *address, size_t len, int protection, int flags, int fd, off_t at)
{
    if (fd >= 0 && fault_takes_fd(FAULT_MAP, fd))
        return MAP_FAILED;
    return next_mmap()(address, len, protection, flags, fd, at);
}

/* ---- names ---- */

int
open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return fault_takes_path(FAULT_OPEN, path) ? -1 : next_open()(path, flags, mode);
}

int __open_2(const char *path, int flags);

int
__open_2(const char *path, int flags)
{
    return fault_takes_path(FAULT_OPEN, path) ? -1 : next_open()(path, flags);
}

int
rename(const char *from, const char *to)
{
    return fault_takes_path(FAULT_NAME, from) ? -1 : next_rename()(from, to);
}

int
link(const char *from, const char *to)
{
    return fault_takes_path(FAULT_NAME, from) ? -1 : next_link()(from, to);
}

int
mkdir(const char *path, mode_t mode)
{
    return fault_takes_path(FAULT_NAME, path) ? -1 : next_mkdir()(path, mode);
}

int
linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
    return fault_takes_path(FAULT_NAME, to)
               ? -1
               : next_linkat()(from_directory, from, to_directory, to, flags);
}

int
unlink(const char *path)
{
    return fault_takes_path(FAULT_REMOVE, path) ? -1 : next_unlink()(path);
}

int
rmdir(const char *path)
{
    return fault_takes_path(FAULT_REMOVE, path) ? -1 : next_rmdir()(path);
}

/* ---- looking ---- */

int
stat(const char *path, struct stat *out)
{
    return fault_takes_path(FAULT_LOOK, path) ? -1 : next_stat()(path, out);
}

int
lstat(const char *path, struct stat *out)
{
    return fault_takes_path(FAULT_LOOK, path) ? -1 : next_lstat()(path, out);
}

int
fstat(int fd, struct stat *out)
{
    return fault_takes_fd(FAULT_LOOK, fd) ? -1 : next_fstat()(fd, out);
}

int
access(const char *path, int how)
{
    return fault_takes_path(FAULT_LOOK, path) ? -1 : next_access()(path, how);
}

int
faccessat(int directory, const char *path, int how, int flags)
{
    return fault_takes_path(FAULT_LOOK, path) ? -1 : next_faccessat()(directory, path, how, flags);
}

/* With ENOSPC it answers that there is none left. */
int
statvfs(const char *path, struct statvfs *out)
{
    bool taken = fault_takes_path(FAULT_LOOK, path);
    if (taken && !fault_is(ENOSPC))
        return -1;
    int rc = next_statvfs()(path, out);
    out->f_bavail = taken ? 0 : out->f_bavail;
    return rc;
}

DIR *
opendir(const char *path)
{
    return fault_takes_path(FAULT_LIST, path) ? NULL : next_opendir()(path);
}

struct dirent *
readdir(DIR *directory)
{
    return fault_takes_fd(FAULT_LIST, dirfd(directory)) ? NULL : next_readdir()(directory);
}

/* ---- locks ---- */

int
flock(int fd, int how)
{
    return fault_takes_fd(FAULT_LOCK, fd) ? -1 : next_flock()(fd, how);
}

int
fcntl(int fd, int command, ...)
{
    va_list args;
    va_start(args, command);
    void *argument = va_arg(args, void *);
    va_end(args);
    bool locks = command == F_SETLK || command == F_SETLKW;
    return locks && fault_takes_fd(FAULT_LOCK, fd) ? -1 : next_fcntl()(fd, command, argument);
}

/* It is closed all the same, as the kernel does it. */
int
close(int fd)
{
    bool taken = fault_takes_fd(FAULT_CLOSE, fd);
    int reason = errno;
    int rc = next_close()(fd);
    if (!taken)
        return rc;
    errno = reason;
    return -1;
}
