/* SPDX-License-Identifier: Apache-2.0 */
/* How fail.c, a preload library, is told which call is to fail: a page that the program maps from
 * the file FAULTS_CONTROL, and that anybody may write to while it runs. Bytes as the machine has
 * them, so that a script can do it, too. */
#ifndef ASSAY_TESTS_FAULTS_CONTROL_H
#define ASSAY_TESTS_FAULTS_CONTROL_H

#include <stdint.h>

enum fault_call {
    FAULT_WRITE = 1, /* write, pwrite, writev */
    FAULT_SYNC = 2,  /* fsync, fdatasync */
    FAULT_TRUNCATE = 4,
    FAULT_OPEN = 8,
    FAULT_MAP = 16,
    FAULT_NAME = 32, /* rename, link, mkdir */
    FAULT_READ = 64, /* read, pread */
    FAULT_MEMORY = 128
};

enum { FAULT_SHORT = -1 }; /* instead of an errno value: half of a write happens */

struct fault_control {
    int64_t calls;   /* a set of fault_call; 0: none fails */
    int64_t error;   /* errno, or FAULT_SHORT */
    int64_t left;    /* calls that still succeed */
    int64_t sticky;  /* 1: all fail from then on, 0: one */
    int64_t hits;    /* how many failed */
    int64_t seen;    /* how many were counted */
    char below[464]; /* of calls on files: those below this path, or all files that are not sockets
                      */
};

#endif
