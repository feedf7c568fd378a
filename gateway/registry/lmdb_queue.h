/* SPDX-License-Identifier: Apache-2.0 */
/* How calls of the LMDB engine wait for its writer: in this process, and between processes. */
#ifndef ASSAY_REGISTRY_LMDB_QUEUE_H
#define ASSAY_REGISTRY_LMDB_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/err.h"

struct view;
struct lmdb_session;
struct operation;

/* One call that writes. It lies on the caller's stack, who waits for the answer. */
struct lmdb_request {
    /* Reads and checks everything before it writes anything, so that a refused call leaves no trace
     * in the transaction that it shares. May run more than once. */
    enum err (*run)(struct view *view, struct lmdb_request *request);
    const void *call;
    const struct operation *operation;
    void *current; /* may be NULL */
    size_t weight; /* records, about */
    pthread_cond_t *answered;
    struct lmdb_request *next;
    enum err err;
    bool wrote; /* set by run */
    bool taken, done;
};

/* Two lines, served in turn: light calls (a sale, a stolen report) and heavy ones (a slice of an
 * import). A group is made of one line, and no line is served twice while somebody waits in the
 * other. So a light call with fewer than 256 others before it is in the next group, or in the one
 * after it, whatever is queued, and waits for one heavy group at most, besides the one that runs;
 * a heavy group is one call, or several of together 1,024 records: some 10 ms.
 *
 * A session has one call under way, so the queue is no longer than sessions are open. A call that
 * nobody took within `patience_ms` is withdrawn and ERR_UNAVAILABLE: nothing was changed. */
struct lmdb_line {
    struct lmdb_request *first, *last;
};

struct lmdb_queue {
    pthread_mutex_t lock;
    pthread_cond_t work;
    /* Guarded by the lock: */
    struct lmdb_line light, heavy;
    bool light_went; /* the last group was light */
    bool busy;       /* a group was taken and is not answered yet */
    bool stop;
    unsigned patience_ms;
};

/* Of the monotonic clock, which waits for an answer are measured by. */
enum err lmdb_cond_init(pthread_cond_t *cond) MUST_CHECK;
enum err lmdb_queue_init(struct lmdb_queue *queue) MUST_CHECK;
void lmdb_queue_destroy(struct lmdb_queue *queue);
bool lmdb_is_heavy(const struct lmdb_request *request);
/* Waits until the request is answered: committed and synced, refused, or failed. */
enum err lmdb_submit(struct lmdb_session *session, struct lmdb_request *request) MUST_CHECK;
/* For the writer. Waits for a group; NULL when the time is over, or with *stop: when it is to stop
 * and nothing waits any more. Each group that was taken is answered before the next is. */
struct lmdb_request *lmdb_queue_take(struct lmdb_queue *queue, const struct timespec *until,
                                     bool *stop);
void lmdb_queue_answer(struct lmdb_queue *queue, struct lmdb_request *group);
void lmdb_queue_stop(struct lmdb_queue *queue);

/* ---- lmdb_turn.c: the same between processes; each has one writer thread, which alone calls ----
 */

enum err lmdb_turn_open(int *turn, const char *directory, struct fault *fault) MUST_CHECK;
void lmdb_turn_close(int turn);
void lmdb_turn_ask(int turn);   /* a light group is about to be committed here */
void lmdb_turn_end(int turn);   /* it was */
bool lmdb_turn_asked(int turn); /* does another process ask? */
/* Before a heavy group: waits while another process asks, for 20 ms at most. */
void lmdb_turn_give(int turn);

#endif
