/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/assayd/watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/clock.h"
#include "gateway/log/log.h"

struct watch {
    const struct config *config;
    struct keyring *keyring;
    unsigned pause_ms;
    pthread_t thread;
    struct fault told; /* the last one that was logged; the thread's own */
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool look, stop; /* guarded by the lock */
};

static void
tell_new(const struct watch *watch)
{
    const struct keyset *keyset = keyring_acquire(watch->keyring);
    log_event(watch->config, LOG_INFO, "keyset_reloaded", "version %llu, %zu keys",
              (unsigned long long)keyset->version, keyset->count);
    keyring_release(watch->keyring, keyset);
}

static void
look(struct watch *watch, bool force)
{
    struct fault fault = {ERR_OK, ""};
    bool swapped = false;
    if (keyring_reload(watch->keyring, force, &swapped, &fault) != ERR_OK) {
        if (strcmp(fault.text, watch->told.text) != 0)
            log_event(watch->config, LOG_ERROR, "keyset_refused", "%s", fault.text);
        watch->told = fault;
        return;
    }
    watch->told.text[0] = '\0';
    if (swapped)
        tell_new(watch);
}

/* Until it is time, or somebody asks. False: it is over. */
static bool
wait_for_turn(struct watch *watch, bool *force)
{
    const struct timespec until = clock_deadline(watch->pause_ms);
    int rc = 0;
    (void)pthread_mutex_lock(&watch->lock);
    while (!watch->stop && !watch->look && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&watch->woken, &watch->lock, &until);
    *force = watch->look;
    watch->look = false;
    bool goes_on = !watch->stop;
    (void)pthread_mutex_unlock(&watch->lock);
    return goes_on;
}

static void *
run(void *context)
{
    struct watch *watch = context;
    for (bool force = false; wait_for_turn(watch, &force);)
        look(watch, force);
    return NULL;
}

static int
cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    int rc = pthread_condattr_init(&attributes);
    if (rc == 0)
        rc = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    return rc == 0 ? pthread_cond_init(cond, &attributes) : rc;
}

enum err
watch_open(struct watch **out, const struct config *config, struct keyring *keyring,
           unsigned pause_ms, struct fault *fault)
{
    struct watch *watch = calloc(1, sizeof *watch);
    *out = NULL;
    if (watch == NULL || cond_init(&watch->woken) != 0) {
        free(watch);
        return fault_set(fault, ERR_MEMORY, "out of memory");
    }
    watch->config = config;
    watch->keyring = keyring;
    watch->pause_ms = pause_ms;
    (void)pthread_mutex_init(&watch->lock, NULL);
    if (pthread_create(&watch->thread, NULL, run, watch) != 0) {
        (void)pthread_mutex_destroy(&watch->lock);
        (void)pthread_cond_destroy(&watch->woken);
        free(watch);
        return fault_set(fault, ERR_UNAVAILABLE, "the keyset could not be watched: no thread");
    }
    *out = watch;
    return ERR_OK;
}

void
watch_look(struct watch *watch)
{
    (void)pthread_mutex_lock(&watch->lock);
    watch->look = true;
    (void)pthread_cond_signal(&watch->woken);
    (void)pthread_mutex_unlock(&watch->lock);
}

void
watch_close(struct watch *watch)
{
    if (watch == NULL)
        return;
    (void)pthread_mutex_lock(&watch->lock);
    watch->stop = true;
    (void)pthread_cond_signal(&watch->woken);
    (void)pthread_mutex_unlock(&watch->lock);
    (void)pthread_join(watch->thread, NULL);
    (void)pthread_mutex_destroy(&watch->lock);
    (void)pthread_cond_destroy(&watch->woken);
    free(watch);
}
