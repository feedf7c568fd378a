/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/registry/lmdb_engine.h"

/* The one mutable global of the program. LMDB's locks belong to the process: a second environment
 * on the same files, once closed, would drop the first one's locks, so a process has to know what
 * it has open. */
static struct {
    pthread_mutex_t lock;
    struct lmdb_place *first;
} places = {PTHREAD_MUTEX_INITIALIZER, NULL};

bool
lmdb_once_enter(struct lmdb_place *place)
{
    bool open = false;
    (void)pthread_mutex_lock(&places.lock);
    for (const struct lmdb_place *at = places.first; at != NULL; at = at->next)
        open = open || (at->device == place->device && at->directory == place->directory);
    if (!open) {
        place->next = places.first;
        places.first = place;
    }
    (void)pthread_mutex_unlock(&places.lock);
    return !open;
}

void
lmdb_once_leave(struct lmdb_place *place)
{
    (void)pthread_mutex_lock(&places.lock);
    struct lmdb_place **at = &places.first;
    while (*at != NULL && *at != place)
        at = &(*at)->next;
    if (*at != NULL)
        *at = place->next;
    (void)pthread_mutex_unlock(&places.lock);
}
