/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a program: lets the n-th call of a kind fail (control.h). */
#define _GNU_SOURCE
#include "tests/faults/control.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

/* Preloaded code has nobody who could hand it a context. */
static struct fault_control none;
static struct fault_control *control;

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
NEXT(ssize_t, write, int, const void *, size_t)
NEXT(ssize_t, pwrite, int, const void *, size_t, off_t)
NEXT(ssize_t, writev, int, const struct iovec *, int)
NEXT(ssize_t, read, int, void *, size_t)
NEXT(ssize_t, pread, int, void *, size_t, off_t)
NEXT(int, ftruncate, int, off_t)
NEXT(int, fsync, int)
NEXT(int, fdatasync, int)
NEXT(int, rename, const char *, const char *)
NEXT(int, link, const char *, const char *)
NEXT(int, mkdir, const char *, mode_t)
NEXT(void *, mmap, void *, size_t, int, int, int, off_t)
NEXT(void *, malloc, size_t)
NEXT(void *, calloc, size_t, size_t)
NEXT(void *, realloc, void *, size_t)

/* Only what the program itself does in a thread is counted: not what AddressSanitizer does before
 * the thread begins, which ends the program where it fails. */
static _Thread_local bool counted;

__attribute__((constructor)) static void
find_control(void)
{
    const char *path = getenv("FAULTS_CONTROL");
    int fd = path == NULL ? -1 : next_open()(path, O_RDWR | O_CLOEXEC);
    void *page =
        fd < 0 ? MAP_FAILED
               : next_mmap()(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        (void)close(fd);
    control = page == MAP_FAILED ? &none : page;
    counted = true;
}

struct beginning {
    void *(*start)(void *);
    void *context;
};

static void *
begin_counting(void *context)
{
    struct beginning beginning;
    memcpy(&beginning, context, sizeof beginning);
    free(context);
    counted = true;
    return beginning.start(beginning.context);
}

NEXT(int, pthread_create, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *)

int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
               void *context)
{
    struct beginning *beginning = next_malloc()(sizeof *beginning);
    if (beginning == NULL)
        return EAGAIN;
    *beginning = (struct beginning){start, context};
    int rc = next_pthread_create()(thread, attributes, begin_counting, beginning);
    if (rc != 0)
        free(beginning);
    return rc;
}

/* glibc 2.36 asserts and crashes in there without memory, which is neither ours to mend nor to
 * measure. */
NEXT(int, getpwuid_r, uid_t, struct passwd *, char *, size_t, struct passwd **)

int
getpwuid_r(uid_t uid, struct passwd *out, char *bytes, size_t len, struct passwd **result)
{
    bool before = counted;
    counted = false;
    int rc = next_getpwuid_r()(uid, out, bytes, len, result);
    counted = before;
    return rc;
}

/* Is it this one's turn? */
static bool
fails(enum fault_call call)
{
    if (control == NULL || !counted || (control->calls & (int64_t)call) == 0)
        return false;
    (void)__atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
    int64_t left = __atomic_sub_fetch(&control->left, 1, __ATOMIC_SEQ_CST);
    if (left != -1 && (left >= 0 || !control->sticky))
        return false;
    (void)__atomic_add_fetch(&control->hits, 1, __ATOMIC_SEQ_CST);
    errno = call == FAULT_MEMORY ? ENOMEM : (int)control->error;
    return true;
}

static bool
is_meant(const char *path)
{
    size_t len = strlen(control->below);
    return path[0] == '/' && strncmp(path, control->below, len) == 0;
}

static bool
path_fails(enum fault_call call, const char *path)
{
    return control != NULL && (control->calls & (int64_t)call) != 0 && is_meant(path) &&
           fails(call);
}

static bool
fd_fails(enum fault_call call, int fd)
{
    char link_path[40];
    char path[512];
    if (control == NULL || (control->calls & (int64_t)call) == 0)
        return false;
    (void)snprintf(link_path, sizeof link_path, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link_path, path, sizeof path - 1);
    if (len <= 0)
        return false;
    path[len] = '\0';
    return is_meant(path) && fails(call);
}

/* ---- files ---- */

ssize_t
write(int fd, const void *bytes, size_t len)
{
    if (!fd_fails(FAULT_WRITE, fd))
        return next_write()(fd, bytes, len);
    return control->error == FAULT_SHORT ? next_write()(fd, bytes, len / 2) : -1;
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    if (!fd_fails(FAULT_WRITE, fd))
        return next_pwrite()(fd, bytes, len, at);
    return control->error == FAULT_SHORT ? next_pwrite()(fd, bytes, len / 2, at) : -1;
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
    if (!fd_fails(FAULT_WRITE, fd))
        return next_writev()(fd, parts, count);
    return control->error == FAULT_SHORT ? next_write()(fd, parts[0].iov_base, parts[0].iov_len / 2)
                                         : -1;
}

ssize_t
read(int fd, void *bytes, size_t len)
{
    return fd_fails(FAULT_READ, fd) ? -1 : next_read()(fd, bytes, len);
}

ssize_t
pread(int fd, void *bytes, size_t len, off_t at)
{
    return fd_fails(FAULT_READ, fd) ? -1 : next_pread()(fd, bytes, len, at);
}

int
ftruncate(int fd, off_t len)
{
    return fd_fails(FAULT_TRUNCATE, fd) ? -1 : next_ftruncate()(fd, len);
}

int
fsync(int fd)
{
    return fd_fails(FAULT_SYNC, fd) ? -1 : next_fsync()(fd);
}

int
fdatasync(int fd)
{
    return fd_fails(FAULT_SYNC, fd) ? -1 : next_fdatasync()(fd);
}

void *
mmap(void *address, size_t len, int protection, int flags, int fd, off_t at)
{
    if (fd >= 0 && fd_fails(FAULT_MAP, fd))
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
    return path_fails(FAULT_OPEN, path) ? -1 : next_open()(path, flags, mode);
}

int __open_2(const char *path, int flags);

int
__open_2(const char *path, int flags)
{
    return path_fails(FAULT_OPEN, path) ? -1 : next_open()(path, flags);
}

int
rename(const char *from, const char *to)
{
    return path_fails(FAULT_NAME, from) ? -1 : next_rename()(from, to);
}

int
link(const char *from, const char *to)
{
    return path_fails(FAULT_NAME, from) ? -1 : next_link()(from, to);
}

int
mkdir(const char *path, mode_t mode)
{
    return path_fails(FAULT_NAME, path) ? -1 : next_mkdir()(path, mode);
}

/* ---- memory ---- */

/* What asks for memory while the next malloc is looked for. */
static char early[16384];
static size_t early_used;
static bool looking;

static void *
take_early(size_t len)
{
    size_t at = early_used;
    early_used += (len + 15) / 16 * 16;
    if (early_used > sizeof early)
        abort();
    return early + at;
}

static bool
is_early(void)
{
    static malloc_type found;
    if (found != NULL)
        return false;
    if (looking)
        return true;
    looking = true;
    found = next_malloc();
    (void)next_calloc();
    (void)next_realloc();
    looking = false;
    return false;
}

void *
malloc(size_t len)
{
    if (is_early())
        return take_early(len);
    return fails(FAULT_MEMORY) ? NULL : next_malloc()(len);
}

void *
calloc(size_t count, size_t len)
{
    if (is_early())
        return take_early(count * len);
    return fails(FAULT_MEMORY) ? NULL : next_calloc()(count, len);
}

void *
realloc(void *old, size_t len)
{
    if (is_early())
        abort();
    return fails(FAULT_MEMORY) ? NULL : next_realloc()(old, len);
}
