/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that wait for the writer, and who is next. */
#include <errno.h>
#include <time.h>

#include "gateway/base/clock.h"
#include "gateway/registry/lmdb_engine.h"

enum {
    LIGHT_WEIGHT_MAX = 64,
    GROUP_CALLS_MAX = 256,
    HEAVY_WEIGHT_MAX = 1024, /* a call that weighs more goes alone */
    PATIENCE_MS = 10000
};

bool
lmdb_is_heavy(const struct lmdb_request *request)
{
    return request->weight > LIGHT_WEIGHT_MAX;
}

enum err
lmdb_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    int rc = pthread_condattr_init(&attributes);
    if (rc == 0)
        rc = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (rc == 0)
        rc = pthread_cond_init(cond, &attributes);
    return rc == 0 ? ERR_OK : ERR_MEMORY;
}

enum err
lmdb_queue_init(struct lmdb_queue *queue)
{
    queue->patience_ms = PATIENCE_MS;
    if (pthread_mutex_init(&queue->lock, NULL) != 0)
        return ERR_MEMORY;
    enum err err = lmdb_cond_init(&queue->work);
    if (err != ERR_OK)
        (void)pthread_mutex_destroy(&queue->lock);
    return err;
}

void
lmdb_queue_destroy(struct lmdb_queue *queue)
{
    (void)pthread_cond_destroy(&queue->work);
    (void)pthread_mutex_destroy(&queue->lock);
}

static void
append(struct lmdb_line *line, struct lmdb_request *request)
{
    if (line->last == NULL)
        line->first = request;
    else
        line->last->next = request;
    line->last = request;
}

static void
withdraw(struct lmdb_line *line, struct lmdb_request *request)
{
    struct lmdb_request *before = NULL;
    for (struct lmdb_request *at = line->first; at != request; at = at->next)
        before = at;
    if (before == NULL)
        line->first = request->next;
    else
        before->next = request->next;
    if (line->last == request)
        line->last = before;
}

/* Until it is answered, or nobody took it in time. Under the lock. */
static enum err
wait_for_answer(struct lmdb_queue *queue, struct lmdb_line *line, struct lmdb_request *request)
{
    const struct timespec until = clock_deadline(queue->patience_ms);
    int rc = 0;
    while (!request->taken && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(request->answered, &queue->lock, &until);
    if (!request->taken) {
        withdraw(line, request);
        return ERR_UNAVAILABLE;
    }
    while (!request->done)
        (void)pthread_cond_wait(request->answered, &queue->lock);
    return request->err;
}

enum err
lmdb_submit(struct lmdb_session *session, struct lmdb_request *request)
{
    struct lmdb_queue *queue = &session->registry->writer.queue;
    struct lmdb_line *line = lmdb_is_heavy(request) ? &queue->heavy : &queue->light;
    request->answered = &session->answered;
    (void)pthread_mutex_lock(&queue->lock);
    append(line, request);
    (void)pthread_cond_signal(&queue->work);
    enum err err = wait_for_answer(queue, line, request);
    (void)pthread_mutex_unlock(&queue->lock);
    return err;
}

/* The first of a line, where somebody waits, and behind it as many as make a group. */
static struct lmdb_request *
take_from(struct lmdb_line *line, size_t weight_max)
{
    struct lmdb_request *group = line->first;
    struct lmdb_request *end = group;
    size_t weight = group->weight;
    group->taken = true;
    for (size_t count = 1; end->next != NULL && count < GROUP_CALLS_MAX; count++) {
        weight += end->next->weight;
        if (weight > weight_max)
            break;
        end = end->next;
        end->taken = true;
    }
    line->first = end->next;
    if (line->first == NULL)
        line->last = NULL;
    end->next = NULL;
    return group;
}

static struct lmdb_request *
take_group(struct lmdb_queue *queue)
{
    bool light = queue->light.first != NULL;
    bool heavy = queue->heavy.first != NULL;
    if (!light && !heavy)
        return NULL;
    queue->light_went = light && !(heavy && queue->light_went);
    return queue->light_went ? take_from(&queue->light, SIZE_MAX)
                             : take_from(&queue->heavy, HEAVY_WEIGHT_MAX);
}

struct lmdb_request *
lmdb_queue_take(struct lmdb_queue *queue, const struct timespec *until, bool *stop)
{
    int rc = 0;
    (void)pthread_mutex_lock(&queue->lock);
    while (queue->light.first == NULL && queue->heavy.first == NULL && !queue->stop &&
           rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&queue->work, &queue->lock, until);
    struct lmdb_request *group = take_group(queue);
    queue->busy = group != NULL;
    *stop = queue->stop && group == NULL;
    (void)pthread_mutex_unlock(&queue->lock);
    return group;
}

void
lmdb_queue_answer(struct lmdb_queue *queue, struct lmdb_request *group)
{
    (void)pthread_mutex_lock(&queue->lock);
    /* An answered request is gone as soon as the lock is. */
    for (struct lmdb_request *at = group; at != NULL; at = at->next) {
        at->done = true;
        (void)pthread_cond_signal(at->answered);
    }
    queue->busy = false;
    (void)pthread_mutex_unlock(&queue->lock);
}

void
lmdb_queue_stop(struct lmdb_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    queue->stop = true;
    (void)pthread_cond_signal(&queue->work);
    (void)pthread_mutex_unlock(&queue->lock);
}
