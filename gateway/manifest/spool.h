/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that come once and are read twice: a manifest on its way in. What fills a SPOOL_BLOCK
 * goes to a file in the data directory that has no name from the moment it is made, so that it is
 * gone when the process is. A manifest holds claim codes: the file is sealed, block by block, with
 * a key that lies in this process's memory and nowhere else. */
#ifndef ASSAY_MANIFEST_SPOOL_H
#define ASSAY_MANIFEST_SPOOL_H

#include <stdint.h>
#include <stdio.h>

#include "gateway/base/err.h"

enum { SPOOL_BLOCK = 64 * 1024 };
/* What has to stay free on the disk, so that an upload never takes the registry's last room. */
#define SPOOL_RESERVE (UINT64_C(64) * 1024 * 1024)

struct spool; /* opaque; one thread at a time */

/* `expected` bytes will come. ERR_FULL: there is no room for them and for as much again, which
 * their units will take in the registry, and for SPOOL_RESERVE; ERR_MEMORY. */
enum err spool_open(const char *directory, uint64_t expected, struct spool **out,
                    struct fault *fault) MUST_CHECK;
void spool_close(struct spool *spool); /* NULL is allowed */

/* Where the next bytes are to be put, up to *room of them: at least one. */
char *spool_room(struct spool *spool, size_t *room);
/* `count` bytes were put there. ERR_FULL, ERR_UNAVAILABLE, ERR_DENIED. */
enum err spool_put(struct spool *spool, size_t count, struct fault *fault) MUST_CHECK;

/* From the beginning, seekable; the caller closes it before the spool. Nothing is put from here on.
 * Reading fails with EIO when the file is not what was written. */
enum err spool_read(struct spool *spool, FILE **out, struct fault *fault) MUST_CHECK;

#endif
