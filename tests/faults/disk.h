/* SPDX-License-Identifier: Apache-2.0 */
/* A disk as the record (log.h) makes it, and what a power cut can leave of it. What was done before
 * the last completed sync is there; of what came after, any part may be: each write, page or sector
 * of it by itself, in any order. Names change in their order inside one directory, and each
 * directory may have come differently far. */
#ifndef ASSAY_TESTS_FAULTS_DISK_H
#define ASSAY_TESTS_FAULTS_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/faults/log.h"

struct disk; /* opaque */

/* Ends the program when the log cannot be read. */
struct disk *disk_load(const char *log);
/* From here on no sync is believed: what a harness has to see as losses. */
void disk_ignore_syncs(struct disk *disk);
void disk_free(struct disk *disk);
/* What was recorded as written to the file of this name goes to `mark`, and nothing of it to the
 * disk. */
void disk_marks(struct disk *disk, const char *name,
                void (*mark)(const char *text, size_t len, void *context), void *context);

/* How many entries the log has, and the next one happening. False at the end. */
size_t disk_entries(const struct disk *disk);
bool disk_step(struct disk *disk);
/* Did the last step put something on disk, or ask for it? */
bool disk_changed(const struct disk *disk);

/* What survives of that which nothing has synced. */
enum survival {
    SURVIVES_NOTHING,
    SURVIVES_EVERYTHING,
    SURVIVES_WRITES,  /* each write or not */
    SURVIVES_PAGES,   /* each 4096 bytes */
    SURVIVES_SECTORS, /* each 512 bytes */
    SURVIVES_PREFIX,  /* in their order, the last one torn */
    SURVIVES_STALE,   /* sectors, and what the file grew by holds what was on disk before */
    SURVIVALS
};
const char *survival_name(enum survival survival);

/* Writes the files of one image below `directory`, which is emptied first. The same for the same
 * `random`. */
void disk_image(const struct disk *disk, enum survival survival, uint64_t random,
                const char *directory);

#endif
