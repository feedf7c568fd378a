/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/notices.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/log/log.h"

const struct bucket_rate inbox_kind_rate = {10 * BUCKET_SECOND, 100};
const struct bucket_rate inbox_report_rate = {5 * BUCKET_SECOND, 200};

/* ---- how often ---- */

/* The last notice that came to this place. */
struct written {
    char reference[NOTICE_REFERENCE_CHARS];
    int64_t at;
};

struct inbox {
    pthread_mutex_t lock;
    struct bucket kinds[NOTICE_KINDS];
    struct bucket reports;
    struct written units[INBOX_UNITS];
};

enum err
inbox_open(struct inbox **out, struct fault *fault)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    if (pthread_mutex_init(&(*out)->lock, NULL) == 0)
        return ERR_OK;
    free(*out);
    *out = NULL;
    return fault_set(fault, ERR_MEMORY, "out of memory");
}

void
inbox_close(struct inbox *inbox)
{
    if (inbox == NULL)
        return;
    (void)pthread_mutex_destroy(&inbox->lock);
    free(inbox);
}

/* A reference is a keyed hash, so nobody can choose which others share its place. */
static struct written *
place_of(struct inbox *inbox, const char *reference)
{
    size_t place = 0;
    for (size_t i = 0; i < NOTICE_REFERENCE_CHARS; i++)
        place = place * 33 + (unsigned char)reference[i];
    return &inbox->units[place % INBOX_UNITS];
}

/* Two that share a place take it from each other, and cost no more than the kind may. */
static bool
written_lately(const struct written *written, const char *reference, int64_t now)
{
    return memcmp(written->reference, reference, sizeof written->reference) == 0 &&
           now >= written->at && now - written->at < INBOX_UNIT_SECONDS;
}

bool
inbox_take(struct inbox *inbox, enum notice_kind kind, const char *reference, int64_t now)
{
    struct written *written = place_of(inbox, reference);
    (void)pthread_mutex_lock(&inbox->lock);
    bool taken = !written_lately(written, reference, now) &&
                 bucket_take(&inbox->kinds[kind], &inbox_kind_rate, now * BUCKET_SECOND);
    if (taken) {
        memcpy(written->reference, reference, sizeof written->reference);
        written->at = now;
    }
    (void)pthread_mutex_unlock(&inbox->lock);
    return taken;
}

bool
inbox_take_report(struct inbox *inbox, int64_t now, int64_t *wait)
{
    int64_t at = now * BUCKET_SECOND;
    (void)pthread_mutex_lock(&inbox->lock);
    int64_t left = bucket_wait(&inbox->reports, &inbox_report_rate, at);
    bool taken = bucket_take(&inbox->reports, &inbox_report_rate, at);
    (void)pthread_mutex_unlock(&inbox->lock);
    *wait = (left + BUCKET_SECOND - 1) / BUCKET_SECOND;
    return taken;
}

/* ---- raising ---- */

void
notice_raise(struct worker *worker, const struct noticed *noticed, int64_t now)
{
    const struct app *app = worker->app;
    char reference[NOTICE_REFERENCE_CHARS + 1];
    if (app->inbox == NULL || worker->session == NULL)
        return;
    notice_reference_of(reference, app->secrets->claim_key, noticed->kind, noticed->gtin,
                        noticed->serial);
    if (!inbox_take(app->inbox, noticed->kind, reference, now))
        return;
    const struct notice_cause cause = {worker->caller.role, worker->caller.organisation, now};
    enum err err = notice_write(worker->session, reference, noticed, &cause);
    if (err != ERR_OK)
        log_event(app->config, LOG_ERROR, "notice_failed", "%s of %s: %s",
                  notice_kind_name(noticed->kind), noticed->gtin, err_info(err)->code);
}
