/* SPDX-License-Identifier: Apache-2.0 */
/* faults_flips DIRECTORY [flips=N] [seed=N] [jobs=N]
 *
 * Flips one bit of a registry's file at a time, spread over the whole of it, and asks for
 * everything that is in there. Each answer is the truth or a refusal; and where an answer is not
 * the truth, the check reports a damage. LMDB may give up on a page that is wrong: that is an end,
 * not an answer. Every image is looked at by a process of its own. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/truth.h"
#include "tests/faults/work.h"

enum { PATH_BYTES = 512, WORKERS = 3, STEPS = 48, JOBS_MAX = 32, HANGS_AFTER = 10, SHOWN = 12 };

enum outcome {
    UNTOUCHED,
    REPORTED,
    SHORT,
    NOT_OPENED,
    GAVE_UP,
    HUNG,
    UNREPORTED,
    MISSING_REPORTED,
    WRONG_REPORTED,
    MISSING,
    WRONG,
    OUTCOMES
};

static const struct {
    const char *name;
    bool good;
} outcomes[OUTCOMES] = {
    {"harmless", true},
    {"refused and reported", true},
    {"a list short and reported", true},
    {"not opened", true},
    {"ended by LMDB", true},
    {"hung", false},
    {"not reported", false},
    {"taken for missing and reported", false},
    {"wrong and reported", false},
    {"taken for missing", false},
    {"wrong", false},
};

struct flips {
    const char *directory;
    uint64_t flips, seed;
    unsigned jobs;
    uint8_t *bytes;
    size_t len;
    struct truth truth;
};

struct figures {
    uint64_t by[OUTCOMES];
};

/* ---- the registry ---- */

static void
require(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

static void
open_registry(const char *directory, unsigned job, struct registry **registry,
              struct registry_session **session, enum err *err)
{
    char url[PATH_BYTES];
    const struct registry_options options = {.record_key = test_record_key};
    struct fault fault;
    (void)snprintf(url, sizeof url, "lmdb:%s/%u?map=16777216", directory, job);
    *session = NULL;
    *err = registry_open(url, &options, registry, &fault);
    if (*err == ERR_OK)
        *err = registry_session_open(*registry, session, &fault);
}

static void
fill(struct flips *flips)
{
    struct registry *registry = NULL;
    struct registry_session *session = NULL;
    enum err err = ERR_OK;
    char path[PATH_BYTES];
    struct stat st;
    open_registry(flips->directory, 0, &registry, &session, &err);
    for (unsigned worker = 0; worker < WORKERS; worker++)
        for (unsigned step = 0; step < STEPS && err == ERR_OK; step++)
            err = work_step(session, worker, step);
    if (err == ERR_OK)
        truth_learn(session, WORKERS, STEPS, &flips->truth);
    registry_session_close(session);
    registry_close(registry);
    require(err == ERR_OK, "the registry could not be filled");
    (void)snprintf(path, sizeof path, "%s/0/data.mdb", flips->directory);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    require(fd >= 0 && fstat(fd, &st) == 0, path);
    flips->len = (size_t)st.st_size;
    flips->bytes = malloc(flips->len);
    require(flips->bytes != NULL && read(fd, flips->bytes, flips->len) == st.st_size, path);
    (void)close(fd);
}

/* ---- one flip ---- */

static void
count_damage(const char *what, void *context)
{
    unsigned *damages = context;
    (void)what;
    (*damages)++;
}

/* In a process of its own. */
static enum outcome
look(const struct flips *flips, unsigned job)
{
    struct registry *registry = NULL;
    struct registry_session *session = NULL;
    enum err err = ERR_OK;
    unsigned damages = 0;
    const struct registry_checker checker = {.found = count_damage, .context = &damages};
    open_registry(flips->directory, job, &registry, &session, &err);
    if (err != ERR_OK)
        return NOT_OPENED;
    enum truth_answer answer = truth_compare(session, &flips->truth);
    bool reported = registry_check(session, &checker) != ERR_OK;
    if (answer == TRUTH_WRONG)
        return reported ? WRONG_REPORTED : WRONG;
    if (answer == TRUTH_MISSING)
        return reported ? MISSING_REPORTED : MISSING;
    if (answer == TRUTH_WHOLE)
        return reported ? REPORTED : UNTOUCHED;
    if (!reported)
        return UNREPORTED;
    return answer == TRUTH_SHORT ? SHORT : REPORTED;
}

static enum outcome
end_of(int status)
{
    if (WIFEXITED(status))
        return WEXITSTATUS(status) < OUTCOMES ? (enum outcome)WEXITSTATUS(status) : GAVE_UP;
    return WTERMSIG(status) == SIGALRM ? HUNG : GAVE_UP;
}

static enum outcome
flip(const struct flips *flips, unsigned job, uint64_t bit)
{
    char path[PATH_BYTES];
    int status = 0;
    (void)snprintf(path, sizeof path, "%s/%u", flips->directory, job);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof path, "%s/%u/data.mdb", flips->directory, job);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    uint8_t byte = flips->bytes[bit / 8] ^ (uint8_t)(1U << bit % 8);
    require(fd >= 0 && write(fd, flips->bytes, flips->len) == (ssize_t)flips->len &&
                pwrite(fd, &byte, 1, (off_t)(bit / 8)) == 1,
            path);
    (void)close(fd);
    pid_t pid = fork();
    if (pid == 0) {
        (void)alarm(HANGS_AFTER);
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(OUTCOMES);
        _exit((int)look(flips, job));
    }
    (void)waitpid(pid, &status, 0);
    return end_of(status);
}

