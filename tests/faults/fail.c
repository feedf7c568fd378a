/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a program: lets the n-th call of a kind fail (control.h). */
#define _GNU_SOURCE
#include "tests/faults/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Preloaded code has nobody who could hand it a context. */
static struct fault_control none;
static struct fault_control *control;

NEXT(int, open, const char *, int, ...)
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

bool
fault_takes(enum fault_call call)
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

bool
fault_is(int error)
{
    return control->error == error;
}

bool
fault_means(const char *path)
{
    return control != NULL && path[0] == '/' &&
           strncmp(path, control->below, strlen(control->below)) == 0;
}

bool
fault_means_fd(int fd)
{
    char link_path[40];
    char path[512];
    (void)snprintf(link_path, sizeof link_path, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link_path, path, sizeof path - 1);
    if (len <= 0)
        return false;
    path[len] = '\0';
    return fault_means(path);
}

bool
fault_takes_path(enum fault_call call, const char *path)
{
    return control != NULL && (control->calls & (int64_t)call) != 0 && fault_means(path) &&
           fault_takes(call);
}

bool
fault_takes_fd(enum fault_call call, int fd)
{
    int reason = errno;
    bool taken = control != NULL && (control->calls & (int64_t)call) != 0 && fault_means_fd(fd);
    errno = reason;
    return taken && fault_takes(call);
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
    if (fault_takes(FAULT_THREAD))
        return errno;
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
    return fault_takes(FAULT_MEMORY) ? NULL : next_malloc()(len);
}

void *
calloc(size_t count, size_t len)
{
    if (is_early())
        return take_early(count * len);
    return fault_takes(FAULT_MEMORY) ? NULL : next_calloc()(count, len);
}

void *
realloc(void *old, size_t len)
{
    if (is_early())
        abort();
    return fault_takes(FAULT_MEMORY) ? NULL : next_realloc()(old, len);
}
