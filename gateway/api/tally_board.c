/* SPDX-License-Identifier: Apache-2.0 */
/* Days that wait to be written down, under a lock that is held for a few additions: a day and its
 * counts change together, and a flush takes them whole. */
#include "gateway/api/tally_board.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Two while one day becomes the next; more when the registry takes no writes for days. */
enum { DAYS_MAX = 8, NO_DAY = -1 };

struct tally_board {
    pthread_mutex_t lock;
    struct tally days[DAYS_MAX]; /* day NO_DAY: free, and without a count */
    uint64_t totals[VERDICT_OK + 1];
};

static void
clear(struct tally *tally)
{
    memset(tally, 0, sizeof *tally);
    tally->day = NO_DAY;
}

enum err
tally_board_open(struct tally_board **out, struct fault *fault)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < DAYS_MAX; i++)
        clear(&(*out)->days[i]);
    if (pthread_mutex_init(&(*out)->lock, NULL) == 0)
        return ERR_OK;
    free(*out);
    *out = NULL;
    return fault_set(fault, ERR_MEMORY, "out of memory");
}

void
tally_board_close(struct tally_board *board)
{
    if (board == NULL)
        return;
    (void)pthread_mutex_destroy(&board->lock);
    free(board);
}

/* The day's own, or a free one, which becomes the day's. NULL: so many days wait that what comes
 * now is not counted. Under the lock. */
static struct tally *
find_day(struct tally_board *board, civil_day day)
{
    struct tally *found = NULL;
    for (size_t i = 0; i < DAYS_MAX; i++) {
        if (board->days[i].day == day)
            return &board->days[i];
        if (board->days[i].day == NO_DAY)
            found = &board->days[i];
    }
    if (found != NULL)
        found->day = day;
    return found;
}

void
tally_count(struct tally_board *board, const struct verdict *verdict, int64_t now)
{
    civil_day day = date_of(now, 0);
    if (board == NULL || day < 0 || (unsigned)verdict->class > VERDICT_OK)
        return;
    (void)pthread_mutex_lock(&board->lock);
    struct tally *tally = find_day(board, day);
    board->totals[verdict->class]++;
    if (tally != NULL)
        tally->verdicts[verdict->class]++;
    if (tally != NULL && verdict->reason_count > 0 && (unsigned)verdict->reasons[0] < REASON_COUNT)
        tally->reasons[verdict->reasons[0]]++;
    (void)pthread_mutex_unlock(&board->lock);
}

void
tally_totals(struct tally_board *board, uint64_t out[static VERDICT_OK + 1])
{
    (void)pthread_mutex_lock(&board->lock);
    memcpy(out, board->totals, sizeof board->totals);
    (void)pthread_mutex_unlock(&board->lock);
}

static struct tally
take(struct tally_board *board, size_t i)
{
    (void)pthread_mutex_lock(&board->lock);
    struct tally taken = board->days[i];
    clear(&board->days[i]);
    (void)pthread_mutex_unlock(&board->lock);
    return taken;
}

static void
put_back(struct tally_board *board, const struct tally *tally)
{
    (void)pthread_mutex_lock(&board->lock);
    struct tally *to = find_day(board, tally->day);
    for (size_t i = 0; to != NULL && i <= VERDICT_OK; i++)
        to->verdicts[i] += tally->verdicts[i];
    for (size_t i = 0; to != NULL && i < REASON_COUNT; i++)
        to->reasons[i] += tally->reasons[i];
    (void)pthread_mutex_unlock(&board->lock);
}

/* What may have been written is not counted again: a chart that lacks a second is better than one
 * that shows what never was. */
enum err
tally_flush(struct tally_board *board, struct registry_session *session)
{
    enum err result = ERR_OK;
    for (size_t i = 0; i < DAYS_MAX; i++) {
        struct tally tally = take(board, i);
        if (tally.day == NO_DAY)
            continue;
        enum err err = registry_add_tally(session, &tally);
        if (err != ERR_OK && err != ERR_UNKNOWN)
            put_back(board, &tally);
        if (err != ERR_OK)
            result = err;
    }
    return result;
}