/* Where in the file: for who wants to know why. */
static void
show(const struct flips *flips, uint64_t bit, enum outcome outcome)
{
    size_t page = (size_t)(bit / 8) / 4096 * 4096;
    unsigned flags = flips->bytes[page + 10] | (unsigned)flips->bytes[page + 11] << 8;
    (void)fprintf(stderr, "  bit %" PRIu64 ": page %zu, flags %x, byte %zu: %s\n", bit, page / 4096,
                  flags, (size_t)(bit / 8) - page, outcomes[outcome].name);
}

static void
run_job(const struct flips *flips, unsigned job, struct figures *figures)
{
    uint64_t shown = 0;
    uint64_t step = flips->len * 8 / flips->flips;
    for (uint64_t i = job; i < flips->flips; i += flips->jobs) {
        uint64_t state = flips->seed + i;
        uint64_t bit = i * step + test_random(&state) % step;
        enum outcome outcome = flip(flips, job + 1, bit);
        figures->by[outcome]++;
        if (!outcomes[outcome].good && shown++ < SHOWN)
            show(flips, bit, outcome);
    }
}

/* ---- all ---- */

static bool
tell(const struct figures *figures, unsigned jobs, const struct flips *flips)
{
    uint64_t sum[OUTCOMES] = {0};
    bool good = true;
    for (unsigned job = 0; job < jobs; job++)
        for (size_t i = 0; i < OUTCOMES; i++)
            sum[i] += figures[job].by[i];
    (void)printf("flips %" PRIu64 " over %zu bytes, %zu questions each:", flips->flips, flips->len,
                 flips->truth.count);
    for (size_t i = 0; i < OUTCOMES; i++) {
        (void)printf(" %s %" PRIu64 "%s", outcomes[i].name, sum[i], i + 1 < OUTCOMES ? "," : "\n");
        good = good && (outcomes[i].good || sum[i] == 0);
    }
    return good;
}

int
main(int argc, char **argv)
{
    struct flips flips = {.flips = 1000, .seed = 20261122, .jobs = 2};
    if (argc < 2 || sodium_init() < 0)
        return 2;
    flips.directory = argv[1];
    for (int i = 2; i < argc; i++)
        if (sscanf(argv[i], "flips=%" SCNu64, &flips.flips) != 1 &&
            sscanf(argv[i], "seed=%" SCNu64, &flips.seed) != 1 &&
            sscanf(argv[i], "jobs=%u", &flips.jobs) != 1)
            return 2;
    if (flips.jobs == 0 || flips.jobs > JOBS_MAX || flips.flips == 0)
        return 2;
    fill(&flips);
    struct figures *figures = mmap(NULL, JOBS_MAX * sizeof *figures, PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    require(figures != MAP_FAILED, "memory");
    for (unsigned job = 0; job < flips.jobs; job++)
        if (fork() == 0) {
            run_job(&flips, job, &figures[job]);
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    bool good = tell(figures, flips.jobs, &flips);
    free(flips.bytes);
    return good ? 0 : 1;
}
