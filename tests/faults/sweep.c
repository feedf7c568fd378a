/* SPDX-License-Identifier: Apache-2.0 */
/* faults_sweep DIRECTORY CALL ERROR [sticky] [step=N], under fail.so
 *
 * Opens a registry, writes one record of each kind to it, copies it, checks it and closes it, with
 * the n-th call of a kind failing: for n = 1 and so on until nothing fails any more. Each in a
 * process of its own, which then, the fault gone, does again what failed. Nothing may crash, what
 * was answered with success is there, what was answered with failure is not, and what was unknown
 * is one of the two; and the registry works again, without being opened anew. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/registry/copy.h"
#include "tests/faults/control.h"
#include "tests/faults/tree.h"
#include "tests/faults/work.h"

enum { PATH_BYTES = 400, STEPS = WORK_KINDS + 3, HANGS_AFTER = 60, SHOWN = 8 };

static const struct {
    const char *name;
    int64_t call;
} calls[] = {
    {"write", FAULT_WRITE}, {"sync", FAULT_SYNC},     {"truncate", FAULT_TRUNCATE},
    {"open", FAULT_OPEN},   {"map", FAULT_MAP},       {"name", FAULT_NAME},
    {"read", FAULT_READ},   {"memory", FAULT_MEMORY},
};

static const struct {
    const char *name;
    int64_t error;
} errors[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"ENOMEM", ENOMEM}, {"short", FAULT_SHORT}};

/* What a process found out; in memory that outlives it. */
struct found {
    char wrong[WORK_REASON_MAX];
    unsigned refused, unknown, settled, recovered, reopened;
};

struct sweep {
    const char *directory;
    struct fault_control *control;
    struct found *found;
    int64_t call, error, sticky, step;
    struct registry *registry;
    struct registry_session *session;
};

static void
wrong(struct sweep *sweep, const char *what, enum err err)
{
    if (sweep->found->wrong[0] == '\0')
        (void)snprintf(sweep->found->wrong, WORK_REASON_MAX, "%.150s: %s", what,
                       err_info(err)->code);
}

static enum err
open_registry(struct sweep *sweep)
{
    char url[PATH_BYTES];
    struct fault fault;
    const struct registry_options options = {.record_key = test_record_key};
    (void)snprintf(url, sizeof url, "lmdb:%s/r?map=16777216", sweep->directory);
    enum err err = registry_open(url, &options, &sweep->registry, &fault);
    if (err == ERR_OK)
        err = registry_session_open(sweep->registry, &sweep->session, &fault);
    return err;
}

static void
close_registry(struct sweep *sweep)
{
    registry_session_close(sweep->session);
    registry_close(sweep->registry);
    sweep->session = NULL;
    sweep->registry = NULL;
}

static void
calm(struct sweep *sweep)
{
    sweep->control->calls = 0;
}

/* Opening again after the fault has to do what opening would have done. */
static void
open_or_again(struct sweep *sweep)
{
    enum err err = open_registry(sweep);
    if (err == ERR_OK)
        return;
    sweep->found->refused++;
    calm(sweep);
    close_registry(sweep);
    err = open_registry(sweep);
    if (err == ERR_CORRUPT) {
        /* Half a file, of which nobody was told: the store begins it anew. */
        char data[PATH_BYTES];
        (void)snprintf(data, sizeof data, "%s/r/data.mdb", sweep->directory);
        (void)unlink(data);
        err = open_registry(sweep);
    }
    if (err != ERR_OK)
        wrong(sweep, "not opened after the fault", err);
    sweep->found->recovered++;
}

/* What failed is not there, what is unknown may be. */
static void
look_after(struct sweep *sweep, unsigned step, enum err err)
{
    char why[WORK_REASON_MAX];
    enum err now = err == ERR_UNKNOWN ? work_expect_near(sweep->session, 0, step, why)
                                      : work_expect(sweep->session, 0, step, why);
    if (now == ERR_UNAVAILABLE) {
        sweep->found->reopened++;
        close_registry(sweep);
        if (open_registry(sweep) != ERR_OK)
            wrong(sweep, "not opened anew", now);
        now = err == ERR_UNKNOWN ? work_expect_near(sweep->session, 0, step, why)
                                 : work_expect(sweep->session, 0, step, why);
    }
    if (now != ERR_OK)
        wrong(sweep, why, now);
}

static void
step_or_again(struct sweep *sweep, unsigned step)
{
    enum err err = work_step(sweep->session, 0, step);
    if (err == ERR_OK)
        return;
    calm(sweep);
    sweep->found->refused += err != ERR_UNKNOWN;
    sweep->found->unknown += err == ERR_UNKNOWN;
    if (err != ERR_UNKNOWN && err != ERR_FULL && err != ERR_UNAVAILABLE && err != ERR_MEMORY)
        wrong(sweep, work_name(step), err);
    look_after(sweep, step, err);
    /* A tally has no operation: again would be once more. */
    char why[WORK_REASON_MAX];
    if (err == ERR_UNKNOWN && work_expect(sweep->session, 0, step + 1, why) == ERR_OK) {
        sweep->found->settled++;
        return;
    }
    err = work_step(sweep->session, 0, step);
    if (err != ERR_OK)
        wrong(sweep, "not done after the fault", err);
    sweep->found->recovered++;
}

