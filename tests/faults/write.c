/* SPDX-License-Identifier: Apache-2.0 */
/* faults_write ROOT WORKERS STEPS: fills a data directory ROOT/data with several workers at once,
 * raises its checkpoint now and then, copies it in the middle, and writes into ROOT/marks what it
 * was told: "open", "done WORKER STEPS", "copied". Run under the recorder. */
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/manifest/store.h"
#include "gateway/registry/copy.h"
#include "tests/faults/work.h"

enum { WORKERS_MAX = 32, PATH_BYTES = 512, CHECKPOINTS = 8 };

struct writing {
    struct store *store;
    const char *root;
    int marks;
    unsigned steps;
    pthread_mutex_t lock;
};

struct worker {
    struct writing *writing;
    unsigned number;
    bool failed;
};

static void
mark(struct writing *writing, const char *text)
{
    (void)pthread_mutex_lock(&writing->lock);
    if (write(writing->marks, text, strlen(text)) != (ssize_t)strlen(text))
        abort();
    (void)pthread_mutex_unlock(&writing->lock);
}

static void *
work(void *context)
{
    struct worker *worker = context;
    struct registry_session *session = NULL;
    struct fault fault;
    char text[64];
    worker->failed =
        registry_session_open(worker->writing->store->registry, &session, &fault) != ERR_OK;
    for (unsigned step = 0; step < worker->writing->steps && !worker->failed; step++) {
        enum err err = work_step(session, worker->number, step);
        (void)snprintf(text, sizeof text, "done %u %u\n", worker->number, step + 1);
        worker->failed = err != ERR_OK;
        if (err == ERR_OK)
            mark(worker->writing, text);
        else
            (void)fprintf(stderr, "worker %u: %s: %s\n", worker->number, work_name(step),
                          err_info(err)->code);
    }
    registry_session_close(session);
    return NULL;
}

static enum err
copy(struct writing *writing, struct fault *fault)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/copy", writing->root);
    enum err err = registry_copy(writing->store->session, path, fault);
    if (err == ERR_OK)
        mark(writing, "copied\n");
    return err;
}

static enum err
run(struct writing *writing, unsigned count, struct fault *fault)
{
    pthread_t threads[WORKERS_MAX];
    struct worker workers[WORKERS_MAX];
    const struct timespec pause = {0, 3000000};
    enum err err = ERR_OK;
    for (unsigned i = 0; i < count; i++) {
        workers[i] = (struct worker){writing, i, false};
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
            abort();
    }
    for (unsigned i = 0; i < CHECKPOINTS && err == ERR_OK; i++) {
        (void)nanosleep(&pause, NULL);
        err = store_checkpoint(writing->store, fault);
        if (err == ERR_OK && i == CHECKPOINTS / 2)
            err = copy(writing, fault);
    }
    for (unsigned i = 0; i < count; i++) {
        (void)pthread_join(threads[i], NULL);
        if (workers[i].failed && err == ERR_OK)
            err = fault_set(fault, ERR_UNAVAILABLE, "worker %u failed", i);
    }
    return err;
}

int
main(int argc, char **argv)
{
    struct fault fault = {ERR_OK, ""};
    char path[PATH_BYTES];
    struct writing writing = {.lock = PTHREAD_MUTEX_INITIALIZER};
    if (sodium_init() < 0)
        return 1;
    if (argc != 4 || atoi(argv[2]) > WORKERS_MAX)
        return 2;
    writing.root = argv[1];
    writing.steps = (unsigned)atoi(argv[3]);
    (void)snprintf(path, sizeof path, "%s/marks", argv[1]);
    writing.marks = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    (void)snprintf(path, sizeof path, "%s/data", argv[1]);
    enum err err = store_open(path, 0, WORKERS_MAX, &writing.store, &fault);
    if (err == ERR_OK) {
        mark(&writing, "open\n");
        err = run(&writing, (unsigned)atoi(argv[2]), &fault);
    }
    store_close(writing.store);
    if (err != ERR_OK)
        (void)fprintf(stderr, "%s\n", fault.text);
    return err == ERR_OK ? 0 : 1;
}
