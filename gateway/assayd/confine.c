/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_PATH, syscall */
#include "gateway/assayd/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gateway/label/sheet.h"

/* Of newer kernels than the headers that this is built with: the numbers are the kernel's ABI. */
#define FS_TRUNCATE (UINT64_C(1) << 14)
#define NET_BIND_TCP (UINT64_C(1) << 0)
#define NET_CONNECT_TCP (UINT64_C(1) << 1)

enum { RULE_PATH = 1, RULE_PORT = 2, ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_PORTS = 4 };

struct ruleset {
    uint64_t files;
    uint64_t ports;
};

struct port_rule {
    uint64_t allowed;
    uint64_t port;
};

static const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t writing = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                LANDLOCK_ACCESS_FS_MAKE_REG;
static const uint64_t never = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                              LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                              LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

/* What this kernel can forbid; asking for more is refused. */
static struct ruleset
all_of(long abi)
{
    struct ruleset all = {.files = reading | writing | never};
    if (abi >= ABI_REFER)
        all.files |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= ABI_TRUNCATE)
        all.files |= FS_TRUNCATE;
    if (abi >= ABI_PORTS)
        all.ports = NET_BIND_TCP | NET_CONNECT_TCP;
    return all;
}

static int
allow_path(int ruleset, const char *path, uint64_t allowed)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno;
    struct landlock_path_beneath_attr rule = {.allowed_access = allowed, .parent_fd = fd};
    int failed = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0) != 0 ? errno : 0;
    (void)close(fd);
    return failed;
}

/* Takes `path` over. */
static int
allow_beside(int ruleset, char *path)
{
    if (path == NULL)
        return errno;
    char *slash = strrchr(path, '/');
    const char *directory = slash == NULL ? "." : slash == path ? "/" : path;
    if (slash != NULL && slash != path)
        *slash = '\0';
    int failed = allow_path(ruleset, directory, LANDLOCK_ACCESS_FS_READ_FILE);
    free(path);
    return failed;
}

static int
allow_file(int ruleset, const char *path)
{
    if (path[0] == '\0')
        return 0;
    int failed = allow_beside(ruleset, strdup(path));
    return failed == 0 ? allow_beside(ruleset, realpath(path, NULL)) : failed;
}

/* Without them labels cannot be printed, which is said when one asks for them. */
static int
allow_fonts(int ruleset)
{
    static const char *const directories[] = {SHEET_FONTS, SHEET_FALLBACK_FONTS};
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        int failed = allow_path(ruleset, directories[i], LANDLOCK_ACCESS_FS_READ_FILE);
        if (failed != 0 && failed != ENOENT)
            return failed;
    }
    return 0;
}

static int
allow_port(int ruleset, uint64_t port)
{
    struct port_rule rule = {NET_BIND_TCP, port};
    if (port == 0)
        return 0;
    return syscall(SYS_landlock_add_rule, ruleset, RULE_PORT, &rule, 0) != 0 ? errno : 0;
}

static int
allow(int ruleset, const struct ruleset *all, const struct config *config)
{
    int failed = allow_path(ruleset, config->data, all->files & ~never);
    if (failed == 0)
        failed = allow_path(ruleset, "/proc/self", reading);
    if (failed == 0)
        failed = allow_file(ruleset, config->country_file);
    if (failed == 0)
        failed = allow_fonts(ruleset);
    if (failed != 0 || all->ports == 0)
        return failed;
    failed = allow_port(ruleset, config->port);
    return failed == 0 ? allow_port(ruleset, config->admin_port) : failed;
}

int
confine(const struct config *config)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return errno;
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1)
        return errno;
    const struct ruleset all = all_of(abi);
    size_t size = abi >= ABI_PORTS ? sizeof all : sizeof all.files;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
    if (ruleset < 0)
        return errno;
    int failed = allow(ruleset, &all, config);
    if (failed == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        failed = errno;
    (void)close(ruleset);
    return failed;
}
