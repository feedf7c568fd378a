/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/registry/lmdb_engine.h"

enum { COPY_PATH_MAX = 1024 };

/* A commit is synced before others see it, unless its process died in between: then the next one
 * that opens reads it from memory before the disk has it. */
enum err
lmdb_sync(struct registry_session *session)
{
    int fd = -1;
    MDB_env *env = session_hold(session_of(session));
    if (env == NULL)
        return ERR_UNAVAILABLE;
    int rc = mdb_env_get_fd(env, &fd);
    if (rc == 0 && fdatasync(fd) != 0)
        rc = errno;
    session_let_go(session_of(session));
    return lmdb_err(rc);
}

/* Compacting reads like any other reader; a plain copy would stop the writers. */
static int
write_copy(MDB_env *env, int fd)
{
    int rc = mdb_env_copyfd2(env, fd, MDB_CP_COMPACT);
    if (rc == 0 && fsync(fd) != 0)
        rc = errno;
    if (close(fd) != 0 && rc == 0)
        rc = errno;
    return rc;
}

enum err
lmdb_copy(struct registry_session *session, const char *directory, struct fault *fault)
{
    char path[COPY_PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/data.mdb", directory);
    if (len < 0 || (size_t)len >= sizeof path)
        return fault_set(fault, ERR_INVALID, "%.200s: path too long", directory);
    enum err err = file_make_directory(directory, 0700, fault);
    if (err != ERR_OK)
        return err;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_fault(fault, path, errno);
    MDB_env *env = session_hold(session_of(session));
    int rc = env == NULL ? EIO : write_copy(env, fd);
    if (env == NULL)
        (void)close(fd);
    else
        session_let_go(session_of(session));
    err = rc == 0 ? file_sync_directory(path, fault) : lmdb_fault(fault, path, rc);
    if (err != ERR_OK)
        (void)unlink(path);
    return err;
}
