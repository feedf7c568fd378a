/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "gateway/registry/lmdb_engine.h"

/* A group of pages goes out in one write, and where only a part of it has room, LMDB 0.9.24 says
 * EIO, however often it is tried. */
static const uint64_t little_room = 4U << 20;

int
lmdb_tell_full(MDB_env *env, int rc)
{
    int fd = -1;
    struct stat file;
    struct statvfs disk;
    struct rlimit limit;
    if (rc != EIO || mdb_env_get_fd(env, &fd) != 0)
        return rc;
    if (fstatvfs(fd, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize < little_room)
        return ENOSPC;
    bool limited = getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
    if (limited && fstat(fd, &file) == 0 && (uint64_t)file.st_size + little_room > limit.rlim_cur)
        return EFBIG;
    return rc;
}
