/* SPDX-License-Identifier: Apache-2.0 */
/* LMDB's write lock is not fair: who gives it up and takes it again at once, as an import does,
 * keeps it from everybody who sleeps on it. So whoever has a light group to commit says so by a
 * shared lock on a file beside the registry, and a heavy group lets him go first. POSIX locks: they
 * end with the process that holds them, however it ends. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/registry/lmdb_engine.h"

enum { GIVE_TRIES = 20, GIVE_PAUSE_NS = 1000000 };

enum err
lmdb_turn_open(int *turn, const char *directory, struct fault *fault)
{
    char path[sizeof((struct lmdb_registry *)NULL)->path + 16];
    (void)snprintf(path, sizeof path, "%s/turn.lock", directory);
    *turn = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return *turn >= 0 ? ERR_OK : file_fault(fault, path, errno);
}

void
lmdb_turn_close(int turn)
{
    if (turn >= 0)
        (void)close(turn);
}

static void
set_lock(int turn, short type)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    /* Nobody holds it alone, so it is never refused; without it the group only waits longer. */
    (void)fcntl(turn, F_SETLK, &lock);
}

void
lmdb_turn_ask(int turn)
{
    set_lock(turn, F_RDLCK);
}

void
lmdb_turn_end(int turn)
{
    set_lock(turn, F_UNLCK);
}

bool
lmdb_turn_asked(int turn)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    return fcntl(turn, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void
lmdb_turn_give(int turn)
{
    const struct timespec pause = {0, GIVE_PAUSE_NS};
    for (int i = 0; i < GIVE_TRIES && lmdb_turn_asked(turn); i++)
        (void)nanosleep(&pause, NULL);
}
