/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/base/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
require(int ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    abort();
}

void
scratch_make(struct scratch *s)
{
    const char *base = getenv("TMPDIR"); /* NOLINT(concurrency-mt-unsafe) */
    int len =
        snprintf(s->root, sizeof s->root, "%s/assay-test-XXXXXX", base != NULL ? base : "/tmp");
    require(len > 0 && (size_t)len < sizeof s->root && mkdtemp(s->root) != NULL, "mkdtemp");
}

/* Of the entries besides . and .., the n-th; "" when there are fewer. */
static void
nth_entry(const char *directory, size_t n, char *name, size_t size)
{
    name[0] = '\0';
    DIR *dir = opendir(directory);
    require(dir != NULL, directory);
    struct dirent *entry = NULL;
    while ((entry = readdir(dir)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (n-- == 0)
            (void)snprintf(name, size, "%s/%s", directory, entry->d_name);
    }
    (void)closedir(dir);
}

static void
remove_tree(const char *path) /* NOLINT(misc-no-recursion) */
{
    while (remove(path) != 0) {
        char inside[SCRATCH_PATH_MAX];
        nth_entry(path, 0, inside, sizeof inside);
        require(inside[0] != '\0', path);
        remove_tree(inside);
    }
}

void
scratch_remove(struct scratch *s)
{
    remove_tree(s->root);
}

const char *
scratch_path(struct scratch *s, const char *name)
{
    int len = snprintf(s->path, sizeof s->path, "%s/%s", s->root, name);
    require(len > 0 && (size_t)len < sizeof s->path, name);
    return s->path;
}

int
scratch_set_up(void **state)
{
    struct scratch *s = calloc(1, sizeof *s);
    require(s != NULL, "memory");
    scratch_make(s);
    *state = s;
    return 0;
}

int
scratch_tear_down(void **state)
{
    scratch_remove(*state);
    free(*state);
    return 0;
}

void
scratch_write(struct scratch *s, const char *name, const void *bytes, size_t len, mode_t mode)
{
    int fd = open(scratch_path(s, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    require(fd >= 0, s->path);
    require(write(fd, bytes, len) == (ssize_t)len && fchmod(fd, mode) == 0, s->path);
    require(close(fd) == 0, s->path);
}

ssize_t
scratch_read(struct scratch *s, const char *name, void *out, size_t size)
{
    int fd = open(scratch_path(s, name), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t len = read(fd, out, size);
    require(len >= 0 && close(fd) == 0, s->path);
    return len;
}

size_t
scratch_count(const struct scratch *s)
{
    char name[SCRATCH_PATH_MAX];
    for (size_t n = 0;; n++) {
        nth_entry(s->root, n, name, sizeof name);
        if (name[0] == '\0')
            return n;
    }
}
