/* SPDX-License-Identifier: Apache-2.0 */
/* What the recorder (record.c, a preload library) writes and the model of a disk (disk.c) reads:
 * every change of a file or directory below FAULTS_ROOT, in order, into the file FAULTS_LOG. */
#ifndef ASSAY_TESTS_FAULTS_LOG_H
#define ASSAY_TESTS_FAULTS_LOG_H

#include <stdint.h>

enum log_kind {
    LOG_CREATE = 1, /* a file of that inode got the name */
    LOG_MKDIR,
    LOG_WRITE,    /* `len` bytes at `offset` */
    LOG_TRUNCATE, /* to `offset` bytes */
    LOG_SYNC,     /* asked for: what was done to the file, or in the directory, before this … */
    LOG_SYNCED,   /* … is on disk from here on; `offset` is the place of its LOG_SYNC */
    LOG_WRITTEN,  /* the write at place `offset`, through O_DSYNC, is on disk from here on */
    LOG_RENAME,   /* two names */
    LOG_LINK,     /* two names */
    LOG_UNLINK
};

/* The place of an entry is its number, from 0. Names follow as text with a NUL each, below the
 * root and beginning with a slash; of LOG_WRITE the bytes. */
struct log_entry {
    uint32_t kind;
    uint32_t directory; /* LOG_SYNC of a directory, named behind it */
    uint64_t inode;     /* of a file */
    uint64_t offset;
    uint64_t len; /* of what follows */
};

#endif
