/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/faults/disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/faults/tree.h"

enum { FILES = 4096, PENDING = 65536, SECTOR = 512, PAGE = 4096, FILE_BYTES = 1 << 24 };

struct pending {
    struct log_entry entry;
    const uint8_t *bytes;
    uint64_t place;
};

struct file {
    uint64_t inode;
    uint8_t *bytes; /* on disk */
    size_t len, room;
};

struct disk {
    const uint8_t *log;
    size_t log_len, at;
    uint64_t place;
    bool ignore_sync, changed;
    struct file files[FILES];
    size_t file_count;
    struct pending writes[PENDING]; /* of all files, in order */
    size_t write_count;
    struct tree names; /* on disk */
    struct pending moves[PENDING];
    size_t move_count;
    char marks[64];
    uint64_t marks_inode;
    void (*mark)(const char *text, size_t len, void *context);
    void *context;
};

static void
require(bool good, const char *what)
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
    require(disk != NULL, "memory");
    int fd = open(log, O_RDONLY | O_CLOEXEC);
    require(fd >= 0 && fstat(fd, &st) == 0, log);
    disk->log_len = (size_t)st.st_size;
    disk->log = mmap(NULL, disk->log_len, PROT_READ, MAP_PRIVATE, fd, 0);
    require(disk->log != MAP_FAILED, log);
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
    require(disk->file_count < FILES, "too many files");
    disk->files[disk->file_count].inode = inode;
    return &disk->files[disk->file_count++];
}

static void
reserve(struct file *file, size_t len)
{
    require(len <= FILE_BYTES, "file too large");
    if (len <= file->room)
        return;
    uint8_t *more = calloc(2, len);
    require(more != NULL, "memory");
    if (file->len > 0)
        memcpy(more, file->bytes, file->len);
    free(file->bytes);
    file->bytes = more;
    file->room = 2 * len;
}

static void
put(struct file *file, uint64_t offset, const uint8_t *bytes, size_t len)
{
    if (len == 0)
        return;
    reserve(file, (size_t)offset + len);
    memcpy(file->bytes + offset, bytes, len);
    if (file->len < offset + len)
        file->len = (size_t)offset + len;
}

static void
cut(struct file *file, uint64_t len)
{
    reserve(file, (size_t)len);
    if (len < file->len)
        memset(file->bytes + len, 0, file->len - (size_t)len);
    file->len = (size_t)len;
}

static void
settle_write(struct file *file, const struct pending *pending)
{
    if (pending->entry.kind == LOG_TRUNCATE)
        cut(file, pending->entry.offset);
    else
        put(file, pending->entry.offset, pending->bytes, (size_t)pending->entry.len);
}

/* Of the inode, those from `first` up to before `end`. */
static void
settle_writes(struct disk *disk, uint64_t inode, uint64_t first, uint64_t end)
{
    size_t kept = 0;
    for (size_t i = 0; i < disk->write_count; i++) {
        const struct pending *pending = &disk->writes[i];
        if (pending->entry.inode == inode && pending->place >= first && pending->place < end)
            settle_write(file_of(disk, inode), pending);
        else
            disk->writes[kept++] = *pending;
    }
    disk->write_count = kept;
}

/* ---- names ---- */

static void
settle_move(struct tree *tree, const struct pending *pending)
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
            settle_move(&disk->names, pending);
        else
            disk->moves[kept++] = *pending;
    }
    disk->move_count = kept;
}

/* ---- the next entry ---- */

static void
add(struct pending *list, size_t *count, const struct pending *pending)
{
    require(*count < PENDING, "too much is pending");
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

/* ---- images ---- */

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
            put(file, offset + at, pending->bytes + at, part);
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
        settle_write(file, pending);
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
        reserve(file, len);
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
            put(&file, 0, disk->files[i].bytes, disk->files[i].len);
    find_file(disk, &file, survival, random);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    require(fd >= 0, path);
    if (file.len > 0)
        require(write(fd, file.bytes, file.len) == (ssize_t)file.len, path);
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
            settle_move(tree, &disk->moves[i]);
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
            require(mkdir(path, 0700) == 0, path);
        else
            write_file(disk, path, name->inode, survival, &random);
    }
}
