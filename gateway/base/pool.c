/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/base/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t work_there, all_done;
    bool closing;
    size_t next, count, unfinished; /* of the batch */
    pool_work *work;
    void *context;
    size_t thread_count;
    pthread_t threads[POOL_THREADS_MAX];
};

/* Takes the next index; false when the pool closes. The lock is held. */
static bool
take(struct pool *pool, size_t *index)
{
    while (!pool->closing && pool->next == pool->count)
        (void)pthread_cond_wait(&pool->work_there, &pool->lock);
    *index = pool->next;
    if (pool->closing)
        return false;
    pool->next++;
    return true;
}

static void *
run(void *argument)
{
    struct pool *pool = argument;
    size_t index = 0;
    (void)pthread_mutex_lock(&pool->lock);
    while (take(pool, &index)) {
        (void)pthread_mutex_unlock(&pool->lock);
        pool->work(pool->context, index);
        (void)pthread_mutex_lock(&pool->lock);
        if (--pool->unfinished == 0)
            (void)pthread_cond_signal(&pool->all_done);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static unsigned
threads_wanted(unsigned asked)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned count = asked > 0 ? asked : (cores > 0 ? (unsigned)cores : 1);
    return count < POOL_THREADS_MAX ? count : POOL_THREADS_MAX;
}

enum err
pool_open(unsigned threads, struct pool **out, struct fault *fault)
{
    struct pool *pool = calloc(1, sizeof *pool);
    *out = NULL;
    if (pool == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->work_there, NULL);
    (void)pthread_cond_init(&pool->all_done, NULL);
    /* Fewer threads than asked for are slower, not wrong. */
    for (size_t wanted = threads_wanted(threads); pool->thread_count < wanted; pool->thread_count++)
        if (pthread_create(&pool->threads[pool->thread_count], NULL, run, pool) != 0)
            break;
    if (pool->thread_count == 0) {
        pool_close(pool);
        return fault_set(fault, ERR_UNAVAILABLE, "no thread can be started");
    }
    *out = pool;
    return ERR_OK;
}

void
pool_wait(struct pool *pool)
{
    (void)pthread_mutex_lock(&pool->lock);
    while (pool->unfinished > 0)
        (void)pthread_cond_wait(&pool->all_done, &pool->lock);
    (void)pthread_mutex_unlock(&pool->lock);
}

void
pool_start(struct pool *pool, size_t count, pool_work *work, void *context)
{
    pool_wait(pool);
    (void)pthread_mutex_lock(&pool->lock);
    pool->work = work;
    pool->context = context;
    pool->next = 0;
    pool->count = count;
    pool->unfinished = count;
    (void)pthread_cond_broadcast(&pool->work_there);
    (void)pthread_mutex_unlock(&pool->lock);
}

void
pool_close(struct pool *pool)
{
    if (pool == NULL)
        return;
    pool_wait(pool);
    (void)pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    (void)pthread_cond_broadcast(&pool->work_there);
    (void)pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->thread_count; i++)
        (void)pthread_join(pool->threads[i], NULL);
    (void)pthread_cond_destroy(&pool->all_done);
    (void)pthread_cond_destroy(&pool->work_there);
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool);
}
