/* SPDX-License-Identifier: Apache-2.0 */
/* A temporary directory of a test, and paths in it. */
#ifndef ASSAY_TESTS_BASE_SCRATCH_H
#define ASSAY_TESTS_BASE_SCRATCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SCRATCH_PATH_MAX = 512 };

struct scratch {
    char root[SCRATCH_PATH_MAX / 2];
    char path[SCRATCH_PATH_MAX]; /* what scratch_path answered last */
};

/* Made with mkdtemp in $TMPDIR or /tmp; a failure ends the program. */
void scratch_make(struct scratch *s);
/* Removes it with everything in it. */
void scratch_remove(struct scratch *s);
/* The same for cmocka: *state is a struct scratch of the test's own. */
int scratch_set_up(void **state);
int scratch_tear_down(void **state);
/* root/name, until the next call. */
const char *scratch_path(struct scratch *s, const char *name);
/* Writes a file with exactly this mode. */
void scratch_write(struct scratch *s, const char *name, const void *bytes, size_t len, mode_t mode);
/* Reads a whole file into `out`; its length, or -1 when there is none. */
ssize_t scratch_read(struct scratch *s, const char *name, void *out, size_t size);
/* Number of directory entries besides . and .. */
size_t scratch_count(const struct scratch *s);

#endif
