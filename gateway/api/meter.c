/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/meter.h"

#include <stdatomic.h>
#include <stdlib.h>

struct meter {
    atomic_uint_fast64_t busy;
    atomic_bool stopping;
    size_t routes;
    atomic_uint_fast64_t counts[][METER_CLASSES];
};

enum err
meter_open(struct meter **out, size_t routes, struct fault *fault)
{
    *out = calloc(1, sizeof **out + (routes + 1) * sizeof(*out)->counts[0]);
    if (*out == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    (*out)->routes = routes;
    return ERR_OK;
}

void
meter_close(struct meter *meter)
{
    free(meter);
}

void
meter_begin(struct meter *meter)
{
    if (meter != NULL)
        atomic_fetch_add_explicit(&meter->busy, 1, memory_order_relaxed);
}

void
meter_end(struct meter *meter)
{
    if (meter != NULL)
        atomic_fetch_sub_explicit(&meter->busy, 1, memory_order_relaxed);
}

void
meter_count(struct meter *meter, size_t route, int status)
{
    if (meter == NULL)
        return;
    if (route <= meter->routes && status >= 100 && status < 100 * (METER_CLASSES + 1))
        atomic_fetch_add_explicit(&meter->counts[route][status / 100 - 1], 1, memory_order_relaxed);
}

uint64_t
meter_requests(const struct meter *meter, size_t route, size_t class)
{
    if (meter == NULL || route > meter->routes || class >= METER_CLASSES)
        return 0;
    return atomic_load_explicit(&meter->counts[route][class], memory_order_relaxed);
}

uint64_t
meter_busy(const struct meter *meter)
{
    return meter == NULL ? 0 : atomic_load_explicit(&meter->busy, memory_order_relaxed);
}

void
meter_stop(struct meter *meter)
{
    if (meter != NULL)
        atomic_store(&meter->stopping, true);
}

bool
meter_stopping(const struct meter *meter)
{
    return meter != NULL && atomic_load(&meter->stopping);
}
