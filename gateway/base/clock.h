/* SPDX-License-Identifier: Apache-2.0 */
/* The clock that nobody sets, for the edges: rules take the time as an argument. */
#ifndef ASSAY_BASE_CLOCK_H
#define ASSAY_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds since some moment; never goes back. */
int64_t clock_monotonic_ms(void);

/* `ms` milliseconds from now, for a condition whose clock is CLOCK_MONOTONIC. */
struct timespec clock_deadline(unsigned ms);

#endif
