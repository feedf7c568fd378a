/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a program: records what it does to the files below FAULTS_ROOT (log.h). A write is
 * recorded before it happens and a sync again when it is done, so that the record never promises
 * more than the program was promised. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/faults/log.h"

enum { FDS = 1024, PATH_BYTES = 512 };

/* Preloaded code has nobody who could hand it a context. */
static struct {
    pthread_mutex_t lock;
    int fd; /* of the log; 0: not looked up, -1: not recording */
    char root[PATH_BYTES];
    uint64_t entries;
    struct tracked {
        bool on, directory, dsync;
        uint64_t inode;
        char path[PATH_BYTES];
    } of[FDS];
} recorder = {.lock = PTHREAD_MUTEX_INITIALIZER};

#define NEXT(type, name, ...)                                                                      \
    typedef type (*name##_type)(__VA_ARGS__);                                                      \
    static type (*next_##name(void))(__VA_ARGS__)                                                  \
    {                                                                                              \
        static name##_type next;                                                                   \
        if (next == NULL) {                                                                        \
            void *symbol = dlsym(RTLD_NEXT, #name);                                                \
            memcpy(&next, &symbol, sizeof next);                                                   \
        }                                                                                          \
        return next;                                                                               \
    }

NEXT(int, open, const char *, int, ...)
NEXT(int, close, int)
NEXT(ssize_t, write, int, const void *, size_t)
NEXT(ssize_t, pwrite, int, const void *, size_t, off_t)
NEXT(ssize_t, writev, int, const struct iovec *, int)
NEXT(int, ftruncate, int, off_t)
NEXT(int, fsync, int)
NEXT(int, fdatasync, int)
NEXT(int, rename, const char *, const char *)
NEXT(int, link, const char *, const char *)
NEXT(int, unlink, const char *)
NEXT(int, mkdir, const char *, mode_t)

static bool
recording(void)
{
    if (recorder.fd != 0)
        return recorder.fd > 0;
    const char *log = getenv("FAULTS_LOG");
    const char *root = getenv("FAULTS_ROOT");
    recorder.fd = -1;
    if (log == NULL || root == NULL)
        return false;
    (void)snprintf(recorder.root, sizeof recorder.root, "%s", root);
    recorder.fd = next_open()(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return recorder.fd > 0;
}

/* The name below the root; NULL when it is elsewhere. */
static const char *
below(const char *path)
{
    size_t len = strlen(recorder.root);
    bool inside = strncmp(path, recorder.root, len) == 0;
    return inside && (path[len] == '/' || path[len] == '\0') ? path + len : NULL;
}

static uint64_t
note(const struct log_entry *entry, const void *bytes, const char *second)
{
    struct log_entry whole = *entry;
    size_t more = second == NULL ? 0 : strlen(second) + 1;
    whole.len = entry->len + more;
    const struct iovec parts[] = {{&whole, sizeof whole},
                                  {(void *)(uintptr_t)bytes, (size_t)entry->len},
                                  {(void *)(uintptr_t)second, more}};
    size_t all = sizeof whole + (size_t)whole.len;
    if (next_writev()(recorder.fd, parts, 3) != (ssize_t)all)
        abort(); /* a log with a hole would prove nothing */
    return recorder.entries++;
}

static void
note_names(enum log_kind kind, uint64_t inode, const char *first, const char *second)
{
    const struct log_entry entry = {
        .kind = (uint32_t)kind, .inode = inode, .len = strlen(first) + 1};
    (void)note(&entry, first, second);
}

static struct tracked *
tracked(int fd)
{
    return fd >= 0 && fd < FDS && recording() && recorder.of[fd].on ? &recorder.of[fd] : NULL;
}

static void
track(int fd, const char *path, int flags, bool made)
{
    struct stat st;
    if (fd < 0 || fd >= FDS || fstat(fd, &st) != 0)
        return;
    struct tracked *of = &recorder.of[fd];
    *of = (struct tracked){.on = true,
                           .directory = S_ISDIR(st.st_mode),
                           .dsync = (flags & O_DSYNC) != 0,
                           .inode = st.st_ino};
    (void)snprintf(of->path, sizeof of->path, "%s", path);
    if (made)
        note_names(LOG_CREATE, st.st_ino, path, NULL);
}

static int
open_noted(const char *path, int flags, mode_t mode)
{
    struct stat st;
    const char *name = recording() ? below(path) : NULL;
    if (name == NULL)
        return next_open()(path, flags, mode);
    (void)pthread_mutex_lock(&recorder.lock);
    bool made = (flags & O_CREAT) != 0 && lstat(path, &st) != 0;
    int fd = next_open()(path, flags, mode);
    track(fd, name, flags, made);
    (void)pthread_mutex_unlock(&recorder.lock);
    return fd;
}

int
open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_noted(path, flags, mode);
}

int __open_2(const char *path, int flags);

int
__open_2(const char *path, int flags)
{
    return open_noted(path, flags, 0);
}

int
close(int fd)
{
    struct tracked *of = tracked(fd);
    if (of != NULL)
        of->on = false;
    return next_close()(fd);
}

/* ---- files ---- */

static ssize_t
write_noted(const struct tracked *of, int fd, const void *bytes, size_t len, off_t at)
{
    const struct log_entry entry = {
        .kind = LOG_WRITE, .inode = of->inode, .offset = (uint64_t)at, .len = len};
    (void)pthread_mutex_lock(&recorder.lock);
    uint64_t place = note(&entry, bytes, NULL);
    ssize_t put = next_pwrite()(fd, bytes, len, at);
    if (put != (ssize_t)len)
        abort();
    const struct log_entry written = {.kind = LOG_WRITTEN, .inode = of->inode, .offset = place};
    if (of->dsync)
        (void)note(&written, NULL, NULL);
    (void)pthread_mutex_unlock(&recorder.lock);
    return put;
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    const struct tracked *of = tracked(fd);
    return of == NULL ? next_pwrite()(fd, bytes, len, at) : write_noted(of, fd, bytes, len, at);
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
    const struct tracked *of = tracked(fd);
    if (of == NULL)
        return next_write()(fd, bytes, len);
    off_t at = lseek(fd, 0, SEEK_CUR);
    ssize_t put = write_noted(of, fd, bytes, len, at);
    (void)lseek(fd, at + put, SEEK_SET);
    return put;
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
    ssize_t all = 0;
    if (tracked(fd) == NULL)
        return next_writev()(fd, parts, count);
    for (int i = 0; i < count; i++)
        all += write(fd, parts[i].iov_base, parts[i].iov_len);
    return all;
}

int
ftruncate(int fd, off_t len)
{
    const struct tracked *of = tracked(fd);
    if (of != NULL) {
        const struct log_entry entry = {
            .kind = LOG_TRUNCATE, .inode = of->inode, .offset = (uint64_t)len};
        (void)pthread_mutex_lock(&recorder.lock);
        (void)note(&entry, NULL, NULL);
        (void)pthread_mutex_unlock(&recorder.lock);
    }
    return next_ftruncate()(fd, len);
}

static uint64_t
note_sync(const struct tracked *of, enum log_kind kind, uint64_t place)
{
    const struct log_entry entry = {.kind = (uint32_t)kind,
                                    .directory = of->directory,
                                    .inode = of->inode,
                                    .offset = place,
                                    .len = of->directory ? strlen(of->path) + 1 : 0};
    (void)pthread_mutex_lock(&recorder.lock);
    uint64_t number = note(&entry, of->path, NULL);
    (void)pthread_mutex_unlock(&recorder.lock);
    return number;
}

static int
sync_noted(int fd, int (*next)(int))
{
    const struct tracked *of = tracked(fd);
    uint64_t place = of == NULL ? 0 : note_sync(of, LOG_SYNC, 0);
    int rc = next(fd);
    if (of != NULL && rc == 0)
        (void)note_sync(of, LOG_SYNCED, place);
    return rc;
}

int
fsync(int fd)
{
    return sync_noted(fd, next_fsync());
}

int
fdatasync(int fd)
{
    return sync_noted(fd, next_fdatasync());
}

/* ---- directories ---- */

/* What is done to a name is noted when it is done, in the same step as the log sees it. */
static int
renamed(enum log_kind kind, const char *from, const char *to,
        int (*next)(const char *, const char *))
{
    const char *first = recording() ? below(from) : NULL;
    const char *second = recording() ? below(to) : NULL;
    (void)pthread_mutex_lock(&recorder.lock);
    int rc = next(from, to);
    int reason = errno;
    if (rc == 0 && first != NULL && second != NULL)
        note_names(kind, 0, first, second);
    (void)pthread_mutex_unlock(&recorder.lock);
    errno = reason;
    return rc;
}

int
rename(const char *from, const char *to)
{
    return renamed(LOG_RENAME, from, to, next_rename());
}

int
link(const char *from, const char *to)
{
    return renamed(LOG_LINK, from, to, next_link());
}

int
unlink(const char *path)
{
    const char *name = recording() ? below(path) : NULL;
    (void)pthread_mutex_lock(&recorder.lock);
    int rc = next_unlink()(path);
    int reason = errno;
    if (rc == 0 && name != NULL)
        note_names(LOG_UNLINK, 0, name, NULL);
    (void)pthread_mutex_unlock(&recorder.lock);
    errno = reason;
    return rc;
}

int
mkdir(const char *path, mode_t mode)
{
    const char *name = recording() ? below(path) : NULL;
    (void)pthread_mutex_lock(&recorder.lock);
    int rc = next_mkdir()(path, mode);
    int reason = errno;
    if (rc == 0 && name != NULL)
        note_names(LOG_MKDIR, 0, name, NULL);
    (void)pthread_mutex_unlock(&recorder.lock);
    errno = reason;
    return rc;
}
