/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* syncfs */
#include "gateway/cli/pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/cli/scope.h"

enum { PATH_TEXT_MAX = 4200, FILE_MODE = 0644 };

enum state { ABSENT, SAME, CUT, OTHER };

static enum err
look(const char *path, struct slice content, enum state *state, struct fault *fault)
{
    struct stat st;
    AUTO_TEXT there;
    text_init(&there, content.len);
    *state = OTHER;
    if (lstat(path, &st) != 0) {
        *state = ABSENT;
        return errno == ENOENT ? ERR_OK : file_fault(fault, path, errno);
    }
    if (!S_ISREG(st.st_mode)) /* /dev/null is empty, too, and not to be replaced */
        return ERR_OK;
    enum err err = file_read(path, FILE_ANY, &there, fault);
    if (err != ERR_OK)
        return err == ERR_TOO_LARGE ? ERR_OK : err;
    bool begins = there.len == 0 || memcmp(there.data, content.data, there.len) == 0;
    if (begins)
        *state = there.len == content.len ? SAME : CUT;
    return ERR_OK;
}

static bool
write_all(int fd, struct slice content)
{
    while (content.len > 0) {
        ssize_t put = write(fd, content.data, content.len);
        if (put < 0 && errno != EINTR)
            return false;
        size_t done = put < 0 ? 0 : (size_t)put;
        content = slice_make(content.data + done, content.len - done);
    }
    return true;
}

static enum err
write_new(const char *temporary, struct slice content, struct fault *fault)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd = open(temporary, flags, FILE_MODE);
    if (fd < 0)
        return file_fault(fault, temporary, errno);
    bool written = write_all(fd, content);
    int reason = errno;
    if (close(fd) != 0 && written) {
        written = false;
        reason = errno;
    }
    if (written)
        return ERR_OK;
    (void)unlink(temporary);
    return file_fault(fault, temporary, reason);
}

/* link() refuses a place that was taken in the meantime; rename() is for a broken file. */
static enum err
publish(const char *temporary, const char *path, bool replace, struct fault *fault)
{
    bool done = (replace ? rename(temporary, path) : link(temporary, path)) == 0;
    int reason = errno;
    if (!done || !replace)
        (void)unlink(temporary);
    return done ? ERR_OK : file_fault(fault, path, reason);
}

enum err
picture_write(const char *path, struct slice content, bool *there, struct fault *fault)
{
    enum state state = OTHER;
    AUTO_TEXT temporary;
    text_init(&temporary, PATH_TEXT_MAX);
    text_printf(&temporary, "%s.%ld.tmp", path, (long)getpid());
    if (!text_ok(&temporary))
        return fault_set(fault, ERR_INVALID, "%.200s: path too long", path);
    enum err err = look(path, content, &state, fault);
    *there = err == ERR_OK && state == SAME;
    if (err != ERR_OK || state == SAME)
        return err;
    if (state == OTHER)
        return fault_set(fault, ERR_EXISTS,
                         "%s: already there with other content; it is not overwritten", path);
    err = write_new(temporary.data, content, fault);
    return err == ERR_OK ? publish(temporary.data, path, state == CUT, fault) : err;
}

enum err
pictures_sync(const char *path, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return file_fault(fault, path, errno);
    bool synced = syncfs(fd) == 0;
    int reason = errno;
    (void)close(fd);
    return synced ? ERR_OK : file_fault(fault, path, reason);
}
