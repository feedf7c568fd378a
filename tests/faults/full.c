/* SPDX-License-Identifier: Apache-2.0 */
/* faults_full DIRECTORY map|limit|disk
 *
 * Writes until there is no room: the map is small, files may not grow, or the disk that DIRECTORY
 * lies on is small (this program makes room there by removing a file of its own). What does not fit
 * is refused as ERR_FULL and leaves nothing behind, reading goes on, and with room writing goes on.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/faults/work.h"

enum { PATH_BYTES = 400, STEPS_MAX = 20000, MORE = 24, ROOM = 512 * 1024, AGAIN = 3 };

struct full {
    const char *directory;
    const char *map; /* parameter of the address */
    struct registry *registry;
    struct registry_session *session;
};

static void
require(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "  %s\n", what);
    exit(1);
}

static void
open_registry(struct full *full)
{
    char url[PATH_BYTES];
    struct fault fault = {ERR_OK, ""};
    const struct registry_options options = {.record_key = test_record_key};
    (void)snprintf(url, sizeof url, "lmdb:%s/registry%s", full->directory, full->map);
    enum err err = registry_open(url, &options, &full->registry, &fault);
    if (err == ERR_OK)
        err = registry_session_open(full->registry, &full->session, &fault);
    require(err == ERR_OK, fault.text);
}

static void
close_registry(struct full *full)
{
    registry_session_close(full->session);
    registry_close(full->registry);
}

/* ---- room ---- */

static void
limit_files(rlim_t len)
{
    struct rlimit limit;
    (void)getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = len;
    require(setrlimit(RLIMIT_FSIZE, &limit) == 0, "the limit of files cannot be set");
}

static void
take_room(const struct full *full)
{
    char path[PATH_BYTES];
    static const char nothing[ROOM];
    (void)snprintf(path, sizeof path, "%s/room", full->directory);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    require(fd >= 0 && write(fd, nothing, sizeof nothing) == (ssize_t)sizeof nothing, path);
    (void)close(fd);
}

static void
give_room(const struct full *full)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/room", full->directory);
    require(unlink(path) == 0, path);
}

/* ---- the story ---- */

static void
expect_all(struct full *full, unsigned steps)
{
    char why[WORK_REASON_MAX];
    const struct registry_checker checker = {.found = NULL};
    enum err err = work_expect(full->session, 0, steps, why);
    require(err == ERR_OK, why[0] != '\0' ? why : err_info(err)->code);
    require(registry_check(full->session, &checker) == ERR_OK, "the check found a damage");
}

static unsigned
fill(struct full *full)
{
    unsigned step = 0;
    enum err err = ERR_OK;
    while (step < STEPS_MAX && (err = work_step(full->session, 0, step)) == ERR_OK)
        step++;
    require(err == ERR_FULL, step == STEPS_MAX ? "it was never full" : err_info(err)->code);
    for (unsigned i = 0; i < AGAIN; i++)
        require(work_step(full->session, 0, step) == ERR_FULL, "refused otherwise the second time");
    expect_all(full, step);
    return step;
}

static void
go_on(struct full *full, unsigned steps)
{
    for (unsigned step = steps; step < steps + MORE; step++) {
        enum err err = work_step(full->session, 0, step);
        require(err == ERR_OK, err_info(err)->code);
    }
    expect_all(full, steps + MORE);
    close_registry(full);
    open_registry(full);
    expect_all(full, steps + MORE);
    close_registry(full);
}

static unsigned
fill_map(struct full *full)
{
    full->map = "?map=393216";
    open_registry(full);
    unsigned steps = fill(full);
    close_registry(full);
    full->map = "?map=16777216";
    open_registry(full);
    expect_all(full, steps);
    return steps;
}

static unsigned
fill_limit(struct full *full)
{
    (void)signal(SIGXFSZ, SIG_IGN);
    open_registry(full);
    limit_files((rlim_t)400 * 1024);
    unsigned steps = fill(full);
    limit_files(RLIM_INFINITY);
    return steps;
}

static unsigned
fill_disk(struct full *full)
{
    take_room(full);
    open_registry(full);
    unsigned steps = fill(full);
    give_room(full);
    return steps;
}

static const struct {
    const char *name;
    unsigned (*fill)(struct full *full);
} ways[] = {{"map", fill_map}, {"limit", fill_limit}, {"disk", fill_disk}};

int
main(int argc, char **argv)
{
    if (argc != 3 || sodium_init() < 0)
        return 2;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct full full = {.directory = argv[1], .map = "?map=16777216"};
        if (strcmp(argv[2], ways[i].name) != 0)
            continue;
        unsigned steps = ways[i].fill(&full);
        go_on(&full, steps);
        (void)printf("%s full after %u writes: refused, nothing half written, reading went on, and "
                     "%d more when there was room\n",
                     ways[i].name, steps, MORE);
        return 0;
    }
    return 2;
}
