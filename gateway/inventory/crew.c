/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/inventory/crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/pool.h"

_Static_assert((int)INVENTORY_SESSIONS <= (int)POOL_THREADS_MAX, "each session has its thread");

struct crew {
    struct pool *pool;
    atomic_bool failed;
    struct job **sorted; /* by unit, and those of one unit in the order of the file */
    size_t *starts;      /* where each unit begins in it, and its end */
    size_t settler_count;
    struct settler settlers[INVENTORY_SESSIONS];
    /* Guarded by the lock: */
    pthread_mutex_t lock;
    size_t idle_count;
    struct settler *idle[INVENTORY_SESSIONS];
};

/* ---- opening ---- */

static enum err
open_sessions(struct crew *crew, struct registry *registry, const struct inventory_options *options,
              struct fault *fault)
{
    enum err err = ERR_OK;
    while (err == ERR_OK && crew->settler_count < INVENTORY_SESSIONS) {
        struct settler *settler = &crew->settlers[crew->settler_count];
        settler->options = options;
        err = registry_session_open(registry, &settler->session, fault);
        if (err != ERR_OK)
            break;
        crew->settler_count++;
        crew->idle[crew->idle_count++] = settler;
    }
    /* Fewer than we would like are slower, not wrong. */
    return err == ERR_BUSY && crew->settler_count > 0 ? ERR_OK : err;
}

enum err
crew_open(struct registry *registry, const struct inventory_options *options, size_t rows_max,
          struct crew **out, struct fault *fault)
{
    struct crew *crew = calloc(1, sizeof *crew);
    *out = NULL;
    if (crew == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    atomic_init(&crew->failed, false);
    (void)pthread_mutex_init(&crew->lock, NULL);
    crew->sorted = calloc(rows_max, sizeof(struct job *));
    crew->starts = calloc(rows_max + 1, sizeof *crew->starts);
    enum err err = crew->sorted == NULL || crew->starts == NULL
                       ? fault_set(fault, ERR_MEMORY, "out of memory")
                       : open_sessions(crew, registry, options, fault);
    if (err == ERR_OK)
        err = pool_open((unsigned)crew->settler_count, &crew->pool, fault);
    if (err != ERR_OK) {
        crew_close(crew);
        return err;
    }
    *out = crew;
    return ERR_OK;
}

void
crew_close(struct crew *crew)
{
    if (crew == NULL)
        return;
    pool_close(crew->pool);
    for (size_t i = 0; i < crew->settler_count; i++)
        registry_session_close(crew->settlers[i].session);
    (void)pthread_mutex_destroy(&crew->lock);
    free(crew->sorted);
    free(crew->starts);
    free(crew);
}

/* ---- settling ---- */

/* There are as many settlers as threads: one is always idle. */
static struct settler *
take_settler(struct crew *crew)
{
    (void)pthread_mutex_lock(&crew->lock);
    struct settler *settler = crew->idle[--crew->idle_count];
    (void)pthread_mutex_unlock(&crew->lock);
    return settler;
}

static void
give_back(struct crew *crew, struct settler *settler)
{
    (void)pthread_mutex_lock(&crew->lock);
    crew->idle[crew->idle_count++] = settler;
    (void)pthread_mutex_unlock(&crew->lock);
}

static void
settle_unit(void *context, size_t index)
{
    struct crew *crew = context;
    struct settler *settler = take_settler(crew);
    for (size_t at = crew->starts[index]; at < crew->starts[index + 1]; at++) {
        struct job *job = crew->sorted[at];
        if (atomic_load(&crew->failed))
            break;
        job->err = job_settle(settler, job);
        job->settled = job->err == ERR_OK;
        if (!job->settled)
            atomic_store(&crew->failed, true);
    }
    give_back(crew, settler);
}

static int
by_unit(const struct job *a, const struct job *b)
{
    int gtin = strcmp(a->key.gtin, b->key.gtin);
    return gtin != 0 ? gtin : strcmp(a->key.serial, b->key.serial);
}

static int
by_unit_and_row(const void *a, const void *b)
{
    const struct job *left = *(struct job *const *)a;
    const struct job *right = *(struct job *const *)b;
    int unit = by_unit(left, right);
    return unit != 0 ? unit : (left > right) - (left < right);
}

/* Neighbours in the registry are settled together, so that a commit writes fewer pages. */
void
crew_settle(struct crew *crew, struct job *jobs, size_t count)
{
    size_t rows = 0;
    size_t units = 0;
    for (size_t i = 0; i < count; i++)
        if (!jobs[i].settled)
            crew->sorted[rows++] = &jobs[i];
    qsort(crew->sorted, rows, sizeof(struct job *), by_unit_and_row);
    for (size_t at = 0; at < rows; at++)
        if (at == 0 || by_unit(crew->sorted[at - 1], crew->sorted[at]) != 0)
            crew->starts[units++] = at;
    crew->starts[units] = rows;
    pool_start(crew->pool, units, settle_unit, crew);
    pool_wait(crew->pool);
}
