/* SPDX-License-Identifier: Apache-2.0 */
/* The writer thread: takes what waits, runs it in one transaction, commits once, answers all.
 *
 * A call is answered only after mdb_txn_commit returned 0, that is after data and meta page were
 * synced. What a failed commit means (LMDB 0.9.24, mdb_txn_commit): it fills pages in memory,
 * writes and syncs them to pages that nothing refers to yet, and writes the meta page last; when
 * that last write fails, LMDB refuses every later transaction with MDB_PANIC. So what fails without
 * a panic afterwards has committed nothing. With one the outcome is unknown. The environment
 * is then opened again before anybody is answered, so that who was told "unknown" can ask; where
 * that fails, reads and writes are ERR_UNAVAILABLE and it is tried again every second. */
#include <signal.h>
#include <time.h>

#include "gateway/registry/lmdb_engine.h"

enum { READER_CHECK_SECONDS = 60, MEND_SECONDS = 1 };

static enum err
commit_err(struct lmdb_writer *writer, int rc)
{
    if (rc == 0)
        return ERR_OK;
    MDB_txn *txn = NULL;
    writer->broken = mdb_txn_begin(writer->of->env, NULL, MDB_RDONLY, &txn) == MDB_PANIC;
    if (txn != NULL)
        mdb_txn_abort(txn);
    return writer->broken ? ERR_UNKNOWN : lmdb_err(lmdb_tell_full(writer->of->env, rc));
}

static uint64_t
microseconds(void)
{
    struct timespec now = {0, 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Ends the transaction, begun at `began`, of a group in which every request ran. */
static enum err
finish(struct lmdb_writer *writer, const struct view *view, size_t wrote, uint64_t began)
{
    if (view->failure != 0 || wrote == 0) {
        mdb_txn_abort(view->txn);
        writer->doubtful |= view->failure != 0;
        return lmdb_err(view->failure);
    }
    enum err err = commit_err(writer, mdb_txn_commit(view->txn));
    writer->doubtful = err != ERR_OK;
    if (err != ERR_OK)
        return err;
    (void)pthread_mutex_lock(&writer->queue.lock);
    writer->commits++;
    writer->commit_microseconds += microseconds() - began;
    writer->commit_calls += wrote;
    (void)pthread_mutex_unlock(&writer->queue.lock);
    return ERR_OK;
}

/* Runs the requests from `first` up to `end` in one transaction. ERR_OK: each has its answer. */
static enum err
run_together(struct lmdb_writer *writer, struct lmdb_request *first, const struct lmdb_request *end)
{
    struct view view = {NULL, writer->of->tables, &writer->codec, 0, NULL};
    int rc = writer->broken ? MDB_PANIC : mdb_txn_begin(writer->of->env, NULL, 0, &view.txn);
    writer->broken = rc == MDB_PANIC;
    if (rc != 0)
        return ERR_UNAVAILABLE;
    size_t wrote = 0;
    uint64_t began = microseconds();
    for (struct lmdb_request *at = first; at != end && view.failure == 0; at = at->next) {
        at->wrote = false;
        at->err = at->run(&view, at);
        wrote += at->wrote;
    }
    return finish(writer, &view, wrote, began);
}

/* One request that does not fit, or meets a bad page, must not fail the others: when nothing was
 * committed, each is run again in a transaction of its own. */
static void
run_group(struct lmdb_writer *writer, struct lmdb_request *group)
{
    enum err err = run_together(writer, group, NULL);
    if (err == ERR_OK)
        return;
    bool again = group->next != NULL && err != ERR_UNKNOWN;
    for (struct lmdb_request *at = group; at != NULL; at = at->next) {
        enum err alone = again ? run_together(writer, at, at->next) : err;
        at->err = alone == ERR_OK ? at->err : alone;
    }
}

/* Light groups say that they wait, heavy ones let others go first. */
static void
run_in_turn(struct lmdb_writer *writer, struct lmdb_request *group)
{
    if (lmdb_is_heavy(group)) {
        lmdb_turn_give(writer->turn);
        run_group(writer, group);
        return;
    }
    lmdb_turn_ask(writer->turn);
    run_group(writer, group);
    lmdb_turn_end(writer->turn);
}

/* A reader whose process was killed would hold its pages for ever. */
static void
clear_dead_readers(const struct lmdb_writer *writer, struct timespec *due)
{
    struct timespec now = {0, 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec < due->tv_sec)
        return;
    int dead = 0;
    if (!writer->broken)
        (void)mdb_reader_check(writer->of->env, &dead);
    due->tv_sec = now.tv_sec + (writer->broken ? MEND_SECONDS : READER_CHECK_SECONDS);
}

static void
mend(struct lmdb_writer *writer, struct timespec *due)
{
    if (!writer->broken)
        return;
    writer->broken = lmdb_open_again(writer->of) != ERR_OK;
    due->tv_sec = 0;
}

static void *
write_groups(void *context)
{
    struct lmdb_writer *writer = context;
    struct timespec due = {0, 0};
    for (bool stop = false; !stop;) {
        mend(writer, &due);
        clear_dead_readers(writer, &due);
        struct lmdb_request *group = lmdb_queue_take(&writer->queue, &due, &stop);
        if (group == NULL)
            continue;
        run_in_turn(writer, group);
        mend(writer, &due);
        lmdb_queue_answer(&writer->queue, group);
    }
    return NULL;
}

enum err
lmdb_writer_init(struct lmdb_writer *writer)
{
    writer->turn = -1;
    return lmdb_queue_init(&writer->queue);
}

void
lmdb_writer_destroy(struct lmdb_writer *writer)
{
    lmdb_turn_close(writer->turn);
    lmdb_queue_destroy(&writer->queue);
}

enum err
lmdb_writer_start(struct lmdb_writer *writer, const char *directory, struct fault *fault)
{
    enum err err = lmdb_turn_open(&writer->turn, directory, fault);
    if (err != ERR_OK)
        return err;
    /* Signals are for the threads of the program. */
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&writer->thread, NULL, write_groups, writer);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    writer->running = rc == 0;
    return rc == 0 ? ERR_OK
                   : fault_set(fault, ERR_UNAVAILABLE, "%s: the writer thread could not be started",
                               directory);
}

void
lmdb_writer_stop(struct lmdb_writer *writer)
{
    if (!writer->running)
        return;
    lmdb_queue_stop(&writer->queue);
    (void)pthread_join(writer->thread, NULL);
    writer->running = false;
}

enum err
lmdb_gauge(struct registry_session *session, struct registry_gauge *out)
{
    struct lmdb_writer *writer = &session_of(session)->registry->writer;
    (void)pthread_mutex_lock(&writer->queue.lock);
    *out = (struct registry_gauge){writer->commits, writer->commit_microseconds};
    (void)pthread_mutex_unlock(&writer->queue.lock);
    return ERR_OK;
}

/* Begins a transaction, which a broken environment refuses; and after a write that failed, writes
 * what is there already, so that the disk is asked again without anything that is to be written. */
static enum err
run_trial(struct view *view, struct lmdb_request *request)
{
    const struct lmdb_writer *writer = request->call;
    struct record meta;
    if (!writer->doubtful)
        return ERR_OK;
    request->wrote = true;
    return view_put(view, TABLE_META, meta_encode(view->codec, &meta), &meta, 0);
}

enum err
lmdb_writable(struct registry_session *session)
{
    struct lmdb_session *own = session_of(session);
    struct lmdb_request request = {.run = run_trial, .call = &own->registry->writer, .weight = 1};
    return lmdb_submit(own, &request);
}
