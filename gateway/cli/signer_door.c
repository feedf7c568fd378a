/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* SO_PEERCRED, SOCK_CLOEXEC */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/cli/signer.h"
#include "gateway/signer/wire.h"

enum { BACKLOG = 64, NAMES_MAX = 16 * 1024, OWN_MODE = 0600, GROUP_MODE = 0660 };

static bool
answers(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    if (fd >= 0)
        (void)close(fd);
    return is;
}

/* A signer that was killed leaves its socket behind. */
static enum err
make_room(const struct sockaddr_un *address, struct fault *fault)
{
    struct stat there;
    const char *path = address->sun_path;
    if (lstat(path, &there) != 0)
        return errno == ENOENT ? ERR_OK : file_fault(fault, path, errno);
    if (!S_ISSOCK(there.st_mode))
        return fault_set(fault, ERR_EXISTS, "%s: there, and no socket", path);
    if (answers(address))
        return fault_set(fault, ERR_BUSY, "%s: a signer answers there already", path);
    return unlink(path) == 0 ? ERR_OK : file_fault(fault, path, errno);
}

static enum err
find_group(const char *name, gid_t *out, struct fault *fault)
{
    char names[NAMES_MAX];
    struct group group;
    struct group *found = NULL;
    if (getgrnam_r(name, &group, names, sizeof names, &found) != 0 || found == NULL)
        return fault_set(fault, ERR_NOT_FOUND, "--group %.40s: there is no such group", name);
    *out = found->gr_gid;
    return ERR_OK;
}

enum err
signer_find_user(const char *name, uid_t *out, struct fault *fault)
{
    char names[NAMES_MAX];
    struct passwd user;
    struct passwd *found = NULL;
    uint64_t number = 0;
    if (slice_number(&number, slice_of(name), 0, UINT32_MAX - 1)) {
        *out = (uid_t)number;
        return ERR_OK;
    }
    if (getpwnam_r(name, &user, names, sizeof names, &found) != 0 || found == NULL)
        return fault_set(fault, ERR_NOT_FOUND, "--allow-user %.40s: there is no such user", name);
    *out = found->pw_uid;
    return ERR_OK;
}

/* It is nobody else's from its first moment on. */
static int
bind_own(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    mode_t before = umask(0177);
    int bound = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)address, sizeof *address);
    int reason = errno;
    (void)umask(before);
    if (bound == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    errno = reason;
    return -1;
}

enum err
signer_listen(const char *path, const char *group, int *listener, struct fault *fault)
{
    struct sockaddr_un address;
    gid_t gid = 0;
    *listener = -1;
    enum err err = wire_address(&address, path, fault);
    if (err == ERR_OK && group != NULL)
        err = find_group(group, &gid, fault);
    if (err == ERR_OK)
        err = make_room(&address, fault);
    if (err != ERR_OK)
        return err;
    *listener = bind_own(&address);
    if (*listener < 0)
        return file_fault(fault, path, errno);
    if ((group != NULL && chown(path, (uid_t)-1, gid) != 0) ||
        chmod(path, group != NULL ? GROUP_MODE : OWN_MODE) != 0 || listen(*listener, BACKLOG) != 0)
        return file_fault(fault, path, errno);
    return ERR_OK;
}

void
signer_leave(const char *path, int listener)
{
    if (listener < 0)
        return;
    (void)unlink(path);
    (void)close(listener);
}

bool
signer_knows(const struct signer *signer, int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || size != sizeof peer)
        return false;
    if (peer.uid == geteuid())
        return true;
    for (size_t i = 0; i < signer->guest_count; i++)
        if (signer->guests[i] == peer.uid)
            return true;
    return false;
}
