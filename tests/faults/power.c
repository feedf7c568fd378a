/* SPDX-License-Identifier: Apache-2.0 */
/* faults_power LOG DIRECTORY [images=N] [seed=N] [ignore-sync] [jobs=N]
 *
 * Makes images of what a power cut leaves at every place of the log (disk.h), opens each as the
 * gateway would, and looks: everything acknowledged is there once, what was under way is there as a
 * whole or not at all, groups are whole, the check finds no damage, the checkpoint is not ahead.
 * Exits 0 when no image was wrong; with ignore-sync that is what must not happen: then it exits 3
 * when losses were found, sightings among them. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/manifest/store.h"
#include "gateway/registry/copy.h"
#include "tests/faults/disk.h"
#include "tests/faults/work.h"

enum {
    WORKERS_MAX = 32,
    PATH_BYTES = 512,
    GROUPS_MAX = 1 << 16,
    SHOWN = 5,
    COPY_EVERY = 16,
    HANGS_AFTER = 60,
    GIVEN_UP_AFTER = 2
};

enum outcome { GOOD, REFUSED, DAMAGED, LOST, TORN, CRASHED, OUTCOMES };

static const char *const outcomes[OUTCOMES] = {"good", "not opened", "damaged",
                                               "lost", "group torn", "crashed or hung"};

/* Of one job, in memory that outlives its process: an image on which LMDB gives up ends that, and
 * another process goes on behind it. */
struct figures {
    uint64_t images, by_survival[SURVIVALS], by[OUTCOMES], places, copies, groups, sightings;
    uint64_t next; /* number of the image to make */
};

struct power {
    const char *log, *directory;
    uint64_t images, seed, changes;
    unsigned jobs, job;
    bool ignore_sync;
    struct disk *disk;
    /* What was acknowledged up to here. */
    bool open, copied;
    unsigned workers, done[WORKERS_MAX];
    bool *groups;            /* numbers of operations after a commit */
    struct figures *figures; /* of this job */
};

static void
take_mark(const char *text, size_t len, void *context)
{
    struct power *power = context;
    char line[64];
    unsigned worker = 0;
    unsigned steps = 0;
    (void)snprintf(line, sizeof line, "%.*s", (int)len, text);
    power->open = power->open || strcmp(line, "open\n") == 0;
    if (power->open && power->ignore_sync)
        disk_ignore_syncs(power->disk);
    power->copied = power->copied || strcmp(line, "copied\n") == 0;
    if (sscanf(line, "done %u %u", &worker, &steps) != 2 || worker >= WORKERS_MAX)
        return;
    power->done[worker] = steps;
    power->workers = worker >= power->workers ? worker + 1 : power->workers;
}

static void
begin(struct power *power)
{
    power->disk = disk_load(power->log);
    power->open = false;
    power->copied = false;
    power->workers = 0;
    memset(power->done, 0, sizeof power->done);
    disk_marks(power->disk, "/marks", take_mark, power);
}

/* ---- one image ---- */

static void
keep_first(const char *what, void *context)
{
    char *why = context;
    if (why[0] == '\0')
        (void)snprintf(why, WORK_REASON_MAX, "%.190s", what);
}

/* Of each worker, what was acknowledged of who looked. */
static bool
lost_sightings(const struct power *power, struct store *store)
{
    char why[WORK_REASON_MAX];
    for (unsigned i = 0; i < power->workers; i++)
        if (work_expect_sightings(store->session, i, power->done[i], why) == ERR_CONFLICT &&
            work_expect_sightings(store->session, i, power->done[i] + 1, why) == ERR_CONFLICT)
            return true;
    return false;
}

static enum outcome
look_at_records(const struct power *power, struct store *store, char why[static WORK_REASON_MAX])
{
    struct registry_health health;
    const struct registry_checker checker = {.found = keep_first, .context = why};
    power->figures->sightings += lost_sightings(power, store);
    if (registry_check(store->session, &checker) != ERR_OK)
        return DAMAGED;
    for (unsigned i = 0; i < power->workers; i++)
        if (work_expect_near(store->session, i, power->done[i], why) != ERR_OK)
            return LOST;
    if (registry_health(store->session, &health) != ERR_OK)
        return DAMAGED;
    if (power->groups[health.operations % GROUPS_MAX])
        return GOOD;
    (void)snprintf(why, WORK_REASON_MAX, "%" PRIu64 " operations were never a state",
                   health.operations);
    return TORN;
}

