/* SPDX-License-Identifier: Apache-2.0 */
/* Of disk.h, for its own two files: what is on the disk, and what waits for a sync. */
#ifndef ASSAY_TESTS_FAULTS_DISK_INSIDE_H
#define ASSAY_TESTS_FAULTS_DISK_INSIDE_H

#include "tests/faults/disk.h"
#include "tests/faults/tree.h"

enum { FILES = 4096, PENDING = 65536, FILE_BYTES = 1 << 24 };

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

/* Ends the program, with the reason of errno, when it is not so. */
void disk_require(bool good, const char *what);
/* The file has room for so many bytes; what is new in it is 0. */
void disk_reserve(struct file *file, size_t len);
void disk_put(struct file *file, uint64_t offset, const uint8_t *bytes, size_t len);
/* What was pending is there. */
void disk_settle_write(struct file *file, const struct pending *pending);
void disk_settle_move(struct tree *tree, const struct pending *pending);

#endif
