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
child_ask(const struct child *child, const char *word, uint64_t number)
{
    char line[64];
    int len = snprintf(line, sizeof line, "%s %llu\n", word, (unsigned long long)number);
    assert_true(len > 0 && (size_t)len < sizeof line);
    assert_int_equal(write(child->to, line, (size_t)len), len);
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
child_order(struct order *out)
{
    char line[64];
    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    struct slice rest = slice_of(line);
    struct slice word = slice_take_until(&rest, ' ');
    struct slice number = slice_take_until(&rest, '\n');
    return slice_copy(out->word, sizeof out->word, word) &&
           slice_number(&out->number, number, 0, UINT64_MAX);
}

void
child_answer(int number)
{
    (void)printf("%d\n", number);
    (void)fflush(stdout);
}
