/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/in_flight.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct in_flight {
    pthread_mutex_t lock;
    size_t count, most;
    uint8_t ids[][OPERATION_ID_BYTES]; /* the first `count` */
};

enum err
in_flight_open(struct in_flight **out, size_t most, struct fault *fault)
{
    *out = calloc(1, sizeof **out + most * OPERATION_ID_BYTES);
    if (*out == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    (*out)->most = most;
    if (pthread_mutex_init(&(*out)->lock, NULL) == 0)
        return ERR_OK;
    free(*out);
    *out = NULL;
    return fault_set(fault, ERR_MEMORY, "out of memory");
}

void
in_flight_close(struct in_flight *in_flight)
{
    if (in_flight == NULL)
        return;
    (void)pthread_mutex_destroy(&in_flight->lock);
    free(in_flight);
}

/* Its index, or `count`. The lock is held. */
static size_t
find(const struct in_flight *in_flight, const uint8_t *id)
{
    size_t i = 0;
    while (i < in_flight->count && memcmp(in_flight->ids[i], id, OPERATION_ID_BYTES) != 0)
        i++;
    return i;
}

bool
in_flight_enter(struct in_flight *in_flight, const uint8_t id[static OPERATION_ID_BYTES])
{
    (void)pthread_mutex_lock(&in_flight->lock);
    bool entered = find(in_flight, id) == in_flight->count && in_flight->count < in_flight->most;
    if (entered)
        memcpy(in_flight->ids[in_flight->count++], id, OPERATION_ID_BYTES);
    (void)pthread_mutex_unlock(&in_flight->lock);
    return entered;
}

void
in_flight_leave(struct in_flight *in_flight, const uint8_t id[static OPERATION_ID_BYTES])
{
    (void)pthread_mutex_lock(&in_flight->lock);
    size_t at = find(in_flight, id);
    if (at < in_flight->count)
        memcpy(in_flight->ids[at], in_flight->ids[--in_flight->count], OPERATION_ID_BYTES);
    (void)pthread_mutex_unlock(&in_flight->lock);
}