static void
copy_or_again(struct sweep *sweep)
{
    char path[PATH_BYTES];
    struct fault fault;
    (void)snprintf(path, sizeof path, "%s/copy", sweep->directory);
    enum err err = registry_copy(sweep->session, path, &fault);
    if (err == ERR_OK)
        return;
    calm(sweep);
    sweep->found->refused++;
    err = registry_copy(sweep->session, path, &fault);
    if (err != ERR_OK)
        wrong(sweep, "not copied after the fault", err);
    sweep->found->recovered++;
}

static void
check(struct sweep *sweep, const char *what)
{
    char why[WORK_REASON_MAX];
    const struct registry_checker checker = {.found = NULL};
    enum err err = registry_check(sweep->session, &checker);
    if (err != ERR_OK && sweep->control->calls != 0) {
        calm(sweep);
        sweep->found->refused++;
        if (err == ERR_CORRUPT)
            wrong(sweep, "a fault was taken for a damage", err);
        err = registry_check(sweep->session, &checker);
    }
    if (err != ERR_OK)
        wrong(sweep, what, err);
    calm(sweep);
    err = work_expect(sweep->session, 0, STEPS, why);
    if (err != ERR_OK)
        wrong(sweep, why, err);
}

static void
run(struct sweep *sweep)
{
    open_or_again(sweep);
    for (unsigned step = 0; step < STEPS && sweep->session != NULL; step++)
        step_or_again(sweep, step);
    if (sweep->session != NULL)
        copy_or_again(sweep);
    if (sweep->session != NULL)
        check(sweep, "check");
    close_registry(sweep);
    calm(sweep);
    if (open_registry(sweep) != ERR_OK)
        wrong(sweep, "not opened at the end", ERR_UNAVAILABLE);
    else
        check(sweep, "check at the end");
    close_registry(sweep);
}

/* False when it was the end: nothing failed. */
static bool
run_with(struct sweep *sweep, int64_t n, char why[static WORK_REASON_MAX])
{
    int status = 0;
    tree_empty(sweep->directory);
    memset(sweep->found, 0, sizeof *sweep->found);
    *sweep->control =
        (struct fault_control){.error = sweep->error, .left = n - 1, .sticky = sweep->sticky};
    (void)snprintf(sweep->control->below, sizeof sweep->control->below, "%s", sweep->directory);
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        (void)alarm(HANGS_AFTER);
        sweep->control->calls = sweep->call;
        run(sweep);
        (void)fflush(NULL);
        _exit(0);
    }
    (void)waitpid(pid, &status, 0);
    sweep->control->calls = 0;
    (void)snprintf(why, WORK_REASON_MAX, "%s", sweep->found->wrong);
    if (status != 0)
        (void)snprintf(why, WORK_REASON_MAX, "ended with status %x", (unsigned)status);
    return sweep->control->hits > 0;
}

static void *
share(const char *path, size_t len)
{
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    void *page = mmap(NULL, len, PROT_READ | PROT_WRITE,
                      MAP_SHARED | (path == NULL ? MAP_ANONYMOUS : 0), fd, 0);
    if (page == MAP_FAILED) {
        perror("FAULTS_CONTROL");
        exit(1);
    }
    return page;
}

static bool
sweep_all(struct sweep *sweep, const char *call, const char *error)
{
    unsigned tried = 0;
    unsigned bad = 0;
    struct found sum = {.refused = 0};
    char why[WORK_REASON_MAX];
    for (int64_t n = 1; run_with(sweep, n, why); n += sweep->step) {
        tried++;
        sum.refused += sweep->found->refused;
        sum.unknown += sweep->found->unknown;
        sum.settled += sweep->found->settled;
        sum.recovered += sweep->found->recovered;
        sum.reopened += sweep->found->reopened;
        if (why[0] != '\0' && bad++ < SHOWN)
            (void)fprintf(stderr, "  %s %s, call %" PRId64 ": %s\n", call, error, n, why);
    }
    (void)printf("%s %s%s: failed at %u places; refused %u, unknown %u (written %u), recovered %u, "
                 "of them opened anew %u; wrong %u\n",
                 call, error, sweep->sticky ? " from then on" : "", tried, sum.refused, sum.unknown,
                 sum.settled, sum.recovered, sum.reopened, bad);
    return bad == 0 && why[0] == '\0';
}

int
main(int argc, char **argv)
{
    struct sweep sweep = {.step = 1};
    const char *page = getenv("FAULTS_CONTROL");
    if (argc < 4 || page == NULL || sodium_init() < 0)
        return 2;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        sweep.call = strcmp(argv[2], calls[i].name) == 0 ? calls[i].call : sweep.call;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        sweep.error = strcmp(argv[3], errors[i].name) == 0 ? errors[i].error : sweep.error;
    for (int i = 4; i < argc; i++)
        if (strcmp(argv[i], "sticky") == 0)
            sweep.sticky = 1;
        else if (sscanf(argv[i], "step=%" SCNd64, &sweep.step) != 1 || sweep.step < 1)
            return 2;
    if (sweep.call == 0 || sweep.error == 0)
        return 2;
    sweep.directory = argv[1];
    sweep.control = share(page, sizeof *sweep.control);
    sweep.found = share(NULL, sizeof *sweep.found);
    return sweep_all(&sweep, argv[2], argv[3]) ? 0 : 1;
}
