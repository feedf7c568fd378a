/* SPDX-License-Identifier: Apache-2.0 */
/* Files and directories of a backup, for this room. */
#ifndef ASSAY_BACKUP_FILES_H
#define ASSAY_BACKUP_FILES_H

#include <dirent.h>

#include "gateway/backup/backup.h"

extern const char backup_list_name[], backup_sums_name[];

/* "DIRECTORY/NAME". */
enum err backup_path(char out[static BACKUP_PATH_MAX], const char *directory, const char *name,
                     struct fault *fault) MUST_CHECK;
/* May a backup hold a file of this name? The list of a damaged or foreign one leads nowhere else.
 */
bool backup_name_ok(struct slice name) MUST_CHECK;

/* Size and hash of the file, as the disk has it and not only the memory. */
enum err backup_hash(const char *directory, struct backup_file *file,
                     struct fault *fault) MUST_CHECK;
/* Copies FROM/name to TO/name (new, 0600, synced) and gives size and hash of what was copied. */
enum err backup_copy_file(const char *from, const char *to, struct backup_file *file,
                          struct fault *fault) MUST_CHECK;

/* Is something there, a link included? That it cannot be looked at is no answer. */
enum err backup_look(const char *path, bool *there, struct fault *fault) MUST_CHECK;
enum err backup_look_in(const char *directory, const char *name, bool *there,
                        struct fault *fault) MUST_CHECK;
/* The next name in a directory (of which `path` is told), NULL behind the last. */
enum err backup_next(DIR *directory, const char *path, const char **name,
                     struct fault *fault) MUST_CHECK;
/* Removes what backup_begin made, the lock last. One that is not there is no fault. */
enum err backup_remove(const char *path, struct fault *fault) MUST_CHECK;
/* Makes an empty directory (0700), locked by this process: what an interrupted run left in it is
 * removed first. ERR_EXISTS: it is no such directory. */
enum err backup_begin(const char *path, int *lock, struct fault *fault) MUST_CHECK;
/* Syncs the name that the directory has got and removes the lock's file. */
enum err backup_ready(const char *path, struct fault *fault) MUST_CHECK;

/* ---- list.c ---- */

/* Writes backup.json and then backup.b2sum. */
enum err backup_write_list(const char *directory, const struct backup *backup,
                           struct fault *fault) MUST_CHECK;

/* ---- proof.c ---- */

/* Opens DIRECTORY/registry with DIRECTORY/secrets, walks all of it and gives its figures. */
enum err backup_prove(const char *directory, const struct backup_watcher *watcher,
                      struct registry_health *out, struct fault *fault) MUST_CHECK;

/* ---- restore_place.c ---- */

/* Moves what was proved in `part` into the data directory. */
enum err restore_place(const struct restore_request *request, const char *part,
                       struct restored *out, struct fault *fault) MUST_CHECK;

#endif
