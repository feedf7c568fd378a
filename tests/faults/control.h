/* SPDX-License-Identifier: Apache-2.0 */
/* How fail.c, a preload library, is told which call is to fail: a page that the program maps from
 * the file FAULTS_CONTROL, and that anybody may write to while it runs. Bytes as the machine has
 * them, so that a script can do it, too (control.mjs). */
#ifndef ASSAY_TESTS_FAULTS_CONTROL_H
#define ASSAY_TESTS_FAULTS_CONTROL_H

#include <stdint.h>

enum fault_call {
    FAULT_WRITE = 1, /* write, pwrite, writev; also behind a stream, as all of these */
    FAULT_SYNC = 2,  /* fsync, fdatasync */
    FAULT_TRUNCATE = 4,
    FAULT_OPEN = 8,
    FAULT_MAP = 16,
    FAULT_NAME = 32, /* rename, link, linkat, mkdir */
    FAULT_READ = 64, /* read, pread */
    FAULT_MEMORY = 128,
    FAULT_LOOK = 256,      /* stat, lstat, fstat, access, faccessat, statvfs */
    FAULT_LIST = 512,      /* opendir, readdir */
    FAULT_REMOVE = 1024,   /* unlink, rmdir */
    FAULT_LOCK = 2048,     /* flock, fcntl for a lock */
    FAULT_CLOSE = 4096,    /* close, which closes all the same */
    FAULT_SOCKET = 8192,   /* socket, bind, listen, accept, connect */
    FAULT_TRAFFIC = 16384, /* recv, send */
    FAULT_POLL = 32768,
    FAULT_THREAD = 65536 /* pthread_create, which returns the reason */
};

/* Instead of an errno value: half of a write happens; or nothing of it, and it is said to have.
 * That is what a harness has to see as a loss. */
enum { FAULT_SHORT = -1, FAULT_LIE = -2 };

struct fault_control {
    int64_t calls;   /* a set of fault_call; 0: none fails */
    int64_t error;   /* errno, FAULT_SHORT or FAULT_LIE */
    int64_t left;    /* calls that still succeed */
    int64_t sticky;  /* 1: all fail from then on, 0: one */
    int64_t hits;    /* how many failed */
    int64_t seen;    /* how many were counted */
    char below[464]; /* of calls on files: those below this path, or all files that are not sockets
                      */
};

#endif