/* The copy that was acknowledged opens, and nothing in it is damaged. */
static enum outcome
look_at_copy(const struct power *power, struct store *store, char why[static WORK_REASON_MAX])
{
    char url[PATH_BYTES];
    struct fault fault = {ERR_OK, ""};
    struct registry *registry = NULL;
    struct registry_session *session = NULL;
    const struct registry_options options = {.record_key = store->secrets->record_key,
                                             .must_exist = true};
    const struct registry_checker checker = {.found = keep_first, .context = why};
    (void)snprintf(url, sizeof url, "lmdb:%s/%u/copy", power->directory, power->job);
    enum err err = registry_open(url, &options, &registry, &fault);
    if (err == ERR_OK)
        err = registry_session_open(registry, &session, &fault);
    if (err == ERR_OK)
        err = registry_check(session, &checker);
    if (fault.err != ERR_OK)
        keep_first(fault.text, why);
    registry_session_close(session);
    registry_close(registry);
    return err == ERR_OK ? GOOD : DAMAGED;
}

/* Before the first opening was acknowledged there may be nothing, but never what cannot be used. */
static enum outcome
look(struct power *power, char why[static WORK_REASON_MAX])
{
    char data[PATH_BYTES];
    struct store *store = NULL;
    struct fault fault = {ERR_OK, ""};
    (void)snprintf(data, sizeof data, "%s/%u/data", power->directory, power->job);
    why[0] = '\0';
    enum err err = store_open(data, power->open ? STORE_MUST_EXIST : 0, 2, &store, &fault);
    if (err != ERR_OK) {
        (void)snprintf(why, WORK_REASON_MAX, "%.190s", fault.text);
        return REFUSED;
    }
    enum outcome outcome = look_at_records(power, store, why);
    if (outcome == GOOD && power->copied && power->figures->images % COPY_EVERY == 0) {
        outcome = look_at_copy(power, store, why);
        power->figures->copies++;
    }
    store_close(store);
    return outcome;
}

static void
take_image(struct power *power, uint64_t place, uint64_t number)
{
    char directory[PATH_BYTES];
    char why[WORK_REASON_MAX];
    uint64_t random = power->seed * 1000003 + place * 8191 + number;
    enum survival survival = (enum survival)((number + place) % SURVIVALS);
    (void)snprintf(directory, sizeof directory, "%s/%u", power->directory, power->job);
    disk_image(power->disk, survival, random, directory);
    /* On wrong pages LMDB may turn in circles: that ends this process, too. */
    (void)alarm(power->ignore_sync ? GIVEN_UP_AFTER : HANGS_AFTER);
    enum outcome outcome = look(power, why);
    power->figures->images++;
    power->figures->by_survival[survival]++;
    if (outcome != GOOD && power->figures->images - power->figures->by[GOOD] <= SHOWN)
        (void)fprintf(stderr, "  place %" PRIu64 ", image %" PRIu64 " (%s): %s: %s\n", place,
                      number, survival_name(survival), outcomes[outcome], why);
    power->figures->by[outcome]++;
}

/* ---- the states that commits lead to ---- */

/* With everything that was written, after each completed sync of anything. */
static void
find_groups(struct power *power)
{
    char directory[PATH_BYTES];
    char data[PATH_BYTES + 8];
    (void)snprintf(directory, sizeof directory, "%s/%u", power->directory, power->job);
    (void)snprintf(data, sizeof data, "%s/data", directory);
    power->groups[0] = true;
    begin(power);
    while (disk_step(power->disk)) {
        struct store *store = NULL;
        struct registry_health health;
        power->changes += disk_changed(power->disk);
        if (!disk_changed(power->disk) || !power->open)
            continue;
        disk_image(power->disk, SURVIVES_EVERYTHING, 0, directory);
        if (store_open(data, STORE_READ_ONLY, 2, &store, NULL) != ERR_OK)
            continue;
        if (registry_health(store->session, &health) == ERR_OK) {
            power->figures->groups += !power->groups[health.operations % GROUPS_MAX];
            power->groups[health.operations % GROUPS_MAX] = true;
        }
        store_close(store);
    }
    disk_free(power->disk);
}

/* ---- all of them ---- */

/* Every job goes through the whole log, and makes its share of the images at each place. */
static void
run_job(struct power *power)
{
    uint64_t made = 0;
    uint64_t seen = 0;
    begin(power);
    power->figures->places = 0;
    for (uint64_t place = 0; disk_step(power->disk); place++) {
        if (!disk_changed(power->disk))
            continue;
        power->figures->places++;
        /* As many as are due by now. */
        for (uint64_t due = ++seen * power->images / power->changes; made < due; made++)
            if (made % power->jobs == power->job && made >= power->figures->next) {
                power->figures->next = made + 1;
                take_image(power, place, made);
            }
    }
    disk_free(power->disk);
}

