/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_TMPFILE */
#include "gateway/cli/outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"

enum { DESCRIPTOR_PATH_MAX = 40, BUFFER_BYTES = 1 << 16 };

static void
descriptor_path(char out[static DESCRIPTOR_PATH_MAX], int fd)
{
    (void)snprintf(out, DESCRIPTOR_PATH_MAX, "/proc/self/fd/%d", fd);
}

/* Without a name; -1 where the file system or a missing /proc does not allow that. */
static int
open_nameless(const char *path, mode_t mode)
{
    char directory[OUTPUT_PATH_MAX] = ".";
    char descriptor[DESCRIPTOR_PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash == path ? 1 : (size_t)(slash == NULL ? 0 : slash - path);
    if (slash != NULL && !slice_copy(directory, sizeof directory, slice_make(path, len)))
        return -1;
    int fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    if (fd < 0)
        return -1;
    descriptor_path(descriptor, fd);
    if (access(descriptor, F_OK) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static int
open_named(struct output *output, mode_t mode)
{
    char name[OUTPUT_PATH_MAX];
    int len =
        snprintf(name, sizeof name, "%s.%08x.tmp", output->path, (unsigned)randombytes_random());
    if (len < 0 || (size_t)len >= sizeof name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd >= 0)
        memcpy(output->temporary, name, sizeof name);
    return fd;
}

static enum err
open_output(struct output *output, mode_t mode, struct fault *fault)
{
    int fd = open_nameless(output->path, mode);
    if (fd < 0)
        fd = open_named(output, mode);
    if (fd < 0)
        return file_fault(fault, output->path, errno);
    /* The mode as it is meant, whatever the umask: the printer's list is for others to read. */
    output->file = fchmod(fd, mode) == 0 ? fdopen(fd, "w") : NULL;
    if (output->file != NULL)
        return setvbuf(output->file, NULL, _IOFBF, BUFFER_BYTES) == 0
                   ? ERR_OK
                   : fault_set(fault, ERR_MEMORY, "%s: out of memory", output->path);
    enum err err = file_fault(fault, output->path, errno);
    (void)close(fd);
    return err;
}

enum err
outputs_add(struct outputs *outputs, const char *base, const char *suffix, mode_t mode,
            struct fault *fault)
{
    struct output *output = &outputs->outputs[outputs->count];
    memset(output, 0, sizeof *output);
    int len = snprintf(output->path, sizeof output->path, "%s.%s", base, suffix);
    if (len < 0 || (size_t)len >= sizeof output->path)
        return fault_set(fault, ERR_INVALID, "%.200s: path too long", base);
    if (faccessat(AT_FDCWD, output->path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return fault_set(fault, ERR_EXISTS, "%s: already there; it is not overwritten",
                         output->path);
    outputs->count++;
    return open_output(output, mode, fault);
}

enum err
output_put(struct output *output, struct slice content, struct fault *fault)
{
    return fwrite(content.data, 1, content.len, output->file) == content.len
               ? ERR_OK
               : file_fault(fault, output->path, errno);
}

static enum err
give_name(struct output *output, struct fault *fault)
{
    char descriptor[DESCRIPTOR_PATH_MAX];
    bool named = output->temporary[0] != '\0';
    descriptor_path(descriptor, fileno(output->file));
    int failed = linkat(AT_FDCWD, named ? output->temporary : descriptor, AT_FDCWD, output->path,
                        named ? 0 : AT_SYMLINK_FOLLOW);
    if (failed != 0 && errno == EEXIST)
        return fault_set(fault, ERR_EXISTS, "%s: already there; it is not overwritten",
                         output->path);
    if (failed != 0)
        return file_fault(fault, output->path, errno);
    output->published = true;
    return ERR_OK;
}

enum err
outputs_publish(struct outputs *outputs, struct fault *fault)
{
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < outputs->count; i++) {
        struct output *output = &outputs->outputs[i];
        if (fflush(output->file) != 0 || fsync(fileno(output->file)) != 0)
            err = file_fault(fault, output->path, errno);
    }
    for (size_t i = 0; err == ERR_OK && i < outputs->count; i++)
        err = give_name(&outputs->outputs[i], fault);
    if (err == ERR_OK && outputs->count > 0)
        err = file_sync_directory(outputs->outputs[0].path, fault);
    for (size_t i = outputs->count; err != ERR_OK && i > 0; i--)
        if (outputs->outputs[i - 1].published)
            (void)unlink(outputs->outputs[i - 1].path);
    return err;
}

void
outputs_close(struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++) {
        struct output *output = &outputs->outputs[i];
        if (output->file != NULL)
            (void)fclose(output->file);
        if (output->temporary[0] != '\0')
            (void)unlink(output->temporary);
    }
    outputs->count = 0;
}
