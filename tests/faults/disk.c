/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/faults/disk_inside.h"

void
disk_require(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

struct disk *
disk_load(const char *log)
{
    struct stat st;
    struct disk *disk = calloc(1, sizeof *disk);
    disk_require(disk != NULL, "memory");
    int fd = open(log, O_RDONLY | O_CLOEXEC);
    disk_require(fd >= 0 && fstat(fd, &st) == 0, log);
    disk->log_len = (size_t)st.st_size;
    disk->log = mmap(NULL, disk->log_len, PROT_READ, MAP_PRIVATE, fd, 0);
    disk_require(disk->log != MAP_FAILED, log);
    (void)close(fd);
    return disk;
}

void
disk_ignore_syncs(struct disk *disk)
{
    disk->ignore_sync = true;
}

void
disk_free(struct disk *disk)
{
    for (size_t i = 0; i < disk->file_count; i++)
        free(disk->files[i].bytes);
    (void)munmap((void *)(uintptr_t)disk->log, disk->log_len);
    free(disk);
}

void
disk_marks(struct disk *disk, const char *name,
           void (*mark)(const char *text, size_t len, void *context), void *context)
{
    (void)snprintf(disk->marks, sizeof disk->marks, "%s", name);
    disk->mark = mark;
    disk->context = context;
}

size_t
disk_entries(const struct disk *disk)
{
    size_t count = 0;
    struct log_entry entry;
    for (size_t at = 0; at < disk->log_len; at += sizeof entry + entry.len, count++)
        memcpy(&entry, disk->log + at, sizeof entry);
    return count;
}

bool
disk_changed(const struct disk *disk)
{
    return disk->changed;
}

/* ---- files ---- */

static struct file *
file_of(struct disk *disk, uint64_t inode)
{
    for (size_t i = disk->file_count; i-- > 0;)
        if (disk->files[i].inode == inode)
            return &disk->files[i];
    disk_require(disk->file_count < FILES, "too many files");
    disk->files[disk->file_count].inode = inode;
    return &disk->files[disk->file_count++];
}

void
disk_reserve(struct file *file, size_t len)
{
    disk_require(len <= FILE_BYTES, "file too large");
    if (len <= file->room)
        return;
    uint8_t *more = calloc(2, len);
    disk_require(more != NULL, "memory");
    if (file->len > 0)
        memcpy(more, file->bytes, file->len);
    free(file->bytes);
    file->bytes = more;
    file->room = 2 * len;
}

void
disk_put(struct file *file, uint64_t offset, const uint8_t *bytes, size_t len)
{
    if (len == 0)
        return;
    disk_reserve(file, (size_t)offset + len);
    memcpy(file->bytes + offset, bytes, len);
    if (file->len < offset + len)
        file->len = (size_t)offset + len;
}

static void
cut(struct file *file, uint64_t len)
{
    disk_reserve(file, (size_t)len);
    if (len < file->len)
        memset(file->bytes + len, 0, file->len - (size_t)len);
    file->len = (size_t)len;
}

void
disk_settle_write(struct file *file, const struct pending *pending)
{
    if (pending->entry.kind == LOG_TRUNCATE)
        cut(file, pending->entry.offset);
    else
        disk_put(file, pending->entry.offset, pending->bytes, (size_t)pending->entry.len);
}

/* Of the inode, those from `first` up to before `end`. */
static void
settle_writes(struct disk *disk, uint64_t inode, uint64_t first, uint64_t end)
{
    size_t kept = 0;
    for (size_t i = 0; i < disk->write_count; i++) {
        const struct pending *pending = &disk->writes[i];
        if (pending->entry.inode == inode && pending->place >= first && pending->place < end)
            disk_settle_write(file_of(disk, inode), pending);
        else
            disk->writes[kept++] = *pending;
    }
    disk->write_count = kept;
}

/* ---- names ---- */

void
disk_settle_move(struct tree *tree, const struct pending *pending)
{
    const char *first = (const char *)pending->bytes;
    const char *second = first + strlen(first) + 1;
    const struct tree_name *from = NULL;
    switch ((enum log_kind)pending->entry.kind) {
    case LOG_CREATE:
        tree_put(tree, first, pending->entry.inode);
        break;
    case LOG_MKDIR:
        tree_put(tree, first, 0);
        break;
    case LOG_RENAME:
    case LOG_LINK:
        from = tree_find(tree, first);
        if (from != NULL)
            tree_put(tree, second, from->inode);
        if (pending->entry.kind == LOG_RENAME)
            tree_remove(tree, first);
        break;
    case LOG_UNLINK:
        tree_remove(tree, first);
        break;
    case LOG_WRITE:
    case LOG_TRUNCATE:
    case LOG_SYNC:
    case LOG_SYNCED:
    case LOG_WRITTEN:
        break;
    }
}

static void
settle_moves(struct disk *disk, const char *directory, uint64_t end)
{
    size_t kept = 0;
    for (size_t i = 0; i < disk->move_count; i++) {
        const struct pending *pending = &disk->moves[i];
        if (pending->place < end && tree_in((const char *)pending->bytes, directory))
            disk_settle_move(&disk->names, pending);
        else
            disk->moves[kept++] = *pending;
    }
    disk->move_count = kept;
}

/* ---- the next entry ---- */

static void
add(struct pending *list, size_t *count, const struct pending *pending)
{
    disk_require(*count < PENDING, "too much is pending");
    list[(*count)++] = *pending;
}

static void
happen(struct disk *disk, const struct pending *now)
{
    const struct log_entry *entry = &now->entry;
    bool is_write = entry->kind == LOG_WRITE || entry->kind == LOG_TRUNCATE;
    bool is_sync = entry->kind == LOG_SYNCED || entry->kind == LOG_WRITTEN;
    disk->changed = entry->kind != LOG_SYNC;
    if (is_write)
        add(disk->writes, &disk->write_count, now);
    else if (!is_sync && entry->kind != LOG_SYNC)
        add(disk->moves, &disk->move_count, now);
    if (!is_sync || disk->ignore_sync)
        return;
    if (entry->kind == LOG_WRITTEN)
        settle_writes(disk, entry->inode, entry->offset, entry->offset + 1);
    else if (entry->directory)
        settle_moves(disk, (const char *)now->bytes, entry->offset);
    else
        settle_writes(disk, entry->inode, 0, entry->offset);
}

bool
disk_step(struct disk *disk)
{
    if (disk->at >= disk->log_len)
        return false;
    struct pending now = {.place = disk->place++};
    memcpy(&now.entry, disk->log + disk->at, sizeof now.entry);
    now.bytes = disk->log + disk->at + sizeof now.entry;
    disk->at += sizeof now.entry + (size_t)now.entry.len;
    if (now.entry.kind == LOG_CREATE && strcmp((const char *)now.bytes, disk->marks) == 0)
        disk->marks_inode = now.entry.inode;
    disk->changed = false;
    if (disk->marks_inode == 0 || now.entry.inode != disk->marks_inode)
        happen(disk, &now);
    else if (now.entry.kind == LOG_WRITE)
        disk->mark((const char *)now.bytes, (size_t)now.entry.len, disk->context);
    return true;
}
