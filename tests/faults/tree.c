/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/tree.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct tree_name *
tree_find(const struct tree *tree, const char *path)
{
    for (size_t i = 0; i < tree->count; i++)
        if (strcmp(tree->names[i].path, path) == 0)
            return &tree->names[i];
    return NULL;
}

void
tree_remove(struct tree *tree, const char *path)
{
    const struct tree_name *found = tree_find(tree, path);
    if (found != NULL)
        tree->names[found - tree->names] = tree->names[--tree->count];
}

void
tree_put(struct tree *tree, const char *path, uint64_t inode)
{
    tree_remove(tree, path);
    if (tree->count == TREE_NAMES_MAX || strlen(path) >= TREE_PATH_MAX) {
        (void)fprintf(stderr, "%s: too many names, or too long\n", path);
        exit(1);
    }
    struct tree_name *name = &tree->names[tree->count++];
    (void)snprintf(name->path, sizeof name->path, "%s", path);
    name->inode = inode;
}

static int
by_path(const void *a, const void *b)
{
    const struct tree_name *one = a;
    const struct tree_name *other = b;
    return strcmp(one->path, other->path);
}

void
tree_sort(struct tree *tree)
{
    qsort(tree->names, tree->count, sizeof tree->names[0], by_path);
}

/* Without the slash. */
static size_t
directory_len(const char *path)
{
    return (size_t)(strrchr(path, '/') - path);
}

bool
tree_in(const char *path, const char *directory)
{
    size_t len = directory_len(path);
    return strlen(directory) == len && strncmp(path, directory, len) == 0;
}

bool
tree_beside(const char *path, const char *other)
{
    size_t len = directory_len(path);
    return directory_len(other) == len && strncmp(path, other, len) == 0;
}

bool
tree_reached(const struct tree *tree, const char *path)
{
    char above[TREE_PATH_MAX];
    (void)snprintf(above, sizeof above, "%.*s", (int)directory_len(path), path);
    if (above[0] == '\0')
        return true;
    const struct tree_name *name = tree_find(tree, above);
    return name != NULL && name->inode == 0 && tree_reached(tree, above);
}

uint64_t
tree_directory_hash(const char *path)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < directory_len(path); i++)
        hash = (hash ^ (uint8_t)path[i]) * UINT64_C(0x100000001B3);
    return hash;
}

void
tree_empty(const char *directory)
{
    char path[512];
    if (mkdir(directory, 0700) == 0)
        return;
    DIR *dir = opendir(directory);
    const struct dirent *entry = NULL;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (unlink(path) == 0)
            continue;
        tree_empty(path);
        (void)rmdir(path);
    }
    if (dir != NULL)
        (void)closedir(dir);
}
