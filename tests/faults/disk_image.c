/* SPDX-License-Identifier: Apache-2.0 */
/* What a power cut can leave. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/faults/disk_inside.h"

enum { SECTOR = 512, PAGE = 4096 };

static const char *const survivals[SURVIVALS] = {"nothing", "everything", "writes", "pages",
                                                 "sectors", "prefix",     "stale"};

const char *
survival_name(enum survival survival)
{
    return survivals[survival];
}

static uint32_t
draw(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

/* Parts of the write, `step` bytes on disk each, that survive one by one. */
static void
put_parts(struct file *file, const struct pending *pending, size_t step, uint64_t *random)
{
    uint64_t offset = pending->entry.offset;
    size_t len = (size_t)pending->entry.len;
    for (size_t at = 0; at < len;) {
        size_t part = step - (size_t)((offset + at) % step);
        part = part < len - at ? part : len - at;
        if (draw(random) % 2 == 0)
            disk_put(file, offset + at, pending->bytes + at, part);
        at += part;
    }
}

static void
survive(struct file *file, const struct pending *pending, enum survival survival, uint64_t *random)
{
    bool whole = survival == SURVIVES_EVERYTHING || survival == SURVIVES_WRITES ||
                 pending->entry.kind == LOG_TRUNCATE;
    if (survival == SURVIVES_NOTHING)
        return;
    if (whole && (survival == SURVIVES_EVERYTHING || draw(random) % 2 == 0))
        disk_settle_write(file, pending);
    if (!whole)
        put_parts(file, pending, survival == SURVIVES_PAGES ? PAGE : SECTOR, random);
}

static size_t
prefix_of(const struct disk *disk, uint64_t inode, uint64_t *random)
{
    size_t count = 0;
    for (size_t i = 0; i < disk->write_count; i++)
        count += disk->writes[i].entry.inode == inode;
    return draw(random) % (count + 1);
}

static void
fill_stale(struct file *file, size_t from, uint64_t *random)
{
    for (size_t at = from; at < file->len; at++)
        file->bytes[at] = (uint8_t)draw(random);
}

static size_t
grown_len(const struct disk *disk, const struct file *file)
{
    size_t len = file->len;
    for (size_t i = 0; i < disk->write_count; i++) {
        const struct log_entry *entry = &disk->writes[i].entry;
        if (entry->inode == file->inode && entry->kind == LOG_WRITE &&
            len < entry->offset + entry->len)
            len = (size_t)(entry->offset + entry->len);
    }
    return len;
}

/* The file as it would be found. */
static void
find_file(const struct disk *disk, struct file *file, enum survival survival, uint64_t *random)
{
    size_t left = survival == SURVIVES_PREFIX ? prefix_of(disk, file->inode, random) : SIZE_MAX;
    size_t before = file->len;
    if (survival == SURVIVES_STALE) {
        size_t len = grown_len(disk, file);
        disk_reserve(file, len);
        file->len = len;
        fill_stale(file, before, random);
    }
    for (size_t i = 0; i < disk->write_count; i++) {
        const struct pending *pending = &disk->writes[i];
        if (pending->entry.inode != file->inode)
            continue;
        enum survival how = survival;
        if (survival == SURVIVES_PREFIX)
            how = left > 0 ? SURVIVES_EVERYTHING : SURVIVES_SECTORS;
        survive(file, pending, how, random);
        if (left-- == 0)
            break;
    }
}

static void
write_file(const struct disk *disk, const char *path, uint64_t inode, enum survival survival,
           uint64_t *random)
{
    struct file file = {.inode = inode};
    for (size_t i = 0; i < disk->file_count; i++)
        if (disk->files[i].inode == inode)
            disk_put(&file, 0, disk->files[i].bytes, disk->files[i].len);
    find_file(disk, &file, survival, random);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    disk_require(fd >= 0, path);
    if (file.len > 0)
        disk_require(write(fd, file.bytes, file.len) == (ssize_t)file.len, path);
    (void)close(fd);
    free(file.bytes);
}

/* How far each directory has come: a number of its changes. */
static void
find_names(const struct disk *disk, struct tree *tree, enum survival survival, uint64_t *random)
{
    *tree = disk->names;
    if (survival == SURVIVES_NOTHING)
        return;
    uint64_t start = *random;
    (void)draw(random);
    for (size_t i = 0; i < disk->move_count; i++) {
        const char *name = (const char *)disk->moves[i].bytes;
        size_t count = 0;
        size_t mine = 0;
        for (size_t j = 0; j < disk->move_count; j++) {
            if (!tree_beside(name, (const char *)disk->moves[j].bytes))
                continue;
            mine += j < i;
            count++;
        }
        uint64_t state = start + tree_directory_hash(name);
        size_t reached = survival == SURVIVES_EVERYTHING ? count : draw(&state) % (count + 1);
        if (mine < reached)
            disk_settle_move(tree, &disk->moves[i]);
    }
}

void
disk_image(const struct disk *disk, enum survival survival, uint64_t random, const char *directory)
{
    struct tree tree;
    char path[TREE_PATH_MAX * 2];
    find_names(disk, &tree, survival, &random);
    tree_empty(directory);
    tree_sort(&tree);
    for (size_t i = 0; i < tree.count; i++) {
        const struct tree_name *name = &tree.names[i];
        if (!tree_reached(&tree, name->path))
            continue;
        (void)snprintf(path, sizeof path, "%s%s", directory, name->path);
        if (name->inode == 0)
            disk_require(mkdir(path, 0700) == 0, path);
        else
            write_file(disk, path, name->inode, survival, &random);
    }
}