static void
add(struct figures *sum, const struct figures *more)
{
    sum->images += more->images;
    sum->copies += more->copies;
    sum->groups += more->groups;
    sum->sightings += more->sightings;
    sum->places = more->places > sum->places ? more->places : sum->places;
    for (size_t i = 0; i < SURVIVALS; i++)
        sum->by_survival[i] += more->by_survival[i];
    for (size_t i = 0; i < OUTCOMES; i++)
        sum->by[i] += more->by[i];
}

static pid_t
start_job(struct power *power, struct figures *figures, unsigned job)
{
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    power->job = job;
    power->figures = &figures[job];
    /* What LMDB says of pages that were never on disk is of no interest. */
    if (power->ignore_sync && freopen("/dev/null", "w", stderr) == NULL)
        _exit(2);
    run_job(power);
    _exit(0);
}

/* A job that died is begun anew behind the image that it died of. */
static void
run_jobs(struct power *power, struct figures *figures)
{
    pid_t pids[WORKERS_MAX];
    unsigned running = power->jobs;
    for (unsigned job = 0; job < power->jobs; job++)
        pids[job] = start_job(power, figures, job);
    while (running > 0) {
        int status = 0;
        pid_t ended = wait(&status);
        unsigned job = 0;
        while (job < power->jobs && pids[job] != ended)
            job++;
        if (job == power->jobs)
            abort();
        if (status == 0) {
            running--;
            continue;
        }
        figures[job].images++;
        figures[job].by[CRASHED]++;
        pids[job] = start_job(power, figures, job);
    }
}

static void
tell(const struct figures *figures)
{
    (void)printf("images %" PRIu64 " at %" PRIu64 " places of the record, %" PRIu64 " commits",
                 figures->images, figures->places, figures->groups);
    (void)printf(" (");
    for (size_t i = 0; i < SURVIVALS; i++)
        (void)printf("%s%s %" PRIu64, i == 0 ? "" : ", ", survival_name((enum survival)i),
                     figures->by_survival[i]);
    (void)printf("), copies %" PRIu64 ":", figures->copies);
    for (size_t i = 0; i < OUTCOMES; i++)
        (void)printf(" %s %" PRIu64 "%s", outcomes[i], figures->by[i], i + 1 < OUTCOMES ? "," : "");
    (void)printf("; sightings lost in %" PRIu64 "\n", figures->sightings);
}

/* With ignore-sync losses have to be seen, of sightings, too. */
static int
judge(const struct power *power, const struct figures *sum)
{
    bool whole = sum->by[GOOD] == sum->images && sum->sightings == 0;
    if (sum->images < power->images)
        return 1;
    if (!power->ignore_sync)
        return whole ? 0 : 1;
    return sum->by[GOOD] < sum->images && sum->sightings > 0 ? 3 : 1;
}

static bool
read_option(struct power *power, const char *option)
{
    unsigned long long number = 0;
    if (strcmp(option, "ignore-sync") == 0)
        power->ignore_sync = true;
    else if (sscanf(option, "images=%llu", &number) == 1)
        power->images = number;
    else if (sscanf(option, "seed=%llu", &number) == 1)
        power->seed = number;
    else if (sscanf(option, "jobs=%llu", &number) == 1 && number < WORKERS_MAX)
        power->jobs = (unsigned)number;
    else
        return false;
    return true;
}

int
main(int argc, char **argv)
{
    struct power power = {.images = 1000, .seed = 20261122, .jobs = 2};
    struct figures sum = {.images = 0};
    for (int i = 3; i < argc; i++)
        if (!read_option(&power, argv[i]))
            return 2;
    if (argc < 3 || power.jobs == 0 || sodium_init() < 0)
        return 2;
    power.log = argv[1];
    power.directory = argv[2];
    power.groups = calloc(GROUPS_MAX, sizeof *power.groups);
    struct figures *figures = mmap(NULL, WORKERS_MAX * sizeof *figures, PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (power.groups == NULL || figures == MAP_FAILED) {
        free(power.groups);
        return 1;
    }
    power.figures = &figures[0];
    find_groups(&power);
    run_jobs(&power, figures);
    for (unsigned job = 0; job < power.jobs; job++)
        add(&sum, &figures[job]);
    tell(&sum);
    free(power.groups);
    return judge(&power, &sum);
}
