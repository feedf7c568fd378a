/* SPDX-License-Identifier: Apache-2.0 */
/* The names on a disk: paths from "/" on, each of a directory or of a file. */
#ifndef ASSAY_TESTS_FAULTS_TREE_H
#define ASSAY_TESTS_FAULTS_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TREE_NAMES_MAX = 64, TREE_PATH_MAX = 128 };

struct tree {
    size_t count;
    struct tree_name {
        char path[TREE_PATH_MAX];
        uint64_t inode; /* 0: a directory */
    } names[TREE_NAMES_MAX];
};

const struct tree_name *tree_find(const struct tree *tree, const char *path);
void tree_put(struct tree *tree, const char *path, uint64_t inode);
void tree_remove(struct tree *tree, const char *path);
void tree_sort(struct tree *tree); /* a directory comes before what is in it */

/* Does it lie in this directory; in that of the other; and are the directories above it there? */
bool tree_in(const char *path, const char *directory);
bool tree_beside(const char *path, const char *other);
bool tree_reached(const struct tree *tree, const char *path);
uint64_t tree_directory_hash(const char *path);

/* Removes all that is in the directory, or makes it. */
void tree_empty(const char *directory);

#endif
