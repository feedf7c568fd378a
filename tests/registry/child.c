/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/registry/child.h"

void
child_start(struct child *child, const char *mode, const char *url)
{
    int down[2];
    int up[2];
    assert_int_equal(pipe(down), 0);
    assert_int_equal(pipe(up), 0);
    /* Other children must not hold our ends open. */
    assert_int_equal(fcntl(down[1], F_SETFD, FD_CLOEXEC), 0);
    assert_int_equal(fcntl(up[0], F_SETFD, FD_CLOEXEC), 0);
    child->pid = fork();
    assert_true(child->pid >= 0);
    if (child->pid == 0) {
        (void)dup2(down[0], STDIN_FILENO);
        (void)dup2(up[1], STDOUT_FILENO);
        const int all[] = {down[0], down[1], up[0], up[1]};
        for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
            (void)close(all[i]);
        (void)execl("/proc/self/exe", "registry-child", mode, url, (char *)NULL);
        _exit(99);
    }
    (void)close(down[0]);
    (void)close(up[1]);
    child->to = down[1];
    child->from = up[0];
}

int
child_next(const struct child *child)
{
    char line[32];
    size_t len = 0;
    uint64_t number = 0;
    while (len < sizeof line && read(child->from, &line[len], 1) == 1 && line[len] != '\n')
        len++;
    bool whole = len > 0 && len < sizeof line && line[len] == '\n';
    if (!whole || !slice_number(&number, slice_make(line, len), 0, INT32_MAX))
        return -1;
    return (int)number;
}

int
child_ask(const struct child *child, const char *format, ...)
{
    char line[256];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    assert_true(len > 0 && (size_t)len < sizeof line - 1);
    line[len] = '\n';
    assert_int_equal(write(child->to, line, (size_t)len + 1), len + 1);
    return child_next(child);
}

int
child_end(struct child *child)
{
    int status = 0;
    (void)close(child->to);
    (void)close(child->from);
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    return status;
}

bool
child_line(char *out, size_t size)
{
    if (fgets(out, (int)size, stdin) == NULL)
        return false;
    out[strcspn(out, "\n")] = '\0';
    return true;
}

void
child_answer(int number)
{
    (void)printf("%d\n", number);
    (void)fflush(stdout);
}
